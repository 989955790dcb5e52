"""The yearly work on a calendar file: what the holidays library would add to it, shown first and written if wanted."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct
from msgspec.structs import replace

from outbound.adapters.files.rules.calendar_text import Head, merged_text, new_text
from outbound.adapters.files.rules.calendars import read_calendar_text
from outbound.adapters.files.rules.document import RuleFileError, text_of
from outbound.adapters.files.rules.library import LibraryYear, RegionalDay, library_parts, library_years, parts_within
from outbound.usecases.problems import InputProblemError


class Change(Struct, frozen=True):
    """One day that would be added to or removed from a file. `parts` is empty for a day of the whole country."""

    day: date
    kind: str
    name: str
    parts: tuple[str, ...] = ()


class CalendarUpdate(Struct, frozen=True):
    """What a calendar file would become.

    `differing_years` are listed years in which the library says otherwise and that stay as people wrote them;
    `unknown_years` are asked years that the library's tables do not reach.
    """

    file: Path
    text: str
    changes: tuple[Change, ...]
    differing_years: tuple[int, ...]
    unknown_years: tuple[int, ...]


def plan_update(
    directory: Path, country: str, years: Iterable[int], today: date, *, replace_listed: bool = False
) -> CalendarUpdate:
    """Return what the calendar of a country in a directory would become with these years of the library.

    `today` dates the new version. Raises `InputProblemError` for a country without library, `RuleFileError` for a file
    that cannot be read.
    """
    file, wanted = directory / f"{country}.yaml", sorted(set(years))
    try:
        parts, library = library_parts(country), library_years(country, wanted)
    except LookupError:
        raise InputProblemError(
            f"the holidays library has no country {country!r}; write its calendar by hand"
        ) from None
    unknown = tuple(year for year in wanted if year not in library)
    before = text_of(file) if file.exists() else None
    if before is None:
        text = new_text(_head(country, parts, today), library)
        return CalendarUpdate(file, text, _differences({}, library), (), unknown)
    read_calendar_text(before, file)
    listed = _listed_years(before)
    differing = tuple(y for y in library if y in listed and _differences({y: listed[y]}, {y: library[y]}))
    fresh = {y: days for y, days in library.items() if y not in listed or (replace_listed and y in differing)}
    fresh = {year: _with_names(days, listed.get(year)) for year, days in fresh.items()}
    text = merged_text(before, _next_version(before, today), parts, fresh, replace=replace_listed)
    read_calendar_text(text, file)
    changes = _differences({year: listed[year] for year in fresh if year in listed}, fresh)
    return CalendarUpdate(file, text, changes, () if replace_listed else differing, unknown)


def write_update(update: CalendarUpdate) -> None:
    """Write the file whole or not at all. Raises `RuleFileError`."""
    fresh = update.file.with_suffix(".new")
    try:
        fresh.write_text(update.text, encoding="utf-8")
        fresh.replace(update.file)
    except OSError as error:
        problem = f"cannot be written ({type(error).__name__})"
        raise RuleFileError(update.file, 0, "", problem, "write it where you may") from None


def _head(country: str, parts: tuple[str, ...], today: date) -> Head:
    from importlib.metadata import version

    import pycountry

    found = pycountry.countries.get(alpha_2=country)
    name = str(getattr(found, "common_name", None) or getattr(found, "name", country))
    source = f"holidays library {version('holidays')}, public holidays with their observed days"
    return Head(country, name, f"{today}.1", source, parts, parts_within(country))


def _next_version(before: str, today: date) -> str:
    """Return today's version, numbered on when today's is there already."""
    version = str(yaml.load(before, Loader=yaml.BaseLoader)["version"])  # noqa: S506  texts only, no objects
    day, _, number = version.rpartition(".")
    return f"{today}.{int(number) + 1 if day == today.isoformat() and number.isdigit() else 1}"


def _listed_years(before: str) -> dict[int, LibraryYear]:
    years: Mapping[str, Mapping[str, Any]] = yaml.load(before, Loader=yaml.BaseLoader)["years"]  # noqa: S506
    return {int(year): _listed_year(days) for year, days in years.items()}


def _listed_year(days: Mapping[str, Any]) -> LibraryYear:
    def named(key: str) -> dict[date, Any]:
        return {date.fromisoformat(text): value for text, value in (days.get(key) or {}).items()}

    regional = {day: RegionalDay(each["name"], frozenset(each["in"])) for day, each in named("regional").items()}
    return LibraryYear(named("holidays"), regional, named("make_up_workdays"))


def _with_names(days: LibraryYear, written: LibraryYear | None) -> LibraryYear:
    """Keep the names that people gave to days that stay."""
    if written is None:
        return days
    regional = {
        day: replace(each, name=written.regional[day].name) if day in written.regional else each
        for day, each in days.regional.items()
    }
    return LibraryYear(
        {day: written.holidays.get(day, name) for day, name in days.holidays.items()},
        regional,
        {day: written.make_up_workdays.get(day, name) for day, name in days.make_up_workdays.items()},
    )


_Key = tuple[date, str, tuple[str, ...]]


def _rows(years: Mapping[int, LibraryYear]) -> dict[_Key, str]:
    rows: dict[_Key, str] = {}
    for days in years.values():
        rows |= {(day, "holiday", ()): name for day, name in days.holidays.items()}
        rows |= {(day, "holiday", tuple(sorted(each.parts))): each.name for day, each in days.regional.items()}
        rows |= {(day, "worked", ()): name for day, name in days.make_up_workdays.items()}
    return rows


def _differences(before: Mapping[int, LibraryYear], after: Mapping[int, LibraryYear]) -> tuple[Change, ...]:
    """Return days that come and days that go; another name alone is no difference."""
    old, new = _rows(before), _rows(after)
    gone = [Change(key[0], "removed", name, key[2]) for key, name in old.items() if key not in new]
    come = [Change(key[0], "added", name, key[2]) for key, name in new.items() if key not in old]
    return tuple(sorted((*gone, *come), key=lambda change: (change.day, change.kind == "added", change.parts)))
