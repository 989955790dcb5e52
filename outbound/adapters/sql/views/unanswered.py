"""Questions that no approved answer was near enough to, as whoever owns the answers looks at them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select

from outbound.adapters.sql.schema import unanswered_questions
from outbound.domain.outcome.inbox import QuestionStatus

NO_NEAREST = "none"
"""Stands for the questions to which no answer was near at all."""

_Q = unanswered_questions.c
_SHOWN = ("id", "at", "language", "campaign_id", "attempt_id", "turn", "words", "score", "status", "done_at", "done_by")


class AskedInVain(Struct, frozen=True):
    """One question. `words` are redacted, None if they may not be kept; `score` is how near the answer was, 0 to 1."""

    id: str
    at: datetime
    language: str
    campaign_id: str
    attempt_id: str
    turn: int
    words: str | None
    score: float
    status: QuestionStatus
    done_at: datetime | None
    done_by: str | None


class QuestionGroup(Struct, frozen=True):
    """What was asked around one approved answer (None: near none), how often, and the newest of it."""

    nearest: str | None
    asked: int
    questions: tuple[AskedInVain, ...]


def unanswered_groups(
    connection: Connection,
    *,
    status: QuestionStatus = QuestionStatus.WAITING,
    language: str | None = None,
    nearest: str | None = None,
    limit: int = 10,
) -> tuple[QuestionGroup, ...]:
    """Questions by the answer that was nearest: what is asked most first, in each group the newest first.

    At most `limit` questions of a group are read; `asked` counts all. `nearest` is an answer's id or NO_NEAREST.
    """
    where = [_Q.status == status.value]
    if language is not None:
        where.append(_Q.language == language)
    if nearest is not None:
        where.append(_Q.nearest.is_(None) if nearest == NO_NEAREST else _Q.nearest == nearest)
    newest_first = func.row_number().over(partition_by=_Q.nearest, order_by=(_Q.at.desc(), _Q.id))
    counted = select(
        _Q.nearest,
        *(_Q[name] for name in _SHOWN),
        func.count().over(partition_by=_Q.nearest).label("asked"),
        newest_first.label("number"),
    )
    found = counted.where(*where).subquery()
    rows = connection.execute(select(found).where(found.c.number <= limit).order_by(found.c.number)).mappings()
    return _grouped([dict(row) for row in rows])


def question_languages(connection: Connection) -> frozenset[str]:
    """Return the languages in which something was asked in vain, at any time."""
    return frozenset(connection.execute(select(_Q.language).distinct()).scalars())


def _grouped(rows: list[Mapping[str, Any]]) -> tuple[QuestionGroup, ...]:
    """Sort in Python: the databases disagree on where null stands, and on the order of names."""
    groups: dict[str | None, list[AskedInVain]] = {}
    asked: dict[str | None, int] = {}
    for row in rows:
        question = {name: row[name] for name in _SHOWN} | {"status": QuestionStatus(row["status"])}
        groups.setdefault(row["nearest"], []).append(AskedInVain(**question))
        asked[row["nearest"]] = row["asked"]
    ordered = sorted(groups, key=lambda nearest: (-asked[nearest], nearest is None, nearest or ""))
    return tuple(QuestionGroup(nearest, asked[nearest], tuple(groups[nearest])) for nearest in ordered)
