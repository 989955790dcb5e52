"""Pace, pauses, stop orders and live calls in SQL: what all workers share about the line to the carrier."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    Connection,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from outbound.adapters.sql.columns import Instant
from outbound.adapters.sql.schema import attempts, pacing, stop_orders
from outbound.domain.attempt import LIVE
from outbound.domain.trunk import CLOCK_SLACK, Lines, Pace, spacing

_EVERYTHING = ""
_NO_INSTANT, _NO_TEXT = cast(null(), Instant), cast(null(), String(60))

_LINES = union_all(
    select(
        literal("pace").label("kind"),
        pacing.c.trunk.label("name"),
        pacing.c.next_at.label("next_at"),
        pacing.c.paused_until.label("paused_until"),
        pacing.c.paused_for.label("paused_for"),
        literal(0).label("live"),
    ),
    select(
        literal("stop"),
        func.coalesce(stop_orders.c.campaign_id, _EVERYTHING),
        _NO_INSTANT,
        _NO_INSTANT,
        _NO_TEXT,
        literal(0),
    ).where(stop_orders.c.lifted_at.is_(None)),
    select(literal("live"), attempts.c.campaign_id, _NO_INSTANT, _NO_INSTANT, _NO_TEXT, func.count())
    .where(attempts.c.status.in_(sorted(LIVE)))
    .group_by(attempts.c.campaign_id),
)

_TAKE = (
    update(pacing)
    .where(
        pacing.c.trunk == bindparam("wanted"),
        or_(pacing.c.next_at <= bindparam("at", type_=Instant), pacing.c.next_at > bindparam("absurd", type_=Instant)),
        or_(pacing.c.paused_until.is_(None), pacing.c.paused_until <= bindparam("at", type_=Instant)),
    )
    .values(next_at=bindparam("then"), calls_per_second=bindparam("rate"))
)

_LATER = case(
    (pacing.c.paused_until > bindparam("until", type_=Instant), pacing.c.paused_until),
    else_=bindparam("until", type_=Instant),
)
_PAUSE = (
    update(pacing).where(pacing.c.trunk == bindparam("wanted")).values(paused_until=_LATER, paused_for=bindparam("why"))
)


def read_lines(connection: Connection) -> Lines:
    """Read everything in one statement."""
    paces: dict[str, Pace] = {}
    stopped: set[str | None] = set()
    live: dict[str, int] = {}
    for row in connection.execute(_LINES):
        if row.kind == "pace":
            paces[row.name] = Pace(row.next_at, row.paused_until, row.paused_for)
        elif row.kind == "stop":
            stopped.add(None if row.name == _EVERYTHING else row.name)
        else:
            live[row.name] = row.live
    return Lines(paces, frozenset(stopped), live)


def open_lines(connection: Connection, names: Sequence[str], now: datetime) -> None:
    """Insert rows that are missing; another worker may do the same at the same time."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    rows = [{"trunk": name, "next_at": now, "calls_per_second": 0.0} for name in sorted(names)]
    connection.execute(insert(pacing).on_conflict_do_nothing(index_elements=["trunk"]), rows)


def take_pace(connection: Connection, takes: Sequence[tuple[str, float]], now: datetime) -> bool:
    """Move every pace on by one call, in the order given so that two workers never wait for each other."""
    asked = []
    for name, rate in takes:
        interval = spacing(rate)
        asked.append(_taking(name, rate, now, interval))
    return connection.execute(_TAKE, asked).rowcount == len(asked)


def _taking(name: str, rate: float, now: datetime, interval: timedelta) -> dict[str, object]:
    absurd = now + interval + CLOCK_SLACK
    return {"wanted": name, "rate": rate, "at": now, "then": now + interval, "absurd": absurd}


def pause(connection: Connection, name: str, until: datetime, cause: str) -> None:
    """Put a pause in force."""
    connection.execute(_PAUSE, {"wanted": name, "until": until, "why": cause})
