"""One line for several campaigns and several workers: each campaign gets its turns, and no limit is exceeded."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from outbound.adapters.sql.store import SqlStore
from outbound.domain.campaign import Campaign
from outbound.domain.line.trunk import Trunk
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.dialling.place_calls import PlaceReport
from outbound.usecases.dialling.stop_dialling import stop_dialling
from outbound.usecases.ports.carrier import CallOrder, Placed
from tests.conftest import ManualClock
from tests.usecases.builders import MONDAY_TEN, make_attempt, make_contact
from tests.usecases.dial_room import DialRoom
from tests.values import replace

WORKERS = 2


@dataclass
class SharedLine:
    """A trunk that several campaigns share, and the tokens by campaign."""

    room: DialRoom
    campaigns: dict[str, Campaign]
    campaign_of: dict[str, str]
    numbers: int = 0

    def plan(self, name: str, count: int, **columns: Any) -> None:
        """Plan calls of a campaign for the next two hours."""
        for _ in range(count):
            self.numbers += 1
            contact = make_contact(self.room.store, numbers=(f"+886900000{self.numbers:03d}",), campaign_id=name)
            attempt = make_attempt(self.room.store, contact, window_minutes=120, **columns)
            self.campaign_of[attempt.token] = name

    def place(self, worker: str = "tester", watch: ClockWatch | None = None, limit: int = 100) -> PlaceReport:
        """Dial what is due of every campaign."""
        return self.room.place(limit=limit, campaigns=self.campaigns, worker=worker, watch=watch or self.room.watch)

    @property
    def dialled(self) -> list[str]:
        """Campaigns of the orders, in their order."""
        return [self.campaign_of[order.token] for order in self.room.carrier.orders]


def share(store: SqlStore, clock: ManualClock, rates: Mapping[str, float], trunk: Trunk) -> SharedLine:
    """Open a line for campaigns of these rates, and let it be idle for a second."""
    room = DialRoom(store, clock, trunk=trunk)
    campaigns = {
        name: replace(room.campaign, id=name, pacing=replace(room.campaign.pacing, calls_per_second=rate, max_live=500))
        for name, rate in rates.items()
    }
    line = SharedLine(room, campaigns, {})
    line.place()
    clock.advance(seconds=1)
    return line


def at_once(work: Callable[[int], int]) -> list[int]:
    """Let the workers begin at the same moment."""
    ready = threading.Barrier(WORKERS)

    def begin(worker: int) -> int:
        ready.wait(timeout=60)
        return work(worker)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(begin, range(WORKERS)))


class TestTurns:
    """Who is next on a trunk that is slower than its campaigns together."""

    def test_two_campaigns(self, store: SqlStore, clock: ManualClock) -> None:
        """A campaign whose deadlines are nearer and whose list is long does not starve the other."""
        line = share(store, clock, {"a": 1, "b": 1}, Trunk(calls_per_second=1))
        line.plan("a", 8, deadline=(MONDAY_TEN + timedelta(days=1)).date())
        line.plan("b", 4)
        for _ in range(8):
            assert line.place().placed == 1
            clock.advance(seconds=1)
        assert line.dialled == ["a", "b"] * 4

    def test_three_campaigns_by_weight(self, store: SqlStore, clock: ManualClock) -> None:
        """Turns go by the campaigns' own rates: twice the rate, twice the turns."""
        line = share(store, clock, {"a": 2, "b": 1, "c": 1}, Trunk(calls_per_second=1))
        for name in "abc":
            line.plan(name, 8)
        for _ in range(12):
            line.place()
            clock.advance(seconds=1)
        assert Counter(line.dialled) == {"a": 6, "b": 3, "c": 3}
        assert all(Counter(line.dialled[start : start + 4])["a"] == 2 for start in range(0, 12, 4))

    def test_promises_of_any_campaign_first(self, store: SqlStore, clock: ManualClock) -> None:
        """A time that a customer chose is kept before the line is shared out."""
        line = share(store, clock, {"a": 1, "b": 1}, Trunk(calls_per_second=1))
        line.plan("a", 3)
        line.plan("b", 2, origin="callback")
        for _ in range(5):
            line.place()
            clock.advance(seconds=1)
        assert line.dialled == ["b", "b", "a", "a", "a"]

    def test_campaign_that_stands_still(self, store: SqlStore, clock: ManualClock) -> None:
        """A campaign under a stop order takes no turns, and is not owed them afterwards."""
        line = share(store, clock, {"a": 1, "b": 1}, Trunk(calls_per_second=1))
        line.plan("a", 6)
        line.plan("b", 6)
        stop_dialling(
            store, campaign_id="a", reason="drill", by="lin", identifiers=line.room.identifiers, now=MONDAY_TEN
        )
        for _ in range(3):
            line.place()
            clock.advance(seconds=1)
        assert line.dialled == ["b"] * 3

    def test_reserved_together(self, store: SqlStore, clock: ManualClock) -> None:
        """On a fast trunk the turns are the same though many are reserved at once, and a short batch starves nobody."""
        line = share(store, clock, {"a": 400, "b": 400, "c": 400}, Trunk(calls_per_second=400))
        for name in "abc":
            line.plan(name, 20)
        while line.place(limit=7).placed:
            clock.advance(seconds=1)
        assert Counter(line.dialled[:21]) == {"a": 7, "b": 7, "c": 7}
        assert len(line.dialled) == 60

    def test_one_campaign_is_slower_than_its_share(self, store: SqlStore, clock: ManualClock) -> None:
        """A campaign that is slow gets its small share; what it leaves is the others', and the trunk does not idle."""
        line = share(store, clock, {"slow": 0.25, "fast": 10}, Trunk(calls_per_second=1))
        line.plan("slow", 5)
        line.plan("fast", 10)
        for _ in range(8):
            assert line.place().placed == 1
            clock.advance(seconds=1)
        assert Counter(line.dialled) == {"slow": 1, "fast": 7}


