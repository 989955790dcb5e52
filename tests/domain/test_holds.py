"""What keeps due calls from being dialled, as people are told."""

from datetime import UTC, datetime, timedelta

from outbound.domain.campaign import Campaign
from outbound.domain.line.holds import HoldInForce, holds_in_force
from outbound.domain.line.pace import Breaker, Pace
from outbound.domain.line.trunk import Hold, Lines, Trunk
from tests.values import replace

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
SOON = NOW + timedelta(seconds=30)
TRUNK = Trunk(calls_per_second=1, max_live=3)


def held(campaign: Campaign, lines: Lines) -> tuple[HoldInForce, ...]:
    """Ask with two places in the campaign and three on the trunk."""
    small = replace(campaign, pacing=replace(campaign.pacing, max_live=2))
    return holds_in_force(lines, {campaign.id: small}, TRUNK, NOW)


def test_an_open_line_is_held_by_nothing(campaign: Campaign) -> None:
    """Without orders, pauses and full lines nothing is told."""
    assert held(campaign, Lines()) == ()


def test_full_lines_tell_how_full(campaign: Campaign) -> None:
    """A full trunk and a full campaign each tell how many calls are live, and how many may be."""
    full = HoldInForce(campaign.id, Hold.CAMPAIGN_FULL, live=2, most=2)
    assert held(campaign, Lines(live={campaign.id: 2})) == (full,)
    trunk = HoldInForce(TRUNK.name, Hold.TRUNK_FULL, live=3, most=3)
    assert held(campaign, Lines(live={campaign.id: 2, "other": 1})) == (trunk, full)


def test_every_stop_order_is_told(campaign: Campaign) -> None:
    """The order against everything comes first, then those of campaigns."""
    stopped = Lines(stopped=frozenset({campaign.id, None}))
    assert [each.name for each in held(campaign, stopped)] == [None, campaign.id]


def test_a_pause_tells_its_cause_and_the_breaker(campaign: Campaign) -> None:
    """Until when nothing is ordered, why, and whether the carrier is trusted."""
    lines = Lines({TRUNK.name: Pace(NOW, SOON, "timeout", failures=3)})
    paused = HoldInForce(TRUNK.name, Hold.PAUSED, until=SOON, cause="timeout", breaker=Breaker.OPEN)
    assert held(campaign, lines) == (paused,)


def test_a_pace_tells_when_the_next_call_may_start(campaign: Campaign) -> None:
    """The campaign's pace with the share of its rate; a breaker on trial is told although the line is open."""
    lines = Lines({TRUNK.name: Pace(NOW, failures=3), campaign.id: Pace(SOON, factor=0.5)})
    assert held(campaign, lines) == (
        HoldInForce(TRUNK.name, Hold.PACE, until=NOW, breaker=Breaker.HALF_OPEN, share=1.0),
        HoldInForce(campaign.id, Hold.PACE, until=SOON, share=0.5),
    )
