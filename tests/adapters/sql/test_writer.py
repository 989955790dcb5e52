"""What a connection is like after a transaction that went wrong."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.database.migrate import upgrade
from outbound.adapters.sql.database.writer import Pooled
from outbound.adapters.sql.store import SqlStore, open_engine

STRAY = "INSERT INTO attempt_events (attempt_id, at, to_status, cause) VALUES ('none', '2026-01-01', 'planned', 'test')"


@pytest.fixture
def file_store(tmp_path: Path, keyring: Keyring) -> SqlStore:
    """A store in a file of its own."""
    engine = open_engine(f"sqlite:///{tmp_path}/a.db", keyring)
    upgrade(engine)
    return SqlStore(engine, keyring)


def write_stray(store: SqlStore) -> None:
    """Write what the database objects to at the end only."""
    with store.begin() as work:
        work._connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        work._connection.execute(text(STRAY))
        work.commit()


def test_a_commit_that_fails_leaves_no_transaction_behind(file_store: SqlStore) -> None:
    """After a commit that the database refused, the next transaction begins as if nothing had been."""
    with pytest.raises(IntegrityError):
        write_stray(file_store)
    with file_store.begin() as work:
        assert work._connection.execute(text("SELECT count(*) FROM attempt_events")).scalar_one() == 0


def test_a_transaction_inside_another_is_an_error(file_store: SqlStore) -> None:
    """Whoever begins a transaction inside his own is told so, and does not wait for himself for ever."""
    with file_store.begin(), pytest.raises(RuntimeError, match="inside another"), file_store.begin():
        pass
    with file_store.begin() as work:
        work.commit()


@pytest.mark.parametrize("is_pooled", [False, True])
def test_a_connection_lost_at_the_end_is_no_error(
    file_store: SqlStore, monkeypatch: pytest.MonkeyPatch, *, is_pooled: bool
) -> None:
    """What was only read stays read when the connection is lost before it is given back; the next one is another."""
    dialect, undo = file_store.engine.dialect, file_store.engine.dialect.do_rollback
    undone = list[Any]()

    def lost_once(driver: Any) -> None:
        undone.append(driver)
        if len(undone) == 1:
            raise sqlite3.OperationalError("disk I/O error")
        undo(driver)

    if is_pooled:
        file_store._writer = Pooled(file_store.engine)
    monkeypatch.setattr(dialect, "do_rollback", lost_once)
    with file_store.begin() as work:
        assert work._connection.execute(text("SELECT 1")).scalar_one() == 1
    assert undone
    with file_store.begin() as work:
        assert work._connection.execute(text("SELECT 2")).scalar_one() == 2


@pytest.fixture
def throwaway_store(tmp_path: Path, keyring: Keyring) -> SqlStore:
    """A store that has its file to itself."""
    engine = open_engine(f"sqlite:///{tmp_path}/run.db", keyring, throwaway=True)
    upgrade(engine)
    return SqlStore(engine, keyring)


def test_a_run_reads_what_it_committed_and_nothing_else(throwaway_store: SqlStore) -> None:
    """On its one connection a run's read model sees what was committed, and never a transaction that is open."""
    add = text("INSERT INTO watermarks (source, value, updated_at) VALUES (:source, '1', '2026-11-23')")
    for source, is_kept in (("kept", True), ("undone", False)):
        with throwaway_store.begin() as work:
            work._connection.execute(add, {"source": source})
            if is_kept:
                work.commit()
            with pytest.raises(RuntimeError, match="inside another"), throwaway_store.reading():
                pass
    with throwaway_store.reading() as connection:
        assert connection.execute(text("SELECT source FROM watermarks")).scalars().all() == ["kept"]


def test_a_run_leaves_a_whole_file(throwaway_store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever ends a run closes its one connection without a complaint, and what was written is in the file."""
    with throwaway_store.begin() as work:
        work._connection.execute(text("INSERT INTO watermarks (source, value, updated_at) VALUES ('a', '1', '2026')"))
        work.commit()
    throwaway_store.engine.dispose()
    assert not caplog.records
    path = Path(throwaway_store.engine.url.database or "")
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT source FROM watermarks").fetchall() == [("a",)]
