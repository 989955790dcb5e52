"""`outbound rules list|show|validate|sign`."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from outbound.adapters.files.rules.packs import read_signatures
from outbound.cli.rules import app
from outbound.compliance.rules.rulebook import SignatureKind
from outbound.usecases.problems import InputProblemError
from tests.compliance.rule_file_faults import EXTENDED, folder

RUNNER = CliRunner()
SHIPPED = Path(__file__).parents[2] / "config" / "compliance"


FEW = ("TW", "US", "US-FL")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A few packs and calendars as shipped, signed as a demo."""
    rules = tmp_path / "rules"
    (rules / "packs").mkdir(parents=True)
    (rules / "calendars").mkdir()
    for code in FEW:
        shutil.copy(SHIPPED / "packs" / f"{code}.yaml", rules / "packs")
    for code in ("TW", "US"):
        shutil.copy(SHIPPED / "calendars" / f"{code}.yaml", rules / "calendars")
    assert run("sign", "--all", "--by", "demo", "--kind", "demo", "--rules", str(rules)).exit_code == 0
    return rules


def run(*args: str) -> Result:
    """Run `outbound rules`."""
    return RUNNER.invoke(app, list(args))


def renamed(text: str) -> str:
    """Change the content of Taiwan's pack under a version of its own."""
    return re.sub(r"(?m)^version: .*$", 'version: "2099-01-01.1"', text).replace("name: Taiwan", "name: Formosa", 1)


def listed(rules: Path) -> dict[str, dict[str, Any]]:
    """Give the list of packs by code."""
    return {row["code"]: row for row in json.loads(run("list", "--rules", str(rules), "--json").stdout)}


def test_list_shows_every_pack_and_its_standing() -> None:
    """Every pack is there, signed as a demo and visibly so, countries before their parts."""
    rows = json.loads(run("list", "--json").stdout)
    assert {row["standing"] for row in rows} == {"demo"}
    codes = [row["code"] for row in rows]
    assert codes == sorted(codes)
    assert set(FEW) <= set(codes)
    table = run("list").stdout
    assert table.count("│ DEMO") == len(rows)
    assert f"{len(rows)} packs: 0 signed for production, {len(rows)} as DEMO only (no real call), 0 unsigned" in table


def test_show_writes_a_pack_out() -> None:
    """Hours, limits, consents, duties and sources stand on the page and in the document."""
    page = run("show", "us").stdout
    assert "fri 09:30-20:00" in page
    assert "at most 3 attempts per rolling_30_days" in page
    assert "needs automated_voice" in page
    assert "47 CFR 64.1200" in page
    assert "DEMO: signed by demo" in page
    assert "demo and simulate only" in page
    assert "no hours are known" in run("show", "TW").stdout
    found = json.loads(run("show", "TW", "--json").stdout)
    assert found["windows"][2]["segments"]["age_65_plus_or_vulnerable"]["mon"] == "09:30-11:30, 14:00-17:30"
    assert len(found["subdivisions"]) == 22
    assert found["signatures"][0]["kind"] == "demo"


def test_show_tells_of_eves_refusals_numbers_and_open_points(tmp_path: Path) -> None:
    """Whatever a pack may say is on its page."""
    folder(tmp_path, EXTENDED)
    page = run("show", "XK", "--rules", str(tmp_path)).stdout
    for told in (
        "UNSIGNED: signed by nobody",
        "For production 2 different people have to sign",
        "(policy-proposal, from 2026-01-01, until 2026-12-31)",
        "public_holiday own_window; holiday_hours 10:00-12:00; holiday_eve 10:00-19:00",
        "holidays of the whole country only",
        "also read in Europe/Lisbon, which the rule names",
        "no attempt after a refusal: service per contact",
        "no attempt after a refusal for 60 days: service per called_number",
        "caller's number for telemarketing: begins with +3831; never with +3836",
        "After the sale: within ten days",
        "Do-not-call register: r",
        "To be confirmed before it is signed:\n  everything",
    ):
        assert told in page


def test_show_reads_only_the_country_that_is_asked_for(copy: Path) -> None:
    """Another country's broken pack does not stand in the way."""
    (copy / "packs" / "XZ.yaml").write_text("broken", encoding="utf-8")
    assert run("show", "US-FL", "--rules", str(copy)).exit_code == 0
    assert run("list", "--rules", str(copy)).exception is not None


