"""The calendars as shipped: what the library has, for every country and part, and what governments said besides."""

import subprocess
import sys
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays
import pytest

from outbound.adapters.files.rules.calendars import read_calendars
from outbound.adapters.files.rules.library import last_year, library_parts, library_years
from outbound.compliance.rules.calendar import Calendar, CalendarMissingError

FOLDER = Path(__file__).parents[2] / "config" / "compliance" / "calendars"
COUNTRIES = [
    "TW", "US", "CA", "GB", "IE", "FR", "DE", "ES", "IT", "PT", "NL", "BE", "AT", "CH", "SE", "NO", "AU",
    "NZ", "JP", "KR", "SG", "HK", "CN", "IN", "MY", "ID", "VN", "TH", "BR", "MX", "CO", "AE", "ZA",
]  # fmt: skip
YEARS = range(2024, 2028)
BREAK = {date(2025, 1, 25), date(2025, 2, 1), date(2026, 2, 14), date(2026, 2, 21)}
"""Saturdays inside Taiwan's Lunar New Year break: a correction of ours, not the library's."""
RENAMED = {
    "FR-57": "57", "FR-6AE": "6AE", "FR-67": "6AE", "FR-68": "6AE", "FR-GP": "971", "FR-MQ": "972", "FR-GF": "973",
    "FR-RE": "974", "FR-YT": "976", "IT-23": "AO",
}  # fmt: skip
CITIES = {
    "AU-NSW": ["NSW Western"], "BR-SP": ["São Paulo Capital"], "CH-ZH": ["Stadt Zurich"], "DE-BY": ["Augsburg"],
    "ES-CT": ["Barcelona"], "NZ-CAN": ["South Canterbury"], "IT-BT": ["Andria", "Barletta", "Trani"],
    "IT-FC": ["Cesena", "Forli"], "IT-PU": ["Pesaro", "Urbino"],
}  # fmt: skip
OFFICE_2026 = [
    "01-01", "02-16", "02-17", "02-18", "02-19", "02-20", "02-27", "04-03", "04-06", "05-01", "06-19", "09-25",
    "09-28", "10-09", "10-26", "12-25",
]  # fmt: skip
OFFICE_2027 = [
    "01-01", "02-04", "02-05", "02-08", "02-09", "02-10", "03-01", "04-05", "04-06", "04-30", "06-09", "09-15",
    "09-28", "10-11", "10-25", "12-24", "12-31",
]  # fmt: skip


@pytest.fixture(scope="module")
def calendars() -> dict[str, Calendar]:
    """Give the calendars as shipped."""
    return read_calendars(FOLDER)


@cache
def library(country: str, name: str | None = None) -> frozenset[date]:
    """Give the library's own public holidays of a country or of one of its subdivisions."""
    found: Any = holidays.country_holidays(country, subdiv=name, years=YEARS)
    return frozenset(found)


def days(calendar: Calendar, part: str | None) -> set[date]:
    """Give the days on which the calendar says holiday."""
    first, span = date(YEARS[0], 1, 1), (date(YEARS[-1] + 1, 1, 1) - date(YEARS[0], 1, 1)).days
    every = (first + timedelta(days=number) for number in range(span))
    return {day for day in every if calendar.is_holiday(day, part)}


def test_there_is_a_calendar_for_every_country(calendars: dict[str, Calendar]) -> None:
    """The thirty-three countries of the packs, four years each, and each says what it does not cover."""
    assert sorted(calendars) == sorted(COUNTRIES)
    assert all(set(YEARS) <= set(calendar.years) for calendar in calendars.values())
    assert all(calendar.not_covered for calendar in calendars.values())


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_written_years_are_the_librarys(country: str, calendars: dict[str, Calendar]) -> None:
    """What a file lists, for the country and each part, is what the library has; no day is invented or lost."""
    calendar, own = calendars[country], library(country)
    added = BREAK if country == "TW" else set()
    assert days(calendar, None) == own | added
    assert calendar.parts == set(library_parts(country))
    plain = {f"{country}-{name}": name for name in holidays.country_holidays(country).subdivisions}
    for part in calendar.parts:
        name = RENAMED.get(part, plain.get(part))
        names = [name] if name else ["57", "6AE"] if part == "FR-GES" else []
        expected = own.union(added, *(library(country, each) for each in (*names, *CITIES.get(part, ()))))
        assert days(calendar, part) == expected, part
    worked = holidays.country_holidays(country, years=YEARS).weekend_workdays
    assert {day for year in YEARS for day in calendar.years[year].make_up_workdays} == {
        day for day in worked if day.year in YEARS
    }


