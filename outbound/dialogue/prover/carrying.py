"""What is carried along the ways of a graph: sets as bits, until nothing new comes anywhere."""

from collections import deque
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import NamedTuple

MOST_WAYS = 2_000_000
"""Ways that are gone in one walk: two or three seconds. Shipped scripts take less than a twentieth of that."""


class TooManyWaysError(Exception):
    """There are more ways than anybody waits for."""


class Place(NamedTuple):
    """A step, and the number of the state in which it is entered."""

    step: str
    state: int


class Kind(IntEnum):
    """How a way is gone: straight on, from a question to a digression, back to what was left, back a question.

    `COMES_OF_IT` is what all of a digression comes to: from the question that was left to the same one afterwards.
    """

    ON = 0
    LEAVES = 1
    RETURNS = 2
    PREVIOUS = 3
    COMES_OF_IT = 4


class Way(NamedTuple):
    """A way to a place: of what is carried `keeps` goes along, and `adds` is added."""

    to: Place
    kind: Kind
    keeps: int
    adds: int = 0


class Carrying:
    """Places, the ways between them, and what is carried to each place.

    `takes` says by step which bits count there: what counts nowhere ahead is forgotten.
    """

    def __init__(self, takes: Mapping[str, int]) -> None:
        self._takes = takes
        self.came_from: dict[Place, Place | None] = {}
        self.carried: dict[Place, int] = {}
        self.ways: dict[Place, list[Way]] = {}
        self._fresh: dict[Place, int] = {}
        self._new: deque[Place] = deque()
        self._more: deque[Place] = deque()
        self._gone = 0

    def arrive(self, origin: Place | None, to: Place, bits: int) -> None:
        """Carry bits to a place."""
        self._gone += 1
        bits &= self._takes[to.step]
        known = self.carried.get(to)
        if known is None:
            self.came_from[to], self.carried[to], self.ways[to], self._fresh[to] = origin, bits, [], bits
            self._new.append(to)
            return
        bits &= ~known
        if bits:
            self.carried[to] = known | bits
            if to not in self._fresh:
                self._more.append(to)
            self._fresh[to] = self._fresh.get(to, 0) | bits

    def arrivals(self) -> Iterator[tuple[Place, int]]:
        """Yield the places to which something new came, with what is new: new places first, first come first.

        `TooManyWaysError` where that goes on for too long.
        """
        while self._new or self._more:
            place = self._new.popleft() if self._new else self._more.popleft()
            yield place, self._fresh.pop(place)
            if self._gone > MOST_WAYS:
                raise TooManyWaysError

    def connect(self, origin: Place, way: Way) -> None:
        """Note a way, and carry along it what came to its beginning."""
        self.ways[origin].append(way)
        self.arrive(origin, way.to, (self.carried[origin] & way.keeps) | way.adds)

    def spread(self, origin: Place, fresh: int) -> None:
        """Carry what is new at a place along its ways."""
        for way in self.ways[origin]:
            bits = fresh & way.keeps
            if bits:
                self.arrive(origin, way.to, bits)
