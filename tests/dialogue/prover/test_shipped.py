"""What the product ships is proved, and what is not proved is not spoken."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from outbound.adapters.files.scripts import FileScripts, check_script
from outbound.dialogue.prover.length import lengths
from outbound.dialogue.prover.limits import VoiceLimits
from outbound.dialogue.prover.walk import Walk
from outbound.dialogue.script.document import Finding, ScriptError
from outbound.dialogue.script.model import Script
from tests.dialogue.prover.conftest import SHIPPED

NAMES = FileScripts(SHIPPED).names()


@pytest.fixture(scope="module")
def proofs(limits: VoiceLimits) -> Mapping[str, tuple[Script | None, tuple[Finding, ...]]]:
    """Every shipped script, with what was found."""
    return {name: check_script(SHIPPED, name, limits) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_scripts_have_no_errors(
    proofs: Mapping[str, tuple[Script | None, tuple[Finding, ...]]], name: str
) -> None:
    """Nothing in them keeps them out of a campaign."""
    script, findings = proofs[name]
    assert [str(each) for each in findings if not each.warning] == []
    assert script is not None


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_scripts_are_short_enough(
    proofs: Mapping[str, tuple[Script | None, tuple[Finding, ...]]], limits: VoiceLimits, name: str
) -> None:
    """The robot speaks for less than three minutes on the straight path; half of all calls are shorter than that."""
    script, _ = proofs[name]
    assert script is not None
    for each in lengths(script, limits.speech):
        assert 0 < each.straight <= limits.lengths.script_seconds
        assert each.median <= each.longest <= each.slow <= limits.bounds.seconds


def test_a_proof_is_quick(limits: VoiceLimits) -> None:
    """Every process proves its scripts when it starts: a second of processor time is far too much even here."""
    started = time.process_time()
    check_script(SHIPPED, NAMES[0], limits)
    assert time.process_time() - started < 2.0


def test_a_script_with_an_error_is_not_loaded(tmp_path: Path) -> None:
    """Neither a campaign, nor `serve`, nor `simulate` gets it; the error names file and line."""
    root = tmp_path / "scripts"
    shutil.copytree(SHIPPED, root)
    file = next(path for path in sorted(root.rglob("zh-TW.yaml")) if "checked:" in path.read_text(encoding="utf-8"))
    text = file.read_text(encoding="utf-8")
    line = text[: text.index("checked:")].count("\n") + 1
    file.write_text(text.replace("checked: ", "checked: 請唸出驗證碼。", 1), encoding="utf-8")
    with pytest.raises(ScriptError) as raised:
        FileScripts(root).load("welcome_call")
    assert str(raised.value).startswith(f"{file}:{line}: ")


def test_scripts_without_limits_are_not_loaded(tmp_path: Path) -> None:
    """Without the numbers that people signed, nothing is proved, and nothing is spoken."""
    root = tmp_path / "scripts"
    shutil.copytree(SHIPPED, root)
    (root / "limits.yaml").unlink()
    with pytest.raises(ScriptError, match=r"limits\.yaml:1: there is no limits\.yaml"):
        FileScripts(root).load("welcome_call")


def test_every_walk_is_finite(limits: VoiceLimits) -> None:
    """A walk ends, and every state that it reached has a way from the greeting."""
    from outbound.dialogue.prover.rules.endings import PRIVACY
    from outbound.dialogue.prover.topics import Book

    script = FileScripts(SHIPPED).load(NAMES[0])
    walk = Walk(script, Book(script, limits), PRIVACY)
    assert len(walk.came_from) < 20_000
    assert all(walk.path(each)[0] == script.start for each in list(walk.came_from)[::50])
