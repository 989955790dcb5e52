"""The telephone carrier: places calls, says what became of them, sends text messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from outbound.domain.line.carrier_code import RefusalKind, Silence


class CarrierAwayError(ConnectionError):
    """The carrier did not answer a question that may be asked again; the text holds no number."""


class UnansweredError(CarrierAwayError):
    """The carrier is there, but has no answer to this one question: others may be asked."""


@dataclass(frozen=True, slots=True)
class CallOrder:
    """A call to be placed. Numbers in E.164; `token` names the attempt in every address that the carrier will ask."""

    to: str = field(repr=False)
    from_: str
    token: str = field(repr=False)
    ring_seconds: int
    extension: str | None = field(default=None, repr=False)


class Placed(Struct, frozen=True):
    """The carrier took the call. `carrier_time` is its clock (whole seconds), when it says."""

    sid: str
    carrier_time: datetime | None = None


class Refused(Struct, frozen=True):
    """The call certainly does not exist."""

    code: int | None
    http_status: int | None
    kind: RefusalKind


class Ambiguous(Struct, frozen=True):
    """The call may exist; only evidence tells. It is never ordered again."""

    kind: Silence


@dataclass(frozen=True, slots=True)
class CarrierCall:
    """A call as the carrier keeps it; `status` is the carrier's word, `started_at` None until it was dialled."""

    sid: str
    to: str = field(repr=False)
    from_: str
    status: str
    created_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: int | None
    answered_by: str | None


class Cancelled(Struct, frozen=True):
    """What the carrier said of calls that it was to take out of its queue: by sid, whether the call is cancelled.

    Left out is about what it gave no answer; `away` says that it gives none at all.
    """

    told: Mapping[str, bool]
    away: bool = False


class Carrier(Protocol):
    """Orders are sent once: no implementation, and nothing below it, may repeat a create or a message."""

    def create_call(self, order: CallOrder) -> Placed | Refused | Ambiguous:
        """Order a call. Never raises for what the network or the carrier does."""
        ...

    def send_message(self, to: str, from_: str, body: str) -> Placed | Refused | Ambiguous:
        """Send a text message (its identifier comes back as `sid`). Never raises likewise, never repeated either."""
        ...

    def cancel_or_hang_up(self, sid: str) -> bool:
        """End a call in whatever state it is; False when it was over already or is not known.

        Raises `CarrierAwayError`; asking again does no harm.
        """
        ...

    def cancel_queued(self, sid: str) -> bool:
        """Take a call out of the queue; True when the carrier says that it is cancelled.

        False when it rings, is in conversation, was over or is not known: then it is left alone. Raises
        `CarrierAwayError`, or `UnansweredError` when it is this call that fails; asking again does no harm.
        """
        ...

    def cancel_all_queued(self, sids: Sequence[str]) -> Cancelled:
        """Do the same for several calls, as many at a time as the line bears. Raises nothing for the carrier's sake."""
        ...

    def queued_calls(self, *, from_: str) -> list[CarrierCall]:
        """Return the calls from a number of ours that wait in the carrier's queue, oldest first.

        Raises `CarrierAwayError`, or `UnansweredError` when it is this question that fails.
        """
        ...

    def redirect(self, sid: str, url: str) -> bool:
        """Let a call in conversation go on at `url`; False when it is not in conversation (any more).

        Raises `CarrierAwayError`.
        """
        ...

    def fetch(self, sid: str) -> CarrierCall | None:
        """Return a call as it stands, or None when the carrier does not know it.

        Raises `CarrierAwayError`, or `UnansweredError` when it is this question that fails.
        """
        ...

    def find_calls(self, *, to: str, from_: str, since: datetime) -> list[CarrierCall]:
        """Return the calls to a number that were dialled at or after `since`, and those still queued, oldest first.

        Raises `CarrierAwayError`, or `UnansweredError` when it is this question that fails.
        """
        ...

    def received_calls(self, *, to: str, since: datetime) -> list[CarrierCall]:
        """Return the calls that came to a number of ours since an instant, oldest first.

        Raises `CarrierAwayError`, or `UnansweredError` when it is this question that fails.
        """
        ...

    def time(self) -> datetime | None:
        """Return the carrier's clock (whole seconds), None when it shows none. Raises `CarrierAwayError`."""
        ...
