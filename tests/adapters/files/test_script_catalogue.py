"""Scripts that are looked at while a process runs: a good change is spoken, a broken one never."""

import logging
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from outbound.adapters.files.scripts import FileScripts
from outbound.adapters.files.scripts.catalogue import LOOK_AGAIN_SECONDS, FixedScripts, WatchedScripts
from outbound.adapters.files.scripts.packing import pack, unpack
from outbound.dialogue.script.document import ScriptError
from outbound.usecases.ports.scripts import KeptVersion
from tests.conftest import ROOT, ManualClock

NAMES = ("missed_call_return", "welcome_call")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped scripts, to be changed."""
    shutil.copytree(ROOT / "scripts_tts", tmp_path / "scripts_tts")
    (tmp_path / "var").mkdir()
    for name in ("understanding", "proofs"):
        kept = ROOT / "var" / name
        kept.mkdir(parents=True, exist_ok=True)
        (tmp_path / "var" / name).symlink_to(kept)
    return tmp_path / "scripts_tts"


def watched(folder: Path, clock: ManualClock) -> WatchedScripts:
    """The scripts of the folder, read again at once where they changed."""
    return WatchedScripts(folder, NAMES, monotonic=clock.monotonic, in_background=lambda work: work())


def change(folder: Path, path: str = "welcome_call/script.yaml", text: str = "\n# noted\n") -> Callable[[], int]:
    """Write something at the end of a file; return what takes it back."""
    file = folder / path
    before = file.read_text(encoding="utf-8")
    file.write_text(before + text, encoding="utf-8")
    return lambda: file.write_text(before, encoding="utf-8")


def test_a_change_is_spoken_by_new_calls_after_a_minute(folder: Path, clock: ManualClock) -> None:
    """Not before; the script that nobody changed stays the same object, and the version before is still held."""
    scripts = watched(folder, clock)
    before = {name: scripts.current(name) for name in NAMES}
    change(folder, "missed_call_return/script.yaml")
    clock.advance(seconds=LOOK_AGAIN_SECONDS - 1)
    assert scripts.current("missed_call_return") is before["missed_call_return"]
    clock.advance(seconds=1)
    scripts.current("missed_call_return")
    after = scripts.current("missed_call_return")
    assert after.version != before["missed_call_return"].version
    assert scripts.current("welcome_call") is before["welcome_call"]
    assert scripts.version(before["missed_call_return"].version) is before["missed_call_return"]
    assert scripts.version(after.version) is after
    assert scripts.problem() is None


def test_a_broken_change_never_replaces_a_good_script(
    folder: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """What was spoken goes on, file and line are told, and when it is mended nothing is left to tell."""
    scripts = watched(folder, clock)
    before, seconds = scripts.current("welcome_call"), scripts.seconds()
    mend = change(folder, text="\nsteps: twice\n")
    clock.advance(seconds=LOOK_AGAIN_SECONDS)
    with caplog.at_level(logging.ERROR):
        assert scripts.current("welcome_call") is before
    problem = scripts.problem()
    assert problem is not None
    assert "welcome_call is spoken as it was before" in problem
    assert "welcome_call/script.yaml:" in problem
    assert "welcome_call/script.yaml:" in caplog.text
    assert scripts.seconds() is seconds
    mend()
    clock.advance(seconds=LOOK_AGAIN_SECONDS)
    assert scripts.problem() is None


def test_one_broken_script_does_not_hold_up_the_others(folder: Path, clock: ManualClock) -> None:
    """The script that can be spoken is taken up all the same."""
    scripts = watched(folder, clock)
    before = {name: scripts.current(name).version for name in NAMES}
    change(folder, "missed_call_return/script.yaml", "\nsteps: twice\n")
    change(folder)
    clock.advance(seconds=LOOK_AGAIN_SECONDS)
    scripts.problem()
    changed = {name for name in NAMES if scripts.current(name).version != before[name]}
    assert changed == {"welcome_call"}


def test_nobody_waits_for_a_script_that_is_read_again(folder: Path, clock: ManualClock) -> None:
    """While it is proved in the background, calls begin with the version before; it is read once."""
    waiting: list[Callable[[], None]] = []
    scripts = WatchedScripts(folder, NAMES, monotonic=clock.monotonic, in_background=waiting.append)
    before = scripts.current("welcome_call")
    change(folder)
    for _ in range(3):
        clock.advance(seconds=LOOK_AGAIN_SECONDS)
        assert scripts.current("welcome_call") is before
    (work,) = waiting
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert scripts.current("welcome_call") is not before


def test_a_script_that_is_broken_at_the_start_stops_the_start(folder: Path, clock: ManualClock) -> None:
    """There is no version before it that could go on."""
    change(folder, text="\nsteps: twice\n")
    with pytest.raises(ScriptError, match=r"welcome_call/script\.yaml:"):
        watched(folder, clock)


def test_what_belongs_to_no_script_is_not_looked_at(folder: Path, clock: ManualClock) -> None:
    """Text messages and schemas may change without anything being read again."""
    waiting: list[Callable[[], None]] = []
    scripts = WatchedScripts(folder, NAMES, monotonic=clock.monotonic, in_background=waiting.append)
    (folder / "schema" / "new.json").write_text("{}", encoding="utf-8")
    (folder / "messages" / "new.yaml").write_text("a: b", encoding="utf-8")
    clock.advance(seconds=LOOK_AGAIN_SECONDS)
    scripts.current("welcome_call")
    assert waiting == []


def test_a_kept_version_is_read_again_and_held() -> None:
    """A process that never saw its folder speaks it to the end."""
    files = FileScripts(ROOT / "scripts_tts")
    script = files.load("welcome_call")
    kept = FixedScripts({script.name: script}, {script.name: files.contents(script.name)}).as_kept(script.version)
    assert kept is not None
    empty = FixedScripts({})
    restored = empty.restored(kept)
    assert restored is not None
    assert restored.version == script.version
    assert empty.version(script.version) is restored


@pytest.mark.parametrize("content", [b"nothing of ours", pack({"welcome_call/script.yaml": b"steps: ["})])
def test_what_cannot_be_read_is_told_and_is_nothing(content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """No traceback reaches a call; the log says which version it was."""
    assert FixedScripts({}).restored(KeptVersion("f" * 64, "welcome_call", "", content)) is None
    assert "ffffffffffff of welcome_call" in caplog.text


def test_files_of_another_version_are_not_taken_for_it(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever changes what was kept changes its hash."""
    files = FileScripts(ROOT / "scripts_tts")
    content = pack(files.contents("welcome_call"))
    assert FixedScripts({}).restored(KeptVersion("f" * 64, "welcome_call", "", content)) is None
    assert "files of another version" in caplog.text


def test_packed_files_come_back_as_they_were() -> None:
    """Texts and recordings, byte for byte."""
    files = {"a/script.yaml": "步驟: 一\n".encode(), "a/audio/nan-TW/hello.wav": b"RIFF\xff\x00\x01", "empty": b""}
    assert unpack(pack(files)) == files
