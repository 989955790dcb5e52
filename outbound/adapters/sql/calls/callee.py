"""Whom a call is for, and what is known of earlier calls, in SQL: what the gate is told."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Select,
    Table,
    and_,
    bindparam,
    literal,
    null,
    or_,
    select,
    union_all,
)

from outbound.adapters.sql.rows import CHUNK, contact_from
from outbound.adapters.sql.schema import attempts, contacts, phones, policies, stop_orders, suppressions
from outbound.domain.attempt import LIVE, AttemptStatus
from outbound.domain.contact import Contact, ContactPhone, ContactPolicy, WelcomeState
from outbound.domain.policy import PolicyStatus
from outbound.usecases.ports.dialling import LastWord, PastAttempt, StoredSuppression

_S = AttemptStatus
_T = attempts.c


def _of_many(table: Table) -> ColumnElement[bool]:
    return or_(
        table.c.contact_id.in_(bindparam("contacts", expanding=True)),
        table.c.number_index.in_(bindparam("numbers", expanding=True)),
    )


def _of_one(table: Table) -> ColumnElement[bool]:
    """Ask for one contact with one number, as every dial does: lists would be spelt out anew each time."""
    return or_(table.c.contact_id == bindparam("contacts"), table.c.number_index == bindparam("numbers"))


def _past(whose: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            _T.id,
            _T.contact_id,
            _T.number_index,
            _T.reserved_at,
            _T.status,
            _T.round,
            _T.attempt_number,
            _T.callback_id,
        )
        .where(whose, _T.status.not_in((_S.PLANNED, _S.CANCELLED)), _T.reserved_at.is_not(None))
        .order_by(_T.reserved_at, _T.id)
    )


def _suppressed(whose: ColumnElement[bool]) -> Select[Any]:
    return (
        select(suppressions.c.contact_id, suppressions.c.number_index, suppressions.c.call_class)
        .where(whose, suppressions.c.lifted_at.is_(None))
        .order_by(suppressions.c.at, suppressions.c.id)
    )


_PAST = _past(_of_one(attempts)), _past(_of_many(attempts))
_SUPPRESSED = _suppressed(_of_one(suppressions)), _suppressed(_of_many(suppressions))

_LAST_WORD = union_all(
    select(
        literal(value=True).label("stops"), null().label("contact_id"), null().label("number_index"),
        null().label("call_class"),
    ).where(
        stop_orders.c.lifted_at.is_(None),
        or_(stop_orders.c.campaign_id.is_(None), stop_orders.c.campaign_id == bindparam("campaign")),
    ),
    select(
        literal(value=False), suppressions.c.contact_id, suppressions.c.number_index, suppressions.c.call_class
    ).where(_of_one(suppressions), suppressions.c.lifted_at.is_(None)),
)  # fmt: skip

_CALLEE = (
    select(
        contacts,
        phones.c.id.label("phone_id"),
        phones.c.rank,
        phones.c.number,
        phones.c.number_index,
        phones.c.extension,
        phones.c.line,
        phones.c.unusable,
        policies.c.id.label("policy_id"),
        policies.c.policy_no,
        policies.c.product_code,
        policies.c.product_name,
        policies.c.issued_on,
        policies.c.delivered_on,
        policies.c.status,
        policies.c.welcome,
    )
    .outerjoin(phones, and_(phones.c.contact_id == contacts.c.id, phones.c.id == bindparam("phone")))
    .outerjoin(policies, policies.c.contact_id == contacts.c.id)
    .where(contacts.c.id == bindparam("contact"))
    .order_by(policies.c.issued_on, policies.c.policy_no)
)


def read_past_attempts(
    connection: Connection, contact_ids: Collection[str], number_indexes: Collection[str]
) -> list[PastAttempt]:
    """Read attempts by contact or number; chunks overlap where a number is shared, so each is kept once."""
    found: dict[str, PastAttempt] = {}
    for rows in _ask(connection, _PAST, contact_ids, number_indexes):
        for row in rows:
            found[row.id] = PastAttempt(
                id=row.id,
                contact_id=row.contact_id,
                number_index=row.number_index,
                at=row.reserved_at,
                live=row.status in LIVE,
                rang=row.status != _S.NOT_PLACED,
                round=row.round,
                attempt_number=row.attempt_number or 0,
                callback_id=row.callback_id,
            )
    return sorted(found.values(), key=lambda item: (item.at, item.id))


def read_suppressions(
    connection: Connection, contact_ids: Collection[str], number_indexes: Collection[str]
) -> list[StoredSuppression]:
    """Read suppressions in force by contact or number."""
    return [
        StoredSuppression(row.contact_id, row.number_index, row.call_class)
        for rows in _ask(connection, _SUPPRESSED, contact_ids, number_indexes)
        for row in rows
    ]


def read_last_word(connection: Connection, campaign_id: str, contact_id: str, number_index: str) -> LastWord:
    """Read stop orders and suppressions in one statement."""
    asked = {"campaign": campaign_id, "contacts": contact_id, "numbers": number_index}
    found = connection.execute(_LAST_WORD, asked).all()
    said = [StoredSuppression(row.contact_id, row.number_index, row.call_class) for row in found if not row.stops]
    return LastWord(stopped=len(said) < len(found), suppressions=said)


def read_callee(connection: Connection, contact_id: str, phone_id: str) -> Contact | None:
    """Read contact, number and policies in one statement: a row for every policy."""
    rows = connection.execute(_CALLEE, {"contact": contact_id, "phone": phone_id}).all()
    if not rows or rows[0].phone_id is None:
        return None
    first = rows[0]
    phone = ContactPhone(
        first.phone_id, first.rank, first.number, first.number_index, first.extension, first.line, first.unusable
    )
    held = [
        ContactPolicy(
            id=row.policy_id,
            policy_no=row.policy_no,
            product_code=row.product_code,
            product_name=row.product_name,
            issued_on=row.issued_on,
            delivered_on=row.delivered_on,
            status=PolicyStatus(row.status),
            welcome=WelcomeState(row.welcome),
        )
        for row in rows
        if row.policy_id is not None
    ]
    return contact_from(first, [phone], held)


def _ask(
    connection: Connection,
    statements: tuple[Select[Any], Select[Any]],
    contact_ids: Collection[str],
    number_indexes: Collection[str],
) -> Iterator[CursorResult[Any]]:
    for_one, for_many = statements
    if len(contact_ids) == len(number_indexes) == 1:
        (contact_id,), (number_index,) = contact_ids, number_indexes
        yield connection.execute(for_one, {"contacts": contact_id, "numbers": number_index})
        return
    for people, numbers in _chunks(list(contact_ids), list(number_indexes)):
        yield connection.execute(for_many, {"contacts": people, "numbers": numbers})


def _chunks(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Cut two lists of keys side by side into pieces below a database's limit of parameters."""
    for start in range(0, max(len(first), len(second)), CHUNK):
        yield first[start : start + CHUNK], second[start : start + CHUNK]
