"""Take in what the carrier says of a call, and end the attempt when the call is over."""

import logging
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from outbound.dialogue.session import Session, final_disposition
from outbound.domain.attempt import FINAL, Attempt, AttemptStatus, ConnectResult, may_move
from outbound.domain.campaign import Campaign
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.connect import (
    FINAL_STATUSES,
    PROGRESS,
    CarrierStatus,
    Conversation,
    Finding,
    answered_at,
    read_final,
)
from outbound.planning.again import is_taken_back
from outbound.usecases.conversation.last_words.hang_up import hear_hang_up
from outbound.usecases.dialling.evidence import believe
from outbound.usecases.log_fields import about
from outbound.usecases.outcomes.conclude import Conclusion, conclude
from outbound.usecases.ports.scripts import ScriptCatalogue
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.outcomes import CallProgress

_log = logging.getLogger(__name__)


class Closing(StrEnum):
    """What became of one status event."""

    PROGRESSED = "progressed"
    CONCLUDED = "concluded"
    AMENDED = "amended"
    STALE = "stale"
    DUPLICATE = "duplicate"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - an outcome, no secret
    UNKNOWN_STATUS = "unknown_status"
    SECOND_CALL = "second_call"
    CONTRADICTION = "contradiction"


_REMARKABLE = frozenset({Closing.SECOND_CALL, Closing.CONTRADICTION, Closing.UNKNOWN_STATUS})
_NEVER_DIALLED = frozenset({AttemptStatus.CANCELLED, AttemptStatus.NOT_PLACED})

_Call = Attempt | CallProgress
"""The whole attempt where the call is over: then much follows from it."""


class CloseReport(Struct, frozen=True):
    """`closing` says what was done; `status` is where the attempt stands now (None for an unknown token).

    After `second_call` and `contradiction` the caller hangs up the call with that sid; the latter is a call for an
    attempt that is over without a dial, or whose number another call holds.
    """

    closing: Closing
    status: AttemptStatus | None
    conclusion: Conclusion | None = None


def close_attempt(
    store: Store,
    *,
    token: str,
    status: CarrierStatus,
    campaigns: Mapping[str, Campaign],
    scripts: ScriptCatalogue,
    identifiers: Identifiers,
    now: datetime,
) -> CloseReport:
    """Write one status of a call. The same event again changes nothing, and nothing ever moves backwards.

    `status.sequence` None marks a call that was fetched from the carrier rather than reported by it.
    """
    is_over = status.status in FINAL_STATUSES
    with store.begin() as work:
        call = work.outcomes.attempt_of(token) if is_over else work.outcomes.progress_of(token)
        if call is None:
            _log.warning("a status for an unknown token", extra=about(token, status=status.status))
            return CloseReport(Closing.UNKNOWN_TOKEN, None)
        report = _take_in(work, call, token, status, _Terms(campaigns, scripts, identifiers, now))
        work.commit()
    if report.closing in _REMARKABLE:
        _log.warning("%s", report.closing, extra=about(token, status=status.status, campaign=call.campaign_id))
    return report


class _Terms(Struct, frozen=True):
    campaigns: Mapping[str, Campaign]
    scripts: ScriptCatalogue
    identifiers: Identifiers
    now: datetime


def _take_in(work: UnitOfWork, call: _Call, token: str, status: CarrierStatus, terms: _Terms) -> CloseReport:
    refused = _refuse(work, call, status, terms.now)
    if refused is not None:
        return CloseReport(refused, call.status)
    if call.status is AttemptStatus.PLANNED:
        believed = _believe(work, token, status, terms)
        if believed is None:
            return CloseReport(Closing.CONTRADICTION, AttemptStatus.CANCELLED)
        call = believed
    seen = _seen(call, status, terms.now)
    if status.status in PROGRESS or isinstance(call, CallProgress):
        return _progress(work, call, status, seen, terms.now)
    known = replace(call, **seen)
    if call.status in FINAL:
        return _amend(work, known, status, seen, terms.now)
    conclusion = _end(work, known, status, seen, terms)
    return CloseReport(Closing.CONCLUDED, conclusion.status, conclusion)


