"""How work stands, from the database, as metrics: read together, and kept for some seconds."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from threading import Lock
from typing import TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from outbound.adapters.sql.views.operations import Operations, Tally, last_event, operations, orders_since
from outbound.bootstrap import House
from outbound.domain.attempt import LIVE
from outbound.domain.line.pace import Breaker
from outbound.usecases.heartbeat import LOST_AFTER
from outbound.usecases.ports.stored.heartbeats import Role
from outbound.usecases.problems import ServiceAwayError

KEPT_SECONDS = 5.0
_MARGIN = 10_000
"""So many of the newest transitions are counted anew each time: one that commits late has a lower number."""

_P = "outbound_"
_Labels = TypeVar("_Labels", bound=tuple[str, ...])


class DatabaseFigures:
    """Reads how work stands at most each five seconds, however many ask. Without a database one figure says so."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._orders = _Orders()
        self._lock = Lock()
        self._kept: tuple[float, list[Metric]] | None = None

    def __call__(self) -> list[Metric]:
        """Return the figures."""
        with self._lock:
            now = self._house.clock.monotonic()
            if self._kept is None or now - self._kept[0] >= KEPT_SECONDS:
                self._kept = now, list(self._read())
            return self._kept[1]

    def _read(self) -> Iterator[Metric]:
        yield _one("rules_readable", "1 while the rules can be read; 0: nothing is dialled.", not self._rules_problem())
        try:
            with self._house.store.reading() as connection:
                found = operations(connection, self._house.clock.now())
                orders = self._orders.count(connection)
        except (SQLAlchemyError, ServiceAwayError):
            yield _one("database_up", "1 while the database answers.", 0)
            return
        yield _one("database_up", "1 while the database answers.", 1)
        yield from figures(found)
        counted = CounterMetricFamily(
            f"{_P}orders", "What came of reservations since this process started.", labels=("answer", "kind")
        )
        for labels, count in sorted(orders.items()):
            counted.add_metric(labels, count)
        yield counted

    def _rules_problem(self) -> str | None:
        return self._house.rules_problem()


class _Orders:
    """Counts transitions from where this process began to look, without reading old ones again and again."""

    def __init__(self) -> None:
        self._settled: Counter[tuple[str, str]] = Counter()
        self._low: int | None = None

    def count(self, connection: Connection) -> Mapping[tuple[str, str], int]:
        newest = last_event(connection)
        if self._low is None:
            self._low = newest
        if newest - self._low > 2 * _MARGIN:
            low = newest - _MARGIN
            self._settled.update(orders_since(connection, self._low, low))
            self._low = low
        return self._settled + Counter(orders_since(connection, self._low))


def figures(found: Operations) -> Iterator[Metric]:
    """Turn a reading into gauges."""
    yield from _calls(found)
    yield from _desk(found)
    yield from _line(found)
    yield from _processes(found)


def _calls(found: Operations) -> Iterator[Metric]:
    live = {key: tally.count for key, tally in found.attempts.items() if key[0] in LIVE}
    planned = {key[1:]: tally.count for key, tally in found.attempts.items() if key[0] == "planned"}
    yield _many("live_calls", "Calls that are live, by status and campaign.", ("status", "campaign"), live)
    yield _many("planned_calls", "Calls that are planned.", ("campaign",), planned)
    due = {(name,): count for name, count in found.due.items()}
    yield _many("due_calls", "Planned calls whose window has opened.", ("campaign",), due)
    for status in ("unknown", "reserved"):
        tallies = [tally for key, tally in found.attempts.items() if key[0] == status]
        yield _one(f"{status}_calls", f"Calls that are {status}.", sum(each.count for each in tallies))
        oldest = _age(found.at, *tallies)
        yield _one(f"{status}_oldest_seconds", f"Age of the oldest call that is {status}; 0 without one.", oldest)


