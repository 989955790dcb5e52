"""`outbound script talk`, `graph`, `replay` and `test` on the command line."""

import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import ROOT

BASE = ROOT / "tests" / "dialogue" / "prover" / "base"
AT = "2026-11-23T09:00+08:00"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script of its own, in a folder without limits and words of its own."""
    import shutil

    monkeypatch.setenv("OUTBOUND_HOME", str(ROOT))
    shutil.copytree(BASE, tmp_path / "base")
    return tmp_path / "base"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> "Typed":
    """Lines that somebody types."""
    return Typed(monkeypatch)


class Typed:
    """Gives lines to the next command."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, *lines: str) -> None:
        """Type these lines."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{each}\n" for each in lines)))


def test_a_conversation(run: Run, small: Path, typed: Typed) -> None:
    """What is said, understood and brought about, where it stands, and what came of it; lines come from a file."""
    typed("可以", ":dance", ":transfer ok", "", "1", "0101", "0522", "八分")
    code, out, _ = run("script", "talk", str(small), "--at", AT)
    assert code == 0
    assert "robot  這裡是安心人壽的自動語音電話，打來關心您。" in out
    assert "understood: yes; " in out
    assert "brings about: RecordingChosen given=True" in out
    assert "there is no ':dance'; type :help" in out
    assert "nobody is being put through now" in out
    assert "a wrong fact" in out
    assert "0101" not in out.replace("> 0101", "")
    assert "open: birth_date; zh-TW; " in out
    assert "ends as: welcomed" in out
    assert "satisfaction: 8" in out


def test_one_document(run: Run, small: Path, typed: Typed) -> None:
    """With --json standard output holds one document, and the conversation goes to standard error."""
    typed("1", ":language", ":hangup")
    code, out, err = run("script", "talk", str(small), "--at", AT, "--json")
    answer = json.loads(out)
    assert code == 0
    assert "robot  " in err
    assert [each["heard"] for each in answer["turns"]] == [None, "keys: 1", "keys: 8", "hangs up"]
    assert answer["language"] == "en-US"
    assert answer["turns"][1]["understood"]["intent"] == "yes"
    assert answer["disposition"] == "abandoned"
    assert 20 < answer["seconds"] < 120


def test_a_saved_conversation_is_a_journey(run: Run, small: Path, typed: Typed, tmp_path: Path) -> None:
    """A call that was had is played again by `script test`; a file that is there is not written over."""
    folder = small / "journeys"
    folder.mkdir()
    (folder / "facts.yaml").write_text((ROOT / "tests" / "journeys" / "facts.yaml").read_text("utf-8"), "utf-8")
    typed("可以", "我就是", "0522", "八分")
    file = folder / "whole_call.txt"
    assert run("script", "talk", str(small), "--at", AT, "--save", str(file))[0] == 0
    code, out, _ = run("script", "test", str(small), "--json")
    answer = json.loads(out)
    assert code == 0
    assert [each["misses"] for each in answer["journeys"]] == [[]]
    assert answer["coverage"]["steps"][0] > 5
    code, _, err = run("script", "talk", str(small), "--save", str(file))
    assert code == 2
    assert "is there already" in err


def test_journeys_for_people(run: Run, small: Path, tmp_path: Path) -> None:
    """The line that does not hold with what happened instead, and what no journey walks; exit code 1."""
    folder = tmp_path / "told"
    folder.mkdir()
    (folder / "facts.yaml").write_text((ROOT / "tests" / "journeys" / "facts.yaml").read_text("utf-8"), "utf-8")
    (folder / "a.txt").write_text("title: A\nscript: base\nkeys: 1\nrobot: 再見\nhangs up\n", "utf-8")
    code, out, _ = run("script", "test", str(small), "--journeys", str(folder))
    assert code == 1
    assert "a.txt:4: robot: 再見" in out
    assert "請問您是王小明本人嗎" in out
    assert "base: 1 journeys, 1 go otherwise" in out
    assert "words heard everywhere" in out
    assert "Steps that no journey comes to: " in out
    (folder / "a.txt").write_text("script: base\nkeyz: 1\n", "utf-8")
    code, _, err = run("script", "test", str(small), "--journeys", str(folder))
    assert code == 2
    assert "a.txt:2: " in err
    assert "did you mean 'keys'?" in err
    (folder / "a.txt").write_text("hangs up\n", "utf-8")
    code, _, err = run("script", "test", str(small), "--journeys", str(folder))
    assert code == 2
    assert "no journey walks base" in err


def test_a_change_is_seen_in_recorded_conversations(run: Run, small: Path, typed: Typed, tmp_path: Path) -> None:
    """Nothing differs while nothing is changed; then the first turn that does, and what comes of it."""
    calls = tmp_path / "calls.jsonl"
    typed("1", "1", "0522", "9")
    run("script", "talk", str(small), "--at", AT, "--record", str(calls))
    code, out, _ = run("script", "replay", str(small), "--conversations", str(calls))
    assert (code, "1 go as before, 0 otherwise" in out) == (0, True)
    graph = small / "script.yaml"
    text = graph.read_text("utf-8")
    graph.write_text(text.replace('{key: "1", effects: [right_party]', '{key: "3", effects: [right_party]'), "utf-8")
    code, out, _ = run("script", "replay", str(small), "--conversations", str(calls))
    assert code == 1
    assert "turn 2 of 4, keyed: 1" in out
    assert "meaning: yes  →  not_understood" in out
    assert "ends as: welcomed  →  " in out
    code, out, _ = run("script", "replay", str(small), "--conversations", str(calls), "--json")
    answer = json.loads(out)
    assert (code, answer["conversations"], answer["differing"]) == (1, 1, 1)
    assert answer["differences"][0]["first"]["turn"] == 2
    assert answer["differences"][0]["disposition"]["before"] == "welcomed"


def test_conversations_that_cannot_be_read(run: Run, small: Path, tmp_path: Path) -> None:
    """Line, what is wrong, and where such a file comes from; a file of other scripts is none."""
    calls = tmp_path / "calls.jsonl"
    calls.write_text("{\n", "utf-8")
    code, _, err = run("script", "replay", str(small), "--conversations", str(calls))
    assert code == 2
    assert f"{calls}:1: " in err
    calls.write_text("", "utf-8")
    code, _, err = run("script", "replay", str(small), "--conversations", str(calls))
    assert code == 2
    assert "no conversation of base" in err


def test_a_script_that_must_not_be_spoken(run: Run, small: Path, typed: Typed) -> None:
    """Findings come first; an error ends the talk, unless it is to go on in spite of that."""
    file = small / "prompts" / "zh-TW.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("打擾您了", "{{ full_name }}，打擾您了", 1), "utf-8")
    typed(":hangup")
    code, _, err = run("script", "talk", str(small))
    assert code == 1
    assert "[name_to_wrong_party]" in err
    typed(":hangup")
    code, out, _ = run("script", "talk", str(small), "--anyway")
    assert (code, "ends as: abandoned" in out) == (0, True)


@pytest.mark.parametrize(
    ("options", "mend"),
    [
        (("--at", "soon"), "with its offset"),
        (("--language", "ja-JP"), "zh-TW, en-US"),
        (("--facts", "nobody.yaml"), "no facts here"),
    ],
)
def test_options_that_cannot_be_read(run: Run, small: Path, options: tuple[str, str], mend: str) -> None:
    """What is wrong, and what is allowed."""
    code, _, err = run("script", "talk", str(small), *options)
    assert code == 2
    assert mend in err


def test_a_picture(run: Run, small: Path, tmp_path: Path) -> None:
    """The flowchart on standard output, or files; in a language that the script has."""
    code, out, _ = run("script", "graph", str(small))
    assert code == 0
    assert "flowchart TD" in out
    svg, mermaid = tmp_path / "base.svg", tmp_path / "base.mmd"
    code, out, _ = run(
        "script", "graph", str(small), "--svg", str(svg), "--mermaid", str(mermaid), "--language", "en-US"
    )
    assert code == 0
    assert svg.read_text("utf-8").startswith("<svg ")
    assert "flowchart TD" in mermaid.read_text("utf-8")
    assert "flowchart" not in out
    code, _, err = run("script", "graph", str(small), "--language", "ja-JP")
    assert code == 2
    assert "zh-TW, en-US" in err
    code, _, err = run("script", "graph", str(small), "--svg", str(tmp_path / "nowhere" / "x.svg"))
    assert code == 2
    assert "cannot be written" in err


def test_no_calls_to_write_down(run: Run, house: object, tmp_path: Path) -> None:
    """An installation without calls gives an empty file, which only its owner may read."""
    out = tmp_path / "calls.jsonl"
    code, text, _ = run("script", "conversations", "--out", str(out))
    assert (code, "0 conversations" in text) == (0, True)
    assert out.stat().st_mode & 0o077 == 0
    code, _, err = run("script", "conversations", "--out", str(out))
    assert code == 2
    assert "is there already" in err
