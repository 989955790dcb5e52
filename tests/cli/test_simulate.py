"""`outbound simulate`: what is wrong is said before the run, and accidents by intent do not bury what came of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.installation import POLICIES

COMMAND = [sys.executable, "-c", "from outbound.cli import main; main()", "simulate"]


def simulate(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run one virtual day of one policy."""
    policies = folder / "policies.csv"
    policies.write_text(POLICIES, encoding="utf-8")
    run = ["--policies", str(policies), "--start", "2026-11-16T00:00:00+08:00", "--days", "1", "--seed", "7", *more]
    return subprocess.run([*COMMAND, *run], capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("option", ["--exchange-log", "--records"])
def test_a_file_that_cannot_be_written_is_said_before_the_run(tmp_path: Path, option: str) -> None:
    """A folder in the file's place: exit code 2 and one sentence, not a traceback after minutes."""
    result = simulate(tmp_path, option, str(tmp_path))
    assert (result.returncode, result.stdout) == (2, "")
    assert f"{option}: {tmp_path} cannot be written" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_window_outside_of_the_days_is_told(tmp_path: Path) -> None:
    """A window that begins after the last simulated day cannot strike: one line says so, and the run goes on."""
    (tmp_path / "faults.yaml").write_text(
        "windows:\n"
        '  - {fault: carrier_down, from: "2026-11-16T10:00:00+08:00", to: "2026-11-16T10:05:00+08:00"}\n'
        '  - {fault: crash, from: "2026-11-17T00:00:00+08:00", to: "2026-11-17T01:00:00+08:00"}\n',
        encoding="utf-8",
    )
    result = simulate(tmp_path, "--faults", str(tmp_path / "faults.yaml"), "--json")
    told = [line for line in result.stderr.splitlines() if "--faults" in line]
    assert result.returncode == 0
    assert len(told) == 1
    assert "the window of crash from 2026-11-17T00:00:00+08:00" in told[0]
    assert "never strikes" in told[0]


def test_accidents_by_intent_are_counted_and_not_warned_of(tmp_path: Path) -> None:
    """With faults standard output is one JSON document that counts them, standard error says how far the run is."""
    (tmp_path / "faults.yaml").write_text("crash: 0.3\nwebhook_forged: 1\n", encoding="utf-8")
    result = simulate(tmp_path, "--faults", str(tmp_path / "faults.yaml"), "--json")
    assert result.returncode == 0
    assert json.loads(result.stdout)["faults"]["struck"]["crash"] > 0
    assert all(line.startswith("virtual day ") for line in result.stderr.splitlines())