def _desk(found: Operations) -> Iterator[Metric]:
    waiting = {key: tally.count for key, tally in found.outbox.items()}
    yield _many("outbox", "What waits to leave the house, or was given up.", ("kind", "status"), waiting)
    pending = [tally for key, tally in found.outbox.items() if key[1] == "pending"]
    yield _one("outbox_oldest_seconds", "Age of the oldest pending delivery; 0 without one.", _age(found.at, *pending))
    dead = sum(tally.count for key, tally in found.outbox.items() if key[1] in {"dead", "unknown"})
    yield _one("dead_letters", "Deliveries that were given up, or whose fate is unknown.", dead)
    kinds = {(kind,): tally.count for kind, tally in found.inbox.items()}
    yield _many("inbox_waiting", "Items that wait for a person.", ("kind",), kinds)
    overdue = {(kind,): count for kind, count in found.inbox_overdue.items()}
    yield _many("inbox_overdue", "Items whose due time has passed.", ("kind",), overdue)
    promised = {(status,): tally.count for status, tally in found.callbacks.items()}
    yield _many("callbacks", "Callbacks: open, kept, late, broken, withdrawn.", ("status",), promised)
    yield _one("callbacks_escalated", "Open callbacks that a person was asked to keep.", found.callbacks_escalated)


def _line(found: Operations) -> Iterator[Metric]:
    factor = {(pace.name,): pace.factor for pace in found.paces}
    yield _many("pace_factor", "Share of the configured rate in force.", ("line",), factor)
    failures = {(pace.name,): pace.failures for pace in found.paces}
    yield _many("pace_failures", "Orders in a row without a certain answer.", ("line",), failures)
    breaker = {(pace.name, state.value): int(pace.breaker is state) for pace in found.paces for state in Breaker}
    yield _many("breaker", "1 for the state of the breaker: closed, open, half_open.", ("line", "state"), breaker)
    paused = {(pace.name, pace.paused_for or ""): 1 for pace in found.paces if pace.paused_until is not None}
    yield _many("pace_paused", "1 while a trunk or campaign stands still, with the cause.", ("line", "cause"), paused)
    stopped = {(name or "all",): tally.count for name, tally in found.stop_orders.items()}
    yield _many("stop_orders", "Stop orders in force.", ("campaign",), stopped)


def _processes(found: Operations) -> Iterator[Metric]:
    working: dict[tuple[str], int] = {}
    lost, age, answer = dict(working), dict[tuple[str], float](), dict[tuple[str], float]()
    for role in Role:
        seen = [found.at - each.seen_at for each in found.workers if each.role is role]
        working[role.value,] = sum(each <= LOST_AFTER for each in seen)
        lost[role.value,] = len(seen) - working[role.value,]
        if seen:
            age[role.value,] = max(min(seen).total_seconds(), 0)
    for each in found.workers:
        if each.answer_ms is not None and found.at - each.seen_at <= LOST_AFTER:
            answer[each.role.value,] = max(each.answer_ms / 1000, answer.get((each.role.value,), 0))
    yield _many("workers", "Processes heard of within thirty seconds.", ("role",), working)
    yield _many("workers_lost", "Processes that fell silent without taking leave.", ("role",), lost)
    yield _many("heartbeat_age_seconds", "Since a process of the role was last heard of.", ("role",), age)
    yield _many("answer_p95_seconds", "Slowest process: 95th percentile of its webhooks lately.", ("role",), answer)
    done = {(run.verb,): max((found.at - run.done_at).total_seconds(), 0) for run in found.verbs if run.done_at}
    yield _many("verb_success_age_seconds", "Since a run of the verb came to a good end.", ("verb",), done)
    failing = {(run.verb,): int(run.problem is not None) for run in found.verbs}
    yield _many("verb_failing", "1 while the last run of the verb ended with an error.", ("verb",), failing)


def _age(at: datetime, *tallies: Tally) -> float:
    # A reservation counts from the instant by which it is dialled: that may lie ahead.
    return max((0.0, *((at - each.oldest).total_seconds() for each in tallies if each.oldest is not None)))


def _one(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(_P + name, told, value=value)


def _many(name: str, told: str, labels: tuple[str, ...], values: Mapping[_Labels, float]) -> Metric:
    family = GaugeMetricFamily(_P + name, told, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family
