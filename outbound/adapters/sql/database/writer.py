"""Who may write, and on which connection: one at a time on SQLite, any number on a server."""

import sqlite3
import threading
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from outbound.adapters.sql.database.pool import roll_back
from outbound.adapters.sql.database.prepared import translated

_ATTRIBUTE = "outbound_writer"


class OneWriter:
    """The one writer of a SQLite file: threads queue for it, and its connection is kept from turn to turn.

    Checking a connection out and in costs more than the transaction of a voice turn needs otherwise. So does what
    SQLAlchemy does about a transaction: BEGIN, COMMIT and ROLLBACK are said to the driver, and SQLAlchemy learns of the
    transaction only where a statement goes its way (see `begin_unless_begun`).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._holder: int | None = None  # the thread whose turn it is
        self._kept: Connection | None = None
        event.listen(engine, "engine_disposed", self._give_up)

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
            kept = self._kept
            if kept is None or kept.closed:
                kept = self._kept = self._engine.connect()
            _driver(kept).execute("BEGIN IMMEDIATE")
        except BaseException:
            self._let_go()
            self._lock.release()
            raise
        self._holder = threading.get_ident()
        return kept

    @staticmethod
    def commit(connection: Connection) -> None:
        """Make durable what was written; raises what SQLAlchemy would."""
        if connection.in_transaction():
            connection.commit()
            return
        driver = _driver(connection)
        if driver.in_transaction:
            try:
                driver.execute("COMMIT")
            except sqlite3.Error as error:
                raise translated(connection, error) from error

    def ended(self, connection: Connection) -> None:
        """Undo what was not committed, and let the next one write."""
        self._holder = None
        try:
            if connection.closed or connection.invalidated or not _is_undone(connection):
                self._let_go()
        except BaseException:
            self._let_go()
            raise
        finally:
            self._lock.release()

    def _let_go(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def _give_up(self, _engine: Engine) -> None:
        """The pool is gone, and may have closed the connection below: there is nothing to undo, and nowhere to go."""
        if self._kept is not None and not self._kept.closed:
            self._kept.invalidate()
        self._let_go()


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

    @staticmethod
    def commit(connection: Connection) -> None:
        """Make durable what was written."""
        connection.commit()

    def ended(self, connection: Connection) -> None:
        """Undo what was not committed. A connection that breaks here is lost, and with it what had to be undone."""
        try:
            roll_back(connection)
        finally:
            try:
                connection.close()
            except DBAPIError:
                connection.invalidate()


def begin_unless_begun(connection: Connection) -> None:
    """Say BEGIN to SQLite where a transaction of SQLAlchemy's begins, unless it begins inside the writer's own."""
    driver = _driver(connection)
    if not driver.in_transaction:
        is_read_only = connection.get_execution_options().get("outbound_read_only")
        driver.execute("BEGIN" if is_read_only else "BEGIN IMMEDIATE")


def _is_undone(connection: Connection) -> bool:
    """Undo what was not committed, and tell whether nothing is open: after an error the driver may keep something."""
    try:
        connection.rollback()
        driver = _driver(connection)
        if driver.in_transaction:
            driver.execute("ROLLBACK")
    except (DBAPIError, sqlite3.Error):
        connection.invalidate()
        return False
    return True


def _driver(connection: Connection) -> Any:
    """Return the driver's own connection: SQLAlchemy's way to a statement costs more than an empty transaction."""
    return connection.connection.dbapi_connection
