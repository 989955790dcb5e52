"""Dialling: what is due rings once, under every limit; what is certain is written so, what is not stays unknown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.schema import attempt_events, attempts, contacts, inbox, outbox, pacing, receipts
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.contact import ContactState, WelcomeState
from outbound.domain.line.carrier_code import RefusalKind, Silence
from outbound.domain.line.pace import paused
from outbound.domain.line.trunk import Trunk
from outbound.domain.outcome.connect import CarrierStatus
from outbound.domain.policy import PolicyStatus
from outbound.usecases.desk.suppress import suppress
from outbound.usecases.dialling.order import order_call
from outbound.usecases.dialling.stop_dialling import resume_dialling, stop_dialling
from outbound.usecases.outcomes.close_attempt import close_attempt
from outbound.usecases.ports.carrier import Ambiguous, CallOrder, Placed, Refused
from outbound.usecases.problems import TryAgainError
from tests.usecases.builders import (
    MONDAY_TEN,
    attempt_now,
    contact_now,
    make_attempt,
    make_callback,
    make_contact,
    rows,
    suppress_number,
)
from tests.usecases.dial_room import DialRoom
from tests.values import replace

S = AttemptStatus


@pytest.fixture
def room(sqlite_store: SqlStore, clock: Any) -> DialRoom:
    """One worker; where the database matters, tests take the store of each kind instead."""
    return DialRoom(sqlite_store, clock)


class OnEachDatabase:
    """Tests whose statements differ by database."""

    @pytest.fixture
    def room(self, store: SqlStore, clock: Any) -> DialRoom:
        """One worker at each kind of database."""
        return DialRoom(store, clock)


def planned(room: DialRoom, number: int = 1, **columns: Any) -> Attempt:
    """Plan a call to a new contact on its own number, from now on."""
    contact = make_contact(room.store, numbers=(f"+886900000{number:03d}",))
    return make_attempt(room.store, contact, **columns)


def causes(room: DialRoom, attempt: Attempt) -> list[tuple[str, str, str]]:
    """Read the attempt's transitions."""
    query = select(attempt_events).where(attempt_events.c.attempt_id == attempt.id).order_by(attempt_events.c.seq)
    return [(row.from_status, row.to_status, row.cause) for row in rows(room.store, query)]


