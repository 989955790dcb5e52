"""Where a call rings: which packs bind there, and in which zones it must be allowed."""

import re
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from outbound.compliance.reason import Reason, reason
from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import Rulebook

_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class Clock(Struct, frozen=True):
    """A zone in which these packs (by code) are read, and the region whose holidays count.

    `region` is what calendars are asked with: the contact's part where a calendar knows it, else the country, whose
    holidays are those of every part. `fixed` marks a zone that only rules name: none but those are read on it.
    """

    zone: str
    packs: tuple[str, ...]
    region: str
    fixed: bool = False


class Place(Struct, frozen=True):
    """A place that was understood: its packs, narrowest first, its clocks, and how each zone was found.

    `zones` are those in which the call must be allowed: those of the called party, then those that rules name.
    `found_by` is (zone, stated | region | number | rule).
    """

    region: str
    packs: tuple[Pack, ...]
    clocks: tuple[Clock, ...]
    found_by: tuple[tuple[str, str], ...]
    zones: tuple[str, ...]


class Unplaced(Struct, frozen=True):
    """A place that was not understood, with every reason."""

    reasons: tuple[Reason, ...]


def zone_exists(name: str) -> bool:
    """Whether the installed time zone data knows the name."""
    return _zone(name) is not None


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    """Zone of a name; held here, for `ZoneInfo` itself remembers eight and reads the others from disk each time."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def resolve(
    rulebook: Rulebook, region: str | None, stated_zone: str | None, number_zones: tuple[str, ...], *, whole: bool
) -> Place | Unplaced:
    """Find the place of a contact; `whole` lets a question about a country pass without its state or zone."""
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
    found_by = dict.fromkeys(region_zones, "region")
    if stated_zone:
        stated = _stated(packs, stated_zone, region_zones, code)
        if isinstance(stated, Reason):
            return Unplaced((stated,))
        found_by = {stated: "stated"}
    elif code == packs[0].code and packs[0].zone_required and not whole:
        return Unplaced((reason("place_too_wide", place=code),))
    for name in number_zones:
        zone = _canonical(packs, name, region_zones)
        if zone_exists(zone):
            found_by.setdefault(zone, "number")
    clocks = _clocks(packs, tuple(found_by), _calendar_region(rulebook, packs, code))
    for clock in clocks:
        found_by.setdefault(clock.zone, "rule")
    return Place(code, packs, clocks, tuple(found_by.items()), tuple(found_by))


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


def _stated(packs: tuple[Pack, ...], name: str, region_zones: tuple[str, ...], code: str) -> str | Reason:
    zone = _canonical(packs, name, region_zones)
    if not zone_exists(zone):
        return reason("zone_unknown", zone=name)
    return zone if zone in region_zones else reason("zone_outside", zone=name, place=code)


def may_hold(rulebook: Rulebook, area: str, region: str) -> bool:
    """Whether an area may hold who is in a region: the same code, one around it, or a part of it.

    Both are ISO codes as `resolve` gives them. What lies in what is told by the codes, else by the calendars.
    """
    if area == region or region.startswith(f"{area}-") or area.startswith(f"{region}-"):
        return True
    country = rulebook.packs.get(region.partition("-")[0])
    calendar = None if country is None else rulebook.calendars.get(country.calendar)
    return calendar is not None and calendar.overlap(area, region)


def _canonical(packs: tuple[Pack, ...], name: str, region_zones: tuple[str, ...]) -> str:
    """Return the region's own name of a zone, or of one with the same clock; another zone as it is."""
    if name in region_zones:
        return name
    for pack in packs:
        clock = pack.same_clock.get(name, name)
        for zone in region_zones:
            if clock in {zone, pack.same_clock.get(zone)}:
                return zone
    return next((pack.same_clock[name] for pack in packs if name in pack.same_clock), name)


def _calendar_region(rulebook: Rulebook, packs: tuple[Pack, ...], region: str) -> str:
    names = {pack.calendar for pack in packs} | {rule.calendar for pack in packs for rule in pack.windows}
    calendars = [rulebook.calendars[name] for name in names if name in rulebook.calendars]
    return region if any(region in calendar.parts for calendar in calendars) else packs[-1].code


def _clocks(packs: tuple[Pack, ...], zones: tuple[str, ...], region: str) -> tuple[Clock, ...]:
    """Every pack is read in every zone of the called party; a rule whose text names a zone is read there too."""
    local = tuple(Clock(zone, tuple(pack.code for pack in packs), region) for zone in zones)
    named: dict[str, dict[str, None]] = {}
    for pack in packs:
        for rule in pack.windows:
            if rule.fixed_zone is not None and rule.fixed_zone not in zones:
                named.setdefault(rule.fixed_zone, {})[pack.code] = None
    return local + tuple(Clock(zone, tuple(codes), region, fixed=True) for zone, codes in named.items())
