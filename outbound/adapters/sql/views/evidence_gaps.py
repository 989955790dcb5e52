"""What does not fit between receipts and attempts: one that lacks the other, or instants that differ."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from outbound.adapters.sql.schema import attempt_events, attempts, receipts
from outbound.compliance.reason import TEXTS
from outbound.usecases.dialling.times import AttemptTimes, moved
from outbound.usecases.records.verify_receipts import Finding, FindingKind

_STREAMED = {"yield_per": 500}
_NOT_THE_GATES = ("suppressed", "number_live")
"""Causes that also stand for other things than a refusal of the gate: a suppression by hand, a call found live."""


def findings_between(connection: Connection) -> Iterator[Finding]:
    """Yield attempts without their receipts (missing), receipts without theirs (orphaned), moved instants."""
    yield from _missing(connection)
    yield from _orphaned(connection)
    yield from _moved(connection)


def _missing(connection: Connection) -> Iterator[Finding]:
    """Attempts that were reserved without a receipt that allows it, or dropped without one that says why."""
    for query, why in (
        (_reserved_unproved(), "it was dialled, and no receipt of its reservation allows it"),
        (_reserved_too_often(), "it was reserved more often than receipts allow it"),
        (_refused_unproved(), "it was refused, and no receipt says why"),
    ):
        for row in connection.execute(query, execution_options=_STREAMED):
            yield Finding(FindingKind.MISSING, None, row.contact_id, row.id, why)


def _orphaned(connection: Connection) -> Iterator[Finding]:
    query = (
        select(receipts.c.id, receipts.c.contact_id, receipts.c.attempt_id, receipts.c.stage, receipts.c.allowed)
        .outerjoin(attempts, attempts.c.id == receipts.c.attempt_id)
        .where(receipts.c.attempt_id.is_not(None), attempts.c.id.is_(None))
        .order_by(receipts.c.id)
    )
    for row in connection.execute(query, execution_options=_STREAMED):
        said = "allowed" if row.allowed else "refused"
        why = f"it {said} an attempt ({row.stage}) that is not in the database any more"
        yield Finding(FindingKind.ORPHANED, row.id, row.contact_id, row.attempt_id, why)


def _moved(connection: Connection) -> Iterator[Finding]:
    for row in connection.execute(_instants(), execution_options=_STREAMED):
        why = moved(
            AttemptTimes(
                row.reserved_at,
                row.dial_by,
                row.placed_at,
                row.ringing_at,
                row.answered_at,
                row.allowed_at,
                believed=bool(row.believed),
            )
        )
        if why is not None:
            yield Finding(FindingKind.MOVED, row.receipt_id, row.contact_id, row.id, why)


def _instants() -> Select[Any]:
    believed = select(attempt_events.c.seq).where(
        attempt_events.c.attempt_id == attempts.c.id, attempt_events.c.cause == "evidence_of_token"
    )
    return (
        select(
            *(attempts.c[name] for name in ("id", "contact_id", "receipt_id", "reserved_at", "dial_by")),
            *(attempts.c[name] for name in ("placed_at", "ringing_at", "answered_at")),
            receipts.c.at.label("allowed_at"),
            believed.exists().label("believed"),
        )
        .outerjoin(receipts, receipts.c.id == attempts.c.receipt_id)
        .where(attempts.c.reserved_at.is_not(None))
        .order_by(attempts.c.id)
    )


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
    answer = select(receipts.c.id).where(receipts.c.attempt_id == attempts.c.id).correlate(attempts)
    refused = answer.where(~receipts.c.allowed).exists()
    looked = answer.where(receipts.c.stage == "carrier").exists()
    return (
        select(attempts.c.id, attempts.c.contact_id)
        .join(attempt_events, attempt_events.c.attempt_id == attempts.c.id)
        .where(
            attempt_events.c.to_status.in_(("cancelled", "not_placed")),
            or_(
                and_(attempt_events.c.cause.in_(codes), ~refused),
                # the gate was open still, and said until when
                and_(attempt_events.c.cause == "closes_while_ringing", ~looked),
            ),
        )
        .distinct()
        .order_by(attempts.c.id)
    )
