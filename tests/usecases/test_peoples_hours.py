"""What is promised of a person is promised, and due, when people work and it is day where the contact is."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sql.schema import callbacks, inbox
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.facts import Facts
from outbound.dialogue.heard import Spoken
from outbound.dialogue.session import Session
from outbound.domain.attempt import AttemptStatus
from outbound.domain.campaign import Campaign
from outbound.domain.hours import OpenHours
from outbound.domain.service_desk import ServiceDesk
from outbound.planning.promised import Window
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.windows import offer_windows
from outbound.usecases.outcomes.apologise import apologise
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import attempt_now, contact_now, make_attempt, rows
from tests.usecases.voice_room import (
    SID,
    Line,
    ask_a_person,
    make_context,
    open_to_service,
    ring,
    shipped,
    with_transfers,
)

TAIPEI = ZoneInfo("Asia/Taipei")
LOS_ANGELES: dict[str, Any] = {
    "region": "US-CA", "time_zone": "America/Los_Angeles", "numbers": ("+13105550123",), "postal_code": None,
    "language": "en-US", "consents": {"automated_voice": "2026-11-12"},
}  # fmt: skip
NEW_YORK: dict[str, Any] = LOS_ANGELES | {
    "region": "US-NY", "time_zone": "America/New_York", "numbers": ("+12125550123",),
}  # fmt: skip


def at(text: str) -> datetime:
    """An instant in Taipei."""
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI).astimezone(UTC)


def call(store: SqlStore, now: datetime, context: VoiceContext | None = None, **contact: Any) -> Line:
    """A call that is answered at an instant."""
    line = ring(store, context=context or make_context(), **contact)
    line.now = now
    return line


def facts_of(store: SqlStore, line: Line) -> Facts:
    """What the conversation knows."""
    session = attempt_now(store, line.attempt.id).session
    assert session is not None
    return Session.from_data(session).facts


def spoken(windows: tuple[Window, ...], zone: ZoneInfo = TAIPEI) -> list[str]:
    """Day and hours of windows on a clock in `zone`."""
    return [f"{start.astimezone(zone):%a %H:%M}-{end.astimezone(zone):%H:%M}" for start, end in windows]


def due(store: SqlStore) -> list[tuple[str, str]]:
    """What waits, and until when in Taipei."""
    found = rows(store, inbox.select().order_by(inbox.c.due_at, inbox.c.kind))
    return [(row.kind, f"{row.due_at.astimezone(TAIPEI):%a %H:%M}") for row in found]


def without_hours() -> VoiceContext:
    """A context in which nobody knows when people work."""
    _, campaigns, *_ = shipped()
    return make_context(campaigns={name: replace(each, service_desk=None) for name, each in campaigns.items()})


class TestOffered:
    """Times for a person's call, beside those for the robot's."""

    def test_the_robot_has_evenings_and_saturdays_and_people_have_not(self, sqlite_store: SqlStore) -> None:
        """On Friday afternoon the robot may call again in the evening; a person on Monday."""
        line = call(sqlite_store, at("2026-11-20 16:30"))
        line.hear()
        facts = facts_of(sqlite_store, line)
        assert spoken(facts.callback_choices) == ["Fri 18:00-20:00", "Sat 10:00-12:00", "Sat 13:00-17:30"]
        assert spoken(facts.person_choices) == ["Mon 09:30-12:00", "Mon 13:00-18:00", "Tue 09:30-12:00"]
        assert facts.person_can_call

    def test_a_contact_in_california_is_called_in_their_afternoon(self, sqlite_store: SqlStore) -> None:
        """From five in the afternoon it is morning in Taipei: these hours a person can call, and no others."""
        line = call(sqlite_store, at("2026-11-18 09:00"), **LOS_ANGELES)
        line.hear()
        facts = facts_of(sqlite_store, line)
        there = ZoneInfo("America/Los_Angeles")
        assert facts.zones == ("America/Los_Angeles",)
        assert facts.person_can_call
        assert spoken(facts.callback_choices, there) == ["Tue 18:00-20:00", "Wed 09:30-12:00", "Wed 13:00-18:00"]
        assert spoken(facts.person_choices, there) == ["Tue 18:00-20:00", "Wed 17:00-18:00", "Wed 18:00-20:00"]

    @pytest.mark.parametrize(("contact", "context"), [(NEW_YORK, None), ({}, without_hours())])
    def test_nobody_is_promised_whom_nobody_can_call(
        self, sqlite_store: SqlStore, contact: dict[str, Any], context: VoiceContext | None
    ) -> None:
        """No common hour, or hours that nobody knows: no time is offered, and the caller hears the hotline's number."""
        line = call(sqlite_store, at("2026-11-16 23:00") if contact else MONDAY_TEN, context, **contact)
        line.hear()
        facts = facts_of(sqlite_store, line)
        assert (facts.person_choices, facts.person_can_call) == ((), False)
        said = line.key("0")
        assert "office hours" not in said
        assert "上班時間" not in said
        assert ("cannot say when they can call you" if contact else "還不能確定") in said
        assert ("zero one nine nine" if contact else "零一九九") in said
        assert [kind for kind, _note, _status in line.inbox()] == ["person_requested"]

    def test_a_question_is_answered_by_a_person_and_later_means_the_robot(self, sqlite_store: SqlStore) -> None:
        """Whoever asked is offered people's times; who then says "later" those of the robot, and it is its promise."""
        line = call(sqlite_store, at("2026-11-20 16:30"))
        open_to_service(line)
        line.key("1", "2")
        assert "星期一上午九點半到十二點按 1" in ask_a_person(line)
        line.key("1")
        assert "星期五晚上六點到八點按 1" in line.hear(Spoken("我現在沒空，晚點再打"))
        line.key("1", "1")
        (promise,) = rows(sqlite_store, select(callbacks))
        assert (promise.reason, spoken(((promise.window_start, promise.window_end),))) == ("later", ["Fri 18:00-20:00"])

    def test_a_time_of_a_person_that_is_taken_meanwhile_is_replaced_by_others_of_theirs(
        self, sqlite_store: SqlStore
    ) -> None:
        """Who confirms a time of which the last place went is offered people's times, not the robot's."""
        _, campaigns, *_ = shipped()
        one_place = {
            name: replace(each, pacing=replace(each.pacing, slot_capacity=4)) for name, each in campaigns.items()
        }
        context = make_context(campaigns=one_place)
        first = call(sqlite_store, at("2026-11-20 16:30"), context)
        second = call(
            sqlite_store, at("2026-11-20 16:30"), context, numbers=("+886900000002",), columns={"sid": "CA" + "3" * 32}
        )
        second.sid = "CA" + "3" * 32
        for line in (first, second):
            open_to_service(line)
            line.key("1", "2")
            ask_a_person(line)
        for number in range(3, 8):  # five half hours in the morning: four more promises, and the first's
            other = call(
                sqlite_store, at("2026-11-20 16:30"), context, numbers=(f"+88690000000{number}",),
                columns={"sid": f"CA{number:032d}"},
            )  # fmt: skip
            other.sid = f"CA{number:032d}"
            open_to_service(other)
            other.key("1", "2")
            ask_a_person(other)
            other.key("1", "1")
        said = second.key("1", "1")
        assert "剛剛約滿了" in said
        assert "星期一下午一點到六點按 1" in said
        assert "晚上" not in said


