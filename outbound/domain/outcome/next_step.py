"""What follows an attempt for the contact."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from outbound.domain.contact import ContactState
from outbound.domain.outcome.callback import NO_MORE_CALLS, Callback
from outbound.domain.outcome.disposition import NEEDS_A_PERSON, NUMBER_IS_WRONG, REACHED_FOR_GOOD, Disposition

CALLBACK_NOT_REACHED = "callback_not_reached"
"""Why a contact is closed who asked for a callback, was rung and not reached: a person follows up."""

_BY_A_PERSON = frozenset({CALLBACK_NOT_REACHED, Disposition.PERSON_REQUESTED})
"""Why the robot does not try again: a person was promised, or rings instead."""


class NextStepCode(StrEnum):
    """What the service record is told."""

    NONE = "none"
    RETRY_AT = "retry_at"
    CALLBACK_PLANNED = "callback_planned"
    PERSON = "person"


class NextStep(Struct, frozen=True):
    """Where the contact stands from now on; `reason` is why it is closed or what it waits for."""

    code: NextStepCode
    state: ContactState
    reason: str | None
    not_before: datetime | None = None


class Again(Struct, frozen=True):
    """The answer of the rules for retries: when at the earliest, or (None) why not again."""

    at: datetime | None
    reason: str


def next_step(  # noqa: PLR0911 - one return a rule, in the order in which they bind
    *,
    disposition: Disposition,
    state: ContactState,
    callback: Callback | None,
    number_left: bool,
    dial_left: bool,
    again: Again,
) -> NextStep:
    """Decide. `callback` is the promise that still stands; `number_left` says that a usable number remains.

    `dial_left` is False when not even a callback may be dialled any more: then a person keeps the promise.
    """
    person = disposition in NEEDS_A_PERSON
    code = NextStepCode.PERSON if person else NextStepCode.NONE
    if state in {ContactState.WITHDRAWN, ContactState.DONE}:
        return NextStep(code, state, None)
    if callback is not None and (callback.is_for_a_person(disposition) or not dial_left):
        return NextStep(NextStepCode.PERSON, ContactState.DONE, disposition)
    if callback is not None and disposition not in NO_MORE_CALLS:
        return NextStep(NextStepCode.CALLBACK_PLANNED, ContactState.OPEN, "waiting_for_callback", callback.not_before)
    if person or disposition in REACHED_FOR_GOOD:
        return NextStep(code, ContactState.DONE, disposition)
    if disposition in NUMBER_IS_WRONG and not number_left:
        return NextStep(NextStepCode.NONE, ContactState.DONE, "no_usable_number")
    if again.at is None:
        owed = again.reason in _BY_A_PERSON
        return NextStep(NextStepCode.PERSON if owed else NextStepCode.NONE, ContactState.DONE, again.reason)
    return NextStep(NextStepCode.RETRY_AT, ContactState.OPEN, "waiting_for_retry", again.at)
