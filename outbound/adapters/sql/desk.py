"""Inbox, suppressions and stop orders in SQL."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from outbound.adapters.sql.rows import unindexed
from outbound.adapters.sql.schema import attempt_events, attempts, contacts, inbox, stop_orders, suppressions
from outbound.domain.inbox import RINGS_BACK
from outbound.usecases.ports.desk import NewItem, NewSuppression


class SqlDesk:
    """Inbox, suppressions and stop orders, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_item(self, item: NewItem) -> None:
        """Insert one inbox item."""
        self._connection.execute(
            inbox.insert().values(
                id=item.id,
                kind=item.kind,
                company_id=item.company_id,
                contact_id=item.contact_id,
                attempt_id=item.attempt_id,
                at=item.at,
                due_at=item.due_at,
                note=item.note,
                status="waiting",
            )
        )

    def due_by(self, attempt_id: str, due_at: datetime) -> None:
        """Bring items forward that are not done."""
        self._connection.execute(
            update(inbox)
            .where(
                inbox.c.attempt_id == attempt_id,
                inbox.c.kind.in_(sorted(RINGS_BACK)),
                inbox.c.status != "done",
                inbox.c.due_at > due_at,
            )
            .values(due_at=due_at)
        )

    def claim_item(self, item_id: str, by: str, now: datetime) -> bool:
        """Take a waiting item by one conditional update, so that two people never both get it."""
        changed = self._connection.execute(
            update(inbox)
            .where(inbox.c.id == item_id, inbox.c.status == "waiting")
            .values(status="claimed", claimed_by=by, claimed_at=now)
        )
        return changed.rowcount == 1

    def finish_item(self, item_id: str, by: str, note: str | None, now: datetime) -> bool:
        """Close an item; who closes an item that nobody claimed has claimed it."""
        changed = self._connection.execute(
            update(inbox)
            .where(inbox.c.id == item_id, inbox.c.status.in_(("waiting", "claimed")))
            .values(status="done", claimed_by=by, done_at=now, done_note=note)
        )
        return changed.rowcount == 1

    def has_contact(self, contact_id: str) -> bool:
        """Look the contact up."""
        return self._connection.execute(select(contacts.c.id).where(contacts.c.id == contact_id)).first() is not None

    def suppress(self, suppression: NewSuppression) -> bool:
        """Insert a suppression unless the same one is in force."""
        table = suppressions
        same = select(table.c.id).where(
            table.c.number_index.is_not_distinct_from(suppression.number_index),
            table.c.contact_id.is_not_distinct_from(suppression.contact_id),
            table.c.call_class.is_not_distinct_from(suppression.call_class),
            table.c.lifted_at.is_(None),
        )
        if self._connection.execute(same).first():
            return False
        self._connection.execute(
            table.insert().values(
                id=suppression.id,
                number_index=suppression.number_index,
                contact_id=suppression.contact_id,
                call_class=suppression.call_class,
                reason=suppression.reason,
                evidence=suppression.evidence,
                by=suppression.by,
                at=suppression.at,
            )
        )
        return True

    def cancel_planned(self, *, number_index: str | None, contact_id: str | None, cause: str, now: datetime) -> int:
        """Cancel planned attempts of a number or a contact; their contacts go back to the planner."""
        where = attempts.c.number_index == number_index if number_index else attempts.c.contact_id == contact_id
        planned = where, unindexed(attempts.c.status) == "planned"
        # Contacts first, in the order of their identifiers, as whoever locks several does: nobody waits in a circle.
        whose = select(attempts.c.contact_id).where(*planned)
        people = select(contacts.c.id).where(contacts.c.id.in_(whose)).order_by(contacts.c.id)
        held = list(self._connection.execute(people.with_for_update(key_share=True)).scalars())
        if not held:
            return 0
        found = select(attempts.c.id).where(*planned, attempts.c.contact_id.in_(held)).order_by(attempts.c.id)
        ids = list(self._connection.execute(found.with_for_update()).scalars())
        if not ids:
            return 0
        self._connection.execute(
            update(attempts).where(attempts.c.id.in_(ids)).values(status="cancelled", cause=cause, updated_at=now)
        )
        self._connection.execute(
            attempt_events.insert(),
            [
                {"attempt_id": item, "at": now, "from_status": "planned", "to_status": "cancelled", "cause": cause}
                for item in ids
            ],
        )
        self._connection.execute(
            update(contacts)
            .where(contacts.c.id.in_(held), contacts.c.state == "planned")
            .values(state="open", reason=cause, not_before=None, updated_at=now)
        )
        return len(ids)

    def lift_suppression(self, suppression_id: str, by: str, reason: str, now: datetime) -> bool:
        """End a suppression that is in force."""
        changed = self._connection.execute(
            update(suppressions)
            .where(suppressions.c.id == suppression_id, suppressions.c.lifted_at.is_(None))
            .values(lifted_at=now, lifted_by=by, lifted_reason=reason)
        )
        return changed.rowcount == 1

    def stop(self, order_id: str, campaign_id: str | None, reason: str, by: str, now: datetime) -> None:
        """Insert a stop order."""
        self._connection.execute(
            stop_orders.insert().values(id=order_id, campaign_id=campaign_id, reason=reason, by=by, at=now)
        )

    def resume(self, campaign_id: str | None, by: str, now: datetime) -> int:
        """Lift stop orders: those of one campaign, or every one."""
        lifted = update(stop_orders).where(stop_orders.c.lifted_at.is_(None))
        if campaign_id is not None:
            lifted = lifted.where(stop_orders.c.campaign_id == campaign_id)
        return self._connection.execute(lifted.values(lifted_at=now, lifted_by=by)).rowcount
