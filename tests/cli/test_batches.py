"""`outbound plan`, `dial`, `settle` and `file-records` on an installation of their own."""

import base64
import json
import os
import shutil
from pathlib import Path

import pytest
import responses
from typer.testing import CliRunner, Result

from outbound.bootstrap import open_house
from outbound.cli import app
from outbound.dialogue.script.document import ScriptError
from outbound.usecases.problems import InputProblemError, ServiceAwayError
from outbound.work import Work

RUNNER = CliRunner()
ROOT = Path(__file__).parents[2]
AWAY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with keys and an account, whose carrier is at an address where nobody listens."""
    for name in ("config", "scripts_tts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    for number, name in enumerate(("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY")):
        monkeypatch.setenv(name, base64.b64encode(bytes([number]) * 32).decode())
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "0" * 32)
    monkeypatch.setenv("OUTBOUND_CARRIER_URL", AWAY)
    return tmp_path


def run(*args: str) -> Result:
    """Run a command."""
    return RUNNER.invoke(app, list(args))


@pytest.mark.parametrize(
    ("command", "words", "key"),
    [
        ("plan", "Planned: 0.", "planned"),
        ("dial", "Placed: 0;", "placed"),
        ("settle", "May still ring or talk: 0.", "live"),
        ("file-records", "Waiting in all: 0.", "pending"),
    ],
)
@responses.activate
def test_an_empty_house_has_nothing_to_do(command: str, words: str, key: str) -> None:
    """Exit code 0; the report in words, or as one JSON document."""
    responses.get(f"{AWAY}/2010-04-01/Accounts/AC{'0' * 32}/Calls.json", json={"calls": []})
    told = run(command)
    assert (told.exit_code, words in told.stdout) == (0, True)
    document = json.loads(run(command, "--json").stdout)
    assert document[key] == 0


@pytest.mark.parametrize("command", ["plan", "dial", "file-records"])
def test_what_needs_no_carrier_asks_none(command: str) -> None:
    """Where nothing is due, a carrier that does not answer is nobody's trouble."""
    assert run(command).exit_code == 0


def test_settling_without_the_carrier_is_told() -> None:
    """Who rang us may be known to the carrier alone: it is asked in an empty house too, and its silence is code 3."""
    told = run("settle")
    assert "May still ring or talk: 0." in told.stdout
    assert isinstance(told.exception, ServiceAwayError)
    assert told.exception.exit_code == 3
    assert "the carrier did not answer" in str(told.exception)
    assert json.loads(run("settle", "--json").stdout)["carrier_away"] is True


def test_plan_says_why_nobody_may_be_called(tmp_path: Path) -> None:
    """The packs as shipped are unsigned here: contacts are held back, and the report says so."""
    sample = ROOT / "config" / "samples" / "policies.csv"
    assert "taken in" in run("policies", "import", str(sample)).stdout
    told = run("plan").stdout
    assert "Planned: 0." in told
    assert "pack_unsigned" in told
    assert json.loads(run("status", "--json").stdout)["not_called"]["pack_unsigned"] > 0


def test_a_plan_of_nothing_says_who_waits_and_until_when(home: Path) -> None:
    """Planned again within the hour, the held contacts are still told; once the packs are signed none is held so."""
    sample = ROOT / "config" / "samples" / "policies.csv"
    run("policies", "import", str(sample))
    held = json.loads(run("plan", "--json").stdout)["held"]["pack_unsigned"]
    told = run("plan").stdout
    assert "Planned: 0." in told
    assert f"Waiting in welcome-tw: pack_unsigned {held}, looked at again from " in told
    assert "(Asia/Taipei) on." in told
    assert "at once when rules, signatures, campaign or company change" in told
    for name in ("Chen", "Lin"):
        run("rules", "sign", "--all", "--by", name, "--rules", str(home / "config" / "compliance"))
    document = json.loads(run("plan", "--json").stdout)
    assert "pack_unsigned" not in document["held"]
    assert "pack_unsigned" not in {each["reason"] for each in document["waiting"]}


@pytest.mark.parametrize("command", ["plan", "dial"])
@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("script.yaml", b"", "script.yaml:1: this file is empty"),
        ("prompts/zh-TW.yaml", "說: 您好".encode("big5"), "prompts/zh-TW.yaml:1: save this file as UTF-8"),
        ("prompts/en-US.yaml", b"greeting: {unfinished", "prompts/en-US.yaml:2: not readable as YAML"),
    ],
)
def test_a_script_that_cannot_be_spoken_stops_planning_and_dialling(
    home: Path, command: str, name: str, content: bytes, told: str
) -> None:
    """Whoever plans or dials is told file, line and mend at once, before anybody is rung."""
    (home / "scripts_tts" / "welcome_call" / name).write_bytes(content)
    problem = run(command).exception
    assert isinstance(problem, ScriptError)
    assert told in str(problem)


def test_a_prompt_with_an_unknown_name_stops_planning(home: Path) -> None:
    """A placeholder that no call could fill is found in its file before anybody is planned."""
    file = home / "scripts_tts" / "welcome_call" / "prompts" / "en-US.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("{{ company }}", "{{ compny }}", 1), encoding="utf-8")
    problem = run("plan").exception
    assert isinstance(problem, ScriptError)
    assert "compny" in str(problem)
    assert "en-US.yaml:" in str(problem)


def test_nothing_is_dialled_when_the_carrier_could_not_call_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A carrier elsewhere and a public address on this machine: whoever picked up would hear nothing."""
    monkeypatch.setenv("OUTBOUND_CARRIER_URL", "https://api.example.com")
    problem = run("dial").exception
    assert isinstance(problem, InputProblemError)
    assert "public_url" in str(problem)


def test_settings_that_are_wrong_name_file_key_and_what_is_allowed(home: Path) -> None:
    """A value out of range is told with its place."""
    file = home / "config" / "outbound.yaml"
    file.write_text(file.read_text().replace("trunk_calls_per_second: 0.8", "trunk_calls_per_second: fast"))
    problem = run("plan").exception
    assert isinstance(problem, InputProblemError)
    assert "trunk_calls_per_second" in str(problem)


def test_db_upgrade_can_be_run_again() -> None:
    """It says which database has this version's schema."""
    assert "this version's schema" in run("db", "upgrade").stdout
    assert run("db", "upgrade").exit_code == 0


def test_what_arrives_by_itself_reports_contents_that_were_replaced(home: Path) -> None:
    """The flow's report counts the rows of an old file that was dropped once more."""
    inbox = home / "var" / "inbox"
    inbox.mkdir(parents=True)
    row = "policy_no,issued_on,customer_id,full_name,phone,region,language\nP1,2026-11-13,C1,王試試,0900-000-101,TW,"
    for number, language in enumerate(("zh-TW", "en-US", "zh-TW")):
        file = inbox / f"{number}.csv"
        file.write_text(f"{row}{language}\n", encoding="utf-8")
        os.utime(file, (0, 0))
    report = Work(open_house()).take_in()
    assert (report["read"], report["duplicates"], report["older"]) == (3, 1, 1)
