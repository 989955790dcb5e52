"""A call and its life: what was asked for, how far it is, and every call by sid and by number."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from outbound.exchange.people.callee import Encounter, Listener

if TYPE_CHECKING:
    from outbound.exchange.twiml.playback import Playback
    from outbound.exchange.twiml.verbs import Document


class Status(StrEnum):
    """Twilio's call status, in the order of life; the last five are final."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"


FINAL = frozenset({Status.COMPLETED, Status.BUSY, Status.FAILED, Status.NO_ANSWER, Status.CANCELED})


class Direction(StrEnum):
    """Who began the call: the API, a Dial verb, or somebody who rings one of our numbers."""

    API = "outbound-api"
    DIAL = "outbound-dial"
    INBOUND = "inbound"


class Detection(StrEnum):
    """Answering-machine detection: none, decided at once, or at the end of the greeting."""

    NONE = ""
    ENABLE = "Enable"
    MESSAGE_END = "DetectMessageEnd"


@dataclass(slots=True)
class Orders:
    """What the client asked for; an update of the call may change it."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    status_method: str = "POST"
    status_events: frozenset[str] = frozenset({"completed"})
    timeout: float = 60.0
    time_limit: float = 14400.0
    send_digits: str = ""
    detection: Detection = Detection.NONE
    detection_timeout: float = 30.0
    async_amd: bool = False
    async_amd_url: str = ""
    async_amd_method: str = "POST"


@dataclass(frozen=True, slots=True)
class Whisper:
    """What a second leg hears before it is connected: what follows when that is over, and when it hung up meanwhile."""

    heard: Callable[[], None]
    declined: Callable[[], None]


@dataclass(slots=True, eq=False)
class Call:
    """One call. `generation` rises whenever what is being carried out changes, so that older timers go quiet."""

    index: int
    sid: str
    to: str
    from_: str
    direction: Direction
    created_at: datetime
    orders: Orders
    parent_sid: str | None = None
    status: Status = Status.QUEUED
    updated_at: datetime | None = None
    dialled_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    answered_by: str = ""
    sequence: int = 0
    generation: int = 0
    encounter: Encounter | None = None
    listener: Listener | None = None
    child: "Call | None" = None
    whispering: "Whisper | None" = None
    # What the interpreter is at.
    waiting: int | None = None
    document: "Document | None" = None
    position: int = 0
    document_url: str = ""
    document_method: str = "POST"
    playback: "Playback | None" = None
    fetched_at: datetime | None = None
    fetches_at_once: int = 0

    @property
    def ended(self) -> bool:
        """Whether the call has come to its end."""
        return self.ended_at is not None

    @property
    def seconds(self) -> int:
        """Whole seconds of conversation, 0 for a call that was not answered."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return round((self.ended_at - self.answered_at).total_seconds())


@dataclass(slots=True)
class CallBook:
    """Every call of the account, in order of creation, by sid, and by the number called."""

    calls: list[Call] = field(default_factory=list)
    by_sid: dict[str, Call] = field(default_factory=dict)
    by_to: dict[str, list[Call]] = field(default_factory=dict)

    def add(self, call: Call) -> None:
        """Enter a new call."""
        self.calls.append(call)
        self.by_sid[call.sid] = call
        self.by_to.setdefault(call.to, []).append(call)

    def newest_first(self, to: str = "") -> Iterator[Call]:
        """Walk over the calls (those to one number only, if given), the newest first."""
        return reversed(self.by_to.get(to, []) if to else self.calls)
