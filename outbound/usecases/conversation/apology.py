"""A promise of a human, for a call that we could not go on with."""

from dataclasses import replace

from outbound.dialogue.apologies import BROKEN_TURN, DEFAULT_LANGUAGE
from outbound.dialogue.said import SaidItem
from outbound.dialogue.session import Session
from outbound.domain.disposition import Disposition
from outbound.domain.inbox import InboxKind
from outbound.usecases.conversation.keeping import keep_session
from outbound.usecases.conversation.scene import Scene
from outbound.usecases.conversation.sentences import spoken_goodbye


def apology(language: str = DEFAULT_LANGUAGE) -> tuple[SaidItem, ...]:
    """Return the apology, the promise of a human, and the end of the call."""
    return spoken_goodbye(BROKEN_TURN, language)


def owe_person(scene: Scene, reason: str) -> None:
    """Put the promise into the inbox once, and end the conversation so that the robot does not ring before a person."""
    call = scene.call
    scene.put_once(InboxKind.APOLOGY, reason)
    if call.session is None:
        return
    session = Session.from_data(call.session)
    if not session.ended:
        outcome = session.outcome or Disposition.PERSON_REQUESTED
        keep_session(scene, replace(session, ended=True, outcome=outcome), call.turn)
