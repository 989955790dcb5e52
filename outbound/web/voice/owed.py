"""Promises that are owed, in memory alone: for tests, and for processes that are simulated."""

import threading

from outbound.usecases.ports.owed import Owed


class OwedInMemory:
    """Keeps promises as long as it is kept itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, int], Owed] = {}

    def add(self, owed: Owed) -> None:
        """Keep a promise."""
        with self._lock:
            self._waiting[owed.token, owed.turn] = owed

    def waiting(self) -> tuple[Owed, ...]:
        """Return what is owed."""
        with self._lock:
            return tuple(self._waiting.values())

    def take_up(self) -> None:
        """Nobody else's promises are here."""

    def done(self, owed: Owed) -> None:
        """Forget a promise."""
        with self._lock:
            self._waiting.pop((owed.token, owed.turn), None)
