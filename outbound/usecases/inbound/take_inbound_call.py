"""Answer somebody who rings the number that we show: once, in one transaction, and the same when it is asked again."""

import logging
from datetime import datetime

from msgspec.structs import replace

from outbound.domain.outcome.inbox import InboxKind, due_at
from outbound.domain.service_desk import NOBODYS_HOURS
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.inbound.caller import Caller, InboundRequest, company_rung, recognise
from outbound.usecases.inbound.conversation import open_conversation
from outbound.usecases.inbound.sentences import INFORMED, OUT_OF_ORDER, PERSON_PROMISED, farewell
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.inbound import InboundCall, Met, Rung

BUSY_NOTE = "客戶回電時，另一通電話還在進行或結果不明 / rang back while another call was under way or not settled"

_log = logging.getLogger(__name__)


def take_inbound_call(store: Store, *, request: InboundRequest, context: VoiceContext, now: datetime) -> bytes:
    """Return the first document of a call that comes in.

    - The contact is the one for whom we rang the caller's number last; it is not said that anybody was recognised.
    - Who is still due a welcome gets a conversation, which begins as every conversation does and verifies as always.
    - While a call to the number or the contact is in the air, or not settled, there is no second conversation: a person
      is promised.
    - Everybody else hears the same words, whether we know them or not: who we are, and where a person is reached.

    Raises `TryAgainError` when another call got in the way; asking again then gives the answer.
    """
    with store.begin() as work:
        kept = work.inbound.call_of(request.sid)
        if kept is not None:
            return kept.answer or out_of_order(request, context)
        caller = recognise(work, store, request, context.rules.companies, now)
        call = _meet(work, caller, request, context, now)
        work.inbound.save(call)
        work.commit()
    _log.info("call %.8s came in: %s", call.id, call.met)
    return call.answer


def out_of_order(request: InboundRequest, context: VoiceContext) -> bytes:
    """Return what is said when nothing can be looked up: who we are, an apology, and where a person is reached."""
    company = company_rung(context.rules.companies, request.to)
    return context.render(farewell(OUT_OF_ORDER, company, Caller(company, None, None).languages()), "")


def _meet(
    work: UnitOfWork, caller: Caller, request: InboundRequest, context: VoiceContext, now: datetime
) -> InboundCall:
    call, rung, sentences = _come_in(caller, request, context, now), caller.rung, INFORMED
    if rung is not None and work.inbound.is_live(rung.contact_id, caller.number_index or ""):
        call, sentences = replace(call, met=Met.BUSY_WITH_US), PERSON_PROMISED
        _promise_person(work, caller, rung, context, now)
    elif rung is not None:
        opened = open_conversation(work, caller, rung, request, context, now)
        if opened is not None:
            return replace(call, met=Met.CONVERSATION, attempt_id=opened.attempt_id, answer=opened.answer)
        call = replace(call, met=Met.NOTHING_OPEN)
    return replace(call, answer=context.render(farewell(sentences, caller.company, caller.languages()), ""))


def _come_in(caller: Caller, request: InboundRequest, context: VoiceContext, now: datetime) -> InboundCall:
    return InboundCall(
        id=context.identifiers.new(),
        sid=request.sid,
        company_id=caller.company.id if caller.company else "",
        number_index=caller.number_index,
        contact_id=caller.rung.contact_id if caller.rung else None,
        attempt_id=None,
        at=now,
        met=Met.NOT_KNOWN,
        answer=b"",
    )


def _promise_person(work: UnitOfWork, caller: Caller, rung: Rung, context: VoiceContext, now: datetime) -> None:
    """From now on the contact is a person's: the call that is under way is not tried anew (`conclude` sees to it)."""
    if work.inbound.person_waits(rung.contact_id) or caller.company is None:
        return
    kind, campaign = InboxKind.PERSON_REQUESTED, context.campaigns.get(rung.campaign_id)
    work.desk.add_item(
        NewItem(
            id=context.identifiers.new(),
            kind=kind,
            company_id=caller.company.id,
            contact_id=rung.contact_id,
            attempt_id=None,
            at=now,
            due_at=due_at(kind, now, campaign.people(()) if campaign is not None else NOBODYS_HOURS),
            note=BUSY_NOTE,
        )
    )
