"""Take in that a call which came in is over: its conversation is concluded, or its record filed without one."""

from datetime import datetime
from enum import StrEnum

from outbound.domain.attempt import ConnectResult
from outbound.domain.outcome.connect import FINAL_STATUSES, CarrierStatus
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.outcome.inbox import InboxKind, due_at
from outbound.domain.outcome.next_step import NextStepCode
from outbound.domain.outcome.service_record import ServiceRecord
from outbound.domain.service_desk import NOBODYS_HOURS
from outbound.usecases.inbound.caller import InboundRequest, InboundTerms, is_planned, recognise
from outbound.usecases.outcomes.close_attempt import close_attempt
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.inbound import InboundCall, Met, Rung

NOT_ANSWERED_NOTE = "客戶回電時系統沒有回應 / rang back and the system gave no answer"

_DISPOSITIONS = {
    Met.BUSY_WITH_US: Disposition.PERSON_REQUESTED,
    Met.NOT_ANSWERED: Disposition.ABANDONED,
}


class Ending(StrEnum):
    """What became of the news that a call is over."""

    ENDED = "ended"
    KNOWN = "known"
    NOT_OVER = "not_over"


def end_inbound_call(
    store: Store, *, request: InboundRequest, status: CarrierStatus, terms: InboundTerms, now: datetime
) -> Ending:
    """Note the end of a call, conclude its conversation, and file exactly one record. The same news again is harmless.

    A call of which we hear only now (its first webhook was lost, and the caller heard the carrier's own apology) is
    recorded as well; where no call of ours is planned any more, a person rings whoever rang back in vain.
    """
    if status.status not in FINAL_STATUSES:
        return Ending.NOT_OVER
    ended_at = status.at or now
    with store.begin() as work:
        call = work.inbound.call_of(request.sid)
        if call is None:
            call = _unanswered(work, store, request, status, terms, now)
        known = call.ended_at is not None
        token = work.inbound.token_of(call.attempt_id) if call.attempt_id else None
        if not known and token is None:
            _file(work, call, ended_at, terms, now)
            work.commit()
    if token is not None:
        _conclude(store, token, request, status, terms, now)
    return Ending.KNOWN if known else Ending.ENDED


def _conclude(
    store: Store, token: str, request: InboundRequest, status: CarrierStatus, terms: InboundTerms, now: datetime
) -> None:
    close_attempt(
        store,
        token=token,
        status=status,
        campaigns=terms.campaigns,
        scripts=terms.scripts,
        identifiers=terms.identifiers,
        now=now,
    )
    with store.begin() as work:
        work.inbound.end(request.sid, status.at or now, None)
        work.commit()


def _unanswered(
    work: UnitOfWork,
    store: Store,
    request: InboundRequest,
    status: CarrierStatus,
    terms: InboundTerms,
    now: datetime,
) -> InboundCall:
    caller = recognise(work, store, request, terms.companies, now)
    rung = caller.rung
    call = InboundCall(
        id=terms.identifiers.new(),
        sid=request.sid,
        company_id=caller.company.id if caller.company else "",
        number_index=caller.number_index,
        contact_id=rung.contact_id if rung else None,
        attempt_id=None,
        at=min(status.at or now, now),
        met=Met.NOT_ANSWERED,
        answer=b"",
    )
    work.inbound.save(call)
    if rung is not None and not is_planned(rung) and not work.inbound.person_waits(rung.contact_id):
        _let_person_ring(work, call, rung, terms, now)
    return call


def _let_person_ring(work: UnitOfWork, call: InboundCall, rung: Rung, terms: InboundTerms, now: datetime) -> None:
    kind = InboxKind.APOLOGY
    campaign = terms.campaigns.get(rung.campaign_id)
    due = due_at(kind, now, campaign.people(()) if campaign is not None else NOBODYS_HOURS)
    item = NewItem(terms.identifiers.new(), kind, call.company_id, call.contact_id, None, now, due, NOT_ANSWERED_NOTE)
    work.desk.add_item(item)


def _file(work: UnitOfWork, call: InboundCall, ended_at: datetime, terms: InboundTerms, now: datetime) -> None:
    record_id = terms.identifiers.new()
    disposition = _DISPOSITIONS.get(call.met, Disposition.INFORMED)
    by_person = disposition is Disposition.PERSON_REQUESTED
    if call.met is Met.NOT_ANSWERED and call.contact_id is not None:
        by_person = work.inbound.person_waits(call.contact_id)
    record = ServiceRecord(
        record_id=record_id,
        attempt_id=call.id,
        call_sid=call.sid,
        policy_nos=(),
        contact_id=call.contact_id,
        campaign=work.inbound.campaign_of(call.contact_id) if call.contact_id else None,
        started_at=min(call.at, ended_at),
        ended_at=ended_at,
        attempt_number=None,
        connect_result=ConnectResult.HUMAN,
        disposition=disposition,
        verified=False,
        script=None,
        script_version=None,
        language=None,
        answers={},
        nps=None,
        callback=None,
        complaint=False,
        opt_out=False,
        next_step=NextStepCode.PERSON if by_person else NextStepCode.NONE,
        receipt_id=None,
    )
    work.inbound.queue_record(record_id, call, record.to_data(), now)
    work.inbound.end(call.sid, ended_at, record_id)
