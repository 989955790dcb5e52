"""Runs due flow runs inside this process, one thread a flow: on SQLite one process holds the one writer."""

import logging
import threading
from collections.abc import Mapping
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.responses import SetStateStatus
from prefect.flow_engine import run_flow
from prefect.states import Cancelled, Pending

from flows.deployments import TIMETABLE, Timing, deployment
from flows.workplace import RunFailedError, Workplace, working_at

_log = logging.getLogger(__name__)
POLL_SECONDS = 2.0
STALE_AFTER = timedelta(minutes=2)
"""A run that is later than this is dropped: its work is done by the next one."""


class FlowRunner:
    """Applies the timetable to the Prefect server of the environment and runs what falls due, until stopped."""

    def __init__(self, workplace: Workplace, timetable: Mapping[str, Timing] = TIMETABLE) -> None:
        self._workplace = workplace
        self._timetable = timetable
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Apply the deployments and start a thread for each flow."""
        for name, timing in self._timetable.items():
            deployment_id = deployment(timing).apply()
            if not isinstance(deployment_id, UUID):
                raise TypeError("deployments are applied outside of an event loop")
            # Prefect's settings live in the context: without a copy the thread would start a server of its own.
            thread = threading.Thread(
                target=copy_context().run, args=(self._serve, timing, deployment_id), name=f"flow {name}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def stop(self, seconds: float = 10) -> None:
        """Let runs that are under way finish, for at most `seconds` each."""
        self._stop.set()
        for thread in self._threads:
            thread.join(seconds)

    def _serve(self, timing: Timing, deployment_id: UUID) -> None:
        with get_client(sync_client=True) as client, working_at(self._workplace):
            first = timing.at_start
            while not self._stop.is_set():
                try:
                    if first:
                        client.create_flow_run_from_deployment(deployment_id)
                        first = False
                    self._run_due(client, timing, deployment_id)
                except Exception as error:  # noqa: BLE001 - one failed run must not end its flow's service
                    told = str(error) if isinstance(error, RunFailedError) else type(error).__name__
                    _log.error("flow %s: %s", timing.flow.name, told)
                self._stop.wait(POLL_SECONDS)

    def _run_due(self, client: SyncPrefectClient, timing: Timing, deployment_id: UUID) -> None:
        now = datetime.now(UTC)
        due = client.get_scheduled_flow_runs_for_deployments([deployment_id], scheduled_before=now)
        for number, flow_run in enumerate(sorted(due, key=lambda run: run.expected_start_time or now, reverse=True)):
            late = now - (flow_run.expected_start_time or now)
            if number > 0 or late > STALE_AFTER:
                client.set_flow_run_state(flow_run.id, Cancelled(message="a later run does this work"))
            elif self._taken(client, flow_run.id):
                run_flow(timing.flow, flow_run=client.read_flow_run(flow_run.id), parameters=flow_run.parameters)

    @staticmethod
    def _taken(client: SyncPrefectClient, flow_run_id: UUID) -> bool:
        return client.set_flow_run_state(flow_run_id, Pending()).status == SetStateStatus.ACCEPT
