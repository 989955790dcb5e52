"""How calendars are read: parts, corrections, the library behind them, and faults that name file, line and mend."""

from datetime import date
from pathlib import Path

import pytest

from outbound.adapters.files.rules.calendars import read_calendar_text, read_calendars
from outbound.adapters.files.rules.sections import RuleFileError
from outbound.compliance.rules.calendar import Calendar, CalendarMissingError, CalendarYear

FOLDER = Path(__file__).parents[2] / "config" / "compliance" / "calendars"
BASE = """\
code: TW
version: "1"
source: invented
years:
  2026:
    holidays: {2026-01-01: "元旦", 2026-10-10: "國慶日"}
    make_up_workdays: {2026-02-07: "補班"}
"""
PARTS = """\
code: DE
version: "1"
source: invented
parts: [DE-BY, DE-BE, DE-SN]
not_covered: days of villages
years:
  2026:
    holidays: {2026-01-01: New Year}
    regional:
      2026-01-06: {name: Epiphany, in: [DE-BY]}
      2026-10-31: {name: Reformation, in: [DE-SN, DE-BE]}
"""
NESTED = PARTS.replace("not_covered", "contains: {DE-SN: [DE-S1, DE-S2], DE-S1: [DE-S9]}\nnot_covered", 1)
HEAD = "dated: 2026-03-01\nsource: s\n"


def write(tmp_path: Path, text: str = BASE, **corrections: str) -> Path:
    """Write a calendar and corrections of it."""
    (tmp_path / "corrections").mkdir(exist_ok=True)
    code = "DE" if text.startswith("code: DE") else "TW"
    (tmp_path / f"{code}.yaml").write_text(text, encoding="utf-8")
    for name, content in corrections.items():
        (tmp_path / "corrections" / f"{name}.yaml").write_text(content, encoding="utf-8")
    return tmp_path


def corrected(tmp_path: Path, correction: str, text: str = PARTS) -> Calendar:
    """Read the German calendar with one correction."""
    return read_calendars(write(tmp_path, text, a=f"{HEAD}calendar: DE\n{correction}"))["DE"]


@pytest.mark.parametrize(
    ("last_day", "moved"),
    [
        ("2026-11-23", "2026-11-23"),
        ("2026-11-22", "2026-11-23"),
        ("2026-11-28", "2026-11-30"),
        ("2026-02-14", "2026-02-23"),
        ("2026-10-09", "2026-10-12"),
        ("2024-02-17", "2024-02-17"),
        ("2026-12-25", "2026-12-28"),
    ],
)
def test_a_last_day_moves_to_the_next_working_day(last_day: str, moved: str) -> None:
    """A deadline on a rest day ends on the next working day; a worked Saturday is one."""
    calendar = read_calendars(FOLDER, only=["TW"])["TW"]
    assert calendar.next_working_day(date.fromisoformat(last_day)) == date.fromisoformat(moved)


def test_nothing_is_concluded_about_a_year_without_calendar() -> None:
    """A date in an unknown year, or a search that leaves the known ones, is an error and no guess."""
    calendar = read_calendars(FOLDER, only=["TW"])["TW"]
    for day in (date(2028, 3, 1), date(2027, 12, 31)):
        with pytest.raises(CalendarMissingError, match="2028"):
            calendar.next_working_day(day)
    with pytest.raises(CalendarMissingError):
        calendar.is_holiday(date(2023, 1, 3))


def test_a_year_of_nothing_but_holidays_has_no_working_day() -> None:
    """The search gives up after sixty days of rest."""
    first, last = date(2026, 1, 1).toordinal(), date(2026, 12, 31).toordinal()
    every_day = frozenset(date.fromordinal(number) for number in range(first, last + 1))
    with pytest.raises(CalendarMissingError, match="no working day"):
        Calendar("TW", "1", "", {2026: CalendarYear(every_day)}).next_working_day(date(2026, 1, 1))


