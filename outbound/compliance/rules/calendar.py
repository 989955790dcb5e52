"""Public holidays as plain sets a year, and the working days that follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 6
_LONGEST_REST = 60


class CalendarMissingError(LookupError):
    """No calendar for a year: nothing may be concluded about its days."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Holidays of one jurisdiction. A year that is no key of `years` is unknown, not free of holidays.

    `make_up_workdays` are Saturdays that are worked; they move deadlines, but never widen call windows.
    """

    code: str
    version: str
    content_hash: str
    years: Mapping[int, frozenset[date]]
    make_up_workdays: frozenset[date] = field(default_factory=frozenset)

    def knows(self, day: date) -> bool:
        """Whether the year of this date has a calendar."""
        return day.year in self.years

    def is_holiday(self, day: date) -> bool:
        """Whether the date is a public holiday; raises `CalendarMissingError` for a year that is not known."""
        if day.year not in self.years:
            raise CalendarMissingError(f"calendar {self.code} has no year {day.year}: add it to its file")
        return day in self.years[day.year]

    def is_working_day(self, day: date) -> bool:
        """Whether offices work: no weekend, no holiday, or a make-up workday."""
        if day in self.make_up_workdays:
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
