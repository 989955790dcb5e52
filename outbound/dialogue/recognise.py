"""From a key or an utterance to the branch that the open question takes."""

from msgspec import Struct

from outbound.dialogue.choices import choices_of
from outbound.dialogue.facts import Facts
from outbound.dialogue.heard import Keyed, Spoken
from outbound.dialogue.script.model import VERIFYING, AnswerKind, Branch, Question, Script
from outbound.dialogue.session import Session
from outbound.dialogue.spoken import part_names, weekday_names
from outbound.dialogue.understanding.base import Understanding, Understood
from outbound.dialogue.understanding.numbers import is_month_day
from outbound.dialogue.wanted_time import WantedTime

LEAST_CONFIDENCE = 0.3
"""Below it, words count as not understood, unless they are urgent (a complaint is never overheard)."""

_LONG_UTTERANCE = 12
_FOUR = 4


class Recognition(Struct, frozen=True):
    """`name` is what was meant (stored as `heard_as`); `branch` None means not understood; `value` a slot's value."""

    name: str
    branch: Branch | None = None
    value: int | None = None
    universal: bool = False


NOTHING = Recognition("not_understood")


def recognise(
    script: Script, session: Session, question: Question, heard: Keyed | Spoken, understanding: Understanding
) -> Recognition:
    """Return what was meant by a key or an utterance at the open question."""
    if isinstance(heard, Keyed):
        return _keyed(script, session, question, heard.digits.strip().rstrip("#"))
    return _spoken(script, session, question, heard, understanding)


def _keyed(script: Script, session: Session, question: Question, digits: str) -> Recognition:
    if question.answer in VERIFYING and len(digits) == _FOUR and digits.isdecimal():
        # Who begins with the year of birth has not tried and failed: they are told again how to key it.
        no_day = question.answer is AnswerKind.BIRTH_DATE and not is_month_day(digits)
        return NOTHING if no_day else _verification(session.facts, question, digits)
    if question.answer is AnswerKind.SCORE and digits.isdecimal():
        return _keyed_score(question, int(digits))
    key = digits[:1] if len(set(digits)) == 1 else digits
    if question.answer is AnswerKind.CALLBACK_CHOICE and key.isdecimal():
        choice = _choice(session, question, int(key))
        if choice.branch is not None:
            return choice
    if key in question.keys:
        name = question.keys[key]
        return Recognition(name, question.hear[name])
    # A key says the same as its word, also where the question has an answer of its own for that word.
    return _meant(script, question, script.universal_keys[key]) if key in script.universal_keys else NOTHING


def _keyed_score(question: Question, score: int) -> Recognition:
    # The keypad has no ten, and 0 and 9 are also the keys for a person and the end: these two are asked about.
    name = {0: "keyed_0", 9: "keyed_9"}.get(score, "score")
    return Recognition(name, question.hear[name], score) if score in range(11) else NOTHING


def _choice(session: Session, question: Question, number: int) -> Recognition:
    count = len(choices_of(session))
    if number in range(1, count + 1):
        return Recognition("chosen", question.hear["chosen"], number - 1)
    return Recognition("none_of_them", question.hear["none_of_them"]) if number == count + 1 else NOTHING


def _verification(facts: Facts, question: Question, digits: str) -> Recognition:
    if question.answer is AnswerKind.BIRTH_DATE:
        right = facts.birth_date is not None and digits == f"{facts.birth_date:%m%d}"
    else:
        right = any(policy.last_digits == digits for policy in facts.policies)
    return Recognition("digits", question.hear["right" if right else "wrong"])


def _spoken(
    script: Script, session: Session, question: Question, heard: Spoken, understanding: Understanding
) -> Recognition:
    expected = question.expects[session.language]
    understood = understanding.understand(heard.text, expected)
    doubtful = heard.confidence is not None and heard.confidence < LEAST_CONFIDENCE
    if understood.intent in expected.urgent:
        return Recognition(str(understood.intent), script.universal[str(understood.intent)], universal=True)
    if doubtful:
        return NOTHING
    if question.answer is AnswerKind.WORDS and not _is_short_intent(heard.text, understood):
        return Recognition("words", question.hear["words"])
    if understood.intent is not None:
        return _meant(script, question, understood.intent)
    return _valued(session, question, heard.text, understood.value)


def _is_short_intent(text: str, understood: Understood) -> bool:
    return understood.intent is not None and len(text.strip()) <= _LONG_UTTERANCE


def _meant(script: Script, question: Question, intent: str) -> Recognition:
    name = question.meanings.get(intent)
    if name is not None:
        return Recognition(name, question.hear[name])
    return Recognition(intent, script.universal[intent], universal=True)


def _valued(session: Session, question: Question, text: str, value: str | int | WantedTime | None) -> Recognition:
    if isinstance(value, WantedTime):
        return NOTHING
    if question.answer is AnswerKind.CALLBACK_CHOICE:
        number = int(value) if value is not None else _named_choice(session, text)
        return _choice(session, question, number)
    if value is None:
        return NOTHING
    if question.answer in VERIFYING:
        return _verification(session.facts, question, str(value))
    return Recognition("score", question.hear["score"], int(value))


def _named_choice(session: Session, text: str) -> int:
    """Return the number of the only window that the words may mean, or 0."""
    words = text.lower()
    fits: list[int] = []
    choices = choices_of(session)
    for number, (start, _end) in enumerate(choices, start=1):
        names = (*weekday_names(session.language, start), *part_names(session.language, start))
        if any(name in words for name in names):
            fits.append(number)
    by_both = [
        number
        for number in fits
        if any(name in words for name in weekday_names(session.language, choices[number - 1][0]))
        and any(name in words for name in part_names(session.language, choices[number - 1][0]))
    ]
    best = by_both or fits
    return best[0] if len(best) == 1 else 0
