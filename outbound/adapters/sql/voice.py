"""A conversation between its turns, in SQL."""

from sqlalchemy import Connection


class SqlVoice:
    """A conversation between its turns, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
