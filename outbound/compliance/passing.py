"""Reasons that pass with time: hours, holidays, attempt limits, suspended areas."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from outbound.compliance.chosen_time import stretched
from outbound.compliance.facts import BlockedArea
from outbound.compliance.place import Clock
from outbound.compliance.reason import Reason, reason
from outbound.compliance.rules.pack import DayHours, PeriodKind
from outbound.compliance.situation import Situation, day_in, whole_seconds
from outbound.compliance.timetable import DayTable, LayerDay, day_table, is_open


def passing_reasons(situation: Situation, seconds: int) -> tuple[Reason, ...]:
    """Return what stands against this second, in every zone and layer at once."""
    reasons: list[Reason] = []
    for clock in situation.place.clocks:
        table = table_at(situation, clock, seconds)
        if not is_open(table.open, seconds, situation.guard):
            reasons.extend(_closed(table, clock.zone, seconds, situation.guard))
    reasons.extend(_limits(situation, seconds))
    reasons.extend(
        reason("area_blocked", area=area.code)
        for area in situation.options.blocked_areas
        if situation.blocks(area) and in_force(area, seconds)
    )
    return tuple(reasons)


def within_hours(situation: Situation, seconds: int) -> bool:
    """Whether every clock is open in this second: the quick part of `passing_reasons`, without the reasons."""
    return all(
        is_open(table_at(situation, clock, seconds).open, seconds, situation.guard) for clock in situation.place.clocks
    )


def table_at(situation: Situation, clock: Clock, seconds: int) -> DayTable:
    """Return the table of a clock's local date at an instant, for the hours that then hold.

    Where the customer chose a time, the day is open as the chosen hours say within it and as ordinary hours say
    outside it: its end closes what is open only because of it.
    """
    day = day_in(clock.zone, seconds)
    profile = situation.profile(seconds, day)
    if situation.chosen is None:
        return day_table(situation.rulebook, clock, profile, day)
    key = ("chosen", clock, profile, day, situation.chosen)
    table: DayTable | None = situation.rulebook.cache.get(key)
    if table is None:
        usual = day_table(situation.rulebook, clock, profile, day)
        plain, asked = (day_table(situation.rulebook, clock, each, day) for each in situation.profiles(day))
        table = stretched(usual, plain, asked, situation.chosen)
        situation.rulebook.remember(key, table)
    return table


def _closed(table: DayTable, zone: str, seconds: int, guard: int) -> Iterator[Reason]:
    for layer in table.layers:
        if not is_open(layer.open, seconds, guard):
            yield _why_closed(layer, table, zone, seconds, guard)


def _why_closed(layer: LayerDay, table: DayTable, zone: str, seconds: int, guard: int) -> Reason:
    about = (layer.layer, layer.jurisdiction)
    if layer.missing_year is not None:
        return reason("calendar_missing", *about, place=layer.jurisdiction, year=layer.missing_year)
    closes = next((end for start, end in layer.open if start <= seconds < end), None)
    if closes is not None:
        at = datetime.fromtimestamp(closes, ZoneInfo(zone))
        return reason("closing_soon", *about, closes=f"{at:%H:%M}", zone=zone, guard=guard)
    hours = hours_text(layer.windows)
    if layer.holiday:
        return reason("public_holiday", *about, date=table.day, zone=zone, hours=hours)
    if not layer.windows:
        return reason("day_closed", *about, date=table.day, zone=zone)
    return reason("outside_hours", *about, local=_local_time(zone, seconds), zone=zone, hours=hours)


@lru_cache(maxsize=64)
def _local_time(zone: str, seconds: int) -> str:
    """Local time as 09:30:00; several layers ask for the same one."""
    return f"{datetime.fromtimestamp(seconds, ZoneInfo(zone)):%H:%M:%S}"


@lru_cache(maxsize=1024)
def hours_text(windows: DayHours) -> str:
    """Windows as 09:30-11:30, 14:00-17:30; `closed` when there are none."""
    return ", ".join(f"{_clock(a)}-{_clock(b)}" for a, b in windows) or "closed"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _limits(situation: Situation, seconds: int) -> Iterator[Reason]:
    for pack, limit in situation.limits(seconds):
        made, about = situation.made(limit, seconds), (limit.layer, pack.code)
        if limit.period.kind is PeriodKind.AFTER_REFUSAL:
            if made > limit.count:
                yield reason("after_refusal", *about, period=limit.period.name, made=made)
        elif made >= limit.count:
            yield reason("attempt_limit", *about, count=limit.count, period=limit.period.name, per=limit.per, made=made)


def in_force(area: BlockedArea, seconds: int) -> bool:
    """Whether the area is blocked in this second; a second that is partly blocked is blocked."""
    begun = area.since is None or seconds + 1 > area.since.timestamp()
    return begun and (area.until is None or seconds < whole_seconds(area.until))
