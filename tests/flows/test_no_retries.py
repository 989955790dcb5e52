"""Prefect runs a dial once: no setting, no fall and no delay lets it run the same dial again by itself."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.settings import PREFECT_API_URL
from prefect.states import Scheduled

from flows.deployments import Timing, deployment
from flows.place_calls import place_calls
from flows.runner import STALE_AFTER, FlowRunner
from flows.workplace import RunFailedError, working_at
from tests.conftest import ROOT

PREFECT = """
from datetime import UTC, datetime
from prefect.settings import get_current_settings
from flows.place_calls import place_calls
from flows.workplace import RunFailedError, working_at
class Falls:
    times, ending = 0, False
    def now(self): return datetime.now(UTC)
    def wait_until(self, instant): pass
    def place(self):
        self.times += 1
        raise ConnectionError("in the middle of an order")
work, asked = Falls(), get_current_settings()
print(asked.flows.default_retries, asked.tasks.default_retries, place_calls.retries)
with working_at(work):
    state = place_calls(seconds=5, return_state=True)
print(work.times, state.type.value, state.name)
"""


class Falling:
    """A workplace whose orders break off."""

    ending = False

    def __init__(self) -> None:
        self.times = 0

    def now(self) -> datetime:
        """Return the present."""
        return datetime.now(UTC)

    def place(self) -> Any:
        """Break off."""
        self.times += 1
        raise ConnectionError("in the middle of an order")


@pytest.mark.prefect
@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_the_environment_cannot_ask_for_retries() -> None:
    """With every default for retries set to three, a flow that falls has placed once and has failed."""
    names = ("FLOW_DEFAULT_RETRIES", "FLOWS_DEFAULT_RETRIES", "TASK_DEFAULT_RETRIES", "TASKS_DEFAULT_RETRIES")
    environment = {
        **os.environ,
        **{f"PREFECT_{name}": "3" for name in names},
        "PREFECT_FLOW_DEFAULT_RETRY_DELAY_SECONDS": "0",
        "PREFECT_API_URL": str(PREFECT_API_URL.value()),
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", PREFECT], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["3 3 0", "1 FAILED Failed"], done.stderr[-2000:]


@pytest.mark.prefect
@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
@pytest.mark.filterwarnings("ignore")
def test_a_run_that_fell_or_is_late_is_not_run_again() -> None:
    """A run that fell is over; one whose time has long passed is cancelled: the next one by the timetable does it."""
    timing = Timing(place_calls, timedelta(hours=9), {"seconds": 1})
    deployment_id: Any = deployment(timing).apply()
    work = Falling()
    runner = FlowRunner(work, {})  # type: ignore[arg-type]  # what the flow asks of it is there
    with get_client(sync_client=True) as client, working_at(work):  # type: ignore[arg-type]
        late = Scheduled(scheduled_time=datetime.now(UTC) - STALE_AFTER - timedelta(minutes=1))
        old = client.create_flow_run_from_deployment(deployment_id, state=late)
        runner._run_due(client, timing, deployment_id)
        assert work.times == 0
        fresh = client.create_flow_run_from_deployment(deployment_id)
        for _ in range(3):
            try:
                runner._run_due(client, timing, deployment_id)
            except RunFailedError:
                continue
        assert work.times == 1
        states = {each.id: client.read_flow_run(each.id).state for each in (old, fresh)}
    found = {key: state.type if state else None for key, state in states.items()}
    assert found == {old.id: StateType.CANCELLED, fresh.id: StateType.FAILED}
    assert all("in the middle" not in str(state) for state in states.values())


def test_no_flow_has_tasks() -> None:
    """A task would have retries, caches and workers of its own: there is none in any flow."""
    for path in sorted(Path(ROOT / "flows").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert "@task" not in text, path.name
        assert "import task" not in text, path.name
