"""The one table of an attempt's transitions: what it allows happens with an event, what it forbids changes nothing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from outbound.adapters.sql.schema import attempt_events, attempts
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import (
    FINAL,
    LIVE,
    TRANSITIONS,
    Attempt,
    AttemptStatus,
    IllegalTransitionError,
    may_move,
    move,
)
from outbound.domain.contact import Contact
from outbound.usecases.ports.store import UnitOfWork
from tests.usecases.builders import MONDAY_TEN, attempt_now, make_attempt, make_contact, new_id, rows

S = AttemptStatus
PAIRS = [(source, target) for source in S for target in S]
OPEN = (S.PLANNED, *sorted(LIVE))
SID = "CA" + "e" * 32


def events_of(store: SqlStore, attempt: Attempt) -> list[tuple[str | None, str, str, Any]]:
    """Read the transitions of an attempt."""
    query = select(attempt_events).where(attempt_events.c.attempt_id == attempt.id).order_by(attempt_events.c.seq)
    return [(row.from_status, row.to_status, row.cause, row.at) for row in rows(store, query)]


def by_name(work: UnitOfWork, attempt: Attempt, target: AttemptStatus) -> bool:
    """Move by the verb that is named for the target, where there is one, and by the general one otherwise."""
    if target is S.CANCELLED:
        return work.dialling.cancel(attempt, "cause", None, MONDAY_TEN)
    return work.outcomes.move(attempt, target, {}, "cause", MONDAY_TEN)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_every_pair(store: SqlStore, source: AttemptStatus, target: AttemptStatus) -> None:
    """An allowed step changes the status and leaves one event with cause and time; a forbidden one leaves nothing."""
    attempt = make_attempt(store, make_contact(store), status=source)
    with store.begin() as work:
        moved = by_name(work, attempt, target)
        work.commit()
    allowed = may_move(source, target)
    assert moved is allowed
    assert attempt_now(store, attempt.id).status is (target if allowed else source)
    assert events_of(store, attempt) == ([(source, target, "cause", MONDAY_TEN)] if allowed else [])


NARROW: dict[str, tuple[Callable[[UnitOfWork, Attempt], object], dict[AttemptStatus, AttemptStatus]]] = {
    "reserve": (
        lambda work, attempt: work.dialling.reserve([attempt], MONDAY_TEN), {S.PLANNED: S.RESERVED}
    ),
    "give_back": (
        lambda work, attempt: work.dialling.give_back(attempt, "cause", MONDAY_TEN), {S.RESERVED: S.PLANNED}
    ),
    "note_unknown": (
        lambda work, attempt: work.dialling.note_unknown(attempt, "cause", MONDAY_TEN), {S.RESERVED: S.UNKNOWN}
    ),
    "note_placed": (
        lambda work, attempt: work.dialling.note_placed(attempt, attempt.sid or SID, MONDAY_TEN, MONDAY_TEN),
        {S.RESERVED: S.PLACED, S.UNKNOWN: S.PLACED},
    ),
    "expire": (lambda work, _attempt: work.dialling.expire(MONDAY_TEN.replace(year=2027), 9), {S.PLANNED: S.CANCELLED}),
    "suppressed": (
        lambda work, attempt: work.desk.cancel_planned(
            number_index=attempt.number_index, contact_id=None, cause="cause", now=MONDAY_TEN
        ),
        {S.PLANNED: S.CANCELLED},
    ),
    "withdrawn": (
        lambda work, attempt: work.intake.cancel_planned({attempt.id: "cause"}, MONDAY_TEN), {S.PLANNED: S.CANCELLED}
    ),
}  # fmt: skip


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("name", NARROW)
def test_every_narrow_way(store: SqlStore, name: str, status: AttemptStatus) -> None:
    """Whatever else writes a status moves it from where it is meant to, with an event, and from nowhere else."""
    attempt = make_attempt(store, make_contact(store), status=status)
    step, moves = NARROW[name]
    with store.begin() as work:
        step(work, attempt)
        work.commit()
    target = moves.get(status)
    assert attempt_now(store, attempt.id).status is (target or status)
    assert [event[:2] for event in events_of(store, attempt)] == ([(status, target)] if target else [])
    assert all(cause and at for _, _, cause, at in events_of(store, attempt))


@pytest.mark.parametrize("status", list(S))
def test_a_late_sid(store: SqlStore, status: AttemptStatus) -> None:
    """A call's name is written where there is a call; what was given back, or is over without one, stays without."""
    attempt = make_attempt(store, make_contact(store), status=status, sid=None, placed_at=None)
    assert attempt_now(store, attempt.id).sid is None
    with store.begin() as work:
        stands = work.dialling.note_placed(attempt, SID, MONDAY_TEN, MONDAY_TEN)
        work.commit()
    now, nowhere = attempt_now(store, attempt.id), status in {S.PLANNED, S.CANCELLED, S.NOT_PLACED}
    assert (stands, now.sid, now.placed_at) == (("", None, None) if nowhere else (SID, SID, MONDAY_TEN))


