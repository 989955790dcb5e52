"""Clearing the carrier's queue: what must not begin to ring any more is taken back, and nobody is the worse for it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.schema import attempt_events, attempts, contacts, outbox, receipts
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import Attempt, AttemptStatus, ConnectResult
from outbound.domain.contact import ContactState
from outbound.domain.line.carrier_code import Silence
from outbound.domain.outcome.connect import CarrierStatus
from outbound.domain.outcome.disposition import Disposition
from outbound.usecases.desk.suppress import suppress
from outbound.usecases.dialling.cancel_queued import LOOK_AGAIN, CancelReport, cancel_queued
from outbound.usecases.dialling.order import order_call
from outbound.usecases.dialling.stop_dialling import stop_dialling
from outbound.usecases.outcomes.close_attempt import CloseReport, close_attempt
from outbound.usecases.places.suspend_areas import suspend_areas
from outbound.usecases.ports.carrier import Ambiguous, CallOrder, Placed
from tests.usecases.builders import (
    MONDAY_TEN,
    attempt_now,
    contact_now,
    make_attempt,
    make_callback,
    make_contact,
    rows,
)
from tests.usecases.dial_room import DialRoom
from tests.usecases.sent import statements

S = AttemptStatus
SOON = MONDAY_TEN + timedelta(minutes=1)


@pytest.fixture
def room(store: SqlStore, clock: Any) -> DialRoom:
    """One worker at each kind of database."""
    return DialRoom(store, clock)


def queued(room: DialRoom, number: int = 1, *, ring_by: datetime | None = SOON, **columns: Any) -> Attempt:
    """Let the carrier hold a call to a new contact in its queue."""
    contact = make_contact(room.store, numbers=(f"+886900000{number:03d}",), **columns.pop("contact", {}))
    sid = f"CA{0xFFFF + number:032x}"
    room.carrier.take(CallOrder("+886900000001", "+886255550100", "t", 28), sid)
    values = {"status": S.PLACED, "sid": sid, "ring_by": ring_by, "placed_at": MONDAY_TEN, "cause": None}
    return make_attempt(room.store, contact, **values | columns)


def clear(room: DialRoom, **changes: Any) -> CancelReport:
    """Clear the queue at the clock's instant."""
    values = {
        "carrier": room.carrier,
        "rules": lambda: room.rules,
        "campaigns": room.campaigns,
        "companies": room.companies,
        "identifiers": room.identifiers,
        "now": room.clock.now(),
    }
    return cancel_queued(room.store, **(values | changes))


def report_to(room: DialRoom, attempt: Attempt, status: str, sequence: int = 1) -> CloseReport:
    """Deliver a status webhook."""
    now = room.clock.now()
    return close_attempt(
        room.store,
        token=attempt.token,
        status=CarrierStatus(attempt.sid or "", status, sequence, at=now),
        campaigns=room.campaigns,
        scripts=FixedScripts({}),
        identifiers=room.identifiers,
        now=now,
    )


def suspend(room: DialRoom, code: str, *, since: datetime | None = None) -> None:
    """Suspend an area for the rest of the day."""
    now = room.clock.now()
    suspend_areas(
        room.store, rulebook=room.rules.rulebook, codes=[code], since=since, until=now + timedelta(hours=12),
        reason="typhoon", by="test", identifiers=room.identifiers, now=now,
    )  # fmt: skip


