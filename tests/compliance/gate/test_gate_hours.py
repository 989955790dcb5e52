"""Eves of holidays, hours that run on through midnight, and how long an allowed call may still start."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outbound.compliance.facts import BlockedArea, ChosenWindow, GateOptions, History, Stage
from outbound.compliance.gate import Decision, asked_again
from outbound.compliance.rules.calendar import Calendar, CalendarYear
from outbound.compliance.rules.pack import (
    AttemptLimit,
    CountedPer,
    HolidayScope,
    HolidayTreatment,
    Hours,
    InForce,
    Layer,
    Period,
    PeriodKind,
    Segment,
    WindowRule,
)
from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.call_class import CallClass
from tests.compliance.gate.invented import OPTIONS, SERVICE, ask, book, codes, layer, week
from tests.values import replace

# Friday 1 May and Saturday 2 May are holidays everywhere, Monday 1 June in one part only, and so is New Year's Eve.
DAYS = frozenset({date(2026, 5, 1), date(2026, 5, 2), date(2026, 12, 30)})
CALENDAR = Calendar(
    "XK", "1", "h", {2026: CalendarYear(DAYS, {date(2026, 6, 1): frozenset({"XK-N"})})}, parts=frozenset({"XK-N"})
)
NO_GUARD = replace(OPTIONS, ring_seconds=0, script_seconds=0)


def eves(treatment: HolidayTreatment = HolidayTreatment.BLOCKED, **rest: object) -> WindowRule:
    """Build a layer of nine to nine that closes at seven on the eve of a holiday and opens an hour later."""
    hours = Hours(week((540, 1260)), treatment, eve_windows=((600, 1140),))
    return replace(WindowRule(Layer.LEGAL, SERVICE, hours, "XK"), **rest)


def eve_book(**rest: object) -> Rulebook:
    """Build a rulebook of that layer."""
    return book(eves(**rest), calendar=CALENDAR)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-04-29T09:30+02:00", []),
        ("2026-04-30T09:59:59+02:00", ["outside_hours"]),
        ("2026-04-30T10:00+02:00", []),
        ("2026-04-30T18:55+02:00", ["closing_soon"]),
        ("2026-04-30T19:00+02:00", ["outside_hours"]),
        ("2026-05-01T12:00+02:00", ["public_holiday"]),
        ("2026-05-03T20:00+02:00", []),
        ("2026-05-31T20:00+02:00", ["outside_hours"]),
    ],
)
def test_the_day_before_a_holiday_is_narrowed(at: str, expected: list[str]) -> None:
    """An ordinary day right before a holiday has the eve's hours besides its own; a holiday before one stays one."""
    assert codes(ask(eve_book(), at)) == expected


def test_an_eve_is_one_of_the_holidays_that_the_rule_counts() -> None:
    """A rule that counts national holidays knows no eves of a part's holiday."""
    assert ask(eve_book(holidays=HolidayScope.NATIONAL), "2026-05-31T20:00+02:00").allowed


def test_an_eve_is_not_judged_without_the_calendar_of_the_next_day() -> None:
    """The last day of the last known year may be an eve: it is closed, and the reason names the missing year."""
    found = ask(eve_book(), "2026-12-31T12:00+01:00")
    assert codes(found) == ["calendar_missing"]
    assert "2027" in found.reasons[0].text
    assert codes(ask(eve_book(), "2026-12-30T12:00+01:00")) == ["public_holiday"]
    assert "2027" in ask(eve_book(), "2027-03-01T12:00+01:00").reasons[0].text
    assert ask(book(layer((540, 1260))), "2026-12-31T12:00+01:00").allowed


def test_holidays_may_be_ordinary_days_and_their_eves_not() -> None:
    """Where holidays are allowed, their eves are narrowed all the same, and the holiday itself has all its hours."""
    rules = eve_book(treatment=HolidayTreatment.ALLOWED)
    assert codes(ask(rules, "2026-04-30T20:00+02:00")) == ["outside_hours"]
    assert ask(rules, "2026-05-01T20:00+02:00").allowed
    assert ask(rules, "2026-05-02T20:00+02:00").allowed


