"""What processes leave about themselves, on both kinds of database."""

from datetime import timedelta

from outbound.adapters.sql.store import SqlStore
from outbound.usecases.ports.stored.heartbeats import Heartbeat, Role, VerbRun
from tests.conftest import MONDAY_TEN

SOON = MONDAY_TEN + timedelta(seconds=10)


def beat(worker: str, role: Role, answer_ms: float | None = None) -> Heartbeat:
    """A heartbeat at ten o'clock."""
    return Heartbeat(worker, role, MONDAY_TEN, MONDAY_TEN, answer_ms, None if answer_ms is None else 7)


def test_a_heartbeat_replaces_the_last_one(store: SqlStore) -> None:
    """A process stands on the list once, as it was last heard of."""
    later = Heartbeat("host:1/web", Role.WEB, MONDAY_TEN, SOON, 12.5, 40)
    with store.begin() as work:
        work.heartbeats.beat(beat("host:1/web", Role.WEB, 7.0))
        work.heartbeats.beat(beat("host:2", Role.FLOWS))
        work.heartbeats.beat(later)
        work.commit()
    with store.begin() as work:
        assert work.heartbeats.heartbeats() == [later, beat("host:2", Role.FLOWS)]
        assert work.heartbeats.last_seen("host:1/web") == SOON
        assert work.heartbeats.last_seen("nobody") is None


def test_who_leaves_or_is_long_gone_is_off_the_list(store: SqlStore) -> None:
    """A process that ends in order takes itself off; what died is dropped when it is old."""
    with store.begin() as work:
        for name in ("host:1", "host:2"):
            work.heartbeats.beat(beat(name, Role.FLOWS))
        work.heartbeats.leave("host:1")
        assert work.heartbeats.forget(MONDAY_TEN) == 0
        assert work.heartbeats.forget(SOON) == 1
        assert work.heartbeats.heartbeats() == []


def test_the_slowest_answer_is_that_of_a_living_web_process(store: SqlStore) -> None:
    """Neither the past nor processes of another role count."""
    with store.begin() as work:
        assert work.dialling.lines().slowest_answer(MONDAY_TEN) is None
        for name, role, took in (("a", Role.WEB, 80.0), ("b", Role.WEB, 250.0), ("c", Role.FLOWS, 900.0)):
            work.heartbeats.beat(beat(name, role, took))
        assert work.dialling.lines().slowest_answer(MONDAY_TEN) == 250.0
        assert work.dialling.lines().slowest_answer(MONDAY_TEN + timedelta(minutes=1)) is None


def test_a_failed_run_leaves_the_last_good_one_standing(store: SqlStore) -> None:
    """`done_at` is the last good end; the kind of error stands beside it until a run ends well."""
    with store.begin() as work:
        work.heartbeats.verb_began("place_calls", "host:1", MONDAY_TEN)
        assert work.heartbeats.verb_runs() == [VerbRun("place_calls", "host:1", MONDAY_TEN)]
        work.heartbeats.verb_done("place_calls", "host:1", MONDAY_TEN)
        work.heartbeats.verb_began("place_calls", "host:2", SOON)
        work.heartbeats.verb_done("place_calls", "host:2", SOON, "InputProblemError")
        assert work.heartbeats.verb_runs() == [VerbRun("place_calls", "host:2", SOON, MONDAY_TEN, "InputProblemError")]
        work.heartbeats.verb_done("place_calls", "host:2", SOON)
        assert work.heartbeats.verb_runs() == [VerbRun("place_calls", "host:2", SOON, SOON)]
