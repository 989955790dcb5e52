"""Rule files as shipped, and every way in which one can be wrong: file, line, key, and how to mend it."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from outbound.adapters.files.rules.packs import (
    RuleFileError,
    add_signature,
    load_rulebook,
    read_signatures,
    validate_rules,
)
from outbound.adapters.files.rules.sections import read
from outbound.compliance.rules.pack import HolidayTreatment, Layer, PeriodKind
from outbound.compliance.rules.rulebook import Rulebook, Signature, SignatureKind, Trust

PACK = """\
code: XK
name: Kosovo
version: "1"
confidence: mixed
zones: [Europe/Belgrade]
windows:
  - layer: legal
    binds: [service]
    hours: {mon-fri: ["09:00-12:00", "12:00-17:00"], sat: [], sun: []}
    public_holiday: allowed
    confidence: mixed
attempt_limits:
  - {layer: legal, binds: [service], count: 2, period: rolling_24_hours, per: called_number, confidence: mixed}
automated_voice:
  - {layer: legal, binds: [service], lines: [mobile], consents: [automated_voice], confidence: mixed}
caller_id: {layer: legal, must_show: true, prefixes: ["+383"], confidence: mixed}
dial_guard: {minimum_minutes: 5, ring_seconds: 40, script_seconds: 180}
duties: {disclosures: [name], disclosure_timing: first, opt_out: any, honour_opt_out_within: at once}
sources:
  - {citation: c, url: u, kind: primary, seen: true, paraphrase: p}
