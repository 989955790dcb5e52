"""What the desk looks at: contacts that cannot be placed, and suspended areas."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from outbound.adapters.sql.rows import load_contacts
from outbound.adapters.sql.schema import area_suspensions, attempts, contacts
from outbound.domain.contact import Contact, ContactState

Windows = list[tuple[datetime, datetime]]


def held_for(connection: Connection, reasons: Collection[str], limit: int) -> tuple[int, list[Contact]]:
    """Open contacts that are held for one of these reasons, nearest deadline first: how many, and the first of them."""
    held = contacts.c.state == ContactState.OPEN, contacts.c.reason.in_(sorted(reasons))
    number = connection.execute(select(func.count()).select_from(contacts).where(*held)).scalar_one()
    order = contacts.c.deadline.is_(None), contacts.c.deadline, contacts.c.created_at, contacts.c.id
    ids = list(connection.execute(select(contacts.c.id).where(*held).order_by(*order).limit(limit)).scalars())
    found = load_contacts(connection, ids)
    return int(number), [found[each] for each in ids]


def suspensions(connection: Connection, now: datetime, *, every: bool = False) -> list[Mapping[str, Any]]:
    """Areas that are or will be suspended, first to end first; with `every` those that ended or were lifted too."""
    table = area_suspensions
    query = select(table).order_by(table.c.until, table.c.code, table.c.id)
    if not every:
        query = query.where(table.c.lifted_at.is_(None), table.c.until > now)
    return [{**row, "state": _state(row, now)} for row in connection.execute(query).mappings()]


def planned_between(connection: Connection, since: datetime, until: datetime) -> list[tuple[Contact, Windows]]:
    """Contacts with planned calls whose windows meet a span of time, with those windows."""
    table = attempts.c
    query = select(table.contact_id, table.window_start, table.window_end).where(
        table.status == "planned", table.window_start < until, table.window_end > since
    )
    windows: dict[str, Windows] = {}
    for row in connection.execute(query):
        windows.setdefault(row.contact_id, []).append((row.window_start, row.window_end))
    found = load_contacts(connection, windows)
    return [(found[contact_id], spans) for contact_id, spans in windows.items()]


def _state(row: Mapping[Any, Any], now: datetime) -> str:
    if row["lifted_at"] is not None:
        return "lifted"
    if row["until"] <= now:
        return "ended"
    return "in_force" if row["since"] <= now else "announced"
