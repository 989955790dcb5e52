"""Transaction 2: what came of an attempt that was reserved."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from outbound.compliance.gate import Decision
from outbound.domain.attempt import AttemptStatus, ConnectResult
from outbound.domain.campaign import Campaign
from outbound.domain.line.carrier_code import RefusalKind
from outbound.domain.line.pace import Pace, answered, failed, lowered, paused
from outbound.domain.line.trunk import NEEDS_MENDING, PAUSE_AFTER_SILENCE, PAUSES, TOO_MUCH
from outbound.domain.outcome.connect import Finding
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.outcome.inbox import DUE_WITHIN, InboxKind
from outbound.usecases.dialling.asking import keep_last_answer, keep_last_answers
from outbound.usecases.dialling.terms import Dropped, Ordered, Reserved, Terms
from outbound.usecases.log_fields import about
from outbound.usecases.outcomes.conclude import conclude
from outbound.usecases.ports.carrier import Ambiguous, Carrier, CarrierAwayError, Refused
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.dialling import SidTakenError, Taken

_log = logging.getLogger(__name__)
_SID_TAKEN = "sid_taken"


def write_placed(terms: Terms, carrier: Carrier, ordered: Sequence[Ordered]) -> int:
    """Write calls that the carrier took, all at once; return how many. Until then, evidence alone would tell of them.

    A call whose name another attempt bears is of unknown fate, and costs the others nothing.
    """
    try:
        _write_together(terms, carrier, ordered)
    except SidTakenError:
        if len(ordered) > 1:
            return sum(write_placed(terms, carrier, [each]) for each in ordered)
        _write_sid_taken(terms, ordered[0])
        return 0
    return len(ordered)


def _write_together(terms: Terms, carrier: Carrier, ordered: Sequence[Ordered]) -> None:
    now = terms.clock.now()
    with terms.store.begin() as work:
        taken = [Taken(each.reserved.attempt, each.sid, each.at) for each in ordered]
        standing = work.dialling.note_all_placed(taken, now)
        keep_last_answers(work, terms, ordered)
        if any(each.reserved.on_trial for each in ordered):
            work.dialling.change_pace(terms.trunk.name, lambda pace: answered(pace, now))
        work.commit()
    for each in ordered:
        if standing[each.reserved.attempt.id] != each.sid:
            _hang_up(carrier, each)


def _write_sid_taken(terms: Terms, ordered: Ordered) -> None:
    """Leave it in doubt. To end the call by that name might end the other attempt's."""
    attempt = ordered.reserved.attempt
    with terms.store.begin() as work:
        work.dialling.note_unknown(attempt, _SID_TAKEN, terms.clock.now())
        keep_last_answers(work, terms, [ordered])
        work.commit()
    _log.error(
        "the carrier gave its call the name of another attempt's call",
        extra=about(attempt.token, campaign=attempt.campaign_id, cause=_SID_TAKEN),
    )


def _hang_up(carrier: Carrier, second: Ordered) -> None:
    token = second.reserved.attempt.token
    _log.error("a second call exists for it and is hung up", extra=about(token))
    try:
        carrier.cancel_or_hang_up(second.sid)
    except CarrierAwayError:
        _log.exception("the second call could not be hung up", extra=about(token))


def write_not_placed(
    terms: Terms, reserved: Reserved, allowed: Decision, answer: Refused | Ambiguous, now: datetime
) -> None:
    """Write a refusal, or that nothing is certain."""
    with terms.store.begin() as work:
        if isinstance(answer, Ambiguous):
            cause = f"create_{answer.kind}"
            work.dialling.note_unknown(reserved.attempt, cause, now)
            work.dialling.change_pace(terms.trunk.name, lambda pace: failed(pace, now, PAUSE_AFTER_SILENCE, cause))
        else:
            _write_refusal(work, terms, reserved, answer, now)
        keep_last_answer(work, terms, reserved, allowed)
        work.commit()


def drop(terms: Terms, reserved: Reserved, cause: str, not_before: datetime | None, decision: Decision) -> Dropped:
    """Cancel what was not ordered for what the gate said last."""
    attempt, now = reserved.attempt, decision.receipt.instant
    with terms.store.begin() as work:
        keep_last_answer(work, terms, reserved, decision)
        if not work.dialling.cancel(attempt, cause, not_before, now):
            _conclude(work, terms, reserved, _never_rang(cause), now)
        work.commit()
    return Dropped(attempt.id, cause)


