"""The ledger sees what is wrong in the product's own books: each kind of fault is written into the tables of a run."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from outbound.adapters.sql.schema import attempt_events, attempts, callbacks, inbox, outbox
from outbound.exchange.faults import Faults
from outbound.simulation.clock import VirtualClock
from outbound.simulation.ledger import check_ledger
from outbound.simulation.runs import Plan
from outbound.simulation.simulate import Outputs, simulate
from tests.torture.scenario import Scenario, draw
from tests.torture.workshop import Workshop
from tests.values import replace

SEED = 4


@pytest.fixture(scope="module")
def run() -> Iterator[tuple[Scenario, Any]]:
    """A run without faults: the scenario, and the engine of its database."""
    with Workshop() as workshop:
        scenario = replace(draw(SEED, workshop.campaign), faults=Faults({}))
        clock = VirtualClock(scenario.start)
        house = workshop.house(scenario, clock)
        path = workshop.folder / "policies.csv"
        scenario.people.write(path)
        plan = Plan(path, scenario.start, scenario.days, SEED, scenario.campaign.id)
        simulate(house, clock, plan, outputs=Outputs())
        yield scenario, house.store.engine
        house.store.engine.dispose()


@pytest.fixture
def books(run: tuple[Scenario, Any]) -> Iterator[Connection]:
    """The tables of the run; whatever a test writes into them is undone."""
    with run[1].connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def rules(books: Connection, run: tuple[Scenario, Any], *apologised_to: str) -> set[str]:
    """Codes of what the ledger finds."""
    end = run[0].start + timedelta(days=run[0].days)
    return {each.rule for each in check_ledger(books, now=end, apologised_to=apologised_to)}


def an_ended_attempt(books: Connection) -> str:
    """Identifier of an attempt that ended after a ring."""
    return str(books.execute(select(attempts.c.id).where(attempts.c.ringing_at.is_not(None)).limit(1)).scalar_one())


def status_moved_silently(books: Connection) -> None:
    """A status without its event, and one that is live."""
    books.execute(update(attempts).where(attempts.c.id == an_ended_attempt(books)).values(status="placed"))


def event_lost(books: Connection) -> None:
    """A step in the middle is missing."""
    theirs = attempt_events.c.attempt_id == an_ended_attempt(books)
    books.execute(delete(attempt_events).where(theirs, attempt_events.c.to_status == "placed"))


def step_back(books: Connection) -> None:
    """What had ended rings once more."""
    last = select(func.max(attempt_events.c.seq)).scalar_subquery()
    row = {"attempt_id": an_ended_attempt(books), "from_status": "ended", "to_status": "ringing", "cause": "ringing"}
    at = books.execute(select(attempt_events.c.at).where(attempt_events.c.seq == last)).scalar_one()
    books.execute(insert(attempt_events).values(**row, at=at))


def cause_missing(books: Connection) -> None:
    """A step for no reason."""
    books.execute(update(attempt_events).where(attempt_events.c.to_status == "ended").values(cause=""))


def record_waits(books: Connection) -> None:
    """A record was never filed."""
    one = select(outbox.c.id).where(outbox.c.kind == "record").limit(1).scalar_subquery()
    books.execute(update(outbox).where(outbox.c.id == one).values(status="pending"))


def record_never_made(books: Connection) -> None:
    """An attempt ended without a record."""
    books.execute(update(attempts).where(attempts.c.id == an_ended_attempt(books)).values(record_id=None))


def person_forgotten(books: Connection) -> None:
    """A person was asked for and nobody was told."""
    one = an_ended_attempt(books)
    books.execute(delete(inbox).where(inbox.c.attempt_id == one))
    books.execute(update(attempts).where(attempts.c.id == one).values(disposition="person_requested"))


def _promise(books: Connection, scenario_start: Any, status: str, reason: str) -> None:
    row = books.execute(select(attempts.c.id, attempts.c.contact_id).limit(1)).one()
    books.execute(delete(inbox))
    books.execute(
        insert(callbacks).values(
            id="c" * 32, contact_id=row.contact_id, attempt_id=row.id, asked_at=scenario_start,
            window_start=scenario_start, window_end=scenario_start + timedelta(hours=1), reason=reason, status=status,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (status_moved_silently, {"status_without_event", "still_live"}),
        (event_lost, {"chain_broken"}),
        (step_back, {"illegal_step", "status_without_event"}),
        (cause_missing, {"no_cause"}),
        (record_waits, {"not_filed"}),
        (record_never_made, {"no_record"}),
        (person_forgotten, {"promise_lost"}),
    ],
    ids=lambda item: getattr(item, "__name__", ""),
)
def test_the_ledger_sees_what_is_spoilt(
    spoil: Callable[[Connection], None], found: set[str], books: Connection, run: tuple[Scenario, Any]
) -> None:
    """Whole books are found whole; each fault that is written into them is named."""
    assert rules(books, run) == set()
    spoil(books)
    assert rules(books, run) == found


def test_a_promise_that_nobody_keeps_is_seen(books: Connection, run: tuple[Scenario, Any]) -> None:
    """An open one whose window is over, one to be kept by a person of which no person knows, and a broken one."""
    _promise(books, run[0].start, "open", "later")
    assert "promise_forgotten" in rules(books, run)
    books.execute(update(callbacks).where(callbacks.c.id == "c" * 32).values(status="broken"))
    assert "promise_lost" in rules(books, run)


def test_an_apology_that_nobody_follows_up_is_seen(books: Connection, run: tuple[Scenario, Any]) -> None:
    """A call in which a person was promised, and nothing in the inbox."""
    books.execute(delete(inbox))
    sid = books.execute(select(attempts.c.sid).where(attempts.c.sid.is_not(None)).limit(1)).scalar_one()
    assert "apology_forgotten" in rules(books, run, sid)