class TestClosing:
    """Calls whose time to ring is over."""

    def test_is_cancelled_and_goes_back_to_the_planner(self, room: DialRoom) -> None:
        """From `ring_by` on the carrier is told once; the outcome names the cause and counts as no dial."""
        attempt = queued(room)
        room.clock.instant = SOON - timedelta(seconds=1)
        assert clear(room) == CancelReport(next_due=SOON)
        room.clock.instant = SOON
        assert clear(room).cancelled == {"closing_time": 1}
        assert clear(room) == CancelReport()
        assert room.carrier.asked_to_cancel == [attempt.sid]
        report_to(room, attempt, "canceled")
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.connect_result, now.disposition) == (
            S.ENDED,
            ConnectResult.CANCELED,
            Disposition.NOT_PLACED,
        )
        assert (now.cause, now.attempt_number) == ("closing_time", None)
        contact = contact_now(room.store, attempt.contact_id)
        assert (contact.state, contact.reason) == (ContactState.OPEN, "waiting_for_retry")
        (record,) = rows(room.store, select(outbox.c.body))
        assert record.body["call_sid"] == attempt.sid
        assert (record.body["attempt_number"], record.body["next_step"]) == (None, "retry_at")

    def test_counts_in_no_limit(self, room: DialRoom) -> None:
        """Who was taken back may be rung the same day, with the same number of dials before him; who rang may not."""
        for number, rang in ((1, False), (2, True)):
            attempt = queued(room, number, attempt_number=3)
            if rang:
                report_to(room, attempt, "ringing", 1)
            room.clock.instant = SOON
            clear(room)
            report_to(room, attempt, "canceled", 2)
            room.clock.instant = MONDAY_TEN + timedelta(hours=2)
            contact = contact_now(room.store, attempt.contact_id)
            next_one = make_attempt(room.store, contact, window_start=room.clock.instant)
            report = room.place()
            assert report.placed == (0 if rang else 1)
            now = attempt_now(room.store, next_one.id)
            assert (now.status, now.attempt_number) == ((S.CANCELLED, None) if rang else (S.PLACED, 1))
            room.clock.instant = MONDAY_TEN

    def test_a_ring_that_is_heard_of_late_counts(self, room: DialRoom) -> None:
        """A ringing event that comes in after the cancellation keeps the telephone quiet for the day all the same."""
        attempt = queued(room)
        room.clock.instant = SOON
        clear(room)
        report_to(room, attempt, "canceled", 2)
        report_to(room, attempt, "ringing", 1)
        room.clock.instant = MONDAY_TEN + timedelta(hours=2)
        make_attempt(room.store, contact_now(room.store, attempt.contact_id), window_start=room.clock.instant)
        assert room.place().cancelled == {"attempt_limit": 1}

    def test_a_promise_stands(self, room: DialRoom) -> None:
        """A return call that was taken back leaves the promise as it was: the planner keeps it within its window."""
        contact = make_contact(room.store)
        first = make_attempt(room.store, contact, status=S.ENDED, at=MONDAY_TEN - timedelta(days=1))
        promise = make_callback(room.store, first, window_start=MONDAY_TEN, hours=3, reason="later")
        sid = f"CA{1:032x}"
        room.carrier.take(CallOrder("+886900000001", "+886255550100", "t", 28), sid)
        attempt = make_attempt(
            room.store, contact, status=S.PLACED, sid=sid, ring_by=SOON, callback_id=promise, origin="callback"
        )
        room.clock.instant = SOON
        clear(room)
        conclusion = report_to(room, attempt, "canceled").conclusion
        assert conclusion is not None
        assert conclusion.next_step is not None
        assert conclusion.next_step.code == "callback_planned"

    @pytest.mark.parametrize("status", ["ringing", "in-progress", "completed"])
    def test_what_began_is_left_alone(self, room: DialRoom, status: str) -> None:
        """A telephone that rings or is answered goes on, although nobody has told us of it yet."""
        attempt = queued(room)
        room.carrier.now_is(attempt.sid or "", status)
        room.clock.instant = SOON
        report = clear(room)
        assert (report.cancelled, report.begun) == ({}, 1)
        assert room.carrier.calls[attempt.sid or ""].status == status
        assert room.carrier.ended == []
        report_to(room, attempt, "ringing")
        assert attempt_now(room.store, attempt.id).status is S.RINGING

    @pytest.mark.parametrize("status", [S.RESERVED, S.RINGING, S.IN_PROGRESS, S.ENDED])
    def test_only_what_is_queued(self, room: DialRoom, status: AttemptStatus) -> None:
        """What was not taken yet, rings, is talked on or is over is none of the queue's."""
        queued(room, status=status)
        room.clock.instant = SOON
        assert not clear(room).cancelled

    def test_unknown_with_a_sid(self, room: DialRoom) -> None:
        """A call of unknown fate that has a name at the carrier is taken back as well."""
        queued(room, status=S.UNKNOWN)
        room.clock.instant = SOON
        assert clear(room).cancelled == {"closing_time": 1}

    def test_front_of_the_queue_first(self, room: DialRoom) -> None:
        """The carrier is told in the order in which it would ring; what is over the limit follows at once."""
        for number, second in ((1, 3), (2, 1), (3, 2)):
            queued(room, number, placed_at=MONDAY_TEN + timedelta(seconds=second))
        room.clock.instant = SOON
        report = clear(room, limit=2)
        assert report.next_due == SOON
        assert clear(room, limit=2).cancelled == {"closing_time": 1}
        assert len(set(room.carrier.asked_to_cancel)) == 3
        other = [queued(room, number, placed_at=MONDAY_TEN - timedelta(seconds=number)) for number in (4, 5, 6)]
        clear(room)
        assert room.carrier.asked_to_cancel[-3:] == [each.sid for each in reversed(other)]