def test_an_eve_narrows_a_segment_too() -> None:
    """Who has narrower hours keeps them, cut to those of the eve."""
    rules = eve_book(segments={Segment.ELDER: week((540, 720))})
    assert [ask(rules, f"2026-04-30T{at}+02:00", birth_date=None).allowed for at in ("09:30", "11:00", "13:00")] == [
        False,
        True,
        False,
    ]


def closes(found: Decision) -> str:
    """Return the instant of closing, in summer time of the invented country."""
    assert found.open_until is not None
    return (found.open_until + timedelta(hours=2)).strftime("%m-%dT%H:%M:%S")


def test_an_open_gate_says_when_it_closes() -> None:
    """Closing comes the guard's length before the hours end, in the zone that closes first; a closed gate has none."""
    rules = book(layer((540, 720), (780, 1200)))
    assert closes(ask(rules, "2026-05-05T09:00+02:00")) == "05-05T11:55:00"
    assert closes(ask(rules, "2026-05-05T13:00+02:00")) == "05-05T19:55:00"
    assert closes(ask(rules, "2026-05-05T10:00+02:00", number_zones=("Europe/Athens",))) == "05-05T10:55:00"
    assert ask(rules, "2026-05-05T12:00+02:00").open_until is None
    assert ask(rules, "2026-05-05T12:00").open_until is None


def test_hours_that_go_on_after_midnight_do_not_close_at_it() -> None:
    """Neither closing time nor its guard falls on a midnight with hours on both sides."""
    rules = book(layer((0, 1440)))
    found = ask(rules, "2026-05-05T23:58+02:00")
    assert found.allowed
    assert found.open_until == datetime(2026, 7, 4, 21, 58, tzinfo=UTC)
    blocked = book(layer((0, 1440), treatment=HolidayTreatment.BLOCKED))
    assert closes(ask(blocked, "2026-04-28T12:00+02:00")) == "04-30T23:55:00"
    assert codes(ask(blocked, "2026-04-30T23:58+02:00")) == ["closing_soon"]


def test_hours_go_on_only_into_a_day_that_is_known_and_bound() -> None:
    """A rule that ends with the day, a year without calendar and a later opening all close at midnight."""
    over = book(layer((0, 1440), in_force=InForce(until=date(2026, 5, 5))), layer((0, 1440)))
    assert closes(ask(over, "2026-05-05T12:00+02:00")) == "05-05T23:55:00"
    unknown = book(layer((0, 1440), treatment=HolidayTreatment.BLOCKED))
    assert closes(ask(unknown, "2026-12-31T12:00+02:00")) == "01-01T00:55:00"
    late = book(layer((60, 1440)))
    assert closes(ask(late, "2026-05-05T12:00+02:00")) == "05-05T23:55:00"


def test_a_time_that_was_asked_for_may_end_before_the_hours_do() -> None:
    """Its end is a closing time like any other, unless the ordinary hours are open then."""
    stretched = Hours(week((480, 1320)), HolidayTreatment.ALLOWED)
    courtesy = replace(layer((540, 1200)), layer=Layer.COURTESY, consent_override=True, customer_chosen=stretched)

    def chosen(start: str, end: str) -> ChosenWindow:
        return ChosenWindow(*(datetime.fromisoformat(f"2026-05-05T{at}+02:00") for at in (start, end)))

    rules = book(courtesy)
    assert closes(ask(rules, "2026-05-05T20:30+02:00", chosen=chosen("20:00", "21:30"))) == "05-05T21:25:00"
    assert closes(ask(rules, "2026-05-05T20:30+02:00", chosen=chosen("20:00", "23:30"))) == "05-05T21:55:00"
    assert closes(ask(rules, "2026-05-05T18:00+02:00", chosen=chosen("17:00", "18:30"))) == "05-05T19:55:00"
    assert closes(ask(rules, "2026-05-05T19:00+02:00", chosen=chosen("19:30", "20:30"))) == "05-05T20:25:00"
    assert closes(ask(rules, "2026-05-05T08:57+02:00", chosen=chosen("08:00", "09:00"))) == "05-05T19:55:00"
    # Closing time of the stretched hours in the very second in which the ordinary ones hold again.
    early = book(replace(courtesy, customer_chosen=Hours(week((480, 780)), HolidayTreatment.ALLOWED)))
    assert closes(ask(early, "2026-05-05T12:00+02:00", chosen=chosen("11:00", "12:55"))) == "05-05T19:55:00"


