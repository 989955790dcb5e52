"""Rows into nouns: the one place that knows how contacts and attempts are stored."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, bindparam, func, select

from outbound.adapters.sql.database.prepared import Prepared, Values, padded
from outbound.adapters.sql.schema import attempts, contact_places, contacts, phones, policies
from outbound.domain.attempt import Attempt, AttemptStatus, ConnectResult
from outbound.domain.contact import Contact, ContactPhone, ContactPolicy, ContactState, StatedPlace, WelcomeState
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.policy import PolicyStatus

CHUNK = 500
"""Identifiers in one IN clause: below every database's limit of parameters."""

_ATTEMPT_FIELDS = Attempt.__struct_fields__
ATTEMPT_COLUMNS = tuple(attempts.c[name] for name in _ATTEMPT_FIELDS)
_STATUS, _RESULT, _DISPOSITION = (_ATTEMPT_FIELDS.index(name) for name in ("status", "connect_result", "disposition"))

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_CONTACTS = Prepared(select(contacts).where(contacts.c.id.in_(_IDS)))
_PHONES = Prepared(select(phones).where(phones.c.contact_id.in_(_IDS)).order_by(phones.c.rank, phones.c.id))
_STATED = Prepared(
    select(
        contact_places.c.contact_id,
        contact_places.c.region,
        contact_places.c.time_zone,
        contact_places.c.until,
        contact_places.c.at,
    )
    .where(contact_places.c.contact_id.in_(_IDS), contact_places.c.ended_at.is_(None))
    .order_by(contact_places.c.at, contact_places.c.id)
)
_POLICIES = Prepared(
    select(policies).where(policies.c.contact_id.in_(_IDS)).order_by(policies.c.issued_on, policies.c.policy_no)
)


def unindexed(column: ColumnElement[str]) -> ColumnElement[str]:
    """Return a column that no index serves.

    SQLite keeps no statistics by itself and takes an index on the status for as good as one on a contact: it would read
    every attempt that has ever ended.
    """
    return func.coalesce(column, "")


def attempt_from(row: Row[Any]) -> Attempt:
    """Make an `Attempt` of a row that begins with `ATTEMPT_COLUMNS`."""
    values = list(row[: len(_ATTEMPT_FIELDS)])
    values[_STATUS] = AttemptStatus(values[_STATUS])
    values[_RESULT] = ConnectResult(values[_RESULT]) if values[_RESULT] else None
    values[_DISPOSITION] = Disposition(values[_DISPOSITION]) if values[_DISPOSITION] else None
    return Attempt(*values)


def load_contacts(connection: Connection, ids: Collection[str]) -> dict[str, Contact]:
    """Read contacts with their phones and policies, by identifier; four queries a chunk."""
    found: dict[str, Contact] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        chunk = {"ids": padded(wanted[start : start + CHUNK])}
        held_phones, held_policies = _phones_of(connection, chunk), _policies_of(connection, chunk)
        stated = _stated_by(connection, chunk)
        for row in _CONTACTS.all(connection, chunk):
            found[row.id] = contact_from(row, held_phones[row.id], held_policies[row.id], stated[row.id])
    return found


def load_contact(connection: Connection, contact_id: str) -> Contact | None:
    """Read one contact, or None."""
    return load_contacts(connection, [contact_id]).get(contact_id)


def contact_from(
    row: Row[Any],
    held_phones: Sequence[ContactPhone],
    held_policies: Sequence[ContactPolicy],
    stated: Sequence[StatedPlace] = (),
) -> Contact:
    """Make a `Contact` of a row that holds the contact's columns, and of what belongs to it."""
    person = row.person
    return Contact(
        id=row.id,
        company_id=row.company_id,
        campaign_id=row.campaign_id,
        customer_id=person["customer_id"],
        full_name=person["full_name"],
        birth_date=_date(person.get("birth_date")),
        postal_code=person.get("postal_code"),
        region=row.region,
        time_zone=row.time_zone,
        language=row.language,
        preferred_window=row.preferred_window,
        privacy_notice_on=row.privacy_notice_on,
        consents={purpose: _date(given_on) for purpose, given_on in row.consents.items()},
        do_not_call=row.do_not_call,
        state=ContactState(row.state),
        reason=row.reason,
        not_before=row.not_before,
        deadline=row.deadline,
        round=row.round,
        welcomed_at=row.welcomed_at,
        phones=tuple(held_phones),
        policies=tuple(held_policies),
        billing_region=row.billing_region,
        stated=tuple(stated),
    )


def _phones_of(connection: Connection, chunk: Values) -> dict[str, list[ContactPhone]]:
    found: dict[str, list[ContactPhone]] = defaultdict(list)
    for row in _PHONES.all(connection, chunk):
        found[row.contact_id].append(
            ContactPhone(row.id, row.rank, row.number, row.number_index, row.extension, row.line, row.unusable)
        )
    return found


def _stated_by(connection: Connection, chunk: Values) -> dict[str, list[StatedPlace]]:
    found: dict[str, list[StatedPlace]] = defaultdict(list)
    for row in _STATED.all(connection, chunk):
        found[row.contact_id].append(StatedPlace(row.region, row.time_zone, row.until, row.at))
    return found


def _policies_of(connection: Connection, chunk: Values) -> dict[str, list[ContactPolicy]]:
    found: dict[str, list[ContactPolicy]] = defaultdict(list)
    for row in _POLICIES.all(connection, chunk):
        found[row.contact_id].append(
            ContactPolicy(
                id=row.id,
                policy_no=row.policy_no,
                product_code=row.product_code,
                product_name=row.product_name,
                issued_on=row.issued_on,
                delivered_on=row.delivered_on,
                status=PolicyStatus(row.status),
                welcome=WelcomeState(row.welcome),
            )
        )
    return found


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
