"""How work stands, as a monitoring system sees it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from outbound.adapters.sql.schema import attempts, pacing
from outbound.adapters.sql.store import DatabaseUnreachableError, SqlStore
from outbound.adapters.sql.views.operations import _counted
from outbound.domain.line.carrier_code import Silence
from outbound.usecases.dialling.stop_dialling import resume_dialling, stop_dialling
from outbound.usecases.ports.carrier import Ambiguous
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.heartbeats import Heartbeat, Role
from outbound.web.health import figures as module
from outbound.web.health.figures import DatabaseFigures
from outbound.web.health.metrics import Metrics
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import make_attempt, make_contact
from tests.usecases.dial_room import DialRoom


@pytest.fixture
def room(store: SqlStore, clock: Any) -> DialRoom:
    """One worker at each kind of database."""
    return DialRoom(store, clock)


def house_of(room: DialRoom, problem: str | None = None) -> Any:
    """What the figures need of an installation."""
    return SimpleNamespace(store=room.store, clock=room.clock, rules_problem=lambda: problem)


def shown(figures: DatabaseFigures) -> dict[str, float]:
    """The figures as Prometheus reads them."""
    lines = Metrics(figures).text().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("outbound_"))
    return {name.removeprefix("outbound_"): float(value) for name, value in pairs}


def plan(room: DialRoom, number: int) -> str:
    """Plan one call that is due."""
    made = make_attempt(room.store, make_contact(room.store, numbers=(f"+88690000{number:04d}",)))
    return made.id


def test_calls_are_counted_where_they_stand(room: DialRoom) -> None:
    """Planned, due, live, of unknown fate and since when; what came of orders, by kind."""
    figures = DatabaseFigures(house_of(room))
    assert shown(figures)["unknown_calls"] == 0
    for number in (1, 2):
        plan(room, number)
    room.carrier.answer = lambda order, sid: (
        Ambiguous(Silence.TIMEOUT) if order.to.endswith("1") else room.carrier.take(order, sid)
    )
    room.place()
    room.clock.advance(seconds=6)
    room.place()
    plan(room, 3)
    room.clock.advance(seconds=60)
    found = shown(figures)
    name = room.campaign.id
    assert found[f'live_calls{{campaign="{name}",status="placed"}}'] == 1
    assert found["unknown_calls"] == found[f'live_calls{{campaign="{name}",status="unknown"}}'] == 1
    assert 50 <= found["unknown_oldest_seconds"] <= 70
    assert found[f'planned_calls{{campaign="{name}"}}'] == found[f'due_calls{{campaign="{name}"}}'] == 1
    assert found["reserved_calls"] == found["reserved_oldest_seconds"] == 0
    assert found['orders_total{answer="placed",kind="created"}'] == 1
    assert found['orders_total{answer="ambiguous",kind="timeout"}'] == 1


def test_a_reservation_that_nobody_follows_up_has_an_age(room: DialRoom) -> None:
    """A dead worker's reservation stands out before anybody settles it."""
    plan(room, 1)
    with room.store.engine.begin() as connection:
        connection.execute(update(attempts).values(status="reserved", reserved_at=MONDAY_TEN, dial_by=MONDAY_TEN))
    room.clock.advance(minutes=3)
    found = shown(DatabaseFigures(house_of(room)))
    assert (found["reserved_calls"], found["reserved_oldest_seconds"]) == (1, 180)


def test_the_desk_and_the_line_are_counted(room: DialRoom) -> None:
    """Items by kind and how many are overdue, stop orders in force, the pace and what holds it up."""
    item = NewItem("i" * 32, "complaint", "formosa-life", None, None, MONDAY_TEN, MONDAY_TEN + timedelta(hours=1), None)
    with room.store.begin() as work:
        work.desk.add_item(item)
        work.dialling.open_lines(["trunk/main", room.campaign.id], MONDAY_TEN)
        work.commit()
    with room.store.engine.begin() as connection:
        paused = {"paused_until": MONDAY_TEN + timedelta(minutes=15), "paused_for": "carrier_20003"}
        connection.execute(
            update(pacing).where(pacing.c.trunk == "trunk/main").values(factor=0.5, failures=3, **paused)
        )
    stop_dialling(room.store, campaign_id=None, reason="a test", by="lin", identifiers=room.identifiers, now=MONDAY_TEN)
    figures = DatabaseFigures(house_of(room))
    found = shown(figures)
    assert found['stop_orders{campaign="all"}'] == 1
    assert found['pace_factor{line="trunk/main"}'] == 0.5
    assert found['pace_failures{line="trunk/main"}'] == 3
    assert found['pace_paused{cause="carrier_20003",line="trunk/main"}'] == 1
    assert found['breaker{line="trunk/main",state="open"}'] == 1
    assert found[f'breaker{{line="{room.campaign.id}",state="closed"}}'] == 1
    assert found['inbox_waiting{kind="complaint"}'] == 1
    assert 'inbox_overdue{kind="complaint"}' not in found
    resume_dialling(room.store, campaign_id=None, by="lin", now=MONDAY_TEN)
    room.clock.advance(hours=2)
    later = shown(figures)
    assert later['inbox_overdue{kind="complaint"}'] == 1
    assert not [name for name in later if name.startswith(("stop_orders", "pace_paused"))]


