"""Calls that must not ring and whose names we do not know: they are looked for in the carrier's queue."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.line.carrier_code import Silence
from outbound.domain.outcome.connect import CarrierStatus
from outbound.usecases.dialling.cancel_queued import LOOK_AGAIN, CancelReport, cancel_queued
from outbound.usecases.dialling.nameless import next_look
from outbound.usecases.dialling.stop_dialling import resume_dialling, stop_dialling
from outbound.usecases.outcomes.close_attempt import close_attempt
from outbound.usecases.places.suspend_areas import suspend_areas
from outbound.usecases.ports.carrier import Ambiguous, CallOrder
from outbound.usecases.ports.stored.queue import NamelessCall
from tests.usecases.builders import MONDAY_TEN, attempt_now, make_attempt, make_contact
from tests.usecases.dial_room import DialRoom
from tests.values import replace

S = AttemptStatus
FIRST = f"CA{1:032x}"


@pytest.fixture
def room(store: SqlStore, clock: Any) -> DialRoom:
    """One worker at each kind of database."""
    room = DialRoom(store, clock)
    room.paced(max_live=50)
    return room


def unanswered(room: DialRoom, number: int = 1, *, made: bool = True) -> Attempt:
    """Order a call to which the carrier gives no answer; `made` says whether it stands in the queue all the same."""
    contact = make_contact(room.store, numbers=(f"+886900000{number:03d}",))
    attempt = make_attempt(room.store, contact, window_start=room.clock.now())
    assert room.place_unanswered(made=made).ambiguous == 1
    assert attempt_now(room.store, attempt.id).status is S.UNKNOWN
    return attempt


def stop(room: DialRoom, campaign: str | None = None) -> None:
    """Give an order to stop."""
    stop_dialling(
        room.store, campaign_id=campaign, reason="test", by="test", identifiers=room.identifiers, now=room.clock.now()
    )


def clear(room: DialRoom) -> CancelReport:
    """Clear the queue at the clock's instant."""
    return cancel_queued(
        room.store,
        carrier=room.carrier,
        rules=lambda: room.rules,
        campaigns=room.campaigns,
        companies=room.companies,
        identifiers=room.identifiers,
        now=room.clock.now(),
    )


