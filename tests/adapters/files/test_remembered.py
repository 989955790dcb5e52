"""What took long to work out is kept on disk, and never believed when it cannot be read."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from outbound.adapters.files import scripts
from outbound.adapters.files.remembered import remembered, write_whole
from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.script.document import Finding

ROOT = Path(__file__).resolve().parents[3]
_FINDING = Finding("code", "file.yaml", 3, "text", path=("a", "b"))


def test_is_made_once(tmp_path: Path) -> None:
    """The second time it is read, the same in every field."""
    file = tmp_path / "new" / "kept.json"
    assert remembered(file, tuple[Finding, ...], lambda: (_FINDING,)) == (_FINDING,)
    assert remembered(file, tuple[Finding, ...], lambda: pytest.fail("made again")) == (_FINDING,)


@pytest.mark.parametrize("content", [b"", b"[", b"\xff\xfe", b'[{"code": 1}]', b'{"a": 2}'])
def test_what_cannot_be_read_is_made_again(tmp_path: Path, content: bytes) -> None:
    """Half a file, another shape or no text: it is made, and good from then on."""
    file = tmp_path / "kept.json"
    file.write_bytes(content)
    assert remembered(file, tuple[Finding, ...], lambda: (_FINDING,)) == (_FINDING,)
    assert remembered(file, tuple[Finding, ...], tuple) == (_FINDING,)


def test_where_nothing_can_be_written_it_is_made_every_time(tmp_path: Path) -> None:
    """A folder that is a file, or no file at all, stops nobody."""
    (tmp_path / "folder").write_text("not a folder")
    for file in (tmp_path / "folder" / "kept.json", None):
        made = iter((1, 2))
        assert [remembered(file, int, lambda made=made: next(made)) for _ in range(2)] == [1, 2]


def test_many_writers_leave_one_whole_file(tmp_path: Path) -> None:
    """Writers at the same moment: whoever reads sees all of one of them, and nothing is left beside it."""
    file = tmp_path / "kept.json"
    contents = [bytes([number]) * 100_000 for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write_whole(file, lambda opened: opened.write(content)), contents))
    assert file.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [file]


def test_only_the_newest_stay(tmp_path: Path) -> None:
    """Files of versions that nobody uses any more do not pile up; files of another kind are left alone."""
    (tmp_path / "other.txt").write_text("stays")
    for number in range(6):
        write_whole(tmp_path / f"{number}.json", lambda opened: opened.write(b"1"), most=3)
        os.utime(tmp_path / f"{number}.json", (number, number))
    assert {each.name for each in tmp_path.iterdir()} == {"other.txt", "3.json", "4.json", "5.json"}


def test_a_script_is_proved_once_a_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process takes over what the proof came to; a script that changed, or other limits, are proved anew."""
    proofs = 0
    prove = scripts.prove

    def counted(*arguments: object) -> tuple[Finding, ...]:
        nonlocal proofs
        proofs += 1
        return prove(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(scripts, "prove", counted)
    root = tmp_path / "scripts_tts"
    shutil.copytree(ROOT / "scripts_tts", root)
    version = FileScripts(root).load("welcome_call").version
    assert FileScripts(root).load("welcome_call").version == version
    assert proofs == 1
    prompts = root / "welcome_call" / "prompts" / "zh-TW.yaml"
    prompts.write_text(prompts.read_text(encoding="utf-8") + "# read again\n", encoding="utf-8")
    assert FileScripts(root).load("welcome_call").version != version
    assert proofs == 2
    limits = root / "limits.yaml"
    limits.write_text(limits.read_text(encoding="utf-8").replace("owner: ", "owner: another "), encoding="utf-8")
    FileScripts(root).load("welcome_call")
    assert proofs == 3
