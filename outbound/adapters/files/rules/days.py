"""Days of a calendar file as they are read: dates with names, dates of parts, and the draft that they go into."""

from collections.abc import Iterator, Mapping
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
    """A calendar while it is read. `library_years` are years that it leaves to the holidays library.

    `within` are the parts of parts, however deep: provinces of a region.
    """

    code: str
    version: str
    not_covered: str
    hashes: list[str]
    parts: frozenset[str] = frozenset()
    within: Mapping[str, frozenset[str]] = field(default_factory=dict)
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
    _check_parts(top, "parts", found, code)
    return frozenset(found)


def declared_within(top: Section, code: str) -> dict[str, frozenset[str]]:
    """Read `contains`: parts with the parts that lie in them; a part of a part is a part of the whole."""
    if not top.has("contains"):
        return {}
    section = top.section("contains")
    direct: dict[str, frozenset[str]] = {}
    for part in section.keys():  # noqa: SIM118
        members = section.texts(part)
        _check_parts(section, part, (part, *members), code)
        direct[part] = frozenset(members)
    return {part: _deep(section, part, direct) for part in direct}


def _deep(section: Section, part: str, direct: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return all that lies in a part, at any depth."""
    found, edge = frozenset[str](), direct[part]
    while edge:
        found |= edge
        edge = frozenset(inner for each in edge for inner in direct.get(each, ())) - found
    if part in found:
        raise section.fail(part, f"{part} would lie in itself", "take it out of the parts that lie in it")
    return found


def _check_parts(section: Section, key: str, found: tuple[str, ...], code: str) -> None:
    for part in found:
        if not part.startswith(f"{code}-") or part == f"{code}-":
            raise section.fail(key, f"{part!r} is no part of {code}", f"write ISO 3166-2 codes such as {code}-XX")
    _no_twins(section, key, found)


def below(parts: frozenset[str], within: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return parts with all that lies in them: what a region keeps, its provinces keep."""
    return parts.union(*(within[part] for part in parts if part in within))


def keeping(parts: frozenset[str], within: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return all parts that keep a day of these: those in them, and those around, where a contact may be anywhere."""
    kept = below(parts, within)
    return kept.union(part for part, members in within.items() if not members.isdisjoint(kept))


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
