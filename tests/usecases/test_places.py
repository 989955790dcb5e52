"""Which place of a contact counts, and what a stated one does to plan and dial."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy import select, update

from outbound.adapters.files.rules.packs import load_rulebook
from outbound.adapters.sql.schema import contact_places, contacts, receipts
from outbound.adapters.sql.store import SqlStore
from outbound.compliance.facts import PlaceSource, Stage
from outbound.compliance.gate import Decision
from outbound.compliance.place import may_hold
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.attempt import AttemptStatus
from outbound.domain.contact import Contact, ContactState, StatedPlace
from outbound.planning.deadline_first import DeadlineFirst
from outbound.usecases.places.state_place import state_place, take_back_place
from outbound.usecases.places.whereabouts import Whereabouts, whereabouts, why_unplaced
from outbound.usecases.problems import InputProblemError
from outbound.usecases.scheduling.may_call import Rules, may_call
from outbound.usecases.scheduling.plan_calls import PlanReport, plan_calls
from tests.usecases.builders import MONDAY_TEN, attempt_now, attempts_of, contact_now, make_attempt, make_contact, rows
from tests.usecases.dial_room import ROOT, DialRoom
from tests.usecases.sent import statements
from tests.values import replace

S = AttemptStatus
NEW_YORK_TEN = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
"""Monday 2026-11-16, 10:00 in New York, 23:00 in Taipei."""


@cache
def two_countries() -> Rulebook:
    """The rules of Taiwan and of the United States as shipped."""
    return load_rulebook(ROOT / "config" / "compliance", years=(2026, 2027), only=("TW", "US"))


@pytest.fixture
def room(store: SqlStore, clock: Any) -> DialRoom:
    """One worker at each kind of database; packs count as signed."""
    room = DialRoom(store, clock)
    room.rules = Rules(two_countries(), room.companies, Trust.ASSUMED)
    return room


def plan(room: DialRoom, now: datetime = MONDAY_TEN) -> PlanReport:
    """Plan once."""
    return plan_calls(
        room.store,
        campaign=room.campaign,
        rules=room.rules,
        planner=DeadlineFirst(),
        identifiers=room.identifiers,
        now=now,
    )


def state(room: DialRoom, contact: Contact, region: str, **changes: Any) -> tuple[str, ...]:
    """Record a place; return the codes of why nobody can be called there."""
    values: dict[str, Any] = {"time_zone": None, "until": None, "evidence": "call", "by": "lin", "now": MONDAY_TEN}
    reasons = state_place(
        room.store,
        rulebook=room.rules.rulebook,
        contact_id=contact.id,
        region=region,
        identifiers=room.identifiers,
        **(values | changes),
    )
    return tuple(reason.code for reason in reasons)


def take_back(room: DialRoom, contact: Contact, **changes: Any) -> bool:
    """Take back what the contact said."""
    values: dict[str, Any] = {"evidence": "call", "by": "lin", "now": MONDAY_TEN}
    return take_back_place(room.store, contact_id=contact.id, identifiers=room.identifiers, **(values | changes))


def ask(room: DialRoom, contact: Contact, instant: datetime = MONDAY_TEN) -> Decision:
    """Ask the gate about the contact's first number as a dial does."""
    with room.store.begin() as work:
        return may_call(
            work,
            contact=contact_now(room.store, contact.id),
            phone=contact.phones[0],
            instant=instant,
            campaign=room.campaign,
            rules=room.rules,
            stage=Stage.RESERVATION,
        )


def codes(decision: Decision) -> list[str]:
    """Name the reasons."""
    return [reason.code for reason in decision.reasons]


