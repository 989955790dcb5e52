"""Everything that is on record about the calls to one contact, without name, number or words of the person."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, or_, select

from outbound.adapters.sql.rows import load_contact
from outbound.adapters.sql.schema import (
    area_suspensions,
    attempts,
    callbacks,
    contact_places,
    contacts,
    inbox,
    outbox,
    phones,
    policies,
    receipts,
    stop_orders,
    suppressions,
)
from outbound.adapters.sql.views.consents import withdrawals
from outbound.adapters.sql.voice import checks_of
from outbound.domain.contact import Contact
from outbound.domain.verification import LOCKED_OUT_FOR, locked_until
from outbound.usecases.problems import InputProblemError

Row = Mapping[str, Any]
_SHORTEST = 4
_SOMEBODYS = re.compile(r"[+(]?[\d\s()-]{8,}|[A-Za-z]\d{9}|.*[A-Za-z].* .*")
"""What looks like a number of somebody's, or like a name: two words."""
_A = attempts.c


class ContactStory(Struct, frozen=True):
    """A contact with its attempts, the gate's refusals, and what stands for or against a call; oldest first.

    `refusals` are receipts that refused; `allowances` maps the receipt of each dial to its instant. `places` are where
    the customer said to be, those that were taken back too. `messages` are text messages: which template in which
    language, never to which number. `withdrawals` are of consent to keep words. Until `locked_until` nobody is asked
    again who they are.
    """

    contact: Contact
    created_at: datetime
    attempts: Sequence[Row]
    refusals: Sequence[Row]
    allowances: Mapping[str, datetime]
    callbacks: Sequence[Row]
    suppressions: Sequence[Row]
    stop_orders: Sequence[Row]
    areas: Sequence[Row]
    inbox: Sequence[Row]
    places: Sequence[Row] = ()
    messages: Sequence[Row] = ()
    withdrawals: Sequence[Row] = ()
    locked_until: datetime | None = None


def find_contact(connection: Connection, given: str) -> str:
    """Return the contact that an identifier, its beginning (four characters or more) or a policy number means.

    Raises `InputProblemError` when it means none, or more than one.
    """
    wanted = given.strip()
    by_policy = select(policies.c.contact_id).where(policies.c.policy_no == wanted).distinct().limit(2)
    found = set(connection.execute(by_policy).scalars())
    if len(wanted) >= _SHORTEST:
        by_id = select(contacts.c.id).where(contacts.c.id.startswith(wanted.lower(), autoescape=True)).limit(2)
        found.update(connection.execute(by_id).scalars())
    if not found:
        text = f"give an identifier, at least {_SHORTEST} characters of it, or a policy number"
        raise InputProblemError(f"no contact {_repeated(wanted)}: {text}")
    if len(found) > 1:
        raise InputProblemError(f"{_repeated(wanted)} means more than one contact: write more of the identifier")
    return str(found.pop())


def _repeated(wanted: str) -> str:
    """Repeat what was typed, unless it is a name, a telephone number or an identity number in the wrong place."""
    return repr(wanted) if wanted.isascii() and not _SOMEBODYS.fullmatch(wanted) else "of what was typed"


def contact_story(connection: Connection, contact_id: str, now: datetime) -> ContactStory:
    """Read the story of a contact that exists."""
    contact = load_contact(connection, contact_id)
    if contact is None:
        raise InputProblemError(f"no contact {contact_id!r}")
    kept = _receipts(connection, contact_id)
    created = select(contacts.c.created_at).where(contacts.c.id == contact_id)
    return ContactStory(
        contact=contact,
        created_at=connection.execute(created).scalar_one(),
        attempts=_attempts(connection, contact_id),
        refusals=[row for row in kept if not row["allowed"]],
        allowances={row["id"]: row["at"] for row in kept if row["allowed"]},
        callbacks=_rows(
            connection,
            select(callbacks).where(callbacks.c.contact_id == contact_id).order_by(callbacks.c.asked_at),
        ),
        suppressions=_suppressions(connection, contact_id),
        stop_orders=_stop_orders(connection, contact.campaign_id),
        areas=_areas(connection, now),
        inbox=_rows(
            connection,
            select(inbox.c.id, inbox.c.kind, inbox.c.at, inbox.c.due_at, inbox.c.status)
            .where(inbox.c.contact_id == contact_id, inbox.c.status != "done")
            .order_by(inbox.c.due_at),
        ),
        places=_places(connection, contact_id),
        messages=_messages(connection, contact_id),
        withdrawals=withdrawals(connection, contact_id),
        locked_until=locked_until(checks_of(connection, contact_id, now - LOCKED_OUT_FOR)),
    )


