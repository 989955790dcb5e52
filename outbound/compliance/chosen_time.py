"""A day on which the customer chose a time: two sets of hours joined where they meet."""

from collections.abc import Iterable

from msgspec.structs import replace

from outbound.compliance.timetable import ALWAYS, DayTable, Interval, intersect, shared_by


def stretched(table: DayTable, plain: DayTable, asked: DayTable, chosen: Interval) -> DayTable:
    """Return `table` with what is open on a day with a chosen time: `asked` within it, `plain` outside."""
    outside = (ALWAYS[0], chosen[0]), (chosen[1], ALWAYS[1])
    layers = tuple(
        replace(layer, open=_joined((*intersect(usual.open, outside), *intersect(wished.open, (chosen,)))))
        for layer, usual, wished in zip(table.layers, plain.layers, asked.layers, strict=True)
    )
    return replace(table, layers=layers, open=shared_by(layers))


def _joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Sort intervals that do not overlap, and make one of those that touch."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        touches = bool(joined) and joined[-1][1] == start
        joined.append((joined.pop()[0] if touches else start, end))
    return tuple(joined)