class TestDue:
    """Until when a person has to see to what waits."""

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("2026-11-16 10:00", "Tue 10:00"),
            ("2026-11-18 19:30", "Thu 18:00"),
            ("2026-11-20 19:30", "Mon 10:30"),
            ("2026-11-21 11:00", "Mon 10:30"),
            ("2026-10-08 19:00", "Mon 10:30"),
        ],
    )
    def test_who_asks_for_a_person_after_hours_is_called_on_the_next_day_of_work(
        self, store: SqlStore, now: str, expected: str
    ) -> None:
        """Nothing is due in the night, at a weekend, or on a holiday (the ninth of October 2026 is one)."""
        line = call(store, at(now))
        line.hear()
        line.key("0")
        line.hang_up(9)
        assert due(store) == [("person_requested", expected)]

    def test_in_california_it_is_due_when_it_is_day_there_too(self, sqlite_store: SqlStore) -> None:
        """Who asked at nine in the morning of Taipei is due at noon, when it is eight in the evening at theirs."""
        context = make_context()
        line = call(sqlite_store, at("2026-11-18 09:30"), context, **LOS_ANGELES)
        open_to_service(line)
        line.key("0")
        assert due(sqlite_store) == [("person_requested", "Thu 09:30")]
        other = call(
            sqlite_store,
            at("2026-11-18 11:30"),
            context,
            **LOS_ANGELES | {"numbers": ("+13105550124",)},
            columns={"sid": "CA" + "4" * 32},
        )
        other.sid = "CA" + "4" * 32
        open_to_service(other)
        other.hear(Spoken("I want to complain"))
        assert ("complaint", "Thu 09:30") in due(sqlite_store)

    def test_what_is_owed_is_due_from_when_it_was_promised(self, sqlite_store: SqlStore) -> None:
        """A promise of Friday noon that could not be written down before the evening is as due as it was at noon."""
        for number, promised_at, expected in ((1, None, "Mon 10:00"), (2, at("2026-11-20 12:00"), "Fri 18:00")):
            sid = f"CA{number:032d}"
            line = call(
                sqlite_store, MONDAY_TEN, numbers=(f"+88690000000{number}",), columns={"sid": sid}
            )  # fmt: skip
            assert apologise(
                sqlite_store,
                token=line.attempt.token,
                turn=0,
                answer=b"<Response/>",
                reason="away",
                context=line.context if number == 1 else make_context(identifiers=SeededIdentifiers(12)),
                now=at("2026-11-20 19:30"),
                promised_at=promised_at,
            )
            assert ("apology", expected) in due(sqlite_store)

    def test_without_hours_the_limit_runs_by_the_clock(self, sqlite_store: SqlStore) -> None:
        """Where nobody knows when people work, a day is a day."""
        line = call(sqlite_store, at("2026-11-20 19:30"), without_hours())
        line.hear()
        line.key("0")
        assert due(sqlite_store) == [("person_requested", "Sat 19:30")]


