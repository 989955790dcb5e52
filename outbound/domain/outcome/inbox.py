"""What waits for a person, and until when it should have been taken up."""

from datetime import datetime, timedelta
from enum import StrEnum

from outbound.domain.service_desk import PeoplesHours


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
    CORRECTION = "correction"
    DEATH = "death"
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
        InboxKind.CORRECTION,
    }
)
"""Kinds of which a person speaks with the customer: finishing one keeps the promise of a return call."""

AT_A_CHOSEN_TIME = frozenset({InboxKind.PERSON_REQUESTED, InboxKind.QUESTION})
"""Kinds that wait for the time which the customer chose, if one was; the others of a call are seen to before it."""

_BY_A_CALL = RINGS_BACK | {InboxKind.CALLBACK_BROKEN}
"""Kinds that a person sees to by calling the customer."""

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
    InboxKind.CORRECTION: timedelta(hours=48),
    InboxKind.DEATH: timedelta(hours=24),
    InboxKind.UNKNOWN_CALL: timedelta(hours=24),
    InboxKind.CARRIER: timedelta(hours=1),
    InboxKind.INTERVIEW: timedelta(hours=24),
}
"""Time until an item is overdue, unless a time was promised: then its end. `due_at` says how it is counted."""


def due_at(kind: InboxKind, now: datetime, people: PeoplesHours) -> datetime:
    """Until when an item that begins to wait now has to be taken up; `people`: when they can call whom it is about.

    What is seen to by a call is due at a moment of people's hours; the others run as the clock does.
    """
    within = DUE_WITHIN[kind]
    return people.due(now, within) if kind in _BY_A_CALL else now + within


class QuestionStatus(StrEnum):
    """Standing of a question that no approved answer was near enough to. Answered: from now on there is one."""

    WAITING = "waiting"
    ANSWERED = "answered"
    DISMISSED = "dismissed"
