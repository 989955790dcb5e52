"""A conversation with somebody who rings back: prepared as for a call of ours, and opened in the same transaction."""

from datetime import datetime

from msgspec import Struct

from outbound.dialogue.engine import begin
from outbound.dialogue.facts import Facts
from outbound.dialogue.script.model import Script
from outbound.domain.attempt import AttemptStatus
from outbound.planning.rang_back import RANG_BACK
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.keeping import keep_turn
from outbound.usecases.conversation.opening import Farewell, prepare
from outbound.usecases.conversation.scene import answering
from outbound.usecases.inbound.caller import Caller, InboundRequest, is_planned, was_never_reached
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.inbound import NewConversation, Rung
from outbound.usecases.ports.stored.voice import CallState


class Opened(Struct, frozen=True):
    """A conversation that began: its attempt, and the first answer."""

    attempt_id: str
    answer: bytes


def open_conversation(
    work: UnitOfWork, caller: Caller, rung: Rung, request: InboundRequest, context: VoiceContext, now: datetime
) -> Opened | None:
    """Begin the conversation that the contact is due; None where there is nothing that the robot may speak about.

    No gate is asked: nobody is disturbed by a call that they make. Who asked not to be called, and may ring us all the
    same, is offered a person instead.
    """
    script = _script(rung, context)
    given_up = was_never_reached(rung)
    if script is None or not (is_planned(rung) or given_up) or caller.company is None:
        return None
    call = _call(caller, rung, request, context)
    if given_up:
        work.inbound.reopen(rung.contact_id, now)
    facts = prepare(work, call, context, now)
    if isinstance(facts, Farewell):
        if given_up:
            work.outcomes.close_policies(rung.contact_id, now, now)
        return None
    _begin(work, call, rung, now)
    return Opened(call.attempt_id, _first_answer(work, call, script, facts, context, now))


def _script(rung: Rung, context: VoiceContext) -> Script | None:
    campaign = context.campaigns.get(rung.campaign_id)
    name = campaign.return_script if campaign is not None else None
    return context.scripts.current(name) if name is not None else None


def _call(caller: Caller, rung: Rung, request: InboundRequest, context: VoiceContext) -> CallState:
    return CallState(
        attempt_id=context.identifiers.new(),
        token=context.identifiers.new(),
        contact_id=rung.contact_id,
        company_id=caller.company.id if caller.company else "",
        campaign_id=rung.campaign_id,
        phone_id=rung.phone_id,
        number_index=caller.number_index or "",
        status=AttemptStatus.IN_PROGRESS,
        sid=request.sid,
        answered_by=None,
        session=None,
        turn=0,
        answer=None,
    )


def _begin(work: UnitOfWork, call: CallState, rung: Rung, now: datetime) -> None:
    """Take back what is planned; when it was planned for is kept, so that nothing comes sooner for having rung back."""
    plan = work.inbound.plan_of(rung.contact_id)
    work.desk.cancel_planned(number_index=None, contact_id=rung.contact_id, cause=RANG_BACK, now=now)
    start = plan.window_start or rung.not_before or now
    work.inbound.begin(
        NewConversation(
            id=call.attempt_id,
            token=call.token,
            contact_id=call.contact_id,
            company_id=call.company_id,
            campaign_id=call.campaign_id,
            phone_id=call.phone_id,
            number_index=call.number_index,
            callback_id=plan.callback_id,
            sid=call.sid or "",
            window_start=start,
            window_end=plan.window_end or start,
            given_up=rung.reason if was_never_reached(rung) else None,
            at=now,
        )
    )


def _first_answer(
    work: UnitOfWork, call: CallState, script: Script, facts: Facts, context: VoiceContext, now: datetime
) -> bytes:
    context.known_versions.keep(work, context.scripts, script, now)
    return keep_turn(answering(work, call, 0, context, now), begin(script, facts, now=now), None)
