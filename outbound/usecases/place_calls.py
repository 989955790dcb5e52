"""Dial what is due: at most one ring an attempt, at a pace that all workers share."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from outbound.domain.campaign import Campaign
from outbound.domain.carrier_code import RefusalKind
from outbound.domain.identifiers import Identifiers
from outbound.domain.trunk import PAUSE_AFTER_SILENCE, PAUSES, Hold, Lines, Trunk, rates, spacing
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.dialling.order import order_call
from outbound.usecases.dialling.reserve import Dropped, Held, Reserved, Terms, reserve
from outbound.usecases.may_call import Rules
from outbound.usecases.ports.carrier import Ambiguous, Carrier, Placed, Refused
from outbound.usecases.ports.clock import Clock
from outbound.usecases.ports.store import Store

_EXPIRE_AT_ONCE = 500
_LOOK_AGAIN = timedelta(seconds=5)
"""When to come back for what no clock says: a line that is full, a stop order, a clock in doubt."""

_BARS_THE_TRUNK = frozenset({Hold.TRUNK_FULL, Hold.CLOCK_JUMPED, Hold.CLOCK_WRONG})
_BARS_THE_CAMPAIGN = frozenset({Hold.CAMPAIGN_FULL, Hold.STOP_ORDER, Hold.CAMPAIGN_UNKNOWN, Hold.PACE})


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """Counts of one batch. `next_due` is when to call again, None when nothing is planned.

    `cancelled` and `held` count attempts by reason: the former go back to the planner, the latter stay planned.
    `taken_back` counts calls that were cancelled in the carrier's queue first (`cancel_queued`), by cause.
    """

    placed: int = 0
    refused: int = 0
    ambiguous: int = 0
    cancelled: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    next_due: datetime | None = None
    taken_back: Mapping[str, int] = field(default_factory=dict)


def place_calls(
    store: Store,
    *,
    carrier: Carrier,
    rules: Rules,
    campaigns: Mapping[str, Campaign],
    clock: Clock,
    identifiers: Identifiers,
    trunk: Trunk,
    worker: str,
    watch: ClockWatch | None = None,
    limit: int = 100,
) -> PlaceReport:
    """Dial as many attempts as pace and limits allow at this instant, `limit` at most; never waits.

    Safe to run in any number of workers at once. `watch` is kept by a worker between batches; without one the carrier
    is asked for its clock each time. What raises leaves at most one attempt reserved, which `settle_calls` takes up.
    """
    terms = Terms(store, rules, campaigns, trunk, clock, identifiers, worker)
    batch = _Batch(terms, carrier, watch or ClockWatch(clock))
    batch.run(limit)
    return batch.report()


class _Batch:
    """One run of the verb: what is still to be tried, and what came of the rest."""

    def __init__(self, terms: Terms, carrier: Carrier, watch: ClockWatch) -> None:
        self._terms, self._carrier, self._watch = terms, carrier, watch
        self._queue: dict[str, str] = {}  # attempt to campaign, in due order
        self._more = False
        self._done: Counter[str] = Counter()
        self._cancelled: Counter[str] = Counter()
        self._held: Counter[str] = Counter()
        self._opens: list[datetime] = []

    def run(self, limit: int) -> None:
        """Take up what is due until nothing more can be done at this instant."""
        self._survey(limit)
        hold = self._watch.check(self._carrier) if self._queue else None
        if hold is not None:
            self._bar(None, hold, _LOOK_AGAIN)
        while self._queue:
            reserved = reserve(self._terms, list(self._queue))
            if reserved is None:
                self._queue.clear()
                self._come_back(_LOOK_AGAIN)
            elif isinstance(reserved, Held | Dropped):
                self._note_not_dialled(reserved)
            else:
                del self._queue[reserved.attempt.id]
                self._note(reserved, order_call(self._terms, self._carrier, self._watch, reserved))

    def report(self) -> PlaceReport:
        """Sum up, and say when to come back."""
        if self._more:
            self._come_back(timedelta(0) if self._done else _LOOK_AGAIN)
        return PlaceReport(
            placed=self._done["placed"],
            refused=self._done["refused"],
            ambiguous=self._done["ambiguous"],
            cancelled=dict(self._cancelled),
            held=dict(+self._held),
            next_due=min(self._opens, default=None),
        )

    def _survey(self, limit: int) -> None:
        terms, now = self._terms, self._terms.clock.now()
        with terms.store.begin() as work:
            lines, schedule = work.dialling.lines(), work.dialling.schedule(now)
            late = work.dialling.expire(now, _EXPIRE_AT_ONCE) if schedule.late else 0
            missing = [name for name in (terms.trunk.name, *terms.campaigns) if name not in lines.paces]
            if missing:
                work.dialling.open_lines(missing, now)
            bars = {name: self._bar_of(campaign, lines, now) for name, campaign in terms.campaigns.items()}
            free = [name for name, bar in bars.items() if bar is None]
            due = work.dialling.due(free, now, limit) if any(name in schedule.due for name in free) else {}
            if late or missing:
                work.commit()
        self._queue, self._more = dict(due), len(due) == limit
        for name, bar in bars.items():
            if bar is not None and name in schedule.due:
                self._held[bar[0]] += schedule.due[name]
                self._opens.append(bar[1])
        if late:
            self._cancelled["window_passed"] += late
        if schedule.next_window is not None:
            self._opens.append(schedule.next_window)

    def _bar_of(self, campaign: Campaign, lines: Lines, now: datetime) -> tuple[Hold, datetime] | None:
        """Why nothing of a campaign is even tried, and when to look again."""
        trunk = self._terms.trunk
        bar = lines.full_or_stopped(campaign, trunk)
        if bar is not None:
            return bar, now + _LOOK_AGAIN
        opens = lines.open_at(campaign, trunk, now)
        if opens <= now:
            return None
        return (Hold.PAUSED if lines.is_paused(campaign, trunk, now) else Hold.PACE), opens

    def _note_not_dialled(self, result: Held | Dropped) -> None:
        self._queue.pop(result.attempt_id, None)
        if isinstance(result, Dropped):
            self._cancelled[result.cause] += 1
            return
        self._held[result.hold] += 1
        wait = _LOOK_AGAIN
        if result.hold is Hold.PACE:
            wait = max(spacing(rate) for _, rate in self._rates(result.campaign_id))
        self._come_back(wait)
        if result.hold in _BARS_THE_TRUNK:
            self._bar(None, result.hold, wait)
        elif result.hold in _BARS_THE_CAMPAIGN:
            self._bar(result.campaign_id, result.hold, wait)

    def _note(self, reserved: Reserved, result: Placed | Refused | Ambiguous | Held | Dropped) -> None:
        """Count an order and leave off what pace or pause rule out, rather than asking the database each time."""
        campaign_id = reserved.campaign.id
        if isinstance(result, Held | Dropped):
            self._note_not_dialled(result)
        else:
            self._done[type(result).__name__.lower()] += 1
        if isinstance(result, Ambiguous):
            self._bar(None, Hold.PAUSED, PAUSE_AFTER_SILENCE)
        elif isinstance(result, Refused) and result.kind in PAUSES:
            whole = result.kind is not RefusalKind.CONFIGURATION
            self._bar(None if whole else campaign_id, Hold.PAUSED, PAUSES[result.kind])
            self._come_back(PAUSES[result.kind])
        now, taken_at = self._terms.clock.now(), reserved.attempt.reserved_at or self._terms.clock.now()
        for line, (_, rate) in zip((None, campaign_id), self._rates(campaign_id), strict=True):
            opens = taken_at + spacing(rate)
            if opens > now:
                self._bar(line, Hold.PACE, opens - now)

    def _rates(self, campaign_id: str) -> tuple[tuple[str, float], tuple[str, float]]:
        return rates(self._terms.campaigns[campaign_id], self._terms.trunk)

    def _bar(self, campaign_id: str | None, hold: Hold, wait: timedelta) -> None:
        """Leave off everything that is due, or all of one campaign, until `wait` from now."""
        barred = [item for item, campaign in self._queue.items() if campaign_id in (None, campaign)]
        for item in barred:
            del self._queue[item]
        self._held[hold] += len(barred)
        if barred or (self._more and campaign_id is None):
            self._more = False
            self._come_back(wait)

    def _come_back(self, wait: timedelta) -> None:
        self._opens.append(self._terms.clock.now() + wait)
