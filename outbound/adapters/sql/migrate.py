"""Brings a database to the schema of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from outbound.adapters.sql.store import speaking_plainly


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing; with none missing nothing is locked. Raises `DatabaseUnreachableError`."""
    with speaking_plainly():
        if is_current(engine):
            return
        config = _config()
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether every migration of this version has run."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect().execution_options(outbound_read_only=True) as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def generate(engine: Engine, message: str, revision: str) -> None:
    """Write a new revision from the difference between `engine`'s database and the schema (for developers)."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True, rev_id=revision)
