"""`outbound rules list|show|validate|sign`."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from outbound.cli.rules import app
from outbound.usecases.problems import InputProblemError

RUNNER = CliRunner()
SHIPPED = Path(__file__).parents[2] / "config" / "compliance"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the rules as shipped."""
    shutil.copytree(SHIPPED, tmp_path / "rules")
    return tmp_path / "rules"


def test_list_shows_every_pack_and_its_standing() -> None:
    """Both packs are there, signed as a demo and visibly so."""
    rows = json.loads(RUNNER.invoke(app, ["list", "--json"]).stdout)
    assert [(row["code"], row["standing"]) for row in rows] == [("TW", "demo"), ("US", "demo")]
    assert "Taiwan" in RUNNER.invoke(app, ["list"]).stdout


def test_show_writes_a_pack_out() -> None:
    """Hours, limits, consents and sources stand on the page and in the document."""
    page = RUNNER.invoke(app, ["show", "us"]).stdout
    assert "fri 09:30-20:00" in page
    assert "at most 3 attempts per rolling_30_days" in page
    assert "needs automated_voice" in page
    assert "47 CFR 64.1200" in page
    assert "no hours are known" in RUNNER.invoke(app, ["show", "TW"]).stdout
    found = json.loads(RUNNER.invoke(app, ["show", "TW", "--json"]).stdout)
    assert found["windows"][2]["segments"]["age_65_plus_or_vulnerable"]["mon"] == "09:30-11:30, 14:00-17:30"
    assert len(found["subdivisions"]) == 22


def test_show_of_an_unknown_pack_names_the_known_ones() -> None:
    """A code without a pack is an input problem."""
    found = RUNNER.invoke(app, ["show", "JP"]).exception
    assert isinstance(found, InputProblemError)
    assert "TW, US" in str(found)


def test_validate_is_quiet_about_sound_rules_and_names_every_fault(copy: Path) -> None:
    """Exit code 0 without findings; 1 with file, line, key, problem and mend of each."""
    assert RUNNER.invoke(app, ["validate"]).exit_code == 0
    file = copy / "packs" / "TW.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('["09:00-21:00"]', "[21:00]", 1), encoding="utf-8")
    result = RUNNER.invoke(app, ["validate", "--rules", str(copy), "--json"])
    assert result.exit_code == 1
    finding = json.loads(result.stdout)["findings"][0]
    assert finding["file"] == str(file)
    assert finding["key"] == "windows[3].hours.mon-fri"
    assert "quotes" in finding["mend"]
    assert f"{file}:{finding['line']}" in RUNNER.invoke(app, ["validate", "--rules", str(copy)]).stdout


def test_two_people_sign_for_production(copy: Path) -> None:
    """The first signature leaves the pack a demo, the second person's makes it production."""
    first = RUNNER.invoke(app, ["sign", "TW", "--by", "陳大文", "--rules", str(copy)])
    assert "Standing: demo" in first.stdout
    assert "one more person has to sign" in first.stdout
    second = RUNNER.invoke(app, ["sign", "TW", "--by", "Lin A-mei", "--rules", str(copy), "--json"])
    assert json.loads(second.stdout)["standing"] == "production"
    assert json.loads(second.stdout)["missing_signatures"] == 0


@pytest.mark.parametrize(("args", "mend"), [(("--by", " "), "name"), (("--by", "A", "--kind", "x"), "production")])
def test_a_signature_needs_a_name_and_a_kind(copy: Path, args: tuple[str, ...], mend: str) -> None:
    """An empty name and an unknown kind are refused, and nothing is written."""
    before = (copy / "signatures.yaml").read_bytes()
    found = RUNNER.invoke(app, ["sign", "TW", *args, "--rules", str(copy)]).exception
    assert isinstance(found, InputProblemError)
    assert mend in str(found)
    assert (copy / "signatures.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["demo", "Demo", " DEMO ", "ｄｅｍｏ"])
def test_nobody_signs_for_production_as_demo(copy: Path, name: str) -> None:
    """The name of the demo signature is no person's, however it is written; nothing is written down."""
    before = (copy / "signatures.yaml").read_bytes()
    found = RUNNER.invoke(app, ["sign", "TW", "--by", name, "--rules", str(copy)]).exception
    assert isinstance(found, InputProblemError)
    assert "your own name" in str(found)
    assert (copy / "signatures.yaml").read_bytes() == before


def test_a_person_signs_the_same_content_once(copy: Path) -> None:
    """The second signature in another spelling is told to be there already, and that another person is needed."""
    RUNNER.invoke(app, ["sign", "TW", "--by", "Lin A-mei", "--rules", str(copy)])
    before = (copy / "signatures.yaml").read_bytes()
    found = RUNNER.invoke(app, ["sign", "TW", "--by", "lin  a-MEI", "--rules", str(copy)]).exception
    assert isinstance(found, InputProblemError)
    assert "already signed" in str(found)
    assert "one more person" in str(found)
    assert (copy / "signatures.yaml").read_bytes() == before


def test_a_pack_that_was_changed_is_unsigned_until_it_is_signed_again(copy: Path) -> None:
    """Signatures stand on the content: the standing falls to unsigned, and a demo signature lifts it to demo only."""
    file = copy / "packs" / "TW.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("name: Taiwan", "name: Formosa", 1), encoding="utf-8")
    listed = json.loads(RUNNER.invoke(app, ["list", "--rules", str(copy), "--json"]).stdout)[0]
    assert (listed["standing"], listed["missing_signatures"]) == ("unsigned", 2)
    told = RUNNER.invoke(app, ["sign", "TW", "--by", "demo", "--kind", "demo", "--rules", str(copy)]).stdout
    assert "Standing: demo (demo and simulate only). For production 2 different people have to sign." in told


def test_a_production_signature_by_demo_in_the_file_counts_for_nobody(copy: Path) -> None:
    """Written by hand past the command, it does not make a second pair of eyes."""
    RUNNER.invoke(app, ["sign", "TW", "--by", "Lin A-mei", "--rules", str(copy)])
    digest = json.loads(RUNNER.invoke(app, ["show", "TW", "--rules", str(copy), "--json"]).stdout)["sha256"]
    with (copy / "signatures.yaml").open("a", encoding="utf-8") as file:
        file.write(f"  - {{jurisdiction: TW, sha256: {digest}, by: Demo, on: 2026-11-22, kind: production}}\n")
    listed = json.loads(RUNNER.invoke(app, ["list", "--rules", str(copy), "--json"]).stdout)[0]
    assert (listed["standing"], listed["missing_signatures"]) == ("demo", 1)
