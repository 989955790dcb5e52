"""Zones, parts and aliases of a jurisdiction, checked against the time zone data that is installed."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from outbound.adapters.files.rules.sections import Section
from outbound.compliance.place import zone_exists
from outbound.compliance.rules.pack import Subdivision

CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
"""ISO 3166-1 alpha-2, or ISO 3166-2."""

_COUNTRY = re.compile(r"[A-Z]{2}")


def zone_of(section: Section, key: str) -> str:
    """Read the name of one IANA time zone."""
    zone = section.text(key)
    if section.sound(key):
        _check_exists(section, key, zone)
    return zone


def zones_of(section: Section, key: str) -> tuple[str, ...]:
    """Read a list of IANA time zones, not empty."""
    zones = section.unlike(key)
    for zone in zones:
        _check_exists(section, key, zone)
    if not zones and section.sound(key):
        section.refuse(key, "is empty", "name every zone of the jurisdiction")
    return zones


def _check_exists(section: Section, key: str, zone: str) -> None:
    if not zone_exists(zone):
        section.refuse(key, f"{zone} is no IANA time zone", "write a name such as Asia/Taipei")


def own_zones(top: Section, code: str, aliases: Mapping[str, str]) -> tuple[str, ...]:
    """Read the zones of a jurisdiction; one that the time zone data gives to other countries only is refused.

    `aliases` are codes of territories that the jurisdiction includes; their zones are its own.
    """
    zones = zones_of(top, "zones")
    countries = {code.partition("-")[0], *aliases}
    table = zone_countries()
    if not any(countries & owners for owners in table.values()):
        return zones
    for zone in zones:
        owners = table.get(zone, countries)
        if not owners & countries:
            problem = f"{zone} is not in {code}, but in {', '.join(sorted(owners))}"
            top.refuse("zones", problem, "remove it, or list the territory's own code under aliases")
    return zones


@cache
def zone_countries() -> Mapping[str, frozenset[str]]:
    """Return the countries (ISO 3166-1) of each zone in the tables of the time zone data, newest and by country."""
    found: dict[str, frozenset[str]] = {}
    for name in ("zone.tab", "zone1970.tab"):
        table = files("tzdata.zoneinfo").joinpath(name).read_text(encoding="utf-8")
        for line in table.splitlines():
            if line and not line.startswith("#"):
                countries, _, zone, *_ = line.split("\t")
                found[zone] = found.get(zone, frozenset()) | frozenset(countries.split(","))
    return found


def same_clock(top: Section, zones: tuple[str, ...]) -> Mapping[str, str]:
    """Read other names of the pack's zones, by name."""
    same: dict[str, str] = {}
    if not top.has("same_clock"):
        return same
    section = top.section("same_clock")
    for zone in section.keys():  # noqa: SIM118  a section is no mapping: asking marks the keys as known
        if zone not in zones and top.sound("zones"):
            section.refuse(zone, "is not one of the pack's zones", f"write one of {', '.join(zones)}")
            continue
        for name in zones_of(section, zone):
            if name in same or name in zones:
                section.refuse(zone, f"{name} stands here twice", "name every zone once, in zones or in same_clock")
            same[name] = zone
    return same


def subdivisions(top: Section, code: str, zones: tuple[str, ...]) -> Mapping[str, Subdivision]:
    """Read the parts of a country; a part without zones has those of the country."""
    parts: dict[str, Subdivision] = {}
    if not top.has("subdivisions"):
        return parts
    section = top.section("subdivisions")
    for name in section.keys():  # noqa: SIM118
        if not CODE.fullmatch(name) or not name.startswith(f"{code}-"):
            section.refuse(name, f"is no part of {code}", f"write an ISO 3166-2 code such as {code}-XXX")
            continue
        part = section.section(name)
        part.text("name")
        own = zones_of(part, "zones") if part.has("zones") else zones
        strange = [zone for zone in own if zone not in zones]
        if strange and part.sound("zones") and top.sound("zones"):
            part.refuse("zones", f"{', '.join(strange)} is not one of the pack's zones", f"use {', '.join(zones)}")
        parts[name] = Subdivision(own, part.flag("own_pack", default=False))
        part.done()
    return parts


def aliases_of(top: Section) -> Mapping[str, str]:
    """Read the codes of territories that have one of their own (RE) and the parts that they are (FR-RE)."""
    if not top.has("aliases"):
        return {}
    section = top.section("aliases")
    found: dict[str, str] = {}
    for name in section.keys():  # noqa: SIM118
        found[name] = section.text(name)
        if not _COUNTRY.fullmatch(name):
            section.refuse(name, "is no code of a territory", "write the two capital letters of ISO 3166-1")
    return found


def check_aliases(top: Section, aliases: Mapping[str, str], parts: Mapping[str, Subdivision]) -> None:
    """Refuse an alias of a part that is not listed."""
    section = top.section("aliases") if aliases else top
    for name, part in aliases.items():
        if part not in parts:
            section.refuse(name, f"{part} is not listed", "list it under subdivisions")
