"""Where a call rings: which packs bind there, and in which zones it must be allowed."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outbound.compliance.reason import Reason, reason
from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import Rulebook

_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Clock:
    """A zone in which these packs (by code) are read."""

    zone: str
    packs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place that was understood: its packs, narrowest first, its clocks, and how each zone was found.

    `zones` are those in which the call must be allowed.
    """

    region: str
    packs: tuple[Pack, ...]
    clocks: tuple[Clock, ...]
    found_by: tuple[tuple[str, str], ...]
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A place that was not understood, with every reason."""

    reasons: tuple[Reason, ...]


def zone_exists(name: str) -> bool:
    """Whether the installed time zone data knows the name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def resolve(
    rulebook: Rulebook, region: str | None, stated_zone: str | None, number_zones: tuple[str, ...], *, whole: bool
) -> Place | Unplaced:
    """Find the place of a contact; `whole` lets a question about a country pass without its state."""
    key = ("place", region, stated_zone, number_zones, whole)
    found: Place | Unplaced | None = rulebook.cache.get(key)
    if found is None:
        found = _resolve(rulebook, region, stated_zone, number_zones, whole=whole)
        rulebook.remember(key, found)
    return found


def _resolve(
    rulebook: Rulebook, region: str | None, stated_zone: str | None, number_zones: tuple[str, ...], *, whole: bool
) -> Place | Unplaced:
    located = _packs(rulebook, (region or "").strip().upper(), whole=whole)
    if isinstance(located, Reason):
        return Unplaced((located,))
    code, packs, region_zones = located
    by_region = dict.fromkeys(region_zones, "region")
    found_by = by_region
    if stated_zone:
        zone = _canonical(packs, stated_zone)
        if not zone_exists(zone):
            return Unplaced((reason("zone_unknown", zone=stated_zone),))
        if zone not in by_region:
            return Unplaced((reason("zone_outside", zone=stated_zone, place=code),))
        found_by = {zone: "stated"}
    for name in number_zones:
        zone = _canonical(packs, name)
        if zone_exists(zone):
            found_by.setdefault(zone, "number")
    clocks = _clocks(packs, tuple(found_by))
    zones = tuple(dict.fromkeys(clock.zone for clock in clocks))
    return Place(code, packs, clocks, tuple(found_by.items()), zones)


def _packs(rulebook: Rulebook, given: str, *, whole: bool) -> tuple[str, tuple[Pack, ...], tuple[str, ...]] | Reason:
    """Return (region, packs from the narrowest up, zones), or why there are none."""
    if not _REGION.fullmatch(given):
        return reason("jurisdiction_unknown", place=given) if given else reason("place_unknown", place="?")
    region = next((p.aliases[given] for p in rulebook.packs.values() if given in p.aliases), given)
    country = rulebook.packs.get(region.partition("-")[0])
    if country is None:
        return reason("pack_missing", place=region)
    if region != country.code:
        return _part(rulebook, region, country)
    if country.subdivision_required and not whole:
        return reason("place_unknown", place=region)
    return region, (country,), country.zones


def _part(rulebook: Rulebook, region: str, country: Pack) -> tuple[str, tuple[Pack, ...], tuple[str, ...]] | Reason:
    part, own = country.subdivisions.get(region), rulebook.packs.get(region)
    if part is None:
        return reason("jurisdiction_unknown", place=region)
    if own is not None:
        return region, (own, country), own.zones
    return reason("pack_missing", place=region) if part.own_pack else (region, (country,), part.zones)


def _canonical(packs: tuple[Pack, ...], zone: str) -> str:
    for pack in packs:
        if zone in pack.same_clock:
            return pack.same_clock[zone]
    return zone


def _clocks(packs: tuple[Pack, ...], zones: tuple[str, ...]) -> tuple[Clock, ...]:
    """Every pack is read in every zone of the called party; a rule whose text names a zone is read there too."""
    local = tuple(pack.code for pack in packs)
    return tuple(Clock(zone, local) for zone in zones)
