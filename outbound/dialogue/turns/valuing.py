"""The value of an answer: a date, digits, a score or a time, by key or in words."""

from outbound.dialogue.choices import choices_of
from outbound.dialogue.facts import Facts
from outbound.dialogue.script.model import VERIFYING, AnswerKind, Question
from outbound.dialogue.session import Session
from outbound.dialogue.turns.choosing import by_time, by_words
from outbound.dialogue.turns.recognition import NAMED, NOTHING, Recognition
from outbound.dialogue.understanding.base import Understood
from outbound.dialogue.understanding.numbers import is_month_day
from outbound.dialogue.wanted_time import WantedTime

_SCORES = range(11)
_FOUR = 4
_MOST_DIGITS = 3


def keyed_value(session: Session, question: Question, digits: str) -> Recognition | None:
    """Return what keys say as a value of the open question, or None where they are none."""
    if not digits.isdecimal():
        return None
    if question.answer in VERIFYING and len(digits) == _FOUR:
        # Who begins with the year of birth has not tried and failed: they are told again how to key it.
        no_day = question.answer is AnswerKind.BIRTH_DATE and not is_month_day(digits)
        return NOTHING if no_day else _verification(session.facts, question, digits)
    if question.answer is AnswerKind.SCORE:
        return _keyed_score(question, int(digits[:_MOST_DIGITS]))
    if question.answer is AnswerKind.CALLBACK_CHOICE:
        pressed = digits[:1] if len(set(digits)) == 1 else digits[:_MOST_DIGITS]
        found = chosen(session, question, int(pressed))
        return found if found.branch is not None else None
    return None


def spoken_value(session: Session, question: Question, text: str, understood: Understood) -> Recognition | None:
    """Return what words say as a value of the open question, or None where they are none."""
    value = understood.value
    if question.answer is AnswerKind.CALLBACK_CHOICE:
        found = _time(session, question, text, understood)
        return found if found.branch is not None or found.wanted is not None else None
    if value is None or isinstance(value, WantedTime) or understood.doubtful:
        return None
    if question.answer in VERIFYING:
        return _verification(session.facts, question, str(value))
    if question.answer is AnswerKind.SCORE and str(value).isdecimal() and int(value) in _SCORES:
        return Recognition("score", question.hear["score"], int(value))
    return None


def _time(session: Session, question: Question, text: str, understood: Understood) -> Recognition:
    value = understood.value
    if isinstance(value, WantedTime):
        number = by_time(session, value, looked_up=NAMED in question.hear)
        if not number and NAMED in question.hear:
            return Recognition(NAMED, wanted=value)
        return chosen(session, question, number)
    if value is not None:
        return chosen(session, question, int(value) if str(value).isdecimal() else 0)
    # "Tuesday morning" may also be understood as "at another time".
    return chosen(session, question, by_words(session, text)) if understood.intent in {None, "later"} else NOTHING


def _keyed_score(question: Question, score: int) -> Recognition:
    # The keypad has no ten, and 0 and 9 are also the keys for a person and the end: these two are asked about.
    name = {0: "keyed_0", 9: "keyed_9"}.get(score, "score")
    return Recognition(name, question.hear[name], score) if score in _SCORES else NOTHING


def chosen(session: Session, question: Question, number: int) -> Recognition:
    """Return the choice of a number of the list, from 1; the one after the last means none of them."""
    count = len(choices_of(session))
    if number in range(1, count + 1):
        return Recognition("chosen", question.hear["chosen"], number - 1)
    return Recognition("none_of_them", question.hear["none_of_them"]) if number == count + 1 else NOTHING


def _verification(facts: Facts, question: Question, digits: str) -> Recognition:
    if question.answer is AnswerKind.BIRTH_DATE:
        right = facts.birth_date is not None and digits == f"{facts.birth_date:%m%d}"
    elif question.answer is AnswerKind.ID_DIGITS:
        right = digits == facts.id_digits
    else:
        right = any(policy.last_digits == digits for policy in facts.policies)
    return Recognition("digits", question.hear["right" if right else "wrong"])