def test_a_day_that_is_open_only_for_a_chosen_time_keeps_the_guard_before_its_end() -> None:
    """No call begins that would outlast the promise; a time as short as the guard opens nothing on a closed day."""
    sunday = (*week((540, 1200))[:6], ())
    courtesy = replace(
        layer((540, 1200)),
        layer=Layer.COURTESY,
        consent_override=True,
        hours=Hours(sunday, HolidayTreatment.ALLOWED),
        customer_chosen=Hours(week((480, 1320)), HolidayTreatment.ALLOWED),
    )
    rules = book(courtesy)

    def found(at: str, end: str = "11:00:00") -> Decision:
        bounds = (datetime.fromisoformat(f"2026-05-10T{bound}+02:00") for bound in ("10:00:00", end))
        return ask(rules, f"2026-05-10T{at}+02:00", chosen=ChosenWindow(*bounds))

    assert closes(found("10:54:59")) == "05-10T10:55:00"
    assert codes(found("10:55:00")) == ["closing_soon"]
    assert dict(found("10:55:00").reasons[0].details)["closes"] == "11:00"
    assert found("10:55:00").next_allowed == datetime.fromisoformat("2026-05-11T09:00+02:00")
    assert codes(found("11:00:00")) == ["day_closed"]
    assert found("09:00:00").next_allowed == datetime.fromisoformat("2026-05-10T10:00+02:00")
    assert codes(found("10:00:00", "10:05:00")) == ["closing_soon"]
    assert found("10:00:00", "10:05:01").allowed


@pytest.mark.parametrize("end", ["2026-05-10T10:00+02:00", "2026-05-10T09:00+02:00"])
def test_a_chosen_time_that_holds_no_second_is_as_none(end: str) -> None:
    """A window that ends when or before it begins opens no hour and lifts no limit."""
    once = AttemptLimit(Layer.COURTESY, SERVICE, 1, Period(PeriodKind.DAY, name="day"), CountedPer.CONTACT)
    courtesy = replace(
        layer((540, 570)), layer=Layer.COURTESY, customer_chosen=Hours(week((480, 1320)), HolidayTreatment.ALLOWED)
    )
    none = ChosenWindow(*(datetime.fromisoformat(bound) for bound in ("2026-05-10T10:00+02:00", end)))
    made = History(contact_attempts=(datetime.fromisoformat("2026-05-10T07:00+02:00"),))
    found = ask(book(courtesy, limits=(once,)), "2026-05-10T10:00+02:00", made, chosen=none)
    assert codes(found) == ["outside_hours", "attempt_limit"]
    assert found.next_allowed == datetime.fromisoformat("2026-05-11T09:00+02:00")


def test_a_wish_lifts_courtesy_limits_from_its_own_time_on() -> None:
    """Not before, when the call is like any other; afterwards a late promise is still one."""
    once = AttemptLimit(Layer.COURTESY, SERVICE, 1, Period(PeriodKind.ROLLING, timedelta(days=9)), CountedPer.CONTACT)
    rules = book(layer((540, 1200)), limits=(once,))
    bounds = (datetime.fromisoformat(f"2026-05-06T{at}+02:00") for at in ("15:00", "16:00"))
    chosen = ChosenWindow(*bounds)
    made = History(contact_attempts=(datetime.fromisoformat("2026-05-04T12:00+02:00"),))
    early = ask(rules, "2026-05-06T14:59:59+02:00", made, chosen=chosen)
    assert codes(early) == ["attempt_limit"]
    assert early.next_allowed == chosen.start
    assert [ask(rules, f"2026-05-{at}+02:00", made, chosen=chosen).allowed for at in ("06T15:00", "07T09:00")] == [
        True,
        True,
    ]


