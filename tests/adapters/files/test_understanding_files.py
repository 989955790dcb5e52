"""What decides the meaning of words, on disk: what is found wrong with it, and how trained models are kept."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from outbound.adapters.files.understanding import load_understanding, understanding_findings
from outbound.adapters.files.understanding.store import kept
from outbound.dialogue.script.document import ScriptError

SHIPPED = Path(__file__).parents[3] / "scripts_tts"
ROWS = (("保單在哪裡", "policy"), ("我的保單呢", "policy"), ("業務員很親切", "service"), ("服務很好", "service"))
HEAD = "owner: writers\nreviewed_on: 2026-11-23\n"


def _write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _codes(root: Path) -> set[tuple[str, int]]:
    return {(each.code, each.line) for each in understanding_findings(root)}


def test_what_is_shipped_has_nothing_to_mend() -> None:
    """Utterances and answers as shipped can be used."""
    assert [str(each) for each in understanding_findings(SHIPPED) if not each.warning] == []


def test_an_intent_has_one_file_and_an_utterance_one_meaning(tmp_path: Path) -> None:
    """An intent in two files, and words under two intents, are found with file and line."""
    _write(tmp_path, "understanding/zh-TW/a.yaml", HEAD + "intents:\n  yes: [好, 對]\n  no:\n    - 不要\n    - 好。\n")
    _write(tmp_path, "understanding/zh-TW/b.yaml", HEAD + "intents:\n  yes: [是]\n")
    assert {("utterance_under_two_intents", 7), ("intent_in_two_files", 4)} <= _codes(tmp_path)
    with pytest.raises(ScriptError, match=r"b\.yaml:4: intent 'yes' stands in .*a\.yaml:4 too"):
        load_understanding(tmp_path)


def test_few_utterances_are_a_warning(tmp_path: Path) -> None:
    """An intent that is written thinly can be used; somebody is told."""
    _write(tmp_path, "understanding/zh-TW/a.yaml", HEAD + "intents:\n  yes: [好]\n  no: [不要]\n")
    findings = understanding_findings(tmp_path)
    assert {each.code for each in findings} == {"few_utterances"}
    assert all(each.warning for each in findings)
    assert load_understanding(tmp_path).intents("zh-TW") == {"yes", "no"}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("reviewed_on: 2026-11-23\nintents:\n  yes: [好]\n", "owner", 1),
        ("owner: a\nintents:\n  yes: [好]\n", "reviewed_on", 1),
        (HEAD + "intents:\n  yes: ['？']\n", "utterance", 4),
        (HEAD + "more: 1\nintents:\n  yes: [好]\n", "unknown_key", 3),
    ],
)
def test_a_file_says_who_looks_after_it_and_what_is_said(tmp_path: Path, text: str, code: str, line: int) -> None:
    """What is missing or unknown in a file is found where it belongs."""
    _write(tmp_path, "understanding/zh-TW/a.yaml", text)
    assert (code, line) in _codes(tmp_path)


def _faq(answer: str = "您可以在超商繳。", name: str = "pay", more: str = "") -> str:
    asked = "".join(f"\n      - 第{word}種問法{name}" for word in "一二三四五")
    return f"{HEAD}entries:\n  - id: {name}\n    questions:{asked}\n    answer: {answer}\n{more}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (_faq("請" * 91), "answer_too_long"),
        (_faq("'您好，{{ full_name }}。'"), "private_field"),
        (_faq("'{{ nonsense }}'"), "answer"),
        (_faq("'{{ company.__class__ }}'"), "answer"),
        (_faq(more="    offer: money\n"), "unknown_offer"),
        (_faq(name="Pay Now"), "id"),
        (HEAD + "entries:\n  - {id: pay, questions: [怎麼繳], answer: 您可以在超商繳。}\n", "few_questions"),
        (_faq() + _faq().split("entries:\n")[1], "id_twice"),
    ],
)
def test_an_answer_that_must_not_be_spoken_is_found(tmp_path: Path, text: str, code: str) -> None:
    """Too long, personal, unknown, or asked for too rarely: found, with file and line."""
    _write(tmp_path, "faq/zh-TW.yaml", text)
    findings = [each for each in understanding_findings(tmp_path) if each.code == code]
    assert findings
    assert all(each.file.endswith("zh-TW.yaml") and each.line > 2 for each in findings)


def test_languages_hold_the_same_answers(tmp_path: Path) -> None:
    """An answer that one language lacks is found in its file."""
    _write(tmp_path, "faq/zh-TW.yaml", _faq())
    _write(tmp_path, "faq/en-US.yaml", _faq("You can pay in a shop.", name="shop"))
    missing = {(each.language, each.text) for each in understanding_findings(tmp_path) if each.code == "answer_missing"}
    assert missing == {
        ("en-US", "there is no answer 'pay' here; translate it"),
        ("zh-TW", "there is no answer 'shop' here; translate it"),
    }


def _models(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.npz"))


def test_a_trained_model_is_kept_and_found_again(tmp_path: Path) -> None:
    """The second time nothing is trained; other rows are another model."""
    first = kept("intents", ROWS, None, tmp_path)
    (file,) = _models(tmp_path)
    written = file.stat().st_mtime_ns
    again = kept("intents", ROWS, None, tmp_path)
    assert file.stat().st_mtime_ns == written
    assert (first.probabilities("保單") == again.probabilities("保單")).all()
    kept("intents", ROWS[1:], None, tmp_path)
    assert len(_models(tmp_path)) == 2


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 half a file", b"\x80\x04cposix\nsystem\n"])
def test_a_broken_file_is_trained_again(tmp_path: Path, broken: bytes) -> None:
    """What is not readable is replaced, and nothing in it is ever run."""
    first = kept("intents", ROWS, None, tmp_path)
    (file,) = _models(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(broken or whole[: len(whole) // 2])
    again = kept("intents", ROWS, None, tmp_path)
    assert (first.probabilities("保單") == again.probabilities("保單")).all()
    assert len(file.read_bytes()) == len(whole)


def test_where_nothing_can_be_written_the_model_still_serves(tmp_path: Path) -> None:
    """A folder that is none costs the training each time, and nothing else."""
    (tmp_path / "file").write_text("")
    assert kept("intents", ROWS, None, tmp_path / "file" / "below").labels == ("policy", "service")


def test_several_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    """Who trains at the same time waits or writes aside and renames; nothing but an empty lock is left over."""
    with ThreadPoolExecutor(4) as pool:
        models = list(pool.map(lambda _: kept("intents", ROWS, None, tmp_path), range(4)))
    assert len({model.probabilities("保單").tobytes() for model in models}) == 1
    assert sorted(each.suffix for each in tmp_path.iterdir()) == [".lock", ".npz"]
    assert [each.stat().st_size for each in tmp_path.glob("*.lock")] == [0]
