"""Attempts of which something should have been heard by now, in SQL."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from outbound.adapters.sql.database.columns import Instant
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.rows import ATTEMPT_COLUMNS, attempt_from
from outbound.adapters.sql.schema import attempts, phones
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.usecases.ports.stored.dialling import SilentCall

_S = AttemptStatus
_T = attempts.c

_OVERDUE = Prepared(
    select(*ATTEMPT_COLUMNS)
    .where(_T.status == _S.RESERVED, _T.dial_by < bindparam("at", type_=Instant))
    .order_by(_T.dial_by, _T.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_MAY_BE_SILENT = (_S.PLACED, _S.RINGING, _S.IN_PROGRESS, _S.UNKNOWN)
_dial_by = func.coalesce(_T.dial_by, _T.updated_at)
_OLD_UNKNOWN = and_(
    _dial_by <= bindparam("young_since", type_=Instant),
    _dial_by > bindparam("over_since", type_=Instant),
)
_SILENT = Prepared(
    select(*ATTEMPT_COLUMNS, phones.c.number)
    .join(phones, phones.c.id == _T.phone_id)
    .where(
        or_(
            *(
                and_(_T.status == each, _T.updated_at < bindparam(f"{each}_before", type_=Instant))
                for each in _MAY_BE_SILENT
            )
        ),
        or_(_T.status != _S.UNKNOWN, _T.updated_at <= bindparam("young_since", type_=Instant), ~_OLD_UNKNOWN),
    )
    # those of unknown fate last: they are asked about for a day, and must not keep the others waiting
    .order_by(_T.status == _S.UNKNOWN, _T.updated_at, _T.id)
    .limit(bindparam("most"))
)


def read_overdue(connection: Connection, now: datetime, limit: int) -> list[Attempt]:
    """Read reservations whose time to dial has passed, and keep others from changing them."""
    return [attempt_from(row) for row in _OVERDUE.all(connection, {"at": now, "most": limit})]


def read_silent(
    connection: Connection,
    heard_before: Mapping[AttemptStatus, datetime],
    young_since: datetime,
    over_since: datetime,
    limit: int,
) -> list[SilentCall]:
    """Read live attempts that did not change for a while, with their numbers."""
    ask = {f"{status}_before": heard_before[status] for status in _MAY_BE_SILENT}
    ask |= {"young_since": young_since, "over_since": over_since}
    rows = _SILENT.all(connection, {**ask, "most": limit})
    return [SilentCall(attempt_from(row), row.number) for row in rows]
