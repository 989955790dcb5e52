"""The flows of a server: run in this process by an embedded Prefect server, or by the workers of a work pool."""

import os
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from outbound.usecases.heartbeat import BEAT_EVERY
from outbound.usecases.ports.stored.heartbeats import Role
from outbound.usecases.problems import InputProblemError, ServiceAwayError
from outbound.work import Work

if TYPE_CHECKING:
    from outbound.bootstrap import House


class EmbeddedFlows:
    """The timetable, run in this process beside the web server; Prefect needs ten seconds to start, webhooks do not.

    `failed` is called if it cannot start; `close` then raises what was in the way.
    """

    def __init__(self, house: "House", folder: Path, tell: Callable[[str], None], failed: Callable[[], None]) -> None:
        self.work = Work(house, Role.FLOWS)
        self._folder, self._tell, self._failed = folder, tell, failed
        self._started, self._end = threading.Event(), threading.Event()
        self._problem: ServiceAwayError | None = None
        self._thread = threading.Thread(target=self._run, name="flows")
        self._thread.start()

    def problem(self) -> dict[str, str]:
        """Name what does not run yet, with the reason."""
        return {} if self._started.is_set() else {"flows": "the Prefect server is starting"}

    def close(self) -> None:
        """Let what is under way finish, then end the Prefect server. Raises `ServiceAwayError` if it never started."""
        self.work.end()
        self._end.set()
        self._thread.join()
        self.work.leave()
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
                # Between the flows, and while a verb takes long, nothing else says that this process lives.
                while not self._end.wait(BEAT_EVERY.total_seconds()):
                    self.work.beat()
                runner.stop()
        except ServiceAwayError as problem:
            self._problem = problem
            self._failed()


def intervals() -> Mapping[str, timedelta]:
    """How often each verb is run, by the timetable that the flows of this installation follow."""
    from flows.deployments import TIMETABLE

    return {name: timing.every for name, timing in TIMETABLE.items()}


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
