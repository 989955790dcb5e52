"""Suspended areas: in force at once, at plan, at reservation and right before the carrier; and refusals on record."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy import select, update

from outbound.adapters.sql.schema import area_suspensions, receipts, suppressions
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.sql.views.places import held_for, planned_between, suspensions
from outbound.adapters.sql.views.read_models import status
from outbound.compliance.facts import BlockedArea
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.attempt import AttemptStatus
from outbound.domain.call_class import CallClass
from outbound.domain.contact import Contact, ContactState
from outbound.usecases.dialling.order import order_call
from outbound.usecases.places.suspend_areas import SuspendReport, lift_area, suspend_areas
from outbound.usecases.problems import InputProblemError
from outbound.usecases.scheduling.may_call import Rules, _refused, gather
from tests.usecases.builders import (
    MONDAY_TEN,
    attempt_now,
    attempts_of,
    contact_now,
    make_attempt,
    make_contact,
    new_id,
    rows,
)
from tests.usecases.dial_room import DialRoom, rulebook
from tests.usecases.test_places import plan
from tests.values import replace

S = AttemptStatus
TONIGHT = MONDAY_TEN + timedelta(hours=14)


@cache
def taiwan() -> Rulebook:
    """The rules of Taiwan as shipped."""
    return rulebook()


@pytest.fixture
def room(store: SqlStore, clock: Any) -> DialRoom:
    """One worker at each kind of database; packs count as signed."""
    room = DialRoom(store, clock)
    room.rules = Rules(taiwan(), room.companies, Trust.ASSUMED)
    return room


def suspend(room: DialRoom, *codes: str, until: datetime = TONIGHT, **changes: Any) -> SuspendReport:
    """Suspend areas."""
    values: dict[str, Any] = {"since": None, "reason": "typhoon", "by": "lin", "now": room.clock.now()}
    return suspend_areas(
        room.store,
        rulebook=room.rules.rulebook,
        codes=codes,
        until=until,
        identifiers=room.identifiers,
        **(values | changes),
    )


def in_hualien(room: DialRoom, number: int = 1, **columns: Any) -> Contact:
    """Somebody whose address names Taiwan and the postal code of Hualien."""
    return make_contact(room.store, numbers=(f"+886900000{number:03d}",), region="TW", postal_code="970", **columns)


class TestInForce:
    """From the command on until its end."""

    def test_between_plan_and_dial(self, room: DialRoom) -> None:
        """Whom a suspension meets after the plan is not dialled, and planned again after its end; others are."""
        here, there = in_hualien(room), make_contact(room.store, numbers=("+886900000002",), region="TW-TPE")
        attempts = [make_attempt(room.store, each) for each in (here, there)]
        assert suspend(room, "tw-hua") == SuspendReport(("TW-HUA",), 0)
        report = room.place()
        assert (report.placed, dict(report.cancelled)) == (1, {"area_blocked": 1})
        assert [order.to for order in room.carrier.orders] == [there.phones[0].e164]
        assert attempt_now(room.store, attempts[0].id).status is S.CANCELLED
        held = contact_now(room.store, here.id)
        assert (held.state, held.reason) == (ContactState.OPEN, "area_blocked")
        assert held.not_before is not None
        assert held.not_before >= TONIGHT
        assert plan(room).planned == 1
        assert attempts_of(room.store, here)[-1].window_start >= TONIGHT

    def test_between_reservation_and_carrier(self, room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
        """A suspension that comes while an attempt is reserved still keeps the telephone from ringing."""
        attempt = make_attempt(room.store, in_hualien(room))
        order = order_call

        def typhoon(*args: Any) -> Any:
            suspend(room, "TW")
            return order(*args)

        monkeypatch.setattr("outbound.usecases.dialling.place_calls.order_call", typhoon)
        assert dict(room.place().cancelled) == {"area_blocked": 1}
        assert room.carrier.orders == []
        assert attempt_now(room.store, attempt.id).status is S.CANCELLED
        kept = rows(room.store, select(receipts.c.stage, receipts.c.allowed).order_by(receipts.c.allowed))
        assert [tuple(row) for row in kept] == [("carrier", False), ("reserve", True)]

    def test_at_plan(self, room: DialRoom) -> None:
        """Who may not be called within the horizon is held with the reason on record; lifting brings them back."""
        contact = in_hualien(room)
        suspend(room, "TW-HUA", until=MONDAY_TEN + timedelta(days=10))
        assert plan(room).held == {"area_blocked": 1}
        with room.store.reading() as connection:
            assert held_for(connection, {"area_blocked"}, 9) == (1, [contact_now(room.store, contact.id)])
        assert plan(room).held == {}, "not again in the same horizon"
        assert lift_area(room.store, code="TW-HUA", by="lin", now=MONDAY_TEN) == 1
        assert plan(room).planned == 1

    def test_a_county_full_of_people_does_not_keep_the_others_waiting(
        self, room: DialRoom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whom the area holds is looked at once in a run, whatever the size of a batch."""
        monkeypatch.setattr("outbound.usecases.scheduling.plan_calls.BATCH", 2)
        for number in range(1, 6):
            in_hualien(room, number)
        make_contact(room.store, numbers=("+886900000009",), at=MONDAY_TEN + timedelta(minutes=1))
        suspend(room, "TW-HUA", until=MONDAY_TEN + timedelta(days=10))
        report = plan(room)
        assert (report.planned, report.held) == (1, {"area_blocked": 5})

    def test_announced_for_later(self, room: DialRoom) -> None:
        """Before its beginning calls go on; what is allowed now ends when it begins."""
        attempt = make_attempt(room.store, in_hualien(room))
        begins = MONDAY_TEN + timedelta(minutes=10)
        suspend(room, "TW-HUA", since=begins)
        assert room.place().placed == 1
        ring_by = attempt_now(room.store, attempt.id).ring_by
        assert ring_by is not None
        assert ring_by <= begins

    def test_it_ends_by_itself(self, room: DialRoom, clock: Any) -> None:
        """At its end calls go on without anybody's doing, and the status no longer shows it."""
        suspend(room, "TW-HUA", until=MONDAY_TEN + timedelta(minutes=10))
        with room.store.reading() as connection:
            assert [row["code"] for row in status(connection, MONDAY_TEN).suspended_areas] == ["TW-HUA"]
        make_attempt(room.store, in_hualien(room))
        clock.advance(minutes=10)
        assert room.place().placed == 1
        with room.store.reading() as connection:
            assert status(connection, clock.now()).suspended_areas == ()


