"""Promises to call back whose window is over."""

from datetime import timedelta
from typing import Any

import pytest

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sql.schema import callbacks, inbox
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.contact import ContactState
from outbound.domain.outcome.inbox import ROBOT, InboxKind
from outbound.usecases.outcomes.release_missed import MissedReport, release_missed
from tests.usecases.builders import (
    MONDAY_TEN,
    attempt_now,
    contact_now,
    make_attempt,
    make_callback,
    make_contact,
    new_id,
    rows,
)

TWO_HOURS = timedelta(hours=2)


def promised(store: SqlStore, kind: InboxKind, done_by: str, done_after: timedelta) -> None:
    """Promise to ring between ten and twelve; an item of the same call is finished."""
    attempt = make_attempt(store, make_contact(store), status=AttemptStatus.ENDED)
    make_callback(store, attempt, window_start=MONDAY_TEN)
    done = {"status": "done", "claimed_by": done_by, "done_at": MONDAY_TEN + done_after}
    with store.engine.begin() as connection:
        connection.execute(
            inbox.insert().values(
                id=new_id(),
                kind=kind,
                company_id=attempt.company_id,
                contact_id=attempt.contact_id,
                attempt_id=attempt.id,
                at=MONDAY_TEN,
                due_at=MONDAY_TEN + TWO_HOURS,
                **done,
            )
        )


def release(store: SqlStore) -> MissedReport:
    """Look at the promises once their window is over."""
    return release_missed(
        store, companies={}, identifiers=SeededIdentifiers(5), now=MONDAY_TEN + TWO_HOURS + timedelta(minutes=1)
    )


@pytest.mark.parametrize(("hours", "report"), [(1, MissedReport(0, 1, 0, 0)), (2, MissedReport(0, 0, 1, 0))])
def test_a_person_keeps_the_promise(store: SqlStore, hours: int, report: MissedReport) -> None:
    """A promise counts by when a person finished its item: in the window it is kept, afterwards late."""
    promised(store, InboxKind.QUESTION, "lin", timedelta(hours=hours))
    assert release(store) == report


@pytest.mark.parametrize(
    ("kind", "done_by"),
    [(InboxKind.PERSON_REQUESTED, ROBOT), (InboxKind.UNKNOWN_CALL, "lin"), (InboxKind.CARRIER, "lin")],
)
def test_what_rings_nobody_keeps_no_promise(store: SqlStore, kind: InboxKind, done_by: str) -> None:
    """What the robot closed, or what is not about ringing back, leaves the promise broken: a person rings."""
    promised(store, kind, done_by, timedelta(hours=1))
    assert release(store) == MissedReport(0, 0, 0, 1)
    assert [row.status for row in rows(store, callbacks.select())] == ["broken"]
    assert [row.kind for row in rows(store, inbox.select().where(inbox.c.status == "waiting"))] == ["callback_broken"]


def planned_after(store: SqlStore, **columns: Any) -> Attempt:
    """A promise to ring between ten and twelve, for which a call is planned on the next day."""
    contact = make_contact(store)
    promised_in = make_attempt(store, contact, status=AttemptStatus.ENDED)
    callback_id = make_callback(store, promised_in, window_start=MONDAY_TEN)
    return make_attempt(store, contact, window_start=MONDAY_TEN + timedelta(days=1), callback_id=callback_id, **columns)


def test_what_is_planned_after_the_window_keeps_no_promise(store: SqlStore) -> None:
    """Planned anew behind its window (a stop order lasts, say), a promise is broken: a person rings, the robot not."""
    attempt = planned_after(store)
    assert release(store) == MissedReport(0, 0, 0, 1)
    assert attempt_now(store, attempt.id).status is AttemptStatus.CANCELLED
    contact = contact_now(store, attempt.contact_id)
    assert (contact.state, contact.reason) == (ContactState.DONE, "callback_broken")
    assert [row.kind for row in rows(store, inbox.select())] == ["callback_broken"]
    assert release(store) == MissedReport(0, 0, 0, 0)


@pytest.mark.parametrize("status", [AttemptStatus.RESERVED, AttemptStatus.UNKNOWN, AttemptStatus.IN_PROGRESS])
def test_a_call_that_may_be_ringing_decides_itself(store: SqlStore, status: AttemptStatus) -> None:
    """As long as the promised call is under way or of unknown fate, the promise stays open."""
    planned_after(store, status=status)
    assert release(store) == MissedReport(0, 0, 0, 0)
    assert [row.status for row in rows(store, callbacks.select())] == ["open"]
