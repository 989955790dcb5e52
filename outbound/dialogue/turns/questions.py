"""What the callee asks: answered with an approved answer, kept until it may be answered, or left to a person."""

from msgspec import Struct

from outbound.dialogue import effects as fx
from outbound.dialogue.prompts import Prompt
from outbound.dialogue.script.model import BACK, FaqExits
from outbound.dialogue.session import AskedQuestion, Session
from outbound.dialogue.understanding.base import Understanding

MOST_WAITING = 2
"""More questions than these are not kept in mind until later: the oldest is left to a person."""


class Settled(Struct, frozen=True):
    """What becomes of questions: answers to speak, effects, what still waits, where to go on.

    `deferred` is the prompt that says that an answer comes later, if one does.
    """

    answers: tuple[Prompt, ...]
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


def settle(
    fresh: AskedQuestion | None, session: Session, understanding: Understanding, exits: FaqExits, *, defers: bool
) -> Settled:
    """Answer the question that was just asked, or else all that wait.

    What is asked where the open question `defers`, or about the caller's own policy before they are verified, waits.
    """
    if fresh is None:
        return _settled(session.asked, session, understanding, exits)
    if defers or (exits.deferred is not None and _must_wait(fresh, session, understanding)):
        waiting = (*session.asked, fresh)
        kept = waiting[-MOST_WAITING:]
        dropped = tuple(unanswered(each) for each in waiting[: len(waiting) - len(kept)])
        return Settled((), dropped, kept, BACK, exits.deferred)
    settled = _settled((fresh,), session, understanding, exits)
    return Settled(settled.answers, settled.effects, session.asked, settled.go)


def unanswered(question: AskedQuestion) -> fx.QuestionUnanswered:
    """Return what goes to review for a question that got no answer."""
    return fx.QuestionUnanswered(question.words, question.nearest, question.score)


def _must_wait(question: AskedQuestion, session: Session, understanding: Understanding) -> bool:
    answer = understanding.answer(question.faq_id, session.language) if question.faq_id is not None else None
    return answer is not None and answer.about_policy and not session.verified


def _settled(
    asked: tuple[AskedQuestion, ...], session: Session, understanding: Understanding, exits: FaqExits
) -> Settled:
    prompts: list[Prompt] = []
    effects: list[fx.Effect] = []
    go = exits.answered
    for each in asked:
        answer = understanding.answer(each.faq_id, session.language) if each.faq_id is not None else None
        if each.faq_id is None or answer is None or (answer.about_policy and not session.verified):
            effects.append(unanswered(each))
            go = exits.unanswered
        else:
            prompts.append(answer.prompt)
            effects.append(fx.QuestionAnswered(each.faq_id, each.score))
    return Settled(tuple(prompts), tuple(effects), (), go)
