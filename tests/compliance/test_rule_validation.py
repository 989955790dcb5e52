"""`rules validate`: everything that is wrong with a rules directory, at once and sorted."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from outbound.adapters.files.rules.packs import RuleFileError, load_packs
from outbound.adapters.files.rules.signatures import add_signatures, archive
from outbound.adapters.files.rules.validation import Validation, validate_rules
from outbound.compliance.rules.rulebook import Signature, SignatureKind
from tests.compliance.rule_file_faults import PACK, folder

CALENDAR = """\
code: XK
version: "1"
source: invented
years:
  2026:
    holidays: {2026-01-01: "New Year"}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A sound rules directory: one country, one calendar, no signature."""
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "XK.yaml").write_text(CALENDAR, encoding="utf-8")
    return signed(folder(tmp_path))


def signed(rules: Path) -> Path:
    """Sign the pack as it is, and keep it."""
    rulebook = load_packs(rules)
    (digest,) = (pack.content_hash for pack in rulebook.packs.values())
    add_signatures(rules, [Signature("XK", digest, "A", date(2026, 1, 1), SignatureKind.DEMO)])
    archive(rules, "XK", digest, rulebook.contents[digest])
    return rules


def told(found: Validation) -> list[tuple[str, int, str]]:
    """Give file, line and key of each fault."""
    return [(fault.file.name, fault.line, fault.key) for fault in found.faults]


def test_the_rules_as_shipped_are_sound(rules_directory: Path) -> None:
    """Every pack, calendar, correction and signature can be read and fits the others."""
    found = validate_rules(rules_directory)
    assert [str(fault) for fault in found.faults] == []
    assert found.packs >= 56


def test_a_sound_directory_has_nothing_to_mend(rules: Path) -> None:
    """No fault and no warning."""
    assert validate_rules(rules) == Validation((), (), 1)


def test_every_fault_of_every_file_is_named(rules: Path) -> None:
    """Several faults in one file, in one list and in several files are all there, sorted by file, line and key."""
    text = PACK.replace('["09:00-12:00", "12:00-17:00"]', '[21:00, "13:00-12:00"]').replace(
        "layer: legal", "layer: l", 1
    )
    text = text.replace("count: 2", "count: two").replace("notes: [one]", "notes: [one]\nolder: x")
    folder(rules, text.replace("sat: [],", ""))
    folder(rules, "code: [", "XA")
    folder(rules, PACK.replace("code: XK", "code: XB").replace("windows:", "windows: none\nolder:"), "XB")
    (rules / "calendars" / "XK.yaml").write_text(CALENDAR.replace("2026-01-01", "2025-01-01"), encoding="utf-8")
    (rules / "signatures.yaml").write_text("signatures:\n  - {by: A, on: today}\nolder: x\n", encoding="utf-8")
    found = validate_rules(rules)
    assert found.packs == 0
    assert told(found) == [
        ("XK.yaml", 6, "years.2026.holidays.2025-01-01"),
        ("XA.yaml", 2, ""),
        ("XB.yaml", 6, "windows"),
        ("XB.yaml", 7, "older"),
        ("XK.yaml", 7, "windows[1].layer"),
        ("XK.yaml", 9, "windows[1].hours.mon-fri"),
        ("XK.yaml", 9, "windows[1].hours.mon-fri"),
        ("XK.yaml", 9, "windows[1].hours.sat"),
        ("XK.yaml", 13, "attempt_limits[1].count"),
        ("XK.yaml", 22, "older"),
        ("signatures.yaml", 2, "signatures[1].jurisdiction"),
        ("signatures.yaml", 2, "signatures[1].kind"),
        ("signatures.yaml", 2, "signatures[1].on"),
        ("signatures.yaml", 2, "signatures[1].sha256"),
        ("signatures.yaml", 3, "older"),
    ]
    assert all(fault.problem and fault.mend for fault in found.faults)


def test_one_broken_key_is_one_fault(rules: Path) -> None:
    """A list, a mapping or a word that is wrong does not bring the faults of what hangs on it."""
    folder(rules, PACK.replace('hours: {mon-fri: ["09:00-12:00", "12:00-17:00"], sat: [], sun: []}', "hours: daily"))
    assert told(validate_rules(rules)) == [("XK.yaml", 9, "windows[1].hours")]
    courtesy = (
        "public_holiday: allowed\n    consent_override: true\n"
        "    customer_chosen: {hours: {every_day: []}, public_holiday: allowed}"
    )
    folder(rules, PACK.replace("layer: legal", "layer: curtesy", 1).replace("public_holiday: allowed", courtesy))
    assert told(validate_rules(rules)) == [("XK.yaml", 7, "windows[1].layer")]
    folder(
        rules, PACK.replace("dial_guard: {minimum_minutes: 5, ring_seconds: 40, script_seconds: 180}", "dial_guard: 5")
    )
    assert told(validate_rules(rules)) == [("XK.yaml", 17, "dial_guard")]


def test_a_pack_needs_a_calendar_that_exists(rules: Path) -> None:
    """The calendar of a pack and one that a rule names are looked for; without a year they are worth nothing."""
    folder(rules, PACK.replace("public_holiday: allowed", "public_holiday: allowed\n    calendar: QK"))
    assert told(validate_rules(rules)) == [("XK.yaml", 1, "calendar")]
    folder(rules)
    empty = CALENDAR.partition("  2026")[0].replace("years:", "years: {}")
    (rules / "calendars" / "XK.yaml").write_text(empty, encoding="utf-8")
    assert told(validate_rules(rules)) == [("XK.yaml", 4, "years")]


def test_parts_of_a_calendar_are_parts_of_the_pack(rules: Path) -> None:
    """A part that the pack does not list is named; a pack that tells no parts apart is asked for none."""
    (rules / "calendars" / "XK.yaml").write_text(CALENDAR + "parts: [XK-1, XK-2]\n", encoding="utf-8")
    assert told(validate_rules(rules)) == []
    folder(rules, PACK + "subdivisions: {XK-1: {name: One}}\n")
    found = validate_rules(rules)
    assert told(found) == [("XK.yaml", 7, "parts")]
    assert "XK-2" in found.faults[0].problem


def test_a_part_fits_its_country(rules: Path) -> None:
    """A part is listed by its country, which counts on its pack, and keeps to the zones that it has there."""
    part = PACK.replace("code: XK", "code: XK-1").replace("notes: [one]", "parent: XK")
    folder(rules, part, "XK-1")
    assert told(validate_rules(rules)) == [("XK-1.yaml", 0, "parent")]
    folder(rules, PACK + "subdivisions: {XK-1: {name: One}}\n")
    assert told(validate_rules(rules)) == [("XK.yaml", 22, "subdivisions.XK-1.own_pack")]
    folder(rules, PACK + "subdivisions: {XK-1: {name: One, own_pack: true}, XK-2: {name: Two, own_pack: true}}\n")
    assert told(validate_rules(rules)) == []
    folder(rules, part.replace("Europe/Belgrade", "Europe/Sofia"), "XK-1")
    assert told(validate_rules(rules)) == [("XK-1.yaml", 5, "zones")]


def test_a_part_is_not_blamed_for_its_broken_country(rules: Path) -> None:
    """Where the country's file cannot be read, that alone is said."""
    folder(rules, PACK.replace("code: XK", "code: XK-1").replace("notes: [one]", "parent: XK"), "XK-1")
    folder(rules, PACK.replace("name: Kosovo", "name:"))
    assert told(validate_rules(rules)) == [("XK.yaml", 2, "name")]


