"""Pace, pauses and places on the line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from outbound.domain.campaign import Campaign
from outbound.domain.trunk import Hold, Lines, Pace, Trunk

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


def test_pause(campaign: Campaign) -> None:
    """A pause of the trunk or of the campaign holds the campaign until it ends."""
    lines = Lines({campaign.id: Pace(NOW, in_seconds(30), "carrier_21212")})
    assert lines.is_paused(campaign, TRUNK, NOW)
    assert lines.open_at(campaign, TRUNK, NOW) == in_seconds(30)
    assert not lines.is_paused(campaign, TRUNK, in_seconds(30))


def test_absurd_slot() -> None:
    """A next slot further ahead than any honest worker could have written is not believed."""
    interval = timedelta(seconds=2)
    assert Pace(in_seconds(6)).open_at(NOW, interval) == in_seconds(6)
    assert Pace(in_seconds(7200)).open_at(NOW, interval) == NOW


def test_bars_in_order(campaign: Campaign) -> None:
    """A stop order comes before a full trunk, and that before a full campaign."""
    small = replace(campaign, pacing=replace(campaign.pacing, max_live=2))
    full = {campaign.id: 2}
    assert Lines(live=full, stopped=frozenset({None})).full_or_stopped(small, TRUNK) is Hold.STOP_ORDER
    assert Lines(live=full, stopped=frozenset({"other"})).full_or_stopped(small, TRUNK) is Hold.CAMPAIGN_FULL
    assert Lines(live=full).full_or_stopped(small, replace(TRUNK, max_live=2)) is Hold.TRUNK_FULL
    assert Lines(live={campaign.id: 1}).full_or_stopped(small, TRUNK) is None
