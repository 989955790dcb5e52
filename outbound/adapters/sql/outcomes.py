"""What came of an attempt, in SQL."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, update

from outbound.adapters.sql.calls.heard import note_event
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.rows import ATTEMPT_COLUMNS, attempt_from
from outbound.adapters.sql.schema import (
    attempt_events,
    attempts,
    callbacks,
    contacts,
    inbox,
    outbox,
    phones,
    policies,
)
from outbound.domain.attempt import Attempt, AttemptStatus, ConnectResult, may_move
from outbound.domain.contact import ContactState, WelcomeState
from outbound.domain.outcome.callback import Callback, CallbackStatus
from outbound.domain.outcome.connect import CarrierStatus
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.outcome.inbox import InboxKind
from outbound.planning.again import Dial
from outbound.usecases.ports.stored.outcomes import CallProgress, Standing

_BY_TOKEN = Prepared(select(*ATTEMPT_COLUMNS).where(attempts.c.token == bindparam("wanted")).with_for_update())

_PROGRESS = Prepared(
    select(*(attempts.c[name] for name in CallProgress.__struct_fields__))
    .where(attempts.c.token == bindparam("wanted"))
    .with_for_update()
)

_NEW_EVENT, _NEW_RECORD = Prepared(insert(attempt_events)), Prepared(insert(outbox))

# What is set follows from the names of the parameters: one statement, compiled once for each set of columns.
_THIS = update(attempts).where(attempts.c.id == bindparam("attempt"))
_AMEND, _MOVE = Prepared(_THIS), Prepared(_THIS.where(attempts.c.status == bindparam("from_status")))
_SET_CONTACT = Prepared(
    update(contacts).where(
        contacts.c.id == bindparam("contact"), contacts.c.state.in_((ContactState.OPEN, ContactState.PLANNED))
    )
)

_STANDING = Prepared(
    select(contacts.c.state, phones.c.id, phones.c.unusable)
    .join(phones, phones.c.contact_id == contacts.c.id, isouter=True)
    .where(contacts.c.id == bindparam("contact"))
    .order_by(phones.c.rank, phones.c.id)
    # The contact before its callbacks, policies and numbers: the order in which intake takes them.
    .with_for_update(of=contacts, key_share=True)
)

_EARLIER = Prepared(
    select(
        attempts.c.phone_id,
        attempts.c.connect_result,
        attempts.c.disposition,
        attempts.c.callback_id,
        attempts.c.reserved_at,
    )
    .where(
        attempts.c.contact_id == bindparam("contact"),
        attempts.c.round == bindparam("of_round"),
        attempts.c.id != bindparam("attempt"),
        attempts.c.attempt_number.is_not(None),
        attempts.c.status.in_((AttemptStatus.ENDED, AttemptStatus.NOT_PLACED)),
    )
    .order_by(attempts.c.attempt_number, attempts.c.id)
)

_DUE = Prepared(
    select(policies.c.policy_no, policies.c.taken_in_at)
    .where(policies.c.contact_id == bindparam("contact"), policies.c.welcome == WelcomeState.DUE)
    .order_by(policies.c.issued_on, policies.c.policy_no)
)

_CALLBACKS = Prepared(
    select(callbacks)
    .where(
        callbacks.c.contact_id == bindparam("contact"),
        or_(
            callbacks.c.id == bindparam("promise"),
            and_(callbacks.c.attempt_id == bindparam("attempt"), callbacks.c.status == CallbackStatus.OPEN),
        ),
    )
    .order_by(callbacks.c.asked_at, callbacks.c.id)
)

_ITEM = Prepared(
    select(inbox.c.id)
    .where(inbox.c.attempt_id == bindparam("attempt"), inbox.c.kind.in_(bindparam("kinds", expanding=True)))
    .limit(1)
)

_CLOSE_POLICIES = Prepared(
    update(policies)
    .where(
        policies.c.contact_id == bindparam("contact"),
        policies.c.welcome == WelcomeState.DUE,
        policies.c.taken_in_at <= bindparam("opened_at"),
    )
    .values(welcome=WelcomeState.CLOSED.value, updated_at=bindparam("now"))
)

_MARK = Prepared(update(phones).where(phones.c.id == bindparam("phone"), phones.c.unusable.is_(None)))
_SETTLE = Prepared(
    update(callbacks).where(callbacks.c.id == bindparam("promise"), callbacks.c.status == CallbackStatus.OPEN)
)


class SqlOutcomes:
    """What came of an attempt, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def attempt_of(self, token: str) -> Attempt | None:
        """Read the attempt by its token and lock its row (SQLite holds its one writer's lock already)."""
        row = _BY_TOKEN.first(self._connection, {"wanted": token})
        return None if row is None else attempt_from(row)

    def progress_of(self, token: str) -> CallProgress | None:
        """Read a few columns of the attempt by its token and lock its row."""
        row = _PROGRESS.first(self._connection, {"wanted": token})
        if row is None:
            return None
        attempt_id, campaign, status, *rest = row
        return CallProgress(attempt_id, campaign, AttemptStatus(status), *rest)

    def note_status(self, attempt_id: str, status: CarrierStatus, now: datetime) -> bool:
        """Insert the event unless (sid, kind, sequence) is there."""
        return note_event(
            self._connection,
            {
                "attempt_id": attempt_id,
                "kind": "status",
                "sid": status.sid,
                "sequence": status.sequence,
                "status": status.status,
                "at": status.at,
                "received_at": now,
            },
        )

    def move(
        self,
        attempt: Attempt | CallProgress,
        target: AttemptStatus,
        changes: Mapping[str, Any],
        cause: str,
        now: datetime,
    ) -> bool:
        """Update where the status is still the one that was read and the table lets it move, and write the event."""
        if not may_move(attempt.status, target):
            return False
        values = {"attempt": attempt.id, "from_status": attempt.status, "status": target, "updated_at": now, **changes}
        event = {"at": now, "from_status": attempt.status, "to_status": target, "cause": cause[:60]}
        if self._connection.dialect.name == "postgresql":
            of_event = {f"event_{name}": value for name, value in event.items()}
            return _moving(tuple(values)).run(self._connection, values | of_event) == 1
        if _MOVE.run(self._connection, values) != 1:
            return False
        _NEW_EVENT.run(self._connection, {"attempt_id": attempt.id, **event})
        return True

    def amend(self, attempt_id: str, changes: Mapping[str, Any], now: datetime) -> None:
        """Update columns of one attempt."""
        _AMEND.run(self._connection, {"attempt": attempt_id, "updated_at": now, **changes})

    def standing(self, attempt: Attempt, opened_at: datetime) -> Standing:
        """Read contact, numbers, earlier dials, policies and callbacks: short queries, nothing sealed."""
        ask = {"contact": attempt.contact_id, "attempt": attempt.id}
        rows = _STANDING.all(self._connection, ask)
        earlier = _EARLIER.all(self._connection, ask | {"of_round": attempt.round})
        due = _DUE.all(self._connection, ask)
        found = []
        if attempt.callback_id is not None or attempt.session is not None or attempt.turn:
            promised = _CALLBACKS.all(self._connection, ask | {"promise": attempt.callback_id or ""})
            found = [callback_from(row) for row in promised]
        return Standing(
            state=ContactState(rows[0].state),
            usable_phones=tuple(row.id for row in rows if row.id is not None and row.unusable is None),
            earlier=tuple(dial_from(row) for row in earlier),
            policy_nos=tuple(row.policy_no for row in due if row.taken_in_at <= opened_at),
            has_late_policies=any(row.taken_in_at > opened_at for row in due),
            promise=next((each for each in found if each.id == attempt.callback_id), None),
            wished=next((each for each in reversed(found) if each.attempt_id == attempt.id), None),
        )

    def set_contact(
        self,
        contact_id: str,
        state: ContactState,
        reason: str | None,
        not_before: datetime | None,
        now: datetime,
        *,
        welcomed: bool = False,
    ) -> None:
        """Update the contact where it is open or planned."""
        values: dict[str, Any] = {
            "contact": contact_id,
            "state": state,
            "reason": reason,
            "not_before": not_before,
            "updated_at": now,
        }
        if welcomed:
            values["welcomed_at"] = now
        _SET_CONTACT.run(self._connection, values)

    def close_policies(self, contact_id: str, opened_at: datetime, now: datetime) -> None:
        """Close due policies in one statement."""
        _CLOSE_POLICIES.run(self._connection, {"contact": contact_id, "opened_at": opened_at, "now": now})

    def mark_number(self, phone_id: str, reason: str) -> None:
        """Write the reason; the first one stays."""
        _MARK.run(self._connection, {"phone": phone_id, "unusable": reason})

    def settle_callback(self, callback_id: str, status: CallbackStatus, now: datetime) -> None:
        """Write how an open callback ended."""
        _SETTLE.run(self._connection, {"promise": callback_id, "status": status, "settled_at": now})

    def item_waits(self, attempt_id: str, *kinds: InboxKind) -> bool:
        """Look for an inbox item."""
        return _ITEM.first(self._connection, {"attempt": attempt_id, "kinds": kinds}) is not None

    def queue_record(self, record_id: str, attempt: Attempt, body: Mapping[str, Any], now: datetime) -> None:
        """Insert the outbox row, due at once."""
        _NEW_RECORD.run(
            self._connection,
            {
                "id": record_id,
                "kind": "record",
                "company_id": attempt.company_id,
                "attempt_id": attempt.id,
                "contact_id": attempt.contact_id,
                "body": body,
                "created_at": now,
                "status": "pending",
                "next_try_at": now,
            },
        )


