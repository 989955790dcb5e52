"""What people do at the desk: inbox, suppressions, stop orders."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from outbound.domain.outcome.inbox import InboxKind, QuestionStatus


class NewItem(Struct, frozen=True):
    """Something that begins to wait for a person; `note` is sealed when it is stored.

    `turn` is that of the attempt's conversation in which it was said, None where no turn brought it about.
    """

    id: str
    kind: InboxKind
    company_id: str
    contact_id: str | None
    attempt_id: str | None
    at: datetime
    due_at: datetime
    note: str | None = None
    turn: int | None = None


class NewSuppression(Struct, frozen=True):
    """From now on not to be called: a number or a contact, for one call class or (None) for all."""

    id: str
    number_index: str | None
    contact_id: str | None
    call_class: str | None
    reason: str
    evidence: str
    by: str
    at: datetime


class ReviewedQuestion(Struct, frozen=True):
    """Where a question without an approved answer stands; `done_at` and `done_by` are None while it waits."""

    id: str
    status: QuestionStatus
    done_at: datetime | None = None
    done_by: str | None = None


class DeskStore(Protocol):
    """Inbox, suppressions and stop orders, inside one transaction."""

    def add_item(self, item: NewItem) -> None:
        """Put an item into the inbox."""
        ...

    def due_by(self, attempt_id: str, due_at: datetime) -> None:
        """Note until when a person has to ring about this call: a time was promised.

        What waits for that time is due then, sooner or later than it was; of everything else a nearer time stays.
        """
        ...

    def claim_item(self, item_id: str, by: str, now: datetime) -> bool:
        """Take a waiting item; False when it is not waiting (any more) or does not exist."""
        ...

    def finish_item(self, item_id: str, by: str, note: str | None, now: datetime) -> bool:
        """Close an item that waits or is claimed; False otherwise."""
        ...

    def find_question(self, question_id: str) -> ReviewedQuestion | None:
        """Look up where a question without an approved answer stands; None when there is no such one."""
        ...

    def close_question(self, question: ReviewedQuestion) -> bool:
        """Close a question that waits, as `question` says; False when it does not wait (any more)."""
        ...

    def has_contact(self, contact_id: str) -> bool:
        """Whether there is a contact of this identifier."""
        ...

    def suppress(self, suppression: NewSuppression) -> bool:
        """Add a suppression; False when the same one is in force already."""
        ...

    def refused_elsewhere(self, *, number_index: str, contact_id: str, attempt_id: str) -> bool:
        """Whether service calls are refused otherwise than in the call of an attempt, or the contact has died."""
        ...

    def cancel_planned(self, *, number_index: str | None, contact_id: str | None, cause: str, now: datetime) -> int:
        """Cancel what is planned for a number or a contact and let the planner look again; return how many."""
        ...

    def lift_suppression(self, suppression_id: str, by: str, reason: str, now: datetime) -> bool:
        """End a suppression; False when it is not in force."""
        ...

    def stop(self, order_id: str, campaign_id: str | None, reason: str, by: str, now: datetime) -> None:
        """Put a stop order in force, for one campaign or (None) for everything."""
        ...

    def resume(self, campaign_id: str | None, by: str, now: datetime) -> int:
        """Lift the stop orders of a campaign, or (None) every one; return how many."""
        ...
