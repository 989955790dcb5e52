"""Whom a call is for, and what is known of earlier calls, in SQL: what the gate is told."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from outbound.adapters.sql.database.columns import Instant
from outbound.adapters.sql.database.prepared import Prepared, padded
from outbound.adapters.sql.rows import CHUNK, contact_from
from outbound.adapters.sql.schema import (
    area_suspensions,
    attempts,
    contact_places,
    contacts,
    pacing,
    phones,
    policies,
    stop_orders,
    suppressions,
)
from outbound.compliance.facts import BlockedArea
from outbound.domain.attempt import LIVE, AttemptStatus
from outbound.domain.contact import Contact, ContactPhone, ContactPolicy, ContactState, StatedPlace, WelcomeState
from outbound.domain.line.pace import last_end
from outbound.domain.policy import PolicyStatus
from outbound.usecases.ports.stored.dialling import Bars, LastWord, PastAttempt, StoredSuppression

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
            _T.ringing_at,
        )
        .where(whose, _T.status.not_in((_S.PLANNED, _S.CANCELLED)), _T.reserved_at.is_not(None))
        .order_by(_T.reserved_at, _T.id)
    )


_NO_INSTANT = cast(null(), Instant)

_AREAS = select(
    area_suspensions.c.code.label("area"), null().label("contact_id"), null().label("number_index"),
    null().label("call_class"), area_suspensions.c.since.label("at"), area_suspensions.c.until.label("until"),
).where(area_suspensions.c.lifted_at.is_(None), area_suspensions.c.until > bindparam("now", type_=Instant))  # fmt: skip
"""Stands first in a union: there its columns' types are known."""


def _suppressed(whose: ColumnElement[bool]) -> Select[Any]:
    """Select suppressions in the shape of `_AREAS`; `until` is when one was lifted."""
    table = suppressions.c
    return select(
        null(), table.contact_id, table.number_index, table.call_class, table.at, table.lifted_at
    ).where(whose)  # fmt: skip


_PAST = Prepared(_past(_of_one(attempts))), Prepared(_past(_of_many(attempts)))
_BARS = (
    Prepared(union_all(_AREAS, _suppressed(_of_one(suppressions)))),
    Prepared(union_all(_AREAS, _suppressed(_of_many(suppressions)))),
)
_STOP, _PAUSED, _CLOSED = "*", "-", "!"
"""Stand for an area's code before what an order to stop, or a refusal of the carrier's, holds up, and before contacts
that are not to be called any more: in `contact_id`."""

_LAST_WORD = Prepared(
    union_all(
        _AREAS,
        select(literal(_STOP), stop_orders.c.campaign_id, null(), null(), _NO_INSTANT, _NO_INSTANT).where(
            stop_orders.c.lifted_at.is_(None)
        ),
        select(literal(_PAUSED), pacing.c.trunk, null(), null(), _NO_INSTANT, _NO_INSTANT).where(
            pacing.c.paused_until > bindparam("now", type_=Instant),
            pacing.c.paused_until <= bindparam("last_end", type_=Instant),
        ),
        select(literal(_CLOSED), contacts.c.id, null(), null(), _NO_INSTANT, _NO_INSTANT).where(
            contacts.c.id.in_(bindparam("contacts", expanding=True)),
            contacts.c.state.in_((ContactState.DONE, ContactState.WITHDRAWN)),
        ),
        _suppressed(_of_many(suppressions)),
    )
)

_CALLEES = Prepared(
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
        contact_places.c.id.label("place_id"),
        contact_places.c.region.label("place_region"),
        contact_places.c.time_zone.label("place_zone"),
        contact_places.c.until.label("place_until"),
        contact_places.c.at.label("place_at"),
    )
    .outerjoin(phones, and_(phones.c.contact_id == contacts.c.id, phones.c.id.in_(bindparam("phones", expanding=True))))
    .outerjoin(policies, policies.c.contact_id == contacts.c.id)
    .outerjoin(contact_places, and_(contact_places.c.contact_id == contacts.c.id, contact_places.c.ended_at.is_(None)))
    .where(contacts.c.id.in_(bindparam("contacts", expanding=True)))
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
                # without a number it was taken back; a ring that is heard of afterwards counts all the same
                rang=row.status != _S.NOT_PLACED and (row.attempt_number is not None or row.ringing_at is not None),
                round=row.round,
                attempt_number=row.attempt_number or 0,
                callback_id=row.callback_id,
            )
    return sorted(found.values(), key=lambda item: (item.at, item.id))


