"""Reservations, placements and what the carrier said, in SQL."""

from sqlalchemy import Connection


class SqlDialling:
    """Reservations, placements and what the carrier said, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
