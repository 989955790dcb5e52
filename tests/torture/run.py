"""Run one scenario and judge it from its files."""

import shutil
import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outbound.dialogue.apologies import BROKEN_TURN
from outbound.exchange.faults import Faults
from outbound.settings import home
from outbound.simulation.clock import VirtualClock
from outbound.simulation.judge import Violation, judge_files
from outbound.simulation.judge.files import read_lines
from outbound.simulation.ledger import Discrepancy, check_ledger
from outbound.simulation.runs import Plan
from outbound.simulation.simulate import Outputs, simulate
from tests.torture.scenario import Scenario, draw
from tests.torture.workshop import Workshop
from tests.values import replace

CrashAt = tuple[str, int]
"""Name of an instrumented point, and at which passing the process dies there (0: at none)."""

LOG, RECORDS, POLICIES = "exchange.jsonl", "records.jsonl", "policies.csv"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a seed came to. `error` is the trace of an exception that nothing should have raised."""

    seed: int
    seconds: float
    processor_seconds: float
    calls: int = 0
    answered: int = 0
    violations: Sequence[Violation] = ()
    discrepancies: Sequence[Discrepancy] = ()
    error: str = ""
    crash_at: CrashAt | None = None
    faults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether nothing at all was found."""
        return not (self.violations or self.discrepancies or self.error)

    def findings(self) -> list[str]:
        """Every finding as a line, for people."""
        return [*map(str, self.violations), *map(str, self.discrepancies), *self.error.splitlines()[-1:]]


def run_seed(workshop: Workshop, seed: int, keep: Path | None = None, crash_at: CrashAt | None = None) -> Outcome:
    """Draw and run a seed; its files stay in `keep` (always) or vanish.

    With `crash_at` a process dies there, and nowhere else; the scenario's other troubles stay.
    """
    scenario = draw(seed, workshop.campaign)
    if crash_at is not None:
        scenario = replace(scenario, faults=_only(scenario.faults, crash_at))
    folder = workshop.folder / f"seed-{seed}"
    began = time.perf_counter(), time.process_time()
    try:
        return replace(_run(workshop, scenario, folder, began), crash_at=crash_at)
    except Exception:  # noqa: BLE001 - whatever it was, this seed found it
        return Outcome(seed, *_spent(began), error=traceback.format_exc(), crash_at=crash_at)
    finally:
        if keep is not None:
            workshop.keep_database(folder)
            shutil.rmtree(keep, ignore_errors=True)
            shutil.copytree(folder, keep)
        shutil.rmtree(folder, ignore_errors=True)


def _run(workshop: Workshop, scenario: Scenario, folder: Path, began: tuple[float, float]) -> Outcome:
    clock = VirtualClock(scenario.start)
    folder.mkdir()
    scenario.people.write(folder / POLICIES)
    house = workshop.house(scenario, clock)
    plan = Plan(folder / POLICIES, scenario.start, scenario.days, scenario.seed, scenario.campaign.id)
    result, _ = simulate(
        house, clock, plan, faults=scenario.faults, happenings=scenario.orders.errands(house),
        rhythm=scenario.rhythm, outputs=Outputs(folder / LOG, folder / RECORDS),
    )  # fmt: skip
    with house.store.reading() as connection:
        discrepancies = check_ledger(connection, now=plan.end, apologised_to=_apologised_to(folder))
    wall, processor = _spent(began)
    return Outcome(
        seed=scenario.seed,
        seconds=wall,
        processor_seconds=processor,
        calls=sum(result.dispositions.values()),
        answered=result.answered,
        violations=judge_scenario(scenario, folder),
        discrepancies=discrepancies,
        faults=getattr(result, "faults", {}),
    )


def _only(faults: Faults, crash_at: CrashAt) -> Faults:
    chances = {fault: chance for fault, chance in faults.probabilities.items() if fault != "crash"}
    return replace(faults, probabilities=chances, crash_at=crash_at, struck=Counter())


def _spent(began: tuple[float, float]) -> tuple[float, float]:
    return time.perf_counter() - began[0], time.process_time() - began[1]


def _apologised_to(folder: Path) -> set[str]:
    """Sids of calls in which the whole promise of a person was heard after something had failed."""
    return {
        event["sid"]
        for event in read_lines(folder / LOG)
        if event["event"] == "said" and event["text"] in BROKEN_TURN.values()
    }


def judge_scenario(scenario: Scenario, folder: Path) -> list[Violation]:
    """Judge a run from the files of its folder and what was ordered from outside."""
    return judge_files(
        folder / LOG, folder / RECORDS, folder / POLICIES,
        rules=home() / "config" / "compliance",
        max_attempts=scenario.campaign.max_attempts,
        instructions=scenario.orders.for_judge(),
    )  # fmt: skip
