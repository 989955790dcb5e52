"""One question to the gate with everything that does not change with the instant worked out once."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from math import ceil
from zoneinfo import ZoneInfo

from msgspec import Struct

from outbound.compliance.facts import BlockedArea, Check, ChosenWindow, ContactFacts, GateOptions, History
from outbound.compliance.place import Place, may_hold
from outbound.compliance.rules.pack import AttemptLimit, CountedPer, Layer, Line, Pack, PeriodKind, Segment
from outbound.compliance.rules.rulebook import Rulebook
from outbound.compliance.timetable import Profile, binds
from outbound.domain.call_class import CallClass

ELDER_AGE = 65
_PER_PERSON = frozenset({CountedPer.CONTACT, CountedPer.DEBT})
_FEBRUARY, _LEAP_DAY = 2, 29


class Situation(Struct, frozen=True):
    """Facts, rules and derived values of one question; attempts and refusals are seconds since 1970 UTC.

    `chosen` is [start, end) of the time that the customer asked for, None also where it would hold no second.
    """

    contact: ContactFacts
    asked_class: CallClass
    call_class: CallClass
    history: History
    rulebook: Rulebook
    options: GateOptions
    place: Place
    bound_limits: tuple[tuple[Pack, AttemptLimit], ...]
    number_attempts: tuple[float, ...]
    contact_attempts: tuple[float, ...]
    refusals: tuple[float, ...]
    guard: int
    chosen: tuple[int, int] | None

    def segment(self, day: date) -> Segment:
        """Segment of the contact on a local date."""
        return segment_on(self.contact.birth_date, day, vulnerable=self.contact.vulnerable)

    def profile(self, seconds: int, day: date) -> Profile:
        """Which windows apply to this contact at this instant."""
        return _profile(self.call_class, self.segment(day), self.options.layers, self.is_chosen(seconds))

    def profiles(self, day: date) -> tuple[Profile, Profile]:
        """Windows of this contact on a local date: outside a chosen time, and within it."""
        of_day = self.call_class, self.segment(day), self.options.layers
        return _profile(*of_day, False), _profile(*of_day, True)

    def is_chosen(self, seconds: int) -> bool:
        """Whether the customer asked for this very time."""
        return self.chosen is not None and self.chosen[0] <= seconds < self.chosen[1]

    def checks(self, check: Check) -> bool:
        """Whether this part of the gate is asked."""
        return check not in self.options.skip

    def consented(self, purpose: str, day: date) -> bool:
        """Whether consent to the purpose was on record by this local date."""
        return any(c.purpose == purpose and (c.given_on is None or c.given_on <= day) for c in self.contact.consents)

    def first_day(self, seconds: int) -> date:
        """Earliest local date among the zones at an instant: nothing dated later counts yet."""
        zones = self.place.zones
        return day_in(zones[0], seconds) if len(zones) == 1 else min(day_in(zone, seconds) for zone in zones)

    def blocks(self, area: BlockedArea) -> bool:
        """Whether a blocked area may hold the contact."""
        return may_hold(self.rulebook, area.code, self.place.region)

    def limits(self, seconds: int) -> Iterable[tuple[Pack, AttemptLimit]]:
        """Attempt limits that bind this call at an instant; courtesy's do not from a callback's time on.

        A limit binds while it is in force in any zone: a further zone never lifts one.
        """
        days = [day_in(zone, seconds) for zone in self.place.zones]
        first, last = min(days), max(days)
        for pack, limit in self.bound_limits:
            if limit.in_force.meets(first, last) and not self._exempt(limit, first, seconds):
                yield pack, limit

    def _exempt(self, limit: AttemptLimit, day: date, seconds: int) -> bool:
        # A promise that runs late is still a promise; before its time the call is like any other.
        if limit.layer is Layer.COURTESY and self.chosen is not None and self.chosen[0] <= seconds:
            return True
        if limit.unless_consent is not None and self.consented(limit.unless_consent, day):
            return True
        return limit.per is CountedPer.RESIDENTIAL_LINE and (
            self.contact.line is Line.MOBILE or not self.checks(Check.RESIDENTIAL_LINE_LIMIT)
        )

    def made(self, limit: AttemptLimit, seconds: int) -> int:
        """Count what falls under the limit at an instant: attempts, by the zone in which most do, or refusals."""
        kind = limit.period.kind
        if kind is PeriodKind.AFTER_REFUSAL:
            length = limit.period.length.total_seconds()
            return sum(not length or refusal > seconds - length for refusal in self.refusals)
        attempts = self.contact_attempts if limit.per in _PER_PERSON else self.number_attempts
        if not attempts or kind is PeriodKind.CAMPAIGN:
            return len(attempts)
        if kind is PeriodKind.ROLLING:
            since = seconds - limit.period.length.total_seconds()
            return sum(attempt > since for attempt in attempts)
        return max(_same_period(kind, zone, seconds, attempts) for zone in self.place.zones)


def bound_limits(
    rulebook: Rulebook, place: Place, call_class: CallClass, layers: frozenset[Layer]
) -> tuple[tuple[Pack, AttemptLimit], ...]:
    """Return the attempt limits of the place that bind a class, whenever they are in force and whoever is called."""
    key = ("limits", place.clocks[0].packs, call_class, layers)
    found: tuple[tuple[Pack, AttemptLimit], ...] | None = rulebook.cache.get(key)
    if found is None:
        limits = [(pack, limit) for pack in place.packs for limit in pack.limits]
        found = tuple(pair for pair in limits if binds(pair[1].binds, call_class) and pair[1].layer in layers)
        rulebook.remember(key, found)
    return found


def _same_period(kind: PeriodKind, zone: str, seconds: int, attempts: tuple[float, ...]) -> int:
    now = _period_of(kind, day_in(zone, seconds))
    return sum(_period_of(kind, day_in(zone, attempt)) == now for attempt in attempts)


def _period_of(kind: PeriodKind, day: date) -> date | tuple[int, int]:
    if kind is PeriodKind.CALENDAR_WEEK:
        return day.isocalendar()[:2]
    return (day.year, day.month) if kind is PeriodKind.CALENDAR_MONTH else day


@lru_cache(maxsize=256)
def _profile(call_class: CallClass, segment: Segment, layers: frozenset[Layer], chosen: bool) -> Profile:
    return Profile(call_class, segment, layers, chosen)


def segment_on(birth_date: date | None, day: date, *, vulnerable: bool = False) -> Segment:
    """Segment on a local date; who was born on 29 February turns 65 on the 28th, the earlier and narrower reading."""
    if vulnerable or birth_date is None:
        return Segment.ELDER
    leap = (birth_date.month, birth_date.day) == (_FEBRUARY, _LEAP_DAY)
    birthday = (_FEBRUARY, _LEAP_DAY - 1) if leap else (birth_date.month, birth_date.day)
    age = day.year - birth_date.year - ((day.month, day.day) < birthday)
    return Segment.ELDER if age >= ELDER_AGE else Segment.GENERAL


@lru_cache(maxsize=4096)
def day_in(zone: str, seconds: float) -> date:
    """Local date of an instant in a zone."""
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).date()


def seconds_of(chosen: ChosenWindow | None) -> tuple[int, int] | None:
    """Whole seconds of a chosen time; None where there are none, as when it ends before it begins."""
    if chosen is None:
        return None
    start, end = whole_seconds(chosen.start), whole_seconds(chosen.end)
    return (start, end) if start < end else None


def whole_seconds(instant: datetime) -> int:
    """First whole second at or after an instant."""
    return ceil(instant.timestamp())
