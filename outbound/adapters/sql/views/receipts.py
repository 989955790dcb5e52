"""Receipts as they are stored and the rules that they name, a row at a time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Text, cast, func, select

from outbound.adapters.sql.schema import receipts, rule_contents
from outbound.usecases.ports.stored.evidence import KeptReceipt, RuleContent, RuleKind

_ROWS = 500
_STREAMED = {"yield_per": _ROWS}
_JSON = (receipts.c.reasons, receipts.c.body)
_COLUMNS = (
    *(column for column in receipts.c if column not in set(_JSON)),
    *(cast(column, Text).label(column.name) for column in _JSON),
)
"""JSON as text: one row that cannot be read must not keep the others from being proved."""


def count_receipts(connection: Connection, *, since: datetime | None = None, contact_id: str | None = None) -> int:
    """How many receipts there are."""
    query = _chosen(select(func.count(receipts.c.id)), since, contact_id)
    return int(connection.execute(query).scalar_one())


def stored_receipts(
    connection: Connection, *, since: datetime | None = None, contact_id: str | None = None
) -> Iterator[KeptReceipt]:
    """Yield receipts, some hundred in memory at a time: those of one contact in order of time, all in no order."""
    order = (receipts.c.at, receipts.c.id) if contact_id else (receipts.c.id,)
    query = _chosen(select(*_COLUMNS), since, contact_id).order_by(*order)
    for row in connection.execute(query, execution_options=_STREAMED):
        reasons, body = _read(row.reasons, []), _read(row.body, {})
        yield KeptReceipt(
            row.id, row.contact_id, row.attempt_id, row.stage, row.at, row.allowed, reasons, body, row.digest
        )


def _read(text: str, nothing: Any) -> Any:
    """Read JSON of the kind of `nothing`; what somebody spoilt reads as nothing, which no digest fits."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return nothing
    return value if isinstance(value, type(nothing)) else nothing


def kept_text(connection: Connection, content_hash: str) -> str | None:
    """Text of a rule that was kept under this hash."""
    query = select(rule_contents.c.body).where(rule_contents.c.content_hash == content_hash)
    found: str | None = connection.execute(query).scalar()
    return found


def kept_content(connection: Connection, content_hash: str) -> RuleContent | None:
    """Return a rule that was kept under this hash."""
    row = connection.execute(select(rule_contents).where(rule_contents.c.content_hash == content_hash)).first()
    return None if row is None else RuleContent(row.content_hash, RuleKind(row.kind), row.code, row.version, row.body)


def _chosen(query: Select[Any], since: datetime | None, contact_id: str | None) -> Select[Any]:
    if since is not None:
        query = query.where(receipts.c.at >= since)
    return query if contact_id is None else query.where(receipts.c.contact_id == contact_id)
