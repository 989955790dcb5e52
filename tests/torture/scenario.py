"""A scenario: a small campaign and everything that happens to it, drawn from one number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outbound.domain.campaign import Campaign, OpenHours, RetryRule
from outbound.exchange.faults import Faults
from outbound.simulation.agenda import Rhythm
from tests.torture.draws import Draws
from tests.torture.orders import Orders, draw_orders
from tests.torture.people import People, draw_people
from tests.torture.troubles import draw_faults
from tests.values import replace

TAIPEI = ZoneInfo("Asia/Taipei")
BEGINNINGS: Sequence[tuple[str, float, tuple[str, ...], float]] = (
    ("an ordinary week", 10, ("2026-11-23", "2026-11-24", "2026-11-26", "2026-11-27", "2026-12-07"), 0.1),
    ("clocks go back in America", 2, ("2026-10-30", "2026-10-31", "2026-11-01"), 0.6),
    ("clocks go forward in America", 2, ("2027-03-12", "2027-03-13", "2027-03-14"), 0.6),
    ("the year ends", 2, ("2026-12-30", "2026-12-31"), 0.2),
    ("the Lunar New Year", 1, ("2027-02-03", "2027-02-09"), 0.1),
)
"""Name, weight, first days, and the share of people in America."""

_ROUND_THE_CLOCK = (OpenHours(frozenset(range(1, 8)), time(0), time(23, 59)),)
_QUICK = RetryRule((1.5, 3.0, 5.0), next_number=True)


@dataclass(frozen=True, slots=True)
class Scenario:
    """All that a run depends on, apart from the product."""

    seed: int
    season: str
    start: datetime
    days: int
    people: People
    campaign: Campaign
    trunk_calls_per_second: float
    trunk_max_live: int | None
    faults: Faults
    orders: Orders
    rhythm: Rhythm

    def words(self) -> Iterator[str]:
        """Say in words what the scenario is."""
        pacing = self.campaign.pacing
        customers = {row["customer_id"] for row in self.people.rows}
        yield f"seed {self.seed}: {self.season}, {self.days} days from {self.start:%a %Y-%m-%d %H:%M %Z}"
        yield f"  {len(customers)} people with {len(self.people.rows)} policies in {', '.join(self.people.regions)}"
        yield (
            f"  {self.campaign.max_attempts} attempts at most; {pacing.calls_per_second:g} calls a second and "
            f"{pacing.max_live} at once; trunk {self.trunk_calls_per_second:g} a second, "
            f"{self.trunk_max_live or 'no limit'} at once"
        )
        wrong = ", ".join(f"{name} {chance:g}" for name, chance in self.faults.probabilities.items())
        yield f"  goes wrong: {wrong or 'nothing by chance'}"
        for window in self.faults.windows:
            yield f"  {window.fault} for certain from {window.start:%a %H:%M:%S} to {window.end:%a %H:%M:%S}"
        yield from self._orders()

    def _orders(self) -> Iterator[str]:
        for stop in self.orders.stops:
            until = "for good" if stop.end is None else f"until {stop.end:%a %H:%M:%S}"
            yield f"  {stop.campaign or 'everything'} is stopped on {stop.start:%a %H:%M:%S} {until}"
        for closure in self.orders.closures:
            yield f"  {closure.region} is closed from {closure.start:%a %H:%M:%S} to {closure.end:%a %H:%M:%S}"
        for refusal in self.orders.refusals:
            yield f"  a number is not to be called from {refusal.start:%a %H:%M:%S} on"


def draw(seed: int, campaign: Campaign) -> Scenario:
    """Draw the scenario of `seed` around a campaign as shipped.

    Two to four days from one of `BEGINNINGS`; one to four attempts, in half of the scenarios with retries within
    hours instead of days and hours round the clock, so that the rules alone keep the night; pace from one call in five
    seconds to two a second, one to eight calls at once. See `draw_people`, `draw_faults` and `draw_orders`.
    """
    draws = Draws(seed, "season")
    season, _, first_days, american = draws.one_of({each: each[1] for each in BEGINNINGS})
    start = datetime.combine(date.fromisoformat(draws.some(first_days, 1, 1)[0]), time(), TAIPEI)
    days = draws.one_of({2: 6, 3: 3, 4: 1})
    people = draw_people(seed, start.date(), american)
    mine = _limits(campaign, Draws(seed, "limits"))
    trunk = Draws(seed, "trunk")
    return Scenario(
        seed=seed,
        season=season,
        start=start,
        days=days,
        people=people,
        campaign=mine,
        trunk_calls_per_second=trunk.small(0.2, 2),
        trunk_max_live=trunk.whole(1, 6) if trunk.chance(0.3) else None,
        faults=draw_faults(seed, start, days),
        orders=draw_orders(seed, start, days, mine.id, people),
        rhythm=_rhythm(Draws(seed, "rhythm")),
    )


def _rhythm(draws: Draws) -> Rhythm:
    """Most verbs run less often than in operation, so that more seeds are run.

    Settling does not: it hands promises to people half an hour before they are broken.
    """
    return Rhythm(
        plan=timedelta(minutes=draws.whole(30, 90)),
        settle=timedelta(minutes=draws.whole(5, 20)),
        file=timedelta(minutes=draws.whole(20, 90)),
        place=timedelta(minutes=draws.whole(10, 30)),
        promises=timedelta(minutes=draws.whole(2, 15)),
    )


def _limits(campaign: Campaign, draws: Draws) -> Campaign:
    pacing = replace(campaign.pacing, calls_per_second=draws.small(0.2, 2), max_live=draws.whole(1, 8))
    mine = replace(campaign, max_attempts=draws.one_of({1: 4, 2: 3, 3: 2, 4: 1}), pacing=pacing)
    if draws.chance(0.5):
        mine = replace(mine, retries=dict.fromkeys(campaign.retries, _QUICK))
    return replace(mine, hours=_ROUND_THE_CLOCK) if draws.chance(0.5) else mine
