"""When the wall clock is trusted."""

from datetime import timedelta

import pytest

from outbound.domain.line.trunk import Hold
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


class TestNow:
    """The instant by which is decided what is over."""

    def test_by_the_wall(self, watch: ClockWatch, carrier: FakeCarrier, clock: ManualClock) -> None:
        """A clock that was found right, and did not jump since, is believed without a question."""
        watch.check(carrier)
        clock.advance(hours=3)
        assert (watch.now(carrier), carrier.asked_time) == (clock.now(), 1)

    @pytest.mark.parametrize("hours", [-2, 2])
    def test_by_the_carrier(self, watch: ClockWatch, carrier: FakeCarrier, clock: ManualClock, hours: int) -> None:
        """While the wall clock is wrong, from the start on or since it stepped, the carrier's counts."""
        right = clock.now()
        clock.advance(hours=hours)
        clock.drift, carrier.wrong_by = -3600 * hours, timedelta(hours=-hours)
        assert watch.now(carrier) == right.replace(microsecond=0)

    @pytest.mark.parametrize("hours", [-2, 2])
    def test_by_the_monotonic_clock(
        self, watch: ClockWatch, carrier: FakeCarrier, clock: ManualClock, hours: int
    ) -> None:
        """While the carrier is away too, the time that passed since the last certain instant counts."""
        right = clock.now()
        watch.check(carrier)
        clock.advance(hours=hours, minutes=1)
        clock.drift = -3600 * hours
        carrier.wrong_by = timedelta(hours=-hours)
        assert watch.check(carrier) is Hold.CLOCK_WRONG
        carrier.away = True
        assert watch.now(carrier) == right + timedelta(minutes=1)

    def test_by_nothing_else(self, watch: ClockWatch, carrier: FakeCarrier, clock: ManualClock) -> None:
        """Where nothing was ever compared and the carrier is away, the wall clock is all there is."""
        carrier.away = True
        assert watch.now(carrier) == clock.now()

    def test_without_a_carriers_clock(
        self, watch: ClockWatch, carrier: FakeCarrier, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A carrier that shows no time is asked once; a jump since then still stops dialling."""
        asked: list[None] = []
        monkeypatch.setattr(carrier, "time", lambda: asked.append(None))
        for _ in range(3):
            assert watch.now(carrier) == clock.now()
            clock.advance(minutes=1)
        assert len(asked) == 1
        clock.drift = 60
        assert watch.now(carrier) == clock.now()
        assert watch.check(carrier) is Hold.CLOCK_JUMPED

    def test_set_right_again(self, watch: ClockWatch, carrier: FakeCarrier, clock: ManualClock) -> None:
        """A clock that agrees with the carrier again is believed."""
        carrier.wrong_by = timedelta(hours=1)
        watch.now(carrier)
        carrier.wrong_by = timedelta(0)
        assert watch.now(carrier) == clock.now()
        assert watch.agrees(carrier)
