"""Rule files as shipped, and every way in which one can be wrong: file, line, key, and how to mend it."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from outbound.adapters.files.rules.packs import RuleFileError, load_packs, load_rulebook, read_pack_text
from outbound.adapters.files.rules.sections import read
from outbound.compliance.rules.pack import (
    CallerRule,
    HolidayScope,
    HolidayTreatment,
    InForce,
    Layer,
    PeriodKind,
    Register,
    Subdivision,
)
from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.call_class import CallClass
from tests.compliance.rule_file_faults import EXTENDED, FAULTS, PACK, folder


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


def test_everything_that_a_pack_may_say_arrives(tmp_path: Path) -> None:
    """Eves, scopes, fixed zones, refusals, number series, registers and open points are read as they stand."""
    pack = load_rulebook(folder(tmp_path, EXTENDED)).packs["XK"]
    rule = pack.windows[0]
    assert rule.hours is not None
    assert (rule.hours.holiday_windows, rule.hours.eve_windows) == (((600, 720),), ((600, 1140),))
    assert (rule.holidays, rule.fixed_zone) == (HolidayScope.NATIONAL, "Europe/Lisbon")
    assert rule.in_force == InForce(date(2026, 1, 1), date(2026, 12, 31))
    assert pack.windows[1].hours is None
    assert [(limit.count, limit.period.kind, limit.period.length.days) for limit in pack.limits] == [
        (4, PeriodKind.CAMPAIGN, 0),
        (0, PeriodKind.AFTER_REFUSAL, 0),
        (0, PeriodKind.AFTER_REFUSAL, 60),
        (1, PeriodKind.CALENDAR_WEEK, 0),
    ]
    assert pack.voice[0].consents == ("automated_voice", "marketing")
    assert pack.caller == CallerRule(
        Layer.LEGAL,
        False,
        ("+3831",),
        ("+3836",),
        frozenset({CallClass.TELEMARKETING}),
    )
    assert (pack.zone_required, pack.aliases) == (True, {"QK": "XK-1"})
    assert pack.subdivisions["XK-2"] == Subdivision(("Europe/Belgrade", "Europe/Lisbon"), own_pack=True)
    assert pack.register == Register("r", "no", "yes", "mixed")
    assert pack.duties.post_sale_call == "within ten days"
    assert pack.unconfirmed == ("everything",)


def test_a_part_has_the_calendar_of_its_country(tmp_path: Path) -> None:
    """A pack of a part that names no calendar is read with that of the country; a rule may name another."""
    text = PACK.replace("code: XK", "code: XK-1").replace("notes: [one]", "parent: XK")
    pack = read_pack_text(text.replace("public_holiday: allowed", "public_holiday: allowed\n    calendar: QK"), "XK-1")
    assert (pack.calendar, pack.windows[0].calendar) == ("XK", "QK")


def test_what_was_signed_before_is_still_read() -> None:
    """The former key of a caller's prefix means the same, so that old receipts can be read."""
    pack = read_pack_text(PACK.replace('prefixes: ["+383"]', 'country_prefix: "+383"'), "XK")
    assert pack.caller is not None
    assert pack.caller.prefixes == ("+383",)


def test_a_zone_of_another_country_is_refused() -> None:
    """Zones that the time zone data gives to other countries only are no zones of a pack; a territory's own are."""
    text = PACK.replace("code: XK", "code: TW").replace("zones: [Europe/Belgrade]", "zones: [Asia/Taipei, Asia/Tokyo]")
    with pytest.raises(RuleFileError, match="Asia/Tokyo is not in TW, but in AU, JP") as caught:
        read_pack_text(text, "TW")
    assert (caught.value.line, caught.value.key) == (5, "zones")
    france = PACK.replace("code: XK", "code: FR").replace("zones: [Europe/Belgrade]", "zones: [Indian/Reunion]")
    with pytest.raises(RuleFileError, match="aliases"):
        read_pack_text(france, "FR")
    reunion = france.replace("notes: [one]", "aliases: {RE: FR-974}\nsubdivisions: {FR-974: {name: Réunion}}")
    assert read_pack_text(reunion, "FR").zones == ("Indian/Reunion",)


def test_a_text_is_read_as_its_file_is(tmp_path: Path) -> None:
    """A kept text gives the same pack, and the rulebook carries the texts by the hash of their content."""
    rules = load_rulebook(folder(tmp_path))
    pack = rules.packs["XK"]
    assert rules.contents == {pack.content_hash: PACK}
    assert read_pack_text(rules.contents[pack.content_hash], "XK") == pack
    with pytest.raises(RuleFileError, match="XY"):
        read_pack_text(PACK, "XY")


def test_only_the_countries_that_are_asked_for_are_read(tmp_path: Path) -> None:
    """Another country's broken pack is no matter; a territory may be anybody's, so that all are read."""
    folder(tmp_path)
    folder(tmp_path, "broken", "XZ")
    assert set(load_rulebook(tmp_path, only=["XK"]).packs) == {"XK"}
    assert load_packs(tmp_path, only=["XK"]).calendars == {}
    with pytest.raises(RuleFileError, match="XZ"):
        load_rulebook(tmp_path, only=["QK"])


def test_a_file_of_aliases_of_aliases_is_refused(tmp_path: Path) -> None:
    """A small file that would unfold without end is refused, not unfolded."""
    lines = ["notes:", "  - &n0 [one]"]
    lines += [f"  - &n{n} [{', '.join([f'*n{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "alias" in fault(folder(tmp_path, PACK.replace("notes: [one]", "\n".join(lines)))).mend


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
