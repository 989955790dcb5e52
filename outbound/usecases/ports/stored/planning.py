"""Contacts to be planned and the plan."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from msgspec import Struct

from outbound.domain.contact import Contact, ContactState
from outbound.domain.outcome.callback import Callback, CallbackStatus
from outbound.planning.again import Dial


class NewAttempt(Struct, frozen=True):
    """A dial as planned: which number, in which half-open window, for what (`origin` first, retry or callback)."""

    id: str
    token: str
    contact_id: str
    company_id: str
    campaign_id: str
    phone_id: str
    number_index: str
    round: int
    origin: str
    callback_id: str | None
    window_start: datetime
    window_end: datetime
    deadline: date | None


class ContactChange(Struct, frozen=True):
    """Where an open contact stands after planning."""

    id: str
    state: ContactState
    reason: str | None
    not_before: datetime | None
    deadline: date | None


class PlanReceipt(Struct, frozen=True):
    """A refusal of the gate at plan time; `reasons` are codes."""

    id: str
    contact_id: str
    at: datetime
    reasons: Sequence[str]
    body: Mapping[str, Any]


class OverduePromise(Struct, frozen=True):
    """An open callback whose window has passed without a dial.

    `taken_up_at` is when a person finished what the same call had put into the inbox; `with_a_person` says that the
    inbox has it for a person already: the promise was a person's, or was handed to one before its end.
    """

    callback: Callback
    company_id: str
    taken_up_at: datetime | None
    with_a_person: bool = False


class RiskyPromise(Struct, frozen=True):
    """An open callback near its end that nobody was rung for; `held_by` is the code of what is in the way, if known."""

    callback: Callback
    company_id: str
    held_by: str | None


class Waiting(Struct, frozen=True):
    """So many open `contacts` of a campaign wait for `reason` (a code); the first is looked at again at `look_at`."""

    campaign_id: str
    reason: str
    contacts: int
    look_at: datetime


class PlanningStore(Protocol):
    """Contacts to be planned and the plan, inside one transaction."""

    def lock(self, campaign_id: str) -> None:
        """Let one batch of a campaign plan at a time, until the transaction ends."""
        ...

    def look_again(self, campaign_id: str, fingerprint: str, now: datetime) -> bool:
        """Let held contacts be looked at now if the rules' `fingerprint` is another than last time, and keep it.

        False when it is the same. Who was dialled in this round waits on: it may be the pause after a call.
        """
        ...

    def waiting(self, campaign_id: str, now: datetime) -> Sequence[Waiting]:
        """Open contacts that are looked at later than `now`, by reason."""
        ...

    def open_contacts(self, campaign_id: str, now: datetime, until: datetime, limit: int) -> list[Contact]:
        """Contacts to be planned: callbacks, then the nearest deadline, then the oldest.

        Those that wait for a retry or a callback due before `until` are among them; those that were held are looked at
        again from their `not_before` on.
        """
        ...

    def dials(self, contact_ids: Collection[str]) -> Mapping[str, tuple[Dial, ...]]:
        """Dials of each contact's round that are over, oldest first."""
        ...

    def callbacks(self, contact_ids: Collection[str]) -> Mapping[str, Callback]:
        """The latest callback of each contact that is open or kept."""
        ...

    def slots_taken(self, campaign_id: str, since: datetime) -> Mapping[datetime, tuple[int, int]]:
        """How many attempts each window that starts at or after `since` holds, by its start; how many are callbacks."""
        ...

    def numbers_taken(self, number_indexes: Collection[str], since: datetime) -> set[tuple[datetime, str]]:
        """Windows (by start) in which these numbers are planned already."""
        ...

    def add_attempts(self, attempts: Sequence[NewAttempt], now: datetime) -> int:
        """Insert planned attempts; a contact that has an open one keeps it. Returns how many were inserted."""
        ...

    def change_contacts(self, changes: Sequence[ContactChange], now: datetime) -> None:
        """Change contacts that are still open."""
        ...

    def close_policies(self, contact_ids: Collection[str], now: datetime) -> None:
        """Give up what is due."""
        ...

    def add_receipts(self, receipts: Sequence[PlanReceipt]) -> None:
        """Keep refusals."""
        ...

    def next_due(self, campaign_id: str, now: datetime) -> datetime | None:
        """When the planner should look again: the earliest `not_before` still ahead among open contacts."""
        ...

    def overdue_promises(self, now: datetime, limit: int) -> list[OverduePromise]:
        """Open callbacks whose window has passed and for which nothing is planned or in the air."""
        ...

    def promises_at_risk(
        self, now: datetime, until: datetime, limit: int, behind: Callback | None = None
    ) -> list[RiskyPromise]:
        """Lock open callbacks whose window runs now and ends by `until`, by its end and id, from `behind` one on.

        Nobody is being rung for them (a call of unknown fate does not count), and no person was asked to ring.
        """
        ...

    def is_live(self, contact_id: str) -> bool:
        """Whether a call to the contact is reserved or in the air, as far as is known."""
        ...

    def note_escalated(self, callback_id: str, now: datetime) -> bool:
        """Note that a person was asked to keep a promise; False when that was done before, or it is not open."""
        ...

    def settle_promise(self, callback_id: str, status: CallbackStatus, now: datetime) -> bool:
        """End an open callback; False when it is not open any more."""
        ...

    def hand_over(self, contact_id: str, reason: str, now: datetime) -> None:
        """Close an open contact and give up what is due: a person takes over."""
        ...
