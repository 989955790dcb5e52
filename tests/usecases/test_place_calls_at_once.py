"""Several workers at one database."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from outbound.adapters.sql.schema import attempts, contacts, pacing
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import AttemptStatus
from outbound.domain.line.trunk import Trunk
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.ports.carrier import CallOrder, Placed
from tests.conftest import ManualClock
from tests.usecases.builders import make_attempt, make_contact, rows
from tests.usecases.dial_room import DialRoom

WORKERS = 6
PLANNED = 200
NUMBERS = 120


class WatchfulSwitch:
    """Knows which numbers are in the air at this moment, from the orders alone."""

    def __init__(self, room: DialRoom) -> None:
        self.room = room
        self.lock = threading.Lock()
        self.in_the_air: Counter[str] = Counter()
        self.violations: list[str] = []

    def take(self, order: CallOrder, sid: str) -> Placed:
        """Take an order and note a second live call for its number."""
        with self.lock:
            self.in_the_air[order.to] += 1
            if self.in_the_air[order.to] > 1:
                self.violations.append(order.token)
            return self.room.carrier.take(order, sid)


def plan(store: SqlStore) -> None:
    """Plan 200 calls on 120 numbers: 80 numbers belong to two people."""
    for item in range(PLANNED):
        contact = make_contact(store, numbers=(f"+886900000{item % NUMBERS:03d}",))
        make_attempt(store, contact)


def work(room: DialRoom, worker: int) -> int:
    """Dial until two batches in a row find nothing to do."""
    placed = idle = 0
    watch = ClockWatch(room.clock)
    while idle < 2:
        report = room.place(limit=7, worker=f"worker-{worker}", watch=watch)
        placed += report.placed
        idle = 0 if report.placed or report.cancelled else idle + 1
    return placed


@pytest.mark.postgres
@pytest.mark.slow
def test_many_workers_dial_each_once(postgres_store: SqlStore, clock: ManualClock) -> None:
    """Of 200 attempts on shared numbers each is ordered at most once, and no number ever has two live calls."""
    room = DialRoom(postgres_store, clock)
    room.paced(max_live=1000)
    switch = WatchfulSwitch(room)
    room.carrier.answer = switch.take
    plan(postgres_store)
    with ThreadPoolExecutor(WORKERS) as pool:
        placed = list(pool.map(lambda worker: work(room, worker), range(WORKERS)))
    tokens = Counter(order.token for order in room.carrier.orders)
    assert max(tokens.values()) == 1
    assert switch.violations == []
    assert sum(placed) == len(room.carrier.orders) == NUMBERS
    found = Counter(row.status for row in rows(postgres_store, select(attempts)))
    # The second person of a number is left to the planner: the number is in use and had its call of the day.
    assert found == {AttemptStatus.PLACED: NUMBERS, AttemptStatus.CANCELLED: PLANNED - NUMBERS}
    assert sum(count > 0 for count in placed) > 1


@pytest.mark.postgres
def test_many_workers_keep_limits(postgres_store: SqlStore, clock: ManualClock) -> None:
    """However many workers dial at once, the places of the campaign are never exceeded."""
    room = DialRoom(postgres_store, clock)
    room.paced(max_live=10)
    for item in range(40):
        make_attempt(postgres_store, make_contact(postgres_store, numbers=(f"+886900000{item:03d}",)))
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda worker: work(room, worker), range(WORKERS)))
    assert len(room.carrier.orders) == 10


@pytest.mark.postgres
def test_many_workers_keep_pace(postgres_store: SqlStore, clock: ManualClock) -> None:
    """At one instant all workers together order one call."""
    room = DialRoom(postgres_store, clock, trunk=Trunk(calls_per_second=1))
    for item in range(20):
        make_attempt(postgres_store, make_contact(postgres_store, numbers=(f"+886900000{item:03d}",)))
    with ThreadPoolExecutor(WORKERS) as pool:
        reports = list(
            pool.map(lambda worker: room.place(worker=f"w{worker}", watch=ClockWatch(clock)), range(WORKERS))
        )
    assert sum(report.placed for report in reports) == 1
    assert len(rows(postgres_store, select(pacing))) == 2
    assert len(rows(postgres_store, select(contacts))) == 20