def test_processes_and_verbs_have_an_age(room: DialRoom) -> None:
    """Who lives, who fell silent, how slowly webhooks are answered, and when each verb last ended well."""
    old = MONDAY_TEN - timedelta(minutes=5)
    with room.store.begin() as work:
        for worker, role, seen, answer in (
            ("a/web", Role.WEB, MONDAY_TEN, 120.0),
            ("b/web", Role.WEB, old, 900.0),
            ("c", Role.FLOWS, old, None),
        ):
            work.heartbeats.beat(Heartbeat(worker, role, old, seen, answer, None))
        work.heartbeats.verb_done("plan_calls", "c", old)
        work.heartbeats.verb_done("place_calls", "c", old, "OSError")
        work.commit()
    found = shown(DatabaseFigures(house_of(room)))
    assert (found['workers{role="web"}'], found['workers_lost{role="web"}']) == (1, 1)
    assert (found['workers{role="flows"}'], found['workers_lost{role="flows"}']) == (0, 1)
    assert found['heartbeat_age_seconds{role="flows"}'] == 300
    assert found['answer_p95_seconds{role="web"}'] == 0.12
    assert found['verb_success_age_seconds{verb="plan_calls"}'] == 300
    assert 'verb_success_age_seconds{verb="place_calls"}' not in found
    assert found['verb_failing{verb="place_calls"}'] == 1


def test_readings_are_kept_for_some_seconds(room: DialRoom) -> None:
    """However many ask, the database is asked once in five seconds."""
    figures = DatabaseFigures(house_of(room))
    assert "planned_calls" not in str(shown(figures))
    plan(room, 1)
    assert "planned_calls" not in str(shown(figures))
    room.clock.advance(seconds=5)
    assert "planned_calls" in str(shown(figures))


def test_orders_are_counted_once_however_long_it_runs(room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old transitions are summed up and not read again; the count stays right."""
    monkeypatch.setattr(module, "_MARGIN", 2)
    figures = DatabaseFigures(house_of(room))
    shown(figures)
    for number in range(1, 7):
        plan(room, number)
        room.place()
        room.clock.advance(seconds=10)
        assert shown(figures)['orders_total{answer="placed",kind="created"}'] == number


def test_without_a_database_one_figure_says_so(room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is there all the same: what cannot be read is not shown, rather than shown as nothing."""

    def away() -> None:
        raise DatabaseUnreachableError("away")

    monkeypatch.setattr(room.store, "reading", away)
    found = shown(DatabaseFigures(house_of(room, "a pack")))
    assert found == {"database_up": 0, "rules_readable": 0}


def test_no_figure_bears_what_belongs_to_a_call(room: DialRoom) -> None:
    """Neither numbers nor tokens nor sids are labels."""
    plan(room, 1)
    room.place()
    text = Metrics(DatabaseFigures(house_of(room))).text().decode()
    with room.store.reading() as connection:
        row = connection.execute(attempts.select()).mappings().one()
    for secret in (row["token"], row["sid"], row["id"], row["contact_id"], "900000001"):
        assert secret not in text


def test_what_is_done_is_not_read_again(sqlite_store: SqlStore) -> None:
    """Deliveries and inbox items that are done grow for years: an index leads to those that are not."""
    with sqlite_store.engine.connect() as connection:
        statement = _counted(MONDAY_TEN).compile(connection, compile_kwargs={"literal_binds": True})
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    assert not [line for line in plan if line.startswith(("SCAN outbox", "SCAN inbox", "SCAN attempts"))]
