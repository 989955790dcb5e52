"""One clock for all processes of a rig: it begins at a lawful hour and runs evenly, at whatever speed."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Origin:
    """It was `wall` when this machine's monotonic clock (the same in every process) showed `monotonic`."""

    wall: datetime
    monotonic: float
    speed: float = 1.0
    leap: Path | None = None
    """A file with the seconds that were left out besides, for everybody; only at rest is anything written there."""

    @classmethod
    def at(cls, wall: datetime, speed: float, leap: Path | None = None) -> "Origin":
        """Let it be `wall` now."""
        return cls(wall, time.monotonic(), speed, leap)

    def text(self) -> str:
        """Spell it for a variable of the environment."""
        return f"{self.wall.isoformat()} {self.monotonic!r} {self.speed!r} {self.leap or ''}"

    @classmethod
    def read(cls, text: str) -> "Origin":
        """Read what `text` has spelled."""
        wall, monotonic, speed, leap = text.split(" ", 3)
        return cls(datetime.fromisoformat(wall), float(monotonic), float(speed), Path(leap) if leap else None)


class RigClock:
    """A wall clock and a monotonic one that agree, as the clock watch demands, and run `speed` times as fast."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._looked, self._ahead = float("-inf"), timedelta(0)

    def now(self) -> datetime:
        """Return the rig's instant in UTC."""
        passed = timedelta(seconds=(time.monotonic() - self._origin.monotonic) * self._origin.speed)
        return self._origin.wall.astimezone(UTC) + passed + self._left_out()

    def monotonic(self) -> float:
        """Return seconds of the rig's time."""
        return time.monotonic() * self._origin.speed + self._left_out().total_seconds()

    def _left_out(self) -> timedelta:
        leap, real = self._origin.leap, time.monotonic()
        if leap is not None and real - self._looked > _LOOK_SECONDS:
            self._looked = real
            text = leap.read_text() if leap.exists() else ""
            self._ahead = timedelta(seconds=float(text or 0))
        return self._ahead