class TestWhichPlaceCounts:
    """Stated, then the policy's address, then billing: a pure choice."""

    @pytest.fixture
    def person(self, sqlite_store: SqlStore) -> Contact:
        """Somebody with an address in Taipei."""
        return make_contact(sqlite_store)

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ({"region": "TW-TPE"}, ("TW-TPE", None, "policy")),
            ({"region": "TW", "postal_code": "970"}, ("TW-HUA", None, "policy")),
            ({"region": "TW", "postal_code": "970005"}, ("TW-HUA", None, "policy")),
            ({"region": "TW", "postal_code": "999"}, ("TW", None, "policy")),
            ({"region": "TW", "postal_code": None}, ("TW", None, "policy")),
            ({"region": "TW-TPE", "postal_code": "970"}, ("TW-TPE", None, "policy")),
            ({"region": "TW-TPE", "billing_region": "US-NY"}, ("TW-TPE", None, "policy")),
            ({"region": "US", "billing_region": "US-NY"}, ("US-NY", None, "billing")),
            ({"region": "US", "time_zone": "America/New_York", "billing_region": "US-NY"},
             ("US-NY", "America/New_York", "billing")),
            ({"region": "US", "time_zone": "America/Denver", "billing_region": "US-NY"},
             ("US", "America/Denver", "policy")),
            ({"region": "US", "billing_region": "TW-TPE"}, ("US", None, "policy")),
            ({"region": "US", "billing_region": "US"}, ("US", None, "policy")),
            ({"region": "FJ", "billing_region": "TW-TPE"}, ("FJ", None, "policy")),
        ],
    )  # fmt: skip
    def test_address_and_billing(
        self, person: Contact, address: dict[str, Any], expected: tuple[str, str | None, str]
    ) -> None:
        """The address counts, made narrower by its postal code; a bill only tells the part of the same country, and
        never against the zone that the policy states.
        """
        found = whereabouts(replace(person, **address), two_countries(), MONDAY_TEN)
        assert (found.region, found.time_zone, found.source) == expected

    def test_what_the_customer_says_counts_while_it_lasts(self, person: Contact) -> None:
        """A stay counts until its end, then what was said until further notice, resolved or not."""
        end = MONDAY_TEN + timedelta(days=3)
        home = StatedPlace("TW-TTT", None, None, MONDAY_TEN - timedelta(days=9))
        stay = StatedPlace("FJ", None, end, MONDAY_TEN - timedelta(days=1))
        away = replace(person, stated=(home, stay))
        book = two_countries()
        assert whereabouts(away, book, end - timedelta(seconds=1)) == Whereabouts("FJ", None, PlaceSource.STATED, end)
        assert [reason.code for reason in why_unplaced(away, book, MONDAY_TEN)] == ["pack_missing"]
        assert whereabouts(away, book, end) == Whereabouts("TW-TTT", None, PlaceSource.STATED)
        assert why_unplaced(away, book, end) == ()

    @pytest.mark.parametrize(
        ("area", "region", "held"),
        [
            ("TW-HUA", "TW-HUA", True),
            ("TW", "TW-HUA", True),
            ("TW-HUA", "TW", True),
            ("TW-HUA", "TW-TTT", False),
            ("TW", "US-NY", False),
        ],
    )
    def test_what_an_area_holds(self, area: str, region: str, held: bool) -> None:
        """An area holds itself, its parts, and a country of which only the whole is known."""
        assert may_hold(two_countries(), area, region) is held


