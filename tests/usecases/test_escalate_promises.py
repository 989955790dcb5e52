"""A promised return call that nobody has kept goes to a person while it can still be kept."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, select, update

from outbound.adapters.clock import RandomIdentifiers
from outbound.adapters.sql.schema import attempt_events, attempts, callbacks, contacts, inbox
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import LIVE, Attempt, AttemptStatus
from outbound.domain.company import Company
from outbound.domain.contact import ContactState
from outbound.domain.hours import OpenHours
from outbound.domain.outcome.inbox import ROBOT
from outbound.domain.service_desk import ServiceDesk
from outbound.usecases.dialling.stop_dialling import stop_dialling
from outbound.usecases.outcomes.escalate_promises import escalate_promises
from outbound.usecases.outcomes.release_missed import release_missed
from tests.usecases.builders import (
    MONDAY_TEN,
    attempts_of,
    contact_now,
    make_attempt,
    make_callback,
    make_contact,
    new_id,
    rows,
)
from tests.usecases.dial_room import DialRoom

S = AttemptStatus
TWO_HOURS = timedelta(hours=2)
NOON = MONDAY_TEN + TWO_HOURS
IN_TIME = NOON - timedelta(minutes=30)


def promise(store: SqlStore, *, hours: float = 2, **contact: Any) -> tuple[Attempt, str]:
    """Somebody was called before ten, asked to be called back from ten on, and waits for it."""
    person = make_contact(store, **contact)
    made = make_attempt(store, person, status=S.ENDED, at=MONDAY_TEN - timedelta(days=1))
    callback = make_callback(store, made, window_start=MONDAY_TEN, hours=hours, reason="later")
    with store.engine.begin() as connection:
        waits = {"state": ContactState.OPEN, "reason": "waiting_for_callback"}
        connection.execute(update(contacts).where(contacts.c.id == person.id).values(**waits))
    return made, callback


def planned(store: SqlStore, made: Attempt, callback: str, status: AttemptStatus = S.PLANNED) -> Attempt:
    """The call that was to keep it."""
    contact = contact_now(store, made.contact_id)
    return make_attempt(store, contact, status=status, callback_id=callback, origin="callback", window_minutes=120)


def escalate(store: SqlStore, minutes: float = 90, companies: Mapping[str, Company] | None = None) -> int:
    """Look at the promises so many minutes after ten; by default nobody knows when people work."""
    now = MONDAY_TEN + timedelta(minutes=minutes)
    return escalate_promises(store, companies=companies or {}, identifiers=RandomIdentifiers(), now=now)


def release(store: SqlStore) -> tuple[int, int, int]:
    """Judge what is over; return how many promises were kept, late, broken."""
    report = release_missed(store, companies={}, identifiers=RandomIdentifiers(), now=NOON)
    return report.kept, report.late, report.broken


@pytest.mark.parametrize(("hours", "too_early", "in_time"), [(2, 89.9, 90), (0.5, 14.9, 15), (1, 29.9, 30)])
def test_half_an_hour_is_left_to_a_person(store: SqlStore, hours: float, too_early: float, in_time: float) -> None:
    """The last thirty minutes of a window, or its last half where it is short, are the person's."""
    promise(store, hours=hours)
    assert (escalate(store, too_early), escalate(store, in_time), escalate(store, in_time)) == (0, 1, 0)
    (item,) = rows(store, select(inbox))
    assert (item.kind, item.status, item.due_at) == ("callback_due", "waiting", MONDAY_TEN + timedelta(hours=hours))
    (row,) = rows(store, select(callbacks))
    assert (row.status, row.escalated_at) == ("open", MONDAY_TEN + timedelta(minutes=in_time))


def test_nobody_is_rung_twice(store: SqlStore) -> None:
    """The robot's plan is cancelled with its event, and the contact is the person's from now on."""
    made, callback = promise(store)
    plan = planned(store, made, callback)
    assert escalate(store) == 1
    contact = contact_now(store, made.contact_id)
    assert (contact.state, contact.reason) == (ContactState.DONE, "callback_escalated")
    assert [each.status for each in attempts_of(store, contact)] == [S.ENDED, S.CANCELLED]
    (event,) = rows(store, select(attempt_events).where(attempt_events.c.attempt_id == plan.id))
    assert (event.from_status, event.to_status, event.cause) == ("planned", "cancelled", "callback_escalated")


@pytest.mark.parametrize("status", sorted(LIVE - {S.UNKNOWN}))
def test_a_call_in_the_air_keeps_it(store: SqlStore, status: AttemptStatus) -> None:
    """Who is being rung at this moment is left to that call."""
    planned(store, *promise(store), status)
    assert escalate(store) == 0
    assert rows(store, select(inbox)) == []


