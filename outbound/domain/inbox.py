"""What waits for a person, and until when it should have been taken up."""

from datetime import timedelta
from enum import StrEnum


class InboxKind(StrEnum):
    """Why something waits for a person."""

    PERSON_REQUESTED = "person_requested"
    COMPLAINT = "complaint"
    CANCELLATION = "cancellation"
    QUESTION = "question"
    NOT_VERIFIED = "not_verified"
    TRANSFER_MISSED = "transfer_missed"
    UNKNOWN_CALL = "unknown_call"
    CALLBACK_DUE = "callback_due"
    CALLBACK_BROKEN = "callback_broken"
    APOLOGY = "apology"
    CARRIER = "carrier"
    INTERVIEW = "interview"


ROBOT = "robot"
"""Who closed an item that no person had to take up."""

RINGS_BACK = frozenset(
    {
        InboxKind.PERSON_REQUESTED,
        InboxKind.COMPLAINT,
        InboxKind.CANCELLATION,
        InboxKind.QUESTION,
        InboxKind.NOT_VERIFIED,
        InboxKind.TRANSFER_MISSED,
        InboxKind.CALLBACK_DUE,
        InboxKind.APOLOGY,
    }
)
"""Kinds of which a person speaks with the customer: finishing one keeps the promise of a return call."""

DUE_WITHIN: dict[InboxKind, timedelta] = {
    InboxKind.CANCELLATION: timedelta(hours=4),
    InboxKind.COMPLAINT: timedelta(hours=4),
    InboxKind.PERSON_REQUESTED: timedelta(hours=24),
    InboxKind.TRANSFER_MISSED: timedelta(hours=24),
    InboxKind.CALLBACK_DUE: timedelta(minutes=30),
    InboxKind.CALLBACK_BROKEN: timedelta(hours=24),
    InboxKind.APOLOGY: timedelta(hours=24),
    InboxKind.QUESTION: timedelta(hours=48),
    InboxKind.NOT_VERIFIED: timedelta(hours=48),
    InboxKind.UNKNOWN_CALL: timedelta(hours=24),
    InboxKind.CARRIER: timedelta(hours=1),
    InboxKind.INTERVIEW: timedelta(hours=24),
}
"""Elapsed time until an item is overdue, unless a time was promised: then its end."""
