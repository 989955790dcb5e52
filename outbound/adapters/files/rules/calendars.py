"""Holiday calendars: written-out years first, then the holidays library, and dated corrections over both."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from outbound.adapters.files.rules.sections import Section, read
from outbound.compliance.rules.calendar import Calendar, CalendarYear


@dataclass(slots=True)
class _Draft:
    code: str
    version: str
    hashes: list[str]
    years: dict[int, set[date]] = field(default_factory=dict)
    make_up: set[date] = field(default_factory=set)


def read_calendars(directory: Path, years: Iterable[int] = ()) -> dict[str, Calendar]:
    """Read the calendars of a directory; `years` asks for years that a file leaves to the holidays library.

    Corrections (files under `corrections/`, in order of their date) win over both. Raises `RuleFileError`.
    """
    drafts: dict[str, _Draft] = {}
    wanted = frozenset(years)
    for file in sorted(directory.glob("*.yaml")):
        draft = _calendar(file, wanted)
        drafts[draft.code] = draft
    for dated, _, section, digest in sorted(_corrections(directory), key=lambda found: found[:2]):
        _correct(drafts, dated, section, digest)
    return {code: _finish(draft) for code, draft in drafts.items()}


def _finish(draft: _Draft) -> Calendar:
    years = {
        year: CalendarYear(frozenset(days), {}, frozenset(day for day in draft.make_up if day.year == year))
        for year, days in draft.years.items()
    }
    return Calendar(draft.code, draft.version, sha256("".join(draft.hashes).encode()).hexdigest(), years)


def _calendar(file: Path, wanted: frozenset[int]) -> _Draft:
    top, digest = read(file)
    code = top.text("code")
    if code != file.stem:
        raise top.fail("code", f"{code!r} is not what the file is named after", f"write {file.stem}")
    draft = _Draft(code, top.text("version"), [digest])
    top.text("source")
    listed = top.section("years")
    for key in listed.keys():  # noqa: SIM118  a section is no mapping: asking marks the keys as known
        year = _year(listed, key)
        entry = listed.section(key)
        draft.years[year] = set(_dates(entry, "holidays", year))
        draft.make_up.update(_dates(entry, "make_up_workdays", year) if entry.has("make_up_workdays") else ())
        entry.done()
    if top.has("library"):
        _from_library(draft, top.section("library"), wanted)
    top.done()
    return draft


def _year(section: Section, key: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) == 4):  # noqa: PLR2004  a year has four digits
        raise section.fail(key, "is no year", "write four digits")
    return int(key)


def _dates(section: Section, key: str, year: int) -> Iterator[date]:
    """Dates of a mapping `date: name`."""
    days = section.section(key)
    for text in days.keys():  # noqa: SIM118
        day = days.as_day(text, text)
        if day.year != year:
            raise days.fail(text, f"is not in {year}", "move it to its year")
        days.text(text)
        yield day


def _from_library(draft: _Draft, section: Section, wanted: frozenset[int]) -> None:
    """Fill asked years between the file's own bounds; the library is loaded only if there are any."""
    country = section.text("country")
    first, last = section.number("from"), section.number("to")
    section.done()
    missing = sorted(year for year in wanted if first <= year <= last and year not in draft.years)
    if not missing:
        return
    import holidays

    try:
        found = holidays.country_holidays(country, years=missing)
    except NotImplementedError:
        raise section.fail("country", f"the holidays library has no {country}", "list the years instead") from None
    for year in missing:
        days = {day for day in found if day.year == year}
        if days:
            draft.years[year] = days
            draft.hashes.append(",".join(sorted(day.isoformat() for day in days)))


def _corrections(directory: Path) -> Iterator[tuple[date, str, Section, str]]:
    for file in (directory / "corrections").glob("*.yaml"):
        top, digest = read(file)
        yield top.day("dated"), file.name, top, digest


def _correct(drafts: dict[str, _Draft], dated: date, top: Section, digest: str) -> None:
    code = top.text("calendar")
    top.text("source")
    if code not in drafts:
        raise top.fail("calendar", f"there is no calendar {code}", f"write one of {', '.join(sorted(drafts))}")
    draft = drafts[code]
    for key in ("holidays", "working_days", "make_up_workdays"):
        if not top.has(key):
            continue
        days = top.section(key)
        for text in days.keys():  # noqa: SIM118
            day = days.as_day(text, text)
            days.text(text)
            if day.year not in draft.years:
                raise days.fail(text, f"calendar {code} has no year {day.year}", "add the whole year first")
            _apply(draft, key, day)
    top.done()
    draft.version = f"{draft.version}+{dated.isoformat()}"
    draft.hashes.append(digest)


def _apply(draft: _Draft, key: str, day: date) -> None:
    if key == "holidays":
        draft.years[day.year].add(day)
        draft.make_up.discard(day)
        return
    draft.years[day.year].discard(day)
    if key == "make_up_workdays":
        draft.make_up.add(day)
