"""Attendance: what a process leaves about itself, seldom enough and without ever costing a batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from outbound.adapters.sql.store import DatabaseUnreachableError, SqlStore
from outbound.usecases.heartbeat import Attendance, expected, standing_still
from outbound.usecases.ports.stored.heartbeats import Heartbeat, Role, VerbRun
from tests.conftest import MONDAY_TEN


class Counted:
    """A store that counts transactions, and is away when told."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.begun, self.away = store, 0, False

    @contextmanager
    def begin(self) -> Iterator[Any]:
        """Open one."""
        self.begun += 1
        if self.away:
            raise DatabaseUnreachableError("away")
        with self.store.begin() as work:
            yield work


@pytest.fixture
def counted(sqlite_store: SqlStore) -> Counted:
    """An empty database."""
    return Counted(sqlite_store)


@pytest.fixture
def attendance(counted: Any) -> Attendance:
    """A worker that began at ten."""
    return Attendance(counted, "host:7", Role.FLOWS, MONDAY_TEN)


def at(seconds: float) -> Any:
    """So many seconds after ten."""
    return MONDAY_TEN + timedelta(seconds=seconds)


def beats(counted: Counted) -> list[Heartbeat]:
    """The list of processes."""
    with counted.store.begin() as work:
        return work.heartbeats.heartbeats()


def runs(counted: Counted) -> list[VerbRun]:
    """The last runs."""
    with counted.store.begin() as work:
        return work.heartbeats.verb_runs()


def test_a_verb_asked_each_second_is_noted_each_ten(counted: Counted, attendance: Attendance) -> None:
    """A minute of dialling costs six notes of each kind, not a hundred and twenty."""
    for second in range(60):
        attendance.began("place_calls", at(second))
        attendance.ended("place_calls", at(second + 0.1))
    assert counted.begun == 3 * 6
    assert runs(counted) == [VerbRun("place_calls", "host:7", at(50), at(50.1))]
    assert beats(counted) == [Heartbeat("host:7", Role.FLOWS, MONDAY_TEN, at(50))]


def test_a_change_is_noted_at_once(counted: Counted, attendance: Attendance) -> None:
    """A run that fails after good ones stands there at once, and so does the first good one afterwards."""
    attendance.ended("place_calls", at(0))
    attendance.ended("place_calls", at(1), "OSError")
    assert runs(counted)[0].problem == "OSError"
    attendance.ended("place_calls", at(2))
    assert (runs(counted)[0].problem, runs(counted)[0].done_at) == (None, at(2))


def test_a_clock_that_is_set_back_silences_nobody(counted: Counted, attendance: Attendance) -> None:
    """Who beat in a wrong future beats again in the right present."""
    attendance.beat(at(7200))
    attendance.beat(at(1))
    assert beats(counted)[0].seen_at == at(1)


def test_a_database_that_is_away_costs_no_batch(counted: Counted, attendance: Attendance) -> None:
    """Nothing is raised, and the next time is told what is true then."""
    counted.away = True
    attendance.began("plan_calls", at(0))
    attendance.ended("plan_calls", at(1), "OSError")
    attendance.leave()
    counted.away = False
    attendance.ended("plan_calls", at(2))
    assert runs(counted) == [VerbRun("plan_calls", "host:7", at(2), at(2))]


def test_the_list_holds_who_works(counted: Counted, attendance: Attendance) -> None:
    """Who ends in order is off the list; who died long ago is dropped when somebody else begins."""
    dead = Heartbeat("host:1", Role.FLOWS, at(-90000), at(-90000))
    with counted.store.begin() as work:
        work.heartbeats.beat(dead)
        work.commit()
    attendance.beat(at(0), 12.0, 3)
    assert beats(counted) == [Heartbeat("host:7", Role.FLOWS, at(0), at(0), 12.0, 3)]
    attendance.leave()
    assert beats(counted) == []


def test_who_was_replaced_is_missed_no_longer() -> None:
    """A killed process is shown until one of its role began on its host, and for an hour at most."""
    killed = Heartbeat("host:1", Role.FLOWS, at(-900), at(-600))
    elsewhere = Heartbeat("other:1", Role.FLOWS, at(-300), at(0))
    beside = Heartbeat("host:2", Role.FLOWS, at(-900), at(0))
    web = Heartbeat("host:3/web", Role.WEB, at(-300), at(0))
    assert expected([elsewhere, beside, web, killed], at(0)) == (elsewhere, beside, web, killed)
    again = Heartbeat("host:4", Role.FLOWS, at(-300), at(0))
    assert expected([again, killed], at(0)) == (again,)
    assert expected([killed], at(3000)) == (killed,)
    assert expected([killed], at(3001)) == ()


def test_a_verb_that_never_ran_has_the_time_since_somebody_looked() -> None:
    """An installation that was just begun is given its time, and one that stood still over the weekend too."""
    every = {"plan_calls": timedelta(minutes=2)}
    friday = VerbRun("plan_calls", "host:1", at(-300_000), at(-300_000))
    assert standing_still([], every, since=at(0), now=at(7 * 60)) == {}
    assert "none is on record" in standing_still([], every, since=at(0), now=at(8 * 60))["plan_calls"]
    assert standing_still([friday], every, since=at(0), now=at(60)) == {}
    assert "no run has come to its end for 8 minutes" in str(standing_still([friday], every, since=at(0), now=at(480)))
