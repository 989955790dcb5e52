"""The order to the carrier, the last look before it, and transaction 2: what came of it."""

import logging
from datetime import datetime, timedelta

from outbound.compliance.gate import Decision
from outbound.domain.attempt import AttemptStatus, ConnectResult
from outbound.domain.campaign import Campaign
from outbound.domain.carrier_code import RefusalKind
from outbound.domain.disposition import Disposition
from outbound.domain.inbox import DUE_WITHIN, InboxKind
from outbound.domain.trunk import NEEDS_MENDING, PAUSE_AFTER_SILENCE, PAUSES, Hold
from outbound.usecases.conclude import conclude
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.dialling.reserve import Dropped, Held, Reserved, Terms, ask_again, keep_last_answer
from outbound.usecases.ports.carrier import Ambiguous, CallOrder, Carrier, CarrierAwayError, Placed, Refused
from outbound.usecases.ports.desk import NewItem
from outbound.usecases.ports.store import UnitOfWork

_log = logging.getLogger(__name__)


_CLOSES_WHILE_RINGING = "closes_while_ringing"
"""Cause of a drop that is no refusal: the gate was open still, and would have closed before the ringing ends."""


def order_call(
    terms: Terms, carrier: Carrier, watch: ClockWatch, reserved: Reserved
) -> Placed | Refused | Ambiguous | Held | Dropped:
    """Look once more at clock, people's word and gate, order the call once, and write what is certain about it."""
    allowed = _last_look(terms, watch, reserved)
    if not isinstance(allowed, Decision):
        return allowed
    asked_at = terms.clock.now()
    answer = carrier.create_call(
        CallOrder(
            to=reserved.phone.e164,
            from_=terms.rules.companies[reserved.campaign.company_id].caller_number,
            token=reserved.attempt.token,
            ring_seconds=reserved.campaign.pacing.ring_timeout_seconds,
            extension=reserved.phone.extension,
        )
    )
    now = terms.clock.now()
    if isinstance(answer, Placed):
        watch.heard(answer.carrier_time, asked_at)
        _write_placed(terms, carrier, reserved, allowed, answer.sid, now)
    else:
        watch.doubt()
        _write_not_placed(terms, reserved, allowed, answer, now)
    return answer


def _last_look(terms: Terms, watch: ClockWatch, reserved: Reserved) -> Decision | Held | Dropped:
    """The gate's leave, or why the call must not be ordered. Nothing was sent, so nothing is ambiguous."""
    attempt = reserved.attempt
    with terms.store.begin() as work:
        now = terms.clock.now()
        word = work.dialling.last_word(attempt.campaign_id, attempt.contact_id, attempt.number_index, now)
    # After the database, which may have let us wait.
    late = Hold.DIALLED_TOO_LATE if terms.clock.monotonic() > reserved.latest else None
    hold = late or watch.drifted() or (Hold.STOP_ORDER if word.stopped else None)
    if hold is not None:
        with terms.store.begin() as work:
            _give_back(work, terms, reserved, hold, terms.clock.now())
            work.commit()
        return Held(hold, attempt.id, reserved.campaign.id)
    now = terms.clock.now()
    decision = ask_again(terms, reserved, word.bars, now)
    ring_by = min((each for each in (attempt.ring_by, decision.open_until) if each is not None), default=None)
    if not decision.allowed:
        return _drop(terms, reserved, decision.reasons[0].code, decision.next_allowed, decision, now)
    if ring_by is not None and ring_by - now < timedelta(seconds=reserved.campaign.pacing.ring_timeout_seconds):
        return _drop(terms, reserved, _CLOSES_WHILE_RINGING, ring_by, decision, now)
    if ring_by is not None and ring_by != attempt.ring_by:
        with terms.store.begin() as work:
            work.queue.tighten({attempt.id: ring_by})
            work.commit()
    return decision


def _drop(
    terms: Terms, reserved: Reserved, cause: str, not_before: datetime | None, decision: Decision, now: datetime
) -> Dropped:
    attempt = reserved.attempt
    with terms.store.begin() as work:
        keep_last_answer(work, terms, reserved, decision)
        if not work.dialling.cancel(attempt, cause, not_before, now):
            _conclude(work, terms, reserved, Disposition.NOT_PLACED, cause, now)
        work.commit()
    return Dropped(attempt.id, cause)


def _write_placed(
    terms: Terms, carrier: Carrier, reserved: Reserved, allowed: Decision, sid: str, now: datetime
) -> None:
    attempt = reserved.attempt
    with terms.store.begin() as work:
        standing = work.dialling.note_placed(attempt, sid, now, now)
        keep_last_answer(work, terms, reserved, allowed)
        work.commit()
    if standing == sid:
        return
    _log.error("attempt %.8s: a second call exists for it and is hung up", attempt.token)
    try:
        carrier.cancel_or_hang_up(sid)
    except CarrierAwayError:
        _log.exception("attempt %.8s: the second call could not be hung up", attempt.token)


def _write_not_placed(
    terms: Terms, reserved: Reserved, allowed: Decision, answer: Refused | Ambiguous, now: datetime
) -> None:
    with terms.store.begin() as work:
        if isinstance(answer, Ambiguous):
            work.dialling.note_unknown(reserved.attempt, f"create_{answer.kind}", now)
            work.dialling.pause(terms.trunk.name, now + PAUSE_AFTER_SILENCE, f"create_{answer.kind}")
        else:
            _write_refusal(work, terms, reserved, answer, now)
        keep_last_answer(work, terms, reserved, allowed)
        work.commit()


def _write_refusal(work: UnitOfWork, terms: Terms, reserved: Reserved, refused: Refused, now: datetime) -> None:
    cause = f"carrier_{refused.code or refused.kind}"
    if refused.kind is RefusalKind.NUMBER_UNUSABLE:
        work.outcomes.amend(reserved.attempt.id, {"carrier_code": refused.code}, now)
        _conclude(work, terms, reserved, Disposition.NUMBER_UNUSABLE, cause, now)
        return
    _give_back(work, terms, reserved, cause, now)
    line = reserved.campaign.id if refused.kind is RefusalKind.CONFIGURATION else terms.trunk.name
    until = now + PAUSES[refused.kind]
    work.dialling.pause(line, until, cause)
    if refused.kind in NEEDS_MENDING:
        _tell_a_person(work, terms, reserved.campaign, refused, until, now)


def _give_back(work: UnitOfWork, terms: Terms, reserved: Reserved, cause: str, now: datetime) -> None:
    """Back to the plan; if it was taken for unknown in the meantime, it ends as certainly not placed."""
    if not work.dialling.give_back(reserved.attempt, cause, now):
        _conclude(work, terms, reserved, Disposition.CARRIER_FAILED, cause, now)


def _conclude(
    work: UnitOfWork, terms: Terms, reserved: Reserved, disposition: Disposition, cause: str, now: datetime
) -> None:
    """End an attempt that certainly does not ring, unless a webhook has told otherwise."""
    attempt = work.outcomes.attempt_of(reserved.attempt.token)
    if attempt is None or attempt.status not in {AttemptStatus.RESERVED, AttemptStatus.UNKNOWN} or attempt.sid:
        return
    conclude(
        work,
        attempt=attempt,
        connect_result=ConnectResult.FAILED,
        disposition=disposition,
        cause=cause,
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
