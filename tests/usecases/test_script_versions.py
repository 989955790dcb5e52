"""A call ends on the version of the script with which it began, and every version that was spoken is kept."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from outbound.adapters.files.scripts import script_from_contents
from outbound.adapters.files.scripts.catalogue import LOOK_AGAIN_SECONDS, FixedScripts, WatchedScripts
from outbound.adapters.files.scripts.packing import unpack
from outbound.adapters.sql.schema import attempts, inbox, script_versions
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Keyed, Spoken
from outbound.usecases.conversation.context import VoiceContext
from tests.conftest import ROOT, ManualClock
from tests.usecases.builders import attempt_now, rows
from tests.usecases.inbound_room import Caller, missed_contact
from tests.usecases.voice_room import Line, make_context, ring
from tests.values import replace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped scripts, to be changed."""
    shutil.copytree(ROOT / "scripts_tts", tmp_path / "scripts_tts")
    trained = ROOT / "var" / "understanding"
    trained.mkdir(parents=True, exist_ok=True)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "understanding").symlink_to(trained)
    return tmp_path / "scripts_tts"


def watched(folder: Path, clock: ManualClock) -> WatchedScripts:
    """The scripts of the folder, read again at once where they changed."""
    return WatchedScripts(folder, ["welcome_call"], monotonic=clock.monotonic, in_background=lambda work: work())


def rename_the_robot(folder: Path) -> None:
    """Change the first sentence of every call."""
    for file in sorted(folder.rglob("prompts/zh-TW.yaml")):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("自動語音", "新的自動語音"), encoding="utf-8")


def kept(store: SqlStore) -> list[Any]:
    """Every version that is kept."""
    return rows(store, script_versions.select())


def from_now_on(line: Line, context: VoiceContext) -> Line:
    """Let another process answer the call."""
    line.context = context
    return line


def test_a_version_is_kept_once_with_the_first_call_that_begins_with_it(store: SqlStore) -> None:
    """Its row holds all its files, says by what words are understood, and stays as it is."""
    context = make_context()
    for number in (1, 2, 3):
        line = ring(store, numbers=(f"+886900000{number:03d}",), columns={"sid": None}, context=context)
        line.sid = f"CA{number:032x}"
        line.hear()
    (row,) = kept(store)
    script = context.scripts.current("welcome_call")
    assert (row.name, row.version) == ("welcome_call", script.version)
    assert {each.understanding_version for each in rows(store, attempts.select())} == {row.understanding_version}
    assert script_from_contents("welcome_call", unpack(row.content)).version == script.version


def test_a_version_of_a_transaction_that_was_undone_is_kept_by_the_next_one(sqlite_store: SqlStore) -> None:
    """What was not committed is not taken for kept."""
    context = make_context()
    script = context.scripts.current("welcome_call")
    now = ring(sqlite_store, context=context).now
    with sqlite_store.begin() as work:
        context.known_versions.keep(work, context.scripts, script, now)
    assert kept(sqlite_store) == []
    with sqlite_store.begin() as work:
        context.known_versions.keep(work, context.scripts, script, now)
        work.commit()
    assert len(kept(sqlite_store)) == 1


def test_a_call_that_runs_ends_on_its_version_and_the_next_one_begins_with_the_new(
    store: SqlStore, folder: Path, clock: ManualClock
) -> None:
    """Within the process nothing is read again for the call that runs; both versions are kept."""
    context = make_context(scripts=watched(folder, clock))
    line = ring(store, context=context)
    line.hear()
    rename_the_robot(folder)
    clock.advance(seconds=LOOK_AGAIN_SECONDS)
    other = ring(store, numbers=("+886900000002",), columns={"sid": None}, context=context)
    other.sid = f"CA{'7' * 32}"
    assert "新的自動語音" in other.hear()
    line.key("1", "1", "0528")
    first, second = (attempt_now(store, each.attempt.id) for each in (line, other))
    assert first.verified
    assert first.script_version != second.script_version
    assert {row.version for row in kept(store)} == {first.script_version, second.script_version}


def test_a_call_ends_on_its_version_after_a_restart(store: SqlStore, folder: Path, clock: ManualClock) -> None:
    """A process that never knew that version reads it from the database, once."""
    line = ring(store, context=make_context(scripts=watched(folder, clock)))
    said = line.hear()
    rename_the_robot(folder)
    after = watched(folder, clock)
    from_now_on(line, make_context(scripts=after))
    again = line.key("6")
    assert "新的自動語音" not in again
    assert "自動語音" in said
    line.key("1", "1", "0528")
    now = attempt_now(store, line.attempt.id)
    assert now.verified
    assert now.script_version is not None
    assert after.version(now.script_version) is not None
    assert now.script_version != after.current("welcome_call").version


def test_who_hangs_up_after_a_restart_is_taken_at_their_word(store: SqlStore, folder: Path, clock: ManualClock) -> None:
    """What a hang-up means stands in the version with which the call began."""
    line = ring(store, context=make_context(scripts=watched(folder, clock)))
    line.hear()
    line.key("1", "1", "0528")
    line.hear(Spoken("不要再打來"))
    rename_the_robot(folder)
    from_now_on(line, make_context(scripts=watched(folder, clock)))
    line.hang_up(5)
    assert attempt_now(store, line.attempt.id).disposition == "opted_out"


@pytest.mark.parametrize("content", [None, b"no files at all"])
def test_a_version_that_is_lost_is_an_apology_and_a_person(
    sqlite_store: SqlStore, folder: Path, clock: ManualClock, content: bytes | None
) -> None:
    """Nobody hears another script than that with which the call began."""
    line = ring(sqlite_store, context=make_context(scripts=watched(folder, clock)))
    line.hear()
    with sqlite_store.engine.begin() as connection:
        if content is None:
            connection.execute(script_versions.delete())
        else:
            connection.execute(update(script_versions).values(content=content))
    rename_the_robot(folder)
    from_now_on(line, make_context(scripts=watched(folder, clock)))
    answer = line.key("1")
    assert "專人" in answer
    assert "<Hangup" in answer
    assert [row.kind for row in rows(sqlite_store, inbox.select())] != []


def test_a_call_that_comes_in_keeps_its_version(store: SqlStore) -> None:
    """Who rings back is spoken to by a script of its own, which is kept like any other."""
    missed_contact(store)
    caller = Caller(store)
    caller.ring()
    caller.says(Keyed("1"))
    assert [(row.name, row.version) for row in kept(store)] == [("missed_call_return", caller.attempt.script_version)]


def test_a_script_without_files_is_spoken_and_not_kept(sqlite_store: SqlStore) -> None:
    """What a test makes up in memory has nothing that could be read again."""
    context = make_context()
    script = context.scripts.current("welcome_call")
    line = ring(sqlite_store, context=replace(context, scripts=FixedScripts({script.name: script})))
    line.hear()
    assert kept(sqlite_store) == []
