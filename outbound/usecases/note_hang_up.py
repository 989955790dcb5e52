"""Let the conversation know that the line is gone, before its outcome is read from it."""

from datetime import datetime

from outbound.dialogue.engine import advance
from outbound.dialogue.heard import HungUp
from outbound.domain.attempt import FINAL
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.effects import carry_out
from outbound.usecases.conversation.keeping import keep_session
from outbound.usecases.conversation.scene import Scene
from outbound.usecases.conversation.stored import session_of
from outbound.usecases.ports.store import Store, UnitOfWork


def note_hang_up(store: Store, *, token: str, sid: str, context: VoiceContext, now: datetime) -> bool:
    """Take in that call `sid` is over; False when its conversation was over before, or never began."""
    with store.begin() as work:
        changed = hear_hang_up(work, token=token, sid=sid, context=context, now=now)
        if changed:
            work.commit()
    return changed


def hear_hang_up(work: UnitOfWork, *, token: str, sid: str, context: VoiceContext, now: datetime) -> bool:
    """Do the same inside the caller's transaction."""
    call = work.voice.lock_call(token, 0)
    if call is None or call.session is None or call.sid != sid or call.status in FINAL:
        return False
    session = session_of(call.session)
    if session.ended:
        return False
    sprint = advance(context.scripts[session.script], session, HungUp())
    scene = Scene(work, call, call.turn, context, now)
    carry_out(scene, sprint.session, sprint.effects)
    keep_session(scene, sprint.session, call.turn)
    return True
