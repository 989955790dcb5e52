"""From a key or an utterance to the branch that is taken: at the open question, or at the one that is corrected."""

from collections.abc import Iterable

from msgspec.structs import replace

from outbound.dialogue.heard import Keyed, Spoken
from outbound.dialogue.script.model import (
    LOUDER,
    PREVIOUS,
    REPEAT,
    SLOWER,
    AnswerKind,
    Question,
)
from outbound.dialogue.turns.correcting import answered_anew, may_mean_the_one_before
from outbound.dialogue.turns.doubting import AGREEING, DISAGREEING, can_ask_back
from outbound.dialogue.turns.looking_up import with_question
from outbound.dialogue.turns.recognition import (
    BARE,
    DECEASED,
    NOTHING,
    QUESTION,
    Ear,
    Recognition,
    expected_at,
    meant,
    understand,
)
from outbound.dialogue.turns.valuing import keyed_value, spoken_value
from outbound.dialogue.understanding.base import Expected, Understood

LEAST_CONFIDENCE = 0.3
"""Below it the recogniser itself was not sure of the words: whatever they mean is in doubt."""

_LONG_UTTERANCE, _MANY_WORDS = 12, 5
_AGREE_OR_NOT = AGREEING | DISAGREEING
_REFUSE = "refuse"
_NEVER_GUESSED = frozenset({DECEASED})
"""Asked back unless it was said in so many words: of who has left the house it is said, too, that he is gone."""
_HARMLESS = frozenset({REPEAT, SLOWER, LOUDER})
"""Done even when in doubt: nothing comes of them but the question once more."""


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
    expected = expected_at(question, ear)
    understood = with_question(ear, question, heard.text, understand(ear, heard.text, expected), expected)
    unclear = heard.confidence is not None and heard.confidence < LEAST_CONFIDENCE
    if understood.intent in _NEVER_GUESSED and understood.doubtful and ear.session.right_party:
        # Nobody who said that it is them is asked on a mere guess whether they have died.
        understood = replace(understood, intent=next(iter(understood.also), None), also=understood.also[1:])
    if unclear or (understood.intent in _NEVER_GUESSED and understood.confidence < 1.0):
        understood = replace(understood, doubtful=True)
    found = _decided(ear, question, heard.text, understood, expected)
    sure_of = found.branch is not None or found.doubt is not None or found.wanted is not None
    return replace(found, confidence=understood.confidence) if sure_of else found


def _decided(ear: Ear, question: Question, text: str, understood: Understood, expected: Expected) -> Recognition:
    intents = tuple(each for each in (understood.intent, *understood.also) if each is not None)
    urgent = next((each for each in expected.urgent if each in intents), None)
    if understood.doubtful and (urgent or understood.value is None):
        found = _doubted(ear, question, text, urgent or understood.intent)
        return replace(found, also=_clear_along(question, intents, found.doubt)) if found.doubt else found
    if urgent is not None:
        return replace(meant(ear.script, question, urgent), also=_without(intents, urgent))
    settled = _settled_by(ear, question, text, intents)
    if settled is not None:
        return settled
    if question.answer is AnswerKind.WORDS and (not intents or _is_long(text)):
        return Recognition("words", question.hear["words"]) if not understood.doubtful else NOTHING
    return _answered(ear, question, text, understood, intents)


def _settled_by(ear: Ear, question: Question, text: str, intents: tuple[str, ...]) -> Recognition | None:
    """Return what settles a doubt: yes, no, the same once more, or an answer that is clear; None where nothing does."""
    doubt, first = ear.session.doubt, next(iter(intents), None)
    if doubt is None:
        return None
    if first in _AGREE_OR_NOT | {doubt.intent}:
        # "No, I am satisfied" says more than no.
        instead = _clear_answers(question, intents, doubt.intent)
        if not instead:
            return _settled(ear, question, agrees=first not in DISAGREEING)
        return meant(ear.script, question, instead[0])
    # "Are you saying that ...?" - "no need": what was asked back is refused, not the call.
    refused = first == _REFUSE and _REFUSE not in question.meanings and not _is_long(text)
    return _settled(ear, question, agrees=False) if refused else None


def _doubted(ear: Ear, question: Question, text: str, intent: str | None) -> Recognition:
    if intent is None:
        return NOTHING
    found = meant(ear.script, question, intent)
    urgent = found.universal and found.branch is not None and found.branch.urgent
    if question.answer is AnswerKind.WORDS and not urgent and _is_long(text):
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


def _clear_answers(question: Question, intents: tuple[str, ...], doubted: str) -> tuple[str, ...]:
    """Return what answers the question beyond a bare yes or no, apart from what is in doubt."""
    return tuple(each for each in intents if each in question.meanings and each not in _AGREE_OR_NOT | {doubted})


def _clear_along(question: Question, intents: tuple[str, ...], doubted: str) -> tuple[str, ...]:
    """Return what was clear beside what is in doubt: answers, and that something was asked."""
    asking = (QUESTION,) if QUESTION in intents and doubted != QUESTION else ()
    return (*_clear_answers(question, intents, doubted), *asking)


def _has_an_answer(ear: Ear, text: str, intent: str) -> bool:
    """Whether this is a question with an approved answer that is near enough: then nothing is left to ask back."""
    hit = ear.understanding.find_answer(text, ear.session.language) if intent == QUESTION else None
    return hit is not None and hit.sure


def _settled(ear: Ear, question: Question, *, agrees: bool) -> Recognition:
    doubt = ear.session.doubt
    along = (doubt.answer,) if doubt is not None and doubt.answer is not None else ()
    if doubt is not None and agrees:
        return replace(meant(ear.script, question, doubt.intent), settles="yes", also=along)
    clear = (*along, QUESTION) if doubt is not None and doubt.asks else along
    if clear:
        return replace(meant(ear.script, question, clear[0]), settles="no", also=clear[1:])
    if question.answer is AnswerKind.WORDS:
        return Recognition("words", question.hear["words"], settles="no")
    return Recognition("no", settles="no")


def _answered(ear: Ear, question: Question, text: str, understood: Understood, intents: tuple[str, ...]) -> Recognition:
    """Return the answer to the open question, else to the one that is corrected, else a universal word."""
    valued = spoken_value(ear.session, question, text, understood)
    own = next((each for each in intents if each in question.meanings), None)
    if valued is not None:
        return replace(valued, also=intents)
    earlier = answered_anew(ear, text, own, corrects=understood.corrects)
    if earlier is not None:
        return earlier
    if understood.corrects and own in BARE and may_mean_the_one_before(ear, own):
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


def _without(intents: Iterable[str], taken: str) -> tuple[str, ...]:
    return tuple(each for each in intents if each != taken)


def _is_long(text: str) -> bool:
    """Whether an utterance says more than a word that is heard everywhere: by characters, or words where they are."""
    words = text.split()
    return len(words) > _MANY_WORDS if len(words) > 1 and text.isascii() else len(text.strip()) > _LONG_UTTERANCE
