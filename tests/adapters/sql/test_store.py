import base64
import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from outbound.adapters.sql.database.key_check import check_keys
from outbound.adapters.sql.database.keys import KeyProblemError, Keyring, read_key
from outbound.adapters.sql.database.migrate import is_current, upgrade
from outbound.adapters.sql.schema import metadata, stop_orders, watermarks
from outbound.adapters.sql.store import DatabaseUnreachableError, SqlStore, open_engine
from outbound.usecases.problems import InputProblemError, TryAgainError

AT = datetime(2026, 11, 22, 21, 0, tzinfo=timezone(timedelta(hours=8)))


class TestStore:
    """What holds for SQLite and PostgreSQL alike."""

    def test_migrations_make_the_schema(self, store: SqlStore) -> None:
        """The migrations make every table and index of the schema, and running them again changes nothing."""
        upgrade(store.engine)
        found = inspect(store.engine)
        for table in metadata.tables.values():
            assert {column["name"] for column in found.get_columns(table.name)} == set(table.columns.keys())
            assert {index.name for index in table.indexes} <= {index["name"] for index in found.get_indexes(table.name)}
        assert is_current(store.engine)

    def test_rolls_back_without_commit(self, store: SqlStore) -> None:
        """A unit of work that is left without commit leaves nothing behind."""
        row = {"source": "s", "value": "1", "updated_at": AT}
        with store.begin() as work:
            work._connection.execute(watermarks.insert().values(row))
        with store.reading() as connection:
            assert connection.execute(select(watermarks)).all() == []
        with store.begin() as work:
            work._connection.execute(watermarks.insert().values(row))
            work.commit()
        with store.reading() as connection:
            assert len(connection.execute(select(watermarks)).all()) == 1

    def test_instants_come_back_in_utc(self, store: SqlStore) -> None:
        """An instant given in any zone comes back as the same instant in UTC; a naive one is refused."""
        with store.begin() as work:
            work._connection.execute(watermarks.insert().values(source="s", value="1", updated_at=AT))
            work.commit()
        with store.reading() as connection:
            back = connection.execute(select(watermarks.c.updated_at)).scalar_one()
        assert back == AT
        assert back.tzinfo is UTC
        with store.begin() as work, pytest.raises(Exception, match="time zone"):
            work._connection.execute(
                stop_orders.insert().values(id="1", reason="r", by="b", at=AT.replace(tzinfo=None))
            )


def test_sealed_values_open_only_in_their_own_column(keyring: Keyring) -> None:
    """A sealed value opens for its column and key, and for no other."""
    sealed = keyring.seal(b"secret", "contacts.person")
    assert keyring.open(sealed, "contacts.person") == b"secret"
    assert sealed != keyring.seal(b"secret", "contacts.person")
    with pytest.raises(KeyProblemError, match="another column"):
        keyring.open(sealed, "phones.number")
    with pytest.raises(KeyProblemError, match="another key"):
        Keyring(data_key=os.urandom(32), index_key=os.urandom(32)).open(sealed, "contacts.person")


def test_blind_index_is_keyed_and_separates_purposes(keyring: Keyring) -> None:
    """Equal numbers have equal indexes under one key only, and another purpose gives another index."""
    assert keyring.index("number", "+886900000001") == keyring.index("number", "+886900000001")
    assert keyring.index("number", "+886900000001") != keyring.index("customer", "+886900000001")
    other = Keyring(data_key=os.urandom(32), index_key=os.urandom(32))
    assert keyring.index("number", "+886900000001") != other.index("number", "+886900000001")


@pytest.mark.parametrize("value", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_a_bad_key_is_named_and_not_shown(value: str) -> None:
    """A key that cannot be used is named by its variable; its value stays out of the message."""
    with pytest.raises(KeyProblemError, match="OUTBOUND_DATA_KEY") as caught:
        read_key("OUTBOUND_DATA_KEY", value)
    assert not value or value not in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "oracle+nothing://x/y", "sqlite:////no/such/folder/outbound.db"])
def test_an_address_that_is_none_is_explained(url: str, keyring: Keyring) -> None:
    """An address that SQLAlchemy does not know is refused with an example of one that works."""
    with pytest.raises(InputProblemError, match="postgresql"):
        open_engine(url, keyring)


def test_a_database_that_is_away_is_reported_without_its_password(keyring: Keyring) -> None:
    """A server that does not answer gives one clear line that holds no part of the address."""
    engine = open_engine("postgresql+psycopg://user:hidden-word@127.0.0.1:9/outbound", keyring)
    with pytest.raises(DatabaseUnreachableError, match="does not answer") as caught:
        upgrade(engine)
    assert "hidden-word" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["data", "index"])
