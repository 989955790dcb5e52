"""Who wishes to speak with a person stands in a person's queue, with the time by which somebody has to ring."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sql.schema import callbacks, contacts, inbox
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Keyed, Spoken
from outbound.domain.contact import ContactState
from outbound.usecases.outcomes.release_missed import release_missed
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import contact_now, rows
from tests.usecases.voice_room import Line, ask_a_person, open_to_service, ring

NOON = MONDAY_TEN + timedelta(hours=2)


def due(store: SqlStore) -> list[tuple[str, timedelta]]:
    """What waits, and how long after ten it is due."""
    return [(row.kind, row.due_at - MONDAY_TEN) for row in rows(store, inbox.select().order_by(inbox.c.due_at))]


def with_a_question(store: SqlStore) -> Line:
    """A verified person has asked something that a person shall answer, and is offered times for it."""
    line = ring(store)
    open_to_service(line)
    line.key("1", "2")
    ask_a_person(line)
    return line


def test_a_question_with_a_time_is_due_by_its_end(store: SqlStore) -> None:
    """From eleven to twelve was promised: the question is due at noon, not the day after tomorrow."""
    line = with_a_question(store)
    assert due(store) == [("question", timedelta(hours=48))]
    line.key("1", "1")
    line.hang_up(9)
    (promise,) = rows(store, callbacks.select())
    assert (promise.reason, promise.window_end) == ("question", NOON)
    assert due(store) == [("question", timedelta(hours=2))]
    contact = contact_now(store, line.attempt.contact_id)
    assert contact.state is ContactState.DONE


def test_a_question_without_a_time_is_due_in_two_days(store: SqlStore) -> None:
    """Who wants none of the times is called within two days."""
    line = with_a_question(store)
    line.key("4")
    line.hang_up(9)
    assert due(store) == [("question", timedelta(hours=48))]


def test_a_wish_with_a_time_is_due_by_its_end(store: SqlStore) -> None:
    """A person was wished for at a time: the item is due when that time is over."""
    line = ring(store)
    open_to_service(line)
    line.key("1", "2", "2", "1", "1", "1")
    line.hang_up(9)
    (promise,) = rows(store, callbacks.select())
    assert promise.reason == "wish"
    assert due(store) == [("person_requested", promise.window_end - MONDAY_TEN)]


@pytest.mark.parametrize("closed", [True, False])
def test_a_last_word_is_due_by_its_end_too(store: SqlStore, closed: bool) -> None:
    """A time that was confirmed after the call was concluded: where a person keeps it, it is due at its end."""
    line = with_a_question(store)
    line.key("1")
    line.hang_up(9)
    if closed:
        with store.engine.begin() as connection:
            connection.execute(update(contacts).values(state=ContactState.DONE, reason="welcomed"))
    line.deliver(line.turn, Keyed("1"))
    assert [row.window_end for row in rows(store, callbacks.select())] == [NOON]
    assert due(store) == [("question", timedelta(hours=2))]


def test_asking_for_a_person_is_due_in_a_day(store: SqlStore) -> None:
    """Without a time, a person rings within a day."""
    line = ring(store)
    open_to_service(line)
    line.key("0")
    line.hang_up(9)
    assert due(store) == [("person_requested", timedelta(hours=24))]


def test_a_chosen_time_that_is_far_is_waited_for(store: SqlStore) -> None:
    """Who chose a time in three days is not rung before it; a complaint of the same call waits for nothing."""
    line = with_a_question(store)
    line.hear(Spoken("我要申訴"))
    with store.begin() as work:
        work.desk.due_by(line.attempt.id, MONDAY_TEN + timedelta(hours=72))
        work.commit()
    assert due(store) == [("complaint", timedelta(hours=4)), ("question", timedelta(hours=72))]


def test_a_question_that_nobody_saw_to_is_one_matter(store: SqlStore) -> None:
    """A person's promise that was not kept is broken on record; what waits is the item that a person has already."""
    line = with_a_question(store)
    line.key("1", "1")
    line.hang_up(9)
    late = NOON + timedelta(minutes=1)
    report = release_missed(store, companies={}, identifiers=SeededIdentifiers(5), now=late)
    assert report.broken == 1
    assert [row.kind for row in rows(store, inbox.select())] == ["question"]
