"""Dated corrections of calendars: what a government said after the calendar was written."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct

from outbound.adapters.files.rules.days import Draft, below, named_days, parts_kept
from outbound.adapters.files.rules.sections import Section, read


class Correction(Struct, frozen=True):
    """One file: the calendar that it corrects, its date, the SHA-256 of its content, and the open section."""

    dated: date
    file_name: str
    calendar: str
    section: Section
    digest: str


def read_corrections(directory: Path) -> list[Correction]:
    """Read the corrections of a directory in order of their date, then of their file's name."""
    found = []
    for file in directory.glob("*.yaml"):
        top, digest = read(file)
        top.text("source")
        found.append(Correction(top.day("dated"), file.name, top.text("calendar"), top, digest))
    return sorted(found, key=lambda each: (each.dated, each.file_name))


def correct(draft: Draft, correction: Correction) -> None:
    """Apply a correction. It wins over what is there; a year that the calendar cannot have is refused."""
    top = correction.section
    for key in ("holidays", "working_days", "regional", "make_up_workdays"):
        for days, text, day in named_days(top, key):
            parts = _parts(days, text, key, draft)
            if day.year in draft.years:
                _apply(draft, key, day, parts)
            elif day.year not in draft.library_years:
                mend = f"add it first: outbound rules calendar {draft.code} --years {day.year} --write"
                raise days.fail(text, f"calendar {draft.code} has no year {day.year}", mend)
    top.done()
    draft.version = f"{draft.version}+{correction.dated.isoformat()}"
    draft.hashes.append(correction.digest)


def _parts(days: Section, text: str, key: str, draft: Draft) -> frozenset[str] | None:
    """Parts that a corrected day names; None for the whole country."""
    if key == "regional" or (key == "working_days" and days.is_mapping(text)):
        return parts_kept(days, text, draft.parts, draft.code)
    days.text(text)
    return None


def _apply(draft: Draft, key: str, day: date, named: frozenset[str] | None) -> None:
    """Change one day; a working day of some parts stays a holiday of the others."""
    year = draft.years[day.year]
    before = draft.parts if day in year.everywhere else year.regional.get(day, frozenset())
    if key == "holidays":
        year.make_up_workdays.discard(day)
        year.everywhere.add(day)
        year.regional.pop(day, None)
        return
    if key == "regional":
        if day not in year.everywhere and named is not None:
            year.regional[day] = before | named
        return
    left = frozenset() if named is None else _without(before, named, draft.within)
    year.everywhere.discard(day)
    year.regional.pop(day, None)
    if left:
        year.regional[day] = left
    if key == "make_up_workdays":
        year.make_up_workdays.add(day)


def _without(before: frozenset[str], named: frozenset[str], within: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Take parts out with all that lies in them; of a part around them, only the other parts in it are left."""
    gone = below(named, within)
    around = {part for part, members in within.items() if not members.isdisjoint(gone)}
    return below(before, within) - gone - around


def check_known(corrections: list[Correction], codes: Collection[str]) -> None:
    """Refuse a correction of a calendar that there is not."""
    for each in corrections:
        if each.calendar not in codes:
            mend = f"write one of {', '.join(sorted(codes))}"
            raise each.section.fail("calendar", f"there is no calendar {each.calendar}", mend)
