"""Which times a callee may choose from for a return call: lawful, within campaign hours, and with a line kept free."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from outbound.domain.campaign import Campaign, OpenHours
from outbound.domain.service_desk import ServiceDesk
from outbound.planning.promised import Window, has_room, places_for_promises
from outbound.planning.slots import SLOT_MINUTES

MOST_WINDOWS = 3
BLOCKS = ((time(0), time(12)), (time(13), time(18)), (time(18), time(23)))
"""Morning, afternoon, evening: what a listener can choose between without a diary."""

_LEAD = timedelta(hours=1)
_SHORTEST = timedelta(hours=1)
_SHORTEST_NAMED = timedelta(minutes=SLOT_MINUTES)
"""Who names a time of the clock is promised that half hour, the shortest time for which calls are planned."""

_STEP = timedelta(minutes=30)
_LAST_LOOK = _QUARTER = timedelta(minutes=15)
_DAYS_AHEAD = 7
"""So that a weekday, by which times are read out, names one day."""

_MOST_A_DAY = 2

LawfulUntil = Callable[[datetime, Window], datetime | None]


def offer_windows(
    *,
    campaign: Campaign,
    zone: ZoneInfo,
    now: datetime,
    lawful_until: LawfulUntil,
    promised: Mapping[Window, int],
    not_today: bool = False,
    desk: ServiceDesk | None = None,
    within: Window | None = None,
) -> tuple[Window, ...]:
    """Return at most three windows, two a day, soonest first, in the contact's zone; none starts within the hour.

    `lawful_until(instant, window)` says until when a call that was asked for in that window may start from that instant
    on (exclusive, as far as known); None when it may not start then.
    `promised` counts the campaign's open callbacks by their window: at most a quarter of its capacity is promised, so
    that a promise can be kept whatever else is due. `not_today` offers later days only. `desk` is given where a person
    makes the call: then the windows lie in the desk's hours as well. `within` is the time that was named, of which the
    parts are returned at which a call can be promised, however many days ahead.
    """
    shortest = _SHORTEST if within is None else _SHORTEST_NAMED
    places = places_for_promises(campaign.pacing.slot_capacity)
    offered: list[Window] = []
    for window in _open_blocks(campaign.hours, zone, now, int(not_today), desk, within):
        day = window[0].date()
        if sum(start.date() == day for start, _end in offered) == _MOST_A_DAY:
            continue
        lawful = _narrow(window, lawful_until, shortest)
        if lawful is None or not has_room(lawful, promised, places):
            continue
        offered.append(lawful)
        if len(offered) == MOST_WINDOWS:
            break
    return tuple(offered)


def _open_blocks(
    hours: tuple[OpenHours, ...],
    zone: ZoneInfo,
    now: datetime,
    first_day: int,
    desk: ServiceDesk | None,
    within: Window | None,
) -> Iterator[Window]:
    earliest = _next_mark((now.astimezone(UTC) + _LEAD).astimezone(zone), _STEP)
    latest, shortest = None, _SHORTEST
    first = now.astimezone(zone).date()
    days = range(first_day, _DAYS_AHEAD)
    if within is not None:
        start, latest, shortest = within[0].astimezone(zone), within[1].astimezone(zone), _SHORTEST_NAMED
        earliest = max(earliest, _next_mark(start, _STEP))
        days = _days_named(start.date(), latest.date(), first, first_day)
    for offset in days:
        for start, end in _blocks_of(first + timedelta(days=offset), hours, zone, desk):
            block = max(start, earliest), end if latest is None else min(end, latest)
            if _is_long_enough(block, shortest):
                yield block


def _days_named(start: date, end: date, today: date, first_day: int) -> range:
    """Return the days of a named time as days from today, a week of them at most."""
    begin = max(first_day, (start - today).days)
    return range(begin, min((end - today).days + 1, begin + _DAYS_AHEAD))


@lru_cache(maxsize=1024)
def _blocks_of(day: date, hours: tuple[OpenHours, ...], zone: ZoneInfo, desk: ServiceDesk | None) -> tuple[Window, ...]:
    """Return the blocks of a day, alike for all contacts in a zone; for a person's call cut to the desk's hours.

    In whole quarters: what is lawful is looked at a quarter before an end.
    """
    blocks = [
        (_at(day, max(block_start, opening.start), zone), _at(day, min(block_end, opening.end), zone))
        for block_start, block_end in BLOCKS
        for opening in hours
        if day.isoweekday() in opening.weekdays
    ]
    if desk is None:
        return tuple(blocks)
    staffed = (span for start, end in blocks if start < end for span in desk.open_spans(start, end))
    whole = ((_next_mark(start, _QUARTER), end - _past(end, _QUARTER)) for start, end in staffed)
    return tuple((start.astimezone(zone), end.astimezone(zone)) for start, end in whole)


def _is_long_enough(window: Window, shortest: timedelta) -> bool:
    """Whether so much time passes in it; clocks may be changed meanwhile."""
    start, end = window
    return end.astimezone(UTC) - start.astimezone(UTC) >= shortest


def _narrow(window: Window, lawful_until: LawfulUntil, shortest: timedelta) -> Window | None:
    """Cut a window to its lawful part: it begins and ends where a call may still start."""
    start, end = window
    until = None
    while end - start >= shortest and (until := lawful_until(start, window)) is None:
        start += _STEP
    while end - start >= shortest and not _is_lawful(end - _LAST_LOOK, window, until, lawful_until):
        end -= _STEP
    return (start, end) if end - start >= shortest else None


def _is_lawful(instant: datetime, window: Window, until: datetime | None, lawful_until: LawfulUntil) -> bool:
    """Whether a call may start then; before `until`, as far as its beginning reached, that need not be asked again."""
    return (until is not None and instant < until) or lawful_until(instant, window) is not None


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone)


def _next_mark(moment: datetime, every: timedelta) -> datetime:
    """Return the first whole half hour, or quarter, on its clock at or after a moment."""
    past = _past(moment, every)
    return (moment.astimezone(UTC) + every - past).astimezone(moment.tzinfo) if past else moment


def _past(moment: datetime, every: timedelta) -> timedelta:
    return timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond) % every
