"""When the wall clock is trusted."""

from datetime import timedelta

import pytest

from outbound.domain.trunk import Hold
from outbound.usecases.dialling.clock_watch import ClockWatch
from tests.conftest import ManualClock
from tests.usecases.dial_room import FakeCarrier


@pytest.fixture
def carrier(clock: ManualClock) -> FakeCarrier:
    """A carrier whose clock is right."""
    return FakeCarrier(clock)


@pytest.fixture
def watch(clock: ManualClock) -> ClockWatch:
    """A watch that has compared nothing yet."""
    return ClockWatch(clock)


def test_nothing_compared_yet(watch: ClockWatch) -> None:
    """A clock that was never compared is not trusted."""
    assert watch.drifted() is Hold.CLOCK_WRONG


@pytest.mark.parametrize(
    ("seconds", "hold"), [(-3.2, Hold.CLOCK_WRONG), (-1, None), (1, None), (3.2, Hold.CLOCK_WRONG)]
)
def test_against_the_carrier(watch: ClockWatch, carrier: FakeCarrier, seconds: float, hold: Hold | None) -> None:
    """Two seconds and the carrier's whole second are tolerated either way."""
    carrier.wrong_by = timedelta(seconds=seconds)
    assert watch.check(carrier) is hold


def test_jump_and_return(watch: ClockWatch, carrier: FakeCarrier, clock: ManualClock) -> None:
    """A clock that jumped is not trusted until it agrees with the carrier again."""
    assert watch.check(carrier) is None
    clock.advance(hours=2)
    clock.drift = -7200
    carrier.wrong_by = timedelta(hours=-2)
    assert watch.drifted() is Hold.CLOCK_JUMPED
    assert watch.check(carrier) is Hold.CLOCK_WRONG
    clock.advance(hours=-2)
    clock.drift, carrier.wrong_by = 0, timedelta(0)
    assert watch.check(carrier) is None
    assert watch.drifted() is None


def test_clock_that_was_set_right(watch: ClockWatch, carrier: FakeCarrier, clock: ManualClock) -> None:
    """When the clock jumped to where the carrier is, it was set right: dialling goes on."""
    watch.check(carrier)
    clock.drift = 60
    assert watch.drifted() is Hold.CLOCK_JUMPED
    assert watch.check(carrier) is None
    assert watch.drifted() is None


def test_doubt(watch: ClockWatch, carrier: FakeCarrier) -> None:
    """After an order without an answer the carrier is asked before the next one."""
    watch.check(carrier)
    watch.check(carrier)
    assert carrier.asked_time == 1
    watch.doubt()
    carrier.away = True
    assert watch.check(carrier) is Hold.CARRIER_AWAY
    carrier.away = False
    assert watch.check(carrier) is None
    assert carrier.asked_time == 2


def test_carrier_without_a_clock(
    watch: ClockWatch, carrier: FakeCarrier, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the carrier shows no time the monotonic clock alone is compared."""
    monkeypatch.setattr(carrier, "time", lambda: None)
    assert watch.check(carrier) is None
    clock.drift = 60
    assert watch.check(carrier) is Hold.CLOCK_JUMPED
