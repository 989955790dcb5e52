"""Layers of call windows as they stand in a pack file: hours, holidays, eves, segments and dates."""

import re
from collections.abc import Mapping

from outbound.adapters.files.rules.reading.places import zone_of
from outbound.adapters.files.rules.reading.words import Confidence
from outbound.adapters.files.rules.sections import Section
from outbound.compliance.rules.pack import (
    DayHours,
    HolidayScope,
    HolidayTreatment,
    Hours,
    InForce,
    Layer,
    Segment,
    Week,
    WindowRule,
)
from outbound.domain.call_class import CallClass

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GROUPS = {"mon-fri": range(5), "mon-sat": range(6), "every_day": range(7)}
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_MIDNIGHT = 24 * 60
_NEEDS_HOURS = ("public_holiday", "holiday_eve", "customer_chosen")


def window(section: Section, calendar: str) -> WindowRule:
    """Read one layer; `calendar` is the pack's own. Without hours it is a negative finding and opens nothing."""
    layer = layer_of(section)
    override = section.flag("consent_override", default=False)
    stated = section.has("hours")
    hours = hours_of(section) if stated else None
    for key in _NEEDS_HOURS:
        if not stated and section.has(key):
            section.refuse(key, "there are no hours that it could change", "remove it, or give the layer hours")
    chosen = chosen_hours(section.section("customer_chosen")) if section.has("customer_chosen") else None
    if chosen is not None and section.sound("layer") and not (override and layer is Layer.COURTESY):
        section.refuse("customer_chosen", "needs a courtesy layer with consent_override: true", "remove it")
    rule = WindowRule(
        layer=layer,
        binds=section.choices("binds", CallClass),
        hours=hours,
        calendar=section.text("calendar", calendar),
        segments=segments(section),
        customer_chosen=chosen,
        in_force=in_force(section),
        consent_override=override,
        confidence=section.choice("confidence", Confidence).value,
        note=section.text("note", ""),
        holidays=section.choice("holidays", HolidayScope) if section.has("holidays") else HolidayScope.LOCAL,
        fixed_zone=zone_of(section, "fixed_zone") if section.has("fixed_zone") else None,
    )
    section.done()
    return rule


def layer_of(section: Section) -> Layer:
    """Read where a rule comes from; `house` is no layer of a pack."""
    layer = section.choice("layer", Layer)
    if layer is Layer.HOUSE:
        section.refuse("layer", "house is the product's own", "write legal, industry_code or courtesy")
    return layer


def in_force(section: Section) -> InForce:
    """Read the first and last day of a rule, both inclusive."""
    since = section.day("effective_from") if section.has("effective_from") else None
    until = section.day("effective_to") if section.has("effective_to") else None
    known = section.sound("effective_from", "effective_to")
    if known and since is not None and until is not None and until < since:
        section.refuse("effective_to", f"{until} is before effective_from {since}", "correct one of the dates")
    return InForce(since, until)


def segments(section: Section) -> Mapping[Segment, Week]:
    """Read the narrower weeks of segments."""
    if not section.has("segments"):
        return {}
    inner = section.section("segments")
    weeks: dict[Segment, Week] = {}
    for name in inner.keys():  # noqa: SIM118  a section is no mapping: asking marks the keys as known
        if name in set(Segment):
            weeks[Segment(name)] = _week(inner.section(name))
        else:
            inner.refuse(name, "is no segment", f"write one of {', '.join(Segment)}")
    return weeks


def chosen_hours(section: Section) -> Hours:
    """Read how far a time that the customer chose may stretch a layer."""
    hours = hours_of(section)
    section.done()
    return hours


def hours_of(section: Section) -> Hours:
    """Read a week, what a public holiday makes of it, and the narrower hours of a day before one."""
    week = _week(section.section("hours"))
    eve = _eve(section.section("holiday_eve")) if section.has("holiday_eve") else None
    if section.is_mapping("public_holiday"):
        treatment, own = _own_window(section.section("public_holiday"))
        return Hours(week, treatment, own, eve)
    treatment = section.choice("public_holiday", HolidayTreatment)
    if treatment is HolidayTreatment.OWN_WINDOW:
        mend = 'write {treatment: own_window, hours: ["10:00-12:00"]}'
        section.refuse("public_holiday", "own_window has no hours", mend)
    return Hours(week, treatment, (), eve)


def _own_window(section: Section) -> tuple[HolidayTreatment, DayHours]:
    treatment = section.choice("treatment", HolidayTreatment)
    if treatment is not HolidayTreatment.OWN_WINDOW and section.sound("treatment"):
        mend = f"write public_holiday: {treatment}, or treatment: own_window"
        section.refuse("treatment", f"{treatment} has no hours of its own", mend)
    hours = day_hours(section, "hours")
    section.done()
    return treatment, hours


def _eve(section: Section) -> DayHours:
    hours = day_hours(section, "hours")
    section.done()
    return hours


def _week(section: Section) -> Week:
    days: dict[int, DayHours] = {}
    for key in section.keys():  # noqa: SIM118
        group = _GROUPS.get(key) or ([_DAYS.index(key)] if key in _DAYS else None)
        if group is None:
            section.refuse(key, "is no day", f"write {', '.join((*_DAYS, *_GROUPS))}")
            continue
        hours = day_hours(section, key)
        taken = [_DAYS[day] for day in group if day in days]
        if taken:
            section.refuse(key, f"{', '.join(taken)} has hours already", "name every day once")
        days.update(dict.fromkeys(group, hours))
    for number, name in enumerate(_DAYS):
        if number not in days:
            section.refuse(name, "is missing", "a day without calls is written []")
    return tuple(days.get(number, ()) for number in range(7))  # type: ignore[return-value]  # seven of them


def day_hours(section: Section, key: str) -> DayHours:
    """Read the half-open windows of a day, sorted and apart; windows that touch become one."""
    spans: list[tuple[int, int]] = []
    for text in section.texts(key):
        found = _WINDOW.fullmatch(text)
        if not found:
            mend = 'write "09:00-21:00", with two digits each, 24:00 at most'
            section.refuse(key, f"{text!r} is no window", mend)
            continue
        hour, minute, last_hour, last_minute = (int(part) for part in found.groups())
        start, end = hour * 60 + minute, last_hour * 60 + last_minute
        if end > _MIDNIGHT or start >= end:
            section.refuse(key, f"{text} ends before it starts or after 24:00", "split it at midnight")
        elif spans and start < spans[-1][1]:
            section.refuse(key, f"{text} overlaps or precedes the window before it", "sort them and keep them apart")
        elif spans and start == spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(spans)
