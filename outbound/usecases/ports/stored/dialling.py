"""Reservations, placements and what the carrier said."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from outbound.compliance.facts import BlockedArea
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.contact import Contact
from outbound.domain.line.fair import Due
from outbound.domain.line.pace import Pace
from outbound.domain.line.trunk import Lines


class NumberLiveError(Exception):
    """Another attempt that may be ringing holds this number, or this contact."""


class SidTakenError(Exception):
    """The carrier named a call as it had named one of another attempt."""


class PastAttempt(Struct, frozen=True):
    """A dial of earlier; `at` is when it was reserved, `live` that it may be ringing or in conversation.

    `rang` is False for what the carrier certainly refused, and for what was taken back before it rang: the latter has
    the `attempt_number` 0, for it was no dial at all.
    """

    id: str
    contact_id: str
    number_index: str
    at: datetime
    live: bool
    rang: bool
    round: int
    attempt_number: int
    callback_id: str | None


class StoredSuppression(Struct, frozen=True):
    """A suppression of a contact or of a number since `at`; `call_class` None means every class.

    One that was `lifted` stops nothing any more, but remains a refusal that some rules never forget.
    """

    contact_id: str | None
    number_index: str | None
    call_class: str | None
    at: datetime
    lifted: bool = False


class Bars(Struct, frozen=True):
    """What people have said against calls: suppressions, lifted ones too, and areas that are or will be suspended."""

    suppressions: Sequence[StoredSuppression] = ()
    areas: Sequence[BlockedArea] = ()


class LastWord(Struct, frozen=True):
    """What may have been said since some attempts were reserved.

    `stopped` are campaigns under an order to stop (None: everything), `paused` trunks and campaigns that the carrier
    has refused, `closed` contacts that are not to be called any more; `bars` those of the contacts and numbers that
    were asked about.
    """

    stopped: frozenset[str | None]
    paused: frozenset[str]
    closed: frozenset[str]
    bars: Bars


class Schedule(Struct, frozen=True):
    """Planned attempts: due now by campaign, too late for their window, and when the next window opens."""

    due: Mapping[str, int]
    late: int
    next_window: datetime | None


class StoredReceipt(Struct, frozen=True):
    """A decision of the gate as it is kept; `stage` is reserve or carrier, `reasons` are codes."""

    id: str
    contact_id: str
    attempt_id: str
    stage: str
    at: datetime
    allowed: bool
    reasons: Sequence[str]
    body: Mapping[str, Any]


class Taken(Struct, frozen=True):
    """An attempt of ours whose call the carrier took at `at`, as `sid`."""

    attempt: Attempt
    sid: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SilentCall:
    """A live attempt of which nothing was heard for a while; `number` in E.164."""

    attempt: Attempt
    number: str = field(repr=False)


class DiallingStore(Protocol):
    """Reservations, placements and what the carrier said, inside one transaction."""

    def past_attempts(self, contact_ids: Collection[str], number_indexes: Collection[str]) -> list[PastAttempt]:
        """Dials of these contacts or on these numbers, oldest first."""
        ...

    def bars(self, contact_ids: Collection[str], number_indexes: Collection[str], now: datetime) -> Bars:
        """Suppressions of these contacts or numbers, and suspensions of areas that end after `now`."""
        ...

    def last_word(self, contact_ids: Collection[str], number_indexes: Collection[str], now: datetime) -> LastWord:
        """Read once more what forbids calls to these contacts on these numbers, in one look."""
        ...

    def callee(self, contact_id: str, phone_id: str) -> Contact | None:
        """Read a contact with its policies and with no other number than the one that is dialled."""
        ...

    def callees(self, dialled: Mapping[str, str]) -> Mapping[str, Contact]:
        """Do the same for several (contact to phone); left out is who has no such number."""
        ...

    def callback_window(self, callback_id: str) -> tuple[datetime, datetime] | None:
        """Window that the customer chose, or None when the promise no longer stands."""
        ...

    def lines(self, alone_on: str | None = None) -> Lines:
        """Read pace, pauses, stop orders in force, live calls by campaign, and how fast webhooks are answered.

        With `alone_on` (a trunk) whoever asks the same waits until this transaction ends: what is read stays true of
        pace and live calls.
        """
        ...

    def open_lines(self, names: Sequence[str], now: datetime) -> None:
        """Give these trunks and campaigns a pace of their own unless they have one."""
        ...

    def schedule(self, now: datetime) -> Schedule:
        """Say what the plan holds at this instant."""
        ...

    def due(self, campaign_ids: Sequence[str], now: datetime, limit: int) -> Sequence[Due]:
        """Planned attempts of these campaigns whose window is open, `limit` of each at most.

        In this order: callbacks, then the nearest deadline, then the oldest; those last whose number a live call holds.
        """
        ...

    def expire(self, now: datetime, limit: int) -> int:
        """Cancel planned attempts whose window has passed and let the planner look again; return how many."""
        ...

    def choose(self, ids: Sequence[str]) -> Sequence[Attempt]:
        """Take those of these attempts that are planned and that no other worker has in hand, in the order asked."""
        ...

    def take_pace(self, taken: Mapping[str, tuple[Pace, float]]) -> None:
        """Write how far the paces of trunk and campaigns have moved on, each with its configured calls a second.

        Only after `lines` was asked to be alone.
        """
        ...

    def change_pace(self, name: str, change: Callable[[Pace], Pace]) -> None:
        """Change how a trunk or a campaign may be used; what others change meanwhile is not lost."""
        ...

    def reserve(self, planned: Sequence[Attempt], now: datetime) -> bool:
        """Move planned to reserved by conditional updates, with what stands in them about the dial.

        False when one of them is not planned any more. Raises `NumberLiveError` when the database knows a live attempt
        for a number or a contact. In both cases the transaction is of no more use.
        """
        ...

    def add_receipt(self, receipt: StoredReceipt) -> None:
        """Keep a decision."""
        ...

    def add_receipts(self, receipts: Sequence[StoredReceipt]) -> None:
        """Keep decisions."""
        ...

    def give_back(self, attempt: Attempt, cause: str, now: datetime) -> bool:
        """Move reserved back to planned: certainly not dialled. False when it is not reserved (any more)."""
        ...

    def cancel(self, attempt: Attempt, cause: str, not_before: datetime | None, now: datetime) -> bool:
        """Move to cancelled from `attempt.status` (planned or reserved); the planner looks again from `not_before` on.

        False when the attempt does not stand there any more.
        """
        ...

    def note_placed(self, attempt: Attempt, sid: str, placed_at: datetime, now: datetime) -> str:
        """Write that the carrier took the call, whatever was heard meanwhile; return the sid that stands there.

        Another sid than the one given means that this is a second call for the attempt; an empty one, that the attempt
        was given back, or is over without a call: then nothing is written. Raises `SidTakenError`, with nothing of the
        transaction left, when another attempt bears the sid.
        """
        ...

    def note_all_placed(self, taken: Sequence[Taken], now: datetime) -> Mapping[str, str]:
        """Do the same for several calls at once; return the sid that stands at each attempt. Raises the same."""
        ...

    def note_unknown(self, attempt: Attempt, cause: str, now: datetime) -> bool:
        """Move reserved to unknown; False when more is known already."""
        ...

    def carrier_item_waits(self, company_id: str) -> bool:
        """Whether an item about the carrier waits for a person of this company already."""
        ...

    def overdue_reservations(self, now: datetime, limit: int) -> list[Attempt]:
        """Attempts that are reserved though their `dial_by` has passed."""
        ...

    def silent(
        self, heard_before: Mapping[AttemptStatus, datetime], *, young_since: datetime, over_since: datetime, limit: int
    ) -> list[SilentCall]:
        """Live attempts that did not change since the instant given for their status, longest silent first.

        One is given for placed, ringing, in_progress and unknown; unknown ones come last. Of these, those to be dialled
        by an instant up to `young_since` but after `over_since` are left out if they changed since `young_since`.
        """
        ...

    def claimed_sids(self, sids: Collection[str]) -> frozenset[str]:
        """Those of the sids that belong to an attempt."""
        ...

    def touch(self, attempt_id: str, now: datetime) -> None:
        """Note that the carrier was asked about a live attempt."""
        ...
