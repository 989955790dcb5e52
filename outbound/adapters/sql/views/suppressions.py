"""Suppressions, as the desk looks at them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from outbound.adapters.sql.schema import contacts, phones, suppressions


def suppressions_in_force(connection: Connection, *, number_index: str | None = None) -> list[Mapping[str, Any]]:
    """Suppressions that were not lifted, newest first; for one number where its index is given.

    `points_at_nobody`: the contact that it names does not exist, so that it keeps no call back. (One of a number that
    no contact has is for whoever comes with it.)
    """
    table = suppressions
    shown = (table.c.id, table.c.contact_id, table.c.call_class, table.c.reason, table.c.evidence, table.c.by)
    query = (
        select(*shown, table.c.at, table.c.number_index.is_not(None).label("of_number"), contacts.c.id.label("found"))
        .outerjoin(contacts, contacts.c.id == table.c.contact_id)
        .where(table.c.lifted_at.is_(None))
        .order_by(table.c.at.desc(), table.c.id)
    )
    if number_index is not None:
        query = query.where(table.c.number_index == number_index)
    return [
        {
            **{key: value for key, value in row.items() if key not in {"of_number", "found"}},
            "scope": "number" if row["of_number"] else "contact",
            "points_at_nobody": not row["of_number"] and row["found"] is None,
        }
        for row in connection.execute(query).mappings()
    ]


def number_is_known(connection: Connection, number_index: str) -> bool:
    """Whether a contact has this number."""
    query = select(phones.c.id).where(phones.c.number_index == number_index).limit(1)
    return connection.execute(query).first() is not None