class TestPlacing(OnEachDatabase):
    """An attempt whose window is open."""

    def test_is_ordered_once(self, room: DialRoom) -> None:
        """A due attempt is reserved, ordered with its token and placed with its sid; a second batch leaves it alone."""
        attempt = planned(room)
        report = room.place()
        assert (report.placed, report.refused, report.ambiguous, report.held) == (1, 0, 0, {})
        (order,) = room.carrier.orders
        assert (order.to, order.from_, order.token) == ("+886900000001", "+886255550100", attempt.token)
        assert order.ring_seconds == room.campaign.pacing.ring_timeout_seconds
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.sid, now.worker) == (S.PLACED, f"CA{1:032x}", "tester")
        assert (now.attempt_number, now.script, now.language) == (1, "welcome_call", "zh-TW")
        assert now.reserved_at == MONDAY_TEN
        assert now.dial_by == MONDAY_TEN + timedelta(seconds=10)
        assert causes(room, attempt) == [("planned", "reserved", "reserved"), ("reserved", "placed", "created")]
        assert room.place().placed == 0
        assert len(room.carrier.orders) == 1

    def test_keeps_a_receipt(self, room: DialRoom) -> None:
        """The gate's decision at the reservation is kept and named by the attempt; so is the one before the carrier."""
        attempt = planned(room)
        room.place()
        last, receipt = rows(room.store, select(receipts).order_by(receipts.c.stage))
        assert (last.attempt_id, last.stage, last.allowed, last.body["stage"]) == (
            attempt.id,
            "carrier",
            True,
            "carrier",
        )
        assert attempt_now(room.store, attempt.id).receipt_id == receipt.id
        assert (receipt.attempt_id, receipt.stage, receipt.allowed, receipt.reasons) == (
            attempt.id,
            "reserve",
            True,
            [],
        )
        assert receipt.body["result"] == "allowed"

    def test_order_of_the_due(self, room: DialRoom) -> None:
        """Callbacks come first, then the nearest deadline, then the window that opened first."""
        start = MONDAY_TEN - timedelta(minutes=10)
        plain = planned(room, 1, window_start=start)
        late = planned(room, 2, window_start=start, deadline=datetime(2026, 11, 20, tzinfo=UTC).date())
        soon = planned(room, 3, window_start=MONDAY_TEN, deadline=datetime(2026, 11, 18, tzinfo=UTC).date())
        back = planned(room, 4, window_start=MONDAY_TEN, origin="callback")
        room.place()
        assert [order.token for order in room.carrier.orders] == [each.token for each in (back, soon, late, plain)]

    def test_window_not_open(self, room: DialRoom) -> None:
        """What is planned for later is not dialled, and the report says when it will be due."""
        later = MONDAY_TEN + timedelta(hours=1)
        planned(room, window_start=later)
        report = room.place()
        assert (report.placed, report.next_due) == (0, later)

    def test_window_passed(self, room: DialRoom) -> None:
        """What is too late for its window is no attempt: it is cancelled and the planner looks again."""
        attempt = planned(room, window_start=MONDAY_TEN - timedelta(hours=1))
        assert room.place().cancelled == {"window_passed": 1}
        assert attempt_now(room.store, attempt.id).status is S.CANCELLED
        contact = contact_now(room.store, attempt.contact_id)
        assert (contact.state, contact.reason) == (ContactState.OPEN, "window_passed")
        assert room.carrier.orders == []

    def test_window_passes_during_the_batch(self, room: DialRoom) -> None:
        """A carrier that is slow is ordered nothing after the window: what is left is cancelled as too late."""
        attempts = [planned(room, number, window_start=MONDAY_TEN - timedelta(minutes=29)) for number in (1, 2, 3, 4)]
        ordered_at = []

        def slow(order: CallOrder, sid: str) -> Placed:
            ordered_at.append(room.clock.now())
            room.clock.advance(seconds=25)
            return room.carrier.take(order, sid)

        room.carrier.answer = slow
        reports = [room.place() for _ in range(4)]
        assert [report.cancelled for report in reports] == [{}, {}, {}, {"window_passed": 1}]
        assert max(ordered_at) < attempts[0].window_end

    def test_counts_dials_of_the_round(self, room: DialRoom) -> None:
        """The next dial of a round bears the next number; beyond the campaign's cap nothing is dialled."""
        contact = make_contact(room.store)
        for back in (9, 6):
            at = MONDAY_TEN - timedelta(days=back)
            make_attempt(room.store, contact, status=S.ENDED, at=at, attempt_number=1 if back == 9 else 2)
        third = make_attempt(room.store, contact)
        room.place()
        assert attempt_now(room.store, third.id).attempt_number == 3
        other = make_contact(room.store, numbers=("+886900000002",))
        for back in (9, 6, 4):
            make_attempt(room.store, other, status=S.ENDED, at=MONDAY_TEN - timedelta(days=back))
        fourth = make_attempt(room.store, other)
        assert room.place().cancelled == {"attempts_exhausted": 1}
        assert attempt_now(room.store, fourth.id).status is S.CANCELLED

    def test_language_of_the_contact(self, room: DialRoom) -> None:
        """The script speaks the contact's language where it can, else the campaign's first."""
        spoken = {}
        for number, language in enumerate(("en", "zh-Hant-TW", None, "vi"), 1):
            contact = make_contact(room.store, numbers=(f"+88690000000{number}",), language=language)
            spoken[language] = make_attempt(room.store, contact).id
        room.place()
        got = {language: attempt_now(room.store, each).language for language, each in spoken.items()}
        assert got == {"en": "en-US", "zh-Hant-TW": "zh-TW", None: "zh-TW", "vi": "zh-TW"}


