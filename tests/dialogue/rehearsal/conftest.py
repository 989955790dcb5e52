"""A small script in which there is nothing to mend, and a person to call."""

from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest

from outbound.adapters.files.scripts import check_script
from outbound.adapters.files.scripts.voice_limits import load_limits
from outbound.dialogue.rehearsal.call import Call
from outbound.dialogue.rehearsal.sample import sample_facts
from outbound.dialogue.script.model import Script
from tests.conftest import ROOT

SCRIPTS = ROOT / "scripts_tts"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))


@cache
def base() -> Script:
    """The script with which the prover's tests begin."""
    found, _ = check_script(ROOT / "tests" / "dialogue" / "prover", "base", load_limits(SCRIPTS), SCRIPTS)
    assert found is not None
    return found


@pytest.fixture
def script() -> Script:
    """The small script."""
    return base()


@pytest.fixture
def call() -> Call:
    """A call of the small script on a Monday morning."""
    facts, possible = sample_facts(NOW)
    return Call(base(), facts, now=NOW, possible=possible)


@pytest.fixture
def change(tmp_path: Path) -> Path:
    """A copy of the small script, to be changed."""
    import shutil

    shutil.copytree(ROOT / "tests" / "dialogue" / "prover" / "base", tmp_path / "base")
    return tmp_path / "base"
