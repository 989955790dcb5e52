"""Contacts to be planned and the plan, in SQL."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, case, func, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from outbound.adapters.sql.calls import holds
from outbound.adapters.sql.evidence import receipt_row
from outbound.adapters.sql.outcomes import callback_from, dial_from
from outbound.adapters.sql.rows import CHUNK, load_contacts, unindexed
from outbound.adapters.sql.schema import (
    attempt_events,
    attempts,
    callbacks,
    contacts,
    inbox,
    policies,
    receipts,
    stop_orders,
)
from outbound.domain.attempt import LIVE, AttemptStatus
from outbound.domain.callback import PERSON_LEAD, Callback, CallbackStatus
from outbound.domain.contact import Contact, ContactState, WelcomeState
from outbound.domain.inbox import RINGS_BACK, ROBOT
from outbound.planning.again import Dial
from outbound.planning.candidates import PASSING_REASONS
from outbound.usecases.ports.planning import (
    ContactChange,
    NewAttempt,
    OverduePromise,
    PlanReceipt,
    RiskyPromise,
    Waiting,
)

_DIALLED = (AttemptStatus.ENDED, AttemptStatus.NOT_PLACED)

_PROMISED = select(callbacks.c.id).where(
    callbacks.c.contact_id == contacts.c.id, callbacks.c.status == CallbackStatus.OPEN
)

_TO_PLAN = (
    select(contacts.c.id)
    .where(
        contacts.c.state == ContactState.OPEN,
        contacts.c.campaign_id == bindparam("campaign"),
        or_(
            contacts.c.not_before.is_(None),
            contacts.c.not_before <= bindparam("at"),
            and_(
                contacts.c.not_before <= bindparam("until"),
                or_(contacts.c.reason.like(holds.WAITS_BY_ITSELF), contacts.c.reason.in_(PASSING_REASONS)),
            ),
        ),
    )
    .order_by(
        case((_PROMISED.exists(), 0), else_=1),
        contacts.c.deadline.is_(None),
        contacts.c.deadline,
        contacts.c.created_at,
        contacts.c.id,
    )
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)

_CHANGE = (
    update(contacts)
    .where(contacts.c.id == bindparam("contact"), contacts.c.state == ContactState.OPEN)
    .values(
        state=bindparam("to_state"),
        reason=bindparam("why"),
        not_before=bindparam("from_then"),
        deadline=bindparam("by_day"),
        updated_at=bindparam("at"),
    )
)


_STOPPED = (
    select(stop_orders.c.id)
    .where(
        stop_orders.c.lifted_at.is_(None),
        or_(stop_orders.c.campaign_id.is_(None), stop_orders.c.campaign_id == contacts.c.campaign_id),
    )
    .exists()
)
_IN_THE_AIR = tuple(sorted(LIVE - {AttemptStatus.UNKNOWN}))
_OF_THE_CONTACT = select(attempts.c.id).where(attempts.c.contact_id == callbacks.c.contact_id)
_RINGING = _OF_THE_CONTACT.where(unindexed(attempts.c.status).in_(_IN_THE_AIR)).exists()
_UNKNOWN = _OF_THE_CONTACT.where(unindexed(attempts.c.status) == AttemptStatus.UNKNOWN).exists()
_WITH_A_PERSON = (
    select(inbox.c.id)
    .where(
        inbox.c.attempt_id == callbacks.c.attempt_id,
        inbox.c.kind.in_(sorted(RINGS_BACK)),
        or_(inbox.c.status != "done", inbox.c.claimed_by != ROBOT),
    )
    .exists()
)
_AT_RISK = (
    select(
        callbacks,
        contacts.c.company_id,
        case((_UNKNOWN, "unknown"), (_STOPPED, "stop_order"), else_=contacts.c.reason).label("held_by"),
    )
    .join(contacts, contacts.c.id == callbacks.c.contact_id)
    .where(
        callbacks.c.status == CallbackStatus.OPEN,
        callbacks.c.escalated_at.is_(None),
        callbacks.c.window_end > bindparam("at", type_=callbacks.c.window_end.type),
        callbacks.c.window_end <= bindparam("soon", type_=callbacks.c.window_end.type),
        contacts.c.state != ContactState.WITHDRAWN,
        ~_RINGING,
        ~_WITH_A_PERSON,
    )
    .order_by(callbacks.c.window_end, callbacks.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=contacts, key_share=True, skip_locked=True)
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
        ids = list(self._connection.execute(_TO_PLAN, ask).scalars())
        found = load_contacts(self._connection, ids)
        return [found[each] for each in ids]

    def dials(self, contact_ids: Collection[str]) -> Mapping[str, tuple[Dial, ...]]:
        """Read ended attempts of the contacts' present rounds."""
        found: dict[str, list[Dial]] = defaultdict(list)
        for chunk in _chunks(contact_ids):
            query = (
                select(
                    attempts.c.contact_id,
                    attempts.c.phone_id,
                    attempts.c.connect_result,
                    attempts.c.disposition,
                    attempts.c.callback_id,
                    attempts.c.reserved_at,
                )
                .join(contacts, and_(contacts.c.id == attempts.c.contact_id, contacts.c.round == attempts.c.round))
                .where(
                    attempts.c.contact_id.in_(chunk),
                    attempts.c.attempt_number.is_not(None),
                    unindexed(attempts.c.status).in_(_DIALLED),
                )
                .order_by(attempts.c.attempt_number, attempts.c.id)
            )
            for row in self._connection.execute(query):
                found[row.contact_id].append(dial_from(row))
        return {contact_id: tuple(each) for contact_id, each in found.items()}

    def callbacks(self, contact_ids: Collection[str]) -> Mapping[str, Callback]:
        """Read callbacks, the later one winning."""
        found: dict[str, Callback] = {}
        for chunk in _chunks(contact_ids):
            query = (
                select(callbacks)
                .where(
                    callbacks.c.contact_id.in_(chunk),
                    unindexed(callbacks.c.status).in_((CallbackStatus.OPEN, CallbackStatus.KEPT)),
                )
                .order_by(callbacks.c.asked_at, callbacks.c.id)
            )
            found |= {row.contact_id: callback_from(row) for row in self._connection.execute(query)}
        return found

    def slots_taken(self, campaign_id: str, since: datetime) -> Mapping[datetime, tuple[int, int]]:
        """Count attempts by window; one that was cancelled has given its place back."""
        query = (
            select(attempts.c.window_start, func.count(), func.count(attempts.c.callback_id))
            .where(
                attempts.c.campaign_id == campaign_id,
                attempts.c.window_start >= since,
                attempts.c.status != AttemptStatus.CANCELLED,
            )
            .group_by(attempts.c.window_start)
        )
        return {start: (every, promised) for start, every, promised in self._connection.execute(query)}

    def numbers_taken(self, number_indexes: Collection[str], since: datetime) -> set[tuple[datetime, str]]:
        """Read the windows of planned attempts on these numbers."""
        found: set[tuple[datetime, str]] = set()
        for chunk in _chunks(number_indexes):
            query = select(attempts.c.window_start, attempts.c.number_index).where(
                attempts.c.number_index.in_(chunk),
                unindexed(attempts.c.status) == AttemptStatus.PLANNED,
                attempts.c.window_start >= since,
            )
            found |= {(row.window_start, row.number_index) for row in self._connection.execute(query)}
        return found

    def add_attempts(self, attempts_: Sequence[NewAttempt], now: datetime) -> int:
        """Insert attempts and their first event, except where the unique index knows an open one."""
        if not attempts_:
            return 0
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(attempts).on_conflict_do_nothing().returning(attempts.c.id)
        inserted = self._connection.execute(statement, [_planned(each, now) for each in attempts_]).scalars().all()
        if inserted:
            events = [
                {"attempt_id": each, "at": now, "from_status": None, "to_status": "planned", "cause": "planned"}
                for each in inserted
            ]
            self._connection.execute(insert(attempt_events), events)
        return len(inserted)

    def change_contacts(self, changes: Sequence[ContactChange], now: datetime) -> None:
        """Update contacts, many at once."""
        if changes:
            self._connection.execute(
                _CHANGE,
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
        if receipts_:
            self._connection.execute(
                insert(receipts),
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
        query = select(func.min(contacts.c.not_before)).where(
            contacts.c.state == ContactState.OPEN,
            contacts.c.campaign_id == campaign_id,
            contacts.c.not_before > now,
        )
        found: datetime | None = self._connection.execute(query).scalar()
        return found

    def overdue_promises(self, now: datetime, limit: int) -> list[OverduePromise]:
        """Read open callbacks whose window is over, with when a person took the matter up."""
        in_hand = select(attempts.c.id).where(
            attempts.c.callback_id == callbacks.c.id,
            or_(
                attempts.c.status.in_(sorted(LIVE)),
                # Planned behind the window, it cannot keep the promise any more.
                and_(attempts.c.status == AttemptStatus.PLANNED, attempts.c.window_start < callbacks.c.window_end),
            ),
        )
        taken_up = (
            select(func.min(inbox.c.done_at))
            .where(
                inbox.c.attempt_id == callbacks.c.attempt_id,
                inbox.c.done_at.is_not(None),
                inbox.c.kind.in_(sorted(RINGS_BACK)),
                inbox.c.claimed_by != ROBOT,
            )
            .scalar_subquery()
        )
        query = (
            select(callbacks, contacts.c.company_id, taken_up.label("taken_up_at"))
            .join(contacts, contacts.c.id == callbacks.c.contact_id)
            .where(callbacks.c.status == CallbackStatus.OPEN, callbacks.c.window_end <= now, ~in_hand.exists())
            .order_by(callbacks.c.window_end, callbacks.c.id)
            .limit(limit)
            .with_for_update(of=contacts, key_share=True, skip_locked=True)
        )
        return [
            OverduePromise(callback_from(row), row.company_id, row.taken_up_at, row.escalated_at is not None)
            for row in self._connection.execute(query)
        ]

    def promises_at_risk(self, now: datetime, limit: int) -> list[RiskyPromise]:
        """Read open callbacks that end soon, with a stop order or the reason for which their contact is held."""
        ask = {"at": now, "soon": now + PERSON_LEAD, "most": limit}
        found = (
            RiskyPromise(callback_from(row), row.company_id, row.held_by)
            for row in self._connection.execute(_AT_RISK, ask)
        )
        return [each for each in found if each.callback.person_takes_over_at <= now]

    def is_live(self, contact_id: str) -> bool:
        """Look for a live attempt."""
        query = select(attempts.c.id).where(attempts.c.contact_id == contact_id, attempts.c.status.in_(_IN_THE_AIR))
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
        changed = self._connection.execute(
            update(callbacks)
            .where(callbacks.c.id == callback_id, callbacks.c.status == CallbackStatus.OPEN)
            .values(status=status, settled_at=now)
        )
        return changed.rowcount == 1

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
