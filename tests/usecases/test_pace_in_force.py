"""The pace in force, as every worker finds it in the database: lowered by trouble, and the breaker of the carrier."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from outbound.adapters.sql.schema import heartbeats, inbox, pacing
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.line.carrier_code import RefusalKind, Silence
from outbound.domain.line.pace import LOWEST, REOPENS_AT, Breaker
from outbound.domain.line.trunk import Lines, Trunk
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.dialling.place_calls import PlaceReport
from outbound.usecases.ports.carrier import Ambiguous, CallOrder, Placed, Refused
from tests.usecases.builders import MONDAY_TEN, attempt_now, make_attempt, make_contact, rows
from tests.usecases.dial_room import DialRoom
from tests.values import replace

S = AttemptStatus


@pytest.fixture
def room(store: SqlStore, clock: Any) -> DialRoom:
    """A trunk of one call a second, on each kind of database; the first batch has opened its line."""
    room = DialRoom(store, clock, trunk=Trunk(calls_per_second=1))
    room.place()
    return room


def plan(room: DialRoom, count: int, first: int = 1) -> list[Attempt]:
    """Plan calls to so many people, for the next two hours."""
    return [
        make_attempt(
            room.store, make_contact(room.store, numbers=(f"+886900000{first + item:03d}",)), window_minutes=120
        )
        for item in range(count)
    ]


def lines(room: DialRoom) -> Lines:
    """Read how the line stands."""
    with room.store.begin() as work:
        return work.dialling.lines()


def share(room: DialRoom) -> float:
    """Read the share of the configured rate that is in force."""
    return lines(room).paces[room.trunk.name].share(room.clock.now())


def other_worker(room: DialRoom) -> PlaceReport:
    """Let another process dial, which knows of nothing but the database."""
    return room.place(worker="other", watch=ClockWatch(room.clock))


def beat(room: DialRoom, answer_ms: float, worker: str = "web-1", role: str = "web") -> None:
    """Let a process tell how long its webhooks take."""
    now = room.clock.now()
    with room.store.engine.begin() as connection:
        connection.execute(
            insert(heartbeats).values(
                worker=worker, role=role, started_at=now, seen_at=now, answer_ms=answer_ms, answers=40
            )
        )


class TestRefusedForPace:
    """Too many requests, too many calls at once."""

    @pytest.mark.parametrize(("code", "kind"), [(20429, RefusalKind.RATE), (10004, RefusalKind.NOT_NOW)])
    def test_halves_the_pace_of_every_worker(self, room: DialRoom, code: int, kind: RefusalKind) -> None:
        """The attempt stays planned and uncounted; afterwards every worker dials at half the rate."""
        (attempt, *_) = plan(room, 3)
        room.carrier.answer = lambda *_: Refused(code, 429, kind)
        assert room.place().refused == 1
        assert (attempt_now(room.store, attempt.id).status, share(room)) == (S.PLANNED, 0.5)
        assert attempt_now(room.store, attempt.id).attempt_number is None
        room.carrier.answer = None
        room.clock.advance(seconds=30)
        report = other_worker(room)
        assert report.placed == 1
        assert report.next_due is not None
        assert timedelta(seconds=1.85) < report.next_due - room.clock.now() < timedelta(seconds=2)
        assert attempt_now(room.store, attempt.id).attempt_number == 1

    def test_rate_comes_back_by_the_clock(self, room: DialRoom) -> None:
        """Each minute without trouble gives five hundredths back, and nothing has to run for it."""
        plan(room, 1)
        room.carrier.answer = lambda *_: Refused(20429, 429, RefusalKind.RATE)
        room.place()
        room.clock.advance(minutes=4)
        assert share(room) == pytest.approx(0.7)
        room.clock.advance(hours=9)
        assert share(room) == 1

    def test_other_refusals_leave_the_pace_alone(self, room: DialRoom) -> None:
        """A number that cannot be called says nothing about the pace."""
        plan(room, 1)
        room.carrier.answer = lambda *_: Refused(21211, 400, RefusalKind.NUMBER_UNUSABLE)
        assert room.place().refused == 1
        assert share(room) == 1


class TestSlowWebhooks:
    """Our own webhooks, whose answers a person waits for."""

    @pytest.mark.parametrize(("answer_ms", "expected"), [(480, 1), (700, 0.5), (6000, LOWEST)])
    def test_lower_the_pace(self, room: DialRoom, answer_ms: float, expected: float) -> None:
        """Answers that a listener feels halve the pace; answers near the carrier's limit leave the least."""
        beat(room, 30, "web-2")
        beat(room, answer_ms)
        room.place()
        assert share(room) == expected

    def test_once_until_it_shows(self, room: DialRoom) -> None:
        """While the same slow answers are still being told, the pace is lowered once in half a minute."""
        beat(room, 700)
        for _ in range(5):
            room.place()
            room.clock.advance(seconds=2)
        assert 0.5 <= share(room) < 0.52

    def test_old_beats_and_other_roles_do_not_count(self, room: DialRoom) -> None:
        """A process that was last heard of a minute ago, and one that answers nobody, say nothing."""
        beat(room, 700, "flows-1", role="flows")
        beat(room, 9000)
        room.clock.advance(minutes=1)
        room.place()
        assert share(room) == 1


