"""Pace, pauses, places on the line, and who gets them."""

from datetime import UTC, datetime, timedelta

import pytest

from outbound.domain.campaign import Campaign
from outbound.domain.line.fair import Due
from outbound.domain.line.pace import Breaker, Pace
from outbound.domain.line.trunk import Answering, Hold, Lines, Trunk, claim
from tests.values import replace

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
TRUNK = Trunk(calls_per_second=0.5)


def in_seconds(seconds: float) -> datetime:
    """Return an instant from now."""
    return NOW + timedelta(seconds=seconds)


def test_slower_of_trunk_and_campaign(campaign: Campaign) -> None:
    """A call starts when both the trunk and the campaign are open."""
    lines = Lines({TRUNK.name: Pace(in_seconds(2)), campaign.id: Pace(in_seconds(1))})
    assert lines.open_at(campaign, TRUNK, NOW) == in_seconds(2)
    assert Lines().open_at(campaign, TRUNK, NOW) == NOW
    assert lines.bar(campaign, TRUNK, NOW) is Hold.PACE


def test_pause(campaign: Campaign) -> None:
    """A pause of the trunk or of the campaign holds the campaign until it ends."""
    lines = Lines({campaign.id: Pace(NOW, in_seconds(30), "carrier_21212")})
    assert lines.is_paused(campaign, TRUNK, NOW)
    assert lines.bar(campaign, TRUNK, NOW) is Hold.PAUSED
    assert lines.open_at(campaign, TRUNK, NOW) == in_seconds(30)
    assert not lines.is_paused(campaign, TRUNK, in_seconds(30))


def test_pause_of_the_trunk_covers_every_campaign(campaign: Campaign) -> None:
    """When the carrier does not know us, no campaign is dialled."""
    lines = Lines({TRUNK.name: Pace(NOW, in_seconds(900), "carrier_20003")})
    for each in (campaign, replace(campaign, id="other")):
        assert lines.bar(each, TRUNK, NOW) is Hold.PAUSED


def test_bars_in_order(campaign: Campaign) -> None:
    """A stop order comes before a full trunk, and that before a full campaign."""
    small = replace(campaign, pacing=replace(campaign.pacing, max_live=2))
    full = {campaign.id: 2}
    assert Lines(live=full, stopped=frozenset({None})).full_or_stopped(small, TRUNK) is Hold.STOP_ORDER
    assert Lines(live=full, stopped=frozenset({"other"})).full_or_stopped(small, TRUNK) is Hold.CAMPAIGN_FULL
    assert Lines(live=full).full_or_stopped(small, replace(TRUNK, max_live=2)) is Hold.TRUNK_FULL
    assert Lines(live={campaign.id: 1}).full_or_stopped(small, TRUNK) is None


def test_slowest_answer() -> None:
    """Of our web processes the slowest counts, as long as it was heard of within half a minute."""
    told = (Answering(in_seconds(-31), 9000), Answering(in_seconds(-29), 700), Answering(NOW, 40))
    assert Lines(answering=told).slowest_answer(NOW) == 700
    assert Lines(answering=told[:1]).slowest_answer(NOW) is None


def test_state_of_the_breaker() -> None:
    """The lines tell the breaker of the trunk, closed where nothing is known."""
    assert Lines().breaker(TRUNK, NOW) is Breaker.CLOSED
    lines = Lines({TRUNK.name: Pace(NOW, in_seconds(30), failures=3)})
    assert (lines.failures(TRUNK), lines.breaker(TRUNK, NOW)) == (3, Breaker.OPEN)


def fast(campaign: Campaign, name: str, **pacing: float) -> Campaign:
    """Give a campaign another name and pace."""
    return replace(campaign, id=name, pacing=replace(campaign.pacing, **{"calls_per_second": 100.0} | pacing))


class TestClaim:
    """Several calls at once."""

    trunk = Trunk(calls_per_second=100)
    idle = NOW - timedelta(minutes=1)

    def test_keeps_pace_and_places(self, campaign: Campaign) -> None:
        """A claim takes no more than is ready, and no more than there are places; the rest are told why."""
        one, two = fast(campaign, "one", max_live=3), fast(campaign, "two")
        lines = Lines({name: Pace(self.idle) for name in (self.trunk.name, "one", "two")}, live={"one": 1, "two": 4})
        due = [Due(f"{number}", "one" if number < 5 else "two") for number in range(40)]
        found = claim(lines, due, {"one": one, "two": two}, replace(self.trunk, max_live=12), NOW, 40)
        assert [each.attempt_id for each in found.taken] == ["0", "1", "5", "6", "7", "8", "9"]
        assert found.held["2"] is Hold.CAMPAIGN_FULL
        assert found.held["39"] is Hold.TRUNK_FULL
        assert found.lines.live == {"one": 3, "two": 9}

    def test_moves_the_paces_on(self, campaign: Campaign) -> None:
        """What was claimed is gone: right afterwards nothing is ready, and the turns are counted."""
        one = fast(campaign, "one")
        due = [Due(f"{number}", "one") for number in range(40)]
        lines = Lines({name: Pace(self.idle) for name in (self.trunk.name, "one")})
        first = claim(lines, due, {"one": one}, self.trunk, NOW, 40)
        assert len(first.taken) == 25
        assert set(first.held.values()) == {Hold.PACE}
        assert claim(first.lines, due[25:], {"one": one}, self.trunk, NOW, 40).taken == []
        assert first.lines.paces["one"].served == pytest.approx(0.25)

    def test_another_campaign_goes_on(self, campaign: Campaign) -> None:
        """A campaign that is paused or stopped holds back none of the others."""
        paused, stopped, free = (fast(campaign, name) for name in ("paused", "stopped", "free"))
        lines = Lines({"paused": Pace(NOW, in_seconds(9)), self.trunk.name: Pace(self.idle)}, frozenset({"stopped"}))
        due = [Due(name, name) for name in ("paused", "stopped", "free", "gone")]
        found = claim(lines, due, {each.id: each for each in (paused, stopped, free)}, self.trunk, NOW, 9)
        assert [each.campaign_id for each in found.taken] == ["free"]
        assert found.held == {
            "paused": Hold.PAUSED,
            "stopped": Hold.STOP_ORDER,
            "gone": Hold.CAMPAIGN_UNKNOWN,
        }
