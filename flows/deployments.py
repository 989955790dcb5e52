"""Which flow runs when.

`outbound serve` applies these; `python -m flows.deployments --work-pool NAME` hands them to a work pool, whose workers
may run in other processes and on other machines (docs/operations.md).
"""

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from msgspec import Struct
from prefect import Flow
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import PrefectException
from prefect.types.entrypoint import EntrypointType

from flows.file_records import file_records
from flows.place_calls import place_calls
from flows.plan_calls import plan_calls
from flows.settle_calls import settle_calls
from flows.take_in_policies import take_in_policies

NAME = "outbound"


class Timing(Struct, frozen=True):
    """How often a flow runs, and with which parameters."""

    flow: Flow[Any, Any]
    every: timedelta
    parameters: Mapping[str, Any]
    at_start: bool = False
    """Whether it also runs at once when a server starts: what was dropped meanwhile should not wait."""


TIMETABLE: Mapping[str, Timing] = {
    "take_in_policies": Timing(take_in_policies, timedelta(minutes=5), {}, at_start=True),
    "plan_calls": Timing(plan_calls, timedelta(minutes=2), {}, at_start=True),
    "place_calls": Timing(place_calls, timedelta(minutes=1), {"seconds": 58}),
    "settle_calls": Timing(settle_calls, timedelta(minutes=2), {}),
    "file_records": Timing(file_records, timedelta(minutes=1), {}),
}


def deployment(timing: Timing, work_pool: str | None = None) -> RunnerDeployment:
    """Describe one scheduled flow to the Prefect server; without a pool, who serves it picks its runs up.

    The flow is named by its module: whoever runs it has this package installed.
    """
    made = timing.flow.to_deployment(
        name=NAME,
        interval=timing.every,
        parameters=dict(timing.parameters),
        work_pool_name=work_pool,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    if not isinstance(made, RunnerDeployment):
        raise TypeError("deployments are described outside of an event loop")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Register the deployments with a work pool. Exit code 2 without a server's address, 3 when it does not answer."""
    parser = argparse.ArgumentParser(prog="python -m flows.deployments", description=__doc__)
    parser.add_argument("--work-pool", required=True, help="an existing pool, such as one of the type process")
    chosen = parser.parse_args(arguments)
    if not os.environ.get("PREFECT_API_URL"):
        sys.stderr.write("PREFECT_API_URL is not set: export the address of the Prefect server's API\n")
        return 2
    for timing in TIMETABLE.values():
        try:
            deployment(timing, chosen.work_pool).apply()
        except (httpx.HTTPError, RuntimeError, ValueError, PrefectException) as error:
            sys.stderr.write(f"{timing.flow.name}: {error}\n")
            return 3
        sys.stdout.write(f"{timing.flow.name}/{NAME}: every {timing.every}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
