"""What the plan holds at an instant, and in which order it is dialled, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, cast, func, literal, null, select, union_all

from outbound.adapters.sql.columns import Instant
from outbound.adapters.sql.rows import ATTEMPT_COLUMNS, attempt_from, unindexed
from outbound.adapters.sql.schema import attempts, contacts
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.usecases.ports.dialling import Schedule

_S = AttemptStatus
_T = attempts.c

_WINDOW_OPEN = (
    _T.status == _S.PLANNED,
    _T.window_start <= bindparam("at", type_=Instant),
    _T.window_end > bindparam("at", type_=Instant),
)
_DUE_ORDER = (
    case((_T.origin == "callback", 0), else_=1),
    _T.deadline.is_(None),
    _T.deadline,
    _T.window_start,
    _T.id,
)
_DUE = (
    select(_T.id, _T.campaign_id)
    .where(*_WINDOW_OPEN, _T.campaign_id.in_(bindparam("campaigns", expanding=True)))
    .order_by(*_DUE_ORDER)
    .limit(bindparam("most"))
)
_NO_INSTANT = cast(null(), Instant)
_SCHEDULE = union_all(
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
_CHOOSE = (
    select(*ATTEMPT_COLUMNS)
    .join(contacts, contacts.c.id == _T.contact_id)
    .where(_T.id.in_(bindparam("ids", expanding=True)), unindexed(_T.status) == _S.PLANNED)
    .order_by(*_DUE_ORDER)
    .limit(1)
    # The contact too, which a refusal changes: whoever holds it may be waiting for this very attempt.
    .with_for_update(of=[attempts, contacts], key_share=True, skip_locked=True)
)


def read_schedule(connection: Connection, now: datetime) -> Schedule:
    """Count what is planned, up to the next window, in one statement."""
    due: dict[str, int] = {}
    late, following = 0, None
    for row in connection.execute(_SCHEDULE, {"at": now}):
        if row.kind == "due":
            due[row.campaign_id] = row.n
        elif row.kind == "late":
            late = row.n
        else:
            following = row.next_at
    return Schedule(due, late, following)


def read_due(connection: Connection, campaign_ids: Sequence[str], now: datetime, limit: int) -> dict[str, str]:
    """Read what is due, in order."""
    asked = {"campaigns": list(campaign_ids), "at": now, "most": limit}
    return dict(connection.execute(_DUE, asked).tuples().all())


def choose(connection: Connection, ids: Sequence[str]) -> Attempt | None:
    """Lock one attempt and its contact; on PostgreSQL those that others hold are passed over."""
    if not ids:
        return None
    row = connection.execute(_CHOOSE, {"ids": list(ids)}).first()
    return None if row is None else attempt_from(row)