def test_show_of_an_unknown_pack_names_the_known_ones(copy: Path) -> None:
    """A code without a pack is an input problem."""
    found = run("show", "QQ", "--rules", str(copy)).exception
    assert isinstance(found, InputProblemError)
    assert "TW, US, US-FL" in str(found)


def test_validate_is_quiet_about_sound_rules_and_names_every_fault(copy: Path) -> None:
    """Exit code 0 without findings; 1 with file, line, key, problem and mend of each."""
    sound = RUNNER.invoke(app, ["validate", "--rules", str(copy)])
    assert (sound.exit_code, sound.stdout) == (0, "3 packs can be read; 0 things to mend.\n")
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
    assert json.loads(second.stdout)[0]["standing"] == "production"
    assert json.loads(second.stdout)[0]["missing_signatures"] == 0
    assert "production" in run("show", "TW", "--rules", str(copy)).stdout


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
    file.write_text(renamed(file.read_text(encoding="utf-8")), encoding="utf-8")
    row = listed(copy)["TW"]
    assert (row["standing"], row["missing_signatures"]) == ("unsigned", 2)
    told = RUNNER.invoke(app, ["sign", "TW", "--by", "demo", "--kind", "demo", "--rules", str(copy)]).stdout
    assert "Standing: demo (demo and simulate only). For production 2 different people have to sign." in told


def test_a_production_signature_by_demo_in_the_file_counts_for_nobody(copy: Path) -> None:
    """Written by hand past the command, it does not make a second pair of eyes."""
    RUNNER.invoke(app, ["sign", "TW", "--by", "Lin A-mei", "--rules", str(copy)])
    digest = json.loads(RUNNER.invoke(app, ["show", "TW", "--rules", str(copy), "--json"]).stdout)["sha256"]
    with (copy / "signatures.yaml").open("a", encoding="utf-8") as file:
        file.write(f"  - {{jurisdiction: TW, sha256: {digest}, by: Demo, on: 2026-11-22, kind: production}}\n")
    row = listed(copy)["TW"]
    assert (row["standing"], row["missing_signatures"]) == ("demo", 1)


def test_several_packs_are_signed_at_once(copy: Path) -> None:
    """Each gets its own signature; what bears it already is said and left alone."""
    run("sign", "US", "--by", "Lin A-mei", "--rules", str(copy))
    told = run("sign", "us", "TW", "US-FL", "us", "--by", "lin a-mei", "--rules", str(copy)).stdout
    assert told.count("was signed before") == 1
    assert told.count(" is signed by lin a-mei (production)") == 2
    signatures = read_signatures(copy)
    assert [s.jurisdiction for s in signatures if s.kind is SignatureKind.PRODUCTION] == ["US", "TW", "US-FL"]
    found = run("sign", "--all", "--by", "Lin A-mei", "--rules", str(copy)).exception
    assert isinstance(found, InputProblemError)
    assert "all 3 packs" in str(found)


def test_all_signs_what_is_not_signed_yet(copy: Path) -> None:
    """After a change only the changed pack is signed again."""
    file = copy / "packs" / "TW.yaml"
    file.write_text(renamed(file.read_text(encoding="utf-8")), encoding="utf-8")
    before = read_signatures(copy)
    rows = json.loads(run("sign", "--all", "--by", "demo", "--kind", "demo", "--rules", str(copy), "--json").stdout)
    assert {row["standing"] for row in rows} == {"demo"}
    assert [s.jurisdiction for s in read_signatures(copy)[len(before) :]] == ["TW"]


def test_a_signed_text_is_kept(copy: Path) -> None:
    """The history holds the text of each signed content, the former one after a change as well."""
    kept = {file.name for file in (copy / "history").iterdir()}
    assert {name.partition("-")[0] for name in kept} == {"TW", "US"}
    file = copy / "packs" / "TW.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(renamed(before), encoding="utf-8")
    run("sign", "TW", "--by", "Lin A-mei", "--rules", str(copy))
    added = {file.name for file in (copy / "history").iterdir()} - kept
    digest = listed(copy)["TW"]["sha256"]
    assert added == {f"TW-{digest[:12]}.yaml"}
    assert before in {each.read_text(encoding="utf-8") for each in (copy / "history").glob("TW-*.yaml")}


@pytest.mark.parametrize("args", [(), ("TW", "--all")])
def test_signing_asks_which_packs(copy: Path, args: tuple[str, ...]) -> None:
    """Neither no pack nor some and all at once."""
    found = run("sign", *args, "--by", "Lin A-mei", "--rules", str(copy)).exception
    assert isinstance(found, InputProblemError)
    assert "--all" in str(found)


