"""Hours of a week, and the time that they come to between two instants, whatever clocks do in between."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

Span = tuple[datetime, datetime]
"""Half-open [start, end) of aware instants, in UTC."""

_DAY = timedelta(days=1)


class OpenHours(Struct, frozen=True):
    """Half-open hours [start, end) on ISO weekdays (1 = Monday), as clocks show them; a campaign's: the contact's.

    An end of `time.max` is midnight.
    """

    weekdays: frozenset[int]
    start: time
    end: time


def weekly_spans(
    hours: Sequence[OpenHours],
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    is_closed: Callable[[date], bool] = lambda _day: False,
) -> Iterator[Span]:
    """Yield the parts of [start, end) at which clocks in `zone` show one of `hours`: in order, joined where they meet.

    Where clocks are changed within an opening's first or last hour, it is read as the shorter one.
    """
    return _joined(_openings(sorted(hours, key=lambda each: each.start), zone, start, end, is_closed))


def common_spans(ones: Iterable[Span], others: Iterable[Span]) -> Iterator[Span]:
    """Yield what two ordered sequences of spans have in common."""
    left, right = iter(ones), iter(others)
    one, other = next(left, None), next(right, None)
    while one is not None and other is not None:
        start, end = max(one[0], other[0]), min(one[1], other[1])
        if start < end:
            yield start, end
        if one[1] <= other[1]:
            one = next(left, None)
        else:
            other = next(right, None)


def _openings(
    hours: Sequence[OpenHours], zone: ZoneInfo, start: datetime, end: datetime, is_closed: Callable[[date], bool]
) -> Iterator[Span]:
    first, last = start.astimezone(zone).date() - _DAY, end.astimezone(zone).date()
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if is_closed(day):
            continue
        for opening in hours:
            if day.isoweekday() in opening.weekdays:
                opens = max(*_instants(day, opening.start, zone), start.astimezone(UTC))
                closes = min(*_end_instants(day, opening.end, zone), end.astimezone(UTC))
                if opens < closes:
                    yield opens, closes


def _instants(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both instants that a reading of the clock may mean; on most days they are one."""
    first, second = (datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return first, second


def _end_instants(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return _instants(day + _DAY, time(0), zone) if clock == time.max else _instants(day, clock, zone)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    last: Span | None = None
    for start, end in spans:
        if last is not None and start <= last[1]:
            last = last[0], max(last[1], end)
            continue
        if last is not None:
            yield last
        last = start, end
    if last is not None:
        yield last
