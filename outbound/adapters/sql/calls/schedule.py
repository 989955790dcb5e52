"""What the plan holds at an instant, and in which order it is dialled, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, cast, func, literal, null, select, union_all

from outbound.adapters.sql.database.columns import Instant
from outbound.adapters.sql.database.prepared import Prepared, padded
from outbound.adapters.sql.rows import ATTEMPT_COLUMNS, attempt_from, unindexed
from outbound.adapters.sql.schema import attempts, contacts
from outbound.domain.attempt import LIVE, Attempt, AttemptStatus
from outbound.domain.line.fair import Due
from outbound.usecases.ports.stored.dialling import Schedule

_S = AttemptStatus
_PROMISED = "callback"
_T = attempts.c

_WINDOW_OPEN = (
    _T.status == _S.PLANNED,
    _T.window_start <= bindparam("at", type_=Instant),
    _T.window_end > bindparam("at", type_=Instant),
)
_OTHER = attempts.alias("other")
_NUMBERS_IN_USE = select(_OTHER.c.number_index).where(_OTHER.c.status.in_(sorted(LIVE)))
_DUE_ORDER = (
    # They have to wait, and must not keep others out of what is read.
    case((_T.number_index.in_(_NUMBERS_IN_USE), 1), else_=0),
    case((_T.origin == _PROMISED, 0), else_=1),
    _T.deadline.is_(None),
    _T.deadline,
    _T.window_start,
    _T.id,
)
_DUE = Prepared(
    select(_T.id, _T.campaign_id, _T.origin)
    .where(*_WINDOW_OPEN, _T.campaign_id == bindparam("campaign"))
    .order_by(*_DUE_ORDER)
    .limit(bindparam("most"))
)
_PLACED = (
    select(
        _T.id,
        _T.campaign_id,
        _T.origin,
        func.row_number().over(order_by=_DUE_ORDER).label("place"),
        func.row_number().over(partition_by=_T.campaign_id, order_by=_DUE_ORDER).label("place_in_campaign"),
    )
    .where(*_WINDOW_OPEN, _T.campaign_id.in_(bindparam("campaigns", expanding=True)))
    .subquery()
)
_DUE_OF_MANY = Prepared(
    select(_PLACED.c.id, _PLACED.c.campaign_id, _PLACED.c.origin)
    .where(_PLACED.c.place_in_campaign <= bindparam("most"))
    .order_by(_PLACED.c.place)
)
_NO_INSTANT = cast(null(), Instant)
_SCHEDULE = Prepared(
    union_all(
        select(
            literal("due").label("kind"),
            _T.campaign_id.label("campaign_id"),
            func.count().label("n"),
            _NO_INSTANT.label("next_at"),
        )
        .where(*_WINDOW_OPEN)
        .group_by(_T.campaign_id),
        select(literal("late"), literal(""), func.count(), _NO_INSTANT).where(
            _T.status == _S.PLANNED,
            _T.window_start < bindparam("at", type_=Instant),
            _T.window_end <= bindparam("at", type_=Instant),
        ),
        select(literal("next"), literal(""), literal(0), func.min(_T.window_start)).where(
            _T.status == _S.PLANNED, _T.window_start > bindparam("at", type_=Instant)
        ),
    )
)
_PLANNED = (
    select(*ATTEMPT_COLUMNS)
    .join(contacts, contacts.c.id == _T.contact_id)
    .where(unindexed(_T.status) == _S.PLANNED)
    # The contact too, which a refusal changes: whoever holds it may be waiting for this very attempt.
    .with_for_update(of=[attempts, contacts], key_share=True, skip_locked=True)
)
_CHOOSE_ONE = Prepared(_PLANNED.where(_T.id == bindparam("one")))
_CHOOSE = Prepared(_PLANNED.where(_T.id.in_(bindparam("ids", expanding=True))))


def read_schedule(connection: Connection, now: datetime) -> Schedule:
    """Count what is planned, up to the next window, in one statement."""
    due: dict[str, int] = {}
    late, following = 0, None
    for row in _SCHEDULE.all(connection, {"at": now}):
        if row.kind == "due":
            due[row.campaign_id] = row.n
        elif row.kind == "late":
            late = row.n
        else:
            following = row.next_at
    return Schedule(due, late, following)


def read_due(connection: Connection, campaign_ids: Sequence[str], now: datetime, limit: int) -> list[Due]:
    """Read what is due, in order; of several campaigns the first `limit` of each."""
    if len(campaign_ids) == 1:
        found: Sequence[Row[Any]] = _DUE.all(connection, {"campaign": campaign_ids[0], "at": now, "most": limit})
    else:
        asked = {"campaigns": sorted(campaign_ids), "at": now, "most": limit}
        found = _DUE_OF_MANY.all(connection, asked)
    return [Due(attempt_id, campaign_id, origin == _PROMISED) for attempt_id, campaign_id, origin in found]


def choose(connection: Connection, ids: Sequence[str]) -> list[Attempt]:
    """Lock attempts and their contacts, in the order asked; on PostgreSQL those that others hold are passed over."""
    one = len(ids) == 1
    asked = _CHOOSE_ONE.all(connection, {"one": ids[0]}) if one else _CHOOSE.all(connection, {"ids": padded(ids)})
    found = {row.id: attempt_from(row) for row in asked}
    return [found[each] for each in ids if each in found]
