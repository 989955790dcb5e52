"""The commands that measure both brains."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from outbound.cli import app
from outbound.usecases.problems import InputProblemError

_LEARNED = {
    "card": "i lost my card|my card is gone|where is my card|card stolen|the card was stolen|no card",
    "hours": "when do you open|are you open today|opening hours|open on sunday|until when open|open now",
    "oos": "tell me a joke|what is for dinner|play music|nice weather|feed the dog|the bus is late",
}
LEARN = "text,label\n" + "".join(f"{text},{label}\n" for label, said in _LEARNED.items() for text in said.split("|"))


def _files(folder: Path, *contents: str | bytes) -> list[str]:
    names = []
    for number, content in enumerate(contents):
        file = folder / f"{number}.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        names.append(str(file))
    return names


def _understand(train: str, test: str, *more: str) -> list[str]:
    return ["understand", "evaluate", "--train", train, "--test", test, *more]


def test_figures_of_intents_are_one_json_document(tmp_path: Path) -> None:
    """The JSON holds the five figures, shares from 0 to 1, and nothing else is on standard output."""
    files = _files(
        tmp_path, LEARN, "\ufefftext,label\nmy card was stolen,card\n\nopen on monday,hours\nsing a song,oos\n"
    )
    result = CliRunner().invoke(app, _understand(*files, "--out-of-scope", "oos", "--json"))
    figures = json.loads(result.stdout)
    assert list(figures) == ["accuracy", "in_scope_accuracy", "macro_f1", "out_of_scope_recall", "ms_per_utterance"]
    assert figures["in_scope_accuracy"] == 1
    assert result.exit_code == 0


def test_a_label_that_was_never_learned_is_a_finding(tmp_path: Path) -> None:
    """Rows of an unknown label count as wrong; the label is named, and the exit code is 1."""
    files = _files(tmp_path, LEARN, "text,label\nopen today,hours\nblock my account,account\n")
    result = CliRunner().invoke(app, _understand(*files, "--json"))
    assert json.loads(result.stdout)["accuracy"] == 0.5
    assert json.loads(result.stdout)["out_of_scope_recall"] is None
    assert "label account: not in" in result.stderr
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("utterance,intent\na,b\n", r"1.csv:1: no column text, label; the first line must be text,label"),
        ("text,label\n,card\n", r"1.csv:2: text is empty"),
        ("text,label\na,card\nb\n", r"1.csv:3: this row has 1 columns"),
        ("text,label\n", r"1.csv:2: there are no rows"),
        ("", r"1.csv:1: no column text, label"),
        ("text,label\n我,card\n".encode("utf-16"), r"1.csv:1: this is not UTF-8; save the file as UTF-8"),
        ('text,label\n"a,card\n', r"1.csv:\d: this is no row of a CSV file"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, content: str | bytes, told: str) -> None:
    """Bad input names file, line and mend."""
    files = _files(tmp_path, LEARN, content)
    with pytest.raises(InputProblemError, match=told):
        CliRunner().invoke(app, _understand(*files), catch_exceptions=False)


def test_a_missing_file_and_one_label_are_told(tmp_path: Path) -> None:
    """No file, or nothing to tell apart, is wrong input."""
    files = _files(tmp_path, LEARN, "text,label\na,card\nb,card\n")
    with pytest.raises(InputProblemError, match="cannot be read"):
        CliRunner().invoke(app, _understand(files[0], "nowhere.csv"), catch_exceptions=False)
    with pytest.raises(InputProblemError, match="two different labels"):
        CliRunner().invoke(app, _understand(files[1], files[0]), catch_exceptions=False)


def test_figures_of_answers_are_one_json_document(tmp_path: Path) -> None:
    """Answers are found by their questions and their own words."""
    answers = "id,text\npay,怎麼繳保費\npay,可以在超商繳\nclaim,怎麼申請理賠\nclaim,請附診斷書\naddress,我要改地址\n"
    files = _files(tmp_path, answers, "question,id\n我要去哪裡繳保費,pay\n理賠要怎麼申請,claim\n")
    result = CliRunner().invoke(app, ["faq", "evaluate", "--answers", files[0], "--questions", files[1], "--json"])
    figures = json.loads(result.stdout)
    assert list(figures) == ["top_1", "top_3", "mrr", "ms_per_question"]
    assert (figures["top_1"], figures["top_3"], figures["mrr"]) == (1, 1, 1)
    shown = CliRunner().invoke(app, ["faq", "evaluate", "--answers", files[0], "--questions", files[1]])
    assert "The answer came first" in shown.stdout