def test_a_wrong_key_is_told_before_anything_is_written(store: SqlStore, keyring: Keyring, wrong: str) -> None:
    """A database remembers the keys that it was made with; any other one is named and refused."""
    data_key, index_key = os.urandom(32), os.urandom(32)
    right = Keyring(data_key=data_key, index_key=index_key)
    check_keys(store.engine, right)
    check_keys(store.engine, right)
    keys = {"data_key": data_key, "index_key": index_key} | {f"{wrong}_key": os.urandom(32)}
    with pytest.raises(KeyProblemError, match=f"OUTBOUND_{wrong.upper()}_KEY is not the key"):
        check_keys(store.engine, Keyring(**keys))


def test_a_file_that_is_no_database_is_said_plainly(tmp_path: Path, keyring: Keyring) -> None:
    """A file of something else is a database that cannot be used, not a traceback."""
    (tmp_path / "outbound.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(DatabaseUnreachableError, match="no SQLite database"):
        upgrade(open_engine(f"sqlite:///{tmp_path}/outbound.db", keyring))


def test_a_database_that_another_process_holds_is_said_plainly(
    sqlite_store: SqlStore, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody else writes, reading goes on, and writing says who is in the way."""
    monkeypatch.setattr(
        "outbound.adapters.sql.store._PRAGMAS", ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=50")
    )
    other = SqlStore(open_engine(str(sqlite_store.engine.url), keyring), keyring)
    with sqlite_store.begin():
        upgrade(other.engine)
        with other.reading() as connection:
            assert connection.execute(select(watermarks)).all() == []
        with pytest.raises(DatabaseUnreachableError, match="another process holds"), other.begin():
            raise AssertionError
    other.engine.dispose()


def test_personal_columns_show_nothing_in_the_file(sqlite_store: SqlStore) -> None:
    """What a sealed column holds cannot be found in the database's bytes."""
    from outbound.adapters.sql.schema import inbox

    with sqlite_store.begin() as work:
        work._connection.execute(
            inbox.insert().values(
                id="1", kind="complaint", company_id="c", at=AT, due_at=AT, note="林美惠來電", status="waiting"
            )
        )
        work.commit()
    with sqlite_store.reading() as connection:
        assert connection.execute(select(inbox.c.note)).scalar_one() == "林美惠來電"
    folder = Path(sqlite_store.engine.url.database or "").parent
    for file in folder.iterdir():
        assert "林美惠".encode() not in file.read_bytes()


@pytest.mark.parametrize(("repeatable", "throwaway", "level"), [(False, False, 2), (True, False, 1), (True, True, 0)])
def test_a_commit_waits_for_the_disk_but_in_virtual_time(
    tmp_path: Path, keyring: Keyring, repeatable: bool, throwaway: bool, level: int
) -> None:
    """A reservation survives a power cut (FULL); a run that can begin anew spares the waiting (NORMAL, OFF)."""
    engine = open_engine(f"sqlite:///{tmp_path}/outbound.db", keyring, repeatable=repeatable, throwaway=throwaway)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == level
    engine.dispose()


def test_others_look_at_the_database_of_a_run_meanwhile(tmp_path: Path, keyring: Keyring) -> None:
    """In the midst of a transaction of a run that keeps its database, another process reads what was committed."""
    engine = open_engine(f"sqlite:///{tmp_path}/run.db", keyring, repeatable=True)
    upgrade(engine)
    with SqlStore(engine, keyring).begin() as work:
        work.intake.set_watermark("source", "1", datetime(2026, 11, 16, tzinfo=UTC))
        work.commit()
        work.intake.set_watermark("source", "2", datetime(2026, 11, 17, tzinfo=UTC))
        with closing(sqlite3.connect(f"file:{tmp_path}/run.db?mode=ro", uri=True, timeout=0)) as other:
            assert other.execute("SELECT value FROM watermarks").fetchall() == [("1",)]
    engine.dispose()


@pytest.mark.postgres
def test_a_deadlock_is_told_from_other_errors(postgres_store: SqlStore) -> None:
    """Of two transactions in a circle one goes on; the other one's error says that it may be tried again."""
    with postgres_store.engine.begin() as connection:
        now = datetime(2026, 11, 16, tzinfo=UTC)
        for name in ("one", "two"):
            connection.execute(watermarks.insert().values(source=name, value="0", updated_at=now))
    both_hold = threading.Barrier(2)

    def take(first: str, second: str) -> str:
        try:
            with postgres_store.begin() as work:
                work.intake.set_watermark(first, first, now)
                both_hold.wait(timeout=60)
                work._connection.execute(watermarks.update().where(watermarks.c.source == second).values(value=first))
                work.commit()
        except TryAgainError:
            return "undone"
        return "written"

    with ThreadPoolExecutor(2) as pool:
        results = pool.map(take, ("one", "two"), ("two", "one"))
        assert sorted(results) == ["undone", "written"]
