"""Runs many seeds in several processes, and keeps the files of those that failed."""

import json
import logging
import multiprocessing
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import asdict

from tests.torture.run import CrashAt, Outcome, run_seed
from tests.torture.scenario import draw
from tests.torture.workshop import Workshop, fast_folder

KEPT = Path("build/torture")
_AT_A_TIME = 4

_workshop: Workshop


@dataclass(frozen=True, slots=True)
class Job:
    """A seed to be run, maybe with one crash at a point of its own."""

    seed: int
    crash_at: CrashAt | None = None

    @property
    def name(self) -> str:
        """Name it as a folder."""
        point = "" if self.crash_at is None else f" {self.crash_at[0]} {self.crash_at[1]}"
        return re.sub(r"[^a-z0-9]+", "-", f"seed {self.seed}{point}".lower())


def run_all(jobs: Iterable[Job], processes: int) -> Iterator[Outcome]:
    """Run jobs in any order; yield each outcome as it comes. What fails leaves its files below `KEPT`."""
    context = multiprocessing.get_context("spawn")
    # The folder is ours: processes of a pool are ended without a chance to clear away.
    with fast_folder() as folder, context.Pool(processes, initializer=_begin, initargs=(folder,)) as pool:
        yield from pool.imap_unordered(_run, jobs, chunksize=_AT_A_TIME)


def keep(workshop: Workshop, job: Job) -> Outcome:
    """Run a job and leave its files and the scenario in words below `KEPT`."""
    folder = KEPT / job.name
    outcome = run_seed(workshop, job.seed, folder, job.crash_at)
    words = [*draw(job.seed, workshop.campaign).words(), "", *outcome.findings(), "", outcome.error]
    folder.joinpath("scenario.txt").write_text("\n".join(words), encoding="utf-8")
    folder.joinpath("faults.json").write_text(json.dumps(outcome.faults, indent=1), encoding="utf-8")
    found = [*map(asdict, outcome.violations), *map(asdict, outcome.discrepancies)]
    folder.joinpath("findings.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    return outcome


def _begin(folder: str) -> None:
    """Open the workshop of a process of the pool."""
    global _workshop  # noqa: PLW0603 - a pool's process has no other place
    logging.disable(logging.CRITICAL)
    _workshop = Workshop(Path(folder)).__enter__()


def _run(job: Job) -> Outcome:
    outcome = run_seed(_workshop, job.seed, crash_at=job.crash_at)
    if not outcome.is_good:
        keep(_workshop, job)
    return outcome
