"""Trust in the wall clock: it must agree with the monotonic clock and with the carrier's."""

from datetime import datetime, timedelta

from msgspec import Struct

from outbound.domain.line.trunk import Hold
from outbound.usecases.ports.carrier import Carrier, CarrierAwayError
from outbound.usecases.ports.clock import Clock

_ASK_AGAIN_SECONDS = 300.0
_CARRIER_STEP = timedelta(seconds=1)
"""A Date header is cut to whole seconds."""


class _Anchor(Struct, frozen=True):
    """A moment at which the wall clock was found right."""

    wall: datetime
    monotonic: float


class ClockWatch:
    """One for a worker process, for as long as it runs: it remembers when the clock was last found right."""

    def __init__(self, clock: Clock, *, tolerance_seconds: float = 2.0) -> None:
        self._clock = clock
        self._tolerance = timedelta(seconds=tolerance_seconds)
        self._anchor: _Anchor | None = None
        self._right: _Anchor | None = None
        """An instant that was certain once, kept while the wall clock is wrong."""
        self._in_doubt = False

    def check(self, carrier: Carrier) -> Hold | None:
        """Why nothing may be dialled, or None. Asks the carrier when the last comparison is old or in doubt."""
        return None if self.is_sure() else self._ask(carrier)

    def is_sure(self) -> bool:
        """Whether dialling may go on without asking the carrier."""
        anchor = self._anchor
        recent = anchor is not None and self._clock.monotonic() - anchor.monotonic < _ASK_AGAIN_SECONDS
        return recent and not self._in_doubt and self.drifted() is None

    def agrees(self, carrier: Carrier) -> bool:
        """Whether what is over by the wall clock is over; while the carrier is away the monotonic clock alone tells."""
        return self.drifted() is None or self.check(carrier) is None

    def now(self, carrier: Carrier) -> datetime:
        """The present instant, also while the wall clock is wrong: for deciding what is over.

        It is the wall clock's while that agrees with the monotonic clock, else the carrier's, else what the monotonic
        clock makes of the last instant that was certain. Without any of them the wall clock is believed.
        """
        wall = self._clock.now()
        if self._anchor is not None and self.drifted() is None:
            return wall
        try:
            told = carrier.time()
            if told is None and self._anchor is None:
                # A carrier without a clock. What jumped is left for `check` to tell of.
                self._anchor = _Anchor(wall, self._clock.monotonic())
        except CarrierAwayError:
            told = None
        if told is not None:
            self._compare(told, wall)
            if (anchor := self._anchor) is not None:  # another verb's thread may lose it meanwhile
                return anchor.wall
            self._right = _Anchor(told, self._clock.monotonic())
        if self._right is None:
            return wall
        return self._right.wall + timedelta(seconds=self._clock.monotonic() - self._right.monotonic)

    def doubt(self) -> None:
        """After an order without a clear answer: ask a harmless question before the next order."""
        self._in_doubt = True

    def drifted(self) -> Hold | None:
        """Why the clock is not to be trusted this second, without asking anyone."""
        anchor = self._anchor
        if anchor is None:
            return Hold.CLOCK_WRONG
        by_wall = self._clock.now() - anchor.wall
        by_monotonic = timedelta(seconds=self._clock.monotonic() - anchor.monotonic)
        return Hold.CLOCK_JUMPED if abs(by_wall - by_monotonic) > self._tolerance else None

    def heard(self, carrier_time: datetime | None, asked_at: datetime) -> None:
        """Take in the carrier's clock from an answer to what was asked at `asked_at`."""
        if carrier_time is not None:
            self._compare(carrier_time, asked_at)

    def _ask(self, carrier: Carrier) -> Hold | None:
        asked_at = self._clock.now()
        try:
            carrier_time = carrier.time()
        except CarrierAwayError:
            return Hold.CARRIER_AWAY
        self._in_doubt = False
        if carrier_time is None:
            # A carrier without a clock: the monotonic comparison alone, from now on.
            jumped = self._anchor is not None and self.drifted() is not None
            self._anchor = _Anchor(self._clock.now(), self._clock.monotonic())
            return Hold.CLOCK_JUMPED if jumped else None
        self._compare(carrier_time, asked_at)
        return None if self._anchor is not None else Hold.CLOCK_WRONG

    def _compare(self, carrier_time: datetime, asked_at: datetime) -> None:
        now = self._clock.now()
        ahead = asked_at - (carrier_time + _CARRIER_STEP)
        behind = carrier_time - now
        right = max(ahead, behind) <= self._tolerance
        self._anchor = _Anchor(now, self._clock.monotonic()) if right else None
        self._right = self._anchor or self._right
