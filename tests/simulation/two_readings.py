"""Questions about hours, drawn over everything that decides them, for the gate and for the judge's own reading.

`python -m tests.simulation.two_readings 1000000 7` compares a million of them, drawn by the seed 7, and tells what
differs.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from outbound.adapters.files.rules.packs import load_rulebook
from outbound.compliance.facts import Check, ChosenWindow, ContactFacts, GateOptions, History
from outbound.compliance.gate import decide
from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from outbound.simulation.lawful_hours import LawfulHours, Person
from tests.conftest import ROOT

RULES = ROOT / "config" / "compliance"
_DAY = timedelta(days=1)
_FIRST, _LAST = date(2023, 12, 31), date(2028, 1, 2)
_CHANGES = (date(2026, 1, 1), date(2027, 12, 31))
_HOURS_ONLY = GateOptions(
    trust=Trust.ASSUMED, skip=frozenset(Check) - {Check.SUBDIVISION}, find_next=False, horizon_days=1
)
_STRANGE_ZONES = ("Asia/Taipei", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati",
                  "Pacific/Pago_Pago", "Etc/Nowhere")  # fmt: skip
_STRANGE_REGIONS = ("", "ZZ", "XX-YY", "BG", "tw-tpe", " us-fl ", "TW-XYZ", "US-ZZ", "../TW")


@dataclass(frozen=True, slots=True)
class Question:
    """May this person be rung at this instant, as far as hours go?"""

    person: Person
    call_class: CallClass
    at: datetime
    chosen: ChosenWindow | None


class TwoReadings:
    """The gate's reading and the judge's, of one directory of rules."""

    def __init__(self, rules: Path) -> None:
        self.rulebook = load_rulebook(rules)
        self._hours = LawfulHours(rules)

    def gate(self, question: Question) -> bool:
        """Ask the gate about hours alone: signatures, consents, notices and the guard do not count."""
        person = question.person
        facts = ContactFacts(
            region=person.region,
            stated_zone=person.time_zone,
            number_zones=person.number_zones,
            birth_date=person.birth_date,
            chosen=question.chosen,
        )
        return decide(facts, question.call_class, question.at, History(), self.rulebook, _HOURS_ONLY).allowed

    def judge(self, question: Question) -> bool:
        """Ask the judge's own reading."""
        return judged(self._hours, question)

    def questions(self, count: int, seed: int) -> Iterator[Question]:
        """Draw so many questions about these rules."""
        draw = Draw(self.rulebook, random.Random(seed))  # noqa: S311  cases, no secrets
        return (draw.question() for _ in range(count))

    def disagreements(self, questions: Iterable[Question]) -> Iterator[tuple[Question, bool, bool]]:
        """Yield the questions that are answered apart, with the gate's and the judge's answers."""
        for question in questions:
            gate, judge = self.gate(question), self.judge(question)
            if gate is not judge:
                yield question, gate, judge


def judged(hours: LawfulHours, question: Question) -> bool:
    """Return the answer of the judge's own reading."""
    window, at = question.chosen, question.at
    chosen = window is not None and window.start <= at < window.end
    return hours.allows(question.person, at, question.call_class, chosen=chosen)


