"""Transitions of attempts in SQL: each from where it is believed to stand, and each with its event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.schema import attempt_events, attempts
from outbound.domain.attempt import AttemptStatus, may_move

_T = attempts.c

EVENT = Prepared(insert(attempt_events))
"""Notes a transition as `event` makes it."""

_MOVE = Prepared(update(attempts).where(_T.id == bindparam("wanted"), _T.status == bindparam("known_status")))


def event(attempt_id: str, at: datetime, source: str, target: str, cause: str) -> dict[str, object]:
    """Return the row that notes a transition."""
    return {"attempt_id": attempt_id, "at": at, "from_status": source, "to_status": target, "cause": cause[:60]}


def move_on(  # noqa: PLR0917 - a transition has as many parts
    connection: Connection,
    attempt_id: str,
    source: AttemptStatus,
    target: AttemptStatus,
    changes: Mapping[str, Any],
    cause: str,
    now: datetime,
) -> bool:
    """Change the status where it is `source`, and note it. What the table forbids changes nothing."""
    if not may_move(source, target):
        return False
    asked = {"wanted": attempt_id, "known_status": source, "status": target, "updated_at": now, **changes}
    if _MOVE.run(connection, asked) != 1:
        return False
    EVENT.run(connection, event(attempt_id, now, source, target, cause))
    return True
