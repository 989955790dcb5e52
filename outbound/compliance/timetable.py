"""One local day of a clock as open intervals in UTC seconds, layer by layer: what a decision looks up."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from outbound.compliance.place import Clock
from outbound.compliance.rules.calendar import Calendar
from outbound.compliance.rules.pack import (
    DayHours,
    HolidayScope,
    HolidayTreatment,
    Hours,
    Layer,
    Pack,
    Segment,
    Week,
    WindowRule,
)
from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.call_class import CallClass

Interval = tuple[int, int]
"""Half-open [start, end) in seconds since 1970 UTC."""

_OFFICE = ((10 * 60, 18 * 60),)
_OFFICE_WEEK: Week = (_OFFICE, _OFFICE, _OFFICE, _OFFICE, _OFFICE, (), ())
_SUNDAY = 6
_MIDNIGHT = 24 * 60
_DAY = timedelta(days=1)
ALWAYS = (-(2**62), 2**62)
"""An interval that no instant lies outside of."""

_HOURS_CLASS = {CallClass.MANDATORY_INTERVIEW: CallClass.SERVICE}
"""An interview that the regulator asks for keeps the hours of a service call."""


def hours_class(call_class: CallClass) -> CallClass:
    """Class whose rules a call keeps besides those that name its own."""
    return _HOURS_CLASS.get(call_class, call_class)


def binds(bound: frozenset[CallClass], call_class: CallClass) -> bool:
    """Whether a rule for these classes binds a call: by its own class or by the one whose rules it keeps."""
    return call_class in bound or hours_class(call_class) in bound


class Profile(Struct, frozen=True):
    """What, besides the place and the day, decides which windows apply."""

    call_class: CallClass
    segment: Segment
    layers: frozenset[Layer]
    chosen: bool = False


class LayerDay(Struct, frozen=True):
    """One layer on one local date: `windows` in minutes, the same in UTC as `open`.

    An interval that goes on after midnight ends where tomorrow's does. `eve`: an ordinary day that is narrowed because
    a holiday follows. `missing_year`: the year without a calendar that keeps the day from being judged, and closed.
    """

    jurisdiction: str
    layer: Layer
    windows: DayHours
    open: tuple[Interval, ...]
    holiday: bool = False
    eve: bool = False
    missing_year: int | None = None

    @property
    def known(self) -> bool:
        """Whether there were calendars to judge the day by."""
        return self.missing_year is None


class DayTable(Struct, frozen=True):
    """All layers of a clock on one local date, and the intervals in which every one of them is open.

    `ends` is the first second of the next local date.
    """

    day: date
    layers: tuple[LayerDay, ...]
    open: tuple[Interval, ...]
    ends: int


def day_table(rulebook: Rulebook, clock: Clock, profile: Profile, day: date) -> DayTable:
    """Return the table of one local date of a clock; kept in the rulebook's cache."""
    key = (clock, profile, day.toordinal())
    table: DayTable | None = rulebook.cache.get(key)
    if table is None:
        table = _build(rulebook, clock, profile, day)
        rulebook.remember(key, table)
    return table


def _build(rulebook: Rulebook, clock: Clock, profile: Profile, day: date) -> DayTable:
    zone = ZoneInfo(clock.zone)
    layers = tuple(
        _Reader(governed, profile, clock.region, rulebook.calendars.get(governed.rule.calendar)).layer_day(day, zone)
        for governed in governing([rulebook.packs[code] for code in clock.packs], profile, day)
        if governed.rule.layer in profile.layers and (not clock.fixed or governed.rule.fixed_zone == clock.zone)
    )
    return DayTable(day, layers, shared_by(layers), day_start(day + _DAY, zone))


def shared_by(layers: tuple[LayerDay, ...]) -> tuple[Interval, ...]:
    """Return the intervals in which every layer is open."""
    shared: tuple[Interval, ...] = (ALWAYS,)
    for layer in layers:
        shared = intersect(shared, layer.open)
    return shared


class Governed(Struct, frozen=True):
    """A rule that has hours, with its pack."""

    pack: Pack
    rule: WindowRule
    hours: Hours


def governing(packs: Sequence[Pack], profile: Profile, day: date) -> list[Governed]:
    """Rules with hours that bind the class on this date; office hours on weekdays where no rule gives any."""
    wanted = profile.call_class
    rules = [
        Governed(pack, rule, rule.hours)
        for pack in packs
        for rule in pack.windows
        if rule.hours is not None and binds(rule.binds, wanted) and rule.in_force.covers(day)
    ]
    if not rules:
        office = Hours(_OFFICE_WEEK, HolidayTreatment.BLOCKED)
        rules = [
            Governed(pack, WindowRule(Layer.COURTESY, frozenset({wanted}), office, pack.calendar), office)
            for pack in packs
            if pack.parent is None
        ]
    return rules


