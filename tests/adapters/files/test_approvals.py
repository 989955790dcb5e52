"""What nobody put their name to is said, and half an approval is none."""

import shutil
from pathlib import Path

import pytest

from outbound.adapters.files.approvals import NotApproved, approval_fault, not_approved, told
from outbound.adapters.files.scripts.voice_limits import load_limits
from outbound.adapters.files.scripts.yaml_documents import document
from outbound.adapters.files.understanding.answers import read_answers
from outbound.dialogue.script.document import Finding, ScriptError
from tests.conftest import ROOT

APPROVED = '    approved_by: "陳大文"\n    approved_on: "2026-11-23"\n'
ENTRY = """  - id: {id}
    questions: [{id} a, {id} b, {id} c, {id} d, {id} e]
    answer: We are open.
"""
HEAD = 'owner: editor\nreviewed_on: "2026-11-23"\nentries:\n'


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A folder with one file of two answers, and the shipped limits."""
    (tmp_path / "faq").mkdir()
    shutil.copy(ROOT / "scripts_tts" / "limits.yaml", tmp_path)
    (tmp_path / "faq" / "en-US.yaml").write_text(HEAD + ENTRY.format(id="one") + ENTRY.format(id="two"))
    return tmp_path


def approve(file: Path, after: str, text: str) -> None:
    """Write an approval behind a line."""
    held = file.read_text(encoding="utf-8")
    assert after in held
    file.write_text(held.replace(after, after + text, 1), encoding="utf-8")


def test_the_shipped_samples_are_approved_by_nobody() -> None:
    """They say so themselves, and nothing else in them passes for an approval."""
    found = {each.file: each for each in not_approved(ROOT / "scripts_tts")}
    assert set(found) == {"limits.yaml", "faq/zh-TW.yaml", "faq/en-US.yaml"}
    assert all(each.missing == each.of for each in found.values())


def test_what_is_approved_is_not_named(scripts: Path) -> None:
    """The rest is, with how many there are and which come first; an unquoted day counts as well."""
    approve(scripts / "faq" / "en-US.yaml", "one e]\n", APPROVED)
    approve(
        scripts / "limits.yaml", "owner: compliance and voice design\n", "approved_by: Lin\napproved_on: 2026-11-23\n"
    )
    assert not_approved(scripts) == (NotApproved("faq/en-US.yaml", 2, 1, ("two",)),)
    assert load_limits(scripts).approved_on == "2026-11-23"
    approve(scripts / "faq" / "en-US.yaml", "two e]\n", APPROVED)
    assert not_approved(scripts) == ()
    assert list(told(())) == []


def test_it_is_told_in_a_line_a_file(scripts: Path) -> None:
    """Nobody has to open the files to know what is lacking."""
    assert list(told(not_approved(scripts))) == [
        "NOT APPROVED: customers hear, or calls are measured by, what nobody has put their name to:",
        "  scripts_tts/limits.yaml: the limits lack approved_by and approved_on",
        "  scripts_tts/faq/en-US.yaml: 2 of 2 answers (one, two) lack approved_by and approved_on",
    ]


@pytest.mark.parametrize(
    ("by", "on", "fault"),
    [
        (None, None, None),
        ("Lin", "2026-11-23", None),
        ("Lin", None, "approved_by without a day"),
        (None, "2026-11-23", "approved_on without approved_by"),
        ("  ", "2026-11-23", "approved_on without approved_by"),
        ("Lin", "soon", "approved_by without a day"),
        (7, "2026-11-23", "approved_on without approved_by"),
    ],
)
def test_half_an_approval_is_none(by: object, on: object, fault: str | None) -> None:
    """What is missing is said, and how to mend it."""
    found = approval_fault(by, on)
    assert (found is None) is (fault is None)
    assert fault is None or fault in str(found)


def test_half_an_approval_of_an_answer_is_a_finding(scripts: Path) -> None:
    """With its line, as every mistake in the file."""
    file = scripts / "faq" / "en-US.yaml"
    approve(file, "one e]\n", "    approved_by: Lin\n")
    found: list[Finding] = []
    read_answers(document(str(file), file.read_bytes()), "en-US", found)
    assert [(each.code, each.line) for each in found] == [("approval", 4)]


def test_half_an_approval_of_the_limits_stops(scripts: Path) -> None:
    """As every mistake in them does."""
    approve(scripts / "limits.yaml", "owner: compliance and voice design\n", "approved_by: Lin\n")
    with pytest.raises(ScriptError, match="approved_by without a day"):
        load_limits(scripts)


def test_a_file_that_cannot_be_read_is_left_to_who_reads_it(scripts: Path) -> None:
    """There it is said with line and mend."""
    (scripts / "faq" / "en-US.yaml").write_text("entries: [")
    (scripts / "limits.yaml").unlink()
    assert not_approved(scripts) == ()
