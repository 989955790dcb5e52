"""How long the shipped scripts last in each language, and how long it takes to prove them."""

import tempfile
import time
from pathlib import Path

from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.prover.length import lengths
from tests.bench.figures import Figures
from tests.bench.understanding import SCRIPTS


def measure_scripts() -> Figures:
    """Seconds on the straight path (speech alone), of half of all calls, and of the longest call, usual and slow."""
    scripts = FileScripts(SCRIPTS)
    figures: dict[str, dict[str, float]] = {}
    for name in scripts.names():
        script = scripts.load(name)
        figures[f"{name}: proof"] = {"seconds": _proof_seconds(name), "steps": len(script.steps)}
        for each in lengths(script, scripts.limits.speech):
            figures[f"{name} {each.language}"] = {
                "straight": each.straight,
                "median": each.median,
                "longest": each.longest,
                "slow": each.slow,
            }
    return figures


def _proof_seconds(name: str) -> float:
    """Return the seconds to read and prove a script, with all that understands speech in memory already."""
    with tempfile.TemporaryDirectory() as folder:
        scripts = FileScripts(SCRIPTS, Path(folder) / "models")
        began = time.perf_counter()
        scripts.load(name)
        return time.perf_counter() - began
