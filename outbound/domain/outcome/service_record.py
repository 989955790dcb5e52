"""What the company's service record is told of one attempt, or of one call that came in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from outbound.domain.outcome.callback import Callback


class ServiceRecord(Struct, frozen=True):
    """One outcome. `call_sid` is None if the call was never placed; `answers` by name; `nps` from 0 to 10.

    `opt_out`: no further calls such as this one; `opt_out_class` names what was refused: a class, or `all robot calls`.
    `next_step` is retry_at, callback_planned, person or none. For a call that came in and began no conversation,
    `attempt_id` is the call's own identifier, `contact_id` and `campaign` are None where nobody had been called.
    """

    record_id: str
    attempt_id: str
    call_sid: str | None
    policy_nos: tuple[str, ...]
    contact_id: str | None
    campaign: str | None
    started_at: datetime
    ended_at: datetime
    attempt_number: int | None
    connect_result: str
    disposition: str
    verified: bool
    script: str | None
    script_version: str | None
    language: str | None
    answers: Mapping[str, str | int]
    nps: int | None
    callback: Callback | None
    complaint: bool
    opt_out: bool
    next_step: str
    receipt_id: str | None
    opt_out_class: str | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the record as JSON types: instants in UTC, the callback's window as an ISO 8601 interval."""
        callback = self.callback
        return {
            "record_id": self.record_id,
            "attempt_id": self.attempt_id,
            "call_sid": self.call_sid,
            "policy_nos": list(self.policy_nos),
            "contact_id": self.contact_id,
            "campaign": self.campaign,
            "started_at": _instant(self.started_at),
            "ended_at": _instant(self.ended_at),
            "attempt_number": self.attempt_number,
            "connect_result": self.connect_result,
            "disposition": self.disposition,
            "verified": self.verified,
            "script": self.script,
            "script_version": self.script_version,
            "language": self.language,
            "answers": dict(self.answers),
            "nps": self.nps,
            "callback": callback
            and {
                "window": f"{_instant(callback.window_start)}/{_instant(callback.window_end)}",
                "reason": callback.reason,
            },
            "complaint": self.complaint,
            "opt_out": self.opt_out,
            "opt_out_class": self.opt_out_class,
            "next_step": self.next_step,
            "receipt_id": self.receipt_id,
        }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
