"""Who may write, and on which connection: one at a time on SQLite, any number on a server."""

import threading
from collections.abc import Callable

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from outbound.adapters.sql.pool import roll_back

_ATTRIBUTE = "outbound_writer"


class OneWriter:
    """The one writer of a SQLite file: threads queue for it, and its connection is kept from turn to turn.

    Checking a connection out and in costs more than the transaction of a voice turn needs otherwise.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._holder: int | None = None  # the thread whose turn it is
        self._kept: Connection | None = None
        event.listen(engine, "engine_disposed", self._let_go)

    @classmethod
    def of(cls, engine: Engine) -> "OneWriter":
        """Return the writer of an engine: the same one for every store on it."""
        found: OneWriter | None = getattr(engine, _ATTRIBUTE, None)
        if found is None:
            found = cls(engine)
            setattr(engine, _ATTRIBUTE, found)
        return found

    def begun(self) -> Connection:
        """Wait for the writer and open its transaction; RuntimeError where this thread would wait for itself."""
        if self._holder == threading.get_ident():
            raise RuntimeError("a transaction was begun inside another one")
        self._lock.acquire()
        try:
            if self._kept is None or self._kept.closed:
                self._kept = self._engine.connect()
            self._kept.begin()
        except BaseException:
            self._let_go()
            self._lock.release()
            raise
        self._holder = threading.get_ident()
        return self._kept

    def ended(self, connection: Connection) -> None:
        """Undo what was not committed, and let the next one write."""
        self._holder = None
        try:
            _undo(connection, connection.rollback)
            if connection.closed or connection.invalidated or _is_open(connection):
                self._let_go()
        except BaseException:
            self._let_go()
            raise
        finally:
            self._lock.release()

    def _let_go(self, _engine: Engine | None = None) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()


class Pooled:
    """Transactions of a server's database: any number at once, each on a connection of the pool."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begun(self) -> Connection:
        """Open a transaction."""
        connection = self._engine.connect()
        try:
            connection.begin()
        except BaseException:
            connection.close()
            raise
        return connection

    def ended(self, connection: Connection) -> None:
        """Undo what was not committed."""
        try:
            roll_back(connection)
        finally:
            _undo(connection, connection.close)


def _undo(connection: Connection, undo: Callable[[], None]) -> None:
    """Undo what was not committed. A connection that breaks here is lost, and with it what had to be undone."""
    try:
        undo()
    except DBAPIError:
        connection.invalidate()


def _is_open(connection: Connection) -> bool:
    """Whether the driver is still in a transaction: SQLAlchemy undoes nothing more once a commit has failed."""
    driver = connection.connection.dbapi_connection
    return driver is None or bool(driver.in_transaction)
