"""Connections of a server's pool that died while nobody used them."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.database.pool import TRUSTED_SECONDS, look_before_use
from outbound.adapters.sql.store import DatabaseUnreachableError, SqlStore, open_engine
from outbound.usecases.problems import BrokenOffError, TryAgainError
from tests.conftest import MONDAY_TEN

pytestmark = pytest.mark.postgres
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pooled'"


@pytest.fixture
def pooled(postgres_engine: Engine, keyring: Keyring) -> Iterator[SqlStore]:
    """A store whose server can be told to end its connections."""
    url = postgres_engine.url.update_query_dict({"application_name": "pooled"})
    engine = open_engine(url.render_as_string(hide_password=False), keyring)
    yield SqlStore(engine, keyring)
    engine.dispose()


def use(engine: Engine, at_once: int = 1) -> None:
    """Ask something on so many connections at once."""
    connections = [engine.connect() for _ in range(at_once)]
    for connection in connections:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    for connection in connections:
        connection.close()


def end_all(engine: Engine) -> int:
    """Let the server end the store's connections; return how many there were."""
    with engine.begin() as connection:
        ended = connection.execute(text(f"SELECT pg_terminate_backend(pid, 5000) {OTHERS}")).all()
    return len(ended)


def test_whoever_was_used_just_now_is_not_asked(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handing a connection out costs a round trip only where it lay unused, and none for a new one."""
    now, pings = [0.0], list[float]()
    engine = create_engine(postgres_url)
    do_ping = engine.dialect.do_ping

    def ping(driver: Any) -> bool:
        pings.append(now[0])
        return do_ping(driver)

    monkeypatch.setattr(engine.dialect, "do_ping", ping)
    look_before_use(engine, lambda: now[0])
    for moment in (0.0, 1.0, 1.0 + TRUSTED_SECONDS, 2.0 + TRUSTED_SECONDS):
        now[0] = moment
        use(engine)
    engine.dispose()
    assert pings == [1.0 + TRUSTED_SECONDS]


def test_what_the_server_ended_is_replaced_at_once(pooled: SqlStore, postgres_engine: Engine) -> None:
    """After a restart of the server nobody gets a dead connection, however short it lay unused."""
    use(pooled.engine, 3)
    assert end_all(postgres_engine) == 3
    use(pooled.engine, 3)
    with pooled.begin() as work:
        assert not work.dialling.lines().stopped
    assert end_all(postgres_engine) == 3


def test_one_that_is_ended_in_the_middle_is_told_and_replaced(pooled: SqlStore, postgres_engine: Engine) -> None:
    """Whether the transaction was written is not known then; the next one has a new connection."""

    def act() -> None:
        with pooled.begin() as work:
            work.dialling.lines()
            assert end_all(postgres_engine) == 1
            work.dialling.lines()

    with pytest.raises(BrokenOffError):
        act()
    with pooled.begin() as work:
        work.dialling.lines()


def test_a_server_that_lets_nobody_in_is_told_and_taken_up_again(postgres_engine: Engine, keyring: Keyring) -> None:
    """Dead connections and a server that is away: `DatabaseUnreachableError`, until it is back."""
    with postgres_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        admin.execute(text("CREATE DATABASE goes_away"))
        url = make_url(postgres_engine.url).set(database="goes_away")
        engine = open_engine(url.render_as_string(hide_password=False), keyring)
        store = SqlStore(engine, keyring)
        use(engine, 2)
        admin.execute(text("ALTER DATABASE goes_away ALLOW_CONNECTIONS false"))
        admin.execute(text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'goes_away'"))
        for _ in range(3):
            with pytest.raises(DatabaseUnreachableError, match="does not answer"), store.begin():
                pass
        admin.execute(text("ALTER DATABASE goes_away ALLOW_CONNECTIONS true"))
        use(engine, 2)
        engine.dispose()
        admin.execute(text("DROP DATABASE goes_away"))


def test_what_the_server_prepared_outlives_a_transaction_that_is_undone(pooled: SqlStore) -> None:
    """Reading without a commit, a failure and a reader's end leave prepared statements, and no open transaction."""
    for _ in range(7):
        with pooled.begin() as work:
            work.outcomes.attempt_of("nobody")
    with suppress(OverflowError), pooled.begin() as work:
        work.outcomes.attempt_of("nobody")
        raise OverflowError
    with pooled.reading() as connection:
        connection.execute(text("SELECT 1"))
    with pooled.reading() as connection:
        asked = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FOR UPDATE'"
        assert connection.execute(text(asked)).scalar_one() == 1
        idle = text(f"SELECT count(*) {OTHERS} AND state LIKE 'idle in%' AND pid <> pg_backend_pid()")
        assert connection.execute(idle).scalar_one() == 0


def test_a_process_that_froze_in_a_transaction_is_cut_off(postgres_engine: Engine, keyring: Keyring) -> None:
    """The server ends a transaction in which nothing happens for a minute, or for as long as the address says."""
    for query, expected in (({}, "1min"), ({"options": "-c idle_in_transaction_session_timeout=200"}, "200ms")):
        url = postgres_engine.url.update_query_dict(query)
        engine = open_engine(url.render_as_string(hide_password=False), keyring)
        with engine.connect() as connection:
            asked = connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one()
        assert asked == expected
        engine.dispose()


def test_who_waits_for_a_frozen_process_goes_on(postgres_engine: Engine, keyring: Keyring) -> None:
    """Once the frozen one is cut off, the next one is alone on the line, and the frozen one has written nothing."""
    frozen_url = postgres_engine.url.update_query_dict({"options": "-c idle_in_transaction_session_timeout=200"})
    frozen = SqlStore(open_engine(frozen_url.render_as_string(hide_password=False), keyring), keyring)
    other = SqlStore(open_engine(postgres_engine.url.render_as_string(hide_password=False), keyring), keyring)
    with other.begin() as work:
        work.dialling.open_lines(["trunk/main"], MONDAY_TEN)
        work.commit()

    def freeze_and_commit() -> None:
        with frozen.begin() as work:
            work.dialling.lines(alone_on="trunk/main")
            with other.begin() as next_one:
                assert "trunk/main" in next_one.dialling.lines(alone_on="trunk/main").paces
            work.commit()

    with pytest.raises(TryAgainError):
        freeze_and_commit()
    frozen.engine.dispose()
    other.engine.dispose()