class TestGate(OnEachDatabase):
    """What changed since the plan."""

    def test_refusal_goes_back_to_the_planner(self, room: DialRoom) -> None:
        """Outside the hours the attempt is cancelled with the gate's reason, the contact waits for the next instant."""
        room.clock.instant = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)  # 22:00 in Taipei
        attempt = planned(room, window_start=room.clock.instant)
        report = room.place()
        assert report.placed == 0
        assert sum(report.cancelled.values()) == 1
        now, contact = attempt_now(room.store, attempt.id), contact_now(room.store, attempt.contact_id)
        assert (now.status, now.attempt_number, now.reserved_at) == (S.CANCELLED, None, None)
        assert contact.state is ContactState.OPEN
        assert contact.reason == now.cause
        assert contact.not_before is not None
        assert contact.not_before > room.clock.instant
        (receipt,) = rows(room.store, select(receipts))
        assert not receipt.allowed
        assert room.carrier.orders == []

    def test_suppressed_meanwhile(self, room: DialRoom) -> None:
        """A number that was suppressed after the plan is not dialled, however the suppression came about."""
        attempt = planned(room)
        suppress_number(room.store, "+886900000001")
        assert room.place().cancelled == {"suppressed": 1}
        assert attempt_now(room.store, attempt.id).status is S.CANCELLED

    def test_suppress_cancels_at_once(self, room: DialRoom) -> None:
        """The verb suppress and dialling agree on what is planned."""
        planned(room)
        suppress(
            room.store, number="+886900000001", reason="opt_out", evidence="letter", by="tester",
            identifiers=room.identifiers, now=MONDAY_TEN,
        )  # fmt: skip
        assert room.place().placed == 0

    @pytest.mark.parametrize("trouble", ["withdrawn", "lapsed", "wrong number"])
    def test_plan_is_out_of_date(self, room: DialRoom, trouble: str) -> None:
        """A closed contact, a policy no longer in force and an unusable number are not dialled."""
        status = PolicyStatus.LAPSED if trouble == "lapsed" else PolicyStatus.IN_FORCE
        contact = make_contact(room.store, policy_status=status)
        make_attempt(room.store, contact)
        with room.store.begin() as work:
            if trouble == "withdrawn":
                work.outcomes.set_contact(contact.id, ContactState.WITHDRAWN, "cancelled", None, MONDAY_TEN)
            if trouble == "wrong number":
                work.outcomes.mark_number(contact.phones[0].id, "wrong_party")
            work.commit()
        assert sum(room.place().cancelled.values()) == 1
        assert room.carrier.orders == []

    def test_stopped_after_the_reservation(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """A stop order that comes between reservation and order holds the call back: it stays planned, uncounted."""
        attempt = planned(room)
        meanwhile(
            monkeypatch,
            lambda: stop_dialling(
                room.store, campaign_id=None, reason="fire", by="lin", identifiers=room.identifiers, now=MONDAY_TEN
            ),
        )
        assert room.place().held == {"stop_order": 1}
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.attempt_number) == (S.PLANNED, None)
        assert room.carrier.orders == []

    def test_another_campaign_stopped_after_the_reservation(
        self, room: DialRoom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A stop order of another campaign holds nothing back."""
        planned(room)
        meanwhile(
            monkeypatch,
            lambda: stop_dialling(
                room.store, campaign_id="other", reason="fire", by="lin", identifiers=room.identifiers, now=MONDAY_TEN
            ),
        )
        assert room.place().placed == 1

    def test_suppressed_after_the_reservation(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who opts out between reservation and order is not rung, and a receipt says why."""
        attempt = planned(room)
        meanwhile(monkeypatch, lambda: suppress_number(room.store, "+886900000001"))
        assert room.place().cancelled == {"suppressed": 1}
        assert attempt_now(room.store, attempt.id).status is S.CANCELLED
        assert [row.stage for row in rows(room.store, select(receipts).where(receipts.c.allowed.is_(False)))] == [
            "carrier"
        ]
        assert room.carrier.orders == []

    def test_closed_after_the_reservation(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whose policy is cancelled between reservation and order is not rung, and stays closed."""
        attempt = planned(room)

        def withdraw() -> None:
            with room.store.begin() as work:
                work.outcomes.set_contact(attempt.contact_id, ContactState.WITHDRAWN, "cancelled", None, MONDAY_TEN)
                work.commit()

        meanwhile(monkeypatch, withdraw)
        assert room.place().cancelled == {"contact_closed": 1}
        assert contact_now(room.store, attempt.contact_id).state is ContactState.WITHDRAWN
        assert room.carrier.orders == []

    def test_asked_again_right_before_the_carrier(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """When closing time comes between reservation and order, nothing is ordered and a receipt says why."""
        # The gate closes for this contact at 20:00 less the guard; five seconds pass inside transaction 1.
        room.clock.instant = last_second = self._last_lawful_second(room)
        attempt = planned(room, window_start=last_second)
        later_from_now_on(room, monkeypatch, seconds=5)
        report = room.place()
        assert room.carrier.orders == []
        assert report.cancelled == {"closing_soon": 1}
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.attempt_number) == (S.CANCELLED, None)
        assert [row.stage for row in rows(room.store, select(receipts).order_by(receipts.c.at))] == [
            "reserve",
            "carrier",
        ]

    @staticmethod
    def _last_lawful_second(room: DialRoom) -> datetime:
        from outbound.compliance.facts import Stage
        from outbound.usecases.scheduling.may_call import Gathered, judge

        contact = make_contact(room.store, numbers=("+886900000099",))
        instant = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
        while True:
            following = instant + timedelta(seconds=1 if instant.hour >= 11 else 60)
            decision = judge(
                Gathered(), contact=contact, phone=contact.phones[0], instant=following, campaign=room.campaign,
                rules=room.rules, stage=Stage.CARRIER,
            )  # fmt: skip
            if not decision.allowed and decision.reasons[0].code == "closing_soon":
                return instant
            instant = following


def later_from_now_on(
    room: DialRoom, monkeypatch: pytest.MonkeyPatch, *, seconds: float, monotonic: bool = True
) -> None:
    """Let time pass between transaction 1 and the order."""
    moments = iter([seconds])

    def later() -> None:
        passed = next(moments, 0.0)
        room.clock.advance(seconds=passed)
        if not monotonic:
            room.clock.drift -= passed

    meanwhile(monkeypatch, later)


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen between transaction 1 and the order."""
    monkeypatch.setattr(
        "outbound.usecases.dialling.place_calls.order_call", lambda *args: (happens(), order_call(*args))[1]
    )


class TestClock:
    """A worker that slept, and a clock that is not to be trusted."""

    def test_slept_too_long(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """After ten seconds a reservation is not dialled any more: it goes back to the plan, uncounted."""
        attempt = planned(room)
        later_from_now_on(room, monkeypatch, seconds=11)
        assert room.place().held == {"dialled_too_late": 1}
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.attempt_number, now.reserved_at, now.worker) == (S.PLANNED, None, None, None)
        assert room.carrier.orders == []
        monkeypatch.undo()
        assert room.place().placed == 1

    def test_slept_so_long_that_it_became_unknown(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """When the sweeper was quicker, the attempt ends as certainly not placed, with its record: it was no dial."""
        attempt = planned(room)
        later_from_now_on(room, monkeypatch, seconds=11)
        heard = room.watch.drifted
        monkeypatch.setattr(room.watch, "drifted", lambda: (room.settle(), heard())[1])
        from outbound.usecases.dialling import order

        ask = order._last_look

        def sweep_first(*args: Any) -> Any:
            room.settle()
            return ask(*args)

        monkeypatch.setattr(order, "_last_look", sweep_first)
        room.place()
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.cause, now.attempt_number) == (S.NOT_PLACED, "dialled_too_late", None)
        assert contact_now(room.store, now.contact_id).state is ContactState.OPEN
        assert len(rows(room.store, select(outbox))) == 1
        assert room.carrier.orders == []

    def test_wall_clock_jumped_after_the_reservation(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """More than two seconds between wall clock and monotonic clock: no dial, the attempt stays planned."""
        attempt = planned(room)
        later_from_now_on(room, monkeypatch, seconds=3, monotonic=False)
        assert room.place().held == {"clock_jumped": 1}
        assert attempt_now(room.store, attempt.id).status is S.PLANNED
        assert room.carrier.orders == []

    def test_carrier_has_another_time(self, room: DialRoom) -> None:
        """A clock that differs from the carrier's by more than two seconds dials nothing until both agree."""
        planned(room)
        room.carrier.wrong_by = timedelta(hours=2)
        assert room.place().held == {"clock_wrong": 1}
        room.carrier.wrong_by = timedelta(seconds=1)
        assert room.place().placed == 1

    def test_carrier_is_asked_seldom(self, room: DialRoom) -> None:
        """Answers to orders bear the carrier's time, so that it is asked for it only after a long silence."""
        for minute in range(3):
            planned(room, minute + 1, window_start=MONDAY_TEN + timedelta(minutes=4 * minute))
        for _ in range(3):
            assert room.place().placed == 1
            room.clock.advance(minutes=4)
        assert room.carrier.asked_time == 1

    def test_carrier_is_away(self, room: DialRoom) -> None:
        """While the carrier does not answer nothing is reserved."""
        attempt = planned(room)
        room.carrier.away = True
        report = room.place()
        assert report.held == {"carrier_away": 1}
        assert report.next_due == MONDAY_TEN + timedelta(seconds=5)
        assert causes(room, attempt) == []


class TestLimits(OnEachDatabase):
    """Pace, places on the line, stop orders, one live call a number."""

    def test_pace(self, room: DialRoom) -> None:
        """One call an interval over all batches; the report says when the next may be ordered."""
        room.trunk = Trunk(calls_per_second=0.5)
        for number in (1, 2, 3):
            planned(room, number)
        report = room.place()
        assert (report.placed, report.held, report.next_due) == (1, {"pace": 2}, MONDAY_TEN + timedelta(seconds=2))
        room.clock.advance(seconds=1.9)
        report = room.place()
        assert (report.placed, report.held, report.next_due) == (0, {"pace": 2}, MONDAY_TEN + timedelta(seconds=2))
        room.clock.advance(seconds=0.1)
        assert room.place().placed == 1

    def test_pace_of_the_campaign(self, room: DialRoom) -> None:
        """A campaign may be slower than its trunk."""
        room.paced(calls_per_second=0.25)
        for number in (1, 2):
            planned(room, number)
        report = room.place()
        assert (report.placed, report.next_due) == (1, MONDAY_TEN + timedelta(seconds=4))

    def test_slot_of_a_wrong_clock_is_not_believed(self, room: DialRoom) -> None:
        """A next slot that a clock two hours ahead once wrote does not stop dialling for two hours."""
        planned(room)
        room.place()
        planned(room, 2)
        with room.store.engine.begin() as connection:
            connection.execute(pacing.update().values(next_at=MONDAY_TEN + timedelta(hours=2)))
        assert room.place().placed == 1

    def test_pause_of_a_wrong_clock_is_not_believed(self, room: DialRoom) -> None:
        """A clock that was ahead must not stop the trunk for hours: neither the plan nor the last look believes it."""
        planned(room)
        with room.store.begin() as work:
            work.dialling.open_lines([room.trunk.name], MONDAY_TEN)
            ahead = MONDAY_TEN + timedelta(hours=2)
            work.dialling.change_pace(room.trunk.name, lambda pace: paused(pace, ahead, timedelta(0), "carrier_away"))
            work.commit()
        assert room.place().placed == 1

    def test_places_of_the_campaign(self, room: DialRoom) -> None:
        """No more calls are in the air than the campaign allows; unknown ones count."""
        room.paced(max_live=2)
        other = make_contact(room.store, numbers=("+886900000090",))
        make_attempt(room.store, other, status=S.UNKNOWN)
        for number in (1, 2):
            planned(room, number)
        report = room.place()
        assert (report.placed, report.held) == (1, {"campaign_full": 1})
        assert report.next_due == MONDAY_TEN + timedelta(seconds=5)
        assert room.place().held == {"campaign_full": 1}

    def test_places_of_the_trunk(self, room: DialRoom) -> None:
        """The trunk's own limit holds over all campaigns."""
        room.trunk = replace(room.trunk, max_live=1)
        for number in (1, 2):
            planned(room, number)
        assert room.place().held == {"trunk_full": 1}

    @pytest.mark.parametrize("campaign_id", [None, "welcome-tw"])
    def test_stop_order(self, room: DialRoom, campaign_id: str | None) -> None:
        """While a stop order is in force nothing is reserved; once it is lifted dialling goes on."""
        planned(room)
        stop_dialling(
            room.store, campaign_id=campaign_id, reason="drill", by="tester", identifiers=room.identifiers,
            now=MONDAY_TEN,
        )  # fmt: skip
        report = room.place()
        assert (report.placed, report.held) == (0, {"stop_order": 1})
        resume_dialling(room.store, campaign_id=campaign_id, by="tester", now=MONDAY_TEN)
        assert room.place().placed == 1

    def test_stop_order_of_another_campaign(self, room: DialRoom) -> None:
        """A stop order for one campaign leaves the others alone."""
        planned(room)
        stop_dialling(
            room.store, campaign_id="other", reason="drill", by="tester", identifiers=room.identifiers, now=MONDAY_TEN
        )
        assert room.place().placed == 1

    def test_number_in_use(self, room: DialRoom) -> None:
        """Of two people on one number the second is not dialled while the first may be ringing."""
        first, second = planned(room, 1), planned(room, 1)
        assert room.place().placed == 1
        assert room.place().placed == 0
        assert attempt_now(room.store, first.id).status is S.PLACED
        # The number had its call of the day as well, so the planner is asked for another day.
        assert attempt_now(room.store, second.id).cause == "number_live"
        assert contact_now(room.store, second.contact_id).state is ContactState.OPEN

    def test_database_forbids_two_live_calls(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """Even when the gate does not see the other call, the unique index keeps the number to one."""
        first, second = planned(room, 1), planned(room, 1)
        planned(room, 2)
        from outbound.adapters.sql.dialling import SqlDialling

        monkeypatch.setattr(SqlDialling, "past_attempts", lambda *_: [])
        report = room.place()
        assert (report.placed, report.held) == (2, {"number_live": 1})
        statuses = {attempt_now(room.store, each.id).status for each in (first, second)}
        assert statuses == {S.PLACED, S.PLANNED}

    def test_database_forbids_two_live_calls_in_the_first_look(
        self, room: DialRoom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A worker that trusts its clock reserves in its first look, and finds out there as well whom to leave."""
        room.place()
        first, second = planned(room, 1), planned(room, 1)
        planned(room, 2)
        from outbound.adapters.sql.dialling import SqlDialling

        monkeypatch.setattr(SqlDialling, "past_attempts", lambda *_: [])
        assert room.watch.check(room.carrier) is None
        report = room.place()
        assert (report.placed, report.held) == (2, {"number_live": 1})
        statuses = {attempt_now(room.store, each.id).status for each in (first, second)}
        assert statuses == {S.PLACED, S.PLANNED}

    def test_a_batch_of_one_takes_three_transactions(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """Look and reserve, look once more, write: nothing else stands between the plan and the ringing."""
        planned(room, 1)
        room.place()
        planned(room, 2)
        begun, begin = list[int](), SqlStore.begin
        monkeypatch.setattr(SqlStore, "begin", lambda store: (begun.append(1), begin(store))[1])
        assert room.place().placed == 1
        assert len(begun) == 3

    def test_numbers_in_use_hide_nobody(self, room: DialRoom) -> None:
        """However many wait for a number that a live call holds, and however urgent: who can be dialled is dialled."""
        yesterday = MONDAY_TEN - timedelta(days=1)
        for number in (1, 2, 3):
            other = make_contact(room.store, numbers=(f"+886900000{number:03d}",), at=yesterday)
            make_attempt(room.store, other, status=S.UNKNOWN, at=yesterday)
            planned(room, number, deadline=MONDAY_TEN.date(), origin="callback")
        free = planned(room, 9)
        report = room.place(limit=2)
        assert (report.placed, report.held) == (1, {"number_live": 1})
        assert attempt_now(room.store, free.id).status is S.PLACED

    def test_what_one_batch_does_not_reach(self, room: DialRoom) -> None:
        """A batch reads about as many as its pace lets through; the others are counted all the same."""
        room.trunk = Trunk(calls_per_second=0.5)
        for number in range(1, 21):
            planned(room, number)
        report = room.place()
        assert (report.placed, report.held, report.next_due) == (1, {"pace": 19}, MONDAY_TEN + timedelta(seconds=2))

    def test_what_is_dropped_makes_room_at_once(self, room: DialRoom) -> None:
        """Where all that a batch reached was out of date, the next one begins at once."""
        for number in (1, 2, 3):
            planned(room, number)
        with room.store.engine.begin() as connection:
            connection.execute(contacts.update().values(do_not_call=True))
        report = room.place(limit=2)
        assert (report.cancelled, report.next_due) == ({"do_not_call": 2}, MONDAY_TEN)

    def test_limit_of_a_batch(self, room: DialRoom) -> None:
        """A batch stops at its limit and asks to be called again at once."""
        for number in (1, 2, 3):
            planned(room, number)
        report = room.place(limit=2)
        assert (report.placed, report.next_due) == (2, MONDAY_TEN)
        assert room.place(limit=2).placed == 1


def close(room: DialRoom, attempt: Attempt, word: str, sid: str | None = None) -> None:
    """Deliver a status webhook."""
    sid = sid or attempt_now(room.store, attempt.id).sid or ""
    close_attempt(
        room.store,
        token=attempt.token,
        status=CarrierStatus(sid, word, sequence=9, at=room.clock.now()),
        campaigns=room.campaigns,
        scripts=FixedScripts({}),
        identifiers=room.identifiers,
        now=room.clock.now(),
    )


class TestAnswers:
    """Every answer to a create."""

    def test_number_unusable(self, room: DialRoom) -> None:
        """A number that the carrier will never call ends the attempt as not placed, with a record; dialling goes on."""
        attempt = planned(room, 1)
        planned(room, 2)
        refused = Refused(21211, 400, RefusalKind.NUMBER_UNUSABLE)
        room.carrier.answer = lambda order, sid: refused if order.to.endswith("001") else room.carrier.take(order, sid)
        report = room.place()
        assert (report.placed, report.refused) == (1, 1)
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.disposition, now.carrier_code) == (S.NOT_PLACED, "number_unusable", 21211)
        assert contact_now(room.store, attempt.contact_id).phones[0].unusable is not None
        assert len(rows(room.store, select(outbox).where(outbox.c.kind == "record"))) == 1

    def test_configuration(self, room: DialRoom) -> None:
        """A wrong order pauses the campaign and tells a person once; the attempt stays planned."""
        attempt = planned(room, 1)
        planned(room, 2)
        room.carrier.answer = lambda *_: Refused(21212, 400, RefusalKind.CONFIGURATION)
        report = room.place()
        assert (report.refused, report.held) == (1, {"paused": 1})
        assert report.next_due == MONDAY_TEN + timedelta(minutes=15)
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.attempt_number) == (S.PLANNED, None)
        assert room.place().held == {"paused": 2}
        room.clock.advance(minutes=15)
        room.place()
        (item,) = rows(room.store, select(inbox))
        assert (item.kind, item.company_id) == ("carrier", "formosa-life")
        assert "21212" in item.note
        assert len(room.carrier.orders) == 2

    def test_authentication(self, room: DialRoom) -> None:
        """A carrier that does not know us pauses everything and tells a person."""
        planned(room, 1)
        room.carrier.answer = lambda *_: Refused(20003, 401, RefusalKind.AUTHENTICATION)
        assert room.place().refused == 1
        (paused,) = rows(room.store, select(pacing).where(pacing.c.paused_until.is_not(None)))
        assert (paused.trunk, paused.paused_for) == (room.trunk.name, "carrier_20003")
        assert [row.kind for row in rows(room.store, select(inbox))] == ["carrier"]

    @pytest.mark.parametrize(
        ("kind", "seconds"), [(RefusalKind.RATE, 5), (RefusalKind.NOT_NOW, 30), (RefusalKind.UNREACHABLE, 30)]
    )
    def test_not_processed(self, room: DialRoom, kind: RefusalKind, seconds: int) -> None:
        """What was certainly not processed goes back to the plan; the trunk pauses, nobody is troubled."""
        attempt = planned(room)
        room.carrier.answer = lambda *_: Refused(20429, 429, kind)
        report = room.place()
        assert (report.refused, report.next_due) == (1, MONDAY_TEN + timedelta(seconds=seconds))
        assert attempt_now(room.store, attempt.id).status is S.PLANNED
        assert rows(room.store, select(inbox)) == []
        room.carrier.answer = None
        assert room.place().placed == 0
        room.clock.advance(seconds=seconds)
        assert room.place().placed == 1
        assert attempt_now(room.store, attempt.id).attempt_number == 1

    def test_refused_and_yet_ringing(self, room: DialRoom) -> None:
        """A call that exists although its create was answered with 429 is not ordered a second time."""
        attempt = planned(room)

        def lies(order: CallOrder, sid: str) -> Refused:
            room.carrier.take(order, sid)
            return Refused(None, 429, RefusalKind.RATE)

        room.carrier.answer = lies
        assert room.place().refused == 1
        room.carrier.answer = None
        close_attempt(
            room.store,
            token=attempt.token,
            status=CarrierStatus(f"CA{1:032x}", "ringing", sequence=1, at=room.clock.now()),
            campaigns=room.campaigns,
            scripts=FixedScripts({}),
            identifiers=room.identifiers,
            now=room.clock.now(),
        )
        room.clock.advance(seconds=40)
        assert room.place().placed == 0
        assert len(room.carrier.orders) == 1

    @pytest.mark.parametrize("kind", list(Silence))
    def test_silence(self, room: DialRoom, kind: Silence) -> None:
        """What may exist becomes unknown, keeps its number locked, and is never ordered again."""
        attempt = planned(room, 1)
        planned(room, 1)
        room.carrier.answer = lambda *_: Ambiguous(kind)
        report = room.place()
        assert (report.ambiguous, report.placed) == (1, 0)
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.cause, now.attempt_number) == (S.UNKNOWN, f"create_{kind}", 1)
        room.clock.advance(minutes=10)
        assert room.place().placed == 0
        assert attempt_now(room.store, attempt.id).status is S.UNKNOWN
        assert len(room.carrier.orders) == 1

    def test_outage_costs_one_call(self, room: DialRoom) -> None:
        """After a silence the carrier is asked a harmless question first, so that an outage makes one call unknown."""
        for number in (1, 2, 3):
            planned(room, number)
        room.carrier.answer = lambda *_: Ambiguous(Silence.SERVER_ERROR)
        room.place()
        room.carrier.away = True
        for seconds in (10, 10, 31, 61):
            room.clock.advance(seconds=seconds)
            assert room.place().held == {"carrier_away": 2}
        room.carrier.away, room.carrier.answer = False, None
        room.clock.advance(minutes=5)
        assert room.place().placed == 1
        room.clock.advance(seconds=5)
        assert room.place().placed == 1
        assert len(room.carrier.orders) == 3

    def test_webhook_before_the_answer(self, room: DialRoom) -> None:
        """A status that arrives before the create's answer is written is not undone by it."""
        attempt = planned(room)

        def ring_first(order: CallOrder, sid: str) -> Placed:
            close(room, attempt, "ringing", sid)
            return room.carrier.take(order, sid)

        room.carrier.answer = ring_first
        assert room.place().placed == 1
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.sid) == (S.RINGING, f"CA{1:032x}")

    def test_call_ended_before_the_answer(self, room: DialRoom) -> None:
        """A call that is over before its create is answered stays over, with its one record."""
        attempt = planned(room)

        def end_first(order: CallOrder, sid: str) -> Placed:
            close(room, attempt, "busy", sid)
            return room.carrier.take(order, sid)

        room.carrier.answer = end_first
        room.place()
        assert attempt_now(room.store, attempt.id).status is S.ENDED
        assert len(rows(room.store, select(outbox).where(outbox.c.kind == "record"))) == 1

    def test_second_call_is_hung_up(self, room: DialRoom) -> None:
        """When webhooks have told of another call for the same attempt, the one just created is hung up."""
        attempt = planned(room)

        def other_first(order: CallOrder, sid: str) -> Placed:
            close(room, attempt, "ringing", "CA" + "f" * 32)
            return room.carrier.take(order, sid)

        room.carrier.answer = other_first
        room.place()
        assert room.carrier.ended == [f"CA{1:032x}"]
        assert attempt_now(room.store, attempt.id).sid == "CA" + "f" * 32


class TestCrash(OnEachDatabase):
    """A worker that dies."""

    @pytest.mark.parametrize("made", [True, False])
    def test_between_order_and_transaction_two(self, room: DialRoom, made: bool) -> None:
        """A crash after the order leaves a reservation; it becomes unknown and is never dialled again on a guess."""
        attempt = planned(room)

        def die(order: CallOrder, sid: str) -> Placed:
            if made:
                room.carrier.take(order, sid)
            raise KeyboardInterrupt

        room.carrier.answer = die
        with pytest.raises(KeyboardInterrupt):
            room.place()
        assert attempt_now(room.store, attempt.id).status is S.RESERVED
        room.carrier.answer = None
        assert room.place().placed == 0
        room.clock.advance(seconds=11)
        assert room.settle().lapsed == 1
        assert room.place().placed == 0
        room.clock.advance(seconds=31)
        room.settle()
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.sid) == ((S.PLACED, f"CA{1:032x}") if made else (S.UNKNOWN, None))
        assert room.place().placed == 0
        assert len(room.carrier.orders) == 1

    def test_in_transaction_two(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """A database that fails after the order loses nothing: the webhook finds the attempt by its token."""
        attempt = planned(room)
        from outbound.adapters.sql.dialling import SqlDialling

        def fail(*_: Any) -> str:
            raise ConnectionError

        with monkeypatch.context() as broken:
            broken.setattr(SqlDialling, "note_all_placed", fail)
            with pytest.raises(ConnectionError):
                room.place()
        close(room, attempt, "ringing", f"CA{1:032x}")
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.sid) == (S.RINGING, f"CA{1:032x}")
        room.clock.advance(seconds=11)
        assert room.settle().lapsed == 0
        assert len(room.carrier.orders) == 1

    @pytest.mark.parametrize("at_once", [True, False])
    def test_a_name_that_another_call_bears(
        self, room: DialRoom, caplog: pytest.LogCaptureFixture, at_once: bool
    ) -> None:
        """A carrier that names two calls alike costs one attempt, which is in doubt; the others are placed."""
        if not at_once:
            planned(room, 9)
            room.place()
        orders = len(room.carrier.orders)
        wanted = {planned(room, number).id for number in (1, 2, 3)}

        def alike(order: CallOrder, sid: str) -> Placed:
            twice = sid.endswith("1") or len(room.carrier.orders) == orders + 2
            return room.carrier.take(order, f"CA{1:032x}" if twice else sid)

        room.carrier.answer = alike
        report = room.place()
        assert (report.placed, report.ambiguous) == (2, 1)
        found = {row.id: row for row in rows(room.store, select(attempts)) if row.id in wanted}
        assert sorted(row.status for row in found.values()) == [S.PLACED, S.PLACED, S.UNKNOWN]
        (doubt,) = (row for row in found.values() if row.status == S.UNKNOWN)
        assert (doubt.cause, doubt.sid) == ("sid_taken", None)
        assert [getattr(each, "cause", None) for each in caplog.records] == ["sid_taken"]
        assert room.carrier.ended == []

    def test_what_was_not_ordered_yet(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """A worker that lives gives back what it had reserved and not ordered when the database undid its writing."""
        for number in (1, 2, 3):
            planned(room, number)
        from outbound.adapters.sql.dialling import SqlDialling

        def undo(*_: Any) -> str:
            raise TryAgainError("a deadlock")

        def slow(order: CallOrder, sid: str) -> Placed:
            room.clock.advance(seconds=1)
            return room.carrier.take(order, sid)

        room.carrier.answer = slow
        with monkeypatch.context() as broken:
            broken.setattr(SqlDialling, "note_all_placed", undo)
            with pytest.raises(TryAgainError):
                room.place()
        assert len(room.carrier.orders) == 1
        found = sorted(row.status for row in rows(room.store, select(attempts)))
        assert found == [S.PLANNED, S.PLANNED, S.RESERVED]

    def test_before_the_commit_of_transaction_one(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """A crash before the reservation is durable leaves the attempt planned and the pace untouched."""
        attempt = planned(room)
        from outbound.adapters.sql.store import SqlUnitOfWork

        commit = SqlUnitOfWork.commit
        commits = []

        def die(work: SqlUnitOfWork) -> None:
            commits.append(1)
            if len(commits) == 2:
                raise KeyboardInterrupt
            commit(work)

        with monkeypatch.context() as broken:
            broken.setattr(SqlUnitOfWork, "commit", die)
            with pytest.raises(KeyboardInterrupt):
                room.place()
        assert attempt_now(room.store, attempt.id).status is S.PLANNED
        assert room.place().placed == 1


def test_callback_without_anything_due(room: DialRoom) -> None:
    """A return call about which nothing is left to say is not made: who answered it would only hear a goodbye."""
    contact = make_contact(room.store, welcome=WelcomeState.CLOSED)
    earlier = make_attempt(room.store, contact, status=S.ENDED, at=MONDAY_TEN - timedelta(days=4))
    promise = make_callback(room.store, earlier, window_start=MONDAY_TEN)
    make_attempt(room.store, contact, origin="callback", callback_id=promise)
    assert room.place().cancelled == {"nothing_due": 1}
    assert room.carrier.orders == []


def test_callback_after_the_cap(room: DialRoom) -> None:
    """A call that the customer asked for is made beyond the campaign's cap, and one redial of it at most."""
    contact = make_contact(room.store)
    for back in (9, 6, 4):
        earlier = make_attempt(room.store, contact, status=S.ENDED, at=MONDAY_TEN - timedelta(days=back))
    promise = make_callback(room.store, earlier, window_start=MONDAY_TEN)
    call = make_attempt(room.store, contact, origin="callback", callback_id=promise)
    assert room.place().placed == 1
    assert attempt_now(room.store, call.id).status is S.PLACED


def test_numbers_stay_out_of_logs_and_texts(room: DialRoom, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a log line nor the text form of what is passed around shows a number."""
    planned(room)
    room.carrier.answer = lambda *_: Ambiguous(Silence.TIMEOUT)
    with caplog.at_level("DEBUG"):
        room.place()
        room.clock.advance(minutes=1)
        room.settle()
    assert "900000001" not in caplog.text
    assert "900000001" not in repr(room.carrier.orders)
