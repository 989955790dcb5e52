"""A simulation is the same to the byte whenever it is run: in this process, in another, with any order of hashes."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from outbound.simulation.invented.sample import write_sample
from tests.conftest import ROOT

_DAYS, _CONTACTS = 2, 30


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty invented people."""
    path = tmp_path_factory.mktemp("sample") / "policies.csv"
    write_sample(path, _CONTACTS, 5, date(2026, 11, 16))
    return path


def lived(policies: Path, folder: Path, *, seed: int, hashes: str) -> tuple[bytes, bytes]:
    """Run the command in a process of its own; return the exchange's log and the records."""
    folder.mkdir()
    command = [
        sys.executable, "-c", "from outbound.cli import main; main()", "simulate",
        "--policies", str(policies), "--seed", str(seed),
        "--start", "2026-11-16T09:00:00+08:00", "--days", str(_DAYS),
        "--exchange-log", str(folder / "exchange.jsonl"), "--records", str(folder / "records.jsonl"), "--json",
    ]  # fmt: skip
    known = {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
    subprocess.run(
        command, cwd=ROOT, env=known | {"PYTHONHASHSEED": hashes}, check=True, timeout=300, stdout=subprocess.DEVNULL
    )
    return (folder / "exchange.jsonl").read_bytes(), (folder / "records.jsonl").read_bytes()


@pytest.mark.slow
def test_equal_seed_and_input_give_equal_bytes(policies: Path, tmp_path: Path) -> None:
    """Whatever the order in which Python keeps a set; another seed lives other days."""
    first = lived(policies, tmp_path / "first", seed=7, hashes="1")
    assert first == lived(policies, tmp_path / "again", seed=7, hashes="2")
    assert b"completed" in first[0]
    assert b"welcomed" in first[1]
    other = lived(policies, tmp_path / "other", seed=8, hashes="1")
    assert other[0] != first[0]
