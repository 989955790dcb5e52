"""The only place that reads the machine's clock, and the only source of fresh identifiers."""

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
    """Identifiers that nobody can guess."""

    def new(self) -> str:
        """Return 32 hexadecimal digits from the system's source of randomness."""
        return os.urandom(16).hex()


class SeededIdentifiers:
    """The same identifiers in the same order for the same seed; for simulation only."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"identifiers {seed}")  # noqa: S311

    def new(self) -> str:
        """Return 32 hexadecimal digits from the seeded stream."""
        return f"{self._random.getrandbits(128):032x}"