def _refuse(work: UnitOfWork, call: _Call, status: CarrierStatus, now: datetime) -> Closing | None:
    """Why this status must not change the attempt; None when it may."""
    if status.status not in FINAL_STATUSES and status.status not in PROGRESS:
        return Closing.UNKNOWN_STATUS
    if status.sequence is not None and not work.outcomes.note_status(call.id, status, now):
        return Closing.DUPLICATE
    if call.sid is not None and call.sid != status.sid:
        return Closing.SECOND_CALL
    if call.status in _NEVER_DIALLED:
        return Closing.CONTRADICTION
    return None


def _believe(work: UnitOfWork, token: str, status: CarrierStatus, terms: _Terms) -> Attempt | None:
    attempt = work.outcomes.attempt_of(token)
    if attempt is None:
        return None
    at, now = status.at or terms.now, terms.now
    return believe(work, attempt, status.sid, at=at, identifiers=terms.identifiers, now=now)


def _seen(call: _Call, status: CarrierStatus, now: datetime) -> dict[str, Any]:
    """Columns that this status fills or brings up to date; what is known already stays."""
    at = status.at or now
    found: dict[str, Any] = {"sid": status.sid, "placed_at": call.placed_at or at}
    if status.status == "ringing":
        found["ringing_at"] = call.ringing_at or at
    elif PROGRESS.get(status.status) is AttemptStatus.IN_PROGRESS:
        found["answered_at"] = call.answered_at or at
    elif status.status == "completed":
        found["answered_at"] = answered_at(status, call.answered_at)
    over = call.carrier_status in FINAL_STATUSES
    if not over:
        found["carrier_status"] = status.status
    if status.code is not None:
        found["carrier_code"] = status.code
    if status.answered_by is not None and call.answered_by is None:
        found["answered_by"] = status.answered_by
    return {name: value for name, value in found.items() if value != getattr(call, name)}


def _progress(work: UnitOfWork, call: _Call, status: CarrierStatus, seen: dict[str, Any], now: datetime) -> CloseReport:
    target = PROGRESS[status.status]
    if may_move(call.status, target) and work.outcomes.move(call, target, seen, status.status, now):
        return CloseReport(Closing.PROGRESSED, target)
    seen.pop("carrier_status", None)
    if seen:
        work.outcomes.amend(call.id, seen, now)
    return CloseReport(Closing.STALE, call.status)


def _end(
    work: UnitOfWork,
    attempt: Attempt,
    status: CarrierStatus,
    seen: dict[str, Any],
    terms: _Terms,
) -> Conclusion:
    campaign = terms.campaigns.get(attempt.campaign_id)
    told = hear_hang_up(
        work, attempt, campaign=campaign, scripts=terms.scripts, identifiers=terms.identifiers, now=terms.now
    )
    attempt = replace(attempt, **told) if told else attempt
    finding = _finding(attempt, status)
    return conclude(
        work,
        attempt=attempt,
        connect_result=finding.connect_result,
        disposition=finding.disposition,
        cause=finding.cause,
        ended_at=status.at or terms.now,
        campaign=terms.campaigns.get(attempt.campaign_id),
        identifiers=terms.identifiers,
        now=terms.now,
        learnt=seen | told,
    )


def _amend(
    work: UnitOfWork, attempt: Attempt, status: CarrierStatus, seen: dict[str, Any], now: datetime
) -> CloseReport:
    """What is learnt after an attempt was given up as unknown mends the table; its record was filed."""
    if attempt.connect_result is not ConnectResult.UNKNOWN:
        return CloseReport(Closing.STALE, attempt.status)
    finding = _finding(attempt, status)
    known = {
        "connect_result": finding.connect_result,
        "disposition": finding.disposition,
        "cause": f"late_{finding.cause}"[:60],
        "ended_at": status.at or now,
    }
    work.outcomes.amend(attempt.id, seen | known, now)
    return CloseReport(Closing.AMENDED, attempt.status)


def _finding(attempt: Attempt, status: CarrierStatus) -> Finding:
    session = None if attempt.session is None else Session.from_data(attempt.session)
    talk = None if session is None else Conversation(final_disposition(session), session.human)
    rang = attempt.began_to_ring
    finding = read_final(status, rang=rang, answered_by=attempt.answered_by, conversation=talk)
    if attempt.cancel_asked_at is not None and is_taken_back(finding.connect_result, finding.disposition):
        return replace(finding, cause=attempt.cause or finding.cause)
    return finding