def test_a_call_of_unknown_fate_keeps_nothing(store: SqlStore) -> None:
    """When nobody knows whether it rang, a person rings in time, and is told so."""
    planned(store, *promise(store), S.UNKNOWN)
    assert escalate(store) == 1
    (item,) = rows(store, select(inbox))
    assert "nobody knows whether it rang" in item.note


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("suppressed", "asked for no more calls"),
        ("area_blocked", "suspended"),
        ("no_usable_number", "no number works"),
        ("waiting_for_callback", "has not got through"),
    ],
)
def test_the_person_learns_what_is_in_the_way(store: SqlStore, reason: str, words: str) -> None:
    """The note says when the call was promised and why the robot did not make it."""
    made, _ = promise(store)
    with store.engine.begin() as connection:
        connection.execute(update(contacts).where(contacts.c.id == made.contact_id).values(reason=reason))
    assert escalate(store) == 1
    (item,) = rows(store, select(inbox))
    assert words in item.note
    assert "2026-11-16 02:00–04:00 UTC" in item.note


def test_a_stop_order_breaks_no_promise(store: SqlStore, clock: Any) -> None:
    """While dialling is stopped settling still hands the promise over, though carrier and campaign are gone as well."""
    planned(store, *promise(store))
    ids = RandomIdentifiers()
    stop_dialling(store, campaign_id=None, reason="drill", by="lin", identifiers=ids, now=MONDAY_TEN)
    room = DialRoom(store, clock)
    room.carrier.away = True
    clock.advance(minutes=90)
    assert room.place().placed == 0
    assert room.settle().escalated == 1
    (item,) = rows(store, select(inbox))
    assert "dialling is stopped" in item.note


@pytest.mark.parametrize(
    ("finished", "verdict", "status"),
    [(20, (1, 0, 0), "kept"), (30, (0, 1, 0), "late"), (None, (0, 0, 1), "broken")],
)
def test_the_person_keeps_it_or_not(
    store: SqlStore, finished: int | None, verdict: tuple[int, int, int], status: str
) -> None:
    """Finished before the window's end it is kept; otherwise late or broken, and there is one item for one matter."""
    promise(store)
    escalate(store)
    (item,) = rows(store, select(inbox))
    if finished is not None:
        with store.begin() as work:
            assert work.desk.finish_item(item.id, "lin", None, IN_TIME + timedelta(minutes=finished))
            work.commit()
    assert release(store) == verdict
    (row,) = rows(store, select(callbacks))
    assert row.status == status
    assert [each.kind for each in rows(store, select(inbox))] == ["callback_due"]


def test_what_a_person_has_already_is_not_asked_twice(store: SqlStore) -> None:
    """An item of the same call that a person has or had is enough; what the robot closed is not."""
    for by, status in (("lin", "claimed"), (ROBOT, "done")):
        made, _ = promise(store)
        with store.begin() as work:
            work.commit()
        with store.engine.begin() as connection:
            values = {
                "id": new_id(),
                "kind": "question",
                "company_id": made.company_id,
                "contact_id": made.contact_id,
                "attempt_id": made.id,
                "at": MONDAY_TEN,
                "due_at": NOON,
                "status": status,
                "claimed_by": by,
            }
            connection.execute(inbox.insert().values(**values))  # fmt: skip
    assert escalate(store) == 1


def test_many_at_once(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """More promises than fit a batch are all handed over."""
    monkeypatch.setattr("outbound.usecases.outcomes.escalate_promises.BATCH", 2)
    for _ in range(5):
        promise(store)
    assert escalate(store) == 5


@pytest.mark.postgres
def test_two_workers_hand_each_over_once(postgres_store: SqlStore) -> None:
    """Two workers that look at the same moment put one item a promise into the inbox."""
    for _ in range(12):
        promise(postgres_store)
    at_once = threading.Barrier(2)

    def run(_worker: int) -> int:
        at_once.wait(10)
        return escalate(postgres_store)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, range(2))) == 12
    assert len(rows(postgres_store, select(inbox))) == 12


