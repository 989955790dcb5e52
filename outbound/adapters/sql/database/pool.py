"""Connections of a server's pool: whether one still lives is asked where in doubt, and none forgets its plans."""

import select
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

TRUSTED_SECONDS = 5.0
"""How long a connection may have lain unused before the server is asked whether it is still there."""

_USED_AT = "outbound_used_at"
_OPEN = frozenset({"INTRANS", "INERROR"})


def look_before_use(engine: Engine, monotonic: Callable[[], float] = time.monotonic) -> None:
    """Ask the server about a connection before it is handed out where it lay unused, or something came in on it.

    A server that ends a connection sends something or closes it, so that its socket can be read: that is seen without
    a round trip. One that does not live is replaced, and so are those that are as old.
    """

    @event.listens_for(engine, "checkin")
    def checkin(_driver: Any, record: Any) -> None:
        record.info[_USED_AT] = monotonic()

    @event.listens_for(engine, "checkout")
    def checkout(driver: Any, record: Any, _proxy: Any) -> None:
        used_at = record.info.get(_USED_AT)
        if used_at is None or (monotonic() - used_at < TRUSTED_SECONDS and not _has_news(driver)):
            return
        try:
            engine.dialect.do_ping(driver)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError("the server ended this connection") from error


def roll_back(connection: Connection) -> None:
    """Undo what is open without a word to psycopg, which finds nothing open after it; on SQLite do nothing.

    Its own rollback forgets every statement that the server has prepared, since tables made in the transaction are gone
    with it. Ours make none, and after each transaction that only read the server would plan every statement anew.
    """
    if connection.closed or connection.invalidated:
        return
    driver = connection.connection.driver_connection
    server = getattr(driver, "pgconn", None)
    if driver is not None and server is not None and driver.info.transaction_status.name in _OPEN:
        server.exec_(b"ROLLBACK")


def _has_news(driver: Any) -> bool:
    """Whether the connection's socket can be read though nothing was asked."""
    if driver.closed:
        return True
    socket = select.poll()
    socket.register(driver.fileno(), select.POLLIN)
    return bool(socket.poll(0))
