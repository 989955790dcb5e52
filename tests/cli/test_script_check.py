"""`outbound script check`: a proof on the command line."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import ROOT

BASE = ROOT / "tests" / "dialogue" / "prover" / "base"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script of its own, in a folder without limits and words of its own."""
    monkeypatch.setenv("OUTBOUND_HOME", str(ROOT))
    shutil.copytree(BASE, tmp_path / "base")
    return tmp_path / "base"


def test_findings_as_json(run: Run, small: Path) -> None:
    """Code, step, language, way and text, with file, line and severity; exit code 1 for an error."""
    file = small / "prompts" / "zh-TW.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("打擾您了", "{{ full_name }}，打擾您了", 1), encoding="utf-8")
    english = small / "prompts" / "en-US.yaml"
    words = english.read_text(encoding="utf-8")
    english.write_text(
        words.replace("disturbed you. Goodbye", "disturbed you, {{ full_name }}. Goodbye"), encoding="utf-8"
    )
    code, out, _ = run("script", "check", str(small), "--json")
    answer = json.loads(out)
    found = next(each for each in answer["findings"] if each["code"] == "name_to_wrong_party")
    assert code == 1
    assert (found["step"], found["language"], found["severity"]) in {
        ("wrong_party", "zh-TW", "error"),
        ("wrong_party", "en-US", "error"),
    }
    assert found["path"] == ["greeting", "recording", "wrong_party"]
    assert found["line"] > 1
    assert found["file"].startswith(str(small))
    assert "leave it out" in found["text"]


def test_findings_for_people(run: Run, small: Path) -> None:
    """Grouped by kind with what the kind proves, the way as arrows, and a verdict."""
    file = small / "script.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("    say: [another_time]\n    end: not_available", "    end: not_available"), encoding="utf-8"
    )
    code, out, _ = run("script", "check", str(small))
    assert code == 1
    assert "ERROR silent_end: something is said before the line is hung up" in out
    assert "greeting → recording → call_again → another_time" in out
    assert "must not be spoken" in out


def test_a_folder_without_a_script(run: Run, tmp_path: Path) -> None:
    """What is missing, and what may have been meant."""
    shutil.copytree(BASE, tmp_path / "some" / "base")
    code, _, err = run("script", "check", str(tmp_path / "some"))
    assert code == 2
    assert "there is no script.yaml here" in err
    assert "base" in err
