"""What the gate is told about a stored contact."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from outbound.adapters.sql.schema import contacts, suppressions
from outbound.adapters.sql.store import SqlStore
from outbound.compliance.facts import ChosenWindow, Stage
from outbound.compliance.gate import Decision
from outbound.domain.attempt import AttemptStatus
from outbound.domain.contact import Contact
from outbound.usecases.scheduling.may_call import gather, judge, may_call, number_zones
from tests.usecases.builders import MONDAY_TEN, contact_now, make_attempt, make_contact, new_id, suppress_number
from tests.usecases.dial_room import DialRoom
from tests.values import replace

S = AttemptStatus


@pytest.fixture
def room(sqlite_store: SqlStore, clock: Any) -> DialRoom:
    """The shipped rules and campaign at one database."""
    return DialRoom(sqlite_store, clock)


@contextmanager
def reading(room: DialRoom) -> Iterator[Any]:
    """Open a unit of work that is not committed."""
    with room.store.begin() as work:
        yield work


def ask(room: DialRoom, contact: Contact, instant: datetime = MONDAY_TEN, **changes: Any) -> Decision:
    """Ask the gate about the contact's first number."""
    values = {
        "contact": contact_now(room.store, contact.id),
        "phone": contact.phones[0],
        "instant": instant,
        "campaign": room.campaign,
        "rules": room.rules,
        "stage": Stage.RESERVATION,
    }
    with reading(room) as work:
        return may_call(work, **(values | changes))


def codes(decision: Decision) -> list[str]:
    """Name the reasons."""
    return [reason.code for reason in decision.reasons]


def test_contact_who_may_be_called(room: DialRoom) -> None:
    """Within the hours, with notice given and no refusal, the answer is yes, and the receipt holds no number."""
    contact = make_contact(room.store)
    decision = ask(room, contact)
    assert decision.allowed
    body = str(decision.receipt.body())
    assert "900000001" not in body
    assert contact.full_name not in body


def test_a_longer_script_closes_earlier(room: DialRoom) -> None:
    """A call begins only while ringing and the whole script still fit in before closing time, here nine in the evening.

    For a script whose length nobody knows, the three minutes of the rule pack count, and never less than five.
    """
    contact = make_contact(room.store)
    five_to_nine = MONDAY_TEN.replace(hour=12, minute=54, second=59)
    assert ask(room, contact, five_to_nine).allowed
    assert room.campaign.pacing.ring_timeout_seconds + 336 > 301
    longer = replace(room.rules, script_seconds={room.campaign.script: 336, "another": 3600})
    refused = ask(room, contact, five_to_nine, rules=longer)
    assert codes(refused) == ["closing_soon"]
    assert refused.receipt.body()["script_seconds"] == 336
    last = MONDAY_TEN.replace(hour=13) - timedelta(seconds=336 + room.campaign.pacing.ring_timeout_seconds)
    decision = ask(room, contact, last - timedelta(seconds=1), rules=longer)
    assert (decision.allowed, decision.open_until) == (True, last)


def test_facts_of_the_contact(room: DialRoom) -> None:
    """Privacy notice and do-not-call reach the gate."""
    assert codes(ask(room, make_contact(room.store, privacy_notice_on=None))) == ["privacy_notice_missing"]
    refusing = make_contact(room.store, numbers=("+886900000002",), do_not_call=True)
    assert codes(ask(room, refusing)) == ["do_not_call"]


@pytest.mark.parametrize(
    ("call_class", "allowed"), [(None, False), ("service", False), ("telemarketing", True), ("collection", False)]
)
def test_suppression_by_class(room: DialRoom, call_class: str | None, allowed: bool) -> None:
    """A suppression of everything or of service calls stops a welcome call, one of marketing does not; a class
    without a scope of its own counts as everything.
    """
    contact = make_contact(room.store)
    with room.store.engine.begin() as connection:
        connection.execute(
            suppressions.insert().values(
                id=new_id(),
                contact_id=contact.id,
                call_class=call_class,
                reason="r",
                evidence="e",
                by="b",
                at=MONDAY_TEN,
            )
        )
    assert ask(room, contact).allowed is allowed


def test_suppressed_number_of_another_person(room: DialRoom) -> None:
    """A suppressed number is suppressed for everyone; a lifted suppression is none."""
    contact = make_contact(room.store)
    suppress_number(room.store, "+886900000001")
    assert codes(ask(room, contact)) == ["suppressed"]
    with room.store.engine.begin() as connection:
        connection.execute(update(suppressions).values(lifted_at=MONDAY_TEN, lifted_by="b", lifted_reason="r"))
    assert ask(room, contact).allowed


def test_what_counts_as_an_attempt(room: DialRoom) -> None:
    """What rang or may have rung counts; what was planned, cancelled or certainly refused does not."""
    contact = make_contact(room.store)
    for status in (S.CANCELLED, S.NOT_PLACED):
        make_attempt(room.store, contact, status=status)
    assert ask(room, contact).allowed
    make_attempt(room.store, contact, status=S.ENDED)
    assert codes(ask(room, contact, MONDAY_TEN + timedelta(hours=1))) != []


def test_live_call_holds_up_a_dial_but_no_plan(room: DialRoom) -> None:
    """A number that may be ringing is not dialled; planning for another day goes on; the attempt itself is no bar."""
    contact, other = make_contact(room.store), make_contact(room.store)
    live = make_attempt(room.store, other, status=S.RINGING, at=MONDAY_TEN - timedelta(days=3))
    assert codes(ask(room, contact)) == ["number_live"]
    assert ask(room, contact, stage=Stage.PLAN).allowed
    assert ask(room, contact, leave_out=live.id).allowed


def test_quiet_days(room: DialRoom) -> None:
    """After a welcome the quiet days hold, but not against the call that the customer asked for."""
    contact = make_contact(room.store)
    with room.store.engine.begin() as connection:
        connection.execute(update(contacts).values(welcomed_at=MONDAY_TEN - timedelta(days=3)))
    assert codes(ask(room, contact)) == ["quiet_days"]
    window = ChosenWindow(MONDAY_TEN, MONDAY_TEN + timedelta(hours=2))
    assert ask(room, contact, callback=window).allowed


def test_many_at_once(room: DialRoom) -> None:
    """What is gathered for many contacts gives each the decision that it would get alone."""
    people = [make_contact(room.store, numbers=(f"+88690000{item:04d}",)) for item in range(20)]
    make_attempt(room.store, people[3], status=S.ENDED, at=MONDAY_TEN - timedelta(minutes=30))
    suppress_number(room.store, people[7].phones[0].e164)
    with reading(room) as work:
        gathered = gather(work, people, MONDAY_TEN)
    for person in people:
        together = judge(
            gathered, contact=person, phone=person.phones[0], instant=MONDAY_TEN, campaign=room.campaign,
            rules=room.rules, stage=Stage.PLAN,
        )  # fmt: skip
        assert codes(together) == codes(ask(room, person, stage=Stage.PLAN))


def test_next_allowed(room: DialRoom) -> None:
    """Outside the hours the decision names the next instant at which the answer would be yes."""
    contact = make_contact(room.store)
    decision = ask(room, contact, datetime(2026, 11, 16, 15, 0, tzinfo=UTC))
    assert decision.next_allowed is not None
    assert ask(room, contact, decision.next_allowed).allowed


def test_zones_of_a_number() -> None:
    """A number adds the zones of its numbering plan; one that tells nothing adds none."""
    assert number_zones("+886900000001") == ("Asia/Taipei",)
    assert set(number_zones("+12125550100")) == {"America/New_York"}
    assert number_zones("nonsense") == ()
