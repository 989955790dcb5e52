"""The carrier's queue as a worker clears it, with rules that it reads itself and a clock that may step."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outbound.bootstrap import House
from outbound.domain.attempt import AttemptStatus
from outbound.usecases.ports.carrier import CallOrder
from outbound.work import Work
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import make_attempt, make_contact
from tests.usecases.dial_room import FakeCarrier
from tests.usecases.installed import installed, step

SID = f"CA{7:032x}"


@pytest.fixture
def house(tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation with one call that waits at the carrier and may ring for a minute still."""
    house = installed(tmp_path, clock, monkeypatch)
    assert isinstance(house.carrier, FakeCarrier)
    house.carrier.take(CallOrder("+886900000001", "+886255550100", "t", 28), SID)
    ring_by = MONDAY_TEN + timedelta(minutes=1)
    contact = make_contact(house.store)
    make_attempt(house.store, contact, status=AttemptStatus.PLACED, sid=SID, ring_by=ring_by, placed_at=MONDAY_TEN)
    return house


@pytest.mark.parametrize("verb", ["settle", "place", "cancel_queued"])
def test_a_worker_that_has_just_started_takes_back_what_is_over(house: House, clock: Any, verb: str) -> None:
    """The rules that it asks for the first time are kept as evidence meanwhile, beside the look into the queue."""
    clock.advance(minutes=2)
    getattr(Work(house), verb)()
    assert isinstance(house.carrier, FakeCarrier)
    assert house.carrier.asked_to_cancel == [SID]
    house.store.engine.dispose()


@pytest.mark.parametrize("verb", ["settle", "place", "cancel_queued"])
def test_a_clock_that_was_set_back_keeps_nothing_in_the_queue(house: House, clock: Any, verb: str) -> None:
    """An hour slow, a worker goes by the carrier's clock: a call that waits there does not ring after hours."""
    work, carrier = Work(house), house.carrier
    assert isinstance(carrier, FakeCarrier)
    work.cancel_queued()
    step(clock, carrier, -1)
    clock.advance(minutes=2)
    getattr(work, verb)()
    assert carrier.asked_to_cancel == [SID]
    house.store.engine.dispose()


@pytest.mark.parametrize("verb", ["place", "cancel_queued"])
@pytest.mark.parametrize("hours", [-1, 1])
def test_a_wrong_clock_is_waited_by_all_the_same(house: House, clock: Any, verb: str, hours: int) -> None:
    """Whoever waits goes by the wall clock, so that is what says when to look again, however wrong it is."""
    work, carrier = Work(house), house.carrier
    assert isinstance(carrier, FakeCarrier)
    work.cancel_queued()
    step(clock, carrier, hours)
    due = getattr(work, verb)().next_due
    assert timedelta(0) < due - clock.now() <= timedelta(minutes=1)
    house.store.engine.dispose()
