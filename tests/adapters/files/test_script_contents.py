"""A version of a script that was kept can be read years later, without the folder from which it came."""

import shutil
from pathlib import Path

import pytest

from outbound.adapters.files.scripts import FileScripts, script_from_contents
from outbound.dialogue.script.document import ScriptError
from tests.conftest import ROOT

SHIPPED = ROOT / "scripts_tts"
NAMES = FileScripts(SHIPPED).names()


@pytest.fixture(scope="module")
def scripts() -> FileScripts:
    """The scripts that the product ships."""
    return FileScripts(SHIPPED)


@pytest.mark.parametrize("name", NAMES)
def test_contents_make_the_same_script_again(scripts: FileScripts, name: str) -> None:
    """Steps, words heard everywhere, sentences and the version are those of the script that was kept."""
    loaded, kept = scripts.load(name), script_from_contents(name, dict(scripts.contents(name)))
    assert (kept.name, kept.version) == (loaded.name, loaded.version)
    assert (kept.steps, kept.universal, kept.limits) == (loaded.steps, loaded.universal, loaded.limits)
    assert (kept.languages, kept.leads, kept.unsure) == (loaded.languages, loaded.leads, loaded.unsure)
    for language in loaded.languages:
        assert kept.understanding.intents(language) == loaded.understanding.intents(language)
        ours, theirs = loaded.prompts.get("hello", language), kept.prompts.get("hello", language)
        assert ours is not None
        assert theirs is not None
        assert (ours.variables, ours.fixed) == (theirs.variables, theirs.fixed)


@pytest.mark.parametrize("name", NAMES)
def test_contents_are_all_that_the_script_is_made_of_and_nothing_else(scripts: FileScripts, name: str) -> None:
    """Paths are relative to the folder of all scripts; other scripts, schemas and messages are not among them."""
    contents = scripts.contents(name)
    assert f"{name}/script.yaml" in contents
    assert "phrases/zh-TW.yaml" in contents
    assert not [path for path in contents if path.startswith(("/", "schema/", "messages/"))]
    for path, content in contents.items():
        assert (SHIPPED / path).read_bytes() == content


def test_contents_stay_as_the_script_was_loaded(tmp_path: Path) -> None:
    """A file that changes on disk changes neither the script in use nor what is kept of it."""
    shutil.copytree(SHIPPED, tmp_path / "scripts")
    scripts = FileScripts(tmp_path / "scripts")
    version = scripts.load("welcome_call").version
    file = tmp_path / "scripts" / "parts" / "person" / "prompts" / "zh-TW.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\n# noted\n", encoding="utf-8")
    assert script_from_contents("welcome_call", scripts.contents("welcome_call")).version == version
    assert FileScripts(tmp_path / "scripts").load("welcome_call").version != version


def test_a_version_that_newer_checks_would_refuse_can_still_be_read(scripts: FileScripts) -> None:
    """It was proved when it was put to use; a call ends on the version with which it began."""
    contents = dict(scripts.contents("welcome_call"))
    file = "welcome_call/prompts/en-US.yaml"
    contents[file] += b"\nunused: Nobody ever says this.\n"
    assert script_from_contents("welcome_call", contents).version != scripts.load("welcome_call").version


def test_contents_that_are_no_script_are_refused() -> None:
    """What cannot be read is told with the file, as from a folder."""
    with pytest.raises(ScriptError, match="there is no script 'welcome_call'"):
        script_from_contents("welcome_call", {})
    with pytest.raises(ScriptError, match=r"welcome_call/script\.yaml:2: not readable as YAML"):
        script_from_contents("welcome_call", {"welcome_call/script.yaml": b"steps: ["})
