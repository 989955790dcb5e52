"""What the callee asks: answered with an approved answer, kept until it may be answered, or left to a person."""

from msgspec import Struct

from outbound.dialogue import effects as fx
from outbound.dialogue.script.model import BACK, FaqExits
from outbound.dialogue.session import AskedQuestion
from outbound.dialogue.understanding.base import FaqAnswer, Understanding

MOST_AT_ONCE = 2
"""Of several questions in one breath so many are answered; who listens keeps no more than two answers in mind."""

MOST_WAITING = 2
"""More questions than these are not kept in mind until later: the oldest is left to a person."""


class Settled(Struct, frozen=True):
    """What becomes of questions: answers to speak, effects, what still waits, where to go on.

    `deferred` is the prompt that says that an answer comes later, if one does.
    """

    answers: tuple[FaqAnswer, ...]
    effects: tuple[fx.Effect, ...]
    waiting: tuple[AskedQuestion, ...]
    go: str
    deferred: str | None = None


class Desk(Struct, frozen=True):
    """Who answers: the approved answers, the language in which they are said, and whether the callee is verified."""

    understanding: Understanding
    language: str
    verified: bool

    def answer_to(self, question: AskedQuestion) -> FaqAnswer | None:
        """Return the approved answer to a question, or None."""
        return self.understanding.answer(question.faq_id, self.language) if question.faq_id is not None else None

    def must_wait(self, question: AskedQuestion) -> bool:
        """Whether the answer concerns the caller's own policy before they are verified."""
        answer = self.answer_to(question)
        return answer is not None and answer.about_policy and not self.verified


def settle(
    fresh: tuple[AskedQuestion, ...],
    waiting: tuple[AskedQuestion, ...],
    desk: Desk,
    exits: FaqExits,
    *,
    defers: bool,
) -> Settled:
    """Answer what was just asked, or else all that is `waiting`.

    What is asked where the open question `defers`, or about the caller's own policy before they are verified, waits, if
    the step can say so (`exits.deferred`).
    """
    if not fresh and exits.deferred is None:
        return _settled(waiting, desk, exits)
    asked, before = (fresh[:MOST_AT_ONCE], waiting) if fresh else (waiting, ())
    later = tuple(each for each in asked if exits.deferred is not None and (defers or desk.must_wait(each)))
    now = tuple(each for each in asked if each not in later)
    both = (*before, *later)
    kept = both[-MOST_WAITING:]
    dropped = tuple(map(unanswered, (*both[: len(both) - len(kept)], *fresh[MOST_AT_ONCE:])))
    settled = _settled(now, desk, exits) if now or not later else Settled((), (), (), BACK)
    deferred = exits.deferred if later else None
    return Settled(settled.answers, (*settled.effects, *dropped), kept, settled.go, deferred)


def unanswered(question: AskedQuestion) -> fx.QuestionUnanswered:
    """Return what goes to review for a question that got no answer."""
    return fx.QuestionUnanswered(question.words, question.nearest, question.score)


def _settled(asked: tuple[AskedQuestion, ...], desk: Desk, exits: FaqExits) -> Settled:
    answers: list[FaqAnswer] = []
    effects: list[fx.Effect] = []
    go = exits.answered
    for each in asked:
        answer = desk.answer_to(each)
        if each.faq_id is None or answer is None or desk.must_wait(each):
            effects.append(unanswered(each))
            go = exits.unanswered
        else:
            answers.append(answer)
            effects.append(fx.QuestionAnswered(each.faq_id, each.score))
    return Settled(tuple(answers), tuple(effects), (), go)
