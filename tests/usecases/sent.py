"""What is sent to the database: seen at the driver's cursors, whoever makes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, PoolProxiedConnection

from outbound.adapters.sql.database.prepared import _Plan
from outbound.adapters.sql.store import SqlStore


class _Cursor:
    """A cursor of the driver that notes what it carries out: many sets of values at once are one statement."""

    def __init__(self, cursor: Any, sent: list[str]) -> None:
        self._cursor, self._sent = cursor, sent

    def execute(self, statement: str, *rest: Any) -> Any:
        self._sent.append(statement)
        return self._cursor.execute(statement, *rest)

    def executemany(self, statement: str, *rest: Any) -> Any:
        self._sent.append(statement)
        return self._cursor.executemany(statement, *rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


@contextmanager
def statements(store: SqlStore) -> Iterator[list[str]]:
    """Collect every statement: SQLAlchemy's own, and prepared ones, which go past its pool to the driver itself."""
    sent: list[str] = []
    with store.reading() as connection:
        lent = type(connection.connection)
    make, make_prepared = lent.cursor, _Plan._cursor

    def cursor(self: PoolProxiedConnection, *args: Any, **kwargs: Any) -> _Cursor:
        return _Cursor(make(self, *args, **kwargs), sent)

    def prepared(self: _Plan, connection: Connection) -> _Cursor:
        return _Cursor(make_prepared(self, connection), sent)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lent, "cursor", cursor)
        patch.setattr(_Plan, "_cursor", prepared)
        yield sent