class TestTransfers:
    """Callers are put through only while people are at the desk."""

    @pytest.mark.parametrize(
        ("now", "put_through"),
        [
            ("2026-11-16 10:00", True),
            ("2026-11-16 17:45", True),
            ("2026-11-16 17:46", False),
            ("2026-11-16 19:00", False),
            ("2026-11-21 11:00", False),
            ("2026-10-09 11:00", False),
        ],
    )
    def test_in_the_desks_hours(self, sqlite_store: SqlStore, now: str, put_through: bool) -> None:
        """Up to a quarter of an hour before closing; not in the evening, on Saturday, or on a holiday."""
        line = call(sqlite_store, at(now), with_transfers())
        line.hear()
        assert ("<Dial" in line.key("0")) is put_through

    def test_only_where_the_hotline_takes_them(self, sqlite_store: SqlStore) -> None:
        """As shipped nobody is put through: a person calls back in office hours, and the sentence says so."""
        line = call(sqlite_store, MONDAY_TEN)
        line.hear()
        said = line.key("0")
        assert "<Dial" not in said
        assert "在上班時間儘快打電話給您" in said


half_hours = st.integers(0, 2 * 365 * 48).map(
    lambda each: datetime(2025, 6, 1, tzinfo=UTC) + each * timedelta(minutes=30)
)
ZONES = (
    "Asia/Taipei", "America/New_York", "America/Los_Angeles", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu",
    "America/St_Johns", "Pacific/Chatham", "Africa/Cairo", "Asia/Beirut", "Pacific/Kiritimati",
)  # fmt: skip
zones = st.sampled_from(ZONES).map(ZoneInfo)
DESK_HOURS = (
    (OpenHours(frozenset(range(1, 6)), time(9), time(18)),),
    (OpenHours(frozenset(range(1, 8)), time(0), time.max),),
    (
        OpenHours(frozenset(range(1, 6)), time(8, 15), time(12, 10)),
        OpenHours(frozenset(range(1, 7)), time(13), time(21)),
    ),
)
desks = st.builds(ServiceDesk, zones, st.sampled_from(DESK_HOURS))


