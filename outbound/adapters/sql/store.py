"""Engines and transactions: SQLite with one writer, PostgreSQL for several processes."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import StaticPool

from outbound.adapters.sql.calls.consents import SqlConsents
from outbound.adapters.sql.calls.places import SqlPlaces
from outbound.adapters.sql.calls.queued import SqlQueue
from outbound.adapters.sql.calls.versions import SqlScriptVersions
from outbound.adapters.sql.database.columns import give_keys, to_json
from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.database.pool import look_before_use, roll_back
from outbound.adapters.sql.database.writer import OneWriter, Pooled, begin_unless_begun
from outbound.adapters.sql.desk import SqlDesk
from outbound.adapters.sql.dialling import SqlDialling
from outbound.adapters.sql.evidence import SqlEvidence
from outbound.adapters.sql.heartbeats import SqlHeartbeats
from outbound.adapters.sql.inbound import SqlInbound
from outbound.adapters.sql.intake import SqlIntake
from outbound.adapters.sql.interviews import SqlInterviews
from outbound.adapters.sql.outcomes import SqlOutcomes
from outbound.adapters.sql.planning import SqlPlanning
from outbound.adapters.sql.records import SqlRecords
from outbound.adapters.sql.voice import SqlVoice
from outbound.usecases.problems import BrokenOffError, InputProblemError, ServiceAwayError, TryAgainError

BUSY_SECONDS = 30
# 64 MB of pages, and as much of log before it is folded in: identifiers are random, so that inserts touch the whole
# index. Pages of 8 kB (a new database only) keep more sealed rows together.
_PRAGMAS = (
    "page_size=8192", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS}000", "cache_size=-65536",
)  # fmt: skip

_LASTING = ("journal_mode=WAL", "wal_autocheckpoint=8000", "synchronous=FULL", "secure_delete=ON")

_REPEATABLE = ("journal_mode=WAL", "wal_autocheckpoint=8000", "synchronous=NORMAL", "secure_delete=ON")
"""A power cut may cost the last commits, never the file: waiting for the disk is a third of a run in virtual time."""

_THROWAWAY = ("locking_mode=EXCLUSIVE", "journal_mode=MEMORY", "synchronous=OFF")
"""A run in virtual time has the file to itself: locks are asked of the system once, not at each transaction, and what a
transaction changes is written once, to its place. What undoes it is in memory: whoever kills the process begins anew.
"""

_STATEMENTS = 512
"""What SQLite keeps ready to run: by default the driver forgets all but 128, fewer than are in use."""

_KEPT = 10
"""Connections to a server that a process keeps: as many as its threads use at once, since each new one costs it dear.
The one that was used last is taken first: the server has its statements prepared."""

_SERVER = {
    # Nothing comes back from a server that vanished: whoever waits for it holds a caller on the line.
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    # A process that froze in a transaction, alone on the line, must not hold up every other one.
    "options": "-c idle_in_transaction_session_timeout=60s",
}
"""What is asked of PostgreSQL's client, unless the address says it."""

_UNDONE = frozenset({"40P01", "40001", "25P03"})
"""PostgreSQL: a deadlock was broken, a serialisation failed, a session ended that was idle in its transaction."""


class DatabaseUnreachableError(ServiceAwayError):
    """The database did not answer, or its address is not one."""


def open_engine(url: str, keyring: Keyring, *, repeatable: bool = False, throwaway: bool = False) -> Engine:
    """Create an engine with sealed columns; nothing is sent to the database yet.

    On SQLite every commit waits for the disk: a reservation that a power cut took back would be dialled once more.
    `repeatable` is for runs in virtual time, which begin anew if the machine goes down: they do not wait for it.
    `throwaway` is for databases that such a run makes for itself: it has them to itself, on one connection.
    Raises `InputProblemError` when `url` is not an address that can be used.
    """
    try:
        parsed = make_url(url)
        pool: dict[str, Any] = {}
        if parsed.get_backend_name() != "sqlite":
            asked = {name: value for name, value in _SERVER.items() if name not in parsed.query}
            pool = {"pool_use_lifo": True, "pool_size": _KEPT, "connect_args": asked}
        else:
            pool = {"connect_args": {"cached_statements": _STATEMENTS}}
            is_file = parsed.database not in (None, "", ":memory:")
            if is_file:
                # One folder at most: a longer way that is missing is a typo.
                Path(parsed.database or "").parent.mkdir(exist_ok=True)
            if throwaway:
                pool["poolclass"] = StaticPool
            elif is_file:
                # The same connection again, not the next one: another one's cache of pages is stale after each commit.
                pool["pool_use_lifo"] = True
        engine = create_engine(
            parsed,
            **pool,
            hide_parameters=True,
            json_serializer=lambda value: to_json(value).decode(),
            json_deserializer=orjson.loads,
        )
    except (ArgumentError, ImportError, OSError) as error:
        raise InputProblemError(
            "the database address cannot be used: give one such as sqlite:///var/outbound.db or "
            f"postgresql+psycopg://user@host/outbound ({type(error).__name__})"
        ) from None
    if engine.dialect.name == "sqlite":
        _tame_sqlite(engine, _THROWAWAY if throwaway else _REPEATABLE if repeatable else _LASTING)
    else:
        look_before_use(engine)
    give_keys(engine, keyring)
    return engine


def _tame_sqlite(engine: Engine, more: Sequence[str]) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        for pragma in (*_PRAGMAS, *more):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "begin", begin_unless_begun)


