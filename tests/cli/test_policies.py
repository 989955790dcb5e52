import base64
import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from outbound.adapters.sources.contract import SourceError
from outbound.cli.policies import app
from outbound.usecases.problems import InputProblemError
from tests.conftest import ROOT

HEADER = "policy_no,issued_on,customer_id,full_name,phone,region,status"
GOOD = "P1,115/11/13,C1,王試試,0900-000-101,TW,"
BAD = "P2,115/13/45,C2,林試試,0900-000-102,TW,"


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own: keys and an empty database."""
    for name in ("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY"):
        monkeypatch.setenv(name, base64.b64encode(name.encode().ljust(32, b"k")[:32]).decode())
    monkeypatch.setenv("OUTBOUND_DATABASE_URL", f"sqlite:///{tmp_path}/outbound.db")
    return tmp_path


def written(folder: Path, *rows: str) -> str:
    """Write a policies file and return its path."""
    path = folder / "policies.csv"
    path.write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
    return str(path)


def run(*words: str) -> tuple[int, str]:
    """Run a command; return exit code and standard output. What a person can mend is raised."""
    result = CliRunner().invoke(app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit | typer.Exit):
        raise result.exception
    return result.exit_code, result.stdout


def test_an_import_says_what_came_of_each_row(installation: Path) -> None:
    """An import prints one document whose rows add up; the second time everything is a duplicate."""
    path = written(installation, GOOD)
    code, out = run("import", path, "--json")
    report = json.loads(out)
    assert code == 0
    assert (report["read"], report["taken_in"], report["contacts_new"], report["dry_run"]) == (1, 1, 1, False)
    assert json.loads(run("import", path, "--json")[1])["duplicates"] == 1


def test_an_import_of_an_older_content_says_what_to_do(installation: Path) -> None:
    """The row changes nothing, and whoever meant it learns how to send it so that it holds."""
    path = written(installation, GOOD)
    run("import", path)
    run("import", written(installation, GOOD.replace("C1", "C9")))
    path = written(installation, GOOD)
    told = run("import", path)[1]
    assert "Older among the duplicates: 1. A newer row has replaced their content" in told
    assert "outbound suppress add" in told
    report = json.loads(run("import", path, "--json")[1])
    assert (report["duplicates"], report["older"]) == (1, 1)


def test_columns_that_are_not_known_are_named(installation: Path) -> None:
    """They are kept as attributes; whoever expected one to count sees that it does not, without digging."""
    path = installation / "policies.csv"
    path.write_text(f"{HEADER},branch,營業處\n{GOOD},A,B\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["import", str(path), "--json"])
    assert json.loads(result.stdout)["attributes"] == ["branch", "營業處"]
    assert result.stderr.count("kept as attributes: branch, 營業處") == 1


def test_rows_in_quarantine_are_findings(installation: Path) -> None:
    """With a bad row the exit code is 1; quarantine names line, field and mending, never the value or the person."""
    code, out = run("import", written(installation, GOOD, BAD))
    assert code == 1
    assert "1 taken in" in out
    assert "policies quarantine" in out
    code, out = run("quarantine", "--json")
    (row,) = json.loads(out)
    assert code == 1
    assert (row["source"].endswith("policies.csv"), row["line"], row["field"]) == (True, 3, "issued_on")
    assert row["mend"]
    assert "林試試" not in out
    assert "0900" not in out


def test_an_empty_quarantine_says_what_would_come_there(installation: Path) -> None:
    """With nothing to mend the exit code is 0 and the empty state explains itself."""
    code, out = run("quarantine")
    assert code == 0
    assert "come here" in out


def test_a_retry_tells_what_still_waits(installation: Path) -> None:
    """A row that still cannot be read waits on, with exit code 1."""
    run("import", written(installation, BAD))
    code, out = run("retry", "--json")
    report = json.loads(out)
    assert (code, report["waiting"], report["mended"]) == (1, 1, 0)


def test_a_dry_run_leaves_nothing(installation: Path) -> None:
    """A dry run counts, says that it was one, and the real run after it finds everything new."""
    path = written(installation, GOOD)
    assert "dry run" in run("import", path, "--dry-run")[1]
    assert json.loads(run("import", path, "--json")[1])["taken_in"] == 1


def test_a_mapping_renames_columns(installation: Path) -> None:
    """Another company's header is read through a mapping file."""
    path = installation / "other.csv"
    path.write_text(f"保單號碼{HEADER.removeprefix('policy_no')}\n{GOOD}\n", encoding="cp950")
    mapping = installation / "columns.yaml"
    mapping.write_text("columns:\n  保單號碼: policy_no\n", encoding="utf-8")
    assert run("import", str(path), "--mapping", str(mapping))[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--campaign", "nobody"), "known are welcome-tw"),
        (("--company", "nobody"), "known are formosa-life"),
    ],
)
def test_unknown_names_are_answered_with_the_known_ones(installation: Path, words: tuple[str, str], told: str) -> None:
    """A campaign or company that does not exist is answered with those that do."""
    with pytest.raises(InputProblemError, match=told):
        run("import", written(installation, GOOD), *words)


def test_a_missing_file_is_the_users_to_mend(installation: Path) -> None:
    """A file that is not there is named, with exit code 2 by way of the error's class."""
    with pytest.raises(SourceError, match="does not exist") as told:
        run("import", str(installation / "nowhere.csv"))
    assert told.value.exit_code == 2


def test_a_file_without_the_column_by_which_customers_are_recognised_is_refused(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is taken in whom a call could not recognise; the text says what to add."""
    home = installation / "home"
    shutil.copytree(ROOT / "config", home / "config")
    (home / "scripts_tts").symlink_to(ROOT / "scripts_tts")
    companies = home / "config" / "companies.yaml"
    asking = "[id_digits]\n  identity_column: id_last4"
    text = companies.read_text(encoding="utf-8").replace("[birth_date, policy_digits]", asking, 1)
    companies.write_text(text, encoding="utf-8")
    monkeypatch.setenv("OUTBOUND_HOME", str(home))
    with pytest.raises(SourceError, match="there is no column id_last4"):
        run("import", written(installation, GOOD))
    path = Path(written(installation, f"{GOOD},789"))
    path.write_text(path.read_text(encoding="utf-8").replace(HEADER, f"{HEADER},id_last4"), encoding="utf-8")
    assert run("import", str(path))[0] == 1
    (row,) = json.loads(run("quarantine", "--json")[1])
    assert (row["field"], row["code"]) == ("id_last4", "identity_unreadable")
    assert "leading zeros" in row["mend"]
