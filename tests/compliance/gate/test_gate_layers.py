"""The gate's hours against a reading of its own: rule by rule, zone by zone, by the clock on the wall."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.compliance.place import Place
from outbound.compliance.rules.calendar import Calendar
from outbound.compliance.rules.pack import DayHours, HolidayScope, HolidayTreatment, Hours, Layer, Segment, WindowRule
from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.call_class import CallClass
from tests.compliance.questions import Question, questions
from tests.values import replace

TEN_TO_SIX: DayHours = ((600, 1080),)
OFFICE = Hours((TEN_TO_SIX,) * 5 + ((), ()), HolidayTreatment.BLOCKED)
DAY = timedelta(days=1)
LONG_CALL = 25
"""Minutes: more than any guard that is drawn."""


def bound(question: Question) -> set[CallClass]:
    """Return the classes whose rules bind: an interview keeps the rules of service, promotion makes marketing."""
    asked = CallClass.TELEMARKETING if question.options.promotional else question.call_class
    return {asked, CallClass.SERVICE} if asked is CallClass.MANDATORY_INTERVIEW else {asked}


def is_holiday(calendar: Calendar, rule: WindowRule, region: str, day: date) -> bool:
    """Whether the day is a holiday of the country, or of the contact's part (of any part where it is not known)."""
    year = calendar.years[day.year]
    keeping = year.regional.get(day, frozenset())
    local = rule.holidays is HolidayScope.LOCAL and bool({region} & keeping if region in calendar.parts else keeping)
    return day in year.everywhere or local


def segment(question: Question, day: date) -> Segment:
    """Return the segment of the contact by counting birthdays."""
    born = question.contact.birth_date
    if born is None or question.contact.vulnerable:
        return Segment.ELDER
    birthdays = sum(1 for year in range(born.year + 1, day.year + 1) if (year, *_birthday(born)) <= _triple(day))
    return Segment.ELDER if birthdays >= 65 else Segment.GENERAL


def _birthday(born: date) -> tuple[int, int]:
    return (2, 28) if (born.month, born.day) == (2, 29) else (born.month, born.day)


