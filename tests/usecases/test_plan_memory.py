"""What a run of the planner remembers of the gate's answers, from batch to batch."""

from datetime import timedelta
from typing import Any

from outbound.adapters.sql.store import SqlStore
from outbound.planning.deadline_first import DeadlineFirst
from outbound.usecases.places.suspend_areas import lift_area
from outbound.usecases.scheduling.batch import plan_batch
from outbound.usecases.scheduling.gate_desk import Memory
from tests.usecases.builders import MONDAY_TEN
from tests.usecases.dial_room import DialRoom
from tests.usecases.test_suspend_areas import in_hualien, suspend


def test_within_a_running_plan_it_counts_from_the_next_batch(sqlite_store: SqlStore, clock: Any) -> None:
    """What one batch remembers of the gate's answers is no answer under other suspensions."""
    room, memory, outcomes = DialRoom(sqlite_store, clock), Memory(), []
    for number in range(1, 5):
        in_hualien(room, number, at=MONDAY_TEN + timedelta(minutes=number))

    def batch() -> None:
        with room.store.begin() as work:
            outcome = plan_batch(
                work, campaign=room.campaign, rules=room.rules, planner=DeadlineFirst(), size=1, memory=memory,
                identifiers=room.identifiers, now=MONDAY_TEN, until=MONDAY_TEN + timedelta(days=2),
            )  # fmt: skip
            work.commit()
        outcomes.append((outcome.planned, dict(outcome.held)))

    batch()
    suspend(room, "TW-HUA", until=MONDAY_TEN + timedelta(days=10))
    batch()
    lift_area(room.store, code="TW-HUA", by="lin", now=MONDAY_TEN)
    batch()
    assert outcomes == [(1, {}), (0, {"area_blocked": 1}), (1, {})]
