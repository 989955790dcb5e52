"""The product's clock: virtual time with a wall clock that somebody sets wrong for an hour now and then."""

from datetime import datetime, timedelta

from outbound.simulation.clock import VirtualClock
from outbound.simulation.faults.accidents import CLOCK_STEP, Accidents

STEP = timedelta(hours=2)
_HALF = 0.5


class SteppingClock:
    """The wall clock steps by two hours either way, and back; the monotonic one never does."""

    def __init__(self, clock: VirtualClock, accidents: Accidents) -> None:
        self._clock = clock
        self._accidents = accidents

    def now(self) -> datetime:
        """Return what the machine believes that it is, in UTC."""
        hour = self._accidents.in_this_hour(CLOCK_STEP)
        if not hour:
            return self._clock.now()
        is_fast = self._accidents.share(f"{CLOCK_STEP} ahead", hour) < _HALF
        return self._clock.now() + (STEP if is_fast else -STEP)

    def truly(self, told: datetime | None) -> datetime | None:
        """Return when a wait until `told` by this wall clock ends: who waits, waits for so long, not until then."""
        return None if told is None else told - (self.now() - self._clock.now())

    def monotonic(self) -> float:
        """Return virtual seconds."""
        return self._clock.monotonic()
