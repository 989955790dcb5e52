"""Contacts that wait for a later look of the planner, and when everything is to be looked at again, in SQL."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, insert, literal, null, select, update

from outbound.adapters.sql.database.columns import Instant
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.schema import attempts, contacts, watermarks
from outbound.domain.contact import ContactState
from outbound.usecases.ports.stored.planning import Waiting

WAITS_BY_ITSELF = "waiting_for_%"
"""Reasons of contacts that wait for a retry or a callback: no rule holds them."""

_KNOWN = Prepared(select(watermarks.c.value).where(watermarks.c.source == bindparam("wanted")))


def note_rules(connection: Connection, campaign_id: str, fingerprint: str, now: datetime) -> bool:
    """Store the fingerprint; return whether it is another than the one that was there."""
    key = f"rules/{campaign_id}"
    row = _KNOWN.first(connection, {"wanted": key})
    known = row.value if row is not None else None
    if known == fingerprint:
        return False
    values = {"value": fingerprint, "updated_at": now}
    if known is None:
        connection.execute(insert(watermarks).values(source=key, **values))
    else:
        connection.execute(update(watermarks).where(watermarks.c.source == key).values(**values))
    return True


def let_go(connection: Connection, campaign_id: str, now: datetime) -> int:
    """Let held contacts be looked at now.

    Who was dialled in this round stays: a pause after a call may be in his `not_before`, and no rule shortens that.
    """
    dialled = select(attempts.c.id).where(
        attempts.c.contact_id == contacts.c.id,
        attempts.c.round == contacts.c.round,
        attempts.c.attempt_number.is_not(None),
    )
    held = (
        select(contacts.c.id)
        .where(
            contacts.c.state == ContactState.OPEN,
            contacts.c.campaign_id == campaign_id,
            contacts.c.not_before > now,
            contacts.c.reason.not_like(WAITS_BY_ITSELF),
            ~dialled.exists(),
        )
        # In the order in which intake locks, so that the two never wait for each other.
        .order_by(contacts.c.id)
        .with_for_update(of=contacts)
    )
    changed = connection.execute(
        update(contacts).where(contacts.c.id.in_(held)).values(not_before=None, updated_at=now)
    )
    return changed.rowcount


def waiting(connection: Connection, campaign_id: str, now: datetime) -> list[Waiting]:
    """Count open contacts that are not looked at yet, by reason."""
    query = (
        select(contacts.c.reason, func.count(), func.min(contacts.c.not_before))
        .where(
            contacts.c.state == ContactState.OPEN, contacts.c.campaign_id == campaign_id, contacts.c.not_before > now
        )
        .group_by(contacts.c.reason)
        .order_by(contacts.c.reason)
    )
    return [Waiting(campaign_id, row[0] or "waiting", row[1], row[2]) for row in connection.execute(query)]


def bring_forward(connection: Connection, whose: ColumnElement[bool], now: datetime) -> int:
    """Let open contacts be looked at now, but who was dialled within a day a day from now at the latest.

    Who waits for a retry or a callback is left alone.
    """
    tomorrow = literal(now + timedelta(days=1), Instant)
    lately = (
        select(attempts.c.id)
        .where(attempts.c.contact_id == contacts.c.id, attempts.c.reserved_at > now - timedelta(days=1))
        .exists()
    )
    held = (
        select(contacts.c.id)
        .where(
            contacts.c.state == ContactState.OPEN,
            contacts.c.not_before > now,
            func.coalesce(contacts.c.reason, "").not_like(WAITS_BY_ITSELF),
            whose,
        )
        .order_by(contacts.c.id)
        .with_for_update(of=contacts)
    )
    earlier = case(
        (and_(lately, contacts.c.not_before > tomorrow), tomorrow), (lately, contacts.c.not_before), else_=null()
    )
    changed = connection.execute(
        update(contacts).where(contacts.c.id.in_(held)).values(not_before=earlier, updated_at=now)
    )
    return changed.rowcount
