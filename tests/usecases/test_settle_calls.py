"""Settling: what became of silent calls is found out by evidence; nothing is dialled again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.schema import inbox, outbox, suppressions
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Spoken
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.outcome.connect import CarrierStatus
from outbound.usecases.outcomes.close_attempt import close_attempt
from outbound.usecases.ports.carrier import CarrierCall, UnansweredError
from tests.usecases.builders import MONDAY_TEN, attempt_now, contact_now, make_attempt, make_contact, rows
from tests.usecases.dial_room import DialRoom
from tests.usecases.voice_room import SID, open_to_service, ring

S = AttemptStatus
ONE_DAY = timedelta(days=1)


@pytest.fixture
def room(store: SqlStore, clock: Any) -> DialRoom:
    """One worker at each kind of database."""
    return DialRoom(store, clock)


def unknown(room: DialRoom, *, made: bool, number: str = "+886900000001") -> Attempt:
    """Dial a contact whose create gets no answer; `made` says whether the call exists all the same."""
    attempt = make_attempt(room.store, make_contact(room.store, numbers=(number,)))
    assert room.place_unanswered(made=made).ambiguous == 1
    assert attempt_now(room.store, attempt.id).status is S.UNKNOWN
    return attempt


def records(room: DialRoom) -> int:
    """Count the records that wait to be filed."""
    return len(rows(room.store, select(outbox).where(outbox.c.kind == "record")))


class TestUnknown:
    """A create without an answer."""

    def test_found_ringing(self, room: DialRoom) -> None:
        """The one unclaimed call that fits is the attempt's: it goes on where that call stands."""
        attempt = unknown(room, made=True)
        room.carrier.now_is(f"CA{1:032x}", "ringing", started_at=MONDAY_TEN)
        room.clock.advance(seconds=31)
        report = room.settle()
        assert (report.adopted, report.concluded, report.live) == (1, 0, 1)
        assert report.next_due == room.clock.now() + timedelta(seconds=30)
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.sid, now.placed_at) == (S.RINGING, f"CA{1:032x}", MONDAY_TEN)

    def test_found_ended(self, room: DialRoom) -> None:
        """A call that is over is concluded by what the carrier says of it, with its one record."""
        attempt = unknown(room, made=True)
        room.carrier.now_is(f"CA{1:032x}", "busy", started_at=MONDAY_TEN, ended_at=MONDAY_TEN + timedelta(seconds=9))
        room.clock.advance(seconds=31)
        report = room.settle()
        assert (report.adopted, report.concluded, report.live, report.next_due) == (1, 1, 0, None)
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.disposition, now.ended_at) == (S.ENDED, "busy", MONDAY_TEN + timedelta(seconds=9))
        assert records(room) == 1
        room.clock.advance(minutes=1)
        room.settle()
        assert records(room) == 1

    def test_call_of_another_attempt(self, room: DialRoom) -> None:
        """A call that belongs to another attempt is not taken for this one's."""
        attempt = unknown(room, made=True)
        owner = make_contact(room.store, numbers=("+886900000002",))
        make_attempt(room.store, owner, status=S.ENDED, sid=f"CA{1:032x}")
        room.clock.advance(seconds=31)
        assert room.settle().adopted == 0
        assert attempt_now(room.store, attempt.id).sid is None

    @pytest.mark.parametrize("minutes", [-30, 30])
    def test_call_of_another_time(self, room: DialRoom, minutes: int) -> None:
        """A call that was created before the reservation or long after it is not the attempt's."""
        attempt = unknown(room, made=True)
        room.carrier.now_is(f"CA{1:032x}", "completed", created_at=MONDAY_TEN + timedelta(minutes=minutes))
        room.clock.advance(minutes=40)
        assert room.settle().adopted == 0
        assert attempt_now(room.store, attempt.id).status is S.UNKNOWN

    def test_two_calls_fit(self, room: DialRoom) -> None:
        """Of two calls that fit none is taken: that is for a person."""
        attempt = unknown(room, made=True)
        order = room.carrier.orders[0]
        extra = CarrierCall("CA" + "e" * 32, order.to, order.from_, "queued", MONDAY_TEN, None, None, None, None)
        room.carrier.calls[extra.sid] = extra
        room.clock.advance(seconds=31)
        assert room.settle().adopted == 0
        assert attempt_now(room.store, attempt.id).sid is None
        assert rows(room.store, select(inbox)) == []
        room.clock.advance(hours=24)
        assert room.settle().given_up == 1
        (item,) = rows(room.store, select(inbox))
        assert item.kind == "unknown_call"
        for words in ("2 calls may be it", f"CA{1:032x}", extra.sid, "2026-11-16 02:00:00 UTC", "再決定是否由專人聯繫"):
            assert words in item.note

    def test_absence_is_no_evidence(self, room: DialRoom) -> None:
        """For a day the number stays locked and the list is asked again, seldom; nothing is dialled."""
        attempt = unknown(room, made=False)
        for _ in range(4):
            room.clock.advance(minutes=31)
            assert room.settle().given_up == 0
            assert room.place().placed == 0
        now = attempt_now(room.store, attempt.id)
        assert now.status is S.UNKNOWN
        asked = room.carrier.asked_lists
        room.clock.advance(minutes=1)
        room.settle()
        assert room.carrier.asked_lists == asked

    def test_asked_hourly_after_hours(self, room: DialRoom) -> None:
        """A call of unknown fate for two hours is asked about once an hour, until it is given up."""
        unknown(room, made=False)
        room.clock.advance(hours=3)
        room.settle()
        asked = room.carrier.asked_lists
        room.clock.advance(minutes=59)
        room.settle()
        assert room.carrier.asked_lists == asked
        room.clock.advance(minutes=1)
        room.settle()
        assert room.carrier.asked_lists == asked + 1

    def test_old_ones_do_not_hide_young_ones(self, room: DialRoom) -> None:
        """Calls of unknown fate that need not be asked about yet take no place in the batch."""
        for number in (2, 3):
            contact = make_contact(room.store, numbers=(f"+88690000000{number}",))
            old = make_attempt(room.store, contact, status=S.UNKNOWN, at=MONDAY_TEN - timedelta(hours=1))
            with room.store.begin() as work:
                work.dialling.touch(old.id, MONDAY_TEN - timedelta(minutes=1))
                work.commit()
        young = unknown(room, made=True)
        room.clock.advance(seconds=31)
        assert room.settle(limit=2).adopted == 1
        assert attempt_now(room.store, young.id).sid is not None

    def test_given_up_after_the_longest_queue(self, room: DialRoom) -> None:
        """After the carrier's longest queue a person is told, the record is filed and the number is free."""
        attempt = unknown(room, made=False)
        room.clock.advance(hours=24, seconds=11)
        report = room.settle()
        assert (report.given_up, report.live) == (1, 0)
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.connect_result, now.disposition) == (S.ENDED, "unknown", "unknown")
        (item,) = rows(room.store, select(inbox))
        assert (item.kind, item.attempt_id, item.due_at) == ("unknown_call", attempt.id, room.clock.now() + ONE_DAY)
        assert "the carrier lists no such call" in item.note
        assert records(room) == 1
        assert len(room.carrier.orders) == 1

    def test_a_queue_that_is_longer_than_a_day(self, room: DialRoom) -> None:
        """A call that begins to ring after it was given up is no new one: the table learns, nobody dials."""
        attempt = unknown(room, made=True)
        room.carrier.calls.clear()
        room.clock.advance(hours=24, seconds=11)
        assert room.settle().given_up == 1
        for word, sequence in (("ringing", 1), ("no-answer", 2)):
            close_attempt(
                room.store,
                token=attempt.token,
                status=CarrierStatus(f"CA{1:032x}", word, sequence=sequence, at=room.clock.now()),
                campaigns=room.campaigns,
                scripts=FixedScripts({}),
                identifiers=room.identifiers,
                now=room.clock.now(),
            )
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.disposition, now.cause, now.sid) == (
            S.ENDED,
            "no_answer",
            "late_no_answer",
            f"CA{1:032x}",
        )
        assert (records(room), len(room.carrier.orders)) == (1, 1)

    def test_webhook_settles(self, room: DialRoom) -> None:
        """A late webhook that bears the token is evidence enough; the list is not asked any more."""
        attempt = unknown(room, made=True)
        close_attempt(
            room.store,
            token=attempt.token,
            status=CarrierStatus(f"CA{1:032x}", "no-answer", sequence=3, at=room.clock.now()),
            campaigns=room.campaigns,
            scripts=FixedScripts({}),
            identifiers=room.identifiers,
            now=room.clock.now(),
        )
        room.clock.advance(seconds=31)
        report = room.settle()
        assert (report.adopted, report.live, room.carrier.asked_lists) == (0, 0, 0)


