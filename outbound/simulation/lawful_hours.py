"""The judge's own reading of the hours: straight from the pack files, sharing no code with the gate.

Two readings that agree are worth more than one that is asked twice. It knows windows by weekday, the segment of
people of 65 and older, public holidays and the hours of a time that the customer chose; what it does not know (an
own window of a holiday, a zone by number) it leaves to the gate's tests.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

SENIOR = 65
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SUNDAY = 6
Hours = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """What the hours depend on."""

    region: str
    time_zone: str | None
    birth_date: date | None


class LawfulHours:
    """Hours of every pack in a rules directory for calls of the class `service`."""

    def __init__(self, rules: Path, is_holiday: Callable[[str, date], bool]) -> None:
        self._packs = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in (rules / "packs").glob("*.yaml")}
        self._is_holiday = is_holiday

    def allows(self, person: Person, instant: datetime, *, chosen: bool = False) -> bool:
        """Whether a call to `person` may start to ring at `instant`; `chosen`: at a time that he asked for."""
        pack = self._packs.get(person.region.partition("-")[0])
        if pack is None:
            return False
        zones = [person.time_zone] if person.time_zone else pack["zones"]
        return all(
            self._open(pack, layer, person, instant.astimezone(ZoneInfo(zone)), chosen=chosen)
            for zone in zones
            for layer in pack["windows"]
            if "hours" in layer and "service" in layer["binds"]
        )

    def _open(self, pack: Hours, layer: Hours, person: Person, local: datetime, *, chosen: bool) -> bool:
        rule: Hours = layer["customer_chosen"] if chosen and "customer_chosen" in layer else layer
        hours = rule["hours"]
        senior = layer.get("segments", {}).get("age_65_plus_or_vulnerable")
        if senior is not None and not chosen and _is_senior(person.birth_date, local.date()):
            hours = senior
        weekday = local.weekday()
        if self._is_holiday(pack["calendar"], local.date()):
            treatment = rule.get("public_holiday", "blocked")
            if treatment == "as_sunday":
                weekday = _SUNDAY
            elif treatment != "allowed":
                return False
        return any(start <= local.time() < end for start, end in _spans(hours, weekday))


def _is_senior(birth_date: date | None, today: date) -> bool:
    """A missing birth date counts as 65 and older."""
    if birth_date is None:
        return True
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (not had_birthday) >= SENIOR


def _spans(hours: Hours, weekday: int) -> Sequence[tuple[time, time]]:
    for key, spans in hours.items():
        first, _, last = key.partition("-")
        if key == "every_day" or _DAYS.index(first) <= weekday <= _DAYS.index(last or first):
            return [(_time(span.partition("-")[0]), _time(span.partition("-")[2])) for span in spans]
    return []


def _time(text: str) -> time:
    return time.max if text == "24:00" else time.fromisoformat(text)
