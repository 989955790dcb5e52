"""Close a question that no approved answer was near enough to: whoever owns the answers has seen to it."""

from datetime import datetime

from msgspec import Struct

from outbound.domain.outcome.inbox import QuestionStatus
from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.desk import ReviewedQuestion
from outbound.usecases.problems import InputProblemError
from outbound.usecases.records.references import signed

_UNKNOWN = "there is no such question; `outbound faq unanswered list` shows those that wait"


class QuestionReport(Struct, frozen=True):
    """Where the question stands now. `closed_before`: somebody else was first, and `question` says who and when."""

    question: ReviewedQuestion
    closed_before: bool = False


def close_question(store: Store, *, question_id: str, dismissed: bool, by: str, now: datetime) -> QuestionReport:
    """Mark one waiting question as answered (there is an approved answer from now on), or dismiss it, once.

    The callee is not rung for it: who was promised a person waits in the inbox. Raises `InputProblemError` when there
    is no such question, or `by` names nobody.
    """
    status = QuestionStatus.DISMISSED if dismissed else QuestionStatus.ANSWERED
    closed = ReviewedQuestion(question_id, status, now, signed(by))
    with store.begin() as work:
        if work.desk.close_question(closed):
            work.commit()
            return QuestionReport(closed)
        found = work.desk.find_question(question_id)
    if found is None:
        raise InputProblemError(_UNKNOWN)
    return QuestionReport(found, closed_before=True)