def test_a_territory_belongs_to_one_pack(rules: Path) -> None:
    """A code that two packs claim is refused where it is claimed again."""
    claim = "aliases: {QK: XK-1}\nsubdivisions: {XK-1: {name: One}}\n"
    folder(rules, PACK + claim)
    folder(rules, PACK.replace("code: XK", "code: XZ\ncalendar: XK") + claim.replace("XK-1", "XZ-1"), "XZ")
    assert told(validate_rules(rules)) == [("XZ.yaml", 23, "aliases.QK")]


def test_a_hole_between_two_dates_is_no_fault(rules: Path) -> None:
    """A layer may end before its successor begins: then no hours are known, and nothing is opened."""
    window = PACK[PACK.index("  - layer") : PACK.index("attempt_limits")]
    dated = window + "    effective_to: 2026-01-31\n" + window + "    effective_from: 2026-03-01\n"
    folder(rules, PACK.replace(window, dated))
    assert validate_rules(rules).faults == ()


def test_a_signature_under_nothing_is_a_warning(rules: Path) -> None:
    """A content that is neither in force nor kept is worth a look, and fails nothing."""
    text = f"  - {{jurisdiction: XK, sha256: {'a' * 64}, by: A, on: 2026-01-01, kind: demo}}\n"
    with (rules / "signatures.yaml").open("a", encoding="utf-8") as file:
        file.write(text)
    found = validate_rules(rules)
    assert found.faults == ()
    assert [(w.file.name, w.line, w.key) for w in found.warnings] == [("signatures.yaml", 7, "signatures[2].sha256")]


def test_a_directory_without_packs_is_no_rules_directory(tmp_path: Path) -> None:
    """There is nothing to validate, which is no success."""
    with pytest.raises(RuleFileError, match="no packs"):
        validate_rules(tmp_path)


def test_validating_changes_nothing(rules: Path, tmp_path: Path) -> None:
    """The directory is only read."""
    copy = tmp_path / "copy"
    shutil.copytree(rules, copy, ignore=shutil.ignore_patterns("copy"))
    before = {file: file.read_bytes() for file in copy.rglob("*.yaml")}
    validate_rules(copy)
    assert {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()} == before


def test_a_broken_code_is_the_only_fault_that_it_makes(rules: Path) -> None:
    """A bare NO is one fault, not one of each zone and part: the file's name stands in for the code."""
    (rules / "packs" / "NO.yaml").write_text(PACK.replace("code: XK", "code: NO"), encoding="utf-8")
    found = [fault for fault in validate_rules(rules).faults if fault.file.name == "NO.yaml"]
    assert found[0].key == "code"
    assert not [fault for fault in found if "in ;" in str(fault) or "in , " in str(fault) or "of ;" in str(fault)]
    (rules / "packs" / "norway.yaml").write_text(PACK.replace("code: XK", "code: NO"), encoding="utf-8")
    found = [fault for fault in validate_rules(rules).faults if fault.file.name == "norway.yaml"]
    assert [fault.key for fault in found] == ["code"]
