"""Which days of the calendar a name means, seen from today. Pure."""

from calendar import monthrange
from datetime import date, timedelta

from outbound.dialogue.understanding.time_words.tokens import Day, Span

_FEW_DAYS = 5
_WEEK, _SATURDAY = 7, 5


class Days:
    """The days that names mean: `first` to `last`, and `again` if that is over and another may be meant instead."""

    def __init__(self, first: date, last: date | None = None, again: date | None = None) -> None:
        self.first, self.last, self.again = first, last or first, again
        self.is_long = self.last != self.first

    @classmethod
    def of(cls, day: Day, today: date) -> "Days | None":
        """Return the days of a name, or None where the calendar has none."""
        if day.span in {Span.WEEK, Span.WEEKEND}:
            monday = today + timedelta(weeks=day.week or 0, days=-today.weekday())
            start = monday + timedelta(days=_SATURDAY if day.span is Span.WEEKEND else 0)
            return cls(start, monday + timedelta(days=_WEEK - 1))
        if day.span is not None:
            return _of_month(day, today)
        if day.weekday is not None:
            return _weekday(day, today)
        if day.day is not None:
            return _date(day, today)
        return cls(today + timedelta(days=day.offset or 0))


def _weekday(day: Day, today: date) -> Days:
    if day.week is None:
        found = today + timedelta(days=((day.weekday or 0) - today.weekday()) % _WEEK)
        return Days(found, again=found + timedelta(days=_WEEK))
    return Days(today + timedelta(weeks=day.week, days=(day.weekday or 0) - today.weekday()))


def _of_month(day: Day, today: date) -> Days:
    """The first or the last five days of a month; of this one unless another is named."""
    year, month = _month(today, day)
    length = monthrange(year, month)[1]
    if day.span is Span.MONTH_START:
        return Days(date(year, month, 1), date(year, month, _FEW_DAYS))
    return Days(date(year, month, length - _FEW_DAYS + 1), date(year, month, length))


def _month(today: date, day: Day) -> tuple[int, int]:
    if day.month is not None:
        return today.year + (day.month < today.month), day.month
    years, month = divmod(today.month - 1 + (day.months or 0), 12)
    return today.year + years, month + 1


def _date(day: Day, today: date) -> Days | None:
    """The next such day; a day of the month alone is this month's or, once it is over, the next one's."""
    number = day.day or 0
    if day.month is None and day.months is None:
        options = [_real(*_month(today, Day(months=ahead)), number) for ahead in range(3)]
    elif day.month is not None:
        options = [_real(today.year + ahead, day.month, number) for ahead in range(2)]
    else:
        options = [_real(*_month(today, day), number)]
    coming = [each for each in options if each is not None and each >= today]
    return Days(coming[0]) if coming else None


def _real(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def named(days: tuple[Day, ...], today: date, *, is_range: bool) -> Days | None:
    """Return the days that all of the names mean: the first to the second, or one day that was named in several ways.

    None where there is no such day, or where they contradict each other (`明天星期三` on a Monday).
    """
    if is_range:
        return _range(days[0], days[1], today)
    placed = [Days.of(each, today) for each in days if not _is_bare_weekday(each)]
    bare = [each for each in days if _is_bare_weekday(each)]
    if not placed and len(bare) == 1:
        return Days.of(bare[0], today)
    found = placed[0] if placed else None
    if found is None or any(each is None or (each.first, each.last) != (found.first, found.last) for each in placed):
        return None
    fits = all(each.weekday == found.first.weekday() and not found.is_long for each in bare)
    return found if fits else None


def _range(first: Day, last: Day, today: date) -> Days | None:
    start, end = Days.of(first, today), Days.of(last, today)
    if start is None or end is None:
        return None
    ahead = (end.first - start.first).days
    # 下禮拜一到禮拜三: the Wednesday after that Monday.
    until = end.last + timedelta(days=_WEEK * -(ahead // _WEEK)) if _is_bare_weekday(last) else end.last
    return Days(start.first, until) if start.first <= until else None


def _is_bare_weekday(day: Day) -> bool:
    return day.weekday is not None and day.week is None