class TestOnRecord:
    """What the verbs write and the views show."""

    def test_the_same_area_again_takes_the_place_of_the_earlier(self, room: DialRoom) -> None:
        """A new end for the same area replaces the old one; another time of the same area stands beside it."""
        suspend(room, "TW-HUA")
        assert suspend(room, "TW-HUA", until=TONIGHT + timedelta(hours=8)).replaced == 1
        tomorrow = TONIGHT + timedelta(days=1)
        assert suspend(room, "TW-HUA", since=tomorrow, until=tomorrow + timedelta(hours=4)).replaced == 0
        with room.store.reading() as connection:
            assert [row["state"] for row in suspensions(connection, MONDAY_TEN)] == ["in_force", "announced"]
            every = suspensions(connection, MONDAY_TEN, every=True)
        assert sorted(row["state"] for row in every) == ["announced", "in_force", "lifted"]
        assert lift_area(room.store, code="TW-HUA", by="chen", now=MONDAY_TEN) == 2
        assert lift_area(room.store, code="TW-HUA", by="chen", now=MONDAY_TEN) == 0
        assert {row.lifted_by for row in rows(room.store, select(area_suspensions))} == {"lin", "chen"}

    def test_planned_contacts_that_it_touches(self, room: DialRoom) -> None:
        """The view finds planned windows that meet the time of a suspension."""
        contact = in_hualien(room)
        make_attempt(room.store, contact)
        with room.store.reading() as connection:
            ((found, windows),) = planned_between(connection, MONDAY_TEN, TONIGHT)
            assert planned_between(connection, TONIGHT, TONIGHT + timedelta(hours=1)) == []
        assert (found.id, windows[0][0]) == (contact.id, MONDAY_TEN)

    @pytest.mark.parametrize(
        ("code", "changes", "part"),
        [
            ("TW-XXX", {}, "did you mean"),
            ("ZZ", {}, "no region"),
            ("TW", {"until": MONDAY_TEN}, "has passed"),
            ("TW", {"since": TONIGHT + timedelta(hours=1)}, "before it begins"),
            ("TW", {"until": MONDAY_TEN + timedelta(days=31)}, "at most 30 days"),
            ("TW", {"reason": ""}, "--reason"),
        ],
    )
    def test_what_cannot_be_is_refused(self, room: DialRoom, code: str, changes: dict[str, Any], part: str) -> None:
        """A wrong code, end, length or missing reason is named, and no area of the command is suspended."""
        with pytest.raises(InputProblemError, match=part):
            suspend(room, "TW-HUA", code, **changes)
        assert rows(room.store, select(area_suspensions)) == []


class TestRefusals:
    """Lifted suppressions stop nothing, but remain refusals that some rules never forget."""

    def test_what_is_gathered(self, room: DialRoom) -> None:
        """Suppressions in force and lifted, of contact and number, come with their instants; areas come once."""
        contact = make_contact(room.store)
        phone = contact.phones[0]
        early, late = MONDAY_TEN - timedelta(days=400), MONDAY_TEN - timedelta(days=3)
        with room.store.engine.begin() as connection:
            for at, whose, call_class in (
                (early, {"contact_id": contact.id}, "telemarketing"),
                (late, {"number_index": phone.number_index}, None),
            ):
                values = {"id": new_id(), "reason": "r", "evidence": "e", "by": "b", "at": at, "call_class": call_class}
                connection.execute(suppressions.insert().values(**values, **whose))
            lifted = {"lifted_at": MONDAY_TEN, "lifted_by": "b", "lifted_reason": "r"}
            connection.execute(update(suppressions).where(suppressions.c.at == late).values(**lifted))
        suspend(room, "TW-HUA")
        with room.store.begin() as work:
            found = gather(work, [contact, replace(contact, id="f" * 32)], MONDAY_TEN)
        refusals = found.refusals(contact, phone)
        assert [(item.at, item.lifted) for item in refusals] == [(early, False), (late, True)]
        assert not found.is_suppressed(phone.number_index)
        assert found.areas == (BlockedArea("TW-HUA", MONDAY_TEN, TONIGHT),)
        assert _refused(refusals, CallClass.SERVICE) == (late,)
        assert _refused(refusals, CallClass.TELEMARKETING) == (early, late)
