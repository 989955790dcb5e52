"""The line to the carrier: how fast and how full it may be, whose turn it is, and why it stands still."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from outbound.domain.campaign import Campaign
from outbound.domain.line.carrier_code import RefusalKind
from outbound.domain.line.fair import Due, Turns
from outbound.domain.line.pace import ANSWERS_COUNT_FOR, LONGEST_PAUSE, Breaker, Pace


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


class Trunk(Struct, frozen=True):
    """Limits over all campaigns. `calls_per_second` stays below the carrier's; `max_live` None is unlimited."""

    calls_per_second: float
    max_live: int | None = None
    name: str = "trunk/main"


class Answering(Struct, frozen=True):
    """How long the webhooks of one of our web processes took lately (95th percentile), as told at `seen_at`."""

    seen_at: datetime
    milliseconds: float


class Lines(Struct, frozen=True):
    """How things stand: pace by trunk or campaign, stop orders (None: everything), live calls by campaign.

    `answering` tells how our own webhooks keep up.
    """

    paces: Mapping[str, Pace] = field(default_factory=dict)
    stopped: frozenset[str | None] = frozenset()
    live: Mapping[str, int] = field(default_factory=dict)
    answering: Sequence[Answering] = ()

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
            self.paces[key].open_at(now, rate) if key in self.paces else now for key, rate in rates(campaign, trunk)
        )

    def is_paused(self, campaign: Campaign, trunk: Trunk, now: datetime) -> bool:
        """Whether a refusal of the carrier's stands against the campaign or the trunk."""
        return any(self.paces[key].is_paused(now) for key, _ in rates(campaign, trunk) if key in self.paces)

    def bar(self, campaign: Campaign, trunk: Trunk, now: datetime) -> Hold | None:
        """Why no call of the campaign may start at this instant."""
        hold = self.full_or_stopped(campaign, trunk)
        if hold is not None or self.open_at(campaign, trunk, now) <= now:
            return hold
        return Hold.PAUSED if self.is_paused(campaign, trunk, now) else Hold.PACE

    def slowest_answer(self, now: datetime) -> float | None:
        """Milliseconds of the slowest web process that was heard of lately; None when none tells."""
        told = [each.milliseconds for each in self.answering if each.seen_at > now - ANSWERS_COUNT_FOR]
        return max(told, default=None)

    def failures(self, trunk: Trunk) -> int:
        """Orders and questions in a row to which the carrier gave no clear answer."""
        return self.paces[trunk.name].failures if trunk.name in self.paces else 0

    def breaker(self, trunk: Trunk, now: datetime) -> Breaker:
        """Whether the carrier is trusted with orders."""
        return self.paces[trunk.name].breaker(now) if trunk.name in self.paces else Breaker.CLOSED

    def turns(self, trunk: Trunk) -> Turns:
        """Who had how much of the trunk."""
        line = self.paces[trunk.name].served if trunk.name in self.paces else 0.0
        return Turns(line, {name: pace.served for name, pace in self.paces.items() if name != trunk.name})


class Claim(Struct, frozen=True):
    """Which of some attempts may be dialled at an instant, and how the line stands once they are."""

    taken: Sequence[Due]
    held: Mapping[str, Hold]
    lines: Lines


def claim(
    lines: Lines, due: Sequence[Due], campaigns: Mapping[str, Campaign], trunk: Trunk, now: datetime, most: int
) -> Claim:
    """Give the first of these attempts pace and a place on the line, `most` at most.

    `held` says why others were passed over; those that were not reached when `most` were found are in neither.
    """
    line = _LineAtWork(lines, campaigns, trunk, now)
    taken, held = list[Due](), dict[str, Hold]()
    for each in due:
        if len(taken) == most:
            break
        bar = line.bar(each.campaign_id)
        if bar is None:
            taken.append(each)
            line.take(each.campaign_id)
        else:
            held[each.attempt_id] = bar
    if not taken:
        return Claim(taken, held, lines)
    return Claim(taken, held, replace(lines, live=line.live, paces=_moved_on(lines, taken, campaigns, trunk, now)))


