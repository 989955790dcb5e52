"""What a script hears of a turn of the past, also where its words were not kept: then what they were taken to mean."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from outbound.dialogue.facts import Facts
from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.replay.recorded import PROOF, RecordedTurn
from outbound.dialogue.script.model import AnswerKind, Script
from outbound.dialogue.session import Session
from outbound.dialogue.understanding.base import (
    NOT_UNDERSTOOD,
    Expected,
    FaqAnswer,
    FaqHit,
    Understanding,
    Understood,
)

_UNKNOWN_WORDS = "…x…"
"""Stands for words that were not kept: no language understands it, and it is not empty."""

_UNSURE = "unsure_"
_CLEAR = 0.9
_WITHOUT_WORDS: Mapping[str, Heard] = {"silence": Silence(), "machine": MachineDetected(), "hung_up": HungUp()}
_NO_INTENT = frozenset({"words", "not_understood", "silence", PROOF})


def heard_again(
    script: Script, session: Session, turn: RecordedTurn, answers: Mapping[str, str | int]
) -> tuple[Heard, Understanding | None]:
    """Return what `session` hears of a turn, and by what it is understood (None: as always).

    `answers` are those of the whole conversation: they say which score was given where its words were not kept.
    """
    if turn.kind in _WITHOUT_WORDS:
        return _WITHOUT_WORDS[turn.kind], None
    if turn.kind == "transfer":
        return TransferEnded(turn.meaning == "connected"), None
    if turn.meaning == PROOF:
        return Keyed(proof(script, session, right=bool(turn.right))), None
    if turn.words is not None:
        return (Keyed(turn.words) if turn.kind == "keyed" else Spoken(turn.words, turn.confidence)), None
    key = _key_of(script, session, turn.meaning) if turn.kind == "keyed" else None
    if key is not None:
        return Keyed(key), None
    return Spoken(_UNKNOWN_WORDS, _CLEAR), AsMeant(script.understanding, _meant(turn.meaning, answers))


def proof(script: Script, session: Session, *, right: bool) -> str:
    """Return the digits that prove, or fail to prove, who is called to the question that is open."""
    question, facts = script.steps[session.step].question, session.facts
    digits = _true_digits(question.answer if question is not None else None, facts)
    if right and digits is not None:
        return digits
    return "0101" if digits != "0101" else "0202"


def _true_digits(answer: AnswerKind | None, facts: Facts) -> str | None:
    if answer is AnswerKind.ID_DIGITS:
        return facts.id_digits
    if answer is AnswerKind.POLICY_DIGITS:
        return next((each.last_digits for each in facts.policies if each.last_digits is not None), None)
    return f"{facts.birth_date:%m%d}" if facts.birth_date is not None else None


def _key_of(script: Script, session: Session, meaning: str | None) -> str | None:
    question = script.steps[session.step].question
    own = question.keys if question is not None else {}
    return next((key for keys in (own, script.universal_keys) for key, name in keys.items() if name == meaning), None)


def _meant(meaning: str | None, answers: Mapping[str, str | int]) -> Understood:
    if meaning is None or meaning in _NO_INTENT:
        return NOT_UNDERSTOOD
    if meaning in {"score", "keyed_0", "keyed_9"}:
        return Understood(value=answers.get("satisfaction", {"keyed_0": 0, "keyed_9": 9}.get(meaning, 8)))
    if meaning in {"chosen", "named"}:
        return Understood(value=1)
    return Understood(meaning.removeprefix(_UNSURE), doubtful=meaning.startswith(_UNSURE))


class AsMeant:
    """Understands every utterance as it was understood then; approved answers are those of now."""

    def __init__(self, now: Understanding, meant: Understood) -> None:
        self._now, self._meant = now, meant

    def understand(self, text: str, expected: Expected, now: datetime | None = None) -> Understood:
        """Return what was understood then."""
        del text, expected, now
        return replace(self._meant)

    def find_answer(self, text: str, language: str) -> FaqHit | None:
        """Return nothing: the question is not known."""
        del text, language
        return None

    def answer(self, faq_id: str, language: str) -> FaqAnswer | None:
        """Return an approved answer of now."""
        return self._now.answer(faq_id, language)

    def intents(self, language: str) -> frozenset[str]:
        """Return the intents of now."""
        return self._now.intents(language)

    def hints(self, language: str, intents: tuple[str, ...]) -> tuple[str, ...]:
        """Return the hints of now."""
        return self._now.hints(language, intents)
