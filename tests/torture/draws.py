"""Draws of a scenario: everything follows from the seed, and each part from a stream of its own."""

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

_Choice = TypeVar("_Choice")


class Draws:
    """One stream of draws for one part of a scenario, so that a change of one part never moves another."""

    def __init__(self, seed: int, part: str) -> None:
        self._random = random.Random(f"torture {seed} {part}")  # noqa: S311 - chance, not secrecy

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self._random.random() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(low, high)

    def real(self, low: float, high: float) -> float:
        """A number between two others."""
        return self._random.uniform(low, high)

    def small(self, low: float, high: float) -> float:
        """A probability, as often of each order of magnitude, with two digits that count."""
        return float(f"{low * (high / low) ** self._random.random():.2g}")

    def one_of(self, weights: Mapping[_Choice, float]) -> _Choice:
        """One of several, by weight."""
        return self._random.choices(list(weights), list(weights.values()))[0]

    def some(self, items: Sequence[_Choice], low: int, high: int) -> list[_Choice]:
        """Between `low` and `high` different items, in their order."""
        chosen = self._random.sample(range(len(items)), min(self.whole(low, high), len(items)))
        return [items[index] for index in sorted(chosen)]
