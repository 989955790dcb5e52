"""Pace, pauses, stop orders and live calls in SQL: what all workers share about the line to the carrier."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Float, String, bindparam, cast, func, literal, null, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from outbound.adapters.sql.database.columns import Instant
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.schema import attempts, heartbeats, pacing, stop_orders
from outbound.domain.attempt import LIVE
from outbound.domain.line.pace import Pace
from outbound.domain.line.trunk import Answering, Lines

_EVERYTHING = ""
_NO_INSTANT, _NO_TEXT, _NO_NUMBER = cast(null(), Instant), cast(null(), String(60)), cast(null(), Float)

_PACE = (
    pacing.c.next_at,
    pacing.c.paused_until,
    pacing.c.paused_for,
    pacing.c.factor,
    pacing.c.factor_at,
    pacing.c.failures,
    pacing.c.served,
)
_NO_PACE = (_NO_INSTANT, _NO_INSTANT, _NO_TEXT, _NO_NUMBER, _NO_INSTANT, literal(0), _NO_NUMBER)

_LINES = Prepared(union_all(
    select(literal("pace").label("kind"), pacing.c.trunk.label("name"), literal(0).label("live"), *_PACE),
    select(literal("stop"), func.coalesce(stop_orders.c.campaign_id, _EVERYTHING), literal(0), *_NO_PACE).where(
        stop_orders.c.lifted_at.is_(None)
    ),
    select(literal("live"), attempts.c.campaign_id, func.count(), *_NO_PACE)
    .where(attempts.c.status.in_(sorted(LIVE)))
    .group_by(attempts.c.campaign_id),
    # in the columns of a pace: when it was told, and the milliseconds
    select(
        literal("answering"), heartbeats.c.worker, literal(0),
        heartbeats.c.seen_at, _NO_INSTANT, _NO_TEXT, heartbeats.c.answer_ms, _NO_INSTANT, literal(0), _NO_NUMBER,
    ).where(heartbeats.c.role == "web", heartbeats.c.answer_ms.is_not(None)),
))  # fmt: skip

_ALONE = Prepared(select(pacing.c.trunk).where(pacing.c.trunk == bindparam("wanted")).with_for_update())
_ONE = select(*_PACE).where(pacing.c.trunk == bindparam("wanted")).with_for_update()
_TAKEN = Prepared(
    update(pacing)
    .where(pacing.c.trunk == bindparam("wanted"))
    .values(next_at=bindparam("then"), served=bindparam("had"), calls_per_second=bindparam("rate"))
)
_CHANGED = (
    update(pacing)
    .where(pacing.c.trunk == bindparam("wanted"))
    .values({name: bindparam(f"new_{name}") for name in (column.name for column in _PACE) if name != "served"})
)


def read_lines(connection: Connection, alone_on: str | None = None) -> Lines:
    """Read everything in one statement; with `alone_on` others who claim on that trunk wait until this commits."""
    if alone_on is not None and connection.dialect.name != "sqlite":
        # A statement of its own: only the next one sees what the worker did that was waited for.
        _ALONE.all(connection, {"wanted": alone_on})
    paces: dict[str, Pace] = {}
    stopped: set[str | None] = set()
    live: dict[str, int] = {}
    answering: list[Answering] = []
    for kind, name, calls, *pace in _LINES.all(connection, {}):
        if kind == "pace":
            paces[name] = Pace(*pace)
        elif kind == "stop":
            stopped.add(None if name == _EVERYTHING else name)
        elif kind == "live":
            live[name] = calls
        else:
            answering.append(Answering(pace[0], pace[3]))
    return Lines(paces, frozenset(stopped), live, answering)


def open_lines(connection: Connection, names: Sequence[str], now: datetime) -> None:
    """Insert rows that are missing; another worker may do the same at the same time."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    rows = [{"trunk": name, "next_at": now, "calls_per_second": 0.0} for name in sorted(names)]
    connection.execute(insert(pacing).on_conflict_do_nothing(index_elements=["trunk"]), rows)


def take_pace(connection: Connection, taken: Mapping[str, tuple[Pace, float]]) -> None:
    """Write how far these paces have moved on, each with its configured rate."""
    asked = [
        {"wanted": name, "then": pace.next_at, "had": pace.served, "rate": rate}
        for name, (pace, rate) in sorted(taken.items())
    ]
    _TAKEN.run_many(connection, asked)


def change_pace(connection: Connection, name: str, change: Callable[[Pace], Pace]) -> None:
    """Read one pace, keep others from changing it, and write what it becomes."""
    row = connection.execute(_ONE, {"wanted": name}).one_or_none()
    if row is None:
        return
    known = Pace(*row)
    new = change(known)
    if new == known:
        return
    values = {f"new_{column.name}": getattr(new, column.name) for column in _PACE if column.name != "served"}
    connection.execute(_CHANGED, {"wanted": name, **values})
