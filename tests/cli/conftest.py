"""An installation and a command line of its own, for tests that do not bring another."""

import base64
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from outbound import cli
from outbound.bootstrap import House, open_house
from tests.conftest import ROOT

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation of its own with keys in the environment."""
    for name in ("config", "scripts_tts"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    for name in ("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY"):
        monkeypatch.setenv(name, base64.b64encode(os.urandom(32)).decode())
    return open_house()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line; return exit code, standard output and standard error."""

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["outbound", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return command
