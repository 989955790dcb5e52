"""Promises to call back whose window is over."""

from datetime import timedelta

import pytest

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sql.schema import callbacks, inbox
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import AttemptStatus
from outbound.domain.inbox import ROBOT, InboxKind
from outbound.usecases.release_missed import MissedReport, release_missed
from tests.usecases.builders import MONDAY_TEN, make_attempt, make_callback, make_contact, new_id, rows

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
    return release_missed(store, identifiers=SeededIdentifiers(5), now=MONDAY_TEN + TWO_HOURS + timedelta(minutes=1))


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
