"""What a measure comes to, and how it is printed: figures below their aim say so."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

_WHOLE_FROM = 100
_MEDIAN, _NEARLY_ALL = 0.5, 0.99


class Aimed(Struct, frozen=True):
    """A figure with its aim: at `least` so much, or at `most`."""

    value: float
    least: float | None = None
    most: float | None = None

    @property
    def missed(self) -> bool:
        """Whether the figure misses its aim."""
        below = self.least is not None and self.value < self.least
        return below or (self.most is not None and self.value > self.most)


Figure = float | Aimed
Figures = Mapping[str, Figure | Mapping[str, Figure]]


def shown(figures: Figures) -> list[str]:
    """Return one line of plain figures, if there are any, and one for each group."""
    plain = {name: value for name, value in figures.items() if not isinstance(value, Mapping)}
    lines = [_line(plain)] if plain else []
    return lines + [f"{name}: {_line(value)}" for name, value in figures.items() if isinstance(value, Mapping)]


def share(found: Sequence[bool]) -> float:
    """Return the share of what is so, in per cent."""
    return 100 * sum(found) / len(found) if found else 0.0


def times(seconds: Sequence[float]) -> dict[str, float]:
    """Return milliseconds of the median and of all but one in a hundred."""
    ordered = sorted(seconds)
    at = {"ms p50": _MEDIAN, "ms p99": _NEARLY_ALL}
    return {name: 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))] for name, part in at.items()}


def _line(figures: Mapping[str, Figure]) -> str:
    return ", ".join(f"{name} {_figure(value)}" for name, value in figures.items())


def _figure(value: Figure) -> str:
    if not isinstance(value, Aimed):
        return f"{value:,.0f}" if isinstance(value, int) or value >= _WHOLE_FROM else f"{value:,.2f}"
    aim = f"at least {value.least:g}" if value.least is not None else f"at most {value.most:g}"
    return f"{_figure(value.value)} ({'MISSES its aim: ' if value.missed else 'aim: '}{aim})"
