"""Calls that wait in the carrier's queue, in SQL."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from outbound.adapters.sql.database.columns import Instant
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.rows import ATTEMPT_COLUMNS, attempt_from, load_contacts
from outbound.adapters.sql.schema import (
    area_suspensions,
    attempts,
    contact_places,
    contacts,
    phones,
    stop_orders,
    suppressions,
)
from outbound.domain.attempt import AttemptStatus
from outbound.domain.contact import Contact, ContactState
from outbound.usecases.ports.stored.queue import NamelessCall, QueuedCall, QueueState

_S = AttemptStatus
_T = attempts.c

_IN_FORCE = (
    stop_orders.c.lifted_at.is_(None),
    or_(stop_orders.c.campaign_id.is_(None), stop_orders.c.campaign_id == _T.campaign_id),
)
_STOPPED = select(stop_orders.c.id).where(*_IN_FORCE).exists()
_STOPPED_AT = select(func.max(stop_orders.c.at)).where(*_IN_FORCE).scalar_subquery()
_CLOSED = contacts.c.state.in_((ContactState.DONE, ContactState.WITHDRAWN))
_IN_DOUBT = or_(
    select(area_suspensions.c.id)
    .where(
        area_suspensions.c.lifted_at.is_(None),
        area_suspensions.c.until > bindparam("at", type_=Instant),
        area_suspensions.c.at >= _T.reserved_at,
    )
    .exists(),
    select(suppressions.c.id)
    .where(
        suppressions.c.lifted_at.is_(None),
        suppressions.c.at >= _T.reserved_at,
        or_(suppressions.c.contact_id == _T.contact_id, suppressions.c.number_index == _T.number_index),
    )
    .exists(),
    select(contact_places.c.id)
    .where(
        contact_places.c.contact_id == _T.contact_id,
        or_(contact_places.c.at >= _T.reserved_at, contact_places.c.ended_at >= _T.reserved_at),
    )
    .exists(),
)
_NOT_ASKED = or_(_T.cancel_asked_at.is_(None), _T.cancel_asked_at < bindparam("asked_before", type_=Instant))
_OVER = and_(_T.ring_by.is_not(None), _T.ring_by <= bindparam("at", type_=Instant))

_HEARD_NOTHING = (_T.ringing_at.is_(None), _T.answered_at.is_(None))
_SILENT = (*_HEARD_NOTHING, _NOT_ASKED)
_WAITS = (_T.status.in_((_S.PLACED, _S.UNKNOWN)), _T.sid.is_not(None), *_SILENT)
# What is reserved may be on its way to the carrier: it will wait there, and only the worker that orders it knows.
_MAY_WAIT = or_(_T.sid.is_not(None), _T.status == _S.RESERVED)
_BARRED = or_(_OVER, _STOPPED, _CLOSED, _IN_DOUBT)

_QUEUE = Prepared(
    select(
        func.coalesce(func.sum(case((_MAY_WAIT, 1), else_=0)), 0).label("waiting"),
        func.coalesce(func.sum(case((and_(_T.sid.is_not(None), _BARRED), 1), else_=0)), 0).label("barred"),
        func.coalesce(func.sum(case((and_(_T.sid.is_(None), _BARRED), 1), else_=0)), 0).label("nameless"),
        func.min(case((~_OVER, _T.ring_by))).label("next_end"),
    )
    .join(contacts, contacts.c.id == _T.contact_id)
    .where(_T.status.in_((_S.PLACED, _S.UNKNOWN, _S.RESERVED)), *_SILENT)
)
_NAMELESS = (
    select(*ATTEMPT_COLUMNS, phones.c.number, _T.looked_for_at, _STOPPED_AT.label("stopped_at"))
    .join(contacts, contacts.c.id == _T.contact_id)
    .join(phones, phones.c.id == _T.phone_id)
    .where(_T.status.in_((_S.UNKNOWN, _S.RESERVED)), _T.sid.is_(None), *_HEARD_NOTHING, _BARRED)
    .order_by(_T.reserved_at, _T.id)
)
_LOOKED_FOR = update(attempts).where(_T.id.in_(bindparam("ids", expanding=True))).values(
    looked_for_at=bindparam("looked_at", type_=Instant)
)  # fmt: skip
_QUEUED = (
    select(
        *ATTEMPT_COLUMNS,
        case((_STOPPED, 1), else_=0).label("stopped"),
        case((_CLOSED, 1), else_=0).label("closed"),
        case((_IN_DOUBT, 1), else_=0).label("in_doubt"),
    )
    .join(contacts, contacts.c.id == _T.contact_id)
    .where(*_WAITS, _BARRED)
    .order_by(case((or_(_OVER, _STOPPED, _CLOSED), 0), else_=1), _T.placed_at, _T.id)
    .limit(bindparam("most"))
)
_TO_CLAIM = (
    select(_T.id)
    .where(_T.id.in_(bindparam("ids", expanding=True)), _T.status.in_((_S.PLACED, _S.UNKNOWN)), _NOT_ASKED)
    .order_by(_T.id)
    .with_for_update(skip_locked=True)
)
_CLAIM = update(attempts).where(_T.id == bindparam("attempt")).values(
    cancel_asked_at=bindparam("asked_at"), cause=bindparam("why")
)  # fmt: skip
_LET_GO = update(attempts).where(_T.id.in_(bindparam("ids", expanding=True))).values(cancel_asked_at=None)
_TIGHTEN = (
    update(attempts)
    .where(
        _T.id == bindparam("attempt"), or_(_T.ring_by.is_(None), _T.ring_by > bindparam("then", type_=Instant))
    )
    .values(ring_by=bindparam("then", type_=Instant))
)  # fmt: skip


class SqlQueue:
    """Calls in the carrier's queue, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def state(self, now: datetime, asked_before: datetime) -> QueueState:
        """Count what waits, by the index of the status: few calls are placed at a time."""
        (row,) = _QUEUE.all(self._connection, {"at": now, "asked_before": asked_before})
        return QueueState(*row)

    def nameless(self, now: datetime) -> list[NamelessCall]:
        """Read what has no sid yet: few at any time."""
        rows = self._connection.execute(_NAMELESS, {"at": now})
        return [NamelessCall(attempt_from(row), row.number, row.looked_for_at, row.stopped_at) for row in rows]

    def note_looked_for(self, attempt_ids: Collection[str], now: datetime) -> None:
        """Write when."""
        self._connection.execute(_LOOKED_FOR, {"ids": sorted(attempt_ids), "looked_at": now})

    def barred(self, now: datetime, asked_before: datetime, limit: int) -> list[QueuedCall]:
        """Read what may have to be taken back."""
        rows = self._connection.execute(_QUEUED, {"at": now, "asked_before": asked_before, "most": limit})
        return [QueuedCall(attempt_from(row), bool(row.stopped), bool(row.closed), bool(row.in_doubt)) for row in rows]

    def contacts(self, ids: Collection[str]) -> Mapping[str, Contact]:
        """Read contacts."""
        return load_contacts(self._connection, ids)

    def claim(self, causes: Mapping[str, str], now: datetime, asked_before: datetime) -> set[str]:
        """Lock what is free, in one order for all workers, and write when and why."""
        asked = {"ids": sorted(causes), "asked_before": asked_before}
        free = list(self._connection.execute(_TO_CLAIM, asked).scalars())
        if free:
            self._connection.execute(
                _CLAIM, [{"attempt": each, "asked_at": now, "why": causes[each][:60]} for each in free]
            )
        return set(free)

    def let_go(self, attempt_ids: Collection[str]) -> None:
        """Forget that they were asked for."""
        self._connection.execute(_LET_GO, {"ids": sorted(attempt_ids)})

    def tighten(self, ring_by: Mapping[str, datetime]) -> None:
        """Write what is nearer."""
        self._connection.execute(_TIGHTEN, [{"attempt": each, "then": then} for each, then in sorted(ring_by.items())])
