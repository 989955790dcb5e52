"""What the carrier's words about a call mean."""

from datetime import UTC, datetime, timedelta

import pytest

from outbound.domain.attempt import ConnectResult
from outbound.domain.outcome.connect import CarrierStatus, Conversation, answered_at, read_final
from outbound.domain.outcome.disposition import Disposition

AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
_R, _D = ConnectResult, Disposition
WELCOMED = Conversation(_D.WELCOMED, human=True)
SILENT = Conversation(_D.NO_RESPONSE, human=False)
MESSAGE = Conversation(_D.VOICEMAIL_LEFT, human=False)


def status(word: str, code: int | None = None, answered_by: str | None = None) -> CarrierStatus:
    """Make a status."""
    return CarrierStatus("CA1", word, 1, AT, 30, code, answered_by)


@pytest.mark.parametrize(
    ("said", "rang", "result", "disposition", "cause"),
    [
        (status("busy"), True, _R.BUSY, _D.BUSY, "busy"),
        (status("no-answer"), True, _R.NO_ANSWER, _D.NO_ANSWER, "no_answer"),
        (status("canceled"), True, _R.CANCELED, _D.NO_ANSWER, "canceled_ringing"),
        (status("canceled"), False, _R.CANCELED, _D.NOT_PLACED, "canceled_before_ringing"),
        (status("failed"), False, _R.FAILED, _D.CARRIER_FAILED, "failed"),
        (status("failed", 31005), False, _R.FAILED, _D.CARRIER_FAILED, "code_31005"),
        *((status("failed", code), False, _R.CANCELED, _D.NOT_PLACED, f"code_{code}") for code in (10004, 22005)),
        (status("failed", 503), False, _R.FAILED, _D.CARRIER_FAILED, "code_503"),
        (status("failed", 603), False, _R.BUSY, _D.BUSY, "code_603"),
        *(
            (status("failed", code), False, _R.FAILED, _D.NUMBER_UNUSABLE, f"code_{code}")
            for code in (21211, 21214, 21217, 13224, 404, 484)
        ),
    ],
)
def test_a_call_that_nobody_answered(
    said: CarrierStatus, rang: bool, result: ConnectResult, disposition: Disposition, cause: str
) -> None:
    """Result, disposition and cause follow from the carrier's word and code alone."""
    found = read_final(said, rang=rang, answered_by=None, conversation=None)
    assert (found.connect_result, found.disposition, found.cause) == (result, disposition, cause)


@pytest.mark.parametrize(
    ("answered_by", "conversation", "result", "disposition"),
    [
        (None, WELCOMED, _R.HUMAN, _D.WELCOMED),
        ("machine_start", WELCOMED, _R.HUMAN, _D.WELCOMED),
        ("human", SILENT, _R.HUMAN, _D.NO_RESPONSE),
        ("unknown", SILENT, _R.HUMAN, _D.NO_RESPONSE),
        ("machine_start", SILENT, _R.MACHINE, _D.NO_RESPONSE),
        ("machine_end_beep", MESSAGE, _R.MACHINE, _D.VOICEMAIL_LEFT),
        (None, MESSAGE, _R.MACHINE, _D.VOICEMAIL_LEFT),
        ("fax", SILENT, _R.MACHINE, _D.NUMBER_UNUSABLE),
        (None, None, _R.HUMAN, _D.ABANDONED),
    ],
)
def test_a_call_that_was_answered(
    answered_by: str | None, conversation: Conversation | None, result: ConnectResult, disposition: Disposition
) -> None:
    """What a person keyed or said weighs more than the detector; the detector more than silence."""
    found = read_final(status("completed"), rang=True, answered_by=answered_by, conversation=conversation)
    assert (found.connect_result, found.disposition) == (result, disposition)


def test_a_call_that_goes_on_has_no_outcome() -> None:
    """A status that is not final is refused."""
    with pytest.raises(ValueError, match="ringing"):
        read_final(status("ringing"), rang=True, answered_by=None, conversation=None)


def test_the_answer_is_counted_back_from_the_end() -> None:
    """When the answered event was lost, the end and the duration say when it was; what is known stays."""
    assert answered_at(status("completed"), None) == AT - timedelta(seconds=30)
    assert answered_at(status("completed"), AT) == AT
    assert answered_at(status("busy"), None) is None