class TestWhenTheCarrierDoesNotAnswer:
    """Cancels that fail."""

    def test_one_does_not_stop_the_others(self, room: DialRoom) -> None:
        """A call about which the carrier gives no answer is asked about again; the others are cancelled."""
        calls = [queued(room, number) for number in (1, 2, 3)]
        room.carrier.deaf_to = {calls[0].sid or ""}
        room.clock.instant = SOON
        report = clear(room)
        assert (report.cancelled, report.unanswered, report.carrier_away) == ({"closing_time": 2}, 1, False)
        assert report.next_due == SOON + LOOK_AGAIN
        room.carrier.deaf_to = set()
        room.clock.instant = SOON + LOOK_AGAIN
        assert clear(room).cancelled == {"closing_time": 1}

    def test_away(self, room: DialRoom) -> None:
        """A carrier that is away stops the batch, and everything is tried again."""
        for number in (1, 2):
            queued(room, number)
        room.clock.instant = SOON
        room.carrier.away = True
        report = clear(room)
        assert (report.carrier_away, report.unanswered, report.next_due) == (True, 2, SOON + LOOK_AGAIN)
        room.carrier.away = False
        assert clear(room).cancelled == {"closing_time": 2}

    def test_a_worker_that_died(self, room: DialRoom) -> None:
        """What another worker took in hand is left to it for eight seconds, then taken over."""
        attempt = queued(room)
        room.clock.instant = SOON
        with room.store.engine.begin() as connection:
            connection.execute(update(attempts).values(cancel_asked_at=SOON))
        room.clock.instant = SOON + timedelta(seconds=8)
        assert clear(room) == CancelReport()
        room.clock.instant = SOON + timedelta(seconds=9)
        assert clear(room).cancelled == {"closing_time": 1}
        assert room.carrier.asked_to_cancel == [attempt.sid]


class TestWhatWasSaidMeanwhile:
    """Calls for which something new stands against ringing."""

    def test_stop_order(self, room: DialRoom) -> None:
        """A stop order takes back the queued calls of its campaign; another campaign's order leaves them."""
        attempt = queued(room)
        for campaign, cancelled in (("another", {}), (room.campaign.id, {"stop_order": 1})):
            stop_dialling(
                room.store, campaign_id=campaign, reason="test", by="test", identifiers=room.identifiers,
                now=room.clock.now(),
            )  # fmt: skip
            assert clear(room).cancelled == cancelled
        report_to(room, attempt, "canceled")
        assert attempt_now(room.store, attempt.id).cause == "stop_order"

    def test_suspended_area(self, room: DialRoom) -> None:
        """Calls into an area that was suspended are taken back with a receipt of the refusal; others wait on."""
        taipei = queued(room, 1, ring_by=None)
        other = queued(room, 2, ring_by=None, contact={"region": "TW-KHH", "postal_code": None})
        suspend(room, "TW-TPE")
        assert clear(room).cancelled == {"area_blocked": 1}
        assert room.carrier.asked_to_cancel == [taipei.sid]
        (receipt,) = rows(room.store, select(receipts))
        assert (receipt.attempt_id, receipt.stage, receipt.allowed) == (taipei.id, "carrier", False)
        assert "area_blocked" in receipt.reasons
        assert attempt_now(room.store, other.id).cancel_asked_at is None

    def test_area_that_will_be_suspended(self, room: DialRoom) -> None:
        """A suspension that begins later brings `ring_by` forward, and then takes the call back under its own name."""
        attempt = queued(room, ring_by=MONDAY_TEN + timedelta(hours=3))
        begins = MONDAY_TEN + timedelta(seconds=3)
        suspend(room, "TW-TPE", since=begins)
        report = clear(room)
        assert (report.cancelled, report.next_due) == ({}, begins)
        assert attempt_now(room.store, attempt.id).ring_by == begins
        room.clock.instant = begins
        assert clear(room).cancelled == {"area_blocked": 1}

    def test_suppressed(self, room: DialRoom) -> None:
        """Who is suppressed while his call waits is not rung."""
        attempt = queued(room)
        suppress(
            room.store, number="+886900000001", contact_id=None, call_class=None, reason="opt_out", evidence="letter",
            by="test", identifiers=room.identifiers, now=room.clock.now(),
        )  # fmt: skip
        assert clear(room).cancelled == {"suppressed": 1}
        assert attempt_now(room.store, attempt.id).cause == "suppressed"

    def test_contact_closed(self, room: DialRoom) -> None:
        """A call to a contact whose policy was cancelled meanwhile is taken back."""
        queued(room, contact={"state": ContactState.WITHDRAWN})
        with room.store.engine.begin() as connection:
            connection.execute(update(contacts).values(state=ContactState.WITHDRAWN))
        assert clear(room).cancelled == {"contact_closed": 1}


