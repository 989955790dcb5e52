"""Hours, holidays and dates of a rule as they stand in a pack file."""

import re
from collections.abc import Mapping

from outbound.adapters.files.rules.sections import Section
from outbound.compliance.rules.pack import DayHours, HolidayTreatment, Hours, InForce, Segment, Week

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GROUPS = {"mon-fri": range(5), "mon-sat": range(6), "every_day": range(7)}
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_MIDNIGHT = 24 * 60


def in_force(section: Section) -> InForce:
    """Read the first and last day of a rule, both inclusive."""
    since = section.day("effective_from") if section.has("effective_from") else None
    until = section.day("effective_to") if section.has("effective_to") else None
    if since is not None and until is not None and until < since:
        raise section.fail("effective_to", f"{until} is before effective_from {since}", "correct one of the dates")
    return InForce(since, until)


def segments(section: Section) -> Mapping[Segment, Week]:
    """Read the narrower weeks of segments."""
    if not section.has("segments"):
        return {}
    inner = section.section("segments")
    weeks: dict[Segment, Week] = {}
    for name in inner.keys():  # noqa: SIM118
        if name not in set(Segment):
            raise inner.fail(name, "is no segment", f"write one of {', '.join(Segment)}")
        weeks[Segment(name)] = _week(inner.section(name))
    return weeks


def chosen_hours(section: Section) -> Hours:
    """Read how far a time that the customer chose may stretch a layer."""
    hours = hours_of(section)
    section.done()
    return hours


def hours_of(section: Section) -> Hours:
    """Read a week and what a public holiday makes of it."""
    week = _week(section.section("hours"))
    if not section.is_mapping("public_holiday"):
        treatment = section.choice("public_holiday", HolidayTreatment)
        if treatment is HolidayTreatment.OWN_WINDOW:
            raise section.fail(
                "public_holiday", "own_window has no hours", "write {treatment: own_window, hours: [..]}"
            )
        return Hours(week, treatment)
    own = section.section("public_holiday")
    hours = Hours(week, own.choice("treatment", HolidayTreatment), _day(own, "hours"))
    own.done()
    return hours


def _week(section: Section) -> Week:
    days: dict[int, DayHours] = {}
    for key in section.keys():  # noqa: SIM118
        group = _GROUPS.get(key) or ([_DAYS.index(key)] if key in _DAYS else None)
        if group is None:
            raise section.fail(key, "is no day", f"write {', '.join((*_DAYS, *_GROUPS))}")
        for day in group:
            if day in days:
                raise section.fail(key, f"{_DAYS[day]} has hours already", "name every day once")
            days[day] = _day(section, key)
    for number, name in enumerate(_DAYS):
        if number not in days:
            raise section.fail(name, "is missing", "a day without calls is written []")
    return (days[0], days[1], days[2], days[3], days[4], days[5], days[6])


def _day(section: Section, key: str) -> DayHours:
    spans: list[tuple[int, int]] = []
    for text in section.texts(key):
        found = _WINDOW.fullmatch(text)
        if not found:
            raise section.fail(
                key, f"{text!r} is no window", 'write "09:00-21:00", with two digits each, 24:00 at most'
            )
        hour, minute, last_hour, last_minute = (int(part) for part in found.groups())
        start, end = hour * 60 + minute, last_hour * 60 + last_minute
        if end > _MIDNIGHT or start >= end:
            raise section.fail(key, f"{text} ends before it starts or after 24:00", "split it at midnight")
        if spans and start < spans[-1][1]:
            raise section.fail(key, f"{text} overlaps the window before it", "sort the windows and keep them apart")
        if spans and start == spans[-1][1]:
            start = spans.pop()[0]
        spans.append((start, end))
    return tuple(spans)