def _attempts(connection: Connection, contact_id: str) -> list[Row]:
    shown = (
        _A.id, _A.status, _A.origin, _A.phone_id, _A.callback_id, _A.planned_at, _A.window_start, _A.window_end,
        _A.reserved_at, _A.placed_at, _A.ringing_at, _A.answered_at, _A.ended_at, _A.connect_result, _A.disposition,
        _A.cause, _A.dial_by, _A.receipt_id, _A.attempt_number, _A.updated_at, _A.script, _A.script_version,
        _A.language, _A.verified, _A.session,
    )  # fmt: skip
    found = _rows(connection, select(*shown).where(_A.contact_id == contact_id).order_by(_A.planned_at, _A.id))
    return [_without_session(row) for row in found]


def _without_session(row: Row) -> Row:
    """Keep of the conversation how the check of who it is came out; the rest of it is the person's."""
    session = row["session"] or {}
    check = "verified" if row["verified"] else "failed" if "verification_failed" in session.get("done", ()) else None
    shown = {name: value for name, value in row.items() if name not in {"session", "verified"}}
    return shown | {"verification": check, "wrong_answers": session.get("tries", 0)}


def _receipts(connection: Connection, contact_id: str) -> list[Row]:
    query = (
        select(
            receipts.c.id,
            receipts.c.attempt_id,
            receipts.c.stage,
            receipts.c.at,
            receipts.c.allowed,
            receipts.c.reasons,
            receipts.c.body,
        )
        .where(receipts.c.contact_id == contact_id)
        .order_by(receipts.c.at, receipts.c.id)
    )
    return _rows(connection, query)


def _suppressions(connection: Connection, contact_id: str) -> list[Row]:
    """Suppressions of the contact and of its numbers, lifted ones too, told apart by `scope`."""
    numbers = select(phones.c.number_index).where(phones.c.contact_id == contact_id)
    table = suppressions.c
    query = (
        select(table.id, table.contact_id, table.call_class, table.reason, table.by, table.at, table.lifted_at)
        .where(or_(table.contact_id == contact_id, table.number_index.in_(numbers)))
        .order_by(table.at, table.id)
    )
    return [
        {
            **{key: value for key, value in row.items() if key != "contact_id"},
            "scope": "contact" if row["contact_id"] else "number",
        }
        for row in _rows(connection, query)
    ]


def _stop_orders(connection: Connection, campaign_id: str) -> list[Row]:
    table = stop_orders.c
    query = (
        select(table.id, table.campaign_id, table.reason, table.by, table.at)
        .where(table.lifted_at.is_(None), or_(table.campaign_id.is_(None), table.campaign_id == campaign_id))
        .order_by(table.at)
    )
    return _rows(connection, query)


def _areas(connection: Connection, now: datetime) -> list[Row]:
    """Suspensions in force or still to come."""
    table = area_suspensions.c
    query = (
        select(table.id, table.code, table.since, table.until, table.reason, table.by)
        .where(and_(table.lifted_at.is_(None), table.until > now))
        .order_by(table.since, table.code)
    )
    return _rows(connection, query)


def _places(connection: Connection, contact_id: str) -> list[Row]:
    table = contact_places.c
    query = (
        select(table.id, table.source, table.region, table.time_zone, table.until, table.by, table.at, table.ended_at)
        .where(table.contact_id == contact_id)
        .order_by(table.at, table.id)
    )
    return _rows(connection, query)


def _messages(connection: Connection, contact_id: str) -> list[Row]:
    table = outbox.c
    query = (
        select(
            table.id, table.attempt_id, table.created_at, table.status, table.tries, table.next_try_at,
            table.last_problem, table.delivered_at, table.sid, table.body,
        )
        .where(table.contact_id == contact_id, table.kind == "message")
        .order_by(table.created_at, table.id)
    )  # fmt: skip
    return [
        {name: value for name, value in row.items() if name != "body"}
        | {"template": row["body"]["template"], "language": row["body"]["language"]}
        for row in _rows(connection, query)
    ]


def _rows(connection: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]
