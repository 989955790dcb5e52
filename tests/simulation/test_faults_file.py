"""What `simulate --faults` reads, and what it says when it cannot."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from outbound.exchange.faults import FAULTS_OF_OTHERS, KNOWN, load
from outbound.simulation.invented.sample import write_sample
from tests.conftest import ROOT

_SAMPLE = ROOT / "config" / "samples" / "faults.yaml"


def simulated(
    policies: Path, faults: Path, folder: Path, hashes: str = "0"
) -> tuple[subprocess.CompletedProcess[str], Path, Path]:
    """Run the command in a process of its own; return what it said, the exchange's log and the records."""
    folder.mkdir()
    log, records = folder / "exchange.jsonl", folder / "records.jsonl"
    command = [
        sys.executable, "-c", "from outbound.cli import main; main()", "simulate", "--policies", str(policies),
        "--start", "2026-11-23T00:00:00+08:00", "--days", "2", "--seed", "7", "--faults", str(faults),
        "--exchange-log", str(log), "--records", str(records), "--json",
    ]  # fmt: skip
    said = subprocess.run(
        command,
        cwd=ROOT,
        env=dict(os.environ) | {"PYTHONHASHSEED": hashes},
        check=False,
        timeout=300,
        capture_output=True,
        text=True,
    )
    return said, log, records


def test_the_sample_names_every_fault() -> None:
    """The sample file is read, and shows each fault with a probability of its own and two windows."""
    faults = load(_SAMPLE)
    assert all(0 < faults.probabilities[fault] <= 0.05 for fault in KNOWN | FAULTS_OF_OTHERS)
    assert [window.fault for window in faults.windows] == ["database_locked", "carrier_down"]


def test_a_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    """An unknown fault ends with exit code 2, the file, the line and what is allowed; nothing is run."""
    faults, policies = tmp_path / "faults.yaml", tmp_path / "policies.csv"
    faults.write_text("crash: 0.1\ncrush: 0.1\n", "utf-8")
    write_sample(policies, 2, 1, date(2026, 11, 16))
    answer, log, _ = simulated(policies, faults, tmp_path / "run")
    assert answer.returncode == 2
    assert "faults.yaml: line 2" in answer.stderr
    assert "'crush' is not known here; allowed are all, carrier_down" in " ".join(answer.stderr.split())
    assert "Traceback" not in answer.stderr
    assert not log.exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A faults file that is not there is a mistake of the option."""
    answer, _, _ = simulated(tmp_path / "policies.csv", tmp_path / "none.yaml", tmp_path / "run")
    assert answer.returncode == 2
    assert "--faults: there is no file" in answer.stderr


@pytest.mark.slow
def test_the_sample_runs_the_same_in_every_process(tmp_path: Path) -> None:
    """With every fault at work equal seeds give equal bytes, whatever the order in which Python keeps a set."""
    policies = tmp_path / "policies.csv"
    write_sample(policies, 20, 5, date(2026, 11, 16))
    said, log, records = simulated(policies, _SAMPLE, tmp_path / "first", hashes="1")
    again = simulated(policies, _SAMPLE, tmp_path / "again", hashes="2")
    assert said.returncode == 0, said.stderr
    assert (log.read_bytes(), records.read_bytes()) == (again[1].read_bytes(), again[2].read_bytes())
    result, repeated = json.loads(said.stdout), json.loads(again[0].stdout)
    assert set(result["laws"].values()) == {0}
    assert result["faults"]["struck"]["database_locked"] > 0
    assert result["faults"]["crash_points"]
    assert {name: value for name, value in result.items() if name not in {"wall_seconds", "files"}} == {
        name: value for name, value in repeated.items() if name not in {"wall_seconds", "files"}
    }
