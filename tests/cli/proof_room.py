"""What the tests of `audit` and `why` share: a database of their own, the command line, and a dialler with rules."""

import base64
from pathlib import Path

import pytest
from typer.testing import CliRunner

from outbound.bootstrap import House, open_house
from outbound.cli import app
from outbound.compliance.rules.rulebook import Trust
from outbound.usecases.records.keep_rules import keep_rules
from outbound.usecases.scheduling.may_call import Rules
from tests.conftest import ManualClock
from tests.usecases.builders import MONDAY_TEN
from tests.usecases.dial_room import DialRoom


def open_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Open an installation of its own: keys and an empty database."""
    for name in ("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY"):
        monkeypatch.setenv(name, base64.b64encode(name.encode().ljust(32, b"k")[:32]).decode())
    monkeypatch.setenv("OUTBOUND_DATABASE_URL", f"sqlite:///{tmp_path}/outbound.db")
    return open_house()


def run(*words: str) -> tuple[int, str]:
    """Run a command; return exit code and standard output. What a person can mend is raised."""
    result = CliRunner().invoke(app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def room_at(house: House, trust: Trust = Trust.DEMO) -> DialRoom:
    """A dialler on Monday morning whose rules are kept."""
    room = DialRoom(house.store, ManualClock())
    room.rules = Rules(room.rules.rulebook, room.companies, trust)
    keep_rules(house.store, room.rules.rulebook, MONDAY_TEN)
    return room
