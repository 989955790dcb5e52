"""The switchboard: the instant, what is due when, names for new things, and the log. No clock is read here."""

import hashlib
import heapq
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from msgspec import Struct, field

from outbound.exchange.call import Call, CallBook, Direction
from outbound.exchange.log import LogEvent
from outbound.exchange.people.population import Population

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_Entry = tuple[datetime, int, Call | None, int | None, Callable[..., None], tuple[Any, ...]]


ANY_NUMBER = "*"


class IncomingNumber(Struct, frozen=True):
    """How calls to a number of ours are answered: Twilio's VoiceUrl, VoiceMethod, StatusCallback and its method."""

    voice_url: str
    voice_method: str = "POST"
    status_url: str = ""
    status_method: str = "POST"


class ExchangeConfig(Struct, frozen=True):
    """The account and the manners of the exchange.

    `callers` None: any caller number is allowed, otherwise others are refused with 21210. `max_queued` None: the queue
    takes any number of calls, otherwise what exceeds it is refused with 20429. Calls that wait longer than
    `queue_hours` fail undialled. `incoming` says by number (or `ANY_NUMBER`) how calls to us are answered; nobody
    rings a number that is not there. `naming` goes into every identifier: who begins anew with the same seed must not
    give the name of an earlier call to another one, unless both are to be equal to the byte.
    """

    account_sid: str
    auth_token: str
    calls_per_second: float = 1.0
    setup_seconds: float = 1.0
    webhook_timeout_seconds: float = 15.0
    play_seconds: float = 5.0
    queue_hours: float = 24.0
    callers: frozenset[str] | None = None
    max_queued: int | None = None
    incoming: Mapping[str, IncomingNumber] = field(default_factory=dict)
    naming: str = ""

    def answering(self, number: str) -> IncomingNumber | None:
        """Return how a number of ours is answered, or None."""
        return self.incoming.get(number) or self.incoming.get(ANY_NUMBER)


class Switchboard:
    """What all parts of the exchange share. `now` never goes back."""

    def __init__(self, config: ExchangeConfig, population: Population, seed: int, log: LogEvent) -> None:
        self.config = config
        self.population = population
        self.seed = seed
        self.book = CallBook()
        self.now = _BEGINNING
        self._log = log
        self._entries: list[_Entry] = []
        self._count = 0
        self._names = 0
        self._dials: dict[str, int] = {}
        self._stamped: datetime | None = None
        self._stamp_text = ""

    def schedule(
        self, seconds: float, call: Call | None, action: Callable[..., None], *args: Any, lasting: bool = False
    ) -> None:
        """Run `action(*args)` after `seconds`, unless the call has ended by then or turned to another document.

        A `lasting` action belongs to the call and not to the document that it is at; without a call it always runs.
        """
        self._count += 1
        generation = None if lasting or call is None else call.generation
        at = self.now + timedelta(seconds=seconds)
        heapq.heappush(self._entries, (at, self._count, call, generation, action, args))

    def due(self) -> datetime | None:
        """Return the next instant at which something happens, or None."""
        entries = self._entries
        while entries and _is_stale(entries[0]):
            heapq.heappop(entries)
        return entries[0][0] if entries else None

    def run(self, until: datetime) -> None:
        """Do everything that is due up to and at `until`, in order of time, and stand at `until`."""
        entries = self._entries
        while entries and entries[0][0] <= until:
            entry = heapq.heappop(entries)
            if not _is_stale(entry):
                self.now = max(self.now, entry[0])
                entry[4](*entry[5])
        self.now = max(self.now, until)

    def name(self, prefix: str) -> str:
        """Return a new identifier in Twilio's form: the prefix and 32 hexadecimal digits."""
        self._names += 1
        named = f"{self.config.naming}{self.seed}/{prefix}/{self._names}"
        return prefix + hashlib.blake2b(named.encode(), digest_size=16).hexdigest()

    def stream(self, number: str) -> Random:
        """Return the stream of draws for the next dial of `number`."""
        count = self._dials[number] = self._dials.get(number, 0) + 1
        return Random(f"{self.seed}/{number}/{count}")  # noqa: S311 - a simulation must repeat itself

    def record(self, call: Call, event: str, **details: object) -> None:
        """Log an event of a call, now."""
        self._log(
            {
                "at": self._stamp(),
                "event": event,
                "sid": call.sid,
                "from": call.from_,
                "to": call.to,
                "direction": call.direction,
                "parent_sid": call.parent_sid,
                **details,
            }
        )

    def refuse(self, from_: str, to: str, **details: object) -> None:
        """Log a create that was refused: there is no call, so there is no sid."""
        self._log(
            {
                "at": self._stamp(),
                "event": "refused",
                "sid": None,
                "from": from_,
                "to": to,
                "direction": Direction.API,
                "parent_sid": None,
                **details,
            }
        )

    def _stamp(self) -> str:
        if self._stamped is not self.now:
            self._stamped = self.now
            self._stamp_text = self.now.isoformat(timespec="milliseconds")
        return self._stamp_text


def _is_stale(entry: _Entry) -> bool:
    call, generation = entry[2], entry[3]
    return call is not None and (
        call.ended_at is not None or (generation is not None and generation != call.generation)
    )
