"""Days that begin twice, hours inside a gap, windows that only touch, and what opens at the very time of asking."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outbound.compliance.facts import Check, History
from outbound.compliance.rules.calendar import Calendar, CalendarYear
from outbound.compliance.rules.pack import (
    AttemptLimit,
    CountedPer,
    HolidayTreatment,
    InForce,
    Layer,
    Line,
    Period,
    PeriodKind,
    Segment,
)
from outbound.compliance.rules.rulebook import Rulebook
from outbound.compliance.situation import segment_on
from outbound.compliance.timetable import hours_class
from outbound.domain.call_class import CallClass
from tests.compliance.gate.invented import OPTIONS, SERVICE, ask, book, codes, layer, week
from tests.values import replace

NOON = "2026-05-05T12:00:00+02:00"
AT_NOON = datetime(2026, 5, 5, 10, tzinfo=UTC)
DAILY = AttemptLimit(Layer.LEGAL, SERVICE, 1, Period(PeriodKind.DAY, name="day"), CountedPer.CALLED_NUMBER)


def all_day(zone: str, **rest: object) -> Rulebook:
    """Build a rulebook that is open day and night, with one attempt a day."""
    return book(layer((0, 1440)), zone=zone, limits=(DAILY,), **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "made", "midnight"),
    [
        ("Europe/Belgrade", "2026-05-05T10:00+00:00", "2026-05-05T22:00+00:00"),
        ("Asia/Kathmandu", "2026-05-05T10:00+00:00", "2026-05-05T18:15+00:00"),
        # Santiago's clock jumps from midnight to one.
        ("America/Santiago", "2026-09-05T20:00+00:00", "2026-09-06T04:00+00:00"),
    ],
)
def test_a_daily_limit_ends_with_the_local_day(zone: str, made: str, midnight: str) -> None:
    """Where hours go on through the night, the first second of the next local date is the next lawful one."""
    attempt = datetime.fromisoformat(made)
    found = ask(all_day(zone), (attempt + timedelta(hours=1)).isoformat(), History((attempt,)))
    assert (codes(found), found.next_allowed) == (["attempt_limit"], datetime.fromisoformat(midnight))


@pytest.mark.parametrize(
    ("zone", "made", "midnight"),
    [
        ("Asia/Kathmandu", "2026-05-05T10:00+00:00", "2026-05-05T18:15+00:00"),
        # The Azores turn their clocks back from one to midnight: the day begins with the first of the two.
        ("Atlantic/Azores", "2026-10-24T20:00+00:00", "2026-10-25T00:00+00:00"),
    ],
)
def test_a_daily_limit_ends_at_midnight_where_no_hours_are_asked(zone: str, made: str, midnight: str) -> None:
    """With the courtesy left out its hours open and close nothing: only the date itself changes."""
    attempt = datetime.fromisoformat(made)
    courtesy = book(replace(layer((540, 1200)), layer=Layer.COURTESY), zone=zone, limits=(DAILY,))
    of_the_law = replace(OPTIONS, layers=frozenset({Layer.LEGAL}))
    found = ask(courtesy, (attempt + timedelta(hours=1)).isoformat(), History((attempt,)), options=of_the_law)
    assert found.next_allowed == datetime.fromisoformat(midnight)


@pytest.mark.parametrize("minute", [121, 130, 137, 143, 150, 171, 179])
def test_hours_inside_a_gap_open_and_close_when_the_clock_jumps(minute: int) -> None:
    """Whatever minute of the missing hour a bound names, it is the very second of the jump."""
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    short = replace(OPTIONS, skip=frozenset({Check.GUARD}))
    opening, shutting = book(layer((minute, 600))), book(layer((60, minute)))
    for seconds in (-1, 0):
        at = (jump + timedelta(seconds=seconds)).isoformat()
        assert ask(opening, at, options=short).allowed is (seconds == 0)
        assert ask(shutting, at, options=short).allowed is (seconds == -1)


def test_what_opens_at_the_same_time_of_a_later_day_is_found() -> None:
    """Asked at opening time of a closed day, the next instant is exactly a day later, or two."""
    rules = book(layer((540, 1200), treatment=HolidayTreatment.BLOCKED))
    found = ask(rules, "2026-05-01T09:00+02:00")
    assert (codes(found), found.next_allowed) == (["public_holiday"], datetime(2026, 5, 2, 7, tzinfo=UTC))
    later = book(layer((540, 1200), in_force=InForce(date(2026, 5, 8))), layer((540, 541)))
    never = ask(later, "2026-05-05T09:00+02:00", options=replace(OPTIONS, horizon_days=2))
    assert (codes(never), never.next_allowed) == (["closing_soon"], None)
    calendar = Calendar("XK", "1", "h", {2026: CalendarYear(frozenset({date(2026, 5, 5), date(2026, 5, 6)}))})
    twice = book(layer((540, 1200), treatment=HolidayTreatment.BLOCKED), calendar=calendar)
    in_time = ask(twice, "2026-05-05T09:00+02:00", options=replace(OPTIONS, horizon_days=2))
    assert in_time.next_allowed == datetime(2026, 5, 7, 7, tzinfo=UTC)


def test_hours_that_only_touch_have_nothing_in_common() -> None:
    """A segment's hours that begin when the layer's end leave the day closed, and the reason says so."""
    rules = book(replace(layer((540, 720)), segments={Segment.ELDER: week((720, 900))}))
    assert codes(ask(rules, NOON, birth_date=None)) == ["day_closed"]


def test_holiday_hours_count_only_where_the_holiday_has_its_own() -> None:
    """A layer that is closed on holidays stays closed, whatever hours stand beside."""
    rules = book(layer((540, 1200), treatment=HolidayTreatment.BLOCKED, own=((600, 720),)))
    assert codes(ask(rules, "2026-05-01T11:00+02:00")) == ["public_holiday"]


def test_a_question_may_leave_out_limits_of_home_lines() -> None:
    """Left out, they bind no telephone; other limits do as before."""
    home = replace(DAILY, per=CountedPer.RESIDENTIAL_LINE)
    made, out = (
        History((AT_NOON - timedelta(hours=1),)),
        replace(OPTIONS, skip=frozenset({Check.RESIDENTIAL_LINE_LIMIT})),
    )
    rules = book(layer((540, 1200)), limits=(home,))
    assert ask(rules, NOON, made, options=out, line=Line.LANDLINE).allowed
    assert not ask(rules, NOON, made, line=Line.LANDLINE).allowed
    assert not ask(book(layer((540, 1200)), limits=(DAILY,)), NOON, made, options=out).allowed


def test_an_interview_keeps_the_rules_of_a_service_call_and_every_other_class_its_own() -> None:
    """The regulator's interview is the only class that keeps another's rules."""
    assert {each: hours_class(each) for each in CallClass} == {each: each for each in CallClass} | {
        CallClass.MANDATORY_INTERVIEW: CallClass.SERVICE
    }


def test_nobody_is_vulnerable_unless_it_is_said() -> None:
    """Age alone decides the segment where nothing else is known."""
    born = date(1980, 1, 1)
    assert segment_on(born, date(2026, 5, 5)) is Segment.GENERAL
    assert segment_on(born, date(2026, 5, 5), vulnerable=True) is Segment.ELDER


def test_a_segments_hours_of_sundays_hold_on_a_holiday_that_is_kept_as_one() -> None:
    """Friday the first of May is a Sunday for everybody's hours and for the narrower ones alike."""
    sundays = layer((540, 1200), treatment=HolidayTreatment.AS_SUNDAY)
    narrow = (*week((540, 720))[:6], ((840, 900),))
    rules = book(replace(sundays, segments={Segment.ELDER: narrow}))
    allowed = {at: ask(rules, f"2026-05-01T{at}+02:00", birth_date=None).allowed for at in ("10:00", "14:30")}
    assert allowed == {"10:00": False, "14:30": True}
    assert ask(rules, "2026-05-01T10:00+02:00").allowed


def test_a_rule_that_ends_with_the_day_does_not_close_what_goes_on() -> None:
    """Without a guard there is no second in which a call may not start: hours of one rule follow those of another."""
    over = book(layer((0, 1440), in_force=InForce(until=date(2026, 5, 5))), layer((0, 1440)))
    found = ask(over, NOON, options=replace(OPTIONS, horizon_days=3, skip=frozenset({Check.GUARD})))
    assert found.open_until == AT_NOON + timedelta(days=3)
