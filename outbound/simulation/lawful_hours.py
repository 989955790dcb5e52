"""The judge's own reading of the hours: straight from the rule files, sharing no code with the gate.

Two readings that agree are worth more than one that is asked twice. This one asks of an instant what the clock on the
wall shows, on every clock of the place, and looks that time up in every layer. It knows nothing of the guard before
closing time: it is asked when a telephone rang.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from outbound.simulation.lawful_days import PublicHolidays
from outbound.simulation.lawful_places import Layer, Person, Place, Places

__all__ = ["LawfulHours", "Person"]

SENIOR = 65
_MORNING, _EVENING = time(8), time(21)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SUNDAY = 6
_OFFICE: Mapping[str, Any] = {
    "layer": "courtesy",
    "hours": {"mon-fri": ["10:00-18:00"], "sat": [], "sun": []},
    "public_holiday": "blocked",
}
"""What holds for a class that no layer of a place gives hours for."""

Span = tuple[timedelta, timedelta]
"""Half-open, since midnight on the wall."""
Spans = tuple[Span, ...]


class LawfulHours:
    """Hours of every pack in a rules directory, for calls of every class."""

    def __init__(self, rules: Path) -> None:
        self._places = Places(rules / "packs")
        self._holidays = PublicHolidays(rules / "calendars")
        self._read: dict[tuple[object, ...], tuple[Spans, ...]] = {}

    def allows(self, person: Person, instant: datetime, call_class: str = "service", *, chosen: bool = False) -> bool:
        """Whether a call to `person` may ring at `instant` (aware); `chosen`: at a time that the person asked for."""
        place = self._places.of(person)
        if place is None:
            return False
        named = {layer.fixed_zone for layer in place.layers if layer.fixed_zone} - set(place.zones)
        clocks = [(zone, None) for zone in place.zones] + [(zone, zone) for zone in sorted(named)]
        for zone, fixed in clocks:
            local = instant.astimezone(ZoneInfo(zone))
            senior = is_senior(person.birth_date, local.date())
            needed = self._needed(place, local.date(), fixed, call_class, senior=senior, chosen=chosen)
            if not all(any(_inside(span, local) for span in spans) for spans in needed):
                return False
        return True

    def is_night(self, person: Person, instant: datetime) -> bool:
        """Whether on any clock of a person's place it is before eight or after nine in the evening, or no place known.

        Stricter hours are for what rings: a text message may be read at any time, and disturbs at night only.
        """
        place = self._places.of(person)
        clocks = [instant.astimezone(ZoneInfo(zone)).time() for zone in place.zones] if place is not None else []
        return not clocks or any(not _MORNING <= local < _EVENING for local in clocks)

    def _needed(
        self, place: Place, day: date, fixed: str | None, call_class: str, *, senior: bool, chosen: bool
    ) -> tuple[Spans, ...]:
        """Lists of spans on a local date, in one of each of which a time must lie; kept for the next who asks."""
        key = (place.code, day, fixed, call_class, senior, chosen)
        found = self._read.get(key)
        if found is None:
            layers = [layer for layer in place.layers if layer.binds(call_class, day)]
            if fixed is not None:
                layers = [layer for layer in layers if layer.fixed_zone == fixed]
            elif not layers:
                layers = [Layer(_OFFICE, place.country_calendar)]
            read = (self._spans(layer, place.code, day, senior=senior, chosen=chosen) for layer in layers)
            found = self._read[key] = tuple(spans for each in read for spans in each)
        return found

    def _spans(self, layer: Layer, part: str, day: date, *, senior: bool, chosen: bool) -> Iterator[Spans]:
        rule, weeks = layer.entry, [layer.entry["hours"]]
        if chosen and rule["layer"] == "courtesy" and "customer_chosen" in rule:
            rule = rule["customer_chosen"]
            weeks = [rule["hours"]]
        elif senior and "segments" in rule:
            weeks.extend(week for name, week in rule["segments"].items() if name == "age_65_plus_or_vulnerable")
        where = None if layer.entry.get("holidays") == "national" else part
        off = self._holidays.keeps(layer.calendar, day, where)
        treatment, own = _treatment(rule["public_holiday"])
        eve = rule.get("holiday_eve")
        if off is None and (treatment != "allowed" or eve is not None):
            yield ()
            return
        for week in weeks:
            yield _of_day(week, treatment if off else "allowed", own, day.weekday())
        if eve is not None and not off:
            follows = self._holidays.keeps(layer.calendar, day + timedelta(days=1), where)
            if follows is not False:
                yield _parsed(eve["hours"]) if follows else ()


def is_senior(birth_date: date | None, today: date) -> bool:
    """Whether the hours of 65 and older hold. Nobody's birth date does; 29 February comes a day early."""
    if birth_date is None:
        return True
    leap = (birth_date.month, birth_date.day) == (2, 29)
    sixty_fifth = (birth_date - timedelta(days=leap)).replace(year=birth_date.year + SENIOR)
    return today >= sixty_fifth


def _treatment(public_holiday: str | Mapping[str, Any]) -> tuple[str, Sequence[str]]:
    if isinstance(public_holiday, str):
        return public_holiday, ()
    return public_holiday["treatment"], public_holiday["hours"]


def _of_day(week: Mapping[str, Sequence[str]], treatment: str, own: Sequence[str], weekday: int) -> Spans:
    if treatment == "allowed":
        return _on(week, weekday)
    if treatment == "as_sunday":
        return _on(week, _SUNDAY)
    return _parsed(own) if treatment == "own_window" else ()


def _on(week: Mapping[str, Sequence[str]], weekday: int) -> Spans:
    for key, spans in week.items():
        first, _, last = key.partition("-")
        if key == "every_day" or _DAYS.index(first) <= weekday <= _DAYS.index(last or first):
            return _parsed(spans)
    return ()


def _parsed(spans: Sequence[str]) -> Spans:
    """Read windows; two that touch are one."""
    found: list[Span] = []
    for text in spans:
        first, _, last = text.partition("-")
        start, end = _since_midnight(first), _since_midnight(last)
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, end))
    return tuple(found)


def _since_midnight(text: str) -> timedelta:
    hour, _, minute = text.partition(":")
    return timedelta(hours=int(hour), minutes=int(minute))


def _inside(span: Span, local: datetime) -> bool:
    """Whether the wall shows a time within the span, whichever pass is meant of an hour that a clock repeats."""
    midnight = datetime.combine(local.date(), time())
    if not span[0] <= local.replace(tzinfo=None, fold=0) - midnight < span[1]:
        return False
    if not _is_repeated(local):
        return True
    # In the first pass the opening may still come again, in the second the closing may have been already.
    return not _is_repeated((midnight + span[local.fold]).replace(tzinfo=local.tzinfo))


def _is_repeated(local: datetime) -> bool:
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    return first is not None and second is not None and first > second