def give_back(terms: Terms, reserved: Reserved, cause: str) -> None:
    """Put back into the plan what was not ordered."""
    with terms.store.begin() as work:
        _give_back(work, terms, reserved, cause, terms.clock.now())
        work.commit()


def _write_refusal(work: UnitOfWork, terms: Terms, reserved: Reserved, refused: Refused, now: datetime) -> None:
    cause = f"carrier_{refused.code or refused.kind}"
    if refused.kind is RefusalKind.NUMBER_UNUSABLE:
        work.outcomes.amend(reserved.attempt.id, {"carrier_code": refused.code}, now)
        unusable = Finding(ConnectResult.FAILED, Disposition.NUMBER_UNUSABLE, cause)
        _conclude(work, terms, reserved, unusable, now)
    else:
        _give_back(work, terms, reserved, cause, now)
    line = reserved.campaign.id if refused.kind is RefusalKind.CONFIGURATION else terms.trunk.name
    if reserved.on_trial and line != terms.trunk.name:
        # The trunk before the campaign, as whoever reserves takes them: else each may wait for the other.
        work.dialling.change_pace(terms.trunk.name, lambda pace: answered(pace, now))
    work.dialling.change_pace(line, _after(refused.kind, cause, now))
    if refused.kind in NEEDS_MENDING:
        _tell_a_person(work, terms, reserved.campaign, refused, now + PAUSES[refused.kind], now)


def _after(kind: RefusalKind, cause: str, now: datetime) -> Callable[[Pace], Pace]:
    """How a refusal changes the pace: a clear answer ends failures, whatever it says."""

    def change(pace: Pace) -> Pace:
        if kind is RefusalKind.UNREACHABLE:
            return failed(pace, now, PAUSES[kind], cause)
        clear = answered(pace, now)
        if kind in TOO_MUCH:
            clear = lowered(clear, now)
        return paused(clear, now, PAUSES[kind], cause) if kind in PAUSES else clear

    return change


def _give_back(work: UnitOfWork, terms: Terms, reserved: Reserved, cause: str, now: datetime) -> None:
    """Back to the plan; if it was taken for unknown in the meantime, it ends as certainly not placed, and no dial."""
    if not work.dialling.give_back(reserved.attempt, cause, now):
        _conclude(work, terms, reserved, _never_rang(cause), now)


def _never_rang(cause: str) -> Finding:
    return Finding(ConnectResult.CANCELED, Disposition.NOT_PLACED, cause)


def _conclude(work: UnitOfWork, terms: Terms, reserved: Reserved, finding: Finding, now: datetime) -> None:
    """End an attempt that certainly does not ring, unless a webhook has told otherwise."""
    attempt = work.outcomes.attempt_of(reserved.attempt.token)
    if attempt is None or attempt.status not in {AttemptStatus.RESERVED, AttemptStatus.UNKNOWN} or attempt.sid:
        return
    conclude(
        work,
        attempt=attempt,
        connect_result=finding.connect_result,
        disposition=finding.disposition,
        cause=finding.cause,
        ended_at=None,
        campaign=reserved.campaign,
        identifiers=terms.identifiers,
        now=now,
    )


def _tell_a_person(
    work: UnitOfWork, terms: Terms, campaign: Campaign, refused: Refused, until: datetime, now: datetime
) -> None:
    """Put one item into the inbox, however often the carrier refuses until it is mended."""
    if work.dialling.carrier_item_waits(campaign.company_id):
        return
    code = refused.code or refused.http_status
    note = (
        f"電信業者拒絕接受撥號指令（代碼 {code}，{campaign.id}）。請檢查帳號、來電號碼與對外網址的設定；"
        f"目前暫停撥號，{until:%Y-%m-%d %H:%M} UTC 再試一次。 / "
        f"The carrier refuses our orders (code {code}, {campaign.id}). Check the account, the caller number and the "
        f"public address; dialling is paused and tries once more at {until:%Y-%m-%d %H:%M} UTC."
    )
    work.desk.add_item(
        NewItem(
            id=terms.identifiers.new(),
            kind=InboxKind.CARRIER,
            company_id=campaign.company_id,
            contact_id=None,
            attempt_id=None,
            at=now,
            due_at=now + DUE_WITHIN[InboxKind.CARRIER],
            note=note,
        )
    )