class TestSilent:
    """A call with a sid of which nothing more is heard."""

    def silent(self, room: DialRoom, status: AttemptStatus, word: str, **parts: Any) -> Attempt:
        """Have a live attempt and the carrier's view of it."""
        attempt = make_attempt(room.store, make_contact(room.store), status=status)
        call = CarrierCall(attempt.sid or "", "", "", word, MONDAY_TEN, MONDAY_TEN, None, None, None)
        room.carrier.calls[call.sid] = call
        room.carrier.now_is(call.sid, word, **parts)
        return attempt

    def test_lost_final_webhook(self, room: DialRoom) -> None:
        """When the last webhook was lost the call is fetched and concluded."""
        attempt = self.silent(room, S.RINGING, "no-answer", ended_at=MONDAY_TEN + timedelta(seconds=28))
        room.clock.advance(seconds=100)
        assert room.settle().concluded == 0
        room.clock.advance(seconds=30)
        assert room.settle().concluded == 1
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.disposition) == (S.ENDED, "no_answer")

    def test_conversation_is_left_in_peace(self, room: DialRoom) -> None:
        """A call in conversation is asked about only after ten silent minutes."""
        attempt = self.silent(room, S.IN_PROGRESS, "completed", duration_seconds=60)
        room.clock.advance(minutes=9)
        assert room.settle().concluded == 0
        room.clock.advance(minutes=2)
        assert room.settle().concluded == 1
        assert attempt_now(room.store, attempt.id).status is S.ENDED

    def test_still_on_its_way(self, room: DialRoom) -> None:
        """A call that the carrier still has in hand stays live and moves forward only."""
        attempt = self.silent(room, S.PLACED, "in-progress")
        room.clock.advance(minutes=3)
        assert room.settle().live == 1
        assert attempt_now(room.store, attempt.id).status is S.IN_PROGRESS

    def test_carrier_does_not_know_it(self, room: DialRoom) -> None:
        """A sid that the carrier twice did not know, fifteen minutes apart, is a person's; nobody dials it again."""
        attempt = self.silent(room, S.PLACED, "queued")
        room.carrier.calls.clear()
        for minutes in (3, 10, 4):
            room.clock.advance(minutes=minutes)
            report = room.settle()
            assert (report.given_up, report.live) == (0, 1)
        room.clock.advance(minutes=1)
        report = room.settle()
        assert (report.given_up, report.live) == (1, 0)
        now = attempt_now(room.store, attempt.id)
        assert (now.status, now.disposition, now.cause) == (S.ENDED, "unknown", "carrier_forgot")
        assert now.attempt_number == attempt.attempt_number
        assert [row.kind for row in rows(room.store, select(inbox))] == ["unknown_call"]
        assert (records(room), contact_now(room.store, attempt.contact_id).state) == (1, "done")

    def test_a_call_that_the_carrier_knows_again_lives_on(self, room: DialRoom) -> None:
        """One answer that it does not know the call is no evidence: what it says later counts."""
        attempt = self.silent(room, S.IN_PROGRESS, "in-progress")
        known = dict(room.carrier.calls)
        room.carrier.calls.clear()
        room.clock.advance(minutes=11)
        room.settle()
        room.carrier.calls.update(known)
        room.clock.advance(minutes=16)
        assert room.settle().given_up == 0
        room.carrier.calls.clear()
        room.clock.advance(minutes=16)
        assert room.settle().given_up == 0
        assert attempt_now(room.store, attempt.id).status is S.IN_PROGRESS

    def test_a_question_that_fails_holds_up_no_other(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """A call about which the carrier has no answer is asked about again later; after a day a person looks."""
        poison = self.silent(room, S.PLACED, "completed")
        other = make_contact(room.store, numbers=("+886900000002",))
        other_attempt = make_attempt(room.store, other, status=S.PLACED, at=MONDAY_TEN + timedelta(seconds=1))
        call = CarrierCall(other_attempt.sid or "", "", "", "busy", MONDAY_TEN, MONDAY_TEN, MONDAY_TEN, None, None)
        room.carrier.calls[call.sid] = call
        fetch = room.carrier.fetch

        def fails(sid: str) -> CarrierCall | None:
            if sid == poison.sid:
                raise UnansweredError("http 400")
            return fetch(sid)

        monkeypatch.setattr(room.carrier, "fetch", fails)
        room.clock.advance(minutes=3)
        report = room.settle()
        assert (report.concluded, report.carrier_away, report.live) == (1, False, 1)
        assert attempt_now(room.store, poison.id).updated_at == room.clock.now()
        room.clock.advance(hours=24)
        assert room.settle().given_up == 1
        assert [row.kind for row in rows(room.store, select(inbox))] == ["unknown_call"]

    def test_carrier_is_away(self, room: DialRoom) -> None:
        """While the carrier is away nothing is concluded, and the report says so."""
        self.silent(room, S.PLACED, "completed")
        room.carrier.away = True
        room.clock.advance(minutes=3)
        report = room.settle()
        assert (report.carrier_away, report.concluded, report.live) == (True, 0, 1)


@pytest.mark.parametrize("found", [True, False])
def test_an_opt_out_by_hanging_up_outlives_its_webhook(room: DialRoom, found: bool) -> None:
    """Who asked for no more calls and hung up is suppressed once, also when the last webhook is lost for good."""
    line = ring(room.store)
    open_to_service(line)
    line.hear(Spoken("不要再打來"))
    room.scripts = line.context.scripts
    if found:
        room.carrier.calls[SID] = CarrierCall(SID, "", "", "completed", MONDAY_TEN, MONDAY_TEN, None, 40, None)
    room.clock.advance(minutes=11)
    concluded = room.settle().concluded
    room.clock.advance(minutes=15)
    assert (concluded, room.settle().given_up) == (int(found), int(not found))
    (row,) = rows(room.store, suppressions.select())
    assert (row.contact_id, row.reason) == (line.attempt.contact_id, "opted_out")
    (record,) = rows(room.store, select(outbox))
    assert record.body["opt_out"] is True
    session = attempt_now(room.store, line.attempt.id).session
    assert session is not None
    assert (session["ended"], session["outcome"]) == (True, "opted_out")


def test_reservation_lapses_once(room: DialRoom) -> None:
    """A reservation that a dead worker left becomes unknown after its time to dial, not before."""
    attempt = make_attempt(room.store, make_contact(room.store), status=S.RESERVED)
    room.clock.advance(seconds=10)
    assert room.settle().lapsed == 0
    room.clock.advance(seconds=1)
    assert room.settle().lapsed == 1
    assert room.settle().lapsed == 0
    assert attempt_now(room.store, attempt.id).status is S.UNKNOWN