class TestDesk:
    """A promise is handed to people who are there."""

    OPEN = OpenHours(frozenset(range(1, 6)), time(9), time(18))

    def companies(self, companies: dict[str, Company], *hours: OpenHours) -> dict[str, Company]:
        """The company, with people at the desk in these hours of Taipei."""
        desk = ServiceDesk(ZoneInfo("Asia/Taipei"), hours)
        return {"formosa-life": replace(companies["formosa-life"], service_desk=desk)}

    def test_in_their_hours_as_ever(self, store: SqlStore, companies: dict[str, Company]) -> None:
        """With people at the desk half an hour before the end the promise is theirs, due at its end."""
        promise(store)
        assert escalate(store, companies=self.companies(companies, self.OPEN)) == 1
        (item,) = rows(store, select(inbox))
        assert item.due_at == NOON

    def test_an_empty_desk_keeps_nothing(self, store: SqlStore, companies: dict[str, Company]) -> None:
        """While nobody is there the robot has it to the end; broken, it waits for the desk to open."""
        afternoon = self.companies(companies, OpenHours(frozenset({1}), time(14), time(18)))
        made, callback = promise(store)
        planned(store, made, callback)
        assert [escalate(store, minutes, afternoon) for minutes in (90, 100, 119)] == [0, 0, 0]
        assert [each.status for each in attempts_of(store, contact_now(store, made.contact_id))][-1] is S.PLANNED
        cancelled = attempts_of(store, contact_now(store, made.contact_id))[-1]
        with store.engine.begin() as connection:
            connection.execute(delete(attempts).where(attempts.c.id == cancelled.id))
        report = release_missed(store, companies=afternoon, identifiers=RandomIdentifiers(), now=NOON)
        assert report.broken == 1
        (item,) = rows(store, select(inbox))
        assert (item.kind, item.due_at) == ("callback_broken", MONDAY_TEN + timedelta(hours=8))

    @pytest.mark.parametrize(("closes", "escalated"), [(time(11, 40), 1), (time(11, 39), 0)])
    def test_who_goes_home_before_the_end_needs_ten_minutes(
        self, store: SqlStore, companies: dict[str, Company], closes: time, escalated: int
    ) -> None:
        """Ten minutes before the desk closes are enough to ring, and the item is due when it closes; fewer are not."""
        promise(store)
        morning = self.companies(companies, OpenHours(frozenset({1}), time(9), closes))
        assert escalate(store, 90, morning) == escalated
        assert [row.due_at for row in rows(store, select(inbox))] == [MONDAY_TEN + timedelta(minutes=100)] * escalated

    @pytest.mark.parametrize(
        ("hours", "closes", "too_early", "in_time"),
        [
            (4, time(12), 89, 90),
            (8, time(11), 29, 30),
            (2, time(10, 40), 19, 20),
            (2, time(10, 15), 4, 5),
            (2, time(10, 10), -1, 0),
        ],
    )
    def test_people_go_home_within_the_window(
        self,
        store: SqlStore,
        companies: dict[str, Company],
        hours: float,
        closes: time,
        too_early: float,
        in_time: float,
    ) -> None:
        """Half an hour, the half of their time, or what a call takes is theirs before they leave, if nobody was rung.

        However long the window runs on, even while dialling is stopped since the morning.
        """
        ids, desk = RandomIdentifiers(), self.companies(companies, OpenHours(frozenset({1}), time(9), closes))
        planned(store, *promise(store, hours=hours))
        stop_dialling(store, campaign_id=None, reason="drill", by="lin", identifiers=ids, now=MONDAY_TEN)
        assert [escalate(store, minutes, desk) for minutes in (too_early, in_time, in_time)] == [0, 1, 0]
        (item,) = rows(store, select(inbox))
        local = item.due_at.astimezone(ZoneInfo("Asia/Taipei"))
        assert (local.time(), "dialling is stopped" in item.note) == (closes, True)

    def test_back_from_lunch(self, store: SqlStore, companies: dict[str, Company]) -> None:
        """Who comes back before the window's end gets it then, and the robot has it until they do."""
        halves = [OpenHours(frozenset({1}), time(9), time(11, 15)), OpenHours(frozenset({1}), time(11, 45), time(18))]
        promise(store)
        desk = self.companies(companies, *halves)
        assert [escalate(store, minutes, desk) for minutes in (45, 70, 90, 104, 105)] == [0, 0, 0, 0, 1]

    def test_back_for_minutes(self, store: SqlStore, companies: dict[str, Company]) -> None:
        """Minutes in which nobody can call are nobody's time: the promise is a person's before that."""
        halves = [OpenHours(frozenset({1}), time(9), time(11)), OpenHours(frozenset({1}), time(11, 45), time(11, 50))]
        promise(store)
        desk = self.companies(companies, *halves)
        assert [escalate(store, minutes, desk) for minutes in (29, 30)] == [0, 1]

    def test_an_empty_desk_keeps_nobody_else_waiting(
        self, store: SqlStore, companies: dict[str, Company], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Behind however many promises of a desk that is closed, those of people who are there are handed over."""
        monkeypatch.setattr("outbound.usecases.outcomes.escalate_promises.BATCH", 2)
        closed = ServiceDesk(ZoneInfo("Asia/Taipei"), (OpenHours(frozenset({2}), time(9), time(18)),))
        both = {
            **self.companies(companies, self.OPEN),
            "closed": replace(companies["formosa-life"], service_desk=closed),
        }
        for _ in range(3):
            made, _ = promise(store)
            with store.engine.begin() as connection:
                connection.execute(update(contacts).where(contacts.c.id == made.contact_id).values(company_id="closed"))
        for _ in range(3):
            promise(store, hours=2.1)
        assert escalate(store, 110, both) == 3

    def test_a_short_window_needs_what_is_left_of_it(self, store: SqlStore, companies: dict[str, Company]) -> None:
        """The last five minutes of a window of ten are a person's, though they are fewer than ten."""
        promise(store, hours=1 / 6)
        assert escalate(store, 5, self.companies(companies, self.OPEN)) == 1

    def test_a_desk_that_opens_late_gets_what_is_left(self, store: SqlStore, companies: dict[str, Company]) -> None:
        """Who comes at a quarter to twelve takes up then what ends at noon."""
        promise(store)
        late = self.companies(companies, OpenHours(frozenset({1}), time(11, 45), time(18)))
        assert [escalate(store, minutes, late) for minutes in (90, 104, 105)] == [0, 0, 1]
