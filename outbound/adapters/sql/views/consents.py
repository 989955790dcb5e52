"""What a contact agreed to, and how much of their words is kept on it; never the words."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from outbound.adapters.sql.schema import answers, attempts, consent_withdrawals, inbox, turns, unanswered_questions
from outbound.usecases.conversation.kept.words import IN_THEIR_WORDS

_A, _W = attempts.c, consent_withdrawals.c


def spoken_calls(connection: Connection, contact_id: str) -> Sequence[Mapping[str, Any]]:
    """Return the contact's calls with a conversation, oldest first: `recording` (None: never asked) and `words` kept.

    `words` counts utterances, questions for review, reasons, and notes in the callee's words that wait for a person.
    """
    query = (
        select(_A.id, _A.answered_at, _A.planned_at, _A.recording)
        .where(_A.contact_id == contact_id, or_(_A.session.is_not(None), _A.answered_at.is_not(None)))
        .order_by(_A.planned_at, _A.id)
    )
    kept: dict[str, int] = {}
    for counted in _counts(contact_id):
        for attempt_id, number in connection.execute(counted):
            kept[attempt_id] = kept.get(attempt_id, 0) + number
    return [
        {
            "id": row.id,
            "at": row.answered_at or row.planned_at,
            "recording": row.recording,
            "words": kept.get(row.id, 0),
        }
        for row in connection.execute(query)
    ]


def withdrawals(connection: Connection, contact_id: str) -> Sequence[Mapping[str, Any]]:
    """Return what was taken back by the desk, oldest first."""
    query = select(consent_withdrawals).where(_W.contact_id == contact_id).order_by(_W.at, _W.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def call_of(connection: Connection, contact_id: str, beginning: str) -> Sequence[str]:
    """Return the contact's calls whose identifier begins so, two at most."""
    begins = _A.id.startswith(beginning.lower(), autoescape=True)
    query = select(_A.id).where(_A.contact_id == contact_id, begins).order_by(_A.id).limit(2)
    return list(connection.execute(query).scalars())


def _counts(contact_id: str) -> tuple[Select[Any], ...]:
    """As `forget_words` takes them back; an item of the inbox has a call, too, unless nobody said it."""
    kinds = ("question", "complaint", "cancellation")
    where = {
        turns: turns.c.heard.is_not(None),
        unanswered_questions: unanswered_questions.c.words.is_not(None),
        answers: answers.c.name.in_(sorted(IN_THEIR_WORDS)),
        inbox: inbox.c.note.is_not(None) & inbox.c.kind.in_(kinds),
    }
    return tuple(
        select(table.c.attempt_id, func.count())
        .join(attempts, _A.id == table.c.attempt_id)
        .where(_A.contact_id == contact_id, has_words)
        .group_by(table.c.attempt_id)
        for table, has_words in where.items()
    )
