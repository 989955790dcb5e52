"""The judge's own reading of public holidays: straight from the calendar files and their corrections.

A year that no file writes out is unknown. What the parts of a country keep is counted in their smallest parts, so that
a region and its provinces need no rule of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Everything is text: Norway stays NO, and nobody guesses at dates."""


def read_yaml(file: Path) -> dict[str, Any]:
    """Return a file's top mapping with every scalar as text; nobody changes it, for others are given the same one."""
    found = file.stat()
    return _read_yaml(file, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=256)
def _read_yaml(file: Path, _written: int, _size: int) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(file.read_text("utf-8"), _Loader)  # noqa: S506  builds text, lists and mappings
    return document


@dataclass(slots=True)
class _Calendar:
    """Days of one country: kept `everywhere`, or by some of the smallest parts. `parts` maps a part to its smallest."""

    years: frozenset[int]
    parts: Mapping[str, frozenset[str]]
    everywhere: set[date] = field(default_factory=set)
    somewhere: dict[date, frozenset[str]] = field(default_factory=dict)

    def add(self, entries: Mapping[str, Any], key: str) -> None:
        for day, entry in _days(entries, key):
            if key == "holidays":
                self.everywhere.add(day)
            elif key == "regional":
                self.somewhere[day] = self.somewhere.get(day, frozenset()) | self._smallest(entry)
            else:
                self._work(day, entry)

    def _work(self, day: date, entry: Any) -> None:
        """Take a day back, for the parts that are named or for everyone."""
        kept = self._all() if day in self.everywhere else self.somewhere.get(day, frozenset())
        self.everywhere.discard(day)
        self.somewhere[day] = kept - self._smallest(entry) if isinstance(entry, dict) else frozenset()

    def _smallest(self, entry: Mapping[str, Any]) -> frozenset[str]:
        return frozenset().union(*(self.parts[part] for part in entry["in"]))

    def _all(self) -> frozenset[str]:
        return frozenset().union(*self.parts.values())

    def keeps(self, day: date, part: str | None) -> bool:
        """Whether the day is one off in a part, anywhere if the part is not known, or everywhere if None is asked."""
        if day in self.everywhere:
            return True
        kept = self.somewhere.get(day, frozenset())
        if part is None or not kept:
            return False
        return part not in self.parts or not kept.isdisjoint(self.parts[part])


class PublicHolidays:
    """Holidays of every calendar in a directory; a file is read when it is first asked about."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._calendars: dict[str, _Calendar | None] = {}
        self._corrections: list[dict[str, Any]] | None = None

    def keeps(self, calendar: str, day: date, part: str | None) -> bool | None:
        """Whether a part (None: the whole country) has this day off; None when no file says anything of its year."""
        if calendar not in self._calendars:
            self._calendars[calendar] = self._read(calendar)
        found = self._calendars[calendar]
        return None if found is None or day.year not in found.years else found.keeps(day, part)

    def _read(self, code: str) -> _Calendar | None:
        file = self._directory / f"{code}.yaml"
        if not file.is_file():
            return None
        top = read_yaml(file)
        found = _Calendar(frozenset(int(year) for year in top["years"]), _parts(top))
        for year in top["years"].values():
            found.add(year, "holidays")
            found.add(year, "regional")
        for correction in self._corrected():
            if correction["calendar"] == code:
                for key in ("holidays", "working_days", "regional", "make_up_workdays"):
                    found.add(correction, key)
        return found

    def _corrected(self) -> list[dict[str, Any]]:
        if self._corrections is None:
            files = sorted((self._directory / "corrections").glob("*.yaml"))
            # Sorting is stable: corrections of one day come in the order of their names.
            self._corrections = sorted(map(read_yaml, files), key=lambda top: date.fromisoformat(top["dated"]))
        return self._corrections


def _days(entries: Mapping[str, Any], key: str) -> Iterator[tuple[date, Any]]:
    for text, entry in (entries.get(key) or {}).items():
        yield date.fromisoformat(text), entry


def _parts(top: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    contains: Mapping[str, list[str]] = top.get("contains") or {}

    def smallest(part: str) -> frozenset[str]:
        members = contains.get(part)
        return frozenset().union(*map(smallest, members)) if members else frozenset({part})

    named = {*top.get("parts", ()), *contains, *(member for members in contains.values() for member in members)}
    return {part: smallest(part) for part in named}
