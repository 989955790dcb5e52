"""The Prefect server that `serve` starts: it never outlives the process that started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

PARENT = """
import sys, time
from pathlib import Path
from flows.server import running_server
with running_server(Path(sys.argv[1])) as address:
    print(address, flush=True)
    time.sleep(600)
"""


def answers(address: str) -> bool:
    """Whether the server is there."""
    try:
        return httpx.get(f"{address}/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.slow
@pytest.mark.prefect
def test_a_server_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    """`kill -9` of the parent leaves nothing on the port, so that the next start is not in its way."""
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as parent:
        assert parent.stdout is not None
        address = parent.stdout.readline().strip()
        assert answers(address)
        os.kill(parent.pid, signal.SIGKILL)
    end = time.monotonic() + 60
    while answers(address):
        assert time.monotonic() < end, "the server outlived its parent"
        time.sleep(0.2)
