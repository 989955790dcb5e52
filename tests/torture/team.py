"""Runs many seeds in several processes, and keeps the files of those that failed."""

import json
import logging
import multiprocessing
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from tests.torture.run import Outcome, run_seed
from tests.torture.scenario import draw
from tests.torture.workshop import Workshop, fast_folder

KEPT = Path("build/torture")
_AT_A_TIME = 4

_workshop: Workshop


def run_all(seeds: Iterable[int], processes: int) -> Iterator[Outcome]:
    """Run seeds in any order; yield each outcome as it comes. A seed that fails leaves its files below `KEPT`."""
    context = multiprocessing.get_context("spawn")
    # The folder is ours: processes of a pool are ended without a chance to clear away.
    with fast_folder() as folder, context.Pool(processes, initializer=_begin, initargs=(folder,)) as pool:
        yield from pool.imap_unordered(_run, seeds, chunksize=_AT_A_TIME)


def run_here(workshop: Workshop, seeds: Iterable[int]) -> Iterator[Outcome]:
    """Run seeds in this process, and a seed that failed once more for its files."""
    for seed in seeds:
        outcome = run_seed(workshop, seed)
        if not outcome.is_good:
            keep(workshop, seed)
        yield outcome


def keep(workshop: Workshop, seed: int) -> Outcome:
    """Run a seed and leave its files and the scenario in words below `KEPT`."""
    folder = KEPT / f"seed-{seed}"
    outcome = run_seed(workshop, seed, keep=folder)
    words = [*draw(seed, workshop.campaign).words(), "", *outcome.findings(), "", outcome.error]
    folder.joinpath("scenario.txt").write_text("\n".join(words), encoding="utf-8")
    folder.joinpath("faults.json").write_text(json.dumps(outcome.faults, indent=1), encoding="utf-8")
    found = [asdict(each) for each in (*outcome.violations, *outcome.discrepancies)]
    folder.joinpath("findings.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    return outcome


def _begin(folder: str) -> None:
    """Open the workshop of a process of the pool."""
    global _workshop  # noqa: PLW0603 - a pool's process has no other place
    logging.disable(logging.CRITICAL)
    _workshop = Workshop(Path(folder)).__enter__()


def _run(seed: int) -> Outcome:
    return next(run_here(_workshop, [seed]))