class TestStatements:
    """What it costs."""

    def test_nothing_is_queued(self, room: DialRoom) -> None:
        """Looking at an empty queue is one statement."""
        make_attempt(room.store, make_contact(room.store), status=S.ENDED)
        with statements(room.store) as sent:
            clear(room)
        assert len(sent) == 1

    def test_stop_order_of_many(self, room: DialRoom) -> None:
        """However many calls are taken back, the statements are four."""
        for number in range(1, 21):
            queued(room, number)
        stop_dialling(
            room.store, campaign_id=None, reason="test", by="test", identifiers=room.identifiers, now=room.clock.now()
        )
        with statements(room.store) as sent:
            clear(room)
        assert len(sent) == 4


class TestOrdering:
    """Between the reservation and the carrier."""

    def test_ring_by_is_the_gates(self, room: DialRoom) -> None:
        """The reservation writes when the gate closes: 21:00 in Taipei less the guard."""
        attempt = make_attempt(room.store, make_contact(room.store))
        room.place()
        ring_by = attempt_now(room.store, attempt.id).ring_by
        assert ring_by is not None
        assert MONDAY_TEN + timedelta(hours=10) < ring_by < MONDAY_TEN + timedelta(hours=11)

    def test_tightened_right_before_the_carrier(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """A suspension that was entered between reservation and order brings `ring_by` forward before it is sent."""
        attempt = make_attempt(room.store, make_contact(room.store))
        begins = MONDAY_TEN + timedelta(minutes=2)
        seen = []

        def answer(order: CallOrder, sid: str) -> Placed:
            seen.append(attempt_now(room.store, attempt.id).ring_by)
            return room.carrier.take(order, sid)

        room.carrier.answer = answer
        after_reservation(monkeypatch, lambda: suspend(room, "TW-TPE", since=begins))
        assert room.place().placed == 1
        assert seen == [begins]

    def test_not_sent_when_the_ringing_would_not_end_in_time(
        self, room: DialRoom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A call that could ring into what closes the gate is not ordered, and planned for later."""
        attempt = make_attempt(room.store, make_contact(room.store))
        begins = MONDAY_TEN + timedelta(seconds=20)
        after_reservation(monkeypatch, lambda: suspend(room, "TW-TPE", since=begins))
        assert room.place().cancelled == {"closes_while_ringing": 1}
        assert room.carrier.orders == []
        assert contact_now(room.store, attempt.contact_id).not_before == begins
        events = rows(room.store, select(attempt_events.c.to_status).where(attempt_events.c.attempt_id == attempt.id))
        assert [row.to_status for row in events] == ["reserved", "cancelled"]

    def test_suspended_in_between(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """The third question knows of a suspension that began a moment ago."""
        make_attempt(room.store, make_contact(room.store))
        after_reservation(monkeypatch, lambda: suspend(room, "TW-TPE"))
        assert room.place().cancelled == {"area_blocked": 1}
        assert room.carrier.orders == []


def after_reservation(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something between the reservation's commit and the last look."""

    def later(*args: Any) -> Any:
        act()
        return order_call(*args)

    monkeypatch.setattr("outbound.usecases.dialling.place_calls.order_call", later)


class TestUnderWay:
    """Calls of which nobody but the worker that orders them can know yet."""

    def test_what_is_reserved_may_come(self, room: DialRoom) -> None:
        """While a call is being ordered the queue is looked at again, though nothing waits in it yet."""
        make_attempt(room.store, make_contact(room.store), status=AttemptStatus.RESERVED)
        assert clear(room) == CancelReport(next_due=room.clock.now() + LOOK_AGAIN)

    def test_a_carrier_that_let_us_wait(self, room: DialRoom) -> None:
        """After a batch that an order held up, the queue is looked at at once: what it took first may have to go."""
        room.paced(max_live=50)
        for number in (1, 2):
            make_attempt(room.store, make_contact(room.store, numbers=(f"+886900000{number:03d}",)))

        def slow(order: CallOrder, sid: str) -> Placed | Ambiguous:
            if len(room.carrier.orders) == 1:
                return room.carrier.take(order, sid)
            room.clock.advance(seconds=10)
            return Ambiguous(Silence.TIMEOUT)

        room.carrier.answer = slow
        report = room.place()
        assert (report.placed, report.ambiguous) == (1, 1)
        assert report.next_due == room.clock.now()
