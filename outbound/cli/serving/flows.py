"""The flows of a server: run in this process by an embedded Prefect server, or by the workers of a work pool."""

import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from outbound.cli.serving.attended import AttendedWork
from outbound.usecases.problems import InputProblemError, ServiceAwayError

if TYPE_CHECKING:
    from outbound.bootstrap import House


class EmbeddedFlows:
    """The timetable, run in this process beside the web server; Prefect needs ten seconds to start, webhooks do not.

    `failed` is called if it cannot start; `close` then raises what was in the way.
    """

    def __init__(self, house: "House", folder: Path, tell: Callable[[str], None], failed: Callable[[], None]) -> None:
        from flows.deployments import TIMETABLE

        self.work = AttendedWork(house, {name: timing.every for name, timing in TIMETABLE.items()})
        self._folder, self._tell, self._failed = folder, tell, failed
        self._started, self._end = threading.Event(), threading.Event()
        self._problem: ServiceAwayError | None = None
        self._thread = threading.Thread(target=self._run, name="flows")
        self._thread.start()

    def quiet(self) -> dict[str, str]:
        """Name what does not run, with the reason."""
        return self.work.quiet() if self._started.is_set() else {"flows": "the Prefect server is starting"}

    def close(self) -> None:
        """Let what is under way finish, then end the Prefect server. Raises `ServiceAwayError` if it never started."""
        self.work.end()
        self._end.set()
        self._thread.join()
        if self._problem is not None:
            raise self._problem

    def _run(self) -> None:
        from flows.runner import FlowRunner
        from flows.server import running_server

        try:
            with running_server(self._folder, tell=self._tell) as address:
                self._tell(
                    f"Prefect: {address.removesuffix('/api')} (its pages show every run; data in {self._folder})"
                )
                runner = FlowRunner(self.work)
                runner.start()
                self._started.set()
                self._tell("The flows run by their timetable.")
                self._end.wait()
                runner.stop()
        except ServiceAwayError as problem:
            self._problem = problem
            self._failed()


def check_external(house: "House") -> None:
    """Raise `InputProblemError` unless other processes can run the flows: a Prefect server and PostgreSQL."""
    if not os.environ.get("PREFECT_API_URL"):
        raise InputProblemError(
            "environment: PREFECT_API_URL is not set; with `prefect: external` it names the Prefect server's API, such "
            "as http://127.0.0.1:4200/api"
        )
    if house.store.engine.dialect.name == "sqlite":
        raise InputProblemError(
            "config/outbound.yaml: prefect: external lets other processes run the flows, and on SQLite one process "
            "holds the one writer: give a PostgreSQL address as database_url, or write prefect: embedded"
        )


def quiet_elsewhere() -> dict[str, str]:
    """Ask the Prefect server which flows have not come to an end for three of their intervals."""
    from flows.deployments import TIMETABLE

    ended = _last_ends(list(TIMETABLE))
    if ended is None:
        return {"prefect": "the server of PREFECT_API_URL does not answer: is it running?"}
    now = datetime.now(UTC)
    return {
        name: "no run has come to its end lately: is a worker of the work pool running?"
        for name, timing in TIMETABLE.items()
        if name not in ended or now - ended[name] > timing.every * 3 + timedelta(minutes=1)
    }


def _last_ends(names: list[str]) -> Mapping[str, datetime] | None:
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterState
    from prefect.client.schemas.filters import FlowRunFilterStateType as StateType
    from prefect.client.schemas.objects import StateType as Type
    from prefect.client.schemas.sorting import FlowRunSort

    done = FlowRunFilter(state=FlowRunFilterState(type=StateType(any_=[Type.COMPLETED])))
    found: dict[str, datetime] = {}
    try:
        with get_client(sync_client=True) as client:
            for name in names:
                runs = client.read_flow_runs(
                    flow_filter=FlowFilter(name=FlowFilterName(any_=[name])),
                    flow_run_filter=done,
                    sort=FlowRunSort.END_TIME_DESC,
                    limit=1,
                )
                if runs and runs[0].end_time:
                    found[name] = runs[0].end_time
    except httpx.HTTPError:
        return None
    return found
