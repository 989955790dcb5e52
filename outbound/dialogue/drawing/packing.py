"""Rectangles packed into a page of a given width: each as high up as there is room, then as far left."""

from collections.abc import Sequence


def pack(sizes: Sequence[tuple[float, float]], width: float, gap: float) -> tuple[tuple[float, float], ...]:
    """Return the upper left corner of each rectangle; none lies upon another. One wider than the page sticks out."""
    placed: list[tuple[float, float, float, float]] = []
    for wide, high in sizes:
        lefts = sorted({0.0, *(left + other + gap for left, _, other, _ in placed)})
        fitting = [left for left in lefts if left + wide <= width] or [0.0]
        top, left = min((_lowest(placed, left, wide, gap), left) for left in fitting)
        placed.append((left, top, wide, high))
    return tuple((left, top) for left, top, _, _ in placed)


def _lowest(placed: list[tuple[float, float, float, float]], left: float, wide: float, gap: float) -> float:
    below = [
        top + high + gap
        for other, top, across, high in placed
        if other < left + wide + gap and left < other + across + gap
    ]
    return max(below, default=0.0)
