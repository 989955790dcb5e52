"""The line to the carrier: how fast and how full it may be, and why it stands still."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from outbound.domain.campaign import Campaign
from outbound.domain.carrier_code import RefusalKind

CLOCK_SLACK = timedelta(seconds=5)
"""Workers' clocks may be this far apart; a next slot further ahead was written by a clock that was wrong."""


class Hold(StrEnum):
    """Why an attempt that is due is not dialled now. It stays planned."""

    STOP_ORDER = "stop_order"
    PAUSED = "paused"
    PACE = "pace"
    CAMPAIGN_FULL = "campaign_full"
    TRUNK_FULL = "trunk_full"
    NUMBER_LIVE = "number_live"
    CAMPAIGN_UNKNOWN = "campaign_unknown"
    CLOCK_JUMPED = "clock_jumped"
    CLOCK_WRONG = "clock_wrong"
    CARRIER_AWAY = "carrier_away"
    DIALLED_TOO_LATE = "dialled_too_late"


@dataclass(frozen=True, slots=True)
class Trunk:
    """Limits over all campaigns. `calls_per_second` stays below the carrier's; `max_live` None is unlimited."""

    calls_per_second: float
    max_live: int | None = None
    name: str = "trunk/main"


@dataclass(frozen=True, slots=True)
class Pace:
    """When the next call may be ordered, and whether a pause stands against it."""

    next_at: datetime
    paused_until: datetime | None = None
    paused_for: str | None = None

    def open_at(self, now: datetime, interval: timedelta) -> datetime:
        """First instant from `now` on at which a call may be ordered."""
        believed = self.next_at if self.next_at <= now + interval + CLOCK_SLACK else now
        return max(believed, self.paused_until or now, now)


@dataclass(frozen=True, slots=True)
class Lines:
    """How things stand: pace by trunk or campaign, stop orders (None: everything), live calls by campaign."""

    paces: Mapping[str, Pace] = field(default_factory=dict)
    stopped: frozenset[str | None] = frozenset()
    live: Mapping[str, int] = field(default_factory=dict)

    def full_or_stopped(self, campaign: Campaign, trunk: Trunk) -> Hold | None:
        """Why no call of the campaign may start, apart from its pace."""
        if None in self.stopped or campaign.id in self.stopped:
            return Hold.STOP_ORDER
        if trunk.max_live is not None and sum(self.live.values()) >= trunk.max_live:
            return Hold.TRUNK_FULL
        if self.live.get(campaign.id, 0) >= campaign.pacing.max_live:
            return Hold.CAMPAIGN_FULL
        return None

    def open_at(self, campaign: Campaign, trunk: Trunk, now: datetime) -> datetime:
        """First instant at which the trunk's and the campaign's pace both let a call of the campaign start."""
        return max(
            self.paces[key].open_at(now, spacing(rate)) if key in self.paces else now
            for key, rate in rates(campaign, trunk)
        )

    def is_paused(self, campaign: Campaign, trunk: Trunk, now: datetime) -> bool:
        """Whether a refusal of the carrier's stands against the campaign or the trunk."""
        paces = [self.paces[key] for key, _ in rates(campaign, trunk) if key in self.paces]
        return any(pace.paused_until is not None and pace.paused_until > now for pace in paces)


def rates(campaign: Campaign, trunk: Trunk) -> tuple[tuple[str, float], tuple[str, float]]:
    """Return what paces a call of the campaign, always in this order: (trunk, rate), (campaign, rate)."""
    return (trunk.name, trunk.calls_per_second), (campaign.id, campaign.pacing.calls_per_second)


def spacing(calls_per_second: float) -> timedelta:
    """Time between two calls."""
    return timedelta(seconds=1 / calls_per_second)


PAUSES: Mapping[RefusalKind, timedelta] = {
    RefusalKind.CONFIGURATION: timedelta(minutes=15),
    RefusalKind.AUTHENTICATION: timedelta(minutes=15),
    RefusalKind.RATE: timedelta(seconds=5),
    RefusalKind.NOT_NOW: timedelta(seconds=30),
    RefusalKind.UNREACHABLE: timedelta(seconds=30),
}
"""How long nothing is ordered after a refusal. A refused order rings nowhere, so one try afterwards does no harm."""

PAUSE_AFTER_SILENCE = timedelta(seconds=5)
"""After an order whose fate is not known."""

NEEDS_MENDING = frozenset({RefusalKind.CONFIGURATION, RefusalKind.AUTHENTICATION})
"""Refusals of which a person is told."""
