"""Which of the places that are known of a contact counts: stated, then the policy's address, then billing."""

import difflib
import re
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from outbound.compliance.facts import PlaceSource
from outbound.compliance.place import Unplaced, resolve
from outbound.compliance.reason import Reason
from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.contact import Contact
from outbound.domain.postal.counties import COUNTY_NAMES, counties_named, county_name, spelled_out
from outbound.domain.postal.taiwan import county_of
from outbound.usecases.problems import InputProblemError

PLACE_REASONS = frozenset(
    {"place_unknown", "place_too_wide", "jurisdiction_unknown", "zone_unknown", "zone_outside", "pack_missing"}
)
"""Codes of the gate for a contact that cannot be placed: a person has to find out more."""

_TOO_LITTLE = frozenset({"place_unknown", "place_too_wide"})
"""Reasons for which an address names too much ground: a bill's address may say which part of it."""

_CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")


class Whereabouts(Struct, frozen=True):
    """A region (ISO 3166) with perhaps an IANA zone, whose word it is, and when a stay there ends (None: not known)."""

    region: str
    time_zone: str | None
    source: PlaceSource
    until: datetime | None = None


def whereabouts(contact: Contact, rulebook: Rulebook, instant: datetime) -> Whereabouts:
    """Pick the place that counts at an instant; whether it can be resolved, and why not, the gate says.

    What the customer said always counts while it is in force, resolved or not. The policy's address counts else,
    with the county of its postal code where it names Taiwan as a whole. The billing address only says which part of
    the policy's country is meant, and only if that agrees with the zone the policy states: a bill that goes to another
    country, or beside a place for which no rules are ready, proves nothing about where the telephone rings.
    """
    in_force = [place for place in contact.stated if place.until is None or instant < place.until]
    if in_force:
        said = max(in_force, key=lambda place: place.at)
        return Whereabouts(said.region, said.time_zone, PlaceSource.STATED, said.until)
    address = Whereabouts(_with_county(contact, rulebook), contact.time_zone, PlaceSource.POLICY)
    billing = contact.billing_region
    if billing is None or billing == address.region:
        return address
    found = resolve(rulebook, address.region, address.time_zone, (), whole=False)
    if not isinstance(found, Unplaced) or any(reason.code not in _TOO_LITTLE for reason in found.reasons):
        return address
    if _country(rulebook, billing) != _country(rulebook, address.region):
        return address
    if isinstance(resolve(rulebook, billing, address.time_zone, (), whole=False), Unplaced):
        return address
    return Whereabouts(billing, address.time_zone, PlaceSource.BILLING)


def why_unplaced(contact: Contact, rulebook: Rulebook, instant: datetime) -> tuple[Reason, ...]:
    """Return why the place that counts cannot be resolved; nothing when it can."""
    where = whereabouts(contact, rulebook, instant)
    found = resolve(rulebook, where.region, where.time_zone, (), whole=False)
    return found.reasons if isinstance(found, Unplaced) else ()


def known_region(rulebook: Rulebook, text: str, *, or_elsewhere: bool = False) -> str:
    """Return the code of a region that a rule pack knows, in capitals and by its name there (GP is FR-GP).

    Counties of Taiwan may be named in Chinese or English. `or_elsewhere` lets a code pass whose country has no pack at
    all. Raises `InputProblemError` for every other, with those that come near, and for a name that means two.
    """
    packs = rulebook.packs
    given = _code_of(text)
    code = next((pack.aliases[given] for pack in packs.values() if given in pack.aliases), given)
    known = {*packs, *(part for pack in packs.values() for part in pack.subdivisions)}
    if code in known:
        return code
    country = code.partition("-")[0]
    if or_elsewhere and country not in packs:
        return code
    raise InputProblemError(f"{given} is no region that a rule pack knows; {_hint(code, country, known)}")


def _code_of(text: str) -> str:
    """Return the code of a county's name, else what was given, as codes are written."""
    named = counties_named(text)
    if len(named) > 1:
        which = " or ".join(f"{county_name(code, chinese=True)} ({code})" for code in named)
        raise InputProblemError(f"{text.strip()} is a city and a county: write {which}")
    return named[0] if named else text.strip().upper().replace("_", "-")


def _hint(code: str, country: str, known: set[str]) -> str:
    own = sorted(each for each in known if each.partition("-")[0] == country)
    if country != "TW" and _CODE.fullmatch(code):
        near = difflib.get_close_matches(code, known, 3) or own[:6]
        return (
            f"did you mean {', '.join(near)}?" if near else "`outbound rules list` shows the countries that there are"
        )
    near = difflib.get_close_matches(code, known, 3) if own else list(_counties_like(code))
    question = f"did you mean {', '.join(near)}? " if near else ""
    return f"{question}The counties of Taiwan, by code or name:\n  " + "\n  ".join(spelled_out())


def _counties_like(name: str) -> Iterator[str]:
    """Yield counties whose names are spelled much like this one."""
    spelled = {part: code for code, names in COUNTY_NAMES.items() for part in (names[1].upper(), _first(names[1]))}
    for each in dict.fromkeys(spelled[near] for near in difflib.get_close_matches(name, spelled, 3)):
        yield f"{county_name(each, chinese=False)} ({each})"


def _first(name: str) -> str:
    return name.rpartition(" ")[0].upper()


def _with_county(contact: Contact, rulebook: Rulebook) -> str:
    taiwan = rulebook.packs.get("TW")
    county = county_of(contact.postal_code) if contact.region == "TW" else None
    return county if county is not None and taiwan is not None and county in taiwan.subdivisions else contact.region


def _country(rulebook: Rulebook, code: str) -> str:
    """Country of a code; an overseas department with a code of its own belongs to the country it is a part of."""
    region = next((pack.aliases[code] for pack in rulebook.packs.values() if code in pack.aliases), code)
    return region.partition("-")[0]
