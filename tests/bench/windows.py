"""The next window of a million contacts: how long it takes, and that the gate says the same of every one."""

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np

from outbound.adapters.files.rules.packs import load_rulebook
from outbound.compliance.next_windows import NEVER, Questions, next_windows
from outbound.compliance.rules.rulebook import Rulebook
from tests.compliance.many.crowd import OPTIONS, crowd, disagreements

MILLION = 1_000_000
BATCH = 10_000
_RULES = Path(__file__).parents[2] / "config" / "compliance"


def measure_windows() -> dict[str, float]:
    """Seconds for a million contacts of every place, class and age who are all asked about within eight days."""
    rulebook = _rulebook()
    questions = crowd(rulebook, 1, MILLION)
    began = time.perf_counter()
    found = next_windows(questions, rulebook, OPTIONS)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "with_a_window": float(np.count_nonzero(found.opens != NEVER))}


def measure_agreement(cases: int = MILLION) -> dict[str, float]:
    """Random cases in batches around days of 2026 and 2027 and all changes of clocks: on how many the gate differs."""
    differing = done = 0
    began = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(_differing, range(cases // BATCH)):
            differing += found
            done += BATCH
            _show(done, cases)
    return {"cases": float(cases), "differing": float(differing), "seconds": time.perf_counter() - began}


def _differing(seed: int) -> int:
    rulebook = _rulebook()
    questions: Questions = crowd(rulebook, seed, BATCH)
    return len(disagreements(questions, next_windows(questions, rulebook, OPTIONS).opens, rulebook))


@cache
def _rulebook() -> Rulebook:
    return load_rulebook(_RULES, years=range(2025, 2029))


def _show(done: int, of: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} of {of:,} ")
