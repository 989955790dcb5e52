"""Invented people for tests, put straight into the tables. Their numbers, +886 900 000 xxx, are not allocated."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert, select, update

from outbound.adapters.sql.rows import ATTEMPT_COLUMNS, attempt_from, load_contact
from outbound.adapters.sql.schema import attempts, callbacks, contacts, phones, policies, suppressions
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import LIVE, Attempt, AttemptStatus
from outbound.domain.contact import Contact, ContactState, WelcomeState
from outbound.domain.policy import PolicyStatus

MONDAY_TEN = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
"""Monday 2026-11-16, 10:00 in Taipei."""

_numbers = count(1)


def new_id() -> str:
    """Return an identifier that no other builder returned."""
    return f"{next(_numbers):032x}"


def make_contact(
    store: SqlStore,
    *,
    numbers: Sequence[str] = ("+886900000001",),
    policy_nos: Sequence[str] | None = None,
    company_id: str = "formosa-life",
    campaign_id: str = "welcome-tw",
    customer_id: str | None = None,
    full_name: str = "王試明",
    birth_date: date | None = date(1980, 5, 28),
    postal_code: str | None = "106",
    region: str = "TW-TPE",
    time_zone: str | None = None,
    language: str | None = "zh-TW",
    preferred_window: str | None = None,
    privacy_notice_on: date | None = date(2026, 11, 12),
    consents: dict[str, str | None] | None = None,
    do_not_call: bool = False,
    issued_on: date = date(2026, 11, 12),
    delivered_on: date | None = None,
    policy_status: PolicyStatus = PolicyStatus.IN_FORCE,
    welcome: WelcomeState = WelcomeState.DUE,
    product_name: str | None = "安心終身壽險",
    state: ContactState = ContactState.OPEN,
    reason: str | None = None,
    not_before: datetime | None = None,
    deadline: date | None = None,
    round: int = 1,  # noqa: A002 - the column's name
    line: str = "mobile",
    at: datetime = MONDAY_TEN,
) -> Contact:
    """Insert a contact of working age who may be called, with one number and one policy due unless told otherwise."""
    contact_id = new_id()
    customer_id = customer_id or f"C{contact_id[-8:]}"
    with store.engine.begin() as connection:
        connection.execute(
            insert(contacts).values(
                id=contact_id,
                company_id=company_id,
                campaign_id=campaign_id,
                customer_index=store.customer_index(company_id, customer_id),
                person={
                    "customer_id": customer_id,
                    "full_name": full_name,
                    "birth_date": birth_date.isoformat() if birth_date else None,
                    "postal_code": postal_code,
                },
                region=region,
                time_zone=time_zone,
                language=language,
                preferred_window=preferred_window,
                privacy_notice_on=privacy_notice_on,
                consents=consents or {},
                do_not_call=do_not_call,
                state=state,
                reason=reason,
                not_before=not_before,
                deadline=deadline,
                round=round,
                created_at=at,
                updated_at=at,
            )
        )
        for rank, number in enumerate(numbers):
            connection.execute(
                insert(phones).values(
                    id=new_id(),
                    contact_id=contact_id,
                    rank=rank,
                    number=number,
                    number_index=store.number_index(number),
                    line=line,
                )
            )
        for policy_no in (f"P{contact_id[-8:]}",) if policy_nos is None else policy_nos:
            connection.execute(
                insert(policies).values(
                    id=new_id(),
                    company_id=company_id,
                    policy_no=policy_no,
                    contact_id=contact_id,
                    content_hash="0" * 64,
                    status=policy_status,
                    product_code="WL01",
                    product_name=product_name,
                    issued_on=issued_on,
                    delivered_on=delivered_on,
                    welcome=welcome,
                    taken_in_at=at,
                    updated_at=at,
                )
            )
    return contact_now(store, contact_id)


def make_attempt(
    store: SqlStore,
    contact: Contact,
    *,
    status: AttemptStatus = AttemptStatus.PLANNED,
    phone: int = 0,
    window_start: datetime = MONDAY_TEN,
    window_minutes: int = 30,
    at: datetime = MONDAY_TEN,
    **columns: Any,
) -> Attempt:
    """Insert an attempt on the contact's number of that rank; a live one counts as dialled at `at`."""
    attempt_id, token = new_id(), new_id()
    values: dict[str, Any] = {
        "id": attempt_id,
        "token": token,
        "contact_id": contact.id,
        "company_id": contact.company_id,
        "campaign_id": contact.campaign_id,
        "phone_id": contact.phones[phone].id,
        "number_index": contact.phones[phone].number_index,
        "round": contact.round,
        "origin": "first",
        "status": status,
        "planned_at": at,
        "window_start": window_start,
        "window_end": window_start + timedelta(minutes=window_minutes),
        "updated_at": at,
    }
    if status is not AttemptStatus.PLANNED:
        values |= {"attempt_number": 1, "reserved_at": at, "dial_by": at + timedelta(seconds=10)}
    if status in LIVE - {AttemptStatus.RESERVED, AttemptStatus.UNKNOWN}:
        values |= {"placed_at": at, "sid": f"CA{attempt_id}"}
    with store.engine.begin() as connection:
        connection.execute(insert(attempts).values(**values | columns))
        if status in LIVE or status is AttemptStatus.PLANNED:
            connection.execute(update(contacts).where(contacts.c.id == contact.id).values(state=ContactState.PLANNED))
    return attempt_now(store, attempt_id)


def make_callback(
    store: SqlStore, attempt: Attempt, *, window_start: datetime, hours: float = 2, reason: str = "wish", **columns: Any
) -> str:
    """Insert an open callback that was asked for in `attempt`; returns its identifier."""
    callback_id = new_id()
    values = {
        "id": callback_id,
        "contact_id": attempt.contact_id,
        "attempt_id": attempt.id,
        "asked_at": attempt.updated_at,
        "window_start": window_start,
        "window_end": window_start + timedelta(hours=hours),
        "reason": reason,
        "status": "open",
    }
    with store.engine.begin() as connection:
        connection.execute(insert(callbacks).values(**values | columns))
    return callback_id


def suppress_number(store: SqlStore, number: str, *, reason: str = "opt_out", at: datetime = MONDAY_TEN) -> None:
    """Forbid every call to a number."""
    with store.engine.begin() as connection:
        connection.execute(
            insert(suppressions).values(
                id=new_id(), number_index=store.number_index(number), reason=reason, evidence="test", by="test", at=at
            )
        )


def contact_now(store: SqlStore, contact_id: str) -> Contact:
    """Read a contact as it stands."""
    with store.reading() as connection:
        contact = load_contact(connection, contact_id)
    assert contact is not None
    return contact


def attempt_now(store: SqlStore, attempt_id: str) -> Attempt:
    """Read an attempt as it stands."""
    with store.reading() as connection:
        return attempt_from(connection.execute(select(*ATTEMPT_COLUMNS).where(attempts.c.id == attempt_id)).one())


def attempts_of(store: SqlStore, contact: Contact) -> list[Attempt]:
    """Read every attempt of a contact, in the order of their windows."""
    query = (
        select(*ATTEMPT_COLUMNS)
        .where(attempts.c.contact_id == contact.id)
        .order_by(attempts.c.window_start, attempts.c.id)
    )
    with store.reading() as connection:
        return [attempt_from(row) for row in connection.execute(query)]


def rows(store: SqlStore, query: Any) -> list[Any]:
    """Run a read-only query and return its rows."""
    with store.reading() as connection:
        return list(connection.execute(query))