class TestStopOrder:
    """An order to stop while a call is of unknown fate."""

    @pytest.mark.parametrize("everything", [True, False])
    def test_is_found_and_taken_back(self, room: DialRoom, everything: bool) -> None:
        """What timed out two seconds ago and waits in the queue is found at once, cancelled, and ends by its record."""
        attempt = unanswered(room)
        room.clock.advance(seconds=2)
        stop(room, None if everything else room.campaign.id)
        report = clear(room)
        assert (report.found, report.cancelled, report.nameless) == (1, {"stop_order": 1}, 0)
        assert room.carrier.calls[FIRST].status == "canceled"
        now = room.clock.now()
        close_attempt(
            room.store, token=attempt.token, status=CarrierStatus(FIRST, "canceled", 1, at=now),
            campaigns=room.campaigns, scripts=FixedScripts({}), identifiers=room.identifiers, now=now,
        )  # fmt: skip
        ended = attempt_now(room.store, attempt.id)
        assert (ended.status, ended.sid, ended.cause, ended.attempt_number) == (S.ENDED, FIRST, "stop_order", None)
        assert clear(room) == CancelReport()

    def test_no_order_no_search(self, room: DialRoom) -> None:
        """Without an order, or under that of another campaign, settling has the time that it takes."""
        attempt = unanswered(room)
        stop(room, "another")
        assert clear(room).found == 0
        assert room.carrier.asked_queues == 0
        assert attempt_now(room.store, attempt.id).status is S.UNKNOWN

    def test_an_order_that_is_under_way(self, room: DialRoom) -> None:
        """A call that waits in the queue while its order still hangs is found as well; the answer changes nothing."""
        attempt = make_attempt(room.store, make_contact(room.store))
        seen: list[CancelReport] = []

        def slow(order: CallOrder, sid: str) -> Ambiguous:
            room.carrier.take(order, sid)
            stop(room)
            seen.append(clear(room))
            room.clock.advance(seconds=8)
            return Ambiguous(Silence.TIMEOUT)

        room.carrier.answer = slow
        room.place()
        assert [(each.found, each.cancelled) for each in seen] == [(1, {"stop_order": 1})]
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.sid, len(room.carrier.orders)) == (S.PLACED, FIRST, 1)

    def test_is_looked_for_every_few_seconds(self, room: DialRoom) -> None:
        """What is not in the queue yet is looked for again after five seconds, and no sooner, by whichever worker."""
        attempt = unanswered(room, made=False)
        stop(room)
        report = clear(room)
        assert (report.found, report.nameless, report.next_due) == (0, 1, room.clock.now() + LOOK_AGAIN)
        room.clock.advance(seconds=3)
        assert clear(room).nameless == 1
        assert room.carrier.asked_queues == 1
        room.clock.advance(seconds=2)
        room.carrier.take(room.carrier.orders[0], "CA" + "a" * 32)
        assert (clear(room).found, room.carrier.asked_queues, room.carrier.asked_lists) == (1, 2, 1)
        assert attempt_now(room.store, attempt.id).sid == "CA" + "a" * 32

    def test_what_began_is_left(self, room: DialRoom) -> None:
        """A telephone that rings already is found as well, and not cut off."""
        attempt = unanswered(room)
        room.carrier.now_is(FIRST, "ringing", started_at=MONDAY_TEN)
        stop(room)
        report = clear(room)
        assert (report.found, report.nameless, report.cancelled, report.begun) == (1, 0, {}, 1)
        assert (attempt_now(room.store, attempt.id).sid, room.carrier.calls[FIRST].status) == (FIRST, "ringing")
        assert room.carrier.ended == []

    def test_a_second_order_to_stop(self, room: DialRoom) -> None:
        """However seldom it is looked for by now, a new order has it looked for at once."""
        unanswered(room, made=False)
        stop(room)
        for hours in (0, 1, 2):
            room.clock.advance(hours=hours)
            clear(room)
        asked = room.carrier.asked_queues
        clear(room)
        assert room.carrier.asked_queues == asked
        resume_dialling(room.store, campaign_id=None, by="test", now=room.clock.now())
        room.clock.advance(seconds=1)
        stop(room)
        clear(room)
        assert room.carrier.asked_queues == asked + 1

    def test_several_fit(self, room: DialRoom) -> None:
        """Of two calls that fit none is taken for it and both are cancelled: neither may ring."""
        attempt = unanswered(room)
        room.carrier.take(room.carrier.orders[0], "CA" + "e" * 32)
        stop(room)
        report = clear(room)
        assert (report.found, report.cancelled, report.nameless) == (0, {"in_doubt": 2}, 1)
        assert attempt_now(room.store, attempt.id).sid is None

    def test_several_fitted(self, room: DialRoom, caplog: pytest.LogCaptureFixture) -> None:
        """Once they are cancelled no later look asks for that again, or tells of it as of an error; none is adopted."""
        attempt = unanswered(room)
        room.carrier.take(room.carrier.orders[0], "CA" + "e" * 32)
        stop(room)
        clear(room)
        assert len([each for each in caplog.records if each.levelname == "ERROR"]) == 1
        caplog.clear()
        asked = list(room.carrier.asked_to_cancel)
        room.clock.advance(hours=1)
        report = clear(room)
        assert (report.found, report.cancelled, report.nameless, room.carrier.asked_lists) == (0, {}, 1, 1)
        assert room.carrier.asked_to_cancel == asked
        assert [each for each in caplog.records if each.levelname == "ERROR"] == []
        assert attempt_now(room.store, attempt.id).sid is None

    def test_another_attempts_call(self, room: DialRoom) -> None:
        """A call in the queue that belongs to another attempt, or to another time, is not taken for it."""
        attempt = unanswered(room)
        owner = make_contact(room.store, numbers=("+886900000009",))
        make_attempt(room.store, owner, status=S.ENDED, sid=FIRST)
        old = replace(room.carrier.calls[FIRST], sid="CA" + "d" * 32, created_at=MONDAY_TEN - timedelta(hours=1))
        room.carrier.calls[old.sid] = old
        stop(room)
        assert clear(room).found == 0
        assert attempt_now(room.store, attempt.id).sid is None

    def test_the_carrier_is_away(self, room: DialRoom) -> None:
        """A carrier that gives no answer is asked again after five seconds."""
        unanswered(room)
        stop(room)
        room.carrier.away = True
        report = clear(room)
        assert (report.carrier_away, report.nameless, report.next_due) == (True, 1, room.clock.now() + LOOK_AGAIN)
        room.carrier.away = False
        assert clear(room).cancelled == {"stop_order": 1}

    def test_one_question_for_all(self, room: DialRoom) -> None:
        """However many are missing, the carrier gets one question a caller."""
        for number in range(1, 6):
            contact = make_contact(room.store, numbers=(f"+886900000{number:03d}",))
            make_attempt(room.store, contact, status=S.UNKNOWN, reserved_at=MONDAY_TEN, dial_by=MONDAY_TEN)
            order = CallOrder(f"+886900000{number:03d}", room.companies[contact.company_id].caller_number, "t", 28)
            room.carrier.take(order, f"CA{number:032x}")
        stop(room)
        report = clear(room)
        assert (report.found, report.cancelled, room.carrier.asked_queues) == (5, {"stop_order": 5}, 1)


