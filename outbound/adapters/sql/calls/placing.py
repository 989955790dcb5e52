"""What the carrier took, in SQL: where a webhook was quicker only what it could not know is added."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from outbound.adapters.sql.calls.moves import EVENT, event, move_on
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.schema import attempts
from outbound.domain.attempt import AttemptStatus, move
from outbound.usecases.ports.stored.dialling import Taken

_S = AttemptStatus
_T = attempts.c

_PLACED = Prepared(
    update(attempts)
    .where(_T.id == bindparam("attempt"), _T.status == _S.RESERVED, _T.sid.is_(None))
    .values(
        status=move(_S.RESERVED, _S.PLACED),
        sid=bindparam("new_sid"),
        placed_at=bindparam("new_placed_at"),
        updated_at=bindparam("new_updated_at"),
    )
)
_STANDING = Prepared(
    select(_T.id, _T.status, _T.sid, _T.placed_at)
    .where(_T.id.in_(bindparam("ids", expanding=True)))
    .order_by(_T.id)
    .with_for_update()
)
_HAVE_A_CALL = (_S.PLACED, _S.RINGING, _S.IN_PROGRESS, _S.ENDED)


def place(connection: Connection, taken: Sequence[Taken], now: datetime) -> Mapping[str, str]:
    """Write that the carrier took calls; return the sid that stands at each attempt. See `note_all_placed`."""
    if len(taken) == 1 and _place_fresh(connection, taken, now):
        return {each.attempt.id: each.sid for each in taken}
    ids = [each.attempt.id for each in taken]
    standing = {row.id: row for row in _STANDING.all(connection, {"ids": ids})}
    fresh = [
        each
        for each in taken
        if standing[each.attempt.id].status == _S.RESERVED and standing[each.attempt.id].sid is None
    ]
    _place_fresh(connection, fresh, now)
    known = {each.attempt.id: each.sid for each in fresh}
    for each in taken:
        if each.attempt.id not in known:
            known[each.attempt.id] = _place_late(connection, each, standing[each.attempt.id], now)
    return known


def _place_fresh(connection: Connection, taken: Sequence[Taken], now: datetime) -> bool:
    asked = [
        {"attempt": each.attempt.id, "new_sid": each.sid, "new_placed_at": each.at, "new_updated_at": now}
        for each in taken
    ]
    if _PLACED.run_many(connection, asked) != len(asked):
        return False
    EVENT.run_many(connection, [event(each.attempt.id, now, _S.RESERVED, _S.PLACED, "created") for each in taken])
    return True


def _place_late(connection: Connection, taken: Taken, standing: Row[Any], now: datetime) -> str:
    attempt_id, sid = taken.attempt.id, taken.sid
    if standing.sid not in (None, sid):
        return str(standing.sid)
    if standing.status == _S.UNKNOWN:
        move_on(connection, attempt_id, _S.UNKNOWN, _S.PLACED, {"sid": sid, "placed_at": taken.at}, "created_late", now)
    elif standing.status in _HAVE_A_CALL:
        known = {"sid": sid, "placed_at": standing.placed_at or taken.at}
        connection.execute(update(attempts).where(_T.id == attempt_id).values(known))
    else:
        return standing.sid or ""
    return sid
