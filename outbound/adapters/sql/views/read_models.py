"""What the desk looks at: read-only views over the tables, for the command line and later the console."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, ScalarSelect, func, or_, select

from outbound.adapters.sql.heartbeats import SqlHeartbeats
from outbound.adapters.sql.schema import (
    attempts,
    callbacks,
    contacts,
    inbound_calls,
    inbox,
    interviews,
    outbox,
    pacing,
    phones,
    policies,
    quarantine,
    stop_orders,
    suppressions,
    unanswered_questions,
)
from outbound.adapters.sql.views.interviews import waiting_interviews
from outbound.adapters.sql.views.operations import PaceState, paces, unknown_calls
from outbound.adapters.sql.views.places import suspensions
from outbound.domain.line.pace import last_end
from outbound.usecases.heartbeat import expected
from outbound.usecases.ports.stored.heartbeats import Heartbeat, VerbRun

_LIVE = ("reserved", "placed", "ringing", "in_progress")
RANG = or_(
    attempts.c.ringing_at.is_not(None),
    attempts.c.answered_at.is_not(None),
    attempts.c.connect_result.in_(("human", "machine", "no_answer")),
)
"""Calls that rang, by all that is known: the webhook that tells of the ringing itself may be lost."""


class Status(Struct, frozen=True):
    """What happens now, over all campaigns or one."""

    at: datetime
    policies: int
    contacts: Mapping[str, int]
    in_the_air: Mapping[str, int]
    due: int
    planned: int
    next_call: datetime | None
    unknown: int
    not_called: Mapping[str, int]
    callbacks: Mapping[str, int]
    callbacks_overdue: int
    inbox: Mapping[str, int]
    inbox_overdue: int
    interviews: int
    quarantined: int
    records: Mapping[str, int]
    stop_orders: tuple[Mapping[str, Any], ...]
    paused: tuple[Mapping[str, Any], ...]
    suspended_areas: tuple[Mapping[str, Any], ...] = ()
    inbox_done: int = 0
    unknown_calls: tuple[Mapping[str, Any], ...] = ()
    pace: tuple[PaceState, ...] = ()
    workers: tuple[Heartbeat, ...] = ()
    verbs: tuple[VerbRun, ...] = ()


def status(connection: Connection, now: datetime) -> Status:
    """Count what is in the air, due, planned, unknown, held back and waiting at `now`."""
    by_status = _counts(connection, attempts.c.status)
    by_inbox = _counts(connection, inbox.c.kind, inbox.c.status != "done")
    processes = SqlHeartbeats(connection)
    return Status(
        at=now,
        policies=_count(connection, policies.c.id),
        contacts=_counts(connection, contacts.c.state),
        in_the_air={name: by_status[name] for name in _LIVE if name in by_status},
        due=_count(connection, attempts.c.id, attempts.c.status == "planned", attempts.c.window_start <= now),
        planned=by_status.get("planned", 0),
        next_call=connection.execute(
            select(func.min(attempts.c.window_start)).where(attempts.c.status == "planned")
        ).scalar_one(),
        unknown=by_status.get("unknown", 0),
        not_called=not_called(connection),
        callbacks=_counts(connection, callbacks.c.status),
        callbacks_overdue=_count(
            connection, callbacks.c.id, callbacks.c.status == "open", callbacks.c.window_end <= now
        ),
        inbox=by_inbox,
        inbox_done=_count(connection, inbox.c.id, inbox.c.status == "done"),
        inbox_overdue=_count(connection, inbox.c.id, inbox.c.status != "done", inbox.c.due_at <= now),
        interviews=waiting_interviews(connection),
        quarantined=_count(connection, quarantine.c.id, quarantine.c.status == "waiting"),
        records=_counts(connection, outbox.c.status),
        stop_orders=tuple(orders_in_force(connection)),
        paused=tuple(_pauses(connection, now)),
        suspended_areas=tuple(each for each in suspensions(connection, now) if each["state"] == "in_force"),
        unknown_calls=tuple(unknown_calls(connection)),
        pace=tuple(paces(connection, now)),
        workers=expected(processes.heartbeats(), now),
        verbs=tuple(processes.verb_runs()),
    )


def planned_until(connection: Connection, instant: datetime) -> int:
    """Planned calls whose window opens before `instant`."""
    return _count(connection, attempts.c.id, attempts.c.status == "planned", attempts.c.window_start < instant)


def not_called(connection: Connection) -> Mapping[str, int]:
    """Contacts whom no call has rung and who are not planned, counted by the reason on record.

    Who rang us and talked is none of them. `unknown` are those of whom nobody knows whether their call rang.
    """
    rang = select(attempts.c.contact_id).where(RANG)
    query = (
        select(contacts.c.reason, func.count())
        .where(contacts.c.id.not_in(rang), contacts.c.state != "planned")
        .group_by(contacts.c.reason)
    )
    counts = {name or "not_planned_yet": count for name, count in connection.execute(query).tuples()}
    return dict(sorted(counts.items()))


def orders_in_force(connection: Connection) -> list[Mapping[str, Any]]:
    """Stop orders that were not lifted, oldest first."""
    query = (
        select(stop_orders.c.id, stop_orders.c.campaign_id, stop_orders.c.reason, stop_orders.c.by, stop_orders.c.at)
        .where(stop_orders.c.lifted_at.is_(None))
        .order_by(stop_orders.c.at)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def inbox_items(connection: Connection, *, kind: str | None = None, limit: int = 200) -> list[Mapping[str, Any]]:
    """What waits for a person, first due first, with whom to call back and on which number."""
    query = (
        select(
            inbox.c.id,
            inbox.c.kind,
            inbox.c.status,
            inbox.c.at,
            inbox.c.due_at,
            inbox.c.claimed_by,
            inbox.c.note,
            inbox.c.contact_id,
            inbox.c.attempt_id,
            inbox.c.turn,
            contacts.c.person,
            func.coalesce(phones.c.number, *_other_numbers(), type_=phones.c.number.type).label("number"),
        )
        .outerjoin(contacts, contacts.c.id == inbox.c.contact_id)
        .outerjoin(attempts, attempts.c.id == inbox.c.attempt_id)
        .outerjoin(phones, phones.c.id == attempts.c.phone_id)
        .where(inbox.c.status != "done", *([inbox.c.kind == kind] if kind else []))
        .order_by(inbox.c.due_at, inbox.c.id)
        .limit(limit)
    )
    items: list[Mapping[str, Any]] = []
    for row in connection.execute(query).mappings():
        item = {key: value for key, value in row.items() if key != "person"}
        item["name"] = row["person"]["full_name"] if row["person"] else None
        items.append(item)
    return items


def _other_numbers() -> tuple[ScalarSelect[Any], ...]:
    """Where no conversation says which number: the one that the contact rang us from last, else the first."""
    theirs = phones.alias("theirs")
    usable = select(theirs.c.number).where(theirs.c.contact_id == inbox.c.contact_id, theirs.c.unusable.is_(None))
    rang_from = (
        usable.join(inbound_calls, inbound_calls.c.number_index == theirs.c.number_index)
        .where(inbound_calls.c.contact_id == inbox.c.contact_id)
        .order_by(inbound_calls.c.at.desc())
    )
    first = usable.order_by(theirs.c.rank)
    return tuple(query.limit(1).correlate(inbox).scalar_subquery() for query in (rang_from, first))


def dead_letters(connection: Connection, limit: int = 500) -> list[Mapping[str, Any]]:
    """What was given up, and messages of which nobody knows whether they went out; oldest first, without content."""
    shown = (outbox.c.id, outbox.c.kind, outbox.c.status, outbox.c.tries, outbox.c.last_problem, outbox.c.created_at)
    query = (
        select(*shown)
        .where(outbox.c.status.in_(("dead", "unknown")))
        .order_by(outbox.c.created_at, outbox.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def open_callbacks(connection: Connection, limit: int = 200) -> list[Mapping[str, Any]]:
    """Promised return calls that are still open, first due first."""
    query = (
        select(callbacks.c.id, callbacks.c.contact_id, callbacks.c.window_start, callbacks.c.window_end)
        .where(callbacks.c.status == "open")
        .order_by(callbacks.c.window_start, callbacks.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def full_id(connection: Connection, kind: str, beginning: str) -> str:
    """Complete an identifier from its first characters; what is unknown or ambiguous comes back as it was.

    `kind` is inbox, suppressions, outbox, contacts, interviews or unanswered_questions.
    """
    tables = (inbox, suppressions, outbox, contacts, interviews, unanswered_questions)
    column = next(table for table in tables if table.name == kind).c.id
    found = connection.execute(select(column).where(column.startswith(beginning, autoescape=True)).limit(2)).scalars()
    fitting = list(found)
    return fitting[0] if len(fitting) == 1 else beginning


def _pauses(connection: Connection, now: datetime) -> list[Mapping[str, Any]]:
    """Trunks and campaigns that a refusal of the carrier's holds up now."""
    shown = (pacing.c.trunk, pacing.c.paused_until, pacing.c.paused_for)
    query = select(*shown).where(pacing.c.paused_until.between(now, last_end(now))).order_by(pacing.c.trunk)
    return [dict(row) for row in connection.execute(query).mappings()]


def _count(connection: Connection, column: Any, *where: Any) -> int:
    return int(connection.execute(select(func.count(column)).where(*where)).scalar_one())


def _counts(connection: Connection, column: Any, *where: Any) -> dict[str, int]:
    query = select(column, func.count()).where(*where).group_by(column).order_by(column)
    return dict(connection.execute(query).tuples().all())
