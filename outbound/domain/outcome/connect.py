"""What the carrier's words about a call mean: how far it came, who answered, and what came of it without words."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.domain.attempt import AttemptStatus, ConnectResult
from outbound.domain.outcome.disposition import Disposition


class CarrierStatus(Struct, frozen=True):
    """One thing that the carrier says of a call: a status webhook, or the call as fetched (`sequence` None).

    `status` is the carrier's word (queued, initiated, ringing, in-progress, completed, busy, no-answer, failed,
    canceled); `at` the carrier's time of it; `code` an error or SIP code; `answered_by` the detector's verdict.
    """

    sid: str
    status: str
    sequence: int | None
    at: datetime | None = None
    duration_seconds: int | None = None
    code: int | None = None
    answered_by: str | None = None


class Conversation(Struct, frozen=True):
    """What the session of a call knows at its end: `human` once a person keyed or said something understood."""

    disposition: Disposition
    human: bool


class Finding(Struct, frozen=True):
    """What came of a call, and why it is taken so (`cause`, a short code)."""

    connect_result: ConnectResult
    disposition: Disposition
    cause: str


PROGRESS: Mapping[str, AttemptStatus] = {
    "queued": AttemptStatus.PLACED,
    "initiated": AttemptStatus.PLACED,
    "ringing": AttemptStatus.RINGING,
    "answered": AttemptStatus.IN_PROGRESS,
    "in-progress": AttemptStatus.IN_PROGRESS,
}
"""Statuses of a call that is not over."""

FINAL_STATUSES = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})

NUMBER_UNUSABLE_CODES = frozenset({21211, 21214, 21216, 21217, 13223, 13224, 13225, 13226, 404, 410, 484, 604})
"""Twilio: invalid, unreachable, blocked or malformed number. SIP: not found, gone, incomplete, exists nowhere."""

NEVER_RANG_CODES = frozenset({10004, 22005})
"""Twilio: too many calls at once, or a day in its queue. Nobody was disturbed, so that it counts as no dial."""

_DECLINED_CODES = frozenset({486, 600, 603})
_MACHINES = ("machine", "fax")


def read_final(
    status: CarrierStatus, *, rang: bool, answered_by: str | None, conversation: Conversation | None
) -> Finding:
    """Decide what came of a call that is over. ValueError when `status` is none of `FINAL_STATUSES`."""
    if status.status == "completed":
        return _completed(status.answered_by or answered_by, conversation)
    if status.status == "busy":
        return Finding(ConnectResult.BUSY, Disposition.BUSY, "busy")
    if status.status == "no-answer":
        return Finding(ConnectResult.NO_ANSWER, Disposition.NO_ANSWER, "no_answer")
    if status.status == "canceled":
        missed = Disposition.NO_ANSWER if rang else Disposition.NOT_PLACED
        return Finding(ConnectResult.CANCELED, missed, "canceled_ringing" if rang else "canceled_before_ringing")
    if status.status == "failed":
        return read_refusal(status.code)
    raise ValueError(f"{status.status!r} is no final status of a call")


def read_refusal(code: int | None) -> Finding:
    """Decide what a failure with this carrier or SIP code says about the number."""
    if code in NUMBER_UNUSABLE_CODES:
        return Finding(ConnectResult.FAILED, Disposition.NUMBER_UNUSABLE, f"code_{code}")
    if code in NEVER_RANG_CODES:
        return Finding(ConnectResult.CANCELED, Disposition.NOT_PLACED, f"code_{code}")
    if code in _DECLINED_CODES:
        return Finding(ConnectResult.BUSY, Disposition.BUSY, f"code_{code}")
    return Finding(ConnectResult.FAILED, Disposition.CARRIER_FAILED, f"code_{code}" if code else "failed")


def _completed(answered_by: str | None, conversation: Conversation | None) -> Finding:
    """Somebody or something answered; what was keyed or said weighs more than what the detector took it for."""
    if conversation is not None and conversation.human:
        return Finding(ConnectResult.HUMAN, conversation.disposition, "conversation")
    left = conversation is not None and conversation.disposition is Disposition.VOICEMAIL_LEFT
    if left or (answered_by or "").startswith(_MACHINES):
        if answered_by == "fax":
            return Finding(ConnectResult.MACHINE, Disposition.NUMBER_UNUSABLE, "fax")
        disposition = Disposition.VOICEMAIL_LEFT if left else Disposition.NO_RESPONSE
        return Finding(ConnectResult.MACHINE, disposition, "voicemail" if left else "machine")
    if conversation is None:
        return Finding(ConnectResult.HUMAN, Disposition.ABANDONED, "nothing_said")
    return Finding(ConnectResult.HUMAN, conversation.disposition, "conversation")


def answered_at(status: CarrierStatus, known: datetime | None) -> datetime | None:
    """When a call was answered: as known, or counted back from its end by its duration."""
    if known is not None or status.status != "completed" or status.at is None or status.duration_seconds is None:
        return known
    return status.at - timedelta(seconds=status.duration_seconds)
