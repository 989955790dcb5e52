"""`outbound status` on scripts: what is spoken in which version to whom, and what cannot be taken up."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outbound.adapters.files.scripts import FileScripts
from outbound.adapters.files.scripts import standing as standing_room
from outbound.adapters.files.scripts.standing import ScriptsOnDisk
from outbound.adapters.sql.schema import attempts
from outbound.bootstrap import House
from outbound.domain.attempt import AttemptStatus
from tests.cli.conftest import Run
from tests.conftest import ROOT
from tests.usecases.builders import make_attempt, make_contact

CAMPAIGN = Path("config") / "campaigns" / "welcome-tw.yaml"
VERSION = "3f9a61c20b7d" + "0" * 52


@pytest.fixture
def own(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation whose campaigns and scripts may be changed; they are read and not proved, which takes long."""
    monkeypatch.setattr(FileScripts, "limits", None)
    for name in ("config", "scripts_tts"):
        (house.folder / name).unlink()
        shutil.copytree(ROOT / name, house.folder / name)
    return house


def change(file: Path, old: str, new: str) -> None:
    """Write something else into a file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_status_names_scripts_with_version_and_share(own: House, run: Run) -> None:
    """Per campaign: each script of an A/B with its per cent, whoever hears another one, and the version on disk."""
    shares = "scripts: [{script: welcome_call, share: 70}, {script: voicemail, share: 30}]\n"
    change(own.folder / CAMPAIGN, "script: welcome_call\n", shares)
    found = json.loads(run("status", "--json")[1])["scripts"]
    assert [(each["script"], each["heard_by"], each["share"]) for each in found] == [
        ("welcome_call", "called", 70),
        ("voicemail", "called", 30),
        ("care_call_65_plus", "senior", 100),
        ("missed_call_return", "rings_back", 100),
    ]
    version = FileScripts(own.folder / "scripts_tts").load("welcome_call").version
    assert found[0]["version"] == version
    told = run("status")[1]
    assert f"Scripts of welcome-tw: welcome_call {version[:12]} (70 %); voicemail " in told
    assert "; 65 and older: care_call_65_plus " in told
    assert "; who rings back: missed_call_return " in told
    assert "NOT TAKEN UP" not in told


def test_status_names_a_script_that_cannot_be_taken_up(own: House, run: Run) -> None:
    """What, in which file and line, how to mend it, and which version calls go on with; in JSON too."""
    attempt = make_attempt(own.store, make_contact(own.store))
    with own.store.engine.begin() as connection:
        at = datetime(2026, 11, 16, 2, tzinfo=UTC)
        spoken = {"script": "care_call_65_plus", "script_version": VERSION, "answered_at": at}
        connection.execute(
            attempts.update().where(attempts.c.id == attempt.id).values(status=AttemptStatus.ENDED, **spoken)
        )
    prompts = own.folder / "scripts_tts" / "care_call_65_plus" / "prompts" / "zh-TW.yaml"
    prompts.write_text(prompts.read_text(encoding="utf-8") + "\nnew_prompt: '{{ no_such_name }}'\n", encoding="utf-8")
    line = len(prompts.read_text(encoding="utf-8").splitlines())
    code, told, _ = run("status")
    assert code == 0
    assert "SCRIPT NOT TAKEN UP: care_call_65_plus (welcome-tw). A running server goes on with the version" in told
    assert "(last spoken: 3f9a61c20b7d, 11-16 10:00)" in told
    assert f"  scripts_tts/care_call_65_plus/prompts/zh-TW.yaml:{line}: " in told
    assert "`outbound script check scripts_tts/care_call_65_plus`" in told
    assert "65 and older: care_call_65_plus NOT TAKEN UP" in told
    senior = next(each for each in json.loads(run("status", "--json")[1])["scripts"] if each["heard_by"] == "senior")
    assert (senior["version"], senior["last_version"]) == (None, VERSION)
    assert senior["faults"][0]["file"] == "scripts_tts/care_call_65_plus/prompts/zh-TW.yaml"
    assert senior["faults"][0]["line"] == line
    assert "no_such_name" in senior["faults"][0]["text"]


def test_a_script_that_is_no_yaml_does_not_hide_the_status(own: House, run: Run) -> None:
    """A file that cannot be read keeps campaigns from being read too; the status names file and line all the same."""
    graph = own.folder / "scripts_tts" / "welcome_call" / "script.yaml"
    graph.write_text("steps: [\n", encoding="utf-8")
    code, told, _ = run("status")
    assert code == 0
    assert "due now: 0" in told
    assert (
        "SCRIPT NOT TAKEN UP: welcome_call (welcome-tw). It was never spoken; `outbound serve` does not start" in told
    )
    assert "scripts_tts/welcome_call/script.yaml:" in told


def test_scripts_are_read_again_only_when_a_file_changed(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch asks every two seconds: an unchanged folder is not proved anew, a changed one is."""
    read = list[str]()

    class Counting(FileScripts):
        """Notes what is read, and proves nothing."""

        def load(self, name: str) -> "Counting":  # type: ignore[override]
            read.append(name)
            self.version = "1"
            return self

    monkeypatch.setattr(standing_room, "FileScripts", Counting)
    disk = ScriptsOnDisk(own.folder / "scripts_tts")
    for _ in range(3):
        disk.standing(["welcome_call", "voicemail", "welcome_call"])
    assert read == ["welcome_call", "voicemail"]
    change(own.folder / "scripts_tts" / "voicemail" / "script.yaml", "steps:", "# changed\nsteps:")
    disk.standing(["voicemail"])
    assert read == ["welcome_call", "voicemail", "voicemail"]


def test_a_script_that_nobody_may_read_is_a_finding(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the file, and that this user must be able to read it."""

    def refused(_: FileScripts, name: str) -> None:
        raise PermissionError(13, "Permission denied", f"scripts_tts/{name}/script.yaml")

    monkeypatch.setattr(FileScripts, "load", refused)
    found = ScriptsOnDisk(own.folder / "scripts_tts").standing(["voicemail"])["voicemail"]
    assert found.version is None
    assert found.findings[0].file == "scripts_tts/voicemail/script.yaml"
    assert "let this user read it" in found.findings[0].text


def test_what_nobody_approved_is_said_until_somebody_does(own: House, run: Run) -> None:
    """As a line of the page and in the document, so that no customer hears a sample by mistake."""
    code, out, _ = run("status")
    assert (code, "NOT APPROVED: customers hear" in out) == (0, True)
    found = json.loads(run("status", "--json")[1])["not_approved"]
    assert {each["file"] for each in found} == {"limits.yaml", "faq/zh-TW.yaml", "faq/en-US.yaml"}
    change(
        own.folder / "scripts_tts" / "limits.yaml", "\nowner:", "\napproved_by: Lin\napproved_on: 2026-11-23\nowner:"
    )
    assert "limits.yaml" not in run("status")[1]
