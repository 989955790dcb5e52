"""Brings a database to the schema of this version."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from outbound.adapters.sql.store import speaking_plainly

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parents[1] / "migrations"


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing; with none missing nothing is locked. Raises `DatabaseUnreachableError`."""
    with speaking_plainly():
        if is_current(engine):
            return
        from alembic import command

        config = _config()
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether every migration of this version has run. Every command asks this first: Alembic is not loaded for it."""
    with engine.connect().execution_options(outbound_read_only=True) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [head()]


@cache
def head() -> str:
    """Return the youngest migration: their files begin with a number of four digits."""
    return max(path.stem.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py"))


def generate(engine: Engine, message: str, revision: str) -> None:
    """Write a new revision from the difference between `engine`'s database and the schema (for developers)."""
    from alembic import command

    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True, rev_id=revision)