@contextmanager
def speaking_plainly() -> Iterator[None]:
    """Turn a database that is away, locked or none at all into `DatabaseUnreachableError`, without its address."""
    try:
        yield
    except (sqlite3.DatabaseError, DatabaseError) as error:
        cause = getattr(error, "orig", None) or error
        if isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause):
            raise DatabaseUnreachableError(
                "another process holds this SQLite database; stop `outbound serve`, or use PostgreSQL for several"
            ) from None
        if isinstance(cause, sqlite3.DatabaseError) and "not a database" in str(cause):
            raise DatabaseUnreachableError(
                "the file at the database's address is no SQLite database; is it another file's name?"
            ) from None
        raise DatabaseUnreachableError(
            f"the database does not answer ({type(cause).__name__}): is it running, is its address right?"
        ) from None


class SqlUnitOfWork:
    """The rooms' repositories on one connection and in one transaction."""

    def __init__(self, connection: Connection, commit: Callable[[Connection], None] = Connection.commit) -> None:
        self._connection = connection
        self._commit = commit

    @cached_property
    def intake(self) -> SqlIntake:  # noqa: D102
        return SqlIntake(self._connection)

    @cached_property
    def interviews(self) -> SqlInterviews:  # noqa: D102
        return SqlInterviews(self._connection)

    @cached_property
    def planning(self) -> SqlPlanning:  # noqa: D102
        return SqlPlanning(self._connection)

    @cached_property
    def dialling(self) -> SqlDialling:  # noqa: D102
        return SqlDialling(self._connection)

    @cached_property
    def queue(self) -> SqlQueue:  # noqa: D102
        return SqlQueue(self._connection)

    @cached_property
    def voice(self) -> SqlVoice:  # noqa: D102
        return SqlVoice(self._connection)

    @cached_property
    def scripts(self) -> SqlScriptVersions:  # noqa: D102
        return SqlScriptVersions(self._connection)

    @cached_property
    def inbound(self) -> SqlInbound:  # noqa: D102
        return SqlInbound(self._connection)

    @cached_property
    def outcomes(self) -> SqlOutcomes:  # noqa: D102
        return SqlOutcomes(self._connection)

    @cached_property
    def records(self) -> SqlRecords:  # noqa: D102
        return SqlRecords(self._connection)

    @cached_property
    def desk(self) -> SqlDesk:  # noqa: D102
        return SqlDesk(self._connection)

    @cached_property
    def consents(self) -> SqlConsents:  # noqa: D102
        return SqlConsents(self._connection)

    @cached_property
    def places(self) -> SqlPlaces:  # noqa: D102
        return SqlPlaces(self._connection)

    @cached_property
    def evidence(self) -> SqlEvidence:  # noqa: D102
        return SqlEvidence(self._connection)

    @cached_property
    def heartbeats(self) -> SqlHeartbeats:  # noqa: D102
        return SqlHeartbeats(self._connection)

    def commit(self) -> None:
        """Make the transaction durable."""
        self._commit(self._connection)


class SqlStore:
    """Opens transactions on one engine. On SQLite threads queue for the one writer in the order in which they came."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self.engine = engine
        self._keyring = keyring
        self._writer = OneWriter.of(engine) if engine.dialect.name == "sqlite" else Pooled(engine)

    @contextmanager
    def begin(self) -> Iterator[SqlUnitOfWork]:
        """Open a transaction; without `commit` it is rolled back.

        Raises `DatabaseUnreachableError` when the database does not answer, `TryAgainError` from whatever statement it
        chose to undo the transaction at, and `BrokenOffError` where the connection is lost on the way or at the end.
        """
        with speaking_plainly():
            connection = self._writer.begun()
        try:
            yield SqlUnitOfWork(connection, self._writer.commit)
        except DatabaseError as error:
            if getattr(error.orig, "sqlstate", None) in _UNDONE:
                raise TryAgainError("two transactions got in each other's way; this one was undone") from None
            if isinstance(error, OperationalError):
                raise BrokenOffError(f"the database broke off ({type(error.orig).__name__})") from None
            raise
        finally:
            self._writer.ended(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection for read models; it sees one consistent state and cannot hold up the writer.

        A throwaway database has one connection: there it takes the writer's turn.
        """
        if isinstance(self.engine.pool, StaticPool):
            with speaking_plainly():
                connection = self._writer.begun()
            try:
                yield connection
            finally:
                self._writer.ended(connection)
            return
        with self._connected() as connection:
            yield connection.execution_options(outbound_read_only=True)
            roll_back(connection)

    def _connected(self) -> Connection:
        with speaking_plainly():
            return self.engine.connect()

    def overwrite_log(self) -> bool:
        """Fold SQLite's log into the file and empty it: what was forgotten stands in older pages of it till then.

        Deleted cells are overwritten in the file itself (`secure_delete`). False where a reader holds the log, and on a
        server, which clears its own pages (`VACUUM`). Not inside a transaction.
        """
        if self.engine.dialect.name != "sqlite":
            return False
        with speaking_plainly():
            connection = self.engine.raw_connection()
        try:
            busy, *_ = connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()  # type: ignore[union-attr]
        finally:
            connection.close()
        return not busy

    def number_index(self, e164: str) -> str:
        """Blind index of a number in E.164."""
        return self._keyring.index("number", e164)

    def customer_index(self, company_id: str, customer_id: str) -> str:
        """Blind index of a customer within a company."""
        return self._keyring.index("customer", f"{company_id}\0{customer_id}")

    def row_index(self, company_id: str, row: str) -> str:
        """Blind index of a quarantined row, so that the same bad row stands there once."""
        return self._keyring.index("row", f"{company_id}\0{row}")