@pytest.mark.parametrize("status", sorted(set(S) - FINAL - {S.PLANNED}))
def test_an_answer_is_a_transition(store: SqlStore, status: AttemptStatus) -> None:
    """A webhook of the conversation moves a live call to in_progress once, with its event; never anywhere else."""
    attempt = make_attempt(store, make_contact(store), status=status)
    for _ in range(2):
        with store.begin() as work:
            call = work.voice.lock_call(attempt.token, 0)
            assert call is not None
            work.voice.adopt(call, call.sid or SID, MONDAY_TEN, "answered")
            work.commit()
    assert attempt_now(store, attempt.id).status is S.IN_PROGRESS
    expected = [] if status is S.IN_PROGRESS else [(status, S.IN_PROGRESS, "answered", MONDAY_TEN)]
    assert events_of(store, attempt) == expected


def test_what_is_over_stays_over() -> None:
    """Nothing leads out of a final status, nothing into the plan but a certain refusal, and every status is reached."""
    assert all(TRANSITIONS[each] == frozenset() for each in FINAL)
    assert [each for each in S if may_move(each, S.PLANNED)] == [S.RESERVED]
    assert {target for targets in TRANSITIONS.values() for target in targets} == set(S)
    assert TRANSITIONS.keys() == {None, *S}
    assert move(None, S.IN_PROGRESS) is S.IN_PROGRESS
    with pytest.raises(IllegalTransitionError, match="ended to placed"):
        move(S.ENDED, S.PLACED)


def second(store: SqlStore, contact: Contact, status: AttemptStatus) -> None:
    """Insert an attempt past every rule of ours, as a mistake would."""
    make_attempt(store, contact, status=status)


@pytest.mark.parametrize("first", sorted(LIVE))
@pytest.mark.parametrize("then", sorted(LIVE))
def test_the_database_refuses_two_live_calls_on_a_number(
    store: SqlStore, first: AttemptStatus, then: AttemptStatus
) -> None:
    """Two people who share a number: while the call of one is live, the database takes none for the other."""
    one, other = make_contact(store, numbers=("+886900000001",)), make_contact(store, numbers=("+886900000001",))
    make_attempt(store, one, status=first)
    with pytest.raises(IntegrityError, match=r"number_index|one_live_call"):
        second(store, other, then)


@pytest.mark.parametrize("first", OPEN)
@pytest.mark.parametrize("then", OPEN)
def test_the_database_refuses_two_open_attempts_of_a_contact(
    store: SqlStore, first: AttemptStatus, then: AttemptStatus
) -> None:
    """One attempt at a time, planned or live, also on another number of the same person."""
    contact = make_contact(store, numbers=("+886900000001", "+886900000002"))
    make_attempt(store, contact, status=first)
    with pytest.raises(IntegrityError, match=r"contact_id|one_open_attempt"):
        make_attempt(store, contact, status=then, phone=1)


@pytest.mark.postgres
@pytest.mark.parametrize("shared", ["number", "contact"])
def test_the_database_refuses_them_at_once_too(postgres_store: SqlStore, shared: str) -> None:
    """Eight transactions insert at the same moment; one of them gets through."""
    store = postgres_store
    people = [make_contact(store, numbers=("+886900000001", "+886900000002")) for _ in range(8)]
    at_once = threading.Barrier(8)

    def insert_one(number: int) -> bool:
        contact = people[number] if shared == "number" else people[0]
        phone = contact.phones[0 if shared == "number" else number % 2]
        values = {
            "id": new_id(), "token": new_id(), "contact_id": contact.id, "company_id": contact.company_id,
            "campaign_id": contact.campaign_id, "phone_id": phone.id, "number_index": phone.number_index,
            "round": 1, "origin": "first", "status": S.RESERVED, "planned_at": MONDAY_TEN,
            "window_start": MONDAY_TEN, "window_end": MONDAY_TEN, "updated_at": MONDAY_TEN,
        }  # fmt: skip
        with store.engine.connect() as connection:
            at_once.wait(10)
            try:
                connection.execute(insert(attempts).values(**values))
                connection.commit()
            except IntegrityError:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(insert_one, range(8))) == 1
