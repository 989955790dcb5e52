"""`outbound interviews` as whole command lines, over a database of their own."""

import base64
import json
import os
from pathlib import Path

import pytest

from outbound import cli
from outbound.adapters.files.duties import load_interview_script
from outbound.adapters.files.rules.sections import RuleFileError
from tests.conftest import ROOT

HEADER = "policy_no,product_code,issued_on,customer_id,full_name,phone,region,agent_code,fund_source"
ROWS = (
    "P1,HI05,2026-11-16,C1,王試試,0900-000-101,TW-TPE,A0101,保險單借款",
    "P2,HI05,2026-11-16,C2,林試試,0900-000-102,TW-TPE,A0102,salary",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own with keys in the environment and two policies in a file."""
    for name in ("config", "scripts_tts"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    for name in ("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY"):
        monkeypatch.setenv(name, base64.b64encode(os.urandom(32)).decode())
    (tmp_path / "policies.csv").write_text("\n".join((HEADER, *ROWS)) + "\n", encoding="utf-8")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    """Run a command line; return exit code, standard output and standard error."""
    monkeypatch.setattr("sys.argv", ["outbound", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err


def test_from_the_file_to_the_result(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Importing opens the one that is needed; the seller is refused, somebody else closes it, and once is enough."""
    assert "No interview waits" in run(capsys, monkeypatch, "interviews", "list")[1]
    out = run(capsys, monkeypatch, "policies", "import", str(home / "policies.csv"))[1]
    assert "1 interviews opened" in out
    (found,) = json.loads(run(capsys, monkeypatch, "interviews", "list", "--json")[1])
    assert (found["policy_no"], found["status"], found["because"]) == ("P1", "waiting", ["fund_policy_loan"])
    assert (found["because_zh"], found["because_en"]) == ("保費來自保險單借款", "the premium comes from a policy loan")
    assert not {"name", "number"} & set(found)
    (whole,) = json.loads(run(capsys, monkeypatch, "interviews", "list", "--json", "--with-numbers")[1])
    assert (whole["name"], whole["number"]) == ("王試試", "+886900000101")
    close = ("interviews", "close", found["id"][:12], "--result", "failed")
    code, out, err = run(capsys, monkeypatch, *close, "--by", "chen", "--agent-code", "a0101")
    assert (code, out) == (1, "")
    assert "A0101 sold this policy" in err
    assert "不得辦理電話訪問" in err
    code, out, _ = run(capsys, monkeypatch, *close, "--by", "chen", "--note", "did not know of the loan")
    assert code == 0
    assert "acceptance is blocked" in out
    code, _, err = run(capsys, monkeypatch, *close, "--by", "lin")
    assert code == 1
    assert "closed already (failed" in err
    assert "(Asia/Taipei), by chen" in err
    assert json.loads(run(capsys, monkeypatch, "interviews", "list", "--waiting", "--json")[1]) == []
    assert "P1" in run(capsys, monkeypatch, "interviews", "list")[1]


def test_the_table_is_readable_and_keeps_the_number(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 80 columns an interview takes one row and one line below it, in the language that was asked for."""
    monkeypatch.setenv("COLUMNS", "80")
    run(capsys, monkeypatch, "policies", "import", str(home / "policies.csv"))
    out = run(capsys, monkeypatch, "interviews", "list", "--language", "en")[1]
    (row,) = [line for line in out.splitlines() if "王試試" in line]
    assert all(part in row for part in ("waiting", "P1", "…101", "A0101"))
    assert ": the premium comes from a policy loan\n" in out
    assert "900000101" not in out
    chinese = run(capsys, monkeypatch, "interviews", "list", "--language", "zh-TW")[1]
    assert all(part in chinese for part in ("保單號碼", "待訪談", "保費來自保險單借款"))
    assert "waiting" not in chinese
    assert "+886900000101" in run(capsys, monkeypatch, "interviews", "list", "--with-numbers")[1]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("close", "none", "--result", "passed", "--by", "lin"), "no such interview"),
        (("close", "none", "--result", "good", "--by", "lin"), "passed, failed, mismatch, not_needed"),
    ],
)
def test_a_mistake_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], part: str
) -> None:
    """Wrong input ends with exit code 2 and one clear line on standard error."""
    code, out, err = run(capsys, monkeypatch, "interviews", *arguments)
    assert (code, out) == (2, "")
    assert part in err


def test_an_installation_without_the_duties_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """Without config/duties nothing is taken in: interviews that nobody opened would be missed by nobody."""
    (home / "config").unlink()
    (home / "config").mkdir()
    for each in (ROOT / "config").iterdir():
        if each.name != "duties":
            (home / "config" / each.name).symlink_to(each)
    code, _, err = run(capsys, monkeypatch, "policies", "import", str(tmp_path / "policies.csv"))
    assert code == 2
    assert "no such folder" in err


def test_the_interviewer_has_a_script_of_their_own(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight steps in both languages with what follows where the answer is not heard; it needs no database."""
    code, out, _ = run(capsys, monkeypatch, "interviews", "script", "--language", "zh-TW")
    assert (code, "1. 您好，這裡是保險公司的電話訪問" in out, "否則：未通過" in out) == (0, True, True)
    code, out, _ = run(capsys, monkeypatch, "interviews", "script", "--json")
    document = json.loads(out)
    assert [step["name"] for step in document["steps"]][:3] == ["opening", "recording", "identity"]
    assert {step["otherwise"] for step in document["steps"]} == {"not_held", "failed", "mismatch", None}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('version: "1"\nsteps: []\n', "script.yaml:2: steps: there is no step"),
        ('version: "1"\nsteps:\n  - {name: a, zh: 甲, en: A, otherwise: maybe}\n', "'maybe' is not known"),
        ('version: "1"\nsteps:\n' + "  - {name: a, zh: 甲, en: A, otherwise: failed}\n" * 2, "'a' stands there twice"),
    ],
)
def test_a_script_that_cannot_be_read_is_told_by_file_line_and_mend(tmp_path: Path, text: str, told: str) -> None:
    """No step, an outcome that nobody knows, and two steps of one name."""
    file = tmp_path / "script.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError) as fault:
        load_interview_script(file)
    assert told in str(fault.value)