@pytest.mark.postgres
class TestTwoWorkers:
    """Two workers in threads at one PostgreSQL database."""

    def test_turns(self, postgres_store: SqlStore, clock: ManualClock) -> None:
        """Both workers together give every campaign its turns, though the slower one may take the next campaign's."""
        line = share(postgres_store, clock, {"a": 1, "b": 1, "c": 1}, Trunk(calls_per_second=1))
        for name in "abc":
            line.plan(name, 6)
        watches = [ClockWatch(clock) for _ in range(WORKERS)]
        for _ in range(9):
            placed = at_once(lambda worker: line.place(f"w{worker}", watches[worker]).placed)
            assert sum(placed) == 1
            clock.advance(seconds=1)
        assert all(2 <= Counter(line.dialled)[name] <= 4 for name in "abc")

    @pytest.mark.parametrize("whose", ["trunk", "campaign"])
    def test_places_on_the_line(self, postgres_store: SqlStore, clock: ManualClock, whose: str) -> None:
        """Several reserved at once by each of two workers never exceed the places of the trunk or of a campaign."""
        most = 13
        line = share(
            postgres_store, clock, {"a": 1e9, "b": 1e9}, Trunk(1e9, max_live=most if whose == "trunk" else None)
        )
        if whose == "campaign":
            small = line.campaigns["a"]
            line.campaigns["a"] = replace(small, pacing=replace(small.pacing, max_live=most))
        line.plan("a", 40)
        if whose == "trunk":
            line.plan("b", 20)
        at_once(lambda worker: sum(line.place(f"w{worker}", ClockWatch(clock)).placed for _ in range(6)))
        assert len(line.dialled) == most

    def test_pace(self, postgres_store: SqlStore, clock: ManualClock) -> None:
        """Several slots claimed at once by each of two workers never exceed what the trunk's pace has to give."""
        line = share(postgres_store, clock, {"a": 1e9}, Trunk(calls_per_second=80))
        line.plan("a", 60)
        at_once(lambda worker: sum(line.place(f"w{worker}", ClockWatch(clock)).placed for _ in range(3)))
        assert len(line.dialled) == 20  # a quarter second of it; the clock stands still

    def test_stop_order_holds_over_all_workers(self, postgres_store: SqlStore, clock: ManualClock) -> None:
        """After an order to stop no worker orders any more, whatever each had reserved."""
        line = share(postgres_store, clock, {"a": 1e9}, Trunk(calls_per_second=1e9))
        line.plan("a", 64)
        lock, after = threading.Lock(), Counter[str]()

        def stop_at_the_fifth(order: CallOrder, sid: str) -> Placed:
            with lock:
                after["stopped" if after["in time"] >= 5 else "in time"] += 1
                if after["in time"] == 5 and not after["stopped"]:
                    stop_dialling(
                        postgres_store, campaign_id=None, reason="fire", by="lin",
                        identifiers=line.room.identifiers, now=clock.now(),
                    )  # fmt: skip
                    clock.advance(seconds=0.5)
            return line.room.carrier.take(order, sid)

        line.room.carrier.answer = stop_at_the_fifth
        at_once(lambda worker: sum(line.place(f"w{worker}", ClockWatch(clock)).placed for _ in range(3)))
        # an order of the other worker may be on its way to the carrier at that moment
        assert after["stopped"] <= WORKERS - 1
