"""Dial what is due: at most one ring an attempt, at a pace that all workers share."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct, field

from outbound.domain.campaign import Campaign
from outbound.domain.identifiers import Identifiers
from outbound.domain.line.fair import Due
from outbound.domain.line.pace import failed
from outbound.domain.line.trunk import PAUSE_AFTER_SILENCE, Hold, Lines, Trunk, claim
from outbound.usecases.dialling.aftermath import give_back, write_placed
from outbound.usecases.dialling.begin import begin
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.dialling.order import LastLook, order_call
from outbound.usecases.dialling.reserve import reserve
from outbound.usecases.dialling.survey import EXPIRE_AT_ONCE, Survey
from outbound.usecases.dialling.terms import LONGEST_BATCH, Dropped, Held, Ordered, Reservations, Reserved, Terms
from outbound.usecases.ports.carrier import Ambiguous, Carrier, Refused
from outbound.usecases.ports.clock import Clock
from outbound.usecases.ports.store import Store
from outbound.usecases.problems import ServiceAwayError
from outbound.usecases.scheduling.may_call import Rules

_LOOK_AGAIN = timedelta(seconds=5)
"""When to come back for what no clock says: a line that is full, a stop order, a clock in doubt."""
_GATHER = timedelta(milliseconds=100)
"""The soonest to come back for pace: a few calls together cost hardly more than one."""

_TOGETHER = 16
"""Most attempts that are reserved at once."""
_ORDERED_WITHIN = 2.0
"""Seconds in which what was reserved together is ordered: well before it would have to be given back."""
_WRITTEN_WITHIN = 0.5
"""Seconds after which what the carrier took is written: until then an order to stop cannot take it back."""
_CLOCK = frozenset({Hold.CLOCK_JUMPED, Hold.CLOCK_WRONG})


class PlaceReport(Struct, frozen=True):
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
    is asked for its clock each time. What raises leaves attempts reserved, a second's worth at most, which
    `settle_calls` takes up.
    """
    terms = Terms(store, rules, campaigns, trunk, clock, identifiers, worker)
    batch = _Batch(terms, carrier, watch or ClockWatch(clock))
    batch.run(limit)
    return batch.report()