class _LineAtWork:
    """What is left of pace and places while calls are taken; what bars a campaign is looked up once a call taken."""

    def __init__(self, lines: Lines, campaigns: Mapping[str, Campaign], trunk: Trunk, now: datetime) -> None:
        self._lines, self._campaigns, self._trunk, self._now = lines, campaigns, trunk, now
        self._ready = {trunk.name: self._ready_of(trunk.name, trunk.calls_per_second)}
        self._bars: dict[str, Hold | None] = {}
        self.live = Counter(lines.live)

    def bar(self, campaign_id: str) -> Hold | None:
        """Why no call of the campaign may start now, or None."""
        if campaign_id not in self._bars:
            self._bars[campaign_id] = self._look(campaign_id)
        return self._bars[campaign_id]

    def take(self, campaign_id: str) -> None:
        """Count a call of the campaign."""
        self._ready[self._trunk.name] -= 1
        self._ready[campaign_id] -= 1
        self.live[campaign_id] += 1
        self._bars.clear()

    def _look(self, campaign_id: str) -> Hold | None:
        campaign, lines = self._campaigns.get(campaign_id), self._lines
        if campaign is None:
            return Hold.CAMPAIGN_UNKNOWN
        if campaign_id not in self._ready:
            self._ready[campaign_id] = self._ready_of(campaign_id, campaign.pacing.calls_per_second)
        hold = replace(lines, live=self.live).full_or_stopped(campaign, self._trunk)
        if hold is None and not (self._ready[self._trunk.name] and self._ready[campaign_id]):
            return lines.bar(campaign, self._trunk, self._now) or Hold.PACE
        return hold

    def _ready_of(self, name: str, rate: float) -> int:
        return self._lines.paces.get(name, Pace(self._now)).ready(self._now, rate)


def _moved_on(
    lines: Lines, taken: Sequence[Due], campaigns: Mapping[str, Campaign], trunk: Trunk, now: datetime
) -> Mapping[str, Pace]:
    """Return every pace after these calls, one at least."""
    turns = lines.turns(trunk)
    for each in taken:
        turns = turns.after(each, campaigns[each.campaign_id].pacing.calls_per_second)
    counts = Counter(each.campaign_id for each in taken)
    paces = dict(lines.paces)
    for name, count in counts.items():
        pace = paces.get(name, Pace(now)).taken(count, now, campaigns[name].pacing.calls_per_second)
        paces[name] = replace(pace, served=turns.served[name])
    pace = paces.get(trunk.name, Pace(now)).taken(len(taken), now, trunk.calls_per_second)
    paces[trunk.name] = replace(pace, served=turns.line)
    return paces


def rates(campaign: Campaign, trunk: Trunk) -> tuple[tuple[str, float], tuple[str, float]]:
    """Return what paces a call of the campaign, always in this order: (trunk, rate), (campaign, rate)."""
    return (trunk.name, trunk.calls_per_second), (campaign.id, campaign.pacing.calls_per_second)


PAUSES: Mapping[RefusalKind, timedelta] = {
    RefusalKind.CONFIGURATION: LONGEST_PAUSE,
    RefusalKind.AUTHENTICATION: LONGEST_PAUSE,
    RefusalKind.RATE: timedelta(seconds=5),
    RefusalKind.NOT_NOW: timedelta(seconds=30),
    RefusalKind.UNREACHABLE: timedelta(seconds=30),
}
"""How long nothing is ordered after a refusal. A refused order rings nowhere, so one try afterwards does no harm."""

PAUSE_AFTER_SILENCE = timedelta(seconds=5)
"""After an order whose fate is not known."""

NEEDS_MENDING = frozenset({RefusalKind.CONFIGURATION, RefusalKind.AUTHENTICATION})
"""Refusals of which a person is told."""

TOO_MUCH = frozenset({RefusalKind.RATE, RefusalKind.NOT_NOW})
"""Refusals that lower the pace."""
