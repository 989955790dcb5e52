"""A promise of a human, for a call that we could not go on with."""

from datetime import datetime

from msgspec.structs import replace

from outbound.dialogue.apologies import BROKEN_TURN, DEFAULT_LANGUAGE
from outbound.dialogue.said import SaidItem
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.outcome.inbox import InboxKind
from outbound.usecases.conversation.keeping import keep_session
from outbound.usecases.conversation.scene import Scene
from outbound.usecases.conversation.sentences import spoken_goodbye


def apology(language: str = DEFAULT_LANGUAGE) -> tuple[SaidItem, ...]:
    """Return the apology, the promise of a human, and the end of the call."""
    return spoken_goodbye(BROKEN_TURN, language)


def owe_person(scene: Scene, reason: str, promised_at: datetime | None = None) -> None:
    """Put the promise into the inbox once, and end the conversation so that the robot does not ring before a person.

    It is due as long after `promised_at` (now, by default) as a promise of just now.
    """
    call = scene.call
    scene.put_once(InboxKind.APOLOGY, reason, promised_at)
    session = call.session
    if session is not None and not session.ended:
        outcome = session.outcome or Disposition.PERSON_REQUESTED
        keep_session(scene, replace(session, ended=True, outcome=outcome), call.turn)
