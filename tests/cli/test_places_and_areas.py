"""Places and areas as whole command lines, in process, over a database of their own."""

import base64
import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from outbound import cli
from outbound.bootstrap import House, open_house
from outbound.domain.contact import ContactState
from tests.conftest import ROOT
from tests.usecases.builders import contact_now, make_attempt, make_contact

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


class TestPlaces:
    """Who cannot be placed, and what the customer says."""

    def test_from_held_to_placed_and_back(self, house: House, run: Run) -> None:
        """A contact of no known state is listed with reason and mend, placed by the start of its identifier, shown
        as placed, and cleared again; JSON for other programs holds no name.
        """
        later = house.clock.now() + timedelta(hours=5)
        contact = make_contact(house.store, region="US", reason="place_unknown", not_before=later)
        code, out, _ = run("places", "list", "--language", "en")
        assert (code, contact.full_name in out) == (0, True)
        listed = json.loads(run("places", "list", "--json")[1])
        (entry,) = listed["shown"]
        assert (listed["contacts"], entry["reasons"], entry["postal_code"]) == (1, ["place_unknown"], True)
        assert f"outbound places set {contact.id[:8]}" in entry["mend"]
        assert contact.full_name not in json.dumps(listed, ensure_ascii=False)
        assert "請" in run("places", "list", "--json", "--language", "zh-TW")[1]
        where = ("--region", "us-ny", "--zone", "America/New_York", "--evidence", "call", "--by", "lin")
        code, out, _ = run("places", "set", contact.id, *where)
        assert (code, "Recorded. The next planning" in out) == (0, True)
        placed = contact_now(house.store, contact.id)
        assert (placed.stated[0].region, placed.not_before, placed.state) == ("US-NY", None, ContactState.OPEN)
        assert "the place is known now" in run("places", "list", "--json", "--language", "en")[1]
        assert run("places", "clear", contact.id)[0] == 0
        assert run("places", "clear", contact.id)[0] == 2

    def test_a_country_without_rules_is_recorded_and_said(self, house: House, run: Run) -> None:
        """Where the customer is counts even if nobody can be called there; the command says so."""
        contact = make_contact(house.store)
        code, out, _ = run("places", "set", contact.id, "--region", "FJ", "--evidence", "call")
        assert (code, "Nobody is called there" in out) == (0, True)

    def test_the_empty_list_explains_itself(self, house: House, run: Run) -> None:
        """It says why there is nothing and what would bring something."""
        assert house.folder.is_dir()
        assert "Nobody is held back for the place" in run("places", "list")[1]

    @pytest.mark.parametrize(
        ("arguments", "part"),
        [
            (("--region", "XX"), "no assigned ISO 3166 code"),
            (("--region", "TW", "--until", "2027-01-01"), "with its offset"),
            (("--region", "US-NY", "--zone", "Asia/Taipei"), "Zones of US-NY are America/New_York"),
        ],
    )
    def test_a_mistake_is_said_in_one_line(self, house: House, run: Run, arguments: tuple[str, ...], part: str) -> None:
        """Exit code 2 and how to mend it."""
        contact = make_contact(house.store)
        code, out, err = run("places", "set", contact.id, *arguments, "--evidence", "e")
        assert (code, out, part in err) == (2, "", True)


class TestAreas:
    """The switch for suspended areas."""

    def test_suspend_show_and_lift(self, house: House, run: Run) -> None:
        """A suspended county shows in the list with the planned contacts it touches and in the status until lifted."""
        now = house.clock.now()
        here = make_contact(house.store, region="TW", postal_code="970")
        make_attempt(house.store, here, window_start=now)
        make_attempt(house.store, make_contact(house.store, numbers=("+886900000002",)), window_start=now)
        until = (now + timedelta(days=31)).isoformat()
        assert "at most 30 days" in run("areas", "suspend", "TW-HUA", "--until", until, "--reason", "r")[2]
        end = (now + timedelta(days=1)).isoformat()
        code, out, _ = run("areas", "suspend", "tw-hua", "TW-TTT", "--until", end, "--reason", "typhoon", "--by", "lin")
        assert (code, "TW-HUA, TW-TTT" in out) == (0, True)
        rows = {row["code"]: row for row in json.loads(run("areas", "list", "--json")[1])}
        assert {code: row["planned_contacts"] for code, row in rows.items()} == {"TW-HUA": 1, "TW-TTT": 0}
        assert "typhoon" in run("areas", "list")[1]
        assert "SUSPENDED: calls to TW-HUA" in run("status")[1]
        assert [row["code"] for row in json.loads(run("status", "--json")[1])["suspended_areas"]] == [
            "TW-HUA",
            "TW-TTT",
        ]
        assert "Lifted: TW-HUA" in run("areas", "lift", "TW-HUA")[1]
        code, _, err = run("areas", "lift", "TW-HUA")
        assert (code, "suspended are: TW-TTT" in err) == (2, True)
        states = {row["code"]: row["state"] for row in json.loads(run("areas", "list", "--all", "--json")[1])}
        assert states == {"TW-HUA": "lifted", "TW-TTT": "in_force"}

    def test_the_empty_list_explains_itself(self, house: House, run: Run) -> None:
        """It says that nothing is suspended and how something would be."""
        assert house.folder.is_dir()
        assert "No area is suspended" in run("areas", "list")[1]

    @pytest.mark.parametrize(
        ("arguments", "part"),
        [
            (("TW-HAU", "--until", "2026-01-01T00:00+08:00"), "did you mean"),
            (("TW", "--until", "tomorrow"), "with its offset"),
            (("TW", "--until", "2020-01-01T00:00+08:00"), "has passed"),
        ],
    )
    def test_a_mistake_is_said_in_one_line(self, house: House, run: Run, arguments: tuple[str, ...], part: str) -> None:
        """Exit code 2 and how to mend it."""
        assert house.folder.is_dir()
        code, out, err = run("areas", "suspend", *arguments, "--reason", "r")
        assert (code, out, part in err) == (2, "", True)