def read_bars(
    connection: Connection, contact_ids: Collection[str], number_indexes: Collection[str], now: datetime
) -> Bars:
    """Read suppressions by contact or number and suspended areas, in one statement for the one of a dial."""
    found = [row for rows in _ask(connection, _BARS, contact_ids, number_indexes, now=now) for row in rows]
    return _bars(found)


def read_last_word(
    connection: Connection, contact_ids: Collection[str], number_indexes: Collection[str], now: datetime
) -> LastWord:
    """Read stop orders, pauses, closed contacts, suppressions and suspended areas in one statement."""
    people, numbers = padded(list(contact_ids)), padded(list(number_indexes))
    asked = {"contacts": people, "numbers": numbers, "now": now, "last_end": last_end(now)}
    found = _LAST_WORD.all(connection, asked)
    return LastWord(
        stopped=frozenset(row.contact_id for row in found if row.area == _STOP),
        paused=frozenset(row.contact_id for row in found if row.area == _PAUSED),
        closed=frozenset(row.contact_id for row in found if row.area == _CLOSED),
        bars=_bars([row for row in found if row.area not in {_STOP, _PAUSED, _CLOSED}]),
    )


def _bars(found: Sequence[Row[Any]]) -> Bars:
    said = [
        StoredSuppression(row.contact_id, row.number_index, row.call_class, row.at, row.until is not None)
        for row in found
        if row.area is None
    ]
    areas = {BlockedArea(row.area, row.at, row.until) for row in found if row.area is not None}
    return Bars(
        tuple(sorted(said, key=lambda item: (item.at, item.call_class or ""))),
        tuple(sorted(areas, key=lambda area: (area.code, str(area.since)))),
    )


def read_callees(connection: Connection, dialled: Mapping[str, str]) -> dict[str, Contact]:
    """Read contacts, each with one number, in one statement: a row for every policy and stated place of a contact."""
    asked = {"contacts": padded(list(dialled)), "phones": padded(list(dialled.values()))}
    by_contact: dict[str, list[Row[Any]]] = {}
    for row in _CALLEES.all(connection, asked):
        if row.phone_id == dialled[row.id]:
            by_contact.setdefault(row.id, []).append(row)
    return {name: _callee(rows) for name, rows in by_contact.items()}


def _callee(rows: Sequence[Row[Any]]) -> Contact:
    first = rows[0]
    phone = ContactPhone(
        first.phone_id, first.rank, first.number, first.number_index, first.extension, first.line, first.unusable
    )
    held = {row.policy_id: _policy(row) for row in rows if row.policy_id is not None}
    stated = {
        row.place_id: StatedPlace(row.place_region, row.place_zone, row.place_until, row.place_at)
        for row in rows
        if row.place_id is not None
    }
    return contact_from(first, [phone], list(held.values()), list(stated.values()))


def _policy(row: Row[Any]) -> ContactPolicy:
    return ContactPolicy(
        id=row.policy_id,
        policy_no=row.policy_no,
        product_code=row.product_code,
        product_name=row.product_name,
        issued_on=row.issued_on,
        delivered_on=row.delivered_on,
        status=PolicyStatus(row.status),
        welcome=WelcomeState(row.welcome),
    )


def _ask(
    connection: Connection,
    statements: tuple[Prepared, Prepared],
    contact_ids: Collection[str],
    number_indexes: Collection[str],
    **asked: datetime,
) -> Iterator[list[Row[Any]]]:
    for_one, for_many = statements
    if len(contact_ids) == len(number_indexes) == 1:
        (contact_id,), (number_index,) = contact_ids, number_indexes
        yield for_one.all(connection, {"contacts": contact_id, "numbers": number_index, **asked})
        return
    for people, numbers in _chunks(list(contact_ids), list(number_indexes)):
        yield for_many.all(connection, {"contacts": padded(people), "numbers": padded(numbers), **asked})


def _chunks(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Cut two lists of keys side by side into pieces below a database's limit of parameters."""
    for start in range(0, max(len(first), len(second)), CHUNK):
        yield first[start : start + CHUNK], second[start : start + CHUNK]