def test_a_day_of_parts_is_theirs_and_of_whoever_may_be_there(tmp_path: Path) -> None:
    """A known part keeps its days, another does not, an unknown one might, and the country as a whole does not."""
    calendar = read_calendars(write(tmp_path, PARTS))["DE"]
    epiphany = date(2026, 1, 6)
    kept = {part: calendar.is_holiday(epiphany, part) for part in ("DE-BY", "DE-BE", "DE-XX", "DE", None)}
    assert kept == {"DE-BY": True, "DE-BE": False, "DE-XX": True, "DE": True, None: False}
    assert calendar.parts == {"DE-BY", "DE-BE", "DE-SN"}
    assert calendar.not_covered == "days of villages"


def test_corrections_win_in_order_of_their_date(tmp_path: Path) -> None:
    """A later correction undoes an earlier one; version and hash say that there were corrections."""
    first = f"{HEAD}calendar: TW\nworking_days: {{2026-10-10: x}}\nholidays: {{2026-02-07: x}}\n"
    second = (
        "dated: 2026-04-01\ncalendar: TW\nsource: s\nholidays: {2026-10-10: x}\nmake_up_workdays: {2026-01-01: x}\n"
    )
    plain = read_calendars(write(tmp_path))["TW"]
    once = read_calendars(write(tmp_path, b=first))["TW"]
    twice = read_calendars(write(tmp_path, a=second))["TW"]
    assert (plain.is_holiday(date(2026, 10, 10)), once.is_holiday(date(2026, 10, 10))) == (True, False)
    assert twice.is_holiday(date(2026, 10, 10))
    assert not twice.is_holiday(date(2026, 1, 1))
    assert twice.years[2026].make_up_workdays == {date(2026, 1, 1)}
    assert twice.version == "1+2026-03-01+2026-04-01"
    assert len({plain.content_hash, once.content_hash, twice.content_hash}) == 3


@pytest.mark.parametrize(
    ("correction", "day", "keeping"),
    [
        ("regional: {2026-01-06: {name: x, in: [DE-SN]}}", "2026-01-06", {"DE-BY", "DE-SN"}),
        ("regional: {2026-05-05: {name: x, in: [DE-BE]}}", "2026-05-05", {"DE-BE"}),
        ("regional: {2026-01-01: {name: x, in: [DE-BE]}}", "2026-01-01", {"DE-BY", "DE-BE", "DE-SN"}),
        ("holidays: {2026-01-06: x}", "2026-01-06", {"DE-BY", "DE-BE", "DE-SN"}),
        ("working_days: {2026-10-31: x}", "2026-10-31", set()),
        ("working_days: {2026-10-31: {name: x, in: [DE-BE]}}", "2026-10-31", {"DE-SN"}),
        ("working_days: {2026-10-31: {name: x, in: [DE-BE, DE-SN]}}", "2026-10-31", set()),
        ("working_days: {2026-01-01: {name: x, in: [DE-BE]}}", "2026-01-01", {"DE-BY", "DE-SN"}),
        ("make_up_workdays: {2026-10-31: x}", "2026-10-31", set()),
    ],
)
def test_a_correction_reaches_the_parts_that_it_names(
    correction: str, day: str, keeping: set[str], tmp_path: Path
) -> None:
    """Days come to parts and go from them without touching the other parts."""
    calendar = corrected(tmp_path, correction)
    assert {part for part in calendar.parts if calendar.is_holiday(date.fromisoformat(day), part)} == keeping


def test_what_an_outer_part_keeps_its_inner_parts_keep(tmp_path: Path) -> None:
    """At any depth; and an outer part of which one inner part rests may be that one, while its other parts work."""
    calendar = corrected(tmp_path, "regional: {2026-05-05: {name: x, in: [DE-S1]}}", NESTED)
    kept = {
        day: {part for part in calendar.parts if calendar.is_holiday(date.fromisoformat(day), part)}
        for day in ("2026-10-31", "2026-05-05")
    }
    assert kept["2026-10-31"] == {"DE-BE", "DE-SN", "DE-S1", "DE-S2", "DE-S9"}
    assert kept["2026-05-05"] == {"DE-SN", "DE-S1", "DE-S9"}