def test_every_subdivision_of_the_library_is_a_part_or_a_school_zone() -> None:
    """A new version of the library cannot bring a subdivision that nobody looked at."""
    known = set(RENAMED.values()) | {name for names in CITIES.values() for name in names}
    school = {"Zone A", "Zone B", "Zone C", "Flemish", "French", "German", "Midden", "Noord", "Zuid"}
    for country in COUNTRIES:
        for name in holidays.country_holidays(country).subdivisions:
            assert name in known | school or f"{country}-{name}" in library_parts(country)
            assert name.replace(" ", "").isascii() or name in known


@pytest.mark.parametrize("country", sorted(set(COUNTRIES) - {"TW", "CN"}))
def test_the_library_still_knows_the_last_year_that_a_file_leaves_to_it(country: str) -> None:
    """The last lazily read year is whole: it has about as many days as the written ones (warnings are errors here)."""
    last = last_year(country)
    assert last is not None
    found, written = library_years(country, [last])[last], library_years(country, [2027])[2027]
    assert len(found.holidays) >= 0.7 * len(written.holidays)
    assert len(found.regional) >= 0.7 * len(written.regional)


def test_a_year_that_the_tables_do_not_reach_is_not_known() -> None:
    """India's feasts end in the library in 2035: 2036 is no year with few holidays, it is none."""
    assert set(library_years("IN", [2035, 2036])) == {2035}


@pytest.mark.parametrize(("year", "office"), [(2026, OFFICE_2026), (2027, OFFICE_2027)])
def test_taiwan_is_the_governments_calendar(year: int, office: list[str], calendars: dict[str, Calendar]) -> None:
    """The weekday holidays are those of the office calendar, and no Saturday is worked."""
    found = calendars["TW"].years[year]
    assert [f"{day:%m-%d}" for day in sorted(found.everywhere) if day.isoweekday() < 6] == office
    assert not found.make_up_workdays


def test_taiwans_substituted_and_worked_days_stand(calendars: dict[str, Calendar]) -> None:
    """A worked Saturday works, the day given for it rests, and a new year on a Saturday is given the day before."""
    taiwan = calendars["TW"]
    assert taiwan.is_working_day(date(2024, 2, 17))
    assert not taiwan.is_working_day(date(2024, 2, 8))
    assert taiwan.is_working_day(date(2025, 2, 8))
    assert not taiwan.is_working_day(date(2027, 12, 31))
    assert all(taiwan.is_holiday(day) for day in BREAK)


def test_taiwan_2028_is_not_known_whoever_asks(calendars: dict[str, Calendar]) -> None:
    """Taiwan's library years do not stand in for the government: asked for or not, 2028 fails closed."""
    for calendar in (calendars["TW"], read_calendars(FOLDER, [2028])["TW"]):
        with pytest.raises(CalendarMissingError, match="2028"):
            calendar.is_holiday(date(2028, 2, 28))


@pytest.mark.parametrize(
    ("day", "part", "holiday"),
    [
        ("2026-01-06", "DE-BY", True),
        ("2026-01-06", "DE-BE", False),
        ("2026-01-06", "DE-ZZ", True),
        ("2026-01-06", "DE", True),
        ("2026-01-06", None, False),
        ("2026-04-03", "FR-67", True),
        ("2026-04-03", "FR-IDF", False),
        ("2026-05-22", "FR-MQ", True),
        ("2026-03-17", "GB-NIR", True),
        ("2026-03-17", "GB-ENG", False),
        ("2026-11-03", "AU-VIC", True),
        ("2026-11-03", "AU-NSW", False),
        ("2026-03-31", "US-CA", True),
        ("2026-10-12", "US-CA", True),
        ("2027-12-31", "US-OR", True),
        ("2026-05-18", "CA-YT", True),
        ("2026-06-29", "IT-RM", True),
        ("2026-09-28", "NZ-CAN", True),
    ],
)
def test_a_part_keeps_its_own_days(
    day: str, part: str | None, holiday: bool, calendars: dict[str, Calendar]
) -> None:  # fmt: skip
    """A known part has its days and the country's; an unknown one may be any part; no part asks about the country."""
    country = next(code for code in calendars if (part or "DE").startswith(code))
    assert calendars[country].is_holiday(date.fromisoformat(day), part) is holiday


def test_reading_does_not_load_the_holidays_library() -> None:
    """The written-out years make it needless, and it takes most of a second."""
    code = (
        "import sys; from pathlib import Path; from outbound.adapters.files.rules.calendars import read_calendars;"
        f"read_calendars(Path({str(FOLDER)!r}), years=[2026, 2027]); sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
