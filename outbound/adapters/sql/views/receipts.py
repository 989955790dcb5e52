"""Receipts as they are stored, the rules that they name, and attempts that no receipt bears out; a row at a time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from outbound.adapters.sql.schema import attempt_events, attempts, receipts, rule_contents
from outbound.compliance.reason import TEXTS
from outbound.usecases.ports.evidence import KeptReceipt, RuleContent, RuleKind
from outbound.usecases.verify_receipts import AttemptWithoutReceipt

_ROWS = 500
_STREAMED = {"yield_per": _ROWS}
_NOT_THE_GATES = ("suppressed", "number_live")
"""Causes that also stand for other things than a refusal of the gate: a suppression by hand, a call found live."""


def count_receipts(connection: Connection, *, since: datetime | None = None, contact_id: str | None = None) -> int:
    """How many receipts there are."""
    query = _chosen(select(func.count(receipts.c.id)), since, contact_id)
    return int(connection.execute(query).scalar_one())


def stored_receipts(
    connection: Connection, *, since: datetime | None = None, contact_id: str | None = None
) -> Iterator[KeptReceipt]:
    """Yield receipts, some hundred in memory at a time: those of one contact in order of time, all in no order."""
    order = (receipts.c.at, receipts.c.id) if contact_id else (receipts.c.id,)
    query = _chosen(select(receipts), since, contact_id).order_by(*order)
    for row in connection.execute(query, execution_options=_STREAMED):
        yield KeptReceipt(
            row.id, row.contact_id, row.attempt_id, row.stage, row.at, row.allowed, row.reasons, row.body, row.digest
        )


def kept_text(connection: Connection, content_hash: str) -> str | None:
    """Text of a rule that was kept under this hash."""
    query = select(rule_contents.c.body).where(rule_contents.c.content_hash == content_hash)
    found: str | None = connection.execute(query).scalar()
    return found


def kept_content(connection: Connection, content_hash: str) -> RuleContent | None:
    """Return a rule that was kept under this hash."""
    row = connection.execute(select(rule_contents).where(rule_contents.c.content_hash == content_hash)).first()
    return None if row is None else RuleContent(row.content_hash, RuleKind(row.kind), row.code, row.version, row.body)


def attempts_without_receipt(connection: Connection) -> Iterator[AttemptWithoutReceipt]:
    """Yield attempts that were reserved without a receipt that allows it, or refused without one that says why."""
    for query, why in (
        (_reserved_unproved(), "it was dialled, and no receipt of its reservation allows it"),
        (_reserved_too_often(), "it was reserved more often than receipts allow it"),
        (_refused_unproved(), "it was refused, and no receipt says why"),
    ):
        for row in connection.execute(query, execution_options=_STREAMED):
            yield AttemptWithoutReceipt(row.id, row.contact_id, why)


def _chosen(query: Select[Any], since: datetime | None, contact_id: str | None) -> Select[Any]:
    if since is not None:
        query = query.where(receipts.c.at >= since)
    return query if contact_id is None else query.where(receipts.c.contact_id == contact_id)


def _reserved_unproved() -> Select[Any]:
    allows = and_(
        receipts.c.id == attempts.c.receipt_id,
        receipts.c.attempt_id == attempts.c.id,
        receipts.c.stage == "reserve",
        receipts.c.allowed,
    )
    return (
        select(attempts.c.id, attempts.c.contact_id)
        .outerjoin(receipts, allows)
        .where(attempts.c.reserved_at.is_not(None), receipts.c.id.is_(None))
        .order_by(attempts.c.id)
    )


def _reserved_too_often() -> Select[Any]:
    allowed = select(func.count(receipts.c.id)).where(
        receipts.c.attempt_id == attempts.c.id, receipts.c.stage == "reserve", receipts.c.allowed
    )
    return (
        select(attempts.c.id, attempts.c.contact_id)
        .join(attempt_events, attempt_events.c.attempt_id == attempts.c.id)
        # one that lacks its only receipt is told above
        .where(attempt_events.c.to_status == "reserved", or_(attempts.c.reserved_at.is_(None), _holds_one()))
        .group_by(attempts.c.id, attempts.c.contact_id)
        .having(func.count(attempt_events.c.seq) > allowed.scalar_subquery())
        .order_by(attempts.c.id)
    )


def _holds_one() -> Any:
    return select(receipts.c.id).where(receipts.c.id == attempts.c.receipt_id).exists()


def _refused_unproved() -> Select[Any]:
    codes = sorted(set(TEXTS) - {*_NOT_THE_GATES})
    refused = select(receipts.c.id).where(receipts.c.attempt_id == attempts.c.id, ~receipts.c.allowed)
    return (
        select(attempts.c.id, attempts.c.contact_id)
        .join(attempt_events, attempt_events.c.attempt_id == attempts.c.id)
        .where(
            attempt_events.c.to_status.in_(("cancelled", "not_placed")),
            attempt_events.c.cause.in_(codes),
            ~refused.exists(),
        )
        .distinct()
        .order_by(attempts.c.id)
    )