class _Batch:
    """One run of the verb: what is still to be tried, and what came of the rest."""

    def __init__(self, terms: Terms, carrier: Carrier, watch: ClockWatch) -> None:
        self._terms, self._carrier, self._watch = terms, carrier, watch
        self._queue: dict[str, Due] = {}  # by attempt, in the order in which they are dialled
        self._lines = Lines()
        self._beyond: Mapping[str, int] = {}  # due, but too many for one batch: by campaign
        self._begun, self._seconds_an_order = terms.clock.monotonic(), 0.2
        self._done: Counter[str] = Counter()
        self._cancelled: Counter[str] = Counter()
        self._held: Counter[str] = Counter()
        self._opens: list[datetime] = []

    def run(self, limit: int) -> None:
        """Take up what is due until nothing more can be done at this instant."""
        terms = self._terms
        hold = self._begin(limit)
        while self._queue and hold is None and not self._is_long():
            now = terms.clock.now()
            claimed = claim(
                self._lines, list(self._queue.values()), terms.campaigns, terms.trunk, now, self._most_at_once()
            )
            if not claimed.taken:
                self._hold_what_is_left(claimed.held, now)
                return
            hold = self._go_on(claimed.taken, reserve(terms, claimed.taken))
        if self._queue:
            self._hold_what_is_left(dict.fromkeys(self._queue, hold) if hold else {}, terms.clock.now())

    def _most_at_once(self) -> int:
        return max(1, min(_TOGETHER, int(_ORDERED_WITHIN / max(self._seconds_an_order, 0.001))))

    def report(self) -> PlaceReport:
        """Sum up, and say when to come back."""
        if self._beyond:
            self._come_back(timedelta(0) if self._done or self._cancelled else _LOOK_AGAIN)
        if self._done["placed"] and self._is_long():
            # What was taken first could not be taken back while a later order kept us waiting.
            self._come_back(timedelta(0))
        return PlaceReport(
            placed=self._done["placed"],
            refused=self._done["refused"],
            ambiguous=self._done["ambiguous"],
            cancelled=dict(self._cancelled),
            held=dict(+self._held),
            next_due=min(self._opens, default=None),
        )

    def _begin(self, limit: int) -> Hold | None:
        """Look, and dial the first ones; say why none may follow."""
        watch = self._watch
        begun = begin(
            self._terms,
            limit,
            most=self._most_at_once(),
            trusts_clock=watch.drifted() is None,
            may_order=watch.is_sure(),
        )
        self._take_in(begun.seen)
        if begun.reserved is not None:
            return self._go_on(begun.tried, begun.reserved)
        return self._doubt() if self._queue else None

    def _take_in(self, seen: Survey) -> None:
        late = self._expire() if seen.seems_late else seen.late
        self._lines, self._beyond = seen.lines, seen.beyond
        self._queue = {each.attempt_id: each for each in seen.due}
        for name, (hold, count) in seen.barred.items():
            self._hold(hold, name, seen.at, count)
        if late:
            self._cancelled["window_passed"] += late
        if seen.next_window is not None:
            self._opens.append(seen.next_window)

    def _expire(self) -> int:
        """Cancel what is too late, once the carrier's clock says so, too."""
        if not self._watch.agrees(self._carrier):
            return 0
        with self._terms.store.begin() as work:
            late = work.dialling.expire(self._terms.clock.now(), EXPIRE_AT_ONCE)
            work.commit()
        return late

    def _doubt(self) -> Hold | None:
        """Why clock or carrier let nothing be dialled: after a failure every worker asks before it orders."""
        terms = self._terms
        if self._lines.failures(terms.trunk):
            self._watch.doubt()
        hold = self._watch.check(self._carrier)
        if hold is Hold.CARRIER_AWAY:
            now = terms.clock.now()
            with terms.store.begin() as work:
                work.dialling.change_pace(terms.trunk.name, lambda pace: failed(pace, now, PAUSE_AFTER_SILENCE, hold))
                self._lines = work.dialling.lines()
                work.commit()
        return hold

    def _go_on(self, due: Sequence[Due], result: Reservations) -> Hold | None:
        """Order what was reserved of these, one after the other; say why none may follow."""
        for each in due:
            del self._queue[each.attempt_id]
        self._queue = {each.attempt_id: each for each in result.untried} | self._queue
        self._lines = result.lines or self._lines
        not_dialled: list[Held | Dropped] = [*result.held, *result.dropped]
        for left in not_dialled:
            self._note_not_dialled(left)
        if len(due) > len(result.reserved) + len(result.held) + len(result.dropped) + len(result.untried):
            self._come_back(_LOOK_AGAIN)
        return self._order(result.reserved)

    def _order(self, reserved: Sequence[Reserved]) -> Hold | None:
        left = deque(reserved)
        try:
            return self._order_each(left, reserved)
        except ServiceAwayError:
            # Only this process knows that these were not ordered: left reserved, they would be in doubt for a day.
            with suppress(ServiceAwayError):
                for each in left:
                    give_back(self._terms, each, "database_away")
            raise

    def _order_each(self, left: deque[Reserved], reserved: Sequence[Reserved]) -> Hold | None:
        taken, look = list[Ordered](), LastLook(self._terms, reserved)
        bar, monotonic = None, self._terms.clock.monotonic
        written = begun = monotonic()
        while left:
            each = left.popleft()
            result = order_call(self._terms, self._carrier, self._watch, look, each)
            if isinstance(result, Ordered):
                taken.append(result)
            else:
                bar = self._note(each, result) or bar
            if taken and (not left or not isinstance(result, Ordered) or _is_old(written, monotonic())):
                self._write(taken)
                taken, written = [], monotonic()
        if reserved:
            self._seconds_an_order = (monotonic() - begun) / len(reserved)
        return bar

    def _write(self, taken: Sequence[Ordered]) -> None:
        placed = write_placed(self._terms, self._carrier, taken)
        self._done.update(placed=placed, ambiguous=len(taken) - placed)
        if any(each.reserved.on_trial for each in taken):
            self._look_at_the_lines()

    def _note(self, reserved: Reserved, result: Refused | Ambiguous | Held | Dropped) -> Hold | None:
        """Count what was not placed, see what it changed, and say why nothing may follow at all."""
        if isinstance(result, Held | Dropped):
            self._note_not_dialled(result)
        else:
            self._done[type(result).__name__.lower()] += 1
        if not isinstance(result, Dropped):
            self._look_at_the_lines()
        now = self._terms.clock.now()
        opens = self._lines.open_at(reserved.campaign, self._terms.trunk, now)
        if isinstance(result, Refused) and opens > now:
            self._opens.append(opens)
        return result.hold if isinstance(result, Held) and result.hold in _CLOCK else None

    def _look_at_the_lines(self) -> None:
        with self._terms.store.begin() as work:
            self._lines = work.dialling.lines()

    def _note_not_dialled(self, result: Held | Dropped) -> None:
        if isinstance(result, Dropped):
            self._cancelled[result.cause] += 1
        else:
            self._hold(result.hold, result.campaign_id, self._terms.clock.now())

    def _hold_what_is_left(self, holds: Mapping[str, Hold], now: datetime) -> None:
        """Leave the rest for the next batch, which begins at once where nothing stands against it."""
        left = Counter(
            (holds[each.attempt_id], each.campaign_id) for each in self._queue.values() if each.attempt_id in holds
        )
        beyond = dict(self._beyond)
        for (hold, campaign_id), count in left.items():
            self._hold(hold, campaign_id, now, count + beyond.pop(campaign_id, 0))
        self._beyond = beyond
        if len(holds) < len(self._queue):
            self._come_back(timedelta(0))

    def _hold(self, hold: Hold, campaign_id: str, now: datetime, count: int = 1) -> None:
        """Count what stays planned, and say when it is worth another look."""
        self._held[hold] += count
        campaign = self._terms.campaigns.get(campaign_id)
        if campaign is None or hold not in {Hold.PACE, Hold.PAUSED, Hold.CARRIER_AWAY}:
            self._opens.append(now + _LOOK_AGAIN)
            return
        opens = self._lines.open_at(campaign, self._terms.trunk, now)
        self._opens.append(max(opens, now + _GATHER) if hold is Hold.PACE else opens)

    def _is_long(self) -> bool:
        return self._terms.clock.monotonic() - self._begun >= LONGEST_BATCH.total_seconds()

    def _come_back(self, wait: timedelta) -> None:
        self._opens.append(self._terms.clock.now() + wait)


def _is_old(since: float, now: float) -> bool:
    return now - since >= _WRITTEN_WITHIN
