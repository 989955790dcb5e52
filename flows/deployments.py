"""Which flow runs when. `outbound serve` applies these; with work pools, see docs/operations.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from prefect import Flow
from prefect.deployments.runner import RunnerDeployment

from flows.file_records import file_records
from flows.place_calls import place_calls
from flows.plan_calls import plan_calls
from flows.settle_calls import settle_calls
from flows.take_in_policies import take_in_policies

NAME = "outbound"


@dataclass(frozen=True, slots=True)
class Timing:
    """How often a flow runs, and with which parameters."""

    flow: Flow[Any, Any]
    every: timedelta
    parameters: Mapping[str, Any]


TIMETABLE: Mapping[str, Timing] = {
    "take_in_policies": Timing(take_in_policies, timedelta(minutes=5), {}),
    "plan_calls": Timing(plan_calls, timedelta(minutes=5), {}),
    "place_calls": Timing(place_calls, timedelta(minutes=1), {"seconds": 58}),
    "settle_calls": Timing(settle_calls, timedelta(minutes=2), {}),
    "file_records": Timing(file_records, timedelta(minutes=1), {}),
}


def deployment(timing: Timing, work_pool: str | None = None) -> RunnerDeployment:
    """Describe one scheduled flow to the Prefect server; without a pool, who serves it picks its runs up."""
    made = timing.flow.to_deployment(
        name=NAME, interval=timing.every, parameters=dict(timing.parameters), work_pool_name=work_pool
    )
    if not isinstance(made, RunnerDeployment):
        raise TypeError("deployments are described outside of an event loop")
    return made
