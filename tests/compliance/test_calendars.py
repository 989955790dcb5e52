"""Calendars: the library's holidays, the government's corrections, and working days."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import holidays
import pytest

from outbound.adapters.files.rules.calendars import read_calendars
from outbound.adapters.files.rules.sections import RuleFileError
from outbound.compliance.rules.calendar import Calendar, CalendarMissingError
from outbound.compliance.rules.rulebook import Rulebook

OFFICE_2026 = [
    "01-01", "02-16", "02-17", "02-18", "02-19", "02-20", "02-27", "04-03", "04-06", "05-01", "06-19", "09-25",
    "09-28", "10-09", "10-26", "12-25",
]  # fmt: skip
BASE = """\
code: TW
version: "1"
source: invented
years:
  2026:
    holidays: {2026-01-01: "元旦", 2026-10-10: "國慶日"}
    make_up_workdays: {2026-02-07: "補班"}
"""


def write(tmp_path: Path, text: str = BASE, **corrections: str) -> Path:
    """Write a calendar and corrections of it."""
    (tmp_path / "corrections").mkdir(exist_ok=True)
    (tmp_path / "TW.yaml").write_text(text, encoding="utf-8")
    for name, content in corrections.items():
        (tmp_path / "corrections" / f"{name}.yaml").write_text(content, encoding="utf-8")
    return tmp_path


def test_taiwan_2026_is_the_governments_calendar(rulebook: Rulebook) -> None:
    """The weekday holidays of 2026 are the sixteen of the office calendar, and no Saturday is worked."""
    calendar = rulebook.calendars["TW"]
    weekdays = [day for day in sorted(calendar.years[2026]) if day.isoweekday() < 6]
    assert [f"{day:%m-%d}" for day in weekdays] == OFFICE_2026
    assert not [day for day in calendar.make_up_workdays if day.year == 2026]


@pytest.mark.parametrize(("code", "years"), [("TW", range(2024, 2028)), ("US", range(2024, 2031))])
def test_the_written_years_are_the_librarys(code: str, years: range, rulebook: Rulebook) -> None:
    """What the files list is what the library has, but for the dated corrections."""
    library = holidays.country_holidays(code, years=years)
    written = {day for year in years for day in rulebook.calendars[code].years[year]}
    corrected = {date(2025, 1, 25), date(2025, 2, 1), date(2026, 2, 14), date(2026, 2, 21)} if code == "TW" else set()
    assert written - corrected == {day for day in library if day.year in years}
    worked = {day for day in getattr(library, "weekend_workdays", set()) if day.year in years}
    assert rulebook.calendars[code].make_up_workdays == worked


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
def test_a_last_day_moves_to_the_next_working_day(last_day: str, moved: str, rulebook: Rulebook) -> None:
    """A deadline on a rest day ends on the next working day; a worked Saturday is one."""
    calendar = rulebook.calendars["TW"]
    assert calendar.next_working_day(date.fromisoformat(last_day)) == date.fromisoformat(moved)


def test_nothing_is_concluded_about_a_year_without_calendar(rulebook: Rulebook) -> None:
    """A date in an unknown year, or a search that leaves the known ones, is an error and no guess."""
    calendar = rulebook.calendars["TW"]
    for day in (date(2028, 3, 1), date(2027, 12, 31)):
        with pytest.raises(CalendarMissingError, match="2028"):
            calendar.next_working_day(day)
    with pytest.raises(CalendarMissingError):
        calendar.is_holiday(date(2023, 1, 3))


def test_a_year_of_nothing_but_holidays_has_no_working_day() -> None:
    """The search gives up after sixty days of rest."""
    every_day = frozenset(
        date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())
    )
    with pytest.raises(CalendarMissingError, match="no working day"):
        Calendar("TW", "1", "", {2026: every_day}).next_working_day(date(2026, 1, 1))


def test_corrections_win_in_order_of_their_date(tmp_path: Path) -> None:
    """A later correction undoes an earlier one; version and hash say that there were corrections."""
    first = "dated: 2026-03-01\ncalendar: TW\nsource: s\nworking_days: {2026-10-10: x}\nholidays: {2026-02-07: x}\n"
    second = (
        "dated: 2026-04-01\ncalendar: TW\nsource: s\nholidays: {2026-10-10: x}\nmake_up_workdays: {2026-01-01: x}\n"
    )
    plain = read_calendars(write(tmp_path))["TW"]
    once = read_calendars(write(tmp_path, b=first))["TW"]
    twice = read_calendars(write(tmp_path, a=second))["TW"]
    assert (plain.is_holiday(date(2026, 10, 10)), once.is_holiday(date(2026, 10, 10))) == (True, False)
    assert twice.is_holiday(date(2026, 10, 10))
    assert not twice.is_holiday(date(2026, 1, 1))
    assert twice.make_up_workdays == {date(2026, 1, 1)}
    assert twice.version == "1+2026-03-01+2026-04-01"
    assert len({plain.content_hash, once.content_hash, twice.content_hash}) == 3


def test_the_library_fills_years_that_are_asked_for(rules_directory: Path) -> None:
    """A year that a file leaves to the library is there when it is asked for, and only then."""
    folder = rules_directory / "calendars"
    assert 2035 not in read_calendars(folder)["US"].years
    asked = read_calendars(folder, years=[2035, 2050])["US"]
    assert date(2035, 12, 25) in asked.years[2035]
    assert 2050 not in asked.years
    assert 2035 not in read_calendars(folder, years=[2035])["TW"].years


@pytest.mark.parametrize(
    ("old", "new", "key", "mend"),
    [
        ("code: TW", "code: XX", "code", "TW"),
        ("2026:", "26:", "years.26", "four digits"),
        ("2026-10-10:", "2027-10-10:", "years.2026.holidays.2027-10-10", "its year"),
        ("2026-10-10:", "10/10:", "years.2026.holidays.10/10", "YYYY-MM-DD"),
        ("source: invented", "source: s\nlibrary: {country: ZZ, from: 2020, to: 2030}", "library.country", "list"),
        ("source: invented", "source: s\nother: 1", "other", "keys are"),
    ],
)
def test_a_fault_of_a_calendar_is_named(tmp_path: Path, old: str, new: str, key: str, mend: str) -> None:
    """A fault in a calendar names its key and how to mend it."""
    with pytest.raises(RuleFileError) as caught:
        read_calendars(write(tmp_path, BASE.replace(old, new, 1)), years=[2029])
    assert caught.value.key == key
    assert mend in caught.value.mend


@pytest.mark.parametrize(
    ("correction", "key"),
    [
        ("dated: 2026-03-01\ncalendar: XX\nsource: s\n", "calendar"),
        ("dated: 2026-03-01\ncalendar: TW\nsource: s\nholidays: {2030-01-01: x}\n", "holidays.2030-01-01"),
        ("dated: soon\ncalendar: TW\nsource: s\n", "dated"),
    ],
)
def test_a_fault_of_a_correction_is_named(tmp_path: Path, correction: str, key: str) -> None:
    """A correction of a calendar or year that is not there is refused."""
    with pytest.raises(RuleFileError) as caught:
        read_calendars(write(tmp_path, a=correction))
    assert caught.value.key == key


def test_loading_the_rules_does_not_load_the_holidays_library(rules_directory: Path) -> None:
    """The written-out years make it needless, and it takes most of a second."""
    code = (
        "import sys; from pathlib import Path; from outbound.adapters.files.rules.packs import load_rulebook;"
        f"load_rulebook(Path({str(rules_directory)!r}), years=[2026]); sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
