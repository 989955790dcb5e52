"""Which flow runs when.

`outbound serve` applies these; `python -m flows.deployments --work-pool NAME` hands them to a work pool, whose workers
may run in other processes and on other machines (docs/operations.md).
"""

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.deployments.runner import RunnerDeployment

from flows.file_records import file_records
from flows.place_calls import place_calls
from flows.plan_calls import plan_calls
from flows.settle_calls import settle_calls
from flows.take_in_policies import take_in_policies
from outbound.settings import home

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


def deploy(work_pool: str, folder: Path | None = None) -> list[str]:
    """Hand the timetable to a work pool of the Prefect server of the environment; return the deployments' names.

    Workers find the flows below `folder` (this installation's). At most one run of each flow at a time is started by
    the pool: a late one is skipped, because the next does its work.
    """
    names = []
    for timing in TIMETABLE.values():
        made = timing.flow.from_source(
            source=str(folder or home()), entrypoint=f"flows/{timing.flow.name}.py:{timing.flow.name}"
        )
        if not isinstance(made, Flow):
            raise TypeError("deployments are described outside of an event loop")
        one = deployment(Timing(made, timing.every, timing.parameters), work_pool)
        one.concurrency_limit = 1
        one.apply()
        names.append(f"{timing.flow.name}/{NAME}")
    return names


def main(arguments: list[str] | None = None) -> int:
    """Register the deployments with a work pool. Exit code 2 without a server's address, 3 when it does not answer."""
    parser = argparse.ArgumentParser(prog="python -m flows.deployments", description=__doc__)
    parser.add_argument("--work-pool", required=True, help="an existing pool, such as one of the type process")
    chosen = parser.parse_args(arguments)
    if not os.environ.get("PREFECT_API_URL"):
        sys.stderr.write("PREFECT_API_URL is not set: export the address of the Prefect server's API\n")
        return 2
    for name in deploy(chosen.work_pool):
        sys.stdout.write(f"{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