@settings(deadline=None)
@given(
    now=half_hours,
    minutes=st.integers(0, 29),
    zone=zones,
    desk=desks,
    lawful_from=st.integers(6, 12),
    lawful_to=st.integers(14, 22),
    taken=st.integers(0, 3),
)
def test_a_window_that_is_offered_can_be_kept(  # noqa: PLR0917 - hypothesis passes by name
    campaign: Campaign,
    now: datetime,
    minutes: int,
    zone: ZoneInfo,
    desk: ServiceDesk,
    lawful_from: int,
    lawful_to: int,
    taken: int,
) -> None:
    """At any instant, in any zone, over changes of clocks: people work, it is lawful, and its weekday names one day."""
    now += timedelta(minutes=minutes)

    def lawful(instant: datetime, _window: Window) -> datetime | None:
        is_lawful = lawful_from <= instant.astimezone(zone).hour < lawful_to
        return instant + timedelta(seconds=1) if is_lawful else None

    def offer(promised: dict[Window, int]) -> tuple[Window, ...]:
        return offer_windows(campaign=campaign, zone=zone, now=now, lawful_until=lawful, promised=promised, desk=desk)

    full = dict.fromkeys(offer({})[:taken], campaign.pacing.slot_capacity * 10)
    found = offer(full)
    assert len(found) <= 3
    for start, end in found:
        first, last = start.astimezone(UTC), end.astimezone(UTC)
        assert start.tzinfo is zone
        assert first >= now + timedelta(hours=1)
        assert last - first >= timedelta(hours=1)
        assert desk.is_open_throughout(first, last)
        instant = first
        while instant < last:
            local = instant.astimezone(zone)
            assert lawful(instant, (start, end))
            assert any(
                local.isoweekday() in each.weekdays and each.start <= local.time() < each.end for each in campaign.hours
            )
            instant += timedelta(minutes=5)
        assert (start.date() - now.astimezone(zone).date()).days < 7
        assert not any(first < other_end and other_start < last for other_start, other_end in full)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    days = [start.date() for start, _end in found]
    assert all(days.count(each) <= 2 for each in days)


def test_a_last_word_of_the_keypad(sqlite_store: SqlStore) -> None:
    """Key 4 is none of three times: a person calls in office hours, and no time is promised."""
    line = call(sqlite_store, at("2026-11-20 16:30"))
    open_to_service(line)
    line.key("1", "2")
    ask_a_person(line)
    assert "會請專人在上班時間打電話給您" in line.key("4", "4")
    line.hang_up(9)
    assert due(sqlite_store) == [("question", "Fri 18:00")]
    assert rows(sqlite_store, select(callbacks)) == []


def test_after_its_last_dial_the_robot_offers_times_of_people(sqlite_store: SqlStore) -> None:
    """Who asks to be called later in the last call that the robot makes is called by a person: in people's hours."""
    line = call(sqlite_store, at("2026-11-20 16:30"), columns={"sid": SID, "attempt_number": 4})
    contact = contact_now(sqlite_store, line.attempt.contact_id)
    for number in (1, 2, 3):
        earlier = at("2026-11-12 10:00") + number * timedelta(days=1)
        make_attempt(sqlite_store, contact, status=AttemptStatus.ENDED, at=earlier, attempt_number=number)
    line.hear()
    facts = facts_of(sqlite_store, line)
    assert facts.callback_choices == facts.person_choices != ()
    line.hear(Spoken("我現在沒空，晚點再打"))
    line.key("1", "1")
    line.hang_up(9)
    assert due(sqlite_store) == [("person_requested", "Mon 12:00")]