def test_a_suspension_of_the_area_closes_the_gate() -> None:
    """Only one that is to come, of an area that may hold the contact; a second that it begins in is closed."""

    def options(code: str, since: str | None) -> GateOptions:
        begin = None if since is None else datetime.fromisoformat(f"2026-05-05T{since}+02:00")
        return replace(OPTIONS, blocked_areas=(BlockedArea(code, begin, datetime(2026, 5, 6, tzinfo=UTC)),))

    rules, noon = book(layer((540, 1200))), "2026-05-05T12:00+02:00"
    assert closes(ask(rules, noon, options=options("XK", "15:00:00"))) == "05-05T15:00:00"
    assert closes(ask(rules, noon, options=options("XK-N", "15:00:00.5"))) == "05-05T15:00:00"
    assert closes(ask(rules, noon, options=options("XZ", "15:00:00"))) == "05-05T19:55:00"
    assert closes(ask(rules, noon, options=options("XZ", None))) == "05-05T19:55:00"


def test_a_limit_that_comes_into_force_at_midnight_closes_the_gate() -> None:
    """Where hours go on, what else the new day brings is asked as well."""
    limit = AttemptLimit(
        Layer.LEGAL, SERVICE, 0, Period(PeriodKind.DAY, name="day"), CountedPer.CONTACT,
        in_force=InForce(since=date(2026, 5, 7)),
    )  # fmt: skip
    assert closes(ask(book(layer((0, 1440)), limits=(limit,)), "2026-05-05T12:00+02:00")) == "05-07T00:00:00"
    further = book(layer((0, 1440)), limits=(limit,))
    assert ask(further, "2026-05-06T12:00+02:00").allowed
    # In Kiritimati it is the seventh already: a further zone never lifts a limit.
    refused = ask(further, "2026-05-06T12:30+02:00", number_zones=("Pacific/Kiritimati",))
    assert codes(refused) == ["attempt_limit"]


def test_a_rule_for_interviews_binds_them_besides_those_for_service() -> None:
    """An interview keeps the hours of a service call and, where a rule names interviews, those as well."""
    interviews = frozenset({CallClass.MANDATORY_INTERVIEW})
    rules = book(layer((540, 1200)), replace(layer((600, 1080)), binds=interviews))
    asked = {
        at: ask(rules, f"2026-05-05T{at}+02:00", call_class=CallClass.MANDATORY_INTERVIEW) for at in ("09:30", "12:00")
    }
    assert [codes(found) for found in asked.values()] == [["outside_hours"], []]
    assert ask(rules, "2026-05-05T09:30+02:00").allowed
    assert (
        codes(ask(rules, "2026-05-05T20:30+02:00", call_class=CallClass.MANDATORY_INTERVIEW, options=NO_GUARD))
        == ["outside_hours"] * 2
    )


def test_an_answer_holds_for_its_second() -> None:
    """What was allowed is asked again from the next second on, before the first answer, and where it was refused."""
    rules, noon = book(layer((540, 1200))), datetime(2026, 5, 5, 10, tzinfo=UTC)
    allowed = ask(rules, noon.isoformat())
    within = asked_again(allowed, noon + timedelta(microseconds=999_999), Stage.CARRIER)
    assert within is not None
    assert within.next_allowed == within.receipt.instant == noon + timedelta(microseconds=999_999)
    assert within.receipt.body()["stage"] == "carrier"
    assert asked_again(allowed, noon + timedelta(seconds=1), Stage.CARRIER) is None
    assert asked_again(allowed, noon - timedelta(microseconds=1), Stage.CARRIER) is None
    assert asked_again(ask(rules, "2026-05-05T21:00+02:00"), noon, Stage.CARRIER) is None
