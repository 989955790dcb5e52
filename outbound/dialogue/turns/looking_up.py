"""What the callee asks, looked up part by part: an utterance may hold several questions, and more than questions."""

from msgspec.structs import replace

from outbound.dialogue.script.model import VERIFYING, AnswerKind, Question
from outbound.dialogue.session import AskedQuestion
from outbound.dialogue.turns.recognition import QUESTION, Ear
from outbound.dialogue.understanding.asking import asks
from outbound.dialogue.understanding.base import Expected, FaqHit, Understanding, Understood
from outbound.dialogue.understanding.digits import units
from outbound.dialogue.understanding.parts import parts_of

_WORDS_OR_FACTS = frozenset({AnswerKind.WORDS, *VERIFYING})


def look_up(
    understanding: Understanding, text: str | None, expected: Expected, words: str | None
) -> tuple[AskedQuestion, ...]:
    """Return the questions of an utterance in the order in which they were asked, at least one.

    Each has the approved answer that is near enough to it. `text` is what was said where `expected` was, `words` what
    may be kept of it.
    """
    if not text:
        return (AskedQuestion(None, None, 0.0, words),)
    whole = understanding.find_answer(text, expected.language)
    several = _several(understanding, text, expected)
    if not several or (whole is not None and whole.sure and not any(hit.sure for _, hit in several if hit)):
        return (_asked(whole, words),)
    return tuple(_asked(hit, _kept(part, words)) for part, hit in several)


def with_question(ear: Ear, question: Question, text: str, understood: Understood, expected: Expected) -> Understood:
    """Return what was understood, and that something is asked where only the approved answers tell.

    Words that ask, mean nothing else and have an answer that is near enough are a question, whatever was learned.
    """
    intents = (understood.intent, *understood.also)
    if QUESTION in intents or QUESTION not in expected.universal or question.answer in _WORDS_OR_FACTS:
        return understood
    parts = parts_of(text, expected.language)
    if not any(_may_ask(ear, part, expected) for part in parts):
        return understood
    if understood.intent is None and understood.value is None:
        return replace(understood, intent=QUESTION, doubtful=False)
    return replace(understood, also=(*understood.also, QUESTION))


def _may_ask(ear: Ear, part: str, expected: Expected) -> bool:
    if not asks(part, expected.language):
        return False
    hit = ear.understanding.find_answer(part, expected.language)
    meaning = ear.understanding.understand(part, expected, ear.now)
    return hit is not None and hit.sure and (meaning.intent is None and meaning.value is None)


def _several(understanding: Understanding, text: str, expected: Expected) -> list[tuple[str, FaqHit | None]]:
    """Return the parts that are questions of their own with their nearest answers; none where it is all one part."""
    parts = parts_of(text, expected.language)
    found: dict[str, tuple[str, FaqHit | None]] = {}
    for before, part in zip(("", *parts), parts, strict=False) if len(parts) > 1 else ():
        hit = understanding.find_answer(part, expected.language)
        is_sure = hit is not None and hit.sure
        if not _is_question(understanding, part, expected, is_sure=is_sure):
            continue
        key = hit.id if hit is not None and is_sure else part
        if not is_sure and before and _goes_on(understanding, before, part, expected.language):
            continue
        found.setdefault(key, (part, hit))
    return list(found.values())


def _is_question(understanding: Understanding, part: str, expected: Expected, *, is_sure: bool) -> bool:
    """Whether a part asks: an answer that is near enough tells, or else it must be a question by meaning and words.

    `I would like to ask` is a question by its meaning, but what it asks comes after it.
    """
    meaning = understanding.understand(part, expected)
    means_to_ask = QUESTION in (meaning.intent, *meaning.also)
    if meaning.intent is not None and not meaning.doubtful and not means_to_ask:
        return False
    if is_sure:
        return means_to_ask or asks(part, expected.language)
    return means_to_ask and not meaning.doubtful and asks(part, expected.language)


def _goes_on(understanding: Understanding, before: str, part: str, language: str) -> bool:
    """Whether a part only asks on about what was asked before it: `when is it due, is it every month`."""
    between = "" if language.startswith("zh") else " "
    alone, both = (understanding.find_answer(each, language) for each in (before, f"{before}{between}{part}"))
    return alone is not None and both is not None and alone.sure and both.sure and alone.id == both.id


def _asked(hit: FaqHit | None, words: str | None) -> AskedQuestion:
    if hit is None:
        return AskedQuestion(None, None, 0.0, words)
    return AskedQuestion(hit.id if hit.sure else None, hit.id, hit.score, words)


def _kept(part: str, words: str | None) -> str | None:
    """Return the part, or all words where it holds digits: what they are is told by the words around it."""
    return words if words is None or units(part) else part
