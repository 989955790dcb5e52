"""Stated places and suspended areas in SQL."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from outbound.adapters.sql.calls import holds
from outbound.adapters.sql.schema import area_suspensions, contact_places, contacts
from outbound.usecases.ports.stored.places import NewPlace, NewSuspension, PlaceTakenBack

_AREA_BLOCKED = "area_blocked"


class SqlPlaces:
    """Stated places and suspended areas, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def state(self, place: NewPlace) -> bool:
        """Insert a place and end those it replaces; the contact is locked, so that two desks take turns."""
        found = select(contacts.c.id).where(contacts.c.id == place.contact_id).with_for_update(key_share=True)
        if self._connection.execute(found).first() is None:
            return False
        table = contact_places
        earlier = update(table).where(table.c.contact_id == place.contact_id, table.c.ended_at.is_(None))
        if place.until is not None:
            earlier = earlier.where(table.c.until.is_not(None))
        self._connection.execute(earlier.values(ended_at=place.at))
        self._connection.execute(
            table.insert().values(
                id=place.id,
                contact_id=place.contact_id,
                source="stated",
                region=place.region,
                time_zone=place.time_zone,
                until=place.until,
                evidence=place.evidence,
                by=place.by,
                at=place.at,
            )
        )
        return True

    def take_back(self, taken: PlaceTakenBack) -> int:
        """End places; a row of its own, never in force, says who ended the latest one and why."""
        table = contact_places
        in_force = table.c.contact_id == taken.contact_id, table.c.ended_at.is_(None)
        found = self._connection.execute(select(table).where(*in_force).order_by(table.c.at, table.c.id)).mappings()
        latest = next(reversed(found.all()), None)
        if latest is None:
            return 0
        ended = self._connection.execute(update(table).where(*in_force).values(ended_at=taken.at)).rowcount
        said = {"id": taken.id, "source": "taken_back", "evidence": taken.evidence, "by": taken.by}
        self._connection.execute(table.insert().values({**latest, **said, "at": taken.at, "ended_at": taken.at}))
        return ended

    def look_again(self, contact_id: str, now: datetime) -> None:
        """Bring one contact forward."""
        holds.bring_forward(self._connection, contacts.c.id == contact_id, now)

    def suspend(self, suspension: NewSuspension) -> int:
        """Insert a suspension; one of the same code whose time meets it is lifted."""
        table = area_suspensions
        same = update(table).where(
            table.c.code == suspension.code,
            table.c.lifted_at.is_(None),
            table.c.since < suspension.until,
            table.c.until > suspension.since,
        )
        replaced = self._connection.execute(same.values(lifted_at=suspension.at, lifted_by=suspension.by)).rowcount
        self._connection.execute(
            table.insert().values(
                id=suspension.id,
                code=suspension.code,
                since=suspension.since,
                until=suspension.until,
                reason=suspension.reason,
                by=suspension.by,
                at=suspension.at,
            )
        )
        return replaced

    def lift(self, code: str, by: str, now: datetime) -> int:
        """Lift by code."""
        table = area_suspensions
        in_force = update(table).where(table.c.code == code, table.c.lifted_at.is_(None), table.c.until > now)
        return self._connection.execute(in_force.values(lifted_at=now, lifted_by=by)).rowcount

    def release_areas(self, now: datetime) -> int:
        """Bring everyone forward who is held for an area."""
        return holds.bring_forward(self._connection, contacts.c.reason == _AREA_BLOCKED, now)