class TestOtherReasons:
    """What else may stand against ringing."""

    def test_closing_time(self, room: DialRoom) -> None:
        """At the instant at which it may no longer begin to ring, it is looked for and taken back."""
        attempt = unanswered(room)
        ring_by = attempt_now(room.store, attempt.id).ring_by
        assert ring_by is not None
        room.clock.advance(seconds=10)
        assert clear(room) == CancelReport(next_due=ring_by)
        room.clock.instant = ring_by
        assert clear(room).cancelled == {"closing_time": 1}

    def test_suspended_area(self, room: DialRoom) -> None:
        """A call into an area that was suspended meanwhile is found and taken back under that name."""
        unanswered(room)
        now = room.clock.now()
        suspend_areas(
            room.store, rulebook=room.rules.rulebook, codes=["TW-TPE"], since=None, until=now + timedelta(hours=12),
            reason="typhoon", by="test", identifiers=room.identifiers, now=now,
        )  # fmt: skip
        assert clear(room).cancelled == {"area_blocked": 1}


def nameless(looked: datetime | None, stopped: datetime | None = None) -> NamelessCall:
    """A call that was to be dialled by ten o'clock."""
    known = {"status": S.UNKNOWN, "dial_by": MONDAY_TEN, "updated_at": MONDAY_TEN}
    attempt = Attempt(**dict.fromkeys(Attempt.__match_args__) | known)
    return NamelessCall(attempt, "+886900000001", looked, stopped)


@pytest.mark.parametrize(
    ("looked", "stopped", "wait"),
    [
        (None, None, None),
        (timedelta(0), None, timedelta(seconds=5)),
        (timedelta(minutes=1, seconds=59), None, timedelta(seconds=5)),
        (timedelta(minutes=10), None, timedelta(minutes=2)),
        (timedelta(hours=20), None, timedelta(hours=1)),
        (timedelta(minutes=9), timedelta(0), timedelta(seconds=5)),
        (timedelta(hours=5, minutes=9), timedelta(hours=5), timedelta(seconds=5)),
        (timedelta(hours=5, minutes=20), timedelta(hours=5), timedelta(minutes=4)),
        (timedelta(hours=4), timedelta(hours=5), None),
        (timedelta(hours=30), None, None),
    ],
)
def test_when_it_is_looked_for(looked: timedelta | None, stopped: timedelta | None, wait: timedelta | None) -> None:
    """At once after an order and where the clock was set back, every few seconds for minutes, at last each hour."""
    call = nameless(None if looked is None else MONDAY_TEN + looked, None if stopped is None else MONDAY_TEN + stopped)
    now = MONDAY_TEN + timedelta(hours=25)
    assert next_look(call, now) == (now if wait is None or looked is None else MONDAY_TEN + looked + wait)
