"""How fast a line may be used just now: lowered at once by trouble, given back slowly, never above what is configured.

Of the rate that is configured for a trunk or a campaign a share is in force. Trouble halves it: the carrier says that
we are too fast or gives no clear answer, or our own webhooks answer slowly. Each minute without trouble gives five
hundredths back, so that one halving is forgotten after ten minutes. The growth is read off the clock: no job runs.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

CLOCK_SLACK = timedelta(seconds=5)
"""Workers' clocks may be this far apart; a next slot further ahead was written by a clock that was wrong."""

LONGEST_PAUSE = timedelta(minutes=15)
"""Nothing pauses for longer; an end further ahead was written by a clock that was wrong."""

LOWEST = 0.05
"""The least share: whoever stands still learns nothing, and a call every half minute harms nobody."""
REGAINED_A_MINUTE = 0.05
LOWERED_TO = 0.5

SETTLES_IN = timedelta(seconds=5)
"""Refusals within this time tell of the same moment: orders that were under way already lower the pace only once."""

FELT_MS = 500.0
"""Above this the person on the line hears a pause after every sentence."""
FAILING_MS = 5_000.0
"""A third of the 15 s after which the carrier gives a webhook up and the call is lost: nearly nothing new is begun."""
ANSWERS_COUNT_FOR = timedelta(seconds=30)
"""How far back answers are looked at, and how long the effect of a lowering is waited for before the next."""

OPENS_AFTER = 3
"""Orders or questions in a row without a clear answer that open the breaker: one may be chance, three are not."""
REOPENS_AT = 0.1
"""Share with which dialling begins again: a carrier that comes back is not met with everything that has waited."""
_OPEN_FIRST = timedelta(seconds=30)
_OPEN_LONGEST = timedelta(minutes=5)
_TRIAL = timedelta(seconds=5)
"""After a failure the next order is alone for so long: workers do not all risk one at the same instant."""

_BURST_SECONDS = 0.25
"""What was left unused for longer is lost: more at once would wait in the carrier's queue."""


class Breaker(StrEnum):
    """Whether the carrier is trusted with orders."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """The pause is over: a harmless question comes first, then one order on trial."""


class Pace(Struct, frozen=True):
    """A trunk's or a campaign's pace as all workers share it.

    `next_at` is when the next call may be ordered; a pause may stand against it. `factor` is the share of the
    configured rate that was in force at `factor_at`, the last trouble. `failures` counts orders and questions in a row
    without a clear answer. `served` is what `fair.in_turn` goes by.
    """

    next_at: datetime
    paused_until: datetime | None = None
    paused_for: str | None = None
    factor: float = 1.0
    factor_at: datetime | None = None
    failures: int = 0
    served: float = 0.0

    def share(self, now: datetime) -> float:
        """Share of the configured rate that is in force, from `LOWEST` to 1."""
        if self.factor_at is None:
            return _bounded(self.factor)
        minutes = max((now - self.factor_at).total_seconds(), 0) / 60
        return _bounded(self.factor + REGAINED_A_MINUTE * minutes)

    def breaker(self, now: datetime) -> Breaker:
        """Say whether the breaker is open, and whether it may be tried."""
        if self.failures < OPENS_AFTER:
            return Breaker.CLOSED
        return Breaker.OPEN if self.is_paused(now) else Breaker.HALF_OPEN

    def is_paused(self, now: datetime) -> bool:
        """Whether a pause stands."""
        return self.paused_until is not None and now < self.paused_until <= last_end(now)

    def open_at(self, now: datetime, rate: float) -> datetime:
        """First instant from `now` on at which a call may be ordered; `rate` is the configured one (calls a second)."""
        stands = self.paused_until if self.is_paused(now) else None
        return max(self._believed(now, rate), stands or now, now)

    def ready(self, now: datetime, rate: float) -> int:
        """How many calls may be ordered at this instant."""
        if self.open_at(now, rate) > now:
            return 0
        if self.failures:
            return 1
        in_force = rate * self.share(now)
        waited = (now - self._believed(now, rate)).total_seconds()
        return min(_burst(in_force), 1 + int(waited * in_force))

    def taken(self, count: int, now: datetime, rate: float) -> "Pace":
        """Return the pace after `count` calls were claimed, no more than were ready."""
        in_force = rate * self.share(now)
        kept = now - timedelta(seconds=(_burst(in_force) - 1) / in_force)
        next_at = max(self._believed(now, rate), kept) + timedelta(seconds=count / in_force)
        return replace(self, next_at=max(next_at, now + _TRIAL) if self.failures else next_at)

    def _believed(self, now: datetime, rate: float) -> datetime:
        farthest = now + timedelta(seconds=1 / (rate * LOWEST)) + CLOCK_SLACK
        return self.next_at if self.next_at <= farthest else now


def last_end(now: datetime) -> datetime:
    """Latest end of a pause that is believed at this instant."""
    return now + LONGEST_PAUSE + CLOCK_SLACK


def paused(pace: Pace, now: datetime, pause: timedelta, cause: str) -> Pace:
    """Let nothing be ordered for so long; a longer pause stays, and so does its cause."""
    if pace.is_paused(now) and pace.is_paused(now + pause):
        return pace
    return replace(pace, paused_until=now + pause, paused_for=cause[:60])


def lowered(pace: Pace, now: datetime) -> Pace:
    """Halve the share, unless it was lowered a moment ago."""
    return pace if _is_recent(pace, now, SETTLES_IN) else replace(pace, factor=_halved(pace, now), factor_at=now)


def lowered_by_answers(pace: Pace, answer_ms: float | None, now: datetime) -> Pace:
    """Take in how long our own webhooks take (95th percentile of the slowest process); None says nothing."""
    if answer_ms is None or answer_ms <= FELT_MS:
        return pace
    if _is_recent(pace, now, ANSWERS_COUNT_FOR) and (answer_ms <= FAILING_MS or pace.factor <= LOWEST):
        return pace
    return replace(pace, factor=LOWEST if answer_ms > FAILING_MS else _halved(pace, now), factor_at=now)


def failed(pace: Pace, now: datetime, pause: timedelta, cause: str) -> Pace:
    """Count an order or a question without a clear answer; enough of them open the breaker, longer each time."""
    counted = replace(lowered(pace, now), failures=pace.failures + 1)
    return paused(counted, now, max(pause, open_for(counted.failures)), cause)


def answered(pace: Pace, now: datetime) -> Pace:
    """Take in a clear answer: the failures are over, and after an open breaker the pace begins low."""
    if not pace.failures:
        return pace
    if pace.failures < OPENS_AFTER:
        return replace(pace, failures=0)
    return replace(pace, failures=0, factor=REOPENS_AT, factor_at=now)


def open_for(failures: int) -> timedelta:
    """How long the breaker is open after so many failures in a row: 30 s, doubled each time, five minutes at most."""
    if failures < OPENS_AFTER:
        return timedelta(0)
    doublings = min(failures - OPENS_AFTER, 10)
    return min(_OPEN_FIRST * (1 << doublings), _OPEN_LONGEST)


def _is_recent(pace: Pace, now: datetime, span: timedelta) -> bool:
    return pace.factor_at is not None and timedelta(0) <= now - pace.factor_at < span


def _halved(pace: Pace, now: datetime) -> float:
    return _bounded(pace.share(now) * LOWERED_TO)


def _burst(in_force: float) -> int:
    return max(1, int(in_force * _BURST_SECONDS))


def _bounded(share: float) -> float:
    return min(max(share, LOWEST), 1.0)