@lru_cache(maxsize=64)
def _moving(names: tuple[str, ...]) -> Prepared:
    """Move an attempt and write the event in one statement, where the database has such: a round trip less each."""
    sets: dict[str, Any] = {name: bindparam(name) for name in names if name in attempts.c}
    still = attempts.c.id == bindparam("attempt"), attempts.c.status == bindparam("from_status")
    moved = update(attempts).where(*still).values(sets).returning(attempts.c.id).cte("moved")
    kept = [attempt_events.c[name] for name in ("at", "from_status", "to_status", "cause")]
    said = [bindparam(f"event_{column.name}", type_=column.type) for column in kept]
    return Prepared(insert(attempt_events).from_select(["attempt_id", *kept], select(moved.c.id, *said)))


def callback_from(row: Row[Any]) -> Callback:
    """Make a `Callback` of a row of its table."""
    return Callback(
        id=row.id,
        contact_id=row.contact_id,
        attempt_id=row.attempt_id,
        asked_at=row.asked_at,
        window_start=row.window_start,
        window_end=row.window_end,
        reason=row.reason,
        status=CallbackStatus(row.status),
    )


def dial_from(row: Row[Any]) -> Dial:
    """Make a `Dial` of a row of ended attempts; what was never settled counts as unknown."""
    return Dial(
        phone_id=row.phone_id,
        connect_result=ConnectResult(row.connect_result or ConnectResult.UNKNOWN),
        disposition=Disposition(row.disposition or Disposition.UNKNOWN),
        callback_id=row.callback_id,
        at=row.reserved_at,
    )