class TestStating:
    """What the verbs write."""

    def test_a_stated_place_decides_the_hours(self, room: DialRoom) -> None:
        """Somebody in New York is called by New York's day, and not at ten in Taipei; the receipt tells whose word."""
        contact = make_contact(room.store, consents={"automated_voice": None})
        assert ask(room, contact).allowed
        assert state(room, contact, "us-ny") == ()
        refused = ask(room, contact)
        assert not refused.allowed
        assert "outside_hours" in codes(refused) or "day_closed" in codes(refused)

    def test_after_a_stay_the_next_place_answers(self, room: DialRoom) -> None:
        """Nobody is called in Fiji without rules; the next lawful instant is that of the place after the stay."""
        contact = make_contact(room.store)
        end = MONDAY_TEN + timedelta(days=1)
        assert state(room, contact, "FJ", until=end) == ("pack_missing",)
        decision = ask(room, contact)
        assert (codes(decision), decision.next_allowed) == (["pack_missing"], end)
        assert ask(room, contact, end).allowed

    def test_a_decision_in_a_stay_is_open_no_longer_than_it(self, room: DialRoom) -> None:
        """A call that may begin now may not begin to ring after the stay has ended."""
        contact = make_contact(room.store)
        end = MONDAY_TEN + timedelta(minutes=20)
        state(room, contact, "TW-HUA", until=end)
        assert ask(room, contact).open_until == end

    def test_the_latest_word_replaces_the_earlier(self, room: DialRoom) -> None:
        """A place until further notice ends all that was said before; a stay leaves that standing."""
        contact = make_contact(room.store)
        state(room, contact, "TW-HUA")
        state(room, contact, "TW-TTT", until=MONDAY_TEN + timedelta(days=2), now=MONDAY_TEN + timedelta(hours=1))
        assert {place.region for place in contact_now(room.store, contact.id).stated} == {"TW-HUA", "TW-TTT"}
        state(room, contact, "TW-KHH", now=MONDAY_TEN + timedelta(hours=2))
        assert [place.region for place in contact_now(room.store, contact.id).stated] == ["TW-KHH"]
        assert take_back(room, contact, now=MONDAY_TEN + timedelta(hours=3))
        assert contact_now(room.store, contact.id).stated == ()
        assert not take_back(room, contact)
        assert len(rows(room.store, select(contact_places))) == 4

    def test_who_took_a_place_back_and_why_is_on_record(self, room: DialRoom) -> None:
        """Taking back leaves a row that was never in force, with the person and the evidence."""
        contact = make_contact(room.store)
        state(room, contact, "TW-HUA")
        later = MONDAY_TEN + timedelta(hours=1)
        assert take_back(room, contact, evidence="ticket 12", by="chen", now=later)
        taken = select(contact_places).where(contact_places.c.source == "taken_back")
        (row,) = rows(room.store, taken)
        assert (row.by, row.evidence, row.at, row.ended_at, row.region) == ("chen", "ticket 12", later, later, "TW-HUA")

    def test_no_number_is_kept_as_evidence(self, room: DialRoom) -> None:
        """Evidence that holds somebody's number is refused both ways, and what was said stays in force."""
        contact = make_contact(room.store)
        state(room, contact, "TW-HUA")
        for act in (lambda text: state(room, contact, "TW-TTT", evidence=text),
                    lambda text: take_back(room, contact, evidence=text)):  # fmt: skip
            with pytest.raises(InputProblemError, match="recording or ticket"):
                act("電話 0900000678 王試試")
        assert [place.region for place in contact_now(room.store, contact.id).stated] == ["TW-HUA"]

    def test_a_county_may_be_named(self, room: DialRoom) -> None:
        """The name of a county does as well as its code."""
        contact = make_contact(room.store)
        state(room, contact, "台東縣")
        assert [place.region for place in contact_now(room.store, contact.id).stated] == ["TW-TTT"]

    def test_whom_the_planner_held_is_looked_at_at_once(self, room: DialRoom) -> None:
        """Somebody of no known state is held with the reason on record, and planned as soon as the place is stated."""
        contact = make_contact(room.store, region="US", consents={"automated_voice": None})
        assert plan(room).held == {"place_unknown": 1}
        assert [row.reasons for row in rows(room.store, select(receipts.c.reasons))] == [["place_unknown"]]
        assert plan(room).held == {}
        state(room, contact, "TW-HUA")
        assert plan(room).planned == 1
        assert contact_now(room.store, contact.id).state is ContactState.PLANNED

    def test_a_pause_after_a_call_stays(self, room: DialRoom) -> None:
        """Who waits for a retry is not brought forward; who was dialled within a day waits a day at most."""
        waiting = make_contact(room.store)
        dialled = make_contact(room.store, numbers=("+886900000002",))
        make_attempt(room.store, dialled, status=S.ENDED, at=MONDAY_TEN - timedelta(hours=2))
        later = MONDAY_TEN + timedelta(days=5)
        with room.store.engine.begin() as connection:
            for contact, reason in ((waiting, "waiting_for_retry"), (dialled, "place_unknown")):
                changes = {"reason": reason, "not_before": later, "state": "open"}
                connection.execute(update(contacts).where(contacts.c.id == contact.id).values(**changes))
        state(room, waiting, "TW-HUA")
        state(room, dialled, "TW-HUA")
        assert contact_now(room.store, waiting.id).not_before == later
        assert contact_now(room.store, dialled.id).not_before == MONDAY_TEN + timedelta(days=1)

    def test_a_plan_of_before_is_asked_again_at_the_dial(self, room: DialRoom) -> None:
        """A planned call to somebody who now says to be in New York is not made at ten in Taipei."""
        contact = make_contact(room.store, consents={"automated_voice": None})
        attempt = make_attempt(room.store, contact)
        state(room, contact, "US-NY")
        report = room.place()
        assert (report.placed, room.carrier.orders) == (0, [])
        assert attempt_now(room.store, attempt.id).status is S.CANCELLED
        assert contact_now(room.store, contact.id).state is ContactState.OPEN

    @pytest.mark.parametrize(
        ("region", "changes", "part"),
        [
            ("TW-XXX", {}, "no region that a rule pack knows"),
            ("US-NY", {"time_zone": "America/Denver"}, "Zones of US-NY are America/New_York"),
            ("US-NY", {"time_zone": "America/Nowhere"}, "no time zone"),
            ("TW", {"until": MONDAY_TEN}, "has passed"),
            ("TW", {"evidence": " "}, "--evidence"),
            ("TW", {"evidence": "e" * 201}, "--evidence"),
        ],
    )
    def test_what_cannot_be_is_refused(self, room: DialRoom, region: str, changes: dict[str, Any], part: str) -> None:
        """A wrong code, zone, end or missing evidence is named with how to mend it, and nothing is kept."""
        contact = make_contact(room.store)
        with pytest.raises(InputProblemError, match=part):
            state(room, contact, region, **changes)
        assert rows(room.store, select(contact_places)) == []

    def test_a_contact_that_is_not_there(self, room: DialRoom) -> None:
        """An identifier that nobody bears is an input problem."""
        contact = replace(make_contact(room.store), id="0" * 32)
        with pytest.raises(InputProblemError, match="no contact"):
            state(room, contact, "TW-HUA")


