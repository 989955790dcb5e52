"""Figures that a monitoring system asks for every few seconds: few statements, all of them over indexes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from outbound.adapters.sql.database.columns import Instant
from outbound.adapters.sql.heartbeats import SqlHeartbeats
from outbound.adapters.sql.schema import attempt_events, attempts, callbacks, inbox, outbox, pacing, stop_orders
from outbound.domain.attempt import LIVE
from outbound.domain.line.pace import Breaker, Pace
from outbound.usecases.heartbeat import expected
from outbound.usecases.ports.stored.heartbeats import Heartbeat, VerbRun

_OPEN = (*sorted(LIVE), "planned")
# Named one by one, so that an index finds them: what is done grows for ever.
_NOT_DELIVERED, _NOT_DONE = ("pending", "dead", "unknown"), ("waiting", "claimed")
_NOTHING = cast(null(), String(60))


class Tally(Struct, frozen=True):
    """How many there are, and since when the oldest of them has been waiting."""

    count: int
    oldest: datetime | None = None


class PaceState(Struct, frozen=True):
    """The pace of a trunk or a campaign: the share of its rate in force, its breaker, and whether it stands still."""

    name: str
    factor: float
    breaker: Breaker
    failures: int
    paused_until: datetime | None
    paused_for: str | None


class Operations(Struct, frozen=True):
    """How work stands at `at`. Keys are codes of this program and names from `config/`: nothing about people.

    `attempts` by (status, campaign), `outbox` by (kind, status) without what was delivered, `inbox` and
    `inbox_overdue` by kind, `callbacks` by status, `stop_orders` by campaign (empty: everything).
    """

    at: datetime
    attempts: Mapping[tuple[str, str], Tally] = field(default_factory=dict)
    due: Mapping[str, int] = field(default_factory=dict)
    outbox: Mapping[tuple[str, str], Tally] = field(default_factory=dict)
    inbox: Mapping[str, Tally] = field(default_factory=dict)
    inbox_overdue: Mapping[str, int] = field(default_factory=dict)
    callbacks: Mapping[str, Tally] = field(default_factory=dict)
    callbacks_escalated: int = 0
    stop_orders: Mapping[str, Tally] = field(default_factory=dict)
    paces: tuple[PaceState, ...] = ()
    workers: tuple[Heartbeat, ...] = ()
    verbs: tuple[VerbRun, ...] = ()


def operations(connection: Connection, now: datetime) -> Operations:
    """Read how work stands: one statement for what is counted, one each for paces, processes and verbs."""
    found: dict[str, dict[tuple[str, str], Tally]] = {}
    late: dict[str, dict[str, int]] = {}
    for row in connection.execute(_counted(now)):
        found.setdefault(row.what, {})[row.first, row.second] = Tally(row.many, row.oldest)
        if row.late:
            late.setdefault(row.what, {})[row.second if row.what == "attempts" else row.first] = row.late
    processes = SqlHeartbeats(connection)
    return Operations(
        at=now,
        attempts=found.get("attempts", {}),
        due=late.get("attempts", {}),
        outbox=found.get("outbox", {}),
        inbox=_by_first(found.get("inbox", {})),
        inbox_overdue=late.get("inbox", {}),
        callbacks=_by_first(found.get("callbacks", {})),
        callbacks_escalated=sum(late.get("callbacks", {}).values()),
        stop_orders=_by_first(found.get("stop_orders", {})),
        paces=tuple(paces(connection, now)),
        workers=expected(processes.heartbeats(), now),
        verbs=tuple(processes.verb_runs()),
    )


def paces(connection: Connection, now: datetime) -> list[PaceState]:
    """Read the pace of every trunk and campaign that has dialled."""
    found = []
    for row in connection.execute(select(pacing).order_by(pacing.c.trunk)):
        pace = Pace(row.next_at, row.paused_until, row.paused_for, row.factor, row.factor_at, row.failures)
        stands = (row.paused_until, row.paused_for) if pace.is_paused(now) else (None, None)
        found.append(PaceState(row.trunk, pace.share(now), pace.breaker(now), pace.failures, *stands))
    return found


def live_calls(connection: Connection) -> int:
    """Count calls that are reserved, on their way, ring or talk; those of unknown fate are for `settle_calls`."""
    live = sorted(status for status in LIVE if status != "unknown")
    return int(connection.execute(select(func.count()).where(attempts.c.status.in_(live))).scalar_one())


def unknown_calls(connection: Connection, limit: int = 50) -> list[Mapping[str, Any]]:
    """Calls of unknown fate, the oldest first: since when, why, and who had reserved them."""
    table = attempts.c
    since = func.coalesce(table.dial_by, table.reserved_at, table.updated_at, type_=Instant)
    shown = (table.id.label("attempt_id"), table.campaign_id, since.label("since"), table.cause, table.worker)
    query = select(*shown).where(table.status == "unknown").order_by(since, table.id).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def last_event(connection: Connection) -> int:
    """Return the number of the newest transition; 0 without any."""
    return connection.execute(select(func.max(attempt_events.c.seq))).scalar() or 0


def orders_since(connection: Connection, seq: int, until: int | None = None) -> Mapping[tuple[str, str], int]:
    """Count what came of reservations after transition `seq` (up to `until`), by (answer, kind).

    The answers are placed, refused (kind: the carrier's code), ambiguous (kind: what was missing) and withheld (kind:
    why nothing was sent).
    """
    events = attempt_events.c
    upper = [events.seq <= until] if until is not None else []
    query = (
        select(events.to_status, events.cause, func.count())
        .where(events.seq > seq, *upper, events.from_status == "reserved")
        .group_by(events.to_status, events.cause)
    )
    counts: dict[tuple[str, str], int] = {}
    for status, cause, count in connection.execute(query).tuples():
        answer = _answer(status, cause)
        counts[answer] = counts.get(answer, 0) + count
    return counts


def _answer(status: str, cause: str) -> tuple[str, str]:
    if cause.startswith("carrier_"):
        return "refused", cause.removeprefix("carrier_")
    if status == "unknown":
        return "ambiguous", cause.removeprefix("create_")
    if status in {"planned", "cancelled", "not_placed"}:
        return "withheld", cause
    return "placed", "created"


def _by_first(tallies: Mapping[tuple[str, str], Tally]) -> dict[str, Tally]:
    return {first: tally for (first, _), tally in tallies.items()}


def _counted(now: datetime) -> Any:
    """Everything that is counted, in one statement."""
    status = attempts.c.status
    since = func.coalesce(attempts.c.dial_by, attempts.c.reserved_at, attempts.c.updated_at)
    is_due = and_(status == "planned", attempts.c.window_start <= now)
    waits_long = inbox.c.due_at <= now
    handed_over = and_(callbacks.c.status == "open", callbacks.c.escalated_at.is_not(None))
    return union_all(
        _count("attempts", status, attempts.c.campaign_id, since, is_due).where(status.in_(_OPEN)),
        _count("outbox", outbox.c.kind, outbox.c.status, outbox.c.created_at, None).where(
            outbox.c.status.in_(_NOT_DELIVERED)
        ),
        _count("inbox", inbox.c.kind, _NOTHING, inbox.c.at, waits_long).where(inbox.c.status.in_(_NOT_DONE)),
        _count("callbacks", callbacks.c.status, _NOTHING, callbacks.c.window_end, handed_over),
        _count("stop_orders", func.coalesce(stop_orders.c.campaign_id, ""), _NOTHING, stop_orders.c.at, None).where(
            stop_orders.c.lifted_at.is_(None)
        ),
    )


def _count(
    what: str, first: Any, second: Any, since: ColumnElement[Any], late: ColumnElement[bool] | None
) -> Select[Any]:
    grouped = [first] if second is _NOTHING else [first, second]
    return select(
        literal(what).label("what"),
        cast(first, String(60)).label("first"),
        cast(second, String(60)).label("second"),
        func.count().label("many"),
        func.min(since, type_=Instant).label("oldest"),
        func.sum(case((late, 1), else_=0)).label("late") if late is not None else literal(0).label("late"),
    ).group_by(*grouped)
