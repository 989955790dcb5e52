"""Policies, contacts and quarantine, as intake needs them, in SQL."""

from sqlalchemy import Connection


class SqlIntake:
    """Policies, contacts and quarantine, as intake needs them, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
