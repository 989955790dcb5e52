"""What the callee asks: answered with an approved answer, kept until it may be answered, or left to a person."""

from msgspec import Struct

from outbound.dialogue import effects as fx
from outbound.dialogue.script.model import BACK, FaqExits
from outbound.dialogue.session import AskedQuestion
from outbound.dialogue.understanding.base import FaqAnswer, Understanding

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


def look_up(understanding: Understanding, text: str | None, language: str, words: str | None) -> AskedQuestion:
    """Return a question with the approved answer that is near enough; `text` is what was said, `words` what is kept."""
    hit = understanding.find_answer(text, language) if text else None
    if hit is None:
        return AskedQuestion(None, None, 0.0, words)
    return AskedQuestion(hit.id if hit.sure else None, hit.id, hit.score, words)


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
    fresh: AskedQuestion | None, waiting: tuple[AskedQuestion, ...], desk: Desk, exits: FaqExits, *, defers: bool
) -> Settled:
    """Answer the question that was just asked, or else all that are `waiting`.

    What is asked where the open question `defers`, or about the caller's own policy before they are verified, waits.
    """
    if fresh is None:
        return _settled(waiting, desk, exits)
    if defers or (exits.deferred is not None and desk.must_wait(fresh)):
        both = (*waiting, fresh)
        kept = both[-MOST_WAITING:]
        dropped = tuple(unanswered(each) for each in both[: len(both) - len(kept)])
        return Settled((), dropped, kept, BACK, exits.deferred)
    settled = _settled((fresh,), desk, exits)
    return Settled(settled.answers, settled.effects, waiting, settled.go)


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
