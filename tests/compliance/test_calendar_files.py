"""The calendars as shipped: what the library has, for every country and part, and what governments said besides."""

import subprocess
import sys
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays
import pycountry
import pytest

from outbound.adapters.files.rules.calendars import read_calendar_text, read_calendars
from outbound.adapters.files.rules.library import last_year, library_parts, library_years
from outbound.compliance.rules.calendar import Calendar, CalendarMissingError

FOLDER = Path(__file__).parents[2] / "config" / "compliance" / "calendars"
COUNTRIES = [
    "TW", "US", "CA", "GB", "IE", "FR", "DE", "ES", "IT", "PT", "NL", "BE", "AT", "CH", "SE", "NO", "AU",
    "NZ", "JP", "KR", "SG", "HK", "CN", "IN", "MY", "ID", "VN", "TH", "BR", "MX", "CO", "AE", "ZA",
]  # fmt: skip
YEARS = range(2024, 2028)
SUBDIVISIONS: list[Any] = list(pycountry.subdivisions)
PARENTS: dict[str, str | None] = {each.code: each.parent_code for each in SUBDIVISIONS}
BREAK = {date(2025, 1, 25), date(2025, 2, 1), date(2026, 2, 14), date(2026, 2, 21)}
"""Saturdays inside Taiwan's Lunar New Year break: a correction of ours, not the library's."""
RENAMED = {"FR-GP": "971", "FR-MQ": "972", "FR-GF": "973", "FR-RE": "974", "FR-YT": "976", "IT-23": "AO"}
OVERSEAS = {f"FR-{number}": part for part, number in RENAMED.items() if part.startswith("FR-")}
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


@pytest.fixture(scope="module")
def files() -> dict[str, Calendar]:
    """Give the calendars as their files have them, without corrections."""
    found = (read_calendar_text(file.read_text(encoding="utf-8"), file) for file in FOLDER.glob("*.yaml"))
    return {calendar.code: calendar for calendar in found}


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


@cache
def subdivisions(country: str) -> tuple[str, ...]:
    """Give the library's names of a country's parts."""
    return tuple(holidays.country_holidays(country).subdivisions)


def names_of(part: str) -> list[str]:
    """Give the library's names for what a part itself keeps."""
    country, _, code = part.partition("-")
    return [name for name in (RENAMED.get(part, code), *CITIES.get(part, ())) if name in subdivisions(country)]


@cache
def around(part: str) -> frozenset[str]:
    """Give the part with all parts around it, by ISO 3166-2."""
    found, outer = {part, OVERSEAS.get(part, part)}, PARENTS.get(part)
    while outer:
        found.add(outer)
        outer = PARENTS.get(outer)
    return frozenset(found)


def inside(part: str) -> set[str]:
    """Give all parts in a part."""
    return {code for code in PARENTS if code.startswith(part[:3]) and code != part and part in around(code)}


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_written_years_are_the_librarys(country: str, files: dict[str, Calendar]) -> None:
    """What a file lists, for the country and each part, is what the library has; no day is invented or lost."""
    calendar, own = files[country], library(country)
    assert days(calendar, None) == own
    assert calendar.parts >= set(library_parts(country))
    for part in calendar.parts:
        names = [name for each in around(part) | inside(part) for name in names_of(each)]
        assert days(calendar, part) == own.union(*(library(country, name) for name in names)), part
    worked = holidays.country_holidays(country, years=YEARS).weekend_workdays
    assert {day for year in YEARS for day in calendar.years[year].make_up_workdays} == {
        day for day in worked if day.year in YEARS
    }


def test_every_iso_part_of_a_country_with_days_of_parts_is_known(calendars: dict[str, Calendar]) -> None:
    """Provinces, departments and councils too, so that no contact with an address counts as being anywhere."""
    empty = {"US-UM", "FR-CP"}
    for country, calendar in calendars.items():
        if any(year.regional for year in calendar.years.values()):
            iso = {each.code for each in SUBDIVISIONS if each.country_code == country}
            assert iso - empty <= calendar.parts, country


def test_every_subdivision_of_the_library_is_a_part_or_a_school_zone() -> None:
    """A new version of the library cannot bring a subdivision that nobody looked at."""
    known = set(RENAMED.values()) | {name for names in CITIES.values() for name in names} | {"UM"}
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
        ("2026-04-03", "FR-75C", False),
        ("2026-04-03", "FR-GES", True),
        ("2026-04-03", "FR-08", False),
        ("2026-04-03", "FR-57", True),
        ("2026-04-10", "FR-971", False),
        ("2026-05-27", "FR-971", True),
        ("2026-03-17", "GB-BFS", True),
        ("2026-03-17", "GB-CAM", False),
        ("2026-05-15", "ES-M", False),
        ("2026-05-02", "ES-M", True),
        ("2026-06-29", "IT-62", True),
        ("2026-06-29", "IT-25", False),
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
