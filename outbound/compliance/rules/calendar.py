"""Public holidays as plain sets a year, and the working days that follow from them."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256

from msgspec import Struct, field

SATURDAY = 6
_LONGEST_REST = 60


class CalendarMissingError(LookupError):
    """No calendar for a year: nothing may be concluded about its days."""


class CalendarYear(Struct, frozen=True):
    """Holidays of one year: `everywhere` in the country, and `regional` by day with the parts (ISO codes) that keep it.

    `make_up_workdays` are Saturdays that are worked; they move deadlines, but never widen call windows.
    """

    everywhere: frozenset[date]
    regional: Mapping[date, frozenset[str]] = field(default_factory=dict)
    make_up_workdays: frozenset[date] = field(default_factory=frozenset)

    def content(self, code: str, year: int) -> str:
        """Return the year as canonical JSON: equal years give equal text, whatever file they came from."""
        value = {
            "code": code,
            "year": year,
            "everywhere": sorted(day.isoformat() for day in self.everywhere),
            "regional": {day.isoformat(): sorted(parts) for day, parts in self.regional.items()},
            "make_up_workdays": sorted(day.isoformat() for day in self.make_up_workdays),
        }
        return json.dumps(value, sort_keys=True, separators=(",", ":"))

    def content_hash(self, code: str, year: int) -> str:
        """Return the hex SHA-256 of the year's content."""
        return sha256(self.content(code, year).encode()).hexdigest()


class Calendar(Struct, frozen=True):
    """Holidays of one country. A year that is no key of `years` is unknown, not free of holidays.

    `parts` are the subdivisions whose own holidays are known. `not_covered` says which days no source lists, such as
    municipal ones: they are on record and block nothing. `content_hash` is the SHA-256 of the files it was read from.
    `contains` maps a part to all that lie in it, such as a region to its provinces.
    """

    code: str
    version: str
    content_hash: str
    years: Mapping[int, CalendarYear]
    parts: frozenset[str] = field(default_factory=frozenset)
    not_covered: str = ""
    contains: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def overlap(self, one: str, other: str) -> bool:
        """Whether one of two parts lies in the other."""
        return other in self.contains.get(one, ()) or one in self.contains.get(other, ())

    def knows(self, day: date) -> bool:
        """Whether the year of this date has a calendar."""
        return day.year in self.years

    def is_holiday(self, day: date, region: str | None = None) -> bool:
        """Whether the date is a public holiday; raises `CalendarMissingError` for a year that is not known.

        `region` None asks about the whole country only. A region that is no known part of the country, the country's
        own code too, may be any of them: a holiday of one part closes it.
        """
        year = self.years.get(day.year)
        if year is None:
            raise CalendarMissingError(f"calendar {self.code} has no year {day.year}: add it to its file")
        if day in year.everywhere:
            return True
        if region is None or day not in year.regional:
            return False
        return region not in self.parts or region in year.regional[day]

    def is_working_day(self, day: date) -> bool:
        """Whether offices work: no weekend, no national holiday, or a make-up workday."""
        year = self.years.get(day.year)
        if year is not None and day in year.make_up_workdays:
            return True
        return day.isoweekday() < SATURDAY and not self.is_holiday(day)

    def next_working_day(self, day: date) -> date:
        """Return the date itself, or the first working day after it when it is a rest day.

        A period whose last day is a rest day ends on the next working day (Taiwan: Civil Code art. 122).
        Raises `CalendarMissingError` when the search leaves the years that are known.
        """
        for offset in range(_LONGEST_REST):
            candidate = day + timedelta(days=offset)
            if self.knows(candidate) and self.is_working_day(candidate):
                return candidate
            self.is_holiday(candidate)
        raise CalendarMissingError(f"calendar {self.code} has no working day in {_LONGEST_REST} days from {day}")