class _Reader:
    """Reads one rule for one profile, day by day."""

    __slots__ = ("_calendar", "_hours", "_narrower", "_pack", "_region", "_rule")

    def __init__(self, governed: Governed, profile: Profile, region: str, calendar: Calendar | None) -> None:
        rule = self._rule = governed.rule
        self._pack = governed.pack
        self._calendar = calendar
        self._region = None if rule.holidays is HolidayScope.NATIONAL else region
        self._hours, self._narrower = governed.hours, rule.segments.get(profile.segment)
        if profile.chosen and rule.layer is Layer.COURTESY and rule.customer_chosen is not None:
            self._hours, self._narrower = rule.customer_chosen, None

    def layer_day(self, day: date, zone: ZoneInfo) -> LayerDay:
        pack, layer = self._pack.code, self._rule.layer
        missing = self._missing_year(day)
        if missing is not None:
            return LayerDay(pack, layer, (), (), missing_year=missing)
        windows = self._windows(day)
        spans = [span for span in (_utc_interval(w, day, zone) for w in windows) if span[0] < span[1]]
        if windows and windows[-1][1] == _MIDNIGHT:
            self._go_on(spans, day + _DAY, zone)
        return LayerDay(pack, layer, windows, tuple(spans), self._is_holiday(day), self._is_eve(day))

    def _go_on(self, spans: list[Interval], tomorrow: date, zone: ZoneInfo) -> None:
        """Let the last interval run on into tomorrow's first where nothing is closed between the two."""
        if not self._rule.in_force.covers(tomorrow) or self._missing_year(tomorrow) is not None:
            return
        following = [_utc_interval(window, tomorrow, zone) for window in self._windows(tomorrow)[:1]]
        if spans and following and spans[-1][1] == following[0][0] < following[0][1]:
            spans[-1] = (spans[-1][0], following[0][1])

    def _missing_year(self, day: date) -> int | None:
        """Return the first year that the day depends on and no calendar has."""
        hours, eves = self._hours, self._hours.eve_windows is not None
        if hours.holiday is HolidayTreatment.ALLOWED and not eves:
            return None
        if self._calendar is None or not self._calendar.knows(day):
            return day.year
        tomorrow = day + _DAY
        return tomorrow.year if eves and not self._keeps(day) and not self._calendar.knows(tomorrow) else None

    def _windows(self, day: date) -> DayHours:
        hours = self._hours
        holiday = self._is_holiday(day)
        windows = _treated(hours, hours.week, day.weekday(), holiday=holiday)
        if self._narrower is not None:
            windows = intersect(windows, _treated(hours, self._narrower, day.weekday(), holiday=holiday))
        if hours.eve_windows is not None and self._is_eve(day):
            windows = intersect(windows, hours.eve_windows)
        return windows

    def _is_holiday(self, day: date) -> bool:
        """Whether the day is a holiday and the hours make something of it."""
        return self._hours.holiday is not HolidayTreatment.ALLOWED and self._keeps(day)

    def _is_eve(self, day: date) -> bool:
        return self._hours.eve_windows is not None and not self._keeps(day) and self._keeps(day + _DAY)

    def _keeps(self, day: date) -> bool:
        return self._calendar is not None and self._calendar.is_holiday(day, self._region)


def _treated(hours: Hours, week: Week, weekday: int, *, holiday: bool) -> DayHours:
    if not holiday:
        return week[weekday]
    if hours.holiday is HolidayTreatment.AS_SUNDAY:
        return week[_SUNDAY]
    return hours.holiday_windows if hours.holiday is HolidayTreatment.OWN_WINDOW else ()


def intersect(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Intersect two sorted lists of half-open intervals."""
    return tuple((max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) < min(b, d))


def _utc_interval(window: Interval, day: date, zone: ZoneInfo) -> Interval:
    """Turn local minutes into UTC; a bound in an ambiguous hour takes the reading that opens later or closes sooner."""
    return max(_readings(day, window[0], zone)), min(_readings(day, window[1], zone))


@lru_cache(maxsize=1 << 17)
def _readings(day: date, minutes: int, zone: ZoneInfo) -> tuple[int, int]:
    """Both readings of a local time as UTC seconds; a time that a clock skips reads as the instant of the skip."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    first, second = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if first > second:
        skip = _skip(second, first, zone)
        return skip, skip
    return first, second


def _skip(low: int, high: int, zone: ZoneInfo) -> int:
    """Instant between two at which the zone's clock jumps."""
    before = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def day_start(day: date, zone: ZoneInfo) -> int:
    """First second of a local date; where a clock jumps over midnight, the instant of the jump."""
    return _readings(day, 0, zone)[0]


def is_open(intervals: tuple[Interval, ...], seconds: int, guard: int) -> bool:
    """Whether a second lies in an interval with the guard's length left before its end."""
    return any(start <= seconds < end - guard for start, end in intervals)