class TestBreaker:
    """A carrier that gives no clear answers."""

    @pytest.mark.parametrize("kind", list(Silence))
    def test_one_unknown_call_a_try_and_longer_each_time(self, room: DialRoom, kind: Silence) -> None:
        """Three silences in a row open the breaker for half a minute, the next for a minute; all workers heed it."""
        plan(room, 9)
        room.carrier.answer = lambda *_: Ambiguous(kind)
        for _ in range(3):
            assert room.place().ambiguous == 1
            room.clock.advance(seconds=6)
        assert lines(room).breaker(room.trunk, room.clock.now()) is Breaker.OPEN
        assert other_worker(room).held == {"paused": 6}
        room.clock.advance(seconds=24)
        assert lines(room).breaker(room.trunk, room.clock.now()) is Breaker.HALF_OPEN
        assert other_worker(room).ambiguous == 1
        report = room.place()
        assert report.held == {"paused": 5}
        assert report.next_due == room.clock.now() + timedelta(seconds=60)
        assert len(room.carrier.orders) == 4

    def test_half_open_asks_a_harmless_question(self, room: DialRoom) -> None:
        """While the carrier does not even tell the time, nothing is ordered and no attempt is touched."""
        attempts = plan(room, 2)
        room.carrier.away = True
        waits = []
        for _ in range(6):
            report = other_worker(room)
            assert report.held == {"carrier_away": 2}
            assert report.next_due is not None
            waits.append((report.next_due - room.clock.now()).total_seconds())
            room.clock.instant = report.next_due
        assert waits == [5, 5, 30, 60, 120, 240]
        assert room.carrier.orders == []
        assert {attempt_now(room.store, each.id).status for each in attempts} == {S.PLANNED}

    def test_closes_with_a_low_pace(self, room: DialRoom) -> None:
        """After an outage the first call is alone; once it is taken, dialling begins at a tenth of the rate."""
        plan(room, 4)
        room.carrier.away = True
        for _ in range(3):
            room.clock.instant = room.place().next_due
        room.carrier.away = False
        assert room.place().placed == 1
        now = lines(room)
        assert (now.failures(room.trunk), now.breaker(room.trunk, room.clock.now())) == (0, Breaker.CLOSED)
        assert share(room) == REOPENS_AT

    def test_every_worker_asks_before_it_orders(self, room: DialRoom) -> None:
        """After one silence of another worker nobody risks an order without asking first."""
        plan(room, 3)
        room.carrier.answer = lambda *_: Ambiguous(Silence.TIMEOUT)
        room.place()
        room.carrier.answer = None
        room.clock.advance(seconds=6)
        watch = ClockWatch(room.clock)
        watch.check(room.carrier)
        asked = room.carrier.asked_time
        assert room.place(worker="other", watch=watch).placed == 1
        assert room.carrier.asked_time == asked + 1

    def test_unreachable_counts(self, room: DialRoom) -> None:
        """A carrier to which no connection comes about opens the breaker too; no attempt is spent on it."""
        (attempt,) = plan(room, 1)
        room.carrier.answer = lambda *_: Refused(None, None, RefusalKind.UNREACHABLE)
        for _ in range(3):
            room.clock.instant = room.place().next_due
        assert lines(room).failures(room.trunk) == 3
        assert attempt_now(room.store, attempt.id).attempt_number is None


