"""Reservations, placements and what the carrier said, in SQL."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from outbound.adapters.sql.calls import lines
from outbound.adapters.sql.calls.callee import read_bars, read_callees, read_last_word, read_past_attempts
from outbound.adapters.sql.calls.moves import EVENT, event, move_on
from outbound.adapters.sql.calls.overdue import read_overdue, read_silent
from outbound.adapters.sql.calls.placing import place
from outbound.adapters.sql.calls.schedule import choose, read_due, read_schedule
from outbound.adapters.sql.database.columns import Instant
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.evidence import RECEIPT, receipt_row
from outbound.adapters.sql.schema import (
    attempts,
    callbacks,
    contacts,
    inbox,
)
from outbound.domain.attempt import LIVE, Attempt, AttemptStatus, move
from outbound.domain.contact import Contact, ContactState
from outbound.domain.line.fair import Due
from outbound.domain.line.pace import Pace
from outbound.domain.line.trunk import Lines
from outbound.domain.outcome.inbox import InboxKind
from outbound.usecases.ports.stored.dialling import (
    Bars,
    LastWord,
    NumberLiveError,
    PastAttempt,
    Schedule,
    SidTakenError,
    SilentCall,
    StoredReceipt,
    Taken,
)

_S = AttemptStatus
_T = attempts.c

_EXPIRED = Prepared(
    select(_T.id, _T.contact_id)
    .join(contacts, contacts.c.id == _T.contact_id)
    .where(
        _T.status == _S.PLANNED,
        _T.window_start < bindparam("at", type_=Instant),
        _T.window_end <= bindparam("at", type_=Instant),
    )
    .order_by(_T.window_end, _T.id)
    .limit(bindparam("most"))
    .with_for_update(of=[attempts, contacts], key_share=True, skip_locked=True)
)
_DIALLED = ("reserved_at", "dial_by", "ring_by", "worker", "attempt_number", "receipt_id", "script", "language")
_RESERVE = Prepared(
    update(attempts)
    .where(_T.id == bindparam("attempt"), _T.status == _S.PLANNED)
    .values(
        status=move(_S.PLANNED, _S.RESERVED), **{name: bindparam(f"new_{name}") for name in (*_DIALLED, "updated_at")}
    )
)
_REOPEN = Prepared(
    update(contacts)
    .where(contacts.c.id == bindparam("contact"), contacts.c.state == ContactState.PLANNED)
    .values(
        state=ContactState.OPEN,
        reason=bindparam("why"),
        not_before=bindparam("from_then"),
        updated_at=bindparam("at"),
    )
)
_PROMISED = Prepared(
    select(callbacks.c.window_start, callbacks.c.window_end).where(
        callbacks.c.id == bindparam("wanted"), callbacks.c.status != "withdrawn"
    )
)
_UNDIALLED = {"reserved_at": None, "dial_by": None, "ring_by": None, "worker": None, "attempt_number": None}


class SqlDialling:
    """Reservations, placements and what the carrier said, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lines: tuple[int, Lines] | None = None

    def past_attempts(self, contact_ids: Collection[str], number_indexes: Collection[str]) -> list[PastAttempt]:
        """Read dials of earlier."""
        return read_past_attempts(self._connection, contact_ids, number_indexes)

    def bars(self, contact_ids: Collection[str], number_indexes: Collection[str], now: datetime) -> Bars:
        """Read suppressions and suspended areas."""
        return read_bars(self._connection, contact_ids, number_indexes, now)

    def last_word(self, contact_ids: Collection[str], number_indexes: Collection[str], now: datetime) -> LastWord:
        """Read stop orders, pauses, suppressions and suspended areas."""
        return read_last_word(self._connection, contact_ids, number_indexes, now)

    def callee(self, contact_id: str, phone_id: str) -> Contact | None:
        """Read contact, number and policies."""
        return self.callees({contact_id: phone_id}).get(contact_id)

    def callees(self, dialled: Mapping[str, str]) -> Mapping[str, Contact]:
        """Read contacts with a number each, and policies."""
        return read_callees(self._connection, dialled)

    def schedule(self, now: datetime) -> Schedule:
        """Count what is planned."""
        return read_schedule(self._connection, now)

    def due(self, campaign_ids: Sequence[str], now: datetime, limit: int) -> list[Due]:
        """Read what is due, in order."""
        return read_due(self._connection, campaign_ids, now, limit)

    def choose(self, ids: Sequence[str]) -> list[Attempt]:
        """Lock attempts; on PostgreSQL those that other workers hold are passed over."""
        return choose(self._connection, ids)

    def callback_window(self, callback_id: str) -> tuple[datetime, datetime] | None:
        """Read the window of a promise that was not withdrawn."""
        row = _PROMISED.first(self._connection, {"wanted": callback_id})
        return None if row is None else (row.window_start, row.window_end)

    def lines(self, alone_on: str | None = None) -> Lines:
        """Read pace, pauses, stop orders and live calls; on SQLite what was read stands until something is written."""
        if self._connection.dialect.name != "sqlite":
            return lines.read_lines(self._connection, alone_on)
        # One transaction at a time: nobody but this one can have changed them.
        driver: Any = self._connection.connection.dbapi_connection
        if self._lines is None or self._lines[0] != driver.total_changes:
            self._lines = driver.total_changes, lines.read_lines(self._connection, alone_on)
        return self._lines[1]

    def open_lines(self, names: Sequence[str], now: datetime) -> None:
        """Insert paces that are missing."""
        lines.open_lines(self._connection, names, now)

    def take_pace(self, taken: Mapping[str, tuple[Pace, float]]) -> None:
        """Move paces on."""
        lines.take_pace(self._connection, taken)

    def change_pace(self, name: str, change: Callable[[Pace], Pace]) -> None:
        """Change one pace."""
        lines.change_pace(self._connection, name, change)

    def expire(self, now: datetime, limit: int) -> int:
        """Cancel what is too late, in one batch."""
        rows = _EXPIRED.all(self._connection, {"at": now, "most": limit})
        if rows:
            cause = "window_passed"
            ids = [row.id for row in rows]
            values = {"status": move(_S.PLANNED, _S.CANCELLED), "cause": cause, "updated_at": now}
            self._connection.execute(update(attempts).where(_T.id.in_(ids)).values(values))
            EVENT.run_many(self._connection, [event(each, now, _S.PLANNED, _S.CANCELLED, cause) for each in ids])
            again = [{"contact": row.contact_id, "why": cause, "from_then": None, "at": now} for row in rows]
            _REOPEN.run_many(self._connection, again)
        return len(rows)

    def reserve(self, planned: Sequence[Attempt], now: datetime) -> bool:
        """Reserve by conditional updates, under the unique indexes of live attempts."""
        asked = [
            {"attempt": each.id, "new_updated_at": now, **{f"new_{name}": getattr(each, name) for name in _DIALLED}}
            for each in planned
        ]
        try:
            changed = _RESERVE.run_many(self._connection, asked)
        except IntegrityError:
            raise NumberLiveError from None
        if changed != len(asked):
            return False
        EVENT.run_many(self._connection, [event(each.id, now, _S.PLANNED, _S.RESERVED, "reserved") for each in planned])
        return True

    def add_receipt(self, receipt: StoredReceipt) -> None:
        """Insert a receipt."""
        self.add_receipts([receipt])

    def add_receipts(self, receipts: Sequence[StoredReceipt]) -> None:
        """Insert receipts."""
        RECEIPT.run_many(self._connection, [_receipt_row(each) for each in receipts])

    def give_back(self, attempt: Attempt, cause: str, now: datetime) -> bool:
        """Unreserve; the dial is no longer counted."""
        return move_on(self._connection, attempt.id, _S.RESERVED, _S.PLANNED, _UNDIALLED, cause, now)

    def cancel(self, attempt: Attempt, cause: str, not_before: datetime | None, now: datetime) -> bool:
        """Cancel what was certainly not dialled and reopen the contact."""
        changes = {"cause": cause[:60], **_UNDIALLED}
        if not move_on(self._connection, attempt.id, attempt.status, _S.CANCELLED, changes, cause, now):
            return False
        again = {"contact": attempt.contact_id, "why": cause[:60], "from_then": not_before, "at": now}
        _REOPEN.run(self._connection, again)
        return True

    def note_placed(self, attempt: Attempt, sid: str, placed_at: datetime, now: datetime) -> str:
        """Write placed."""
        return self.note_all_placed([Taken(attempt, sid, placed_at)], now)[attempt.id]

    def note_all_placed(self, taken: Sequence[Taken], now: datetime) -> Mapping[str, str]:
        """Write placed; where a webhook was quicker only what it could not know is added."""
        try:
            return place(self._connection, taken, now)
        except IntegrityError:
            raise SidTakenError from None

    def note_unknown(self, attempt: Attempt, cause: str, now: datetime) -> bool:
        """Write unknown."""
        return move_on(self._connection, attempt.id, _S.RESERVED, _S.UNKNOWN, {"cause": cause[:60]}, cause, now)

    def carrier_item_waits(self, company_id: str) -> bool:
        """Look for an item about the carrier that is not done."""
        query = select(inbox.c.id).where(
            inbox.c.kind == InboxKind.CARRIER, inbox.c.company_id == company_id, inbox.c.status != "done"
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def overdue_reservations(self, now: datetime, limit: int) -> list[Attempt]:
        """Read reservations whose time to dial has passed, and keep others from changing them."""
        return read_overdue(self._connection, now, limit)

    def silent(
        self, heard_before: Mapping[AttemptStatus, datetime], *, young_since: datetime, over_since: datetime, limit: int
    ) -> list[SilentCall]:
        """Read live attempts that did not change for a while, with their numbers."""
        return read_silent(self._connection, heard_before, young_since, over_since, limit)

    def claimed_sids(self, sids: Collection[str]) -> frozenset[str]:
        """Look sids up."""
        return frozenset(self._connection.execute(select(_T.sid).where(_T.sid.in_(sorted(sids)))).scalars())

    def touch(self, attempt_id: str, now: datetime) -> None:
        """Bring `updated_at` up to date while the attempt is live."""
        self._connection.execute(
            update(attempts).where(_T.id == attempt_id, _T.status.in_(sorted(LIVE))).values(updated_at=now)
        )


def _receipt_row(receipt: StoredReceipt) -> dict[str, Any]:
    return receipt_row(
        receipt_id=receipt.id,
        contact_id=receipt.contact_id,
        attempt_id=receipt.attempt_id,
        stage=receipt.stage,
        at=receipt.at,
        allowed=receipt.allowed,
        reasons=receipt.reasons,
        body=receipt.body,
    )
