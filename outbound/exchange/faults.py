"""What may go wrong between the exchange and its client, by probability or for certain within a window of time.

Each decision is drawn from a hash of the seed and the opportunity's own key, so one accident never moves another.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

WEBHOOK_FAULTS = ("webhook_lost", "webhook_doubled", "webhook_delayed", "webhook_reordered")
CREATE_FAULTS = (
    "create_429",
    "create_400",
    "create_500_made",
    "create_500_not_made",
    "create_timeout_made",
    "create_timeout_not_made",
    "create_reset_made",
)
CARRIER_DOWN = "carrier_down"
KNOWN = frozenset({*WEBHOOK_FAULTS, *CREATE_FAULTS, CARRIER_DOWN})
_LONGEST_DELAY_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class FaultWindow:
    """Half-open interval of time in which `fault` is certain."""

    fault: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Faults:
    """Probabilities by fault; names that are not the exchange's (a crash, a locked database) are left to others.

    `carrier_down` is drawn once for each hour; while it lasts, every request is answered with 503 and does nothing.
    """

    probabilities: Mapping[str, float]
    windows: Sequence[FaultWindow] = ()
    seed: int = 0

    def create(self, key: str, now: datetime) -> str:
        """Return the fault that strikes a create, or an empty string."""
        return self._first(CREATE_FAULTS, key, now)

    def webhook(self, key: str, now: datetime) -> str:
        """Return the fault that strikes a webhook, or an empty string."""
        return self._first(WEBHOOK_FAULTS, key, now)

    def carrier_is_down(self, now: datetime) -> bool:
        """Whether the carrier's interface is out of order in this hour."""
        return self._first((CARRIER_DOWN,), now.strftime("%Y%m%d%H"), now) != ""

    def delay(self, serial: int) -> float:
        """Return the seconds by which a delayed webhook is late."""
        return 1.0 + self._draw("delay", str(serial)) * _LONGEST_DELAY_SECONDS

    def _first(self, names: Sequence[str], key: str, now: datetime) -> str:
        for name in names:
            if any(window.fault == name and window.start <= now < window.end for window in self.windows):
                return name
            chance = self.probabilities.get(name, 0.0)
            if chance > 0.0 and self._draw(name, key) < chance:
                return name
        return ""

    def _draw(self, name: str, key: str) -> float:
        digest = hashlib.blake2b(f"{self.seed}/{name}/{key}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64
