"""The journal of owed promises, instrumented: it outlives the process that writes it, as a file does."""

from collections.abc import Sequence

from outbound.simulation.faults.accidents import Accidents
from outbound.usecases.ports.owed import Owed
from outbound.web.voice.owed import OwedInMemory


class WatchedJournal:
    """One process' journal; the next process that is begun under the same name reads it."""

    def __init__(self, accidents: Accidents, process: str) -> None:
        self._kept = OwedInMemory()
        self._accidents, self._process = accidents, process

    def add(self, owed: Owed) -> None:
        """Keep a promise."""
        self._accidents.pass_point(f"{self._process}: before the journal's entry")
        self._kept.add(owed)
        self._accidents.pass_point(f"{self._process}: after the journal's entry")

    def waiting(self) -> Sequence[Owed]:
        """Return what is owed."""
        return self._kept.waiting()

    def take_up(self) -> None:
        """Nobody else writes to it."""

    def done(self, owed: Owed) -> None:
        """Forget a promise."""
        self._accidents.pass_point(f"{self._process}: before the journal's mark")
        self._kept.done(owed)
        self._accidents.pass_point(f"{self._process}: after the journal's mark")
