"""From a key or an utterance to the branch that is taken: at the open question, or at the one that is corrected."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from outbound.dialogue.heard import Keyed, Spoken
from outbound.dialogue.script.model import (
    LOUDER,
    MAY_COME_OF,
    OUTCOMES_OF,
    PREVIOUS,
    REPEAT,
    SLOWER,
    AnswerKind,
    Branch,
    Question,
    Script,
)
from outbound.dialogue.session import Session
from outbound.dialogue.turns.choosing import by_words
from outbound.dialogue.turns.doubting import AGREEING, DISAGREEING, can_ask_back
from outbound.dialogue.turns.recognition import BARE, COURTESIES, NAMED, NOTHING, QUESTION, Recognition
from outbound.dialogue.turns.valuing import chosen, keyed_value, spoken_value
from outbound.dialogue.understanding.base import Expected, Slot, Understanding, Understood

LEAST_CONFIDENCE = 0.3
"""Below it the recogniser itself was not sure of the words: whatever they mean is in doubt."""

_LONG_UTTERANCE = 12
_HARMLESS = frozenset({REPEAT, SLOWER, LOUDER})
"""Done even when in doubt: nothing comes of them but the question once more."""

_RESULTS = frozenset(chain.from_iterable((*OUTCOMES_OF.values(), *MAY_COME_OF.values()))) - {"none_of_them"}


class Ear(Struct, frozen=True):
    """What an utterance is understood with. `now` is an instant in the zone in which named times are meant."""

    script: Script
    session: Session
    understanding: Understanding
    now: datetime | None = None


def keyed(ear: Ear, question: Question, pressed: Keyed) -> Recognition:
    """Return what a key means at the open question."""
    script, session, digits = ear.script, ear.session, pressed.digits.strip().rstrip("#")
    if session.doubt is not None and digits in {"1", "2"}:
        return _settled(ear, question, agrees=digits == "1")
    value = keyed_value(session, question, digits)
    if value is not None:
        return value
    key = digits[:1] if len(set(digits)) == 1 else digits
    if key in question.keys:
        name = question.keys[key]
        return Recognition(name, question.hear[name])
    # A key says the same as its word, also where the question has an answer of its own for that word.
    return meant(script, question, script.universal_keys[key]) if key in script.universal_keys else NOTHING


def spoken(ear: Ear, question: Question, heard: Spoken) -> Recognition:
    """Return what an utterance means at the open question, or at the one before if it corrects that."""
    expected = _expected(question, ear.session, ear.now)
    understood = _understand(ear, heard.text, expected)
    if heard.confidence is not None and heard.confidence < LEAST_CONFIDENCE:
        understood = replace(understood, doubtful=True)
    found = _decided(ear, question, heard.text, understood, expected)
    sure_of = found.branch is not None or found.doubt is not None or found.wanted is not None
    return replace(found, confidence=understood.confidence) if sure_of else found


def meant(script: Script, question: Question, intent: str) -> Recognition:
    """Return the branch of an intent: the question's own, or the one that is taken everywhere."""
    name = question.meanings.get(intent)
    if name is not None:
        return Recognition(name, question.hear[name])
    branch = script.universal.get(intent)
    if branch is None and intent in COURTESIES:
        branch = Branch(REPEAT)
    return Recognition(intent, branch, universal=True) if branch is not None else NOTHING


def _decided(ear: Ear, question: Question, text: str, understood: Understood, expected: Expected) -> Recognition:
    intents = tuple(each for each in (understood.intent, *understood.also) if each is not None)
    urgent = next((each for each in intents if each in expected.urgent), None)
    if understood.doubtful and (urgent or understood.value is None):
        return _doubted(ear, question, text, urgent or understood.intent)
    if urgent is not None:
        return replace(meant(ear.script, question, urgent), also=_without(intents, urgent))
    if ear.session.doubt is not None and understood.intent in AGREEING | DISAGREEING | {ear.session.doubt.intent}:
        return _settled(ear, question, agrees=understood.intent not in DISAGREEING)
    if question.answer is AnswerKind.WORDS and (not intents or len(text.strip()) > _LONG_UTTERANCE):
        return Recognition("words", question.hear["words"]) if not understood.doubtful else NOTHING
    return _answered(ear, question, text, understood, intents)


def _doubted(ear: Ear, question: Question, text: str, intent: str | None) -> Recognition:
    if intent is None:
        return NOTHING
    found = meant(ear.script, question, intent)
    urgent = found.universal and found.branch is not None and found.branch.urgent
    if question.answer is AnswerKind.WORDS and not urgent and len(text.strip()) > _LONG_UTTERANCE:
        return Recognition("words", question.hear["words"])
    if found.branch is None or found.branch.go in _HARMLESS:
        return found
    if ear.session.doubt is not None:
        # Who is asked whether they meant it, and perhaps says it again, has said it.
        return _settled(ear, question, agrees=True) if ear.session.doubt.intent == intent else NOTHING
    if can_ask_back(ear.script, ear.session.language, intent) and not _has_an_answer(ear, text, intent):
        return Recognition(f"unsure_{intent}", doubt=intent)
    # Where the script cannot ask back, a complaint is not overheard all the same.
    return found if urgent or _has_an_answer(ear, text, intent) else NOTHING


