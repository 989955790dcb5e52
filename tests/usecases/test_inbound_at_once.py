"""Two deliveries of one call, and a call of ours at the same moment: PostgreSQL lets both begin, one finds out."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from outbound.adapters.sql.schema import attempts, inbound_calls
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import AttemptStatus
from outbound.usecases.inbound.take_inbound_call import take_inbound_call
from outbound.usecases.problems import TryAgainError
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import make_attempt, rows
from tests.usecases.inbound_room import Caller, inbound_context, missed_contact


@pytest.mark.postgres
def test_both_deliveries_get_the_same_bytes(postgres_store: SqlStore) -> None:
    """However they fall, there is one conversation, one row, and one answer."""
    missed_contact(postgres_store)
    context = inbound_context()
    caller, answers = Caller(postgres_store, context), []

    def deliver() -> None:
        for _ in range(3):
            try:
                answers.append(
                    take_inbound_call(postgres_store, request=caller.request, context=context, now=MONDAY_TEN)
                )
            except TryAgainError:
                continue
            return

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert len(rows(postgres_store, select(attempts).where(attempts.c.origin == "inbound"))) == 1
    assert len(rows(postgres_store, select(inbound_calls))) == 1


@pytest.mark.postgres
def test_a_worker_that_reserves_meanwhile_wins(postgres_store: SqlStore) -> None:
    """Where a worker has reserved the planned call, there is no second conversation: a person is promised."""
    contact = missed_contact(postgres_store)
    planned = make_attempt(postgres_store, contact, window_start=MONDAY_TEN + timedelta(minutes=1))
    reserved = threading.Event()

    def reserve() -> None:
        with postgres_store.engine.begin() as connection:
            connection.execute(
                attempts.update().where(attempts.c.id == planned.id).values(status=AttemptStatus.RESERVED)
            )
            reserved.set()
            threading.Event().wait(0.3)

    worker = threading.Thread(target=reserve)
    worker.start()
    reserved.wait()
    caller = Caller(postgres_store)
    try:
        caller.ring()
    except TryAgainError:
        caller.ring()
    worker.join()
    assert caller.kept()[0].met == "busy_with_us"
