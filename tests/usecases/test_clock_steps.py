"""A wall clock that steps must not let anything be taken for over that is not."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outbound.adapters.sql.store import SqlStore
from outbound.bootstrap import House
from outbound.domain.attempt import AttemptStatus
from outbound.work import Work
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import attempt_now, make_attempt, make_contact
from tests.usecases.dial_room import DialRoom, FakeCarrier
from tests.usecases.installed import installed, step

S = AttemptStatus


@pytest.mark.parametrize("began", [True, False])
def test_a_window_is_not_taken_for_passed(store: SqlStore, clock: Any, began: bool) -> None:
    """Two hours fast, in a worker that has just started as well: what was planned stays; set right, it is dialled."""
    room = DialRoom(store, clock)
    attempt = make_attempt(room.store, make_contact(room.store), window_minutes=60)
    if began:
        room.watch.check(room.carrier)
    step(clock, room.carrier, 2)
    assert room.place().cancelled == {}
    assert attempt_now(room.store, attempt.id).status is S.PLANNED
    step(clock, room.carrier, -2)
    assert room.place().placed == 1


def test_what_is_late_goes_back_to_the_planner(store: SqlStore, clock: Any) -> None:
    """A worker that has just started compares its clock first, and then cancels what is late."""
    room = DialRoom(store, clock)
    make_attempt(room.store, make_contact(room.store), window_minutes=60)
    clock.advance(hours=2)
    assert (room.place().cancelled, room.carrier.asked_time) == ({"window_passed": 1}, 1)


@pytest.fixture
def house(tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation whose carrier obeys."""
    return installed(tmp_path, clock, monkeypatch)


def test_a_call_of_unknown_fate_is_not_given_up(house: House, clock: Any) -> None:
    """Of a day that the carrier's queue may last 23 hours have passed: a clock two hours fast does not end it."""
    work = Work(house)
    assert isinstance(house.carrier, FakeCarrier)
    work.settle()
    attempt = make_attempt(house.store, make_contact(house.store), status=S.UNKNOWN)
    reserved = make_contact(house.store, numbers=("+886900000002",))
    clock.instant = MONDAY_TEN + timedelta(hours=23)
    under_way = make_attempt(house.store, reserved, status=S.RESERVED, at=clock.now())
    step(clock, house.carrier, 2)
    report = work.settle()
    assert (report.given_up, report.lapsed) == (0, 0)
    assert attempt_now(house.store, attempt.id).status is S.UNKNOWN
    assert attempt_now(house.store, under_way.id).status is S.RESERVED
    step(clock, house.carrier, -2)
    clock.advance(hours=1, minutes=1)
    report = work.settle()
    assert (report.given_up, report.lapsed) == (1, 1)
    house.store.engine.dispose()
