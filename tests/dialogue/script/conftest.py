"""A copy of the shipped scripts to change."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from outbound.adapters.files.scripts import FileScripts, script_from_contents
from outbound.dialogue.script.document import Finding, ScriptError
from outbound.dialogue.script.model import Script
from tests.conftest import ROOT

Change = Callable[[str, str, str], int]
FindingsOf = Callable[[str], tuple[Finding, ...]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of the copy."""
    shutil.copytree(ROOT / "scripts_tts", tmp_path / "scripts")
    return tmp_path / "scripts"


@pytest.fixture
def change(root: Path) -> Change:
    """Write another text for the first occurrence of one in a file; the line where it stood."""

    def write(file: str, old: str, new: str) -> int:
        text = (root / file).read_text(encoding="utf-8") if (root / file).exists() else ""
        assert old in text, f"{old!r} is not in {file}"
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return write


@pytest.fixture
def findings_of(root: Path) -> FindingsOf:
    """What there is to mend in a script."""

    def load(name: str) -> tuple[Finding, ...]:
        with pytest.raises(ScriptError) as raised:
            FileScripts(root).load(name)
        return raised.value.findings

    return load


def read(root: Path, name: str) -> Script:
    """Read a script below a folder before anything else is asked of it."""
    files = (path for path in root.rglob("*") if path.is_file())
    return script_from_contents(name, {path.relative_to(root).as_posix(): path.read_bytes() for path in files})
