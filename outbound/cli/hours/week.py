"""One week of a place as a picture's values: half hours of the first zone, each open or closed by a layer."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct

from outbound.compliance.place import Clock, Place
from outbound.compliance.rules.pack import Layer
from outbound.compliance.rules.rulebook import Rulebook
from outbound.compliance.situation import day_in
from outbound.compliance.timetable import DayTable, Interval, LayerDay, Profile, day_start, day_table, intersect

CELLS = 48
_CELL = 30 * 60
_DAY = timedelta(days=1)
_FAR = 2**62


class Shade(StrEnum):
    """What a half hour is: open, partly so, closed by the strongest layer that closes all of it, not known, or none."""

    OPEN = "open"
    PARTLY = "partly"
    LEGAL = "legal"
    INDUSTRY_CODE = "industry_code"
    COURTESY = "courtesy"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


_STRENGTH = (Layer.LEGAL, Layer.INDUSTRY_CODE, Layer.COURTESY)


class ClockChange(Struct, frozen=True):
    """A clock of the place is put forward or back: from which local time to which, at an instant (UTC)."""

    zone: str
    at: datetime
    before: datetime
    after: datetime

    @property
    def forward(self) -> bool:
        """Whether local times are skipped; else they come twice."""
        return self.after.replace(tzinfo=None) > self.before.replace(tzinfo=None)


class Row(Struct, frozen=True):
    """One local date of the first zone. `open` in UTC seconds: where every layer is open in every zone.

    `open_at_home`: every layer is open at some time as far as the first zone goes. `holiday`: a layer makes something
    of a public holiday, `eve`: of the day before one.
    """

    day: date
    cells: tuple[Shade, ...]
    open: tuple[Interval, ...]
    open_at_home: bool
    holiday: bool
    eve: bool
    missing_years: tuple[int, ...]
    changes: tuple[ClockChange, ...]


class Piece(Struct, frozen=True):
    """A clock's table with the span of its local date in UTC seconds."""

    span: Interval
    table: DayTable


def draw(rulebook: Rulebook, place: Place, profile: Profile, monday: date) -> tuple[Row, ...]:
    """Return the seven rows from a Monday on, in the local time of the place's first zone."""
    return tuple(_row(rulebook, place, profile, monday + index * _DAY) for index in range(7))


def _row(rulebook: Rulebook, place: Place, profile: Profile, day: date) -> Row:
    home = ZoneInfo(place.zones[0])
    span = (day_start(day, home), day_start(day + _DAY, home))
    pieces = [piece for clock in place.clocks for piece in _pieces(rulebook, clock, profile, span)]
    shared = _left((span,), [(piece.span, piece.table.open) for piece in pieces])
    changes = tuple(change for zone in place.zones for change in _changes(zone, span))
    layers = [layer for clock in place.clocks for layer in day_table(rulebook, clock, profile, day).layers]
    missing = {layer.missing_year for layer in layers if layer.missing_year is not None}
    return Row(
        day,
        tuple(_shade(spans, shared, pieces) for spans in _cells(day, home, span, changes)),
        _joined(shared),
        bool(day_table(rulebook, place.clocks[0], profile, day).open),
        any(layer.holiday for layer in layers),
        any(layer.eve for layer in layers),
        tuple(sorted(missing)),
        changes,
    )


def _pieces(rulebook: Rulebook, clock: Clock, profile: Profile, span: Interval) -> Iterator[Piece]:
    """Yield the tables of every local date of a clock that a span of time meets."""
    zone = ZoneInfo(clock.zone)
    day, begin = day_in(clock.zone, span[0]), span[0]
    while begin < span[1]:
        table = day_table(rulebook, clock, profile, day)
        if table.ends > begin:
            yield Piece((max(begin, day_start(day, zone)), min(table.ends, span[1])), table)
            begin = table.ends
        day += _DAY


def _left(
    spans: tuple[Interval, ...], allowed: Sequence[tuple[Interval, tuple[Interval, ...]]]
) -> tuple[Interval, ...]:
    """Return what is left of spans when each table opens only some of its own time."""
    for (start, end), opened in allowed:
        inside = intersect(opened, ((start, end),))
        spans = intersect(spans, ((-_FAR, start), *inside, (end, _FAR)))
    return spans


def _cells(day: date, home: ZoneInfo, span: Interval, changes: Sequence[ClockChange]) -> Iterator[tuple[Interval, ...]]:
    """Yield each half hour of local time as spans of UTC: none where the clock skips it, two where it comes twice."""
    turns = sorted(int(change.at.timestamp()) for change in changes if change.zone == home.key)
    bounds = [span[0], *turns, span[1]]
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    sections = [(a, b, _offset(home, a)) for a, b in pairwise(bounds) if a < b]
    for index in range(CELLS):
        local = midnight + index * _CELL
        found = [intersect(((a, b),), ((local - offset, local - offset + _CELL),)) for a, b, offset in sections]
        yield tuple(part for parts in found for part in parts)


def _shade(spans: tuple[Interval, ...], shared: tuple[Interval, ...], pieces: Sequence[Piece]) -> Shade:
    if not spans:
        return Shade.SKIPPED
    free = _length(_left(spans, [((-_FAR, _FAR), shared)]))
    if free:
        return Shade.OPEN if free == _length(spans) else Shade.PARTLY
    met = [piece for piece in pieces if any(intersect((piece.span,), (span,)) for span in spans)]
    layers = [(piece.span, layer) for piece in met for layer in piece.table.layers]
    known = [(span, layer) for span, layer in layers if layer.known]
    closing = [_closing(spans, known, strength) for strength in _STRENGTH]
    whole = next((layer for layer, left in zip(_STRENGTH, closing, strict=True) if not left), None)
    if whole is None and len(known) < len(layers):
        return Shade.UNKNOWN
    partly = next(layer for layer, left in zip(_STRENGTH, closing, strict=True) if left < _length(spans))
    return Shade((whole or partly).value)


def _closing(spans: tuple[Interval, ...], layers: Sequence[tuple[Interval, LayerDay]], strength: Layer) -> int:
    """Return how many seconds the layers of one strength leave open."""
    return _length(_left(spans, [(span, layer.open) for span, layer in layers if layer.layer is strength]))


def _length(spans: Sequence[Interval]) -> int:
    return sum(end - start for start, end in spans)


def _joined(spans: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Join spans that touch: a day of another zone may end in the midst of an open time."""
    joined: list[Interval] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _changes(zone: str, span: Interval) -> Iterator[ClockChange]:
    """Yield the changes of a zone's clock within a span."""
    clock = ZoneInfo(zone)
    # A change in the day's first second is the day's own, one at its end the next day's.
    for start in range(span[0] - 1, span[1] - 1, _CELL):
        low, high = start, min(start + _CELL, span[1] - 1)
        before, after = _offset(clock, low), _offset(clock, high)
        if before == after:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(clock, middle) == before else (low, middle)
        at = datetime.fromtimestamp(high, UTC)
        yield ClockChange(zone, at, at.replace(tzinfo=None) + _seconds(before), at.astimezone(clock))


def _seconds(offset: int) -> timedelta:
    return timedelta(seconds=offset)


def _offset(zone: ZoneInfo, seconds: int) -> int:
    found = datetime.fromtimestamp(seconds, zone).utcoffset()
    return 0 if found is None else int(found.total_seconds())
