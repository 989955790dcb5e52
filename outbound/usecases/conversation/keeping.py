"""What a turn leaves behind: its effects, where the conversation stands, and the answer's bytes for the next time."""

from collections.abc import Mapping

from msgspec.structs import replace

from outbound.dialogue.effects import QuestionAnswered
from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.redaction.model import Redacted
from outbound.dialogue.said import spoken_texts
from outbound.dialogue.session import NOTHING_HEARD, Session, Sprint
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.effects import carry_out, miss_transfer
from outbound.usecases.conversation.kept.whisper import with_whisper
from outbound.usecases.conversation.kept.words import redacted, redacted_keys, with_reason, with_words_redacted
from outbound.usecases.conversation.opening import Farewell
from outbound.usecases.conversation.scene import Scene, Webhook
from outbound.usecases.ports.stored.voice import SessionRow, TurnRow

KINDS: Mapping[type[Heard], str] = {
    Keyed: "keyed",
    Spoken: "spoken",
    Silence: "silence",
    MachineDetected: "machine",
    HungUp: "hung_up",
    TransferEnded: "transfer",
}

_VALUES = frozenset({"digits", "score", "chosen", "named", "not_possible"})
"""As what is heard that answers by a number or a time."""


def keep_turn(scene: Webhook, sprint: Sprint, heard: Heard | None) -> bytes:
    """Carry out and keep one turn; return its answer. `heard` None is the opening."""
    answer = scene.render(sprint.said, sprint.session.script_version)
    carry_out(scene, sprint.session, sprint.effects)
    if isinstance(heard, TransferEnded) and not heard.ok:
        miss_transfer(scene)
    words = _redacted(scene, sprint, heard)
    session = _as_stored(scene, sprint, words)
    keep_session(scene, session, scene.turn + 1, understood_by(scene.context, session) if scene.turn == 0 else None)
    scene.work.voice.save_turn(
        TurnRow(
            attempt_id=scene.call.attempt_id,
            turn=scene.turn,
            at=scene.now,
            step=sprint.heard_step,
            kind=KINDS[type(heard)] if heard is not None else "opened",
            meaning=sprint.heard_as,
            heard=words.text if words is not None and sprint.keep_words else None,
            said=spoken_texts(sprint.said),
            answer=answer,
            confidence=sprint.confidence,
            faq_id=next((each.faq_id for each in sprint.effects if isinstance(each, QuestionAnswered)), None),
        )
    )
    return answer


def understood_by(context: VoiceContext, session: Session) -> str | None:
    """Name what decides the meaning of words in a conversation, where it has a name."""
    script = context.scripts.version(session.script_version)
    return getattr(script.understanding, "version", None) if script is not None else None


def keep_farewell(scene: Webhook, farewell: Farewell) -> bytes:
    """Keep the goodbye of a conversation that never began."""
    answer = scene.render(farewell.said)
    said = spoken_texts(farewell.said)
    keep_answer(scene, "opened", farewell.reason, said, answer)
    return answer


def keep_answer(scene: Scene, kind: str, meaning: str | None, said: tuple[str, ...], answer: bytes) -> None:
    """Keep an answer that leaves the conversation where it stands."""
    call, turn, now = scene.call, scene.turn, scene.now
    scene.work.voice.count_turn(call.attempt_id, turn + 1, now)
    scene.work.voice.save_turn(TurnRow(call.attempt_id, turn, now, None, kind, meaning, None, said, answer))


def keep_session(scene: Scene, session: Session, turn: int, understanding_version: str | None = None) -> None:
    """Keep where the conversation stands; `turn` is the number of the next one."""
    row = SessionRow(scene.call.attempt_id, turn, session, scene.now, understanding_version)
    scene.work.voice.save_session(row)


def _redacted(scene: Webhook, sprint: Sprint, heard: Heard | None) -> Redacted | None:
    """Redact what was heard; what proves identity is not kept, and says nothing of the numbers that come after it."""
    if isinstance(heard, Spoken):
        return redacted(sprint.session, heard.text, scene.language, digits_expected=sprint.heard_as in _VALUES)
    return redacted_keys(sprint.session, heard.digits) if isinstance(heard, Keyed) and sprint.keep_words else None


def _as_stored(scene: Webhook, sprint: Sprint, words: Redacted | None) -> Session:
    """Return the session as it waits for the next turn."""
    session = with_reason(with_whisper(sprint, scene.turn), sprint.effects, scene.themes)
    session = with_words_redacted(session)
    if words is not None and words.found:
        # Of a number that must not be stored not even the hash of the sentence in which it was said.
        session = replace(session, echo=NOTHING_HEARD)
    return session if words is None or words.carry == session.carry else replace(session, carry=words.carry)