class Draw:
    """Draws questions: a country first, so that one with many parts does not crowd out the others."""

    def __init__(self, rulebook: Rulebook, rng: random.Random) -> None:
        self._rulebook, self._rng = rulebook, rng
        self._countries = sorted(code for code, pack in rulebook.packs.items() if pack.parent is None)
        self._bounds = sorted(_bounds(rulebook))
        self._dates = sorted(_dates(rulebook))
        self._off = {code: _days_off(rulebook, pack) for code, pack in rulebook.packs.items() if pack.parent is None}

    def question(self) -> Question:
        """Draw one question."""
        choose = self._rng.choice
        country = self._rulebook.packs[choose(self._countries)]
        region, zones = self._region(country)
        stated = self._stated(country, zones)
        zone = stated if stated in zones else choose(zones)
        at = self._instant(country, zone)
        person = Person(region, stated, self._birth_date(at), self._number_zones(country))
        start = at.replace(microsecond=0) - choose((-9, 0, 9)) * timedelta(seconds=1)
        window = ChosenWindow(start, start + timedelta(minutes=1)) if self._rng.random() < 0.25 else None
        return Question(person, choose(tuple(CallClass)), at, window)

    def _region(self, country: Pack) -> tuple[str, Sequence[str]]:
        chance = self._rng.random()
        if chance < 0.01:
            return self._rng.choice(_STRANGE_REGIONS), country.zones
        if country.aliases and chance < 0.05:
            return self._rng.choice(sorted(country.aliases)), country.zones
        own = [code for code, pack in self._rulebook.packs.items() if pack.parent == country.code]
        if own and chance < 0.4:
            region = self._rng.choice(own)
        elif country.subdivisions and chance < 0.8:
            region = self._rng.choice(list(country.subdivisions))
        else:
            return country.code, country.zones
        pack = self._rulebook.packs.get(region)
        return region, country.subdivisions[region].zones if pack is None else pack.zones

    def _stated(self, country: Pack, zones: Sequence[str]) -> str | None:
        chance = self._rng.random()
        if country.zone_required or chance < 0.2:
            return self._rng.choice(zones)
        if chance < 0.3 and country.same_clock:
            return self._rng.choice(list(country.same_clock))
        return self._rng.choice((*country.zones, *_STRANGE_ZONES)) if chance < 0.34 else None

    def _number_zones(self, country: Pack) -> tuple[str, ...]:
        chance = self._rng.random()
        if chance < 0.7:
            return ()
        near = (*country.zones, *country.same_clock)
        return tuple(self._rng.choice(near if self._rng.random() < 0.8 else _STRANGE_ZONES) for _ in range(2))

    def _instant(self, country: Pack, zone: str) -> datetime:
        rng, chance = self._rng, self._rng.random()
        if chance < 0.15 and changes(zone):
            return rng.choice(changes(zone)) + timedelta(seconds=rng.randint(-6 * 3600, 30 * 3600))
        day = self._day(country, chance)
        if rng.random() < 0.5:
            minute = rng.choice(self._bounds)
            wall = datetime.combine(day, time()) + timedelta(minutes=minute, microseconds=rng.choice((0, -1, 1)))
        else:
            wall = datetime.combine(day, time()) + timedelta(seconds=rng.randrange(7 * 3600, 22 * 3600))
        return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def _day(self, country: Pack, chance: float) -> date:
        if chance < 0.55:
            days = self._off[country.code]
            return self._rng.choice(days) + self._rng.choice((-_DAY, 0 * _DAY, 0 * _DAY, _DAY))
        if chance < 0.65:
            return self._rng.choice(self._dates) + self._rng.choice((-_DAY, 0 * _DAY, _DAY))
        return _FIRST + self._rng.randint(0, (_LAST - _FIRST).days) * _DAY

    def _birth_date(self, at: datetime) -> date | None:
        chance = self._rng.random()
        if chance < 0.1:
            return None
        if chance < 0.5:
            return date(1980, 2, 29)
        if chance < 0.6:
            return date(at.year - 65 - at.year % 4, 2, 28) + _DAY  # in a leap year, the 29th
        about = date(at.year - 65, at.month, min(at.day, 28))
        return about + self._rng.choice((-400, -1, 0, 1, 2, 400)) * _DAY


def _bounds(rulebook: Rulebook) -> set[int]:
    found = {0, 1440}
    for pack in rulebook.packs.values():
        for rule in pack.windows:
            for hours in (rule.hours, rule.customer_chosen):
                if hours is not None:
                    weeks = [*hours.week, hours.holiday_windows, hours.eve_windows or ()]
                    found.update(minute for day in weeks for window in day for minute in window)
    return found


def _dates(rulebook: Rulebook) -> set[date]:
    rules = [rule.in_force for pack in rulebook.packs.values() for rule in pack.windows]
    days = {day for rule in rules for day in (rule.since, rule.until) if day is not None and day >= _FIRST}
    return days | {date(year, 1, 1) for year in range(2024, 2029)}


def _days_off(rulebook: Rulebook, pack: Pack) -> list[date]:
    years = rulebook.calendars[pack.calendar].years.values()
    return sorted({day for year in years for day in (*year.everywhere, *year.regional)})


@lru_cache(maxsize=1024)
def changes(zone: str) -> tuple[datetime, ...]:
    """Return the hours (UTC) of 2026 and 2027 in which a zone's clock is changed."""
    clock, found = ZoneInfo(zone), []
    noon = datetime.combine(_CHANGES[0], time(12), UTC)
    while noon.date() <= _CHANGES[1]:
        hours = [noon + timedelta(hours=ahead) for ahead in (0, 24)]
        if _moves(clock, *hours):
            hours = [noon + timedelta(hours=ahead) for ahead in range(25)]
            found += [one for one, following in pairwise(hours) if _moves(clock, one, following)]
        noon += _DAY
    return tuple(found)


def _moves(clock: ZoneInfo, one: datetime, other: datetime) -> bool:
    return one.astimezone(clock).utcoffset() != other.astimezone(clock).utcoffset()


def main(count: int = 100_000, seed: int = 1) -> None:
    """Compare `count` questions and print how many are answered apart, by region, and the first of them."""
    readings = TwoReadings(RULES)
    apart = list(readings.disagreements(readings.questions(count, seed)))
    print(f"{count} questions, {len(apart)} answered apart")  # noqa: T201
    print(Counter(question.person.region for question, _, _ in apart).most_common(20))  # noqa: T201
    for question, gate, judge in apart[:20]:
        print(f"gate {gate}, judge {judge}: {question}")  # noqa: T201


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
