"""One local day of a clock as open intervals in UTC seconds, layer by layer: what a decision looks up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outbound.compliance.place import Clock
from outbound.compliance.rules.calendar import Calendar
from outbound.compliance.rules.pack import (
    DayHours,
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
_ALWAYS = (-(2**62), 2**62)

_HOURS_CLASS = {CallClass.MANDATORY_INTERVIEW: CallClass.SERVICE}
"""An interview that the regulator asks for keeps the hours of a service call."""


def hours_class(call_class: CallClass) -> CallClass:
    """Class whose hours and limits a call keeps."""
    return _HOURS_CLASS.get(call_class, call_class)


@dataclass(frozen=True, slots=True)
class Profile:
    """What, besides the place and the day, decides which windows apply."""

    call_class: CallClass
    segment: Segment
    layers: frozenset[Layer]
    chosen: bool = False

    @property
    def hours_class(self) -> CallClass:
        """Class under whose hours the call runs."""
        return hours_class(self.call_class)


@dataclass(frozen=True, slots=True)
class LayerDay:
    """One layer on one local date. `windows` in minutes, the same in UTC as `open`; `known` False: no calendar."""

    jurisdiction: str
    layer: Layer
    windows: DayHours
    open: tuple[Interval, ...]
    holiday: bool
    known: bool


@dataclass(frozen=True, slots=True)
class DayTable:
    """All layers of a clock on one local date, and the intervals in which every one of them is open."""

    day: date
    layers: tuple[LayerDay, ...]
    open: tuple[Interval, ...]


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
        _layer_day(rulebook.calendars.get(governed.rule.calendar), zone, governed, profile, day)
        for governed in governing([rulebook.packs[code] for code in clock.packs], profile, day)
        if governed.rule.layer in profile.layers
    )
    shared: tuple[Interval, ...] = (_ALWAYS,)
    for layer in layers:
        shared = intersect(shared, layer.open)
    return DayTable(day, layers, shared)


@dataclass(frozen=True, slots=True)
class Governed:
    """A rule that has hours, with its pack."""

    pack: Pack
    rule: WindowRule
    hours: Hours


def governing(packs: Sequence[Pack], profile: Profile, day: date) -> list[Governed]:
    """Rules with hours that bind the class on this date; office hours on weekdays where no rule gives any."""
    wanted = profile.hours_class
    rules = [
        Governed(pack, rule, rule.hours)
        for pack in packs
        for rule in pack.windows
        if rule.hours is not None and wanted in rule.binds and rule.in_force.covers(day)
    ]
    if not rules:
        office = Hours(_OFFICE_WEEK, HolidayTreatment.BLOCKED)
        rules = [
            Governed(pack, WindowRule(Layer.COURTESY, frozenset({wanted}), office, pack.calendar), office)
            for pack in packs
            if pack.parent is None
        ]
    return rules


def _layer_day(calendar: Calendar | None, zone: ZoneInfo, governed: Governed, profile: Profile, day: date) -> LayerDay:
    pack, rule, hours = governed.pack, governed.rule, governed.hours
    chosen = profile.chosen and rule.layer is Layer.COURTESY
    if chosen and rule.customer_chosen is not None:
        hours = rule.customer_chosen
    narrower = rule.segments.get(profile.segment) if hours is governed.hours else None
    known = hours.holiday is HolidayTreatment.ALLOWED or (calendar is not None and calendar.knows(day))
    if not known:
        return LayerDay(pack.code, rule.layer, (), (), holiday=False, known=False)
    holiday = hours.holiday is not HolidayTreatment.ALLOWED and calendar is not None and calendar.is_holiday(day)
    windows = _windows(hours, hours.week, day.weekday(), holiday=holiday)
    if narrower is not None:
        windows = intersect(windows, _windows(hours, narrower, day.weekday(), holiday=holiday))
    opened = tuple(span for span in (_utc_interval(w, day, zone) for w in windows) if span[0] < span[1])
    return LayerDay(pack.code, rule.layer, windows, opened, holiday=holiday, known=True)


def _windows(hours: Hours, week: Week, weekday: int, *, holiday: bool) -> DayHours:
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
