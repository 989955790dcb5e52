"""Days of a calendar file as they are read: dates with names, dates of parts, and the draft that they go into."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from outbound.adapters.files.rules.sections import Section

Regional = dict[date, frozenset[str]]


@dataclass(slots=True)
class DraftYear:
    """Days of one year while corrections may still change them."""

    everywhere: set[date]
    regional: Regional = field(default_factory=dict)
    make_up_workdays: set[date] = field(default_factory=set)


@dataclass(slots=True)
class Draft:
    """A calendar while it is read. `library_years` are years that it leaves to the holidays library."""

    code: str
    version: str
    not_covered: str
    hashes: list[str]
    parts: frozenset[str] = frozenset()
    library_years: range = range(0)
    years: dict[int, DraftYear] = field(default_factory=dict)


def named_days(section: Section, key: str) -> Iterator[tuple[Section, str, date]]:
    """Yield (the days' section, text of the date, date) of a mapping `date: ...`; nothing when it is absent."""
    if not section.has(key):
        return
    days = section.section(key)
    for text in days.keys():  # noqa: SIM118  a section is no mapping: asking marks the keys as known
        yield days, text, days.as_day(text, text)


def days_of(section: Section, key: str, year: int) -> Iterator[tuple[Section, str, date]]:
    """Yield named days that must lie in the year."""
    for days, text, day in named_days(section, key):
        if day.year != year:
            raise days.fail(text, f"is not in {year}", "move it to its year")
        yield days, text, day


def declared_parts(top: Section, code: str) -> frozenset[str]:
    """Read `parts`: ISO 3166-2 codes of this country, each once."""
    found = top.texts("parts", ())
    for part in found:
        if not part.startswith(f"{code}-") or part == f"{code}-":
            raise top.fail("parts", f"{part!r} is no part of {code}", f"write ISO 3166-2 codes such as {code}-XX")
    _no_twins(top, "parts", found)
    return frozenset(found)


def parts_kept(days: Section, text: str, parts: frozenset[str], code: str) -> frozenset[str]:
    """Read the entry `{name, in: [codes]}` of a day that only parts keep."""
    entry = days.section(text)
    entry.text("name")
    kept = entry.texts("in")
    entry.done()
    if not kept:
        raise entry.fail("in", "names no part", "name the parts that keep the day, or move it to holidays")
    for part in kept:
        if part not in parts:
            known = f"write one of {', '.join(sorted(parts))}" if parts else f"list the parts of {code} under parts"
            raise entry.fail("in", f"{part!r} is not among the parts of {code}", known)
    _no_twins(entry, "in", kept)
    return frozenset(kept)


def _no_twins(section: Section, key: str, found: tuple[str, ...]) -> None:
    twin = next((part for part in found if found.count(part) > 1), None)
    if twin is not None:
        raise section.fail(key, f"{twin} stands here twice", "keep one of the two")


def read_year(entry: Section, year: int, draft: Draft) -> DraftYear:
    """Read one written-out year; a day that is two things at once is refused."""
    entry.section("holidays")
    found = DraftYear(set())
    for days, text, day in days_of(entry, "holidays", year):
        days.text(text)
        found.everywhere.add(day)
    for days, text, day in days_of(entry, "regional", year):
        if day in found.everywhere:
            raise days.fail(text, "is a holiday of the whole country already", "keep it in one of the two")
        found.regional[day] = parts_kept(days, text, draft.parts, draft.code)
    for days, text, day in days_of(entry, "make_up_workdays", year):
        days.text(text)
        if day in found.everywhere:
            raise days.fail(text, "is a holiday, and cannot be worked", "keep it in one of the two")
        found.make_up_workdays.add(day)
    entry.done()
    return found