notes: [one]
"""


def folder(tmp_path: Path, pack: str = PACK, name: str = "XK") -> Path:
    """Write a pack into a rules directory."""
    (tmp_path / "packs").mkdir(exist_ok=True)
    (tmp_path / "packs" / f"{name}.yaml").write_text(pack, encoding="utf-8")
    return tmp_path


def fault(directory: Path) -> RuleFileError:
    """Load a directory that must not load."""
    with pytest.raises(RuleFileError) as caught:
        load_rulebook(directory)
    assert caught.value.mend
    assert str(caught.value.file) in str(caught.value)
    return caught.value


def test_a_sound_pack_is_read_whole(tmp_path: Path) -> None:
    """Every part of a pack arrives; windows that touch become one."""
    pack = load_rulebook(folder(tmp_path)).packs["XK"]
    rule = pack.windows[0]
    assert rule.hours is not None
    assert rule.hours.week[0] == ((540, 1020),)
    assert rule.hours.holiday is HolidayTreatment.ALLOWED
    assert pack.limits[0].period.kind is PeriodKind.ROLLING
    assert pack.limits[0].period.length == timedelta(hours=24)
    assert pack.caller is not None
    assert pack.caller.prefixes == ("+383",)
    assert pack.duties.disclosures == ("name",)
    assert pack.sources[0].seen


def test_a_holiday_may_bring_hours_of_its_own(tmp_path: Path) -> None:
    """A public holiday with its own window is read with its hours, and a misspelt key in it is refused."""
    own = "public_holiday: {treatment: own_window, hours: ['10:00-12:00']}"
    hours = load_rulebook(folder(tmp_path, PACK.replace("public_holiday: allowed", own))).packs["XK"].windows[0].hours
    assert hours is not None
    assert (hours.holiday, hours.holiday_windows) == (HolidayTreatment.OWN_WINDOW, ((600, 720),))
    misspelt = own.replace("hours", "ours: 1, hours")
    assert fault(folder(tmp_path, PACK.replace("public_holiday: allowed", misspelt))).key.endswith(
        "public_holiday.ours"
    )


FAULTS = [
    ("code: XK", "code: NO", 1, "code", "quotes"),
    ("code: XK", "code: XX", 1, "code", "XK"),
    ("name: Kosovo", "name: [a]", 2, "name", "single value"),
    ("name: Kosovo", "name:", 2, "name", "value"),
    ('version: "1"', "version: 1", 3, "version", "quotes"),
    ('version: "1"\n', "", 1, "version", "add it"),
    ("zones: [Europe/Belgrade]", "zones: [Europe/Atlantis]", 5, "zones", "Asia/Taipei"),
    ("zones: [Europe/Belgrade]", "zones: []", 5, "zones", "zone"),
    ("zones: [Europe/Belgrade]", "zones: Europe/Belgrade", 5, "zones", "[first, second]"),
    ("zones: [Europe/Belgrade]", "zones: [on]", 5, "zones", "quotes"),
    ("layer: legal\n    binds", "layer: lawful\n    binds", 7, "windows[1].layer", "courtesy"),
    ("layer: legal\n    binds", "layer: house\n    binds", 7, "windows[1].layer", "courtesy"),
    ("binds: [service]\n    hours", "binds: []\n    hours", 8, "windows[1].binds", "service"),
    ("binds: [service]\n    hours", "binds: [sales]\n    hours", 8, "windows[1].binds", "service"),
    ('"09:00-12:00"', "21:00", 9, "windows[1].hours.mon-fri", "quotes"),
    ('"09:00-12:00"', '"9:00-12:00"', 9, "windows[1].hours.mon-fri", "two digits"),
    ('"09:00-12:00"', '"13:00-12:00"', 9, "windows[1].hours.mon-fri", "midnight"),
    ('"09:00-12:00"', '"09:00-24:30"', 9, "windows[1].hours.mon-fri", "midnight"),
    ('"09:00-12:00"', '"09:00-13:00"', 9, "windows[1].hours.mon-fri", "apart"),
    ("sat: [],", "", 9, "windows[1].hours.sat", "[]"),
    ("sat: [],", "fri: [], sat: [],", 9, "windows[1].hours.fri", "once"),
    ("sat: [],", "saturday: [],", 9, "windows[1].hours.saturday", "mon"),
    ("public_holiday: allowed", "public_holiday: own_window", 10, "windows[1].public_holiday", "hours"),
    ("public_holiday: allowed", "public_holiday: maybe", 10, "windows[1].public_holiday", "blocked"),
    ("public_holiday: allowed", "public_holiday: blocked\n    customer_chosen: {}", 11, "customer_chosen", ""),
    (
        "public_holiday: allowed",
        'public_holiday: blocked\n    customer_chosen: {hours: {every_day: ["09:00-10:00"]}, public_holiday: allowed}',
        11,
        "customer_chosen",
        "remove it",
    ),
    (
        "public_holiday: allowed",
        "public_holiday: allowed\n    effective_from: 2026-05-01\n    effective_to: 2026-04-30",
        12,
        "effective_to",
        "dates",
    ),
    ("public_holiday: allowed", "public_holiday: allowed\n    effective_from: 1 May", 11, "effective_from", "YYYY"),
    ("public_holiday: allowed", "public_holiday: allowed\n    segments: {poor: {}}", 11, "segments.poor", "general"),
    (
        "public_holiday: allowed",
        "public_holiday: allowed\n    consent_override: maybe",
        11,
        "override",
        "true or false",
    ),
    ("public_holiday: allowed", "public_holiday: allowed\n    holliday: x", 11, "windows[1].holliday", "keys are"),
    ("public_holiday: allowed", "public_holiday: allowed\n    public_holiday: blocked", 11, "public_holiday", "one"),
    ("windows:\n", "windows: []\nolder:\n", 6, "windows", "at least one"),
    ("windows:\n", "windows: none\nolder:\n", 6, "windows", "dash"),
    ("windows:\n  - layer", "windows:\n  - monday\n  - layer", 7, "windows[1]", "key: value"),
    ("count: 2", "count: two", 13, "attempt_limits[1].count", "number"),
    ("rolling_24_hours", "fortnight", 13, "attempt_limits[1].period", "rolling_14_days"),
    ('"+383"', '"383"', 16, "caller_id.prefixes", "+886"),
    ("ring_seconds: 40", "ring_seconds: -40", 17, "dial_guard.ring_seconds", "number"),
    ("notes: [one]", "calendar: [a]", 21, "calendar", "single value"),
    ("notes: [one]", "parent: US", 21, "parent", "no parent"),
    ("notes: [one]", "subdivisions: {US-XK: {name: n}}", 21, "subdivisions.US-XK", "XK-XXX"),
    ("notes: [one]", "subdivisions: {XK-1: {name: n, zones: [Asia/Taipei]}}", 21, "subdivisions.XK-1.zones", "Europe"),
    ("notes: [one]", "subdivisions: {NO: {name: n}}", 21, "subdivisions.NO", "quotes"),
    ("notes: [one]", "same_clock: {Asia/Taipei: [Asia/Tokyo]}", 21, "same_clock.Asia/Taipei", "Europe/Belgrade"),
    ("notes: [one]", "? [a]\n: b", 21, "", "name the key"),
    ("notes: [one]", "notes: [one", 22, "", "syntax"),
    ("notes: [one]", "notes: &n [[*n]]", 21, "", "alias"),
    ("notes: [one]", "notes: ['\x07']", 0, "", "control"),
]


@pytest.mark.parametrize(("old", "new", "line", "key", "mend"), FAULTS, ids=[f"{f[3]}-{f[1]}"[:60] for f in FAULTS])
def test_a_fault_names_file_line_key_and_mend(
    tmp_path: Path, old: str, new: str, line: int, key: str, mend: str
) -> None:
    """Each kind of fault is refused where it stands, with a way to mend it."""
    assert old in PACK
    found = fault(folder(tmp_path, PACK.replace(old, new, 1)))
    assert found.line == line
    assert key in found.key
    assert mend in found.mend


def test_an_empty_a_missing_and_an_unreadable_file_are_named(tmp_path: Path) -> None:
    """A file that holds nothing, is not there, is a folder or is no UTF-8 says so."""
    assert "empty" in fault(folder(tmp_path, "# nothing\n")).problem
    (tmp_path / "packs" / "XK.yaml").write_bytes(b"code: \xff")
    assert "UTF-8" in fault(tmp_path).mend
    (tmp_path / "packs" / "XK.yaml").unlink()
    assert "packs" in fault(tmp_path).problem
    with pytest.raises(RuleFileError, match="no such file"):
        read(tmp_path / "none.yaml")


def test_a_part_needs_a_country_that_knows_it(tmp_path: Path) -> None:
    """A pack of a state is refused without its country, and when the country does not list it."""
    part = PACK.replace("code: XK", "code: XK-1").replace("notes: [one]", "parent: XK")
    assert fault(folder(tmp_path, part, "XK-1")).key == "parent"
    folder(tmp_path)
    assert "subdivisions" in fault(tmp_path).mend
    lean = PACK.replace("attempt_limits:", "older:").partition("older:")[0]
    folder(tmp_path, lean + "subdivisions: {XK-1: {name: n, own_pack: true}}\n")
    assert load_rulebook(tmp_path).packs["XK-1"].parent == "XK"
    assert set(load_rulebook(tmp_path, only=["XK-1"]).packs) == {"XK", "XK-1"}
    with pytest.raises(RuleFileError):
        load_rulebook(tmp_path / "packs")


def test_validate_goes_on_after_a_fault(rules_directory: Path, tmp_path: Path) -> None:
    """Validation lists the faults of all files; the rules as shipped have none."""
    assert validate_rules(rules_directory) == ([], 2)
    directory = folder(tmp_path, PACK.replace("code: XK", "code: XX"))
    (directory / "signatures.yaml").write_text("signatures: x\n", encoding="utf-8")
    faults, sound = validate_rules(directory)
    assert (sound, [f.key for f in faults]) == (0, ["code", "signatures"])


def test_a_demo_signature_is_no_production_signature(rulebook: Rulebook) -> None:
    """The packs as shipped dial in a demo and nowhere else."""
    for pack in rulebook.packs.values():
        assert rulebook.signed(pack, Trust.DEMO)
        assert not rulebook.signed(pack, Trust.PRODUCTION)


def test_production_needs_two_people_and_the_same_content(rules_directory: Path, tmp_path: Path) -> None:
    """One signature is too few, the same person twice too; a change of content unsigns, a comment does not."""
    shutil.copytree(rules_directory, tmp_path, dirs_exist_ok=True)

    def sign(by: str) -> bool:
        digest = load_rulebook(tmp_path).packs["TW"].content_hash
        add_signature(tmp_path, Signature("TW", digest, by, date(2026, 11, 22), SignatureKind.PRODUCTION))
        return standing(Trust.PRODUCTION)

    def standing(trust: Trust) -> bool:
        rules = load_rulebook(tmp_path)
        return rules.signed(rules.packs["TW"], trust)

    assert [sign("陳大文"), sign(" 陳大文 "), sign('Lin "Amy"')] == [False, False, True]
    file = tmp_path / "packs" / "TW.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text("# a comment\n" + text, encoding="utf-8")
    assert standing(Trust.PRODUCTION)
    file.write_text(text.replace("09:00-21:00", "09:00-22:00"), encoding="utf-8")
    assert not standing(Trust.PRODUCTION)
    assert not standing(Trust.DEMO)


def test_the_first_signature_makes_the_file(tmp_path: Path) -> None:
    """A directory without signatures gets its file with the first one."""
    signature = Signature("XK", "0" * 64, "A", date(2026, 11, 22), SignatureKind.DEMO)
    assert read_signatures(tmp_path) == ()
    add_signature(tmp_path, signature)
    assert read_signatures(tmp_path) == (signature,)


def test_a_signature_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """Where the file cannot be made, the fault names it."""
    signature = Signature("XK", "0" * 64, "A", date(2026, 11, 22), SignatureKind.DEMO)
    with pytest.raises(RuleFileError, match="cannot be written"):
        add_signature(tmp_path / "nowhere", signature)


def test_a_hash_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    """A signature over something that is no SHA-256 is a fault of the file."""
    text = "signatures:\n  - {jurisdiction: XK, sha256: abc, by: A, on: 2026-01-01, kind: demo}\n"
    (folder(tmp_path) / "signatures.yaml").write_text(text, encoding="utf-8")
    assert fault(tmp_path).key == "signatures[1].sha256"


def test_zones_that_are_said_to_share_a_clock_share_it(rulebook: Rulebook) -> None:
    """The same_clock lists agree with the time zone data from 2026 to 2036, hour by hour around every change."""
    for pack in rulebook.packs.values():
        for other, zone in pack.same_clock.items():
            for day in range(3653):
                at = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(days=day)
                assert at.astimezone(ZoneInfo(other)).utcoffset() == at.astimezone(ZoneInfo(zone)).utcoffset()


def test_every_layer_says_how_well_it_is_known(rulebook: Rulebook) -> None:
    """Each window has a confidence, and whatever is no proposal of ours has a note on its source."""
    for pack in rulebook.packs.values():
        assert pack.sources
        for rule in pack.windows:
            assert rule.confidence
            assert rule.note or rule.layer is Layer.COURTESY
