"""What came of an attempt for the person who was called, and what follows from it."""

from enum import StrEnum


class Disposition(StrEnum):
    """Outcome of one attempt: the third axis beside status and connect result."""

    WELCOMED = "welcomed"
    PARTLY_WELCOMED = "partly_welcomed"
    CALLBACK_REQUESTED = "callback_requested"
    PERSON_REQUESTED = "person_requested"
    WRONG_PARTY = "wrong_party"
    NOT_AVAILABLE = "not_available"
    NOT_VERIFIED = "not_verified"
    REFUSED = "refused"
    OPTED_OUT = "opted_out"
    DECEASED = "deceased"
    COMPLAINT = "complaint"
    WANTS_TO_CANCEL = "wants_to_cancel"
    VOICEMAIL_LEFT = "voicemail_left"
    ABANDONED = "abandoned"
    NO_RESPONSE = "no_response"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    NUMBER_UNUSABLE = "number_unusable"
    CARRIER_FAILED = "carrier_failed"
    NOT_PLACED = "not_placed"
    UNKNOWN = "unknown"
    # somebody rang us and was told who we are and where a person is reached; no conversation was begun
    INFORMED = "informed"


_D = Disposition

REACHED_FOR_GOOD = frozenset(
    {
        _D.WELCOMED,
        _D.REFUSED,
        _D.OPTED_OUT,
        _D.COMPLAINT,
        _D.WANTS_TO_CANCEL,
        _D.PERSON_REQUESTED,
        _D.NOT_VERIFIED,
        _D.DECEASED,
    }
)
"""The robot does not ring this contact again by itself: it is done, or a person takes over."""

NEEDS_A_PERSON = frozenset(
    {_D.PERSON_REQUESTED, _D.COMPLAINT, _D.WANTS_TO_CANCEL, _D.NOT_VERIFIED, _D.UNKNOWN, _D.DECEASED}
)
"""Something stands in the inbox afterwards."""

NUMBER_IS_WRONG = frozenset({_D.WRONG_PARTY, _D.NUMBER_UNUSABLE})
"""This number does not lead to this contact: the next attempt needs another one."""