def _has_an_answer(ear: Ear, text: str, intent: str) -> bool:
    """Whether this is a question with an approved answer that is near enough: then nothing is left to ask back."""
    hit = ear.understanding.find_answer(text, ear.session.language) if intent == QUESTION else None
    return hit is not None and hit.sure


def _settled(ear: Ear, question: Question, *, agrees: bool) -> Recognition:
    doubt = ear.session.doubt
    if doubt is not None and agrees:
        return replace(meant(ear.script, question, doubt.intent), settles="yes")
    if question.answer is AnswerKind.WORDS:
        return Recognition("words", question.hear["words"], settles="no")
    return Recognition("no", settles="no")


def _answered(ear: Ear, question: Question, text: str, understood: Understood, intents: tuple[str, ...]) -> Recognition:
    """Return the answer to the open question, else to the one that is corrected, else a universal word."""
    valued = spoken_value(ear.session, question, text, understood)
    own = next((each for each in intents if each in question.meanings), None)
    if valued is not None:
        return replace(valued, also=intents)
    confirms_time = _confirms_time(ear)
    if understood.corrects or (confirms_time and understood.intent in {None, "no"}):
        earlier = _corrected(ear, text)
        if earlier is not None and (own is None or (confirms_time and earlier.name in {"chosen", NAMED})):
            return earlier
    if understood.corrects and own in BARE and _may_mean_the_one_before(ear, own):
        return meant(ear.script, question, PREVIOUS)
    if own is not None:
        return replace(meant(ear.script, question, own), also=_without(intents, own))
    return next(
        (
            replace(found, also=_without(intents, each))
            for each in intents
            if (found := meant(ear.script, question, each)).branch is not None
        ),
        NOTHING,
    )


def _corrected(ear: Ear, text: str) -> Recognition | None:
    """Return what the utterance means at the question before the open one, or None."""
    name = ear.session.previous[-1] if ear.session.previous else None
    question = ear.script.steps[name].question if name is not None else None
    if question is None:
        return None
    understood = _understand(ear, text, _expected(question, ear.session, ear.now))
    if understood.doubtful:
        return None
    found = spoken_value(ear.session, question, text, understood)
    if found is None and question.answer is AnswerKind.CALLBACK_CHOICE and understood.intent == "no":
        found = chosen(ear.session, question, by_words(ear.session, text))
    if found is not None and found.name == "chosen" and found.value == ear.session.callback:
        return None  # "not Tuesday" where Tuesday was read back is a no, no other choice
    own = next((each for each in (understood.intent, *understood.also) if each in question.meanings), None)
    if (found is None or found == NOTHING) and own is not None:
        found = meant(ear.script, question, own)
    return replace(found, at=name) if found is not None and found != NOTHING else None


def _may_mean_the_one_before(ear: Ear, bare: str) -> bool:
    """Whether "no, I meant yes", at a question that nobody tried yet, takes back the answer before.

    Nobody can tell, so that question is asked again, and nothing is noted on a guess.
    """
    session = ear.session
    before = ear.script.steps[session.previous[-1]].question if session.previous else None
    is_fresh = not session.failures and not session.repeats and session.doubt is None
    return is_fresh and before is not None and bare in before.meanings and PREVIOUS in ear.script.universal


def _confirms_time(ear: Ear) -> bool:
    """Whether the open question reads a time back: to name another one there corrects the choice."""
    session = ear.session
    before = ear.script.steps[session.previous[-1]].question if session.previous else None
    return session.callback is not None and before is not None and before.answer is AnswerKind.CALLBACK_CHOICE


def _understand(ear: Ear, text: str, expected: Expected) -> Understood:
    """Return what the words mean. What only comes of an answer (`right`) is no meaning: no word verifies anybody."""
    understood = ear.understanding.understand(text, expected, ear.now)
    if understood.intent not in _RESULTS and _RESULTS.isdisjoint(understood.also):
        return understood
    intent = None if understood.intent in _RESULTS else understood.intent
    return replace(understood, intent=intent, also=tuple(each for each in understood.also if each not in _RESULTS))


def _expected(question: Question, session: Session, now: datetime | None) -> Expected:
    expected = question.expects[session.language]
    if expected.slot is Slot.CHOICE and (now is not None or NAMED in question.hear):
        expected = replace(expected, slot=Slot.TIME)
    courtesies = COURTESIES.difference(expected.intents, expected.universal)
    if courtesies:
        expected = replace(expected, universal=(*expected.universal, *sorted(courtesies)))
    if session.doubt is None:
        return expected
    settling = tuple(each for each in ("yes", "no") if each not in expected.intents)
    return replace(expected, intents=(*settling, *expected.intents))


def _without(intents: Iterable[str], taken: str) -> tuple[str, ...]:
    return tuple(each for each in intents if each != taken)
