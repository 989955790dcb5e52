"""The order to stop at the command line: somebody in a hurry waits for it."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from outbound.bootstrap import House, open_house
from outbound.domain.attempt import AttemptStatus
from outbound.usecases.ports.carrier import CallOrder
from tests.cli.test_desk_commands import run
from tests.conftest import ROOT
from tests.usecases.builders import attempt_now, make_attempt, make_contact
from tests.usecases.dial_room import FakeCarrier

_WHAT_IS_LOADED = """
import sys
from outbound.adapters.sql.desk import SqlDesk
from outbound.cli import main

def stop(*_order):
    heavy = {"alembic", "prefect", "twilio", "fastapi", "jinja2", "outbound.work", "outbound.adapters.files"}
    print(sorted(each for each in heavy if each in sys.modules))
    sys.exit(7)

SqlDesk.stop = stop
sys.argv = ["outbound", "stop-dialling", "--reason", "drill"]
main()
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose configuration may be changed, with keys in the environment."""
    (tmp_path / "scripts_tts").symlink_to(ROOT / "scripts_tts")
    (tmp_path / "config").mkdir()
    for name in ("companies.yaml", "compliance", "campaigns"):
        (tmp_path / "config" / name).symlink_to(ROOT / "config" / name)
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    for name in ("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY"):
        monkeypatch.setenv(name, base64.b64encode(os.urandom(32)).decode())
    return tmp_path


@pytest.fixture
def house(home: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The installation, with a carrier that obeys; the command looks at its queue once."""
    assert home.exists()
    house = open_house()
    house.carrier = FakeCarrier(house.clock)
    monkeypatch.setattr("outbound.bootstrap.open_house", lambda: house)
    monkeypatch.setattr("outbound.cli.desk.stopping._WITHIN", house.clock.now() - house.clock.now())
    return house


def in_doubt(house: House, number: int) -> str:
    """Leave a call of unknown fate behind."""
    contact = make_contact(house.store, numbers=(f"+88690000000{number}",))
    return make_attempt(house.store, contact, status=AttemptStatus.UNKNOWN, at=house.clock.now()).id


def test_the_order_is_written_before_anything_is_read(home: Path) -> None:
    """Until the order stands in the database no rule, script, campaign, SDK or Prefect is loaded."""
    assert home.exists()
    open_house().store.engine.dispose()
    command = [sys.executable, "-c", _WHAT_IS_LOADED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout.strip()) == (7, "[]"), done.stderr


def test_calls_of_unknown_fate_are_taken_back_or_told(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the carrier's queue is cancelled; how many it does not show is said plainly."""
    found, _ = in_doubt(house, 1), in_doubt(house, 2)
    assert isinstance(house.carrier, FakeCarrier)
    caller = next(iter(house.companies.values())).caller_number
    house.carrier.take(CallOrder("+886900000001", caller, "t", 28), "CA" + "1" * 32)
    code, out, _ = run(capsys, monkeypatch, "stop-dialling", "--reason", "drill")
    assert code == 0
    assert "Taken back from the carrier's queue: 1." in out
    assert "Orders of unknown fate that the carrier does not show: 1." in out
    assert attempt_now(house.store, found).sid == "CA" + "1" * 32
    assert house.carrier.calls["CA" + "1" * 32].status == "canceled"


def test_a_broken_campaign_file_stops_nobody_from_stopping(
    home: Path, house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything can be stopped without the files, and so can a campaign that has contacts."""
    (home / "config" / "campaigns").unlink()
    (home / "config" / "campaigns").mkdir()
    (home / "config" / "campaigns" / "broken.yaml").write_text("id: [", encoding="utf-8")
    assert run(capsys, monkeypatch, "stop-dialling", "--reason", "drill")[0] == 0
    code, _, err = run(capsys, monkeypatch, "stop-dialling", "--reason", "drill", "--campaign", "welcome-tw")
    assert code == 2
    assert "nothing was stopped; without --campaign everything is" in err
    contact = make_contact(house.store)
    code, out, _ = run(capsys, monkeypatch, "stop-dialling", "--reason", "drill", "--campaign", contact.campaign_id)
    assert (code, out.startswith(f"Stopped: {contact.campaign_id}.")) == (0, True)
