"""Which times a callee may choose from for a return call: lawful, within campaign hours, and with a line kept free."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outbound.domain.campaign import Campaign, OpenHours
from outbound.planning.promised import Window, has_room, places_for_promises

MOST_WINDOWS = 3
BLOCKS = ((time(0), time(12)), (time(13), time(18)), (time(18), time(23)))
"""Morning, afternoon, evening: what a listener can choose between without a diary."""

_LEAD = timedelta(hours=1)
_SHORTEST = timedelta(hours=1)
_STEP = timedelta(minutes=30)
_LAST_LOOK = timedelta(minutes=15)
_DAYS_AHEAD = 10
_MOST_A_DAY = 2


def offer_windows(
    *,
    campaign: Campaign,
    zone: ZoneInfo,
    now: datetime,
    is_lawful: Callable[[datetime, Window], bool],
    promised: Mapping[Window, int],
    not_today: bool = False,
) -> tuple[Window, ...]:
    """Return at most three windows, two a day, soonest first, in the contact's zone; none starts within the hour.

    `is_lawful(instant, window)` says whether a call that was asked for in that window may start at that instant.
    `promised` counts the campaign's open callbacks by their window: at most a quarter of its capacity is promised, so
    that a promise can be kept whatever else is due. `not_today` offers later days only.
    """
    places = places_for_promises(campaign.pacing.slot_capacity)
    offered: list[Window] = []
    for window in _open_blocks(campaign.hours, zone, now, first_day=int(not_today)):
        day = window[0].date()
        if sum(start.date() == day for start, _end in offered) == _MOST_A_DAY:
            continue
        lawful = _narrow(window, is_lawful)
        if lawful is None or not has_room(lawful, promised, places):
            continue
        offered.append(lawful)
        if len(offered) == MOST_WINDOWS:
            break
    return tuple(offered)


def _open_blocks(hours: tuple[OpenHours, ...], zone: ZoneInfo, now: datetime, first_day: int) -> Iterator[Window]:
    earliest = _next_half_hour(now.astimezone(zone) + _LEAD)
    first = now.astimezone(zone).date()
    for offset in range(first_day, _DAYS_AHEAD):
        day = first + timedelta(days=offset)
        for block_start, block_end in BLOCKS:
            for opening in hours:
                if day.isoweekday() not in opening.weekdays:
                    continue
                start = max(_at(day, max(block_start, opening.start), zone), earliest)
                end = _at(day, min(block_end, opening.end), zone)
                if end - start >= _SHORTEST:
                    yield start, end


def _narrow(window: Window, is_lawful: Callable[[datetime, Window], bool]) -> Window | None:
    """Cut a window to its lawful part: it begins and ends where a call may still start."""
    start, end = window
    while end - start >= _SHORTEST and not is_lawful(start, window):
        start += _STEP
    while end - start >= _SHORTEST and not is_lawful(end - _LAST_LOOK, window):
        end -= _STEP
    return (start, end) if end - start >= _SHORTEST else None


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone)


def _next_half_hour(moment: datetime) -> datetime:
    whole = moment.replace(minute=0, second=0, microsecond=0)
    while whole < moment:
        whole += _STEP
    return whole
