"""Contacts to be planned and the plan, in SQL."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from outbound.adapters.sql.calls import holds
from outbound.adapters.sql.calls.plan import (
    AT_RISK,
    CHANGE,
    DIALS,
    IN_THE_AIR,
    NEXT_DUE,
    NUMBERS,
    OVERDUE,
    SLOTS,
    STANDING,
    TO_PLAN,
)
from outbound.adapters.sql.database.prepared import Prepared, padded
from outbound.adapters.sql.evidence import RECEIPT, receipt_row
from outbound.adapters.sql.outcomes import callback_from, dial_from
from outbound.adapters.sql.rows import CHUNK, load_contacts
from outbound.adapters.sql.schema import (
    attempt_events,
    attempts,
    callbacks,
    contacts,
    policies,
)
from outbound.domain.attempt import AttemptStatus
from outbound.domain.contact import Contact, ContactState, WelcomeState
from outbound.domain.outcome.callback import Callback, CallbackStatus
from outbound.planning.again import Dial
from outbound.usecases.ports.stored.planning import (
    ContactChange,
    NewAttempt,
    OverduePromise,
    PlanReceipt,
    RiskyPromise,
    Waiting,
)

_ADD_ON_POSTGRES = Prepared(postgresql.insert(attempts).on_conflict_do_nothing())
_ADD_ON_SQLITE = Prepared(sqlite.insert(attempts).on_conflict_do_nothing())
_KNOWN = Prepared(select(attempts.c.id).where(attempts.c.id == bindparam("wanted")))
_EVENT = Prepared(insert(attempt_events))
_SETTLE = Prepared(
    update(callbacks).where(callbacks.c.id == bindparam("wanted"), callbacks.c.status == CallbackStatus.OPEN)
)


class SqlPlanning:
    """Contacts to be planned and the plan, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, campaign_id: str) -> None:
        """Take PostgreSQL's advisory lock for the campaign; on SQLite the transaction holds the one writer's lock."""
        if self._connection.dialect.name == "postgresql":
            query = text("SELECT pg_advisory_xact_lock(hashtextextended('plan ' || :campaign, 0))")
            self._connection.execute(query, {"campaign": campaign_id})

    def look_again(self, campaign_id: str, fingerprint: str, now: datetime) -> bool:
        """Compare and keep the fingerprint; let held contacts go when it is another."""
        changed = holds.note_rules(self._connection, campaign_id, fingerprint, now)
        if changed:
            holds.let_go(self._connection, campaign_id, now)
        return changed

    def waiting(self, campaign_id: str, now: datetime) -> list[Waiting]:
        """Count who waits, and until when."""
        return holds.waiting(self._connection, campaign_id, now)

    def open_contacts(self, campaign_id: str, now: datetime, until: datetime, limit: int) -> list[Contact]:
        """Read and lock contacts in the order of their urgency."""
        ask = {"campaign": campaign_id, "at": now, "until": until, "most": limit}
        ids = [row.id for row in TO_PLAN.all(self._connection, ask)]
        found = load_contacts(self._connection, ids)
        return [found[each] for each in ids]

    def dials(self, contact_ids: Collection[str]) -> Mapping[str, tuple[Dial, ...]]:
        """Read ended attempts of the contacts' present rounds."""
        found: dict[str, list[Dial]] = defaultdict(list)
        for chunk in _chunks(contact_ids):
            for row in DIALS.all(self._connection, {"ids": padded(chunk)}):
                found[row.contact_id].append(dial_from(row))
        return {contact_id: tuple(each) for contact_id, each in found.items()}

    def callbacks(self, contact_ids: Collection[str]) -> Mapping[str, Callback]:
        """Read callbacks, the later one winning."""
        found: dict[str, Callback] = {}
        for chunk in _chunks(contact_ids):
            rows = STANDING.all(self._connection, {"ids": padded(chunk)})
            found |= {row.contact_id: callback_from(row) for row in rows}
        return found

    def slots_taken(self, campaign_id: str, since: datetime) -> Mapping[datetime, tuple[int, int]]:
        """Count attempts by window; one that was cancelled has given its place back."""
        rows = SLOTS.all(self._connection, {"of_campaign": campaign_id, "since": since})
        return {start: (every, promised) for start, every, promised in rows}

    def numbers_taken(self, number_indexes: Collection[str], since: datetime) -> set[tuple[datetime, str]]:
        """Read the windows of planned attempts on these numbers."""
        found: set[tuple[datetime, str]] = set()
        for chunk in _chunks(number_indexes):
            rows = NUMBERS.all(self._connection, {"numbers": padded(chunk), "since": since})
            found |= {(row.window_start, row.number_index) for row in rows}
        return found

    def add_attempts(self, attempts_: Sequence[NewAttempt], now: datetime) -> int:
        """Insert attempts and their first event, except where the unique index knows an open one."""
        if not attempts_:
            return 0
        add = _ADD_ON_POSTGRES if self._connection.dialect.name == "postgresql" else _ADD_ON_SQLITE
        added = add.run_many(self._connection, [_planned(each, now) for each in attempts_])
        inserted = [each.id for each in attempts_]
        if added < len(attempts_):
            inserted = [each for each in inserted if _KNOWN.first(self._connection, {"wanted": each}) is not None]
        events = [
            {"attempt_id": each, "at": now, "from_status": None, "to_status": "planned", "cause": "planned"}
            for each in inserted
        ]
        _EVENT.run_many(self._connection, events)
        return len(inserted)

    def change_contacts(self, changes: Sequence[ContactChange], now: datetime) -> None:
        """Update contacts, many at once."""
        CHANGE.run_many(
            self._connection,
            [
                {
                    "contact": each.id,
                    "to_state": each.state,
                    "why": each.reason,
                    "from_then": each.not_before,
                    "by_day": each.deadline,
                    "at": now,
                }
                for each in changes
            ],
        )

    def close_policies(self, contact_ids: Collection[str], now: datetime) -> None:
        """Close due policies of these contacts."""
        for chunk in _chunks(contact_ids):
            self._connection.execute(
                update(policies)
                .where(policies.c.contact_id.in_(chunk), policies.c.welcome == WelcomeState.DUE)
                .values(welcome=WelcomeState.CLOSED, updated_at=now)
            )

    def add_receipts(self, receipts_: Sequence[PlanReceipt]) -> None:
        """Insert receipts of the stage `plan`."""
        RECEIPT.run_many(
            self._connection,
            [
                receipt_row(
                    receipt_id=each.id,
                    contact_id=each.contact_id,
                    attempt_id=None,
                    stage="plan",
                    at=each.at,
                    allowed=False,
                    reasons=each.reasons,
                    body=each.body,
                )
                for each in receipts_
            ],
        )

    def next_due(self, campaign_id: str, now: datetime) -> datetime | None:
        """Find the earliest `not_before` ahead."""
        ((found,),) = NEXT_DUE.all(self._connection, {"of_campaign": campaign_id, "now": now})
        return cast("datetime | None", found)

    def overdue_promises(self, now: datetime, limit: int) -> list[OverduePromise]:
        """Read open callbacks whose window is over, with when a person took the matter up."""
        return [
            OverduePromise(callback_from(row), row.company_id, row.taken_up_at, bool(row.with_a_person))
            for row in OVERDUE.all(self._connection, {"now": now, "most": limit})
        ]

    def promises_at_risk(
        self, now: datetime, until: datetime, limit: int, behind: Callback | None = None
    ) -> list[RiskyPromise]:
        """Read open callbacks that end soon, with a stop order or the reason for which their contact is held."""
        last_end, last_id = (now, "") if behind is None else (behind.window_end, behind.id)
        ask = {"at": now, "until": until, "last_end": last_end, "last_id": last_id, "most": limit}
        return [
            RiskyPromise(callback_from(row), row.company_id, row.held_by) for row in AT_RISK.all(self._connection, ask)
        ]

    def is_live(self, contact_id: str) -> bool:
        """Look for a live attempt."""
        query = select(attempts.c.id).where(attempts.c.contact_id == contact_id, attempts.c.status.in_(IN_THE_AIR))
        return self._connection.execute(query.limit(1)).first() is not None

    def note_escalated(self, callback_id: str, now: datetime) -> bool:
        """Write the instant, once."""
        changed = self._connection.execute(
            update(callbacks)
            .where(
                callbacks.c.id == callback_id,
                callbacks.c.status == CallbackStatus.OPEN,
                callbacks.c.escalated_at.is_(None),
            )
            .values(escalated_at=now)
        )
        return changed.rowcount == 1

    def settle_promise(self, callback_id: str, status: CallbackStatus, now: datetime) -> bool:
        """End a callback by one conditional update."""
        return _SETTLE.run(self._connection, {"wanted": callback_id, "status": status, "settled_at": now}) == 1

    def hand_over(self, contact_id: str, reason: str, now: datetime) -> None:
        """Close the contact if it is open."""
        changed = self._connection.execute(
            update(contacts)
            .where(contacts.c.id == contact_id, contacts.c.state == ContactState.OPEN)
            .values(state=ContactState.DONE, reason=reason, not_before=None, updated_at=now)
        )
        if changed.rowcount == 1:
            self.close_policies([contact_id], now)


def _planned(attempt: NewAttempt, now: datetime) -> dict[str, object]:
    return {
        "id": attempt.id,
        "token": attempt.token,
        "contact_id": attempt.contact_id,
        "company_id": attempt.company_id,
        "campaign_id": attempt.campaign_id,
        "phone_id": attempt.phone_id,
        "number_index": attempt.number_index,
        "round": attempt.round,
        "origin": attempt.origin,
        "callback_id": attempt.callback_id,
        "status": AttemptStatus.PLANNED,
        "planned_at": now,
        "window_start": attempt.window_start,
        "window_end": attempt.window_end,
        "deadline": attempt.deadline,
        "updated_at": now,
    }


def _chunks(ids: Collection[str]) -> Iterator[list[str]]:
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
