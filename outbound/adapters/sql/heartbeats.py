"""Heartbeats and runs of the verbs in SQL: one statement for each thing that is said."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from outbound.adapters.sql.schema import heartbeats, verb_runs
from outbound.usecases.ports.stored.heartbeats import Heartbeat, Role, VerbRun

_BEATS = heartbeats.c
_RUNS = verb_runs.c
_ALL = select(heartbeats).order_by(_BEATS.seen_at.desc(), _BEATS.worker)
_SEEN = select(_BEATS.seen_at).where(_BEATS.worker == bindparam("who"))
_LAST_RUNS = select(verb_runs).order_by(_RUNS.verb)


class SqlHeartbeats:
    """What processes leave about themselves, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def beat(self, beat: Heartbeat) -> None:
        """Insert or replace."""
        told: dict[str, Any] = {
            "role": beat.role,
            "started_at": beat.started_at,
            "seen_at": beat.seen_at,
            "answer_ms": beat.answer_ms,
            "answers": beat.answers,
        }
        self._upsert(heartbeats, "worker", {"worker": beat.worker, **told}, told)

    def leave(self, worker: str) -> None:
        """Delete the process."""
        self._connection.execute(delete(heartbeats).where(_BEATS.worker == worker))

    def forget(self, before: datetime) -> int:
        """Delete the old ones."""
        return self._connection.execute(delete(heartbeats).where(_BEATS.seen_at < before)).rowcount

    def heartbeats(self) -> list[Heartbeat]:
        """Read every process."""
        return [
            Heartbeat(row.worker, Role(row.role), row.started_at, row.seen_at, row.answer_ms, row.answers)
            for row in self._connection.execute(_ALL)
        ]

    def last_seen(self, worker: str) -> datetime | None:
        """Look one process up."""
        return self._connection.execute(_SEEN, {"who": worker}).scalar()

    def verb_began(self, verb: str, worker: str, now: datetime) -> None:
        """Insert, or move `began_at`."""
        told = {"worker": worker, "began_at": now}
        self._upsert(verb_runs, "verb", {"verb": verb, **told}, told)

    def verb_done(self, verb: str, worker: str, now: datetime, problem: str | None = None) -> None:
        """Insert, or move `done_at` on; what failed leaves it where it was."""
        told: dict[str, Any] = {"worker": worker, "problem": problem and problem[:200]}
        if problem is None:
            told["done_at"] = now
        self._upsert(verb_runs, "verb", {"verb": verb, "began_at": now, **told}, told)

    def verb_runs(self) -> list[VerbRun]:
        """Read every verb's last run."""
        return [
            VerbRun(row.verb, row.worker, row.began_at, row.done_at, row.problem)
            for row in self._connection.execute(_LAST_RUNS)
        ]

    def _upsert(self, table: Table, key: str, row: dict[str, Any], changes: dict[str, Any]) -> None:
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        made = insert(table)
        on_conflict = made.on_conflict_do_update(
            index_elements=[key], set_={name: made.excluded[name] for name in changes}
        )
        self._connection.execute(on_conflict, row)