def _triple(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def windows(rulebook: Rulebook, place: Place, question: Question, rule: WindowRule, local: datetime) -> list[DayHours]:
    """Return every list of windows in which the local time must lie."""
    hours, chosen, day = rule.hours, question.contact.chosen, local.date()
    assert hours is not None
    asked_for = chosen is not None and chosen.start <= local < chosen.end and rule.layer is Layer.COURTESY
    stretched = asked_for and rule.customer_chosen is not None
    if stretched:
        assert rule.customer_chosen is not None
        hours = rule.customer_chosen
    weeks = (
        [hours.week]
        if stretched
        else [hours.week, *(w for s, w in rule.segments.items() if s is segment(question, day))]
    )
    if hours.holiday is HolidayTreatment.ALLOWED and hours.eve_windows is None:
        return [week[day.weekday()] for week in weeks]
    calendar = rulebook.calendars[rule.calendar]
    free = is_holiday(calendar, rule, place.region, day)
    found = [treated(hours, week, day) if free else week[day.weekday()] for week in weeks]
    if hours.eve_windows is not None and not free and is_holiday(calendar, rule, place.region, day + DAY):
        found.append(hours.eve_windows)
    return found


def treated(hours: Hours, week: tuple[DayHours, ...], day: date) -> DayHours:
    """Return the windows of a public holiday."""
    if hours.holiday is HolidayTreatment.ALLOWED:
        return week[day.weekday()]
    if hours.holiday is HolidayTreatment.AS_SUNDAY:
        return week[6]
    return hours.holiday_windows if hours.holiday is HolidayTreatment.OWN_WINDOW else ()


def demands(rulebook: Rulebook, place: Place, question: Question) -> Iterator[tuple[DayHours, datetime]]:
    """Yield (windows, local time) that must fit, for every rule in every zone in which it is read."""
    party = [zone for zone, how in place.found_by if how != "rule"]
    for zone in place.zones:
        local = question.at.astimezone(ZoneInfo(zone))
        given = [
            rule
            for pack in place.packs
            for rule in pack.windows
            if rule.hours and rule.binds & bound(question) and rule.in_force.covers(local.date())
        ]
        for rule in given:
            if rule.layer in question.options.layers and (zone in party or zone == rule.fixed_zone):
                yield from ((spans, local) for spans in windows(rulebook, place, question, rule, local))
        if not given and zone in party and Layer.COURTESY in question.options.layers:
            office = WindowRule(Layer.COURTESY, frozenset(), OFFICE, place.packs[-1].calendar)
            yield from ((spans, local) for spans in windows(rulebook, place, question, office, local))


@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_nothing_is_allowed_outside_a_layer_that_binds(rulebook: Rulebook, data: st.DataObject) -> None:
    """An allowed instant lies, by wall clock, in a window of every binding layer in every zone of the place."""
    question = data.draw(questions(rulebook))
    found = question.ask(rulebook, find_next=False)
    situation = found.receipt.situation
    if not found.allowed or situation is None:
        return
    for spans, local in demands(rulebook, situation.place, question):
        minutes = local.hour * 60 + local.minute
        assert any(start <= minutes < end for start, end in spans), (question, spans, local)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_what_lies_in_every_layer_is_not_refused_for_its_hours(rulebook: Rulebook, data: st.DataObject) -> None:
    """Where every binding layer is open for hours to come, none of the reasons is about hours."""
    question = data.draw(questions(rulebook))
    found = question.ask(rulebook, find_next=False)
    situation = found.receipt.situation
    codes = {reason.code for reason in found.reasons}
    if situation is None or codes & {"calendar_missing", "pack_unsigned"}:
        return
    clocks = [question.at.astimezone(ZoneInfo(zone)) for zone in situation.place.zones]
    if any((at - DAY).utcoffset() != (at + DAY).utcoffset() for at in clocks):
        return
    chosen = question.contact.chosen
    if chosen is not None and chosen.start <= question.at < chosen.end <= question.at + timedelta(minutes=LONG_CALL):
        return
    fits = (
        any(start <= minutes and minutes + LONG_CALL < end for start, end in spans)
        for spans, local in demands(rulebook, situation.place, question)
        for minutes in (local.hour * 60 + local.minute,)
    )
    if all(fits):
        assert not codes & {"outside_hours", "day_closed", "public_holiday", "closing_soon"}, question


@settings(max_examples=100, deadline=None)
@given(data=st.data(), start=st.integers(0, 1380), length=st.integers(30, 1440), legal=st.booleans())
def test_a_further_rule_never_allows_more(
    rulebook: Rulebook, data: st.DataObject, start: int, length: int, *, legal: bool
) -> None:
    """Another layer in a pack, whatever its hours, opens nothing where a rule gave the class hours already."""
    question = data.draw(questions(rulebook))
    found = question.ask(rulebook, find_next=False)
    situation = found.receipt.situation
    if situation is None or found.allowed:
        return
    days = {question.at.astimezone(ZoneInfo(zone)).date() for zone in situation.place.zones}
    rules = [rule for pack in situation.place.packs for rule in pack.windows if rule.hours]
    if not all(any(rule.binds & bound(question) and rule.in_force.covers(day) for rule in rules) for day in days):
        return
    span = ((start, min(start + length, 1440)),)
    hours = Hours((span, span, span, span, span, span, span), HolidayTreatment.ALLOWED)
    pack = situation.place.packs[0]
    further = WindowRule(Layer.LEGAL if legal else Layer.COURTESY, frozenset(CallClass), hours, pack.calendar)
    packs = {**rulebook.packs, pack.code: replace(pack, windows=(*pack.windows, further))}
    assert not question.yes(Rulebook(packs, rulebook.calendars))