def several(room: DialRoom, count: int = 6) -> list[Attempt]:
    """Plan calls on a line that is fast and was idle for a second, so that they are reserved together."""
    room.trunk = Trunk(calls_per_second=1e9)
    room.clock.advance(seconds=1)
    return plan(room, count)


def statuses(room: DialRoom, attempts: Sequence[Attempt]) -> list[str]:
    """Read where they stand, in the order in which they were planned."""
    return [attempt_now(room.store, each.id).status.value for each in attempts]


class TestSeveralReservedAtOnce:
    """What stops the first order stops the others that were reserved with it."""

    @pytest.mark.parametrize(
        ("code", "http", "kind"),
        [(20003, 401, RefusalKind.AUTHENTICATION), (20429, 429, RefusalKind.RATE), (10004, 429, RefusalKind.NOT_NOW)],
    )
    def test_refusal(self, room: DialRoom, code: int, http: int, kind: RefusalKind) -> None:
        """After one refusal that concerns the trunk nothing else is ordered: the rest goes back, uncounted."""
        attempts = several(room)
        room.carrier.answer = lambda *_: Refused(code, http, kind)
        report = room.place()
        assert (report.refused, report.held) == (1, {"paused": 5})
        assert len(room.carrier.orders) == 1
        assert statuses(room, attempts) == ["planned"] * 6
        assert len(rows(room.store, select(inbox))) == (kind is RefusalKind.AUTHENTICATION)

    def test_configuration_of_one_campaign(self, room: DialRoom) -> None:
        """An order that is wrong pauses its campaign, and the others go on."""
        mine, other = room.campaign, replace(room.campaign, id="other")
        several(room, 2)
        others = [
            make_attempt(room.store, make_contact(room.store, numbers=(f"+8869000000{number}",), campaign_id="other"))
            for number in (50, 51)
        ]
        theirs = {each.token for each in others}
        room.carrier.answer = lambda order, sid: (
            room.carrier.take(order, sid) if order.token in theirs else Refused(21212, 400, RefusalKind.CONFIGURATION)
        )
        campaigns = {mine.id: mine, "other": other}
        room.place(campaigns=campaigns)
        room.clock.advance(seconds=1)
        room.place(campaigns=campaigns)
        assert statuses(room, others) == ["placed", "placed"]
        assert sum(order.token not in theirs for order in room.carrier.orders) == 1
        paused = {row.trunk for row in rows(room.store, select(pacing)) if row.paused_until is not None}
        assert paused == {mine.id}

    def test_silence(self, room: DialRoom) -> None:
        """One silence makes one call unknown; what was reserved with it stays planned."""
        attempts = several(room)
        room.carrier.answer = lambda *_: Ambiguous(Silence.TIMEOUT)
        report = room.place()
        assert (report.ambiguous, report.held) == (1, {"paused": 5})
        assert sorted(statuses(room, attempts)) == ["planned"] * 5 + ["unknown"]

    def test_stop_order(self, room: DialRoom) -> None:
        """An order to stop that comes while several are reserved holds back those that were not ordered yet."""
        from outbound.usecases.dialling.stop_dialling import stop_dialling

        attempts = several(room)

        def stop_after_two(order: CallOrder, sid: str) -> Placed:
            if len(room.carrier.orders) == 2:
                stop_dialling(
                    room.store, campaign_id=None, reason="fire", by="lin", identifiers=room.identifiers,
                    now=room.clock.now(),
                )  # fmt: skip
            room.clock.advance(seconds=0.3)
            return room.carrier.take(order, sid)

        room.carrier.answer = stop_after_two
        report = room.place()
        assert (report.placed, report.held) == (2, {"stop_order": 4})
        assert sorted(statuses(room, attempts)) == ["placed"] * 2 + ["planned"] * 4

    def test_slow_orders(self, room: DialRoom) -> None:
        """What comes to its turn ten seconds after the reservation is not ordered."""
        several(room)

        def slow(order: CallOrder, sid: str) -> Placed:
            room.clock.advance(seconds=4)
            return room.carrier.take(order, sid)

        room.carrier.answer = slow
        report = room.place()
        assert (report.placed, report.held) == (3, {"dialled_too_late": 3})
        assert report.next_due is not None

    def test_crash_before_they_are_written(self, room: DialRoom) -> None:
        """A worker that dies after some orders leaves reservations; each is settled by evidence, none ordered again."""
        attempts = several(room)

        def die_at_the_third(order: CallOrder, sid: str) -> Placed:
            placed = room.carrier.take(order, sid)
            if len(room.carrier.orders) == 3:
                raise KeyboardInterrupt
            return placed

        room.carrier.answer = die_at_the_third
        with pytest.raises(KeyboardInterrupt):
            room.place()
        room.carrier.answer = None
        assert statuses(room, attempts) == ["reserved"] * 6
        room.clock.advance(seconds=11)
        assert room.settle().lapsed == 6
        room.clock.advance(seconds=31)
        room.settle()
        assert sorted(statuses(room, attempts)) == ["placed"] * 3 + ["unknown"] * 3
        assert room.place().placed == 0
        assert len(room.carrier.orders) == 3

    def test_same_number_twice(self, room: DialRoom) -> None:
        """Two people on one number are never reserved together; the second is asked about when the first is live."""
        room.trunk = Trunk(calls_per_second=1e9)
        room.clock.advance(seconds=1)
        plan(room, 2)
        shared = make_attempt(room.store, make_contact(room.store, numbers=("+886900000001",)))
        assert room.place().placed == 2
        assert attempt_now(room.store, shared.id).cause == "number_live"

    def test_one_that_the_database_forbids(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """When the unique index objects to one of several, the others are reserved all the same."""
        from outbound.adapters.sql.dialling import SqlDialling

        attempts = several(room, 4)
        stranger = make_contact(room.store, numbers=("+886900000002",))
        make_attempt(room.store, stranger, status=S.RINGING, at=MONDAY_TEN)
        monkeypatch.setattr(SqlDialling, "past_attempts", lambda *_: [])
        report = room.place()
        assert (report.placed, report.held) == (3, {"number_live": 1})
        assert sorted(statuses(room, attempts)) == ["placed"] * 3 + ["planned"]

    def test_written_together(self, room: DialRoom) -> None:
        """A webhook that is quicker than the writing is not undone by it; every call keeps its own sid."""
        from tests.usecases.test_place_calls import close

        attempts = several(room, 3)

        def ring_first(order: CallOrder, sid: str) -> Placed:
            placed = room.carrier.take(order, sid)
            if len(room.carrier.orders) == 2:
                close(room, next(each for each in attempts if each.token == order.token), "ringing", sid)
            return placed

        room.carrier.answer = ring_first
        assert room.place().placed == 3
        assert sorted(statuses(room, attempts)) == ["placed", "placed", "ringing"]
        assert len({attempt_now(room.store, each.id).sid for each in attempts}) == 3
