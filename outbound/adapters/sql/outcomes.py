"""What came of an attempt, in SQL."""

from sqlalchemy import Connection


class SqlOutcomes:
    """What came of an attempt, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
