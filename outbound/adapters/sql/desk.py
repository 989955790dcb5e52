"""What people do at the desk: inbox, suppressions, stop orders, in SQL."""

from sqlalchemy import Connection


class SqlDesk:
    """What people do at the desk: inbox, suppressions, stop orders, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