@pytest.mark.parametrize(
    ("working", "keeping"),
    [
        ("2026-10-31: {name: x, in: [DE-SN]}", {"DE-BE"}),
        ("2026-10-31: {name: x, in: [DE-S1]}", {"DE-BE", "DE-SN", "DE-S2"}),
        ("2026-10-31: {name: x, in: [DE-S2]}", {"DE-BE", "DE-SN", "DE-S1", "DE-S9"}),
        ("2026-10-31: {name: x, in: [DE-S1, DE-S2]}", {"DE-BE"}),
        ("2026-01-01: {name: x, in: [DE-SN, DE-BY]}", {"DE-BE"}),
    ],
)
def test_a_working_day_of_an_inner_part_leaves_the_others_their_holiday(
    working: str, keeping: set[str], tmp_path: Path
) -> None:
    """The part and what lies in it works; the part around it may still be one that rests."""
    calendar = corrected(tmp_path, f"working_days: {{{working}}}", NESTED)
    day = date.fromisoformat(working[:10])
    assert {part for part in calendar.parts if calendar.is_holiday(day, part)} == keeping


def test_the_library_fills_years_that_are_asked_for() -> None:
    """A year left to the library is there, parts too, when it is asked for and only then; no file's hash changes."""
    plain, asked = read_calendars(FOLDER, only=["US"])["US"], read_calendars(FOLDER, [2035, 2050], only=["US"])["US"]
    assert 2035 not in plain.years
    assert asked.is_holiday(date(2035, 12, 25))
    assert asked.is_holiday(date(2035, 3, 2), "US-TX")
    assert not asked.is_holiday(date(2035, 3, 2), "US-NY")
    assert 2050 not in asked.years
    assert plain.content_hash == asked.content_hash


def test_a_correction_may_speak_of_a_year_that_is_not_asked_for_yet(tmp_path: Path) -> None:
    """It waits until the year is read from the library."""
    text = PARTS.replace("parts:", "library: {country: DE, from: 2024, to: 2030}\nparts:", 1)
    folder = write(tmp_path, text, a=f"{HEAD}calendar: DE\nholidays: {{2029-05-05: x}}\n")
    assert 2029 not in read_calendars(folder)["DE"].years
    assert read_calendars(folder, [2029])["DE"].is_holiday(date(2029, 5, 5))


def test_only_the_countries_asked_for_are_read(tmp_path: Path) -> None:
    """A broken calendar of another country does not stand in the way, and its corrections neither."""
    write(tmp_path, "code: DE\n", a=f"{HEAD}calendar: DE\nholidays: {{1999-01-01: x}}\n")
    assert set(read_calendars(write(tmp_path), only=["TW", "XX"])) == {"TW"}


