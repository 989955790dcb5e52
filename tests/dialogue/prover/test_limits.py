"""The limits file: what is wrong in it is told with file, line and a mend."""

from pathlib import Path

import pytest

from outbound.adapters.files.scripts.voice_limits import load_limits
from outbound.dialogue.script.document import ScriptError
from tests.dialogue.prover.conftest import SHIPPED


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("failures: 6", "failures: many", "Expected `int`"),
        ("choices: 4,", "choices: 4, choces: 4,", "unknown field"),
        ("slow: 0.85", "slo: 0.85", "unknown field|missing required"),
        ("goodbye: [再見", "goodbye: ['(再見'", "is no pattern"),
        ("speech: {", "speech: [{", "not readable as YAML"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    """A wrong number, an unknown key, a pattern that is none, and what is no YAML."""
    text = (SHIPPED / "limits.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "limits.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScriptError, match=message) as raised:
        load_limits(tmp_path)
    assert raised.value.findings[0].code == "limits_file"
    assert raised.value.findings[0].line > 1


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    """Both are told as what they are."""
    with pytest.raises(ScriptError, match="there is no"):
        load_limits(tmp_path)
    (tmp_path / "limits.yaml").write_bytes("關心".encode("big5"))
    with pytest.raises(ScriptError, match="UTF-8"):
        load_limits(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("words: &a [x]\nmore: *a\n", "repeats what stands elsewhere"),
        ("a: " + "[" * 60 + "]" * 60, "levels in each other"),
        ("# " + "x" * 1_000_001, "nobody reads more"),
        ("owner: a\nowner: b\n", "stands here twice"),
    ],
)
def test_a_file_that_would_be_endless_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """It is read within the same bounds as the scripts are."""
    (tmp_path / "limits.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError, match=message) as raised:
        load_limits(tmp_path)
    assert raised.value.findings[0].code == "limits_file"
