"""Holiday calendars: written-out years first, then the holidays library, and dated corrections over both."""

from collections.abc import Collection, Iterable
from hashlib import sha256
from pathlib import Path

from outbound.adapters.files.rules.corrections import check_known, correct, read_corrections
from outbound.adapters.files.rules.days import Draft, DraftYear, declared_parts, declared_within, keeping, read_year
from outbound.adapters.files.rules.document import text_of
from outbound.adapters.files.rules.sections import Section, read_text
from outbound.compliance.rules.calendar import Calendar, CalendarYear


def read_calendars(
    directory: Path, years: Iterable[int] = (), *, only: Collection[str] | None = None
) -> dict[str, Calendar]:
    """Read the calendars of a directory; `years` asks for years that a file leaves to the holidays library.

    `only` reads just these countries (ISO 3166-1); a country without a file is left out, and then nothing is known
    about its days. Corrections (files under `corrections/`, in order of their date) win over file and library.
    The calendars' hashes are of the files alone: which years were asked for changes none. Raises `RuleFileError`.
    """
    files = {file.stem: file for file in sorted(directory.glob("*.yaml"))}
    wanted = frozenset(years)
    chosen = {code: file for code, file in files.items() if only is None or code in only}
    drafts = {code: _calendar(text_of(file), file, wanted) for code, file in chosen.items()}
    corrections = read_corrections(directory / "corrections")
    check_known(corrections, files)
    for correction in corrections:
        if correction.calendar in drafts:
            correct(drafts[correction.calendar], correction)
    return {code: _finish(draft) for code, draft in drafts.items()}


def read_calendar_text(text: str, file: Path, years: Iterable[int] = ()) -> Calendar:
    """Read one calendar from its text, without corrections; `file` is named in complaints. Raises `RuleFileError`."""
    return _finish(_calendar(text, file, frozenset(years)))


def _finish(draft: Draft) -> Calendar:
    years = {
        year: CalendarYear(
            frozenset(found.everywhere),
            {day: keeping(parts, draft.within) for day, parts in found.regional.items()},
            frozenset(found.make_up_workdays),
        )
        for year, found in sorted(draft.years.items())
    }
    digest = sha256("".join(draft.hashes).encode()).hexdigest()
    return Calendar(draft.code, draft.version, digest, years, draft.parts, draft.not_covered, draft.within)


def _calendar(text: str, file: Path, wanted: frozenset[int]) -> Draft:
    top, digest = read_text(text, file)
    code = top.text("code")
    if code != file.stem:
        raise top.fail("code", f"{code!r} is not what the file is named after", f"write {file.stem}")
    within = declared_within(top, code)
    parts = declared_parts(top, code).union(within, *within.values())
    draft = Draft(code, top.text("version"), top.text("not_covered", ""), [digest], parts, within)
    top.text("source")
    listed = top.section("years")
    for key in listed.keys():  # noqa: SIM118  a section is no mapping: asking marks the keys as known
        year = _year(listed, key)
        draft.years[year] = read_year(listed.section(key), year, draft)
    if top.has("library"):
        _from_library(draft, top.section("library"), wanted)
    top.done()
    return draft


def _year(section: Section, key: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) == 4):  # noqa: PLR2004  a year has four digits
        raise section.fail(key, "is no year", "write four digits")
    return int(key)


def _from_library(draft: Draft, section: Section, wanted: frozenset[int]) -> None:
    """Fill asked years between the file's own bounds; the library is loaded only if there are any."""
    country = section.text("country")
    first, last = section.number("from"), section.number("to")
    section.done()
    if first > last:
        raise section.fail("to", f"ends in {last} before it begins in {first}", "write the later year behind `to`")
    draft.library_years = range(first, last + 1)
    missing = sorted(wanted.intersection(draft.library_years).difference(draft.years))
    if not missing:
        return
    from outbound.adapters.files.rules.library import library_years

    try:
        found = library_years(country, missing)
    except LookupError:
        raise section.fail("country", f"the holidays library has no {country}", "list the years instead") from None
    for year, days in found.items():
        regional = {day: each.parts for day, each in days.regional.items()}
        draft.years[year] = DraftYear(set(days.holidays), regional, set(days.make_up_workdays))
