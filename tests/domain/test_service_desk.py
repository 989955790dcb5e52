"""People's hours: when a desk is open, when it can call a contact abroad, and until when something is due."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.domain.hours import OpenHours, Span, weekly_spans
from outbound.domain.service_desk import (
    DAYS_AHEAD,
    ENOUGH,
    SHORTEST,
    PeoplesHours,
    ServiceDesk,
)

TAIPEI = ZoneInfo("Asia/Taipei")
WEEKDAYS = frozenset(range(1, 6))
OFFICE = (OpenHours(WEEKDAYS, time(9), time(18)),)
DESK = ServiceDesk(TAIPEI, OFFICE)
DAYTIME = (OpenHours(WEEKDAYS, time(9, 30), time(20)), OpenHours(frozenset({6}), time(10), time(17, 30)))
MONDAY_TEN = datetime(2026, 11, 16, 2, tzinfo=UTC)

ZONES = (
    "Asia/Taipei", "America/New_York", "America/Los_Angeles", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu",
    "America/St_Johns", "Pacific/Chatham", "Africa/Cairo", "America/Sao_Paulo", "Pacific/Kiritimati", "Asia/Beirut",
)  # fmt: skip
zones = st.sampled_from(ZONES).map(ZoneInfo)
quarters = st.integers(0, 95)
instants = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 6, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@st.composite
def openings(draw: st.DrawFn) -> OpenHours:
    """Hours of some days of the week, a quarter of an hour long or up to the whole day."""
    first, second = sorted(draw(st.lists(quarters, min_size=2, max_size=2, unique=True)))
    days = draw(st.sets(st.integers(1, 7), min_size=1))
    end = time.max if second == 95 else time(second // 4, second % 4 * 15)
    return OpenHours(frozenset(days), time(first // 4, first % 4 * 15), end)


hours_of_a_week = st.lists(openings(), min_size=1, max_size=3).map(tuple)


def shows(hours: tuple[OpenHours, ...], zone: ZoneInfo, instant: datetime) -> bool:
    """Whether the clock in `zone` shows one of the hours: the plainest way to say it."""
    local = instant.astimezone(zone)
    return any(local.isoweekday() in each.weekdays and each.start <= local.time() < each.end for each in hours)


def local(spans: list[Span], zone: ZoneInfo) -> list[str]:
    """Spans as a clock in `zone` shows them."""
    return [f"{start.astimezone(zone):%a %d %H:%M}-{end.astimezone(zone):%H:%M}" for start, end in spans]


@given(hours=hours_of_a_week, zone=zones, start=instants, length=st.integers(1, 20 * 24))
def test_every_instant_of_a_span_lies_in_the_hours(
    hours: tuple[OpenHours, ...], zone: ZoneInfo, start: datetime, length: int
) -> None:
    """Whatever the zone and its changes of clocks, spans are ordered, apart, within what was asked, and open."""
    end = start + timedelta(hours=length)
    spans = list(weekly_spans(hours, zone, start, end))
    for opens, closes in spans:
        assert start <= opens < closes <= end
        instant = opens
        while instant < closes:
            assert shows(hours, zone, instant)
            instant += timedelta(minutes=15)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@given(hours=hours_of_a_week, zone=zones, start=instants)
def test_no_open_hour_is_left_out_on_days_of_24_hours(
    hours: tuple[OpenHours, ...], zone: ZoneInfo, start: datetime
) -> None:
    """Where clocks are not changed, an instant at which the clock shows one of the hours lies in a span."""
    end = start + timedelta(days=8)
    spans = list(weekly_spans(hours, zone, start, end))
    for offset in range(0, 8 * 24, 5):
        instant = start + timedelta(hours=offset)
        around = (instant - timedelta(days=2), instant + timedelta(days=2))
        if len({each.astimezone(zone).utcoffset() for each in around}) == 1:
            assert shows(hours, zone, instant) == any(opens <= instant < closes for opens, closes in spans)


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("Asia/Taipei", ["Mon 16 10:00-18:00", "Tue 17 09:30-18:00"]),
        ("America/Los_Angeles", ["Mon 16 17:00-20:00"]),
        ("Europe/London", ["Mon 16 09:30-10:00", "Tue 17 09:30-10:00"]),
        ("America/New_York", []),
    ],
)
def test_a_contact_abroad_is_called_in_nobodys_night(zone: str, found: list[str]) -> None:
    """A person calls when it is office time in Taipei and daytime at the contact: in New York that is never."""
    there = ZoneInfo(zone)
    people = PeoplesHours(DESK, DAYTIME, (there,))
    assert local(list(people.within(MONDAY_TEN, MONDAY_TEN + timedelta(hours=32))), there) == found
    assert people.can_call(MONDAY_TEN) is bool(found)


def test_who_may_be_in_two_zones_is_called_when_it_is_day_in_both() -> None:
    """Of a number that two zones share, both clocks must show an hour to call in."""
    people = PeoplesHours(DESK, DAYTIME, (TAIPEI, ZoneInfo("Asia/Jakarta")))
    (span, *_) = people.spans(MONDAY_TEN)
    assert local([span], TAIPEI) == ["Mon 16 10:30-18:00"]


def test_nobody_is_promised_without_hours_or_place() -> None:
    """No hours, or no zone: no person can be promised; the limit runs by the clock where no hours are known."""
    limit = timedelta(hours=24)
    assert not PeoplesHours(None, DAYTIME, (TAIPEI,)).can_call(MONDAY_TEN)
    assert not PeoplesHours(DESK, DAYTIME, ()).can_call(MONDAY_TEN)
    assert PeoplesHours(None, DAYTIME, (TAIPEI,)).due(MONDAY_TEN, limit) == MONDAY_TEN + limit


def test_a_year_that_no_calendar_knows_is_closed() -> None:
    """Nobody knows the holidays of 2028 yet: until the calendar does, no person is promised in it."""
    desk = ServiceDesk(TAIPEI, OFFICE, (date(2027, 12, 31),), (2027,))
    spans = list(desk.open_spans(datetime(2027, 12, 30, tzinfo=UTC), datetime(2028, 1, 20, tzinfo=UTC)))
    assert local(spans, TAIPEI) == ["Thu 30 09:00-18:00"]


def test_a_desk_that_is_open_throughout() -> None:
    """From ten to ten past; not over closing time, and not before it opens."""
    minutes = timedelta(minutes=10)
    closing = MONDAY_TEN + timedelta(hours=8)
    assert DESK.is_open_throughout(MONDAY_TEN, MONDAY_TEN + minutes)
    assert DESK.is_open_throughout(closing - minutes, closing)
    assert not DESK.is_open_throughout(closing - minutes, closing + minutes)
    assert not DESK.is_open_throughout(MONDAY_TEN - timedelta(hours=2), MONDAY_TEN)
    assert [DESK.is_open(each) for each in (closing - minutes, closing)] == [True, False]


@pytest.mark.parametrize(
    ("asked", "hours", "due"),
    [
        ("2026-11-16 10:00", 4, "2026-11-16 14:00"),
        ("2026-11-16 10:00", 24, "2026-11-17 10:00"),
        ("2026-11-16 15:00", 4, "2026-11-16 18:00"),
        ("2026-11-16 17:30", 4, "2026-11-17 10:00"),
        ("2026-11-20 19:30", 4, "2026-11-23 10:30"),
        ("2026-11-20 19:30", 48, "2026-11-23 10:30"),
        ("2026-11-20 11:00", 48, "2026-11-20 18:00"),
        ("2026-11-18 22:00", 24, "2026-11-19 18:00"),
    ],
)
def test_due_in_peoples_hours(asked: str, hours: int, due: str) -> None:
    """The last moment of their hours in the time that is left; after hours they get the first hour of the next day."""
    now = datetime.fromisoformat(asked).replace(tzinfo=TAIPEI)
    found = PeoplesHours(DESK, DAYTIME, (TAIPEI,)).due(now, timedelta(hours=hours))
    assert f"{found.astimezone(TAIPEI):%Y-%m-%d %H:%M}" == due


def test_the_longest_holidays_of_a_year_are_looked_beyond() -> None:
    """What is asked on the eve of the nine days of New Year is due on the first day after them."""
    closed = tuple(date(2026, 2, day) for day in range(14, 23))
    people = PeoplesHours(ServiceDesk(TAIPEI, OFFICE, closed, (2026,)), DAYTIME, (TAIPEI,))
    eve = datetime(2026, 2, 13, 20, tzinfo=TAIPEI)
    assert people.can_call(eve)
    assert people.due(eve, timedelta(hours=24)) == datetime(2026, 2, 23, 10, 30, tzinfo=TAIPEI)


holidays = st.lists(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=30).map(tuple)


def test_a_promise_is_due_at_the_last_moment_of_peoples_hours_in_it() -> None:
    """From five to eight: by six, when the desk closes; from seven to eight nobody is there, and it ends at eight."""
    people = PeoplesHours(DESK, DAYTIME, (TAIPEI,))
    five, six, seven, eight = (MONDAY_TEN + timedelta(hours=each) for each in (7, 8, 9, 10))
    assert [people.due_in(start, eight) for start in (five, seven)] == [six, eight]
    assert PeoplesHours(None, DAYTIME, (TAIPEI,)).due_in(five, eight) == eight


@given(
    now=instants,
    within=st.integers(1, 72),
    desk=st.builds(
        ServiceDesk, zones, hours_of_a_week, st.lists(st.dates(date(2025, 1, 1), date(2027, 12, 31))).map(tuple)
    ),
    there=st.lists(zones, min_size=1, max_size=2).map(tuple),
    hours=hours_of_a_week,
)
def test_what_is_due_is_due_in_the_hours_of_both(
    now: datetime, within: int, desk: ServiceDesk, there: tuple[ZoneInfo, ...], hours: tuple[OpenHours, ...]
) -> None:
    """A due time is a moment of hours that desk and contact share, later than now, with an hour of them before it."""
    people = PeoplesHours(desk, hours, there)
    due, spans = people.due(now, timedelta(hours=within)), list(people.spans(now))
    assert now < due
    assert due <= now + max(timedelta(hours=within), timedelta(days=DAYS_AHEAD))
    if spans:
        assert any(start < due <= end for start, end in spans)
        had = sum((min(end, due) - start for start, end in spans if start < due), timedelta(0))
        assert had >= ENOUGH or due == spans[-1][1]
        later = [start for start, _ in spans if start >= due]
        assert had == ENOUGH or due <= now + timedelta(hours=within) or not later or had < ENOUGH
    assert people.can_call(now) == any(end - start >= SHORTEST for start, end in spans)
