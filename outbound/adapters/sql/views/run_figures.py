"""What a run came to: counts for the command line, rows for the figures of `review`, and the records as filed."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, func, or_, select

from outbound.adapters.sql.schema import (
    answers,
    attempts,
    callbacks,
    contacts,
    inbound_calls,
    inbox,
    outbox,
    service_records,
)
from outbound.adapters.sql.views.read_models import RANG, not_called
from outbound.review.figures import CallRow

SENIOR = 65
_BEGUN = attempts.c.status.not_in(("planned", "cancelled", "reserved"))
_DIALLED = and_(_BEGUN, attempts.c.origin != "inbound")
"""Calls of ours: who rings back is no dial."""


def totals(connection: Connection) -> dict[str, Any]:
    """Count contacts, dials, calls and outcomes under the names of `simulate --json`."""
    asked = dict(
        connection.execute(select(callbacks.c.status, func.count()).group_by(callbacks.c.status)).tuples().all()
    )
    return {
        "contacts": _scalar(connection, select(func.count(contacts.c.id))),
        "attempts": _scalar(connection, select(func.count(attempts.c.id)).where(_DIALLED)),
        "rang": _scalar(connection, select(func.count(attempts.c.id)).where(RANG, _DIALLED)),
        "answered": _scalar(
            connection, select(func.count(attempts.c.id)).where(attempts.c.answered_at.is_not(None), _DIALLED)
        ),
        "inbound": _inbound(connection),
        "right_party": _contacts_where(connection, attempts.c.right_party.is_(True)),
        "verified": _contacts_where(connection, attempts.c.verified.is_(True)),
        "welcomed": _contacts_where(connection, attempts.c.disposition == "welcomed"),
        "dispositions": _dispositions(connection),
        "callbacks": {
            "asked": sum(asked.values()),
            **{name: asked.get(name, 0) for name in ("kept", "late", "broken", "open")},
        },
        "not_called": dict(not_called(connection)),
        "for_a_person": _by_kind(connection),
        "records": {
            "filed": _scalar(connection, select(func.count(service_records.c.record_id))),
            "pending": _scalar(
                connection,
                select(func.count(outbox.c.id)).where(outbox.c.status == "pending", outbox.c.kind == "record"),
            ),
        },
    }


def call_rows(connection: Connection) -> list[CallRow]:
    """Every call, those that came in too, with what the figures need to know of it and no more."""
    query = (
        select(
            attempts.c.contact_id, attempts.c.reserved_at, attempts.c.planned_at, attempts.c.origin,
            RANG.label("rang"), attempts.c.answered_at,
            attempts.c.right_party, attempts.c.verified, attempts.c.disposition, attempts.c.connect_result,
            attempts.c.language, contacts.c.person, contacts.c.time_zone, contacts.c.region, answers.c.score,
        )
        .join(contacts, contacts.c.id == attempts.c.contact_id)
        .outerjoin(answers, (answers.c.attempt_id == attempts.c.id) & (answers.c.name == "satisfaction"))
        .where(_BEGUN, or_(attempts.c.reserved_at.is_not(None), attempts.c.origin == "inbound"))
        .order_by(func.coalesce(attempts.c.reserved_at, attempts.c.planned_at), attempts.c.id)
    )  # fmt: skip
    return [_call_row(row) for row in connection.execute(query)]


def filed_records(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """The receiver's table, in the order of its filing."""
    query = select(service_records.c.body).order_by(service_records.c.received_at, service_records.c.record_id)
    for row in connection.execute(query):
        yield row.body


def _call_row(row: Any) -> CallRow:
    started = (row.reserved_at or row.planned_at).astimezone(ZoneInfo(row.time_zone or "Asia/Taipei"))
    return CallRow(
        contact_id=row.contact_id,
        started=started,
        rang=bool(row.rang) and row.origin != "inbound",
        answered=row.answered_at is not None,
        right_party=bool(row.right_party),
        verified=row.verified,
        disposition=row.disposition,
        connect_result=row.connect_result,
        language=row.language,
        is_senior=_is_senior(row.person.get("birth_date"), started),
        nps=None if row.score is None else int(row.score),
        came_in=row.origin == "inbound",
    )


def _is_senior(birth_date: str | None, at: datetime) -> bool:
    if birth_date is None:
        return True
    born, today = date.fromisoformat(birth_date), at.astimezone(UTC).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) >= SENIOR


def _inbound(connection: Connection) -> dict[str, int]:
    query = select(inbound_calls.c.met, func.count()).group_by(inbound_calls.c.met).order_by(inbound_calls.c.met)
    return dict(connection.execute(query).tuples().all())


def _by_kind(connection: Connection) -> dict[str, int]:
    query = select(inbox.c.kind, func.count()).group_by(inbox.c.kind).order_by(inbox.c.kind)
    return dict(connection.execute(query).tuples().all())


def _dispositions(connection: Connection) -> dict[str, int]:
    query = (
        select(attempts.c.disposition, func.count())
        .where(attempts.c.disposition.is_not(None))
        .group_by(attempts.c.disposition)
        .order_by(func.count().desc(), attempts.c.disposition)
    )
    return dict(connection.execute(query).tuples().all())


def _contacts_where(connection: Connection, condition: Any) -> int:
    return _scalar(connection, select(func.count(func.distinct(attempts.c.contact_id))).where(condition))


def _scalar(connection: Connection, query: Any) -> int:
    return int(connection.execute(query).scalar_one())
