"""Campaign hours cut into slots."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from outbound.domain.campaign import OpenHours
from outbound.planning.allocation import Slot

SLOT_MINUTES = 30


def is_open(hours: Sequence[OpenHours], zone: str, instant: datetime) -> bool:
    """Whether a campaign's hours are open at an instant in a zone."""
    local = instant.astimezone(_zone(zone))
    weekday, wall = local.isoweekday(), local.time()
    return any(weekday in span.weekdays and span.start <= wall < span.end for span in hours)


def cut_slots(
    hours: Sequence[OpenHours],
    zones: Sequence[str],
    begin: datetime,
    end: datetime,
    capacity: int,
    chosen: Sequence[tuple[datetime, datetime]] = (),
) -> tuple[Slot, ...]:
    """Return the half-hours from `begin` up to `end` in which the campaign is open in one of the zones at least.

    Half-hours that overlap a `chosen` window of a callback are slots as well, whatever the campaign's hours.
    """
    length = timedelta(minutes=SLOT_MINUTES)
    start = _floor(begin, length)
    called_back = _touched(chosen, length)
    slots: list[Slot] = []
    while start < end:
        if start >= begin and (start in called_back or any(is_open(hours, zone, start) for zone in zones)):
            slots.append(Slot(start, start + length, capacity))
        start += length
    return tuple(slots)


def shares_day(zones: Sequence[str], instant: datetime, others: Iterable[datetime]) -> bool:
    """Whether an instant falls on the local day of one of the others, in one of the zones (UTC without any)."""
    each = [_zone(zone) for zone in zones or ("UTC",)]
    days = [instant.astimezone(zone).date() for zone in each]
    return any(other.astimezone(zone).date() == day for other in others for zone, day in zip(each, days, strict=True))


def next_day(zones: Sequence[str], instant: datetime) -> datetime:
    """Return the first instant (UTC) of the next local day, in the zone where it comes first."""
    following = (
        datetime.combine(instant.astimezone(zone).date() + timedelta(days=1), time(), zone)
        for zone in map(_zone, zones or ("UTC",))
    )
    return min(each.astimezone(UTC) for each in following)


def _touched(windows: Sequence[tuple[datetime, datetime]], length: timedelta) -> set[datetime]:
    touched: set[datetime] = set()
    for first, last in windows:
        start = _floor(first, length)
        while start < last:
            touched.add(start)
            start += length
    return touched


def _floor(instant: datetime, length: timedelta) -> datetime:
    utc = instant.astimezone(UTC)
    return utc - (utc - datetime.min.replace(tzinfo=UTC)) % length


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
