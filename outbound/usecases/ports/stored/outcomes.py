"""What came of an attempt."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.contact import ContactState
from outbound.domain.outcome.callback import Callback, CallbackStatus
from outbound.domain.outcome.connect import CarrierStatus
from outbound.domain.outcome.inbox import InboxKind
from outbound.planning.again import Dial


class Standing(Struct, frozen=True):
    """What conclude needs to know besides the attempt.

    `usable_phones` are identifiers, best first; `earlier` the round's other dials, oldest first; `policy_nos` what the
    call was about, `has_late_policies` that others came during it; `promise` the callback for which the call was made,
    `wished` one asked for in it.
    """

    state: ContactState
    usable_phones: tuple[str, ...]
    earlier: tuple[Dial, ...]
    policy_nos: tuple[str, ...]
    has_late_policies: bool
    promise: Callback | None
    wished: Callback | None


class CallProgress(Struct, frozen=True):
    """What a status of a call that is not over may change of its attempt; the rest need not be read for it."""

    id: str
    campaign_id: str
    status: AttemptStatus
    sid: str | None
    placed_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    carrier_status: str | None
    carrier_code: int | None
    answered_by: str | None


class OutcomeStore(Protocol):
    """Attempts and what follows from their end, inside one transaction."""

    def attempt_of(self, token: str) -> Attempt | None:
        """Read the attempt that bears this token and keep others from changing it, or None."""
        ...

    def progress_of(self, token: str) -> CallProgress | None:
        """Read how far the call of this token has come and keep others from changing it, or None."""
        ...

    def note_status(self, attempt_id: str, status: CarrierStatus, now: datetime) -> bool:
        """Keep what the carrier said; False when this very event was there already."""
        ...

    def move(
        self,
        attempt: Attempt | CallProgress,
        target: AttemptStatus,
        changes: Mapping[str, Any],
        cause: str,
        now: datetime,
    ) -> bool:
        """Change status and columns and note the event; False when the status is not `attempt.status` any more."""
        ...

    def amend(self, attempt_id: str, changes: Mapping[str, Any], now: datetime) -> None:
        """Change columns without moving the status."""
        ...

    def standing(self, attempt: Attempt, opened_at: datetime) -> Standing:
        """Read what conclude needs; policies taken in after `opened_at` were no part of the call."""
        ...

    def set_contact(
        self,
        contact_id: str,
        state: ContactState,
        reason: str | None,
        not_before: datetime | None,
        now: datetime,
        *,
        welcomed: bool = False,
    ) -> None:
        """Move a contact that is open or planned; one that was withdrawn or closed meanwhile stays so."""
        ...

    def close_policies(self, contact_id: str, opened_at: datetime, now: datetime) -> None:
        """Close what is due and was taken in up to `opened_at`."""
        ...

    def mark_number(self, phone_id: str, reason: str) -> None:
        """Note that a number does not lead to its contact."""
        ...

    def settle_callback(self, callback_id: str, status: CallbackStatus, now: datetime) -> None:
        """End a callback that is open."""
        ...

    def item_waits(self, attempt_id: str, *kinds: InboxKind) -> bool:
        """Whether the inbox got an item of one of these kinds from this attempt, in whatever standing."""
        ...

    def queue_record(self, record_id: str, attempt: Attempt, body: Mapping[str, Any], now: datetime) -> None:
        """Put a service record into the outbox."""
        ...
