"""Shortest ways from the greeting to a place, as a callee may really go them."""

from collections import deque
from typing import NamedTuple

from outbound.dialogue.prover.carrying import Carrying, Kind, Place, Way
from outbound.dialogue.script.model import RESERVED_TARGETS

_DEEPEST, _MOST = 4, 50_000


class _Spot(NamedTuple):
    """A place with the questions that were left on the way to it, the latest last."""

    place: Place
    left: tuple[str, ...]


class Paths:
    """Shortest ways from one place to others, digressions up to four deep: searched as far as anybody asks."""

    def __init__(self, graph: Carrying, start: Place) -> None:
        self._graph, spot = graph, _Spot(start, ())
        self._came_from: dict[_Spot, _Spot | None] = {spot: None}
        self._first: dict[Place, _Spot] = {start: spot}
        self._waiting = deque([spot])

    def to(self, place: Place) -> tuple[str, ...]:
        """Return the steps of a shortest way; where nobody gets there in time, of the way that was found first."""
        while place not in self._first and self._waiting and len(self._came_from) < _MOST:
            self._go_on(self._waiting.popleft())
        if place in self._first:
            return _steps(self._came_from, self._first[place])
        steps: list[str] = []
        each: Place | None = place
        while each is not None:
            if each.step not in RESERVED_TARGETS and steps[-1:] != [each.step]:
                steps.append(each.step)
            each = self._graph.came_from[each]
        return tuple(reversed(steps))

    def _go_on(self, spot: _Spot) -> None:
        for way in self._graph.ways[spot.place]:
            following = _Spot(way.to, _left_after(way, spot))
            if following not in self._came_from and _can_go(way, spot, self._came_from):
                self._came_from[following] = spot
                self._first.setdefault(way.to, following)
                self._waiting.append(following)


def _can_go(way: Way, spot: _Spot, came_from: dict[_Spot, _Spot | None]) -> bool:
    if way.kind is Kind.COMES_OF_IT:
        return False
    if way.kind is Kind.RETURNS:
        return not spot.left or spot.left[-1] == way.to.step
    return way.kind is not Kind.PREVIOUS or way.to.step in _steps(came_from, spot)


def _left_after(way: Way, spot: _Spot) -> tuple[str, ...]:
    if way.kind is Kind.LEAVES:
        return (*spot.left, spot.place.step)[-_DEEPEST:]
    return spot.left[:-1] if way.kind is Kind.RETURNS else spot.left


def _steps(came_from: dict[_Spot, _Spot | None], spot: _Spot) -> tuple[str, ...]:
    steps: list[str] = []
    each: _Spot | None = spot
    while each is not None:
        if each.place.step not in RESERVED_TARGETS and (not steps or steps[-1] != each.place.step):
            steps.append(each.place.step)
        each = came_from[each]
    return tuple(reversed(steps))
