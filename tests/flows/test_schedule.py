import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from flows.deployments import TIMETABLE, Timing
from flows.plan_calls import plan_calls
from flows.runner import FlowRunner

pytestmark = [pytest.mark.prefect, pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]


class CountingWorkplace:
    """Counts how often it was asked to plan."""

    def __init__(self) -> None:
        self.planned: list[datetime] = []
        self.once, self.twice = threading.Event(), threading.Event()

    def plan(self) -> Mapping[str, Any]:
        """Note the instant."""
        self.planned.append(datetime.now(UTC))
        self.once.set()
        if len(self.planned) > 1:
            self.twice.set()
        return {"planned": 0}

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nothing asks for {name} here")


@pytest.mark.filterwarnings("ignore")
def test_a_schedule_really_fires_with_the_locked_versions() -> None:
    """A deployment with an interval is scheduled by the server and run in this process, again and again."""
    workplace = CountingWorkplace()
    runner = FlowRunner(workplace, {"plan_calls": Timing(plan_calls, timedelta(seconds=3), {})})
    runner.start()
    try:
        assert workplace.twice.wait(60), f"fired {len(workplace.planned)} times within a minute"
    finally:
        runner.stop()


@pytest.mark.filterwarnings("ignore")
def test_what_was_dropped_before_the_start_does_not_wait_for_the_schedule() -> None:
    """A flow that is marked so runs at once when the server starts, though its schedule is hours away."""
    workplace = CountingWorkplace()
    runner = FlowRunner(workplace, {"plan_calls": Timing(plan_calls, timedelta(hours=9), {}, at_start=True)})
    runner.start()
    try:
        assert workplace.once.wait(30)
    finally:
        runner.stop()


def test_every_flow_has_its_verb_and_no_retry() -> None:
    """Each flow bears the name of its verb and is never retried by Prefect."""
    assert set(TIMETABLE) == {"take_in_policies", "plan_calls", "place_calls", "settle_calls", "file_records"}
    for name, timing in TIMETABLE.items():
        flow: Any = timing.flow or SimpleNamespace()
        assert (flow.name, flow.retries) == (name, 0)