class TestTheDialPath:
    """A stated place and suspended areas cost a dial no statement of its own."""

    def test_callee_and_bars_take_one_statement_each(self, room: DialRoom) -> None:
        """Contact, number, policies and places come in one statement; suppressions and areas in another."""
        contact = make_contact(room.store, policy_nos=("P1", "P2"))
        state(room, contact, "TW-HUA")
        state(room, contact, "TW-TTT", until=MONDAY_TEN + timedelta(days=1))
        with room.store.begin() as work, statements(room.store) as sent:
            found = work.dialling.callee(contact.id, contact.phones[0].id)
            work.dialling.bars([contact.id], [contact.phones[0].number_index], MONDAY_TEN)
        assert len(sent) == 2
        assert found is not None
        assert [policy.policy_no for policy in found.policies] == ["P1", "P2"]
        assert {place.region for place in found.stated} == {"TW-HUA", "TW-TTT"}

    def test_a_reserved_attempt_knows_when_it_may_no_longer_ring(self, room: DialRoom) -> None:
        """`ring_by` is the end of what the gate allowed; giving the attempt back takes it away."""
        contact = make_contact(room.store)
        attempt = make_attempt(room.store, contact)
        assert room.place().placed == 1
        ring_by = attempt_now(room.store, attempt.id).ring_by
        assert ring_by is not None
        assert ring_by.date() == date(2026, 11, 16)
        assert attempts_of(room.store, contact)[0].status is S.PLACED


@pytest.mark.parametrize("traveller_first", [True, False])
def test_two_people_who_are_in_one_place_for_now_are_planned_for_where_each_goes_back_to(
    sqlite_store: SqlStore, clock: Any, traveller_first: bool
) -> None:
    """Both are in Taipei until eight; whose home is New York is not rung there on a Sunday evening at half past eight.

    Whichever of the two is looked at first.
    """
    room = DialRoom(sqlite_store, clock)
    room.rules = Rules(two_countries(), room.companies, Trust.ASSUMED)
    before_six, eight = MONDAY_TEN - timedelta(hours=4), MONDAY_TEN - timedelta(hours=2)
    issued = [date(2026, 11, 9), date(2026, 11, 12)]
    homes = ["US-NY", "TW-TPE"] if traveller_first else ["TW-TPE", "US-NY"]
    people = {
        home: make_contact(
            sqlite_store, numbers=(f"+88690000000{number}",), region=home, issued_on=issued[number],
            postal_code=None, consents={"automated_voice": "2026-11-12"}, privacy_notice_on=date(2026, 11, 9),
        )
        for number, home in enumerate(homes)
    }  # fmt: skip
    for person in people.values():
        state(room, person, "TW-TPE", until=eight, now=before_six)
    plan(room, before_six)
    planned = {home: attempts_of(sqlite_store, person) for home, person in people.items()}
    assert planned["TW-TPE"]
    assert planned["TW-TPE"][0].window_start == eight + timedelta(minutes=90)
    for attempt in planned["US-NY"]:
        decision = ask(room, people["US-NY"], attempt.window_start)
        assert decision.allowed, codes(decision)
