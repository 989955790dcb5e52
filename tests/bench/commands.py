"""How long the command line takes to answer."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

_COMMAND = str(Path(sys.executable).with_name("outbound"))
_CHECK = ("hours", "check", "--jurisdiction", "TW", "--at", "2026-11-23T10:00:00+08:00", "--assume-signed")


def measure_commands(runs: int = 5) -> dict[str, float]:
    """Median seconds of `outbound --help` and `outbound hours check`, as whole processes."""
    return {"help": _median(runs, "--help"), "hours_check": _median(runs, *_CHECK)}


def _median(runs: int, *arguments: str) -> float:
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run([_COMMAND, *arguments], capture_output=True, check=True)
        seconds.append(time.perf_counter() - began)
    return median(seconds)
