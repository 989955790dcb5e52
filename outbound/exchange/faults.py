"""What may go wrong between the exchange and its client, by probability or for certain within a window of time.

Each decision is drawn from a hash of the seed and the opportunity's own key, so one accident never moves another.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from outbound.exchange.reading import DocumentError, Node, located, read

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
FAULTS_OF_OTHERS = frozenset(
    {"webhook_forged", "database_locked", "commit_unknown", "crash", "clock_step", "record_sink_down"}
)
"""Faults that a faults file may name and that happen outside of the exchange."""

_LONGEST_DELAY_SECONDS = 40.0


class FaultsError(ValueError):
    """A faults file that cannot be used: says where, what, and what is allowed."""


class FaultWindow(Struct, frozen=True):
    """Half-open interval of time in which `fault` is certain."""

    fault: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Faults:
    """Probabilities by fault; names that are not the exchange's (a crash, a locked database) are left to others.

    Nothing strikes from `until` on. `carrier_down` is drawn once for each hour; while it lasts, every request is
    answered with 503 and does nothing. `crash_at` names one instrumented point of the product, and at which passing
    (from 1 on) the process dies there; passing 0 only has the points counted. `struck` counts what the exchange did, by
    fault (requests, for `carrier_down`).
    """

    probabilities: Mapping[str, float]
    windows: Sequence[FaultWindow] = ()
    seed: int = 0
    until: datetime | None = None
    crash_at: tuple[str, int] | None = None
    struck: Counter[str] = field(default_factory=Counter, compare=False, repr=False)

    def may_strike(self, fault: str) -> bool:
        """Whether `fault` can strike at all."""
        return self.probabilities.get(fault, 0.0) > 0 or any(window.fault == fault for window in self.windows)

    def strikes(self, fault: str, key: str, now: datetime) -> bool:
        """Whether `fault` strikes at the opportunity `key`; those outside of the exchange count by themselves."""
        if self.until is not None and now >= self.until:
            return False
        if any(window.fault == fault and window.start <= now < window.end for window in self.windows):
            return True
        chance = self.probabilities.get(fault, 0.0)
        return chance > 0.0 and self._draw(fault, key) < chance

    def create(self, key: str, now: datetime) -> str:
        """Return the fault that strikes a create, or an empty string."""
        return self._first(CREATE_FAULTS, key, now)

    def webhook(self, key: str, now: datetime) -> str:
        """Return the fault that strikes a webhook, or an empty string."""
        return self._first(WEBHOOK_FAULTS, key, now)

    def carrier_is_down(self, now: datetime) -> bool:
        """Whether the carrier's interface is out of order in this hour."""
        return self._first((CARRIER_DOWN,), now.strftime("%Y%m%d%H"), now) != ""

    def delay(self, key: str) -> float:
        """Return the seconds by which a delayed webhook is late."""
        return 1.0 + self._draw("delay", key) * _LONGEST_DELAY_SECONDS

    def _first(self, names: Sequence[str], key: str, now: datetime) -> str:
        for name in names:
            if self.strikes(name, key, now):
                self.struck[name] += 1
                return name
        return ""

    def _draw(self, name: str, key: str) -> float:
        digest = hashlib.blake2b(f"{self.seed}/{name}/{key}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64


def load(path: Path, seed: int = 0) -> Faults:
    """Read a faults file: a probability for each fault, `all` for every one, and `windows` in which one is certain.

    `windows` is a list of {fault, from, to} with instants that bear an offset. Raises `FaultsError` with file, line
    and what is allowed.
    """
    try:
        fields = read(path).fields(KNOWN | FAULTS_OF_OTHERS | {"all", "windows"})
        every = fields["all"].number(0, 1) if "all" in fields else 0.0
        probabilities = dict.fromkeys(KNOWN | FAULTS_OF_OTHERS, every)
        probabilities |= {name: node.number(0, 1) for name, node in fields.items() if name in probabilities}
        windows = tuple(_window(node) for node in fields["windows"].items()) if "windows" in fields else ()
    except DocumentError as error:
        raise FaultsError(located(path, error) if error.place else error.message) from error
    return Faults(probabilities, windows, seed)


def _window(node: Node) -> FaultWindow:
    fields = node.fields({"fault", "from", "to"})
    if len(fields) != len(("fault", "from", "to")):
        raise node.fail("a window has `fault`, `from` and `to`")
    start, end = _instant(fields["from"]), _instant(fields["to"])
    if not start < end:
        raise node.fail("the window ends before it starts")
    return FaultWindow(fields["fault"].choice(KNOWN | FAULTS_OF_OTHERS), start, end)


def _instant(node: Node) -> datetime:
    value = node.value
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise node.fail("an instant such as 2026-11-23T09:00:00+08:00 is expected") from error
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise node.fail("an instant with an offset, such as 2026-11-23T09:00:00+08:00, is expected")
    return value
