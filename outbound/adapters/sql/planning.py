"""Contacts to be planned and the plan, in SQL."""

from sqlalchemy import Connection


class SqlPlanning:
    """Contacts to be planned and the plan, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
