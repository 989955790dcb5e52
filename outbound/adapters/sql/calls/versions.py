"""Versions of scripts in SQL."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from outbound.adapters.sql.schema import script_versions
from outbound.usecases.ports.scripts import KeptVersion

_v = script_versions.c


class SqlScriptVersions:
    """The versions that were ever spoken, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def has(self, version: str) -> bool:
        """Look for the key alone."""
        return self._connection.execute(select(_v.version).where(_v.version == version)).first() is not None

    def keep(self, kept: KeptVersion, now: datetime) -> None:
        """Insert a version unless another call did so at the same time."""
        values = {
            "version": kept.version,
            "name": kept.name,
            "understanding_version": kept.understanding_version,
            "content": kept.content,
            "kept_at": now,
        }
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        self._connection.execute(dialect.insert(script_versions).values(values).on_conflict_do_nothing())

    def find(self, version: str) -> KeptVersion | None:
        """Read a version."""
        query = select(_v.version, _v.name, _v.understanding_version, _v.content).where(_v.version == version)
        found = self._connection.execute(query).first()
        return KeptVersion(*found) if found is not None else None
