"""Calendar days as Taiwanese systems write them: ISO, slashes, digits only, and years of the Republic (Minguo)."""

import re
from datetime import date
from functools import lru_cache

from outbound.adapters.sources.contract import UnreadableError

_MINGUO_OFFSET = 1911
_EARLIEST_YEAR, _LATEST_YEAR = 1880, 2199
_MEND = "Write it as 2026-11-22, 2026/11/22, 115/11/22 or 民國115年11月22日."

_MIDNIGHT = r"(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?|[T ]00:00(?::00(?:\.0+)?)?(?:Z| ?[+-]\d\d:?\d\d))?"
_SEPARATED = re.compile(rf"(\d{{4}}|\d{{2,3}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_MIDNIGHT}", re.ASCII)
_DIGITS = re.compile(r"(\d{4}|\d{3})(\d\d)(\d\d)", re.ASCII)
_WORDS = re.compile(r"(民國|中華民國|西元|公元)? ?(\d{1,4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日?", re.ASCII)
_BEFORE_REPUBLIC = re.compile(r"(?:中華)?民國? ?前")
_DAY_NUMBER = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_FULL_YEAR_DIGITS = 4
_ERA_YEAR_DIGITS = 2


@lru_cache(maxsize=65_536)
def parse_date(text: str) -> date:
    """Read a cleaned text as a calendar day; raises UnreadableError.

    A year of four digits is Gregorian; of two or three digits, Minguo (115 is 2026). A time of day is dropped; a time
    with an offset is read only at midnight, because elsewhere the day would depend on the zone.
    """
    if match := _SEPARATED.fullmatch(text):
        return _day(match[1], match[3], match[4])
    if match := _DIGITS.fullmatch(text):
        return _day(match[1], match[2], match[3])
    if match := _WORDS.fullmatch(text):
        return _day_in_words(match)
    if _BEFORE_REPUBLIC.match(text):
        raise UnreadableError("date_before_republic", "is a year before the Republic (before 1912)", _MEND)
    if _DAY_NUMBER.fullmatch(text):
        raise UnreadableError(
            "date_is_day_number", "is a spreadsheet's day number", f"Format the column as a date. {_MEND}"
        )
    raise UnreadableError("date_unreadable", "is not a date in a known spelling", _MEND)


def _day_in_words(match: re.Match[str]) -> date:
    era, year = match[1], match[2]
    if era in ("民國", "中華民國"):
        return _minguo_day(year, match[3], match[4])
    if era is None and len(year) < _ERA_YEAR_DIGITS:
        raise UnreadableError("date_unreadable", "has a year of one digit and no era", _MEND)
    return _day(year, match[3], match[4])


def _day(year: str, month: str, day: str) -> date:
    return (_calendar_day if len(year) == _FULL_YEAR_DIGITS else _minguo_day)(year, month, day)


def _minguo_day(year: str, month: str, day: str) -> date:
    if not int(year):
        raise UnreadableError("date_impossible", "is in a year 0, which the Republic never had", _MEND)
    return _calendar_day(str(int(year) + _MINGUO_OFFSET), month, day)


def _calendar_day(year: str, month: str, day: str) -> date:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError as error:
        raise UnreadableError("date_impossible", "is no day of the calendar", _MEND) from error
    if not _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
        raise UnreadableError("date_implausible", "lies outside the years 1880 to 2199", _MEND)
    return found
