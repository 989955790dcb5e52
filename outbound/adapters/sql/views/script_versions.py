"""What was ever spoken: versions of scripts, and the calls that were held with each."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, func, select

from outbound.adapters.sql.schema import attempts, script_versions

_v, _a = script_versions.c, attempts.c


class SpokenVersion(Struct, frozen=True):
    """A version of a script: since when it is kept, and how many calls were held with it, the last of them when."""

    version: str
    script: str
    understanding_version: str
    kept_at: datetime
    calls: int
    last_call: datetime | None


def spoken_versions(connection: Connection) -> list[SpokenVersion]:
    """Return every version, the newest first."""
    spoken = (
        select(_a.script_version, func.count().label("calls"), func.max(_a.answered_at).label("last"))
        .where(_a.script_version.is_not(None))
        .group_by(_a.script_version)
        .subquery()
    )
    query = (
        select(
            _v.version,
            _v.name,
            _v.understanding_version,
            _v.kept_at,
            func.coalesce(spoken.c.calls, 0),
            spoken.c.last,
        )
        .outerjoin(spoken, spoken.c.script_version == _v.version)
        .order_by(_v.kept_at.desc(), _v.name)
    )
    return [SpokenVersion(*row) for row in connection.execute(query)]


def last_spoken(connection: Connection, scripts: Sequence[str]) -> Mapping[str, tuple[str, datetime | None]]:
    """Return the version of each of these scripts that was spoken last, and when; without those never spoken."""
    last = func.max(func.coalesce(_a.answered_at, _a.updated_at), type_=_a.answered_at.type).label("last")
    query = (
        select(_a.script, _a.script_version, last)
        .where(_a.script.in_(scripts), _a.script_version.is_not(None))
        .group_by(_a.script, _a.script_version)
        .order_by(last)
    )
    return {row.script: (row.script_version, row.last) for row in connection.execute(query)}


def packed_contents(connection: Connection, beginning: str) -> Sequence[tuple[str, str, datetime, bytes]]:
    """Return version, script, since when it is kept and packed files of every version that begins so, two at most."""
    query = select(_v.version, _v.name, _v.kept_at, _v.content).where(_v.version.startswith(beginning, autoescape=True))
    return [tuple(row) for row in connection.execute(query.limit(2))]