def test_a_signature_of_several_is_for_all_or_for_none(copy: Path) -> None:
    """One unknown code, and nothing is signed."""
    before = (copy / "signatures.yaml").read_bytes()
    assert isinstance(run("sign", "TW", "QQ", "--by", "A", "--rules", str(copy)).exception, InputProblemError)
    assert (copy / "signatures.yaml").read_bytes() == before


def test_a_version_means_one_content(copy: Path) -> None:
    """A changed content under the version of a signed one is not signed until the version is raised."""
    file, before = copy / "packs" / "TW.yaml", (copy / "signatures.yaml").read_bytes()
    shipped = file.read_text(encoding="utf-8")
    file.write_text(shipped.replace("name: Taiwan", "name: Formosa", 1), encoding="utf-8")
    for codes in (("TW",), ("--all",)):
        found = run("sign", *codes, "--by", "Lin A-mei", "--rules", str(copy)).exception
        assert isinstance(found, InputProblemError)
        assert "another content was signed under this version; raise version in the file" in str(found)
    assert (copy / "signatures.yaml").read_bytes() == before
    file.write_text(renamed(shipped), encoding="utf-8")
    assert run("sign", "TW", "--by", "Lin A-mei", "--rules", str(copy)).exit_code == 0
    file.write_text(shipped, encoding="utf-8")
    assert run("sign", "TW", "--by", "Lin A-mei", "--rules", str(copy)).exit_code == 0


def test_a_kept_text_that_was_lost_is_kept_again(copy: Path) -> None:
    """A signed pack without its kept text is a warning; to sign it again keeps it, and signs nothing twice."""
    before = (copy / "signatures.yaml").read_bytes()
    (kept,) = (copy / "history").glob("TW-*.yaml")
    kept.unlink()
    told = run("validate", "--rules", str(copy))
    assert told.exit_code == 0
    assert "TW.yaml: is signed, and its text is not kept in history/" in told.stdout
    assert run("sign", "TW", "--by", "demo", "--kind", "demo", "--rules", str(copy)).exit_code == 0
    assert kept.exists()
    assert (copy / "signatures.yaml").read_bytes() == before
    assert "warning" not in run("validate", "--rules", str(copy)).stdout


def test_an_edit_that_unsigns_a_pack_is_a_warning(copy: Path) -> None:
    """Nobody is dialled by it, and it is said how to mend that."""
    file = copy / "packs" / "TW.yaml"
    file.write_text(renamed(file.read_text(encoding="utf-8")), encoding="utf-8")
    told = run("validate", "--rules", str(copy))
    assert told.exit_code == 0
    assert "TW.yaml: its content has no signature: nobody is dialled; have it checked and sign it" in told.stdout


@pytest.mark.parametrize(
    "name", ["Lin\u200b A-mei", "Lin A-\u202emei", "Lin\u00ad A-mei", "Lin A-mei\u3164", "Lin\x07"]
)
def test_a_name_with_unseen_characters_is_refused(copy: Path, name: str) -> None:
    """One person cannot sign as two by what nobody sees; nothing is written down."""
    before = (copy / "signatures.yaml").read_bytes()
    found = run("sign", "TW", "--by", name, "--rules", str(copy)).exception
    assert isinstance(found, InputProblemError)
    assert "cannot be seen" in str(found)
    assert (copy / "signatures.yaml").read_bytes() == before


def test_a_signature_of_a_day_to_come_counts_for_nothing(copy: Path) -> None:
    """It is a fault with its line, does not lift the standing, and the person may sign today."""
    file, before = copy / "signatures.yaml", listed(copy)["TW"]
    for name in ("Lin A-mei", "Chen B-hua"):
        with file.open("a", encoding="utf-8") as lines:
            entry = f"jurisdiction: TW, sha256: {before['sha256']}, by: {name}, on: 2098-01-01, kind: production"
            lines.write(f"  - {{{entry}}}\n")
    assert listed(copy)["TW"] == before
    told = run("validate", "--rules", str(copy))
    assert told.exit_code == 1
    assert told.stdout.count("2098-01-01 has not come yet") == 2
    assert run("sign", "TW", "--by", "Lin A-mei", "--rules", str(copy)).exit_code == 0
    assert listed(copy)["TW"]["missing_signatures"] == 1
