"""What follows an attempt for the contact, rule by rule."""

from datetime import UTC, datetime, timedelta

import pytest

from outbound.domain.contact import ContactState
from outbound.domain.outcome.callback import Callback, CallbackStatus, settle
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.outcome.next_step import Again, NextStep, NextStepCode, next_step

AT = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)
LATER = Again(AT + timedelta(hours=27), "retry_scheduled")
NEVER = Again(None, "attempts_exhausted")
NOT_REACHED = Again(None, "callback_not_reached")
_D, _C, _S = Disposition, NextStepCode, ContactState


def callback(reason: str = "later", status: CallbackStatus = CallbackStatus.OPEN) -> Callback:
    """Make a promise for two hours from AT on."""
    return Callback("b" * 32, "c" * 32, "a" * 32, AT - timedelta(days=1), AT, AT + timedelta(hours=2), reason, status)


@pytest.mark.parametrize(
    ("disposition", "promise", "number_left", "again", "expected"),
    [
        (_D.WELCOMED, None, True, LATER, (_C.NONE, _S.DONE, "welcomed")),
        (_D.REFUSED, None, True, LATER, (_C.NONE, _S.DONE, "refused")),
        (_D.OPTED_OUT, callback(), True, LATER, (_C.NONE, _S.DONE, "opted_out")),
        (_D.COMPLAINT, None, True, LATER, (_C.PERSON, _S.DONE, "complaint")),
        (_D.UNKNOWN, None, True, NEVER, (_C.PERSON, _S.DONE, "unknown")),
        (_D.CALLBACK_REQUESTED, callback(), True, NEVER, (_C.CALLBACK_PLANNED, _S.OPEN, "waiting_for_callback")),
        (_D.NOT_AVAILABLE, callback("not_available"), True, LATER, (_C.CALLBACK_PLANNED, _S.OPEN, None)),
        (_D.CALLBACK_REQUESTED, callback("question"), True, NEVER, (_C.PERSON, _S.DONE, "callback_requested")),
        (_D.WELCOMED, callback("wish"), True, NEVER, (_C.PERSON, _S.DONE, "welcomed")),
        (_D.WRONG_PARTY, None, False, LATER, (_C.NONE, _S.DONE, "no_usable_number")),
        (_D.WRONG_PARTY, None, True, LATER, (_C.RETRY_AT, _S.OPEN, "waiting_for_retry")),
        (_D.NO_ANSWER, None, True, LATER, (_C.RETRY_AT, _S.OPEN, "waiting_for_retry")),
        (_D.NO_ANSWER, None, True, NOT_REACHED, (_C.PERSON, _S.DONE, "callback_not_reached")),
        (_D.NO_ANSWER, None, True, NEVER, (_C.NONE, _S.DONE, "attempts_exhausted")),
    ],
)
def test_the_rules_in_their_order(
    disposition: Disposition,
    promise: Callback | None,
    number_left: bool,
    again: Again,
    expected: tuple[NextStepCode, ContactState, str | None],
) -> None:
    """A standing promise comes before everything but a refusal; then a person, a wrong number, and the retries."""
    step = next_step(
        disposition=disposition,
        state=_S.PLANNED,
        callback=promise,
        number_left=number_left,
        dial_left=True,
        again=again,
    )
    assert (step.code, step.state) == expected[:2]
    assert expected[2] in {None, step.reason}


def test_a_person_keeps_the_promise_when_no_dial_is_left() -> None:
    """Who has been rung as often as is decent, and asks again for another time, is called by a person."""
    step = next_step(
        disposition=_D.CALLBACK_REQUESTED, state=_S.PLANNED, callback=callback(), number_left=True, dial_left=False,
        again=NEVER,
    )  # fmt: skip
    assert step == NextStep(_C.PERSON, _S.DONE, "callback_requested")


@pytest.mark.parametrize("state", [ContactState.WITHDRAWN, ContactState.DONE])
def test_a_contact_that_left_the_plan_stays_out(state: ContactState) -> None:
    """What was withdrawn or closed during the call is not opened by its end."""
    step = next_step(
        disposition=_D.NO_ANSWER, state=state, callback=None, number_left=True, dial_left=True, again=LATER
    )
    assert step == NextStep(NextStepCode.NONE, state, None)


@pytest.mark.parametrize(
    ("minutes", "verdict"), [(None, "open"), (0, "kept"), (119, "kept"), (120, "late"), (600, "late")]
)
def test_a_promise_is_judged_by_the_ring(minutes: int | None, verdict: str) -> None:
    """Within the half-open window it is kept, after it late; a dial that never rang decides nothing."""
    rang = None if minutes is None else AT + timedelta(minutes=minutes)
    assert settle(callback(), rang) == verdict
