"""What the calendar files call their holidays: a decision needs no names, a picture is kinder with them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from outbound.adapters.files.rules.document import text_of
from outbound.compliance.rules.calendar import Calendar

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_FEW = 3


def holiday_names(folder: Path, calendar: Calendar, region: str, days: Sequence[date]) -> dict[date, str]:
    """Name those of the days that the calendar keeps in a region, with the parts where only some keep one.

    A day that the holidays library brought, and no file names, has an empty name. The files have been read before
    with every check, so that here they are only looked through.
    """
    found: dict[date, str] = {}
    kept = [day for day in days if calendar.knows(day) and calendar.is_holiday(day, region)]
    if not kept:
        return found
    entries = list(_entries(folder / "calendars", calendar.code))
    for day in kept:
        found[day] = ""
        for entry in entries:
            found[day] = _name(entry, day, region in calendar.parts) or found[day]
    return found


def _entries(directory: Path, code: str) -> Iterator[Mapping[str, Any]]:
    """Yield mappings that may name days: the calendar's years, then its corrections in order of their date."""
    yield from _load(directory / f"{code}.yaml").get("years", {}).values()
    corrections = [_load(file) for file in sorted((directory / "corrections").glob("*.yaml"))]
    yield from sorted((c for c in corrections if c["calendar"] == code), key=lambda each: str(each["dated"]))


def _load(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(text_of(file), Loader=_Loader)  # noqa: S506  texts only
    return found


def _name(entry: Mapping[str, Any], day: date, is_part: bool) -> str:
    key = day.isoformat()
    whole = (entry.get("holidays") or {}).get(key)
    if whole is not None:
        return str(whole)
    regional = (entry.get("regional") or {}).get(key)
    if regional is None:
        return ""
    parts: list[str] = regional["in"]
    shown = f"{', '.join(parts[:_FEW])}{' ...' if len(parts) > _FEW else ''}"
    return str(regional["name"]) if is_part else f"{regional['name']} ({shown})"
