"""Simulate a campaign on the user's own input: the same verbs as in operation, in one thread, to the byte the same."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from outbound.adapters.memory import rarely_collecting
from outbound.bootstrap import House
from outbound.exchange.faults import Faults
from outbound.exchange.people.population import Population
from outbound.review.figures import CallRow
from outbound.simulation.agenda import Errand, Rhythm, keep_agenda
from outbound.simulation.calm import Calm
from outbound.simulation.clock import VirtualClock
from outbound.simulation.faults.world import FaultyWorld, concerns_product
from outbound.simulation.invented.people import PACE, work_the_inbox
from outbound.simulation.invented.population import population_for
from outbound.simulation.result import RunResult
from outbound.simulation.runs import (
    Log,
    Plan,
    campaign_of,
    check_empty,
    come_to_rest,
    good_policies,
    sum_up,
    take_in,
    write_records,
)
from outbound.simulation.world import Account, World
from outbound.usecases.dialling.cancel_queued import LOOK_AGAIN

Progress = Callable[[datetime], None]


class Outputs(Struct, frozen=True):
    """Files that a run writes, where they are asked for."""

    exchange_log: Path | None = None
    records: Path | None = None


def invented_account(seed: int, calls_per_second: float) -> Account:
    """Make an account of the exchange that follows from the seed; it opens nothing anywhere else."""
    draw = random.Random(f"account {seed}")  # noqa: S311 - invented
    return Account(f"AC{draw.getrandbits(128):032x}", f"{draw.getrandbits(128):032x}", calls_per_second)


@rarely_collecting()
def simulate(
    house: House,
    clock: VirtualClock,
    plan: Plan,
    *,
    population: Population | None = None,
    faults: Faults | None = None,
    happenings: Sequence[Errand] = (),
    rhythm: Rhythm = Rhythm(),  # noqa: B008 - a frozen value
    outputs: Outputs,
    progress: Progress = lambda _at: None,
) -> tuple[RunResult, list[CallRow]]:
    """Run `plan` and return its result and its dials. Equal input and seed give equal bytes in both output files.

    `faults` strike the carrier's side and the product alike. `happenings` are what people do meanwhile, through
    `house` (a stop order, a suppression); they come after the verbs that are due at the same instant.
    Raises `InputProblemError` for a database that holds contacts, and for what the policies file cannot be read by.
    """
    began = time.monotonic()
    check_empty(house)
    campaign_of(house, plan.campaign_id)
    log = Log()
    if population is None:
        population = population_for(good_policies(plan.policies, plan.start.date()), plan.seed, plan.start.date())
    account = invented_account(plan.seed, carrier_rate(house))
    world = _world(house, clock, account, population, plan.seed, log, faults)
    intake = take_in(house, plan)
    errands = [*_errands(world, rhythm), *happenings]
    keep_agenda(errands, plan.start, plan.end, world.live_until, progress, Calm(house.store))
    come_to_rest(world, plan.end)
    files = {"database": str(house.store.engine.url.database or ""), **_named(outputs)}
    result, rows, records = sum_up(world, plan, intake, log, began, files)
    if outputs.exchange_log:
        log.write(outputs.exchange_log)
    if outputs.records:
        write_records(outputs.records, records)
    return result, rows


def _world(  # noqa: PLR0917 - what a world is made of
    house: House,
    clock: VirtualClock,
    account: Account,
    population: Population,
    seed: int,
    log: Log,
    faults: Faults | None,
) -> World:
    if faults is not None and concerns_product(faults):
        return FaultyWorld(house, clock, account, population=population, seed=seed, log=log.keep, faults=faults)
    return World(house, clock, account, population=population, seed=seed, log=log.keep, faults=faults)


def carrier_rate(house: House) -> float:
    """Calls a second that the simulated carrier takes: a quarter above our own pace, so that its queue stays empty."""
    return house.settings.trunk_calls_per_second * 1.25


def _errands(world: World, rhythm: Rhythm) -> list[Errand]:
    def placing() -> datetime | None:
        report = world.place()
        # While nobody is on the line, what bars the way (an order to stop, a carrier that is away) can wait.
        is_barred = bool(report.held) and not report.placed and world.busy_until() is None
        return None if is_barred and _is_soon(report.next_due, world.now()) else report.next_due

    def once(run: Callable[[], object]) -> Callable[[], None]:
        def errand() -> None:
            run()

        return errand

    return [
        Errand("plan_calls", rhythm.plan, once(world.plan)),
        Errand("settle_calls", rhythm.settle, once(world.settle)),
        Errand("file_records", rhythm.file, once(world.file)),
        Errand("people", PACE, once(lambda: work_the_inbox(world.house, world.now()))),
        Errand("place_calls", rhythm.place, placing),
        Errand("promises", rhythm.promises, once(world.keep_promises), quiet=True),
    ]


def _is_soon(due: datetime | None, now: datetime) -> bool:
    return due is not None and due <= now + LOOK_AGAIN


def _named(outputs: Outputs) -> Mapping[str, str]:
    named = {"exchange_log": outputs.exchange_log, "records": outputs.records}
    return {name: str(path) for name, path in named.items() if path}
