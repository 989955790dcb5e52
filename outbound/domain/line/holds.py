"""What keeps due calls from being dialled at an instant, line by line, for people who watch."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from outbound.domain.campaign import Campaign
from outbound.domain.line.pace import Breaker, Pace
from outbound.domain.line.trunk import Hold, Lines, Trunk, rates


class HoldInForce(Struct, frozen=True):
    """One hold. `name` is a trunk or a campaign, None for everything.

    `live` of `most` calls are under way where a line is full. `until` ends a pause or waits for the pace; `cause` says
    why a pause stands, `breaker` whether the carrier is trusted, `share` how much of the configured rate is in force.
    """

    name: str | None
    hold: Hold
    live: int | None = None
    most: int | None = None
    until: datetime | None = None
    cause: str | None = None
    breaker: Breaker | None = None
    share: float | None = None


def holds_in_force(
    lines: Lines, campaigns: Mapping[str, Campaign], trunk: Trunk, now: datetime
) -> tuple[HoldInForce, ...]:
    """Return every hold that stands at `now`: stop orders, then the trunk's, then each campaign's."""
    return (
        *(HoldInForce(name, Hold.STOP_ORDER) for name in sorted(lines.stopped, key=lambda name: name or "")),
        *_full(trunk.name, Hold.TRUNK_FULL, sum(lines.live.values()), trunk.max_live),
        *_slowed(trunk.name, lines, trunk.calls_per_second, now),
        *(
            hold
            for campaign in campaigns.values()
            for hold in (
                *_full(campaign.id, Hold.CAMPAIGN_FULL, lines.live.get(campaign.id, 0), campaign.pacing.max_live),
                *_slowed(campaign.id, lines, rates(campaign, trunk)[1][1], now),
            )
        ),
    )


def _full(name: str, hold: Hold, live: int, most: int | None) -> Iterator[HoldInForce]:
    if most is not None and live >= most:
        yield HoldInForce(name, hold, live=live, most=most)


def _slowed(name: str, lines: Lines, rate: float, now: datetime) -> Iterator[HoldInForce]:
    """Tell of a pause, else of a breaker that lets one order through, else of the pace."""
    pace = lines.paces.get(name, Pace(now))
    breaker = pace.breaker(now)
    told = None if breaker is Breaker.CLOSED else breaker
    if pace.is_paused(now):
        yield HoldInForce(name, Hold.PAUSED, until=pace.paused_until, cause=pace.paused_for, breaker=told)
    elif told is not None or pace.open_at(now, rate) > now:
        yield HoldInForce(name, Hold.PACE, until=pace.open_at(now, rate), breaker=told, share=pace.share(now))
