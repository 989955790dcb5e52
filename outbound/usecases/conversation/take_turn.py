"""Answer one webhook of a conversation: once, in one transaction, and with the same bytes whenever it comes again."""

import logging
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from outbound.dialogue.apologies import SECOND_CALL
from outbound.dialogue.engine import advance, begin
from outbound.dialogue.heard import Heard, MachineDetected, Silence
from outbound.dialogue.session import Session, Sprint
from outbound.domain.attempt import FINAL, AttemptStatus
from outbound.domain.outcome.inbox import InboxKind
from outbound.usecases.conversation.apology import apology, owe_person
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.keeping import keep_farewell, keep_turn
from outbound.usecases.conversation.last_words.late import honour_last_word
from outbound.usecases.conversation.opening import Farewell, prepare
from outbound.usecases.conversation.promise import keep_room, with_named_time
from outbound.usecases.conversation.scene import Webhook, answering
from outbound.usecases.conversation.sentences import over_goodbye, spoken_goodbye
from outbound.usecases.conversation.versions import spoken_by
from outbound.usecases.dialling.evidence import believe
from outbound.usecases.log_fields import about
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.voice import CallState

MACHINE_ENDED = "machine_end"
"""How the carrier's verdicts begin when a greeting is over and a message may be left."""

_log = logging.getLogger(__name__)


class TurnOutcome(StrEnum):
    """What became of one webhook. `repeated` and `second_call` changed nothing."""

    OPENED = "opened"
    DECLINED = "declined"
    ADVANCED = "advanced"
    REPEATED = "repeated"
    SECOND_CALL = "second_call"
    OVER = "over"
    LATE = "late"
    OUT_OF_STEP = "out_of_step"


class Answer(Struct, frozen=True):
    """The document for the carrier, and what became of the webhook."""

    body: bytes
    outcome: TurnOutcome


_UNCHANGED = frozenset({TurnOutcome.REPEATED, TurnOutcome.SECOND_CALL})


def take_turn(
    store: Store,
    *,
    token: str,
    sid: str,
    turn: int,
    heard: Heard | None,
    context: VoiceContext,
    now: datetime,
) -> Answer | None:
    """Answer turn `turn` (0 opens the conversation, whatever was heard) of the call `sid`; None for an unknown token.

    - The first call that bears a token is the attempt's own, also where its placing was unknown so far; another call
      with the same token is told goodbye at once.
    - A turn that was answered is answered with the same bytes, and nothing happens twice.
    - A call whose attempt is over is told goodbye; what its last word asks for still counts.
    - A turn that is neither answered nor the next one means that we and the carrier disagree on what was said. Going on
      would risk an answer to another question, so the callee hears an apology and a person is promised.
    """
    with store.begin() as work:
        call = work.voice.lock_call(token, turn)
        if call is None:
            _log.warning("a turn for an unknown token", extra=about(token, turn=turn))
            return None
        if call.status is AttemptStatus.PLANNED:
            call = _believed(work, call, sid, context, now)
        answer = _answer(answering(work, call, turn, context, now), sid, heard)
        if answer.outcome not in _UNCHANGED:
            work.commit()
    if answer.outcome not in {TurnOutcome.OPENED, TurnOutcome.ADVANCED}:
        _log.info("turn %s", answer.outcome, extra=about(token, turn=turn, campaign=call.campaign_id))
    return answer


def _believed(work: UnitOfWork, call: CallState, sid: str, context: VoiceContext, now: datetime) -> CallState:
    attempt = work.outcomes.attempt_of(call.token)
    if attempt is None or believe(work, attempt, sid, at=now, identifiers=context.identifiers, now=now) is None:
        return replace(call, status=AttemptStatus.CANCELLED)
    return replace(call, status=AttemptStatus.PLACED, sid=sid)


def _answer(scene: Webhook, sid: str, heard: Heard | None) -> Answer:
    call, turn = scene.call, scene.turn
    if call.sid is not None and call.sid != sid:
        return Answer(scene.render(spoken_goodbye(SECOND_CALL, scene.language)), TurnOutcome.SECOND_CALL)
    if call.answer is not None:
        return Answer(call.answer, TurnOutcome.REPEATED)
    if call.status in FINAL:
        return _over(scene, heard)
    if call.sid is None or call.status is not AttemptStatus.IN_PROGRESS:
        scene.work.voice.adopt(call, sid, scene.now, "answered")
    if turn == call.turn == 0 and call.session is None:
        return _open(scene)
    if turn == call.turn and call.session is not None:
        return _advance(scene, call.session, heard or Silence())
    return _out_of_step(scene)


def _open(scene: Webhook) -> Answer:
    prepared = prepare(scene.work, scene.call, scene.context, scene.now)
    if isinstance(prepared, Farewell):
        return Answer(keep_farewell(scene, prepared), TurnOutcome.DECLINED)
    context = scene.context
    campaign = context.campaigns[scene.call.campaign_id]
    script = context.scripts.current(campaign.script_for(scene.call.contact_id, senior=prepared.senior))
    context.known_versions.keep(scene.work, context.scripts, script, scene.now)
    sprint = begin(script, prepared, now=scene.now)
    if (scene.call.answered_by or "").startswith(MACHINE_ENDED):
        sprint = _joined(sprint, advance(script, sprint.session, MachineDetected(), now=scene.now))
    return Answer(keep_turn(scene, sprint, None), TurnOutcome.OPENED)


def _joined(first: Sprint, second: Sprint) -> Sprint:
    """Say only what comes second, but let everything happen that both bring about."""
    return replace(second, effects=(*first.effects, *second.effects), heard_step=None)


def _advance(scene: Webhook, session: Session, heard: Heard) -> Answer:
    script = spoken_by(scene.work, scene.context.scripts, session)
    sprint = with_named_time(scene, script, advance(script, session, heard, now=scene.now))
    sprint = keep_room(scene, script, session, sprint)
    return Answer(keep_turn(scene, sprint, heard), TurnOutcome.ADVANCED)


def _over(scene: Webhook, heard: Heard | None) -> Answer:
    if scene.call.sid is None:
        # Somebody answered a call that we hold to be impossible: a person finds out how.
        scene.put_once(InboxKind.UNKNOWN_CALL, f"answered_{scene.call.status}")
    else:
        late = honour_last_word(scene, heard)
        if late is not None:
            return Answer(late, TurnOutcome.LATE)
    return Answer(scene.render(over_goodbye(scene.language)), TurnOutcome.OVER)


def _out_of_step(scene: Webhook) -> Answer:
    call, turn = scene.call, scene.turn
    # On PostgreSQL a delivery that waited for its twin sees the attempt as it is now, but not yet the twin's answer.
    stored = scene.work.voice.answer_of(call.attempt_id, turn)
    if stored is not None:
        return Answer(stored, TurnOutcome.REPEATED)
    _log.error("this turn came where turn %d was expected", call.turn, extra=about(call.token, turn=turn))
    owe_person(scene, "out_of_step")
    return Answer(scene.render(apology(scene.language)), TurnOutcome.OUT_OF_STEP)
