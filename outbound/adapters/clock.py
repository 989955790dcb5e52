"""The only place that reads the machine's clock, and the only source of fresh identifiers."""

import itertools
import os
import random
import time
from datetime import UTC, datetime


class SystemClock:
    """Wall clock in UTC and a monotonic clock in seconds."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        return time.monotonic()


class RandomIdentifiers:
    """Identifiers that nobody can guess: ten random bytes behind a count from a random start.

    Neighbours in time are neighbours in an index, so that a batch of inserts touches few of its pages.
    """

    def __init__(self) -> None:
        self._count = itertools.count(int.from_bytes(os.urandom(6)) >> 1)

    def new(self) -> str:
        """Return 32 hexadecimal digits, 20 of them from the system's source of randomness."""
        return f"{next(self._count):012x}{os.urandom(10).hex()}"


class SeededIdentifiers:
    """The same identifiers in the same order for the same seed; for simulation only."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"identifiers {seed}")  # noqa: S311

    def new(self) -> str:
        """Return 32 hexadecimal digits from the seeded stream."""
        return f"{self._random.getrandbits(128):032x}"
