"""The share of the rate that is in force, the breaker, and slots."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.domain.line import pace as rules
from outbound.domain.line.pace import (
    FAILING_MS,
    FELT_MS,
    LOWEST,
    OPENS_AFTER,
    REOPENS_AT,
    Breaker,
    Pace,
    answered,
    failed,
    lowered,
    lowered_by_answers,
    open_for,
    paused,
)
from tests.values import replace

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
PAUSE = timedelta(seconds=5)

spans = st.floats(0, 7200).map(lambda seconds: timedelta(seconds=seconds))
rates = st.floats(0.01, 1000)
troubles = st.lists(
    st.tuples(
        spans,
        st.sampled_from(
            [
                lowered,
                lambda pace, now: failed(pace, now, PAUSE, "create_timeout"),
                answered,
                lambda pace, now: lowered_by_answers(pace, FELT_MS + 1, now),
                lambda pace, now: lowered_by_answers(pace, FAILING_MS + 1, now),
                lambda pace, now: paused(pace, now, PAUSE, "carrier_20429"),
            ]
        ),
    ),
    max_size=12,
)


def after(found: list[tuple[timedelta, object]]) -> tuple[Pace, datetime]:
    """Live through troubles, one after the other."""
    pace, now = Pace(NOW), NOW
    for wait, trouble in found:
        now += wait
        pace = trouble(pace, now)  # type: ignore[operator]
    return pace, now


def in_seconds(seconds: float) -> datetime:
    """Return an instant from now."""
    return NOW + timedelta(seconds=seconds)


@given(troubles, spans)
def test_share_is_bounded(found: list[tuple[timedelta, object]], later: timedelta) -> None:
    """Whatever happens, the share is never above what is configured and never zero."""
    pace, now = after(found)
    assert LOWEST <= pace.share(now + later) <= 1


@given(troubles, spans, spans)
def test_share_grows_by_time_alone(found: list[tuple[timedelta, object]], soon: timedelta, more: timedelta) -> None:
    """Without trouble the share never falls, and it grows by no more than five hundredths a minute."""
    pace, now = after(found)
    first, second = pace.share(now + soon), pace.share(now + soon + more)
    assert first <= second <= first + more.total_seconds() / 60 * 0.05 + 1e-9


@given(troubles)
def test_trouble_never_raises(found: list[tuple[timedelta, object]]) -> None:
    """Trouble of any kind leaves the share as it is or lowers it."""
    pace, now = after(found)
    before = pace.share(now)
    for worse in (lowered(pace, now), failed(pace, now, PAUSE, "x"), lowered_by_answers(pace, 900, now)):
        assert worse.share(now) <= before


@given(rates, st.lists(st.tuples(st.floats(0, 2), troubles.map(lambda found: found[:1])), min_size=1, max_size=40))
def test_rate_is_kept(rate: float, found: list[tuple[float, list[tuple[timedelta, object]]]]) -> None:
    """Over any span no more calls are taken than the configured rate allows, plus what a quarter second is worth."""
    pace, now = Pace(NOW), NOW
    begun, taken = now, 0
    for wait, trouble in found:
        now += timedelta(seconds=wait)
        for _, happens in trouble:
            pace = happens(pace, now)  # type: ignore[operator]
        ready = pace.ready(now, rate)
        if ready:
            pace, taken = pace.taken(ready, now, rate), taken + ready
    assert taken <= (now - begun).total_seconds() * rate * 1.0001 + 1 + max(1, rate / 4)


@given(st.integers(0, 60))
def test_breaker_opens_longer_each_time(failures: int) -> None:
    """The more failures in a row, the longer the breaker is open, up to five minutes."""
    assert open_for(failures) <= open_for(failures + 1) <= timedelta(minutes=5)
    assert (open_for(failures) > timedelta(0)) is (failures >= OPENS_AFTER)


def test_halved_and_given_back() -> None:
    """One halving is forgotten after ten minutes."""
    pace = lowered(Pace(NOW), NOW)
    assert [pace.share(in_seconds(60 * minutes)) for minutes in (0, 1, 10, 60)] == pytest.approx([0.5, 0.55, 1, 1])


def test_lowered_once_a_moment() -> None:
    """Orders that were under way when the first was refused do not lower the pace again; later ones do."""
    pace = lowered(Pace(NOW), NOW)
    assert lowered(pace, in_seconds(4.9)) == pace
    assert lowered(pace, in_seconds(5)).share(in_seconds(5)) < 0.26


def test_slow_answers() -> None:
    """Webhooks that the listener feels halve the pace once in thirty seconds; failing ones leave the least at once."""
    assert lowered_by_answers(Pace(NOW), None, NOW) == lowered_by_answers(Pace(NOW), FELT_MS, NOW) == Pace(NOW)
    slow = lowered_by_answers(Pace(NOW), FELT_MS + 1, NOW)
    assert slow.share(NOW) == 0.5
    assert lowered_by_answers(slow, FELT_MS + 1, in_seconds(29)) == slow
    assert lowered_by_answers(slow, FELT_MS + 1, in_seconds(30)).share(in_seconds(30)) == pytest.approx(0.2625)
    least = lowered_by_answers(slow, FAILING_MS + 1, in_seconds(1))
    assert least.share(in_seconds(1)) == LOWEST
    assert lowered_by_answers(least, FAILING_MS + 1, in_seconds(30)) == least


def test_breaker() -> None:
    """Three failures in a row open it; after the pause it is half open; a clear answer closes it with a low pace."""
    pace = Pace(NOW)
    for count in range(OPENS_AFTER):
        assert pace.breaker(NOW) is Breaker.CLOSED, count
        pace = failed(pace, NOW, PAUSE, "create_timeout")
    assert (pace.breaker(NOW), pace.paused_until) == (Breaker.OPEN, in_seconds(30))
    assert pace.breaker(in_seconds(30)) is Breaker.HALF_OPEN
    again = failed(pace, in_seconds(30), PAUSE, "create_timeout")
    assert again.paused_until == in_seconds(30 + 60)
    closed = answered(again, in_seconds(90))
    assert (closed.breaker(in_seconds(90)), closed.failures) == (Breaker.CLOSED, 0)
    assert closed.share(in_seconds(90)) == REOPENS_AT


def test_one_failure_is_chance() -> None:
    """A clear answer after one failure forgets it; the pace was halved all the same."""
    pace = answered(failed(Pace(NOW), NOW, PAUSE, "create_reset"), in_seconds(5))
    assert (pace.failures, round(pace.share(in_seconds(5)), 2)) == (0, 0.5)


def test_one_order_on_trial() -> None:
    """After a failure one order is ready at a time, however fast the line: the next waits for its answer."""
    pace = failed(Pace(NOW), NOW, PAUSE, "create_timeout")
    assert pace.ready(in_seconds(5), 200) == 1
    tried = pace.taken(1, in_seconds(5), 200)
    assert tried.ready(in_seconds(9.9), 200) == 0
    assert answered(tried, in_seconds(5.2)).ready(in_seconds(10), 200) == 1


def test_longer_pause_stays() -> None:
    """A shorter pause does not end a longer one, nor say that it was for another cause."""
    long = paused(Pace(NOW), NOW, timedelta(minutes=15), "carrier_20003")
    assert paused(long, NOW, PAUSE, "carrier_20429") == long
    assert long.open_at(NOW, 1) == in_seconds(900)


def test_absurd_slot() -> None:
    """A next slot further ahead than any honest worker could have written is not believed."""
    assert Pace(in_seconds(6)).open_at(NOW, 0.5) == in_seconds(6)
    assert Pace(in_seconds(7200)).open_at(NOW, 0.5) == NOW


def test_slots_are_not_saved_up() -> None:
    """A slow line gives one call at a time, however long it was idle; a fast one what a quarter second is worth."""
    idle = Pace(in_seconds(-3600))
    assert (idle.ready(NOW, 0.8), idle.ready(NOW, 100)) == (1, 25)
    assert idle.taken(25, NOW, 100).ready(NOW, 100) == 0
    assert idle.taken(1, NOW, 0.8).open_at(NOW, 0.8) == in_seconds(1.25)


def test_lowered_pace_spaces_calls() -> None:
    """The share in force stretches the time between two calls."""
    pace = replace(Pace(NOW), factor=0.5, factor_at=NOW)
    assert pace.taken(1, NOW, 0.5).next_at == in_seconds(4)


def test_thresholds_leave_room() -> None:
    """We slow down long before the carrier gives a webhook up (15 s), and begin where a listener feels it."""
    assert rules.FELT_MS == 500
    assert rules.FAILING_MS * 3 <= 15_000


def test_a_pause_of_a_wrong_clock_is_not_believed() -> None:
    """A process whose clock is two hours ahead pauses nobody for two hours, and hides no pause that comes later."""
    ahead = failed(Pace(NOW), in_seconds(7200), PAUSE, "carrier_away")
    assert not ahead.is_paused(NOW)
    assert ahead.open_at(NOW, 1) == NOW
    assert paused(ahead, NOW, timedelta(minutes=15), "carrier_20003").open_at(NOW, 1) == in_seconds(900)
