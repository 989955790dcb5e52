"""Virtual time: a clock that the simulation sets and nobody else."""

from datetime import UTC, datetime

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class VirtualClock:
    """A clock for the verbs; both its hands move together."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the virtual instant in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return virtual seconds."""
        return (self._now - _EPOCH).total_seconds()

    def set(self, instant: datetime) -> None:
        """Move to `instant`; time never runs backwards."""
        self._now = max(self._now, instant.astimezone(UTC))