def test_a_years_content_does_not_depend_on_the_order_of_its_file() -> None:
    """The same days in another order are the same year; another day, part or worked Saturday is another one."""
    days = 'holidays: {2026-10-10: "國慶日", 2026-01-01: "元旦"}'
    turned = BASE.replace('holidays: {2026-01-01: "元旦", 2026-10-10: "國慶日"}', days)
    one, two = (read_calendar_text(text, Path("TW.yaml")).years[2026] for text in (BASE, turned))
    assert one.content("TW", 2026) == two.content("TW", 2026)
    mixed = PARTS.replace("[DE-SN, DE-BE]", "[DE-BE, DE-SN]").replace("[DE-BY, DE-BE, DE-SN]", "[DE-SN, DE-BY, DE-BE]")
    more = PARTS.replace("in: [DE-BY]", "in: [DE-BY, DE-SN]")
    hashes = [read_calendar_text(t, Path("DE.yaml")).years[2026].content_hash("DE", 2026) for t in (PARTS, mixed, more)]
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize(
    ("old", "new", "key", "mend"),
    [
        ("code: TW", "code: XX", "code", "TW"),
        ("2026:", "26:", "years.26", "four digits"),
        ("2026-10-10:", "2027-10-10:", "years.2026.holidays.2027-10-10", "its year"),
        ("2026-10-10:", "10/10:", "years.2026.holidays.10/10", "YYYY-MM-DD"),
        ("2026-10-10:", "2026-01-01:", "years.2026.holidays.2026-01-01", "keep one"),
        ("2026-02-07:", "2026-10-10:", "years.2026.make_up_workdays.2026-10-10", "keep it in one"),
        ("source: invented", "source: s\nlibrary: {country: ZZ, from: 2020, to: 2030}", "library.country", "list"),
        ("source: invented", "source: s\nlibrary: {country: TW, from: 2031, to: 2030}", "library.to", "later year"),
        ("source: invented", "source: s\nother: 1", "other", "keys are"),
    ],
)
def test_a_fault_of_a_calendar_is_named(tmp_path: Path, old: str, new: str, key: str, mend: str) -> None:
    """A fault in a calendar names its file, line, key and how to mend it."""
    with pytest.raises(RuleFileError) as caught:
        read_calendars(write(tmp_path, BASE.replace(old, new, 1)), years=[2029])
    assert caught.value.key == key
    assert mend in caught.value.mend
    assert caught.value.file == tmp_path / "TW.yaml"
    assert caught.value.line > 0


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "problem"),
    [
        ("in: [DE-BY]", "in: [DE-XX]", 10, "years.2026.regional.2026-01-06.in", "not among the parts"),
        ("in: [DE-BY]", "in: []", 10, "years.2026.regional.2026-01-06.in", "names no part"),
        (", in: [DE-BY]", "", 10, "years.2026.regional.2026-01-06.in", "missing"),
        ("in: [DE-BY]", "in: [DE-BY, DE-BY]", 10, "years.2026.regional.2026-01-06.in", "twice"),
        ("2026-01-06:", "2026-01-01:", 10, "years.2026.regional.2026-01-01", "whole country"),
        ("2026-01-06:", "2025-01-06:", 10, "years.2026.regional.2025-01-06", "not in 2026"),
        ("2026-01-06:", "2026-10-31:", 11, "years.2026.regional.2026-10-31", "twice"),
        ("parts: [DE-BY,", "parts: [AT-1,", 4, "parts", "no part of DE"),
        ("parts: [DE-BY,", "parts: [DE-BE,", 4, "parts", "twice"),
        ("not_covered:", "contains: {DE-SN: [AT-1]}\nnot_covered:", 5, "contains.DE-SN", "no part of DE"),
        ("not_covered:", "contains: {DE-SN: [DE-S1], DE-S1: [DE-SN]}\nnot_covered:", 5, "contains.DE-SN", "in itself"),
        ("not_covered:", "contains: {DE-SN: [DE-SN]}\nnot_covered:", 5, "contains.DE-SN", "twice"),
        ("parts: [DE-BY, DE-BE, DE-SN]\n", "", 9, "years.2026.regional.2026-01-06.in", "not among the parts"),
    ],
)
def test_a_fault_of_parts_is_named(tmp_path: Path, old: str, new: str, line: int, key: str, problem: str) -> None:
    """A part that is not the country's, a day without parts and a day twice are refused at their line."""
    with pytest.raises(RuleFileError, match=problem) as caught:
        read_calendars(write(tmp_path, PARTS.replace(old, new, 1)))
    assert (caught.value.line, caught.value.key) == (line, key)


@pytest.mark.parametrize(
    ("correction", "key", "mend"),
    [
        (f"{HEAD}calendar: XX\n", "calendar", "TW"),
        (f"{HEAD}calendar: TW\nholidays: {{2030-01-01: x}}\n", "holidays.2030-01-01", "rules calendar TW --years 2030"),
        (f"{HEAD}calendar: TW\nregional: {{2026-01-02: {{name: x, in: [TW-TPE]}}}}\n", "regional.2026-01-02.in", "TW"),
        ("dated: soon\ncalendar: TW\nsource: s\n", "dated", "YYYY-MM-DD"),
        (f"{HEAD}calendar: TW\nholliday: {{2026-01-02: x}}\n", "holliday", "keys are"),
    ],
)
def test_a_fault_of_a_correction_is_named(tmp_path: Path, correction: str, key: str, mend: str) -> None:
    """A correction of a calendar, year or part that is not there is refused."""
    with pytest.raises(RuleFileError) as caught:
        read_calendars(write(tmp_path, a=correction))
    assert caught.value.key == key
    assert mend in caught.value.mend
    assert caught.value.file == tmp_path / "corrections" / "a.yaml"
