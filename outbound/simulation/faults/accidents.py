"""Draws what goes wrong in the product, and counts it: the same accidents for the same seed and input."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from outbound.exchange.faults import Faults
from outbound.usecases.ports.clock import Clock

CRASH = "crash"
FORGED = "webhook_forged"
LOCKED = "database_locked"
COMMIT_UNKNOWN = "commit_unknown"
CLOCK_STEP = "clock_step"
SINK_DOWN = "record_sink_down"
FAULTS_OF_PRODUCT = (CRASH, FORGED, LOCKED, COMMIT_UNKNOWN, CLOCK_STEP, SINK_DOWN)


class Crash(BaseException):
    """A process dies at `point`, as if by kill -9: nothing but the operating system cleans up after it."""

    def __init__(self, point: str) -> None:
        super().__init__(point)
        self.point = point


class Accidents:
    """One for a run. Each opportunity of a fault has a running number, from which its draw follows.

    `passed` and `crashed` count the instrumented points by name; `counts` what struck by kind.
    """

    def __init__(self, faults: Faults, clock: Clock) -> None:
        self._faults = faults
        self._clock = clock
        self._numbers: Counter[str] = Counter()
        self._hours: set[tuple[str, str]] = set()
        self.counts: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self.crashed: Counter[str] = Counter()

    def concerns(self, fault: str) -> bool:
        """Whether `fault` can strike at all in this run."""
        return self._faults.may_strike(fault)

    def strikes(self, fault: str) -> bool:
        """Whether `fault` strikes at this opportunity."""
        self._numbers[fault] += 1
        if not self._faults.strikes(fault, str(self._numbers[fault]), self._clock.now()):
            return False
        self.counts[fault] += 1
        return True

    def in_this_hour(self, fault: str) -> str:
        """Name the virtual hour if `fault` reigns in it (or now, by a window), an empty string otherwise."""
        now = self._clock.now()
        hour = f"{now:%Y%m%d%H}"
        if not self._faults.strikes(fault, hour, now):
            return ""
        if (fault, hour) not in self._hours:
            self._hours.add((fault, hour))
            self.counts[fault] += 1
        return hour

    def share(self, of: str, key: str | None = None) -> float:
        """Draw a number in [0, 1) for a detail; without a `key` another one each time."""
        if key is None:
            self._numbers[of] += 1
            key = str(self._numbers[of])
        digest = hashlib.blake2b(f"{self._faults.seed}/{of}/{key}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64

    def pass_point(self, point: str) -> None:
        """Come by an instrumented point; raises `Crash` where the process is to die there."""
        self.passed[point] += 1
        if self._faults.crash_at == (point, self.passed[point]):
            self.counts[CRASH] += 1
        elif not self.strikes(CRASH):
            return
        self.crashed[point] += 1
        raise Crash(point)

    def report(self) -> Mapping[str, Any]:
        """What struck by kind, where processes died, and how many points were passed; for `simulate --json`."""
        struck = self._faults.struck + self.counts
        return {
            "struck": dict(sorted(struck.items())),
            "crash_points": dict(sorted(self.crashed.items())),
            "points_passed": dict(sorted(self.passed.items())),
        }
