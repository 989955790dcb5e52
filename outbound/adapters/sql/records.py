"""The outbox and what it delivers, in SQL."""

from sqlalchemy import Connection


class SqlRecords:
    """The outbox and what it delivers, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
