"""Time as the verbs see it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """A wall clock and a monotonic one. The system's and the simulation's both fit."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        ...
