"""What operations order during a scenario: dialling stopped and resumed, areas closed, numbers never to be called."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outbound.bootstrap import House
from outbound.simulation.agenda import Errand
from outbound.simulation.judge import Closure, Instructions, Refusal, StopOrder
from outbound.usecases.desk.suppress import suppress
from outbound.usecases.dialling.stop_dialling import resume_dialling, stop_dialling
from outbound.usecases.places.suspend_areas import suspend_areas
from tests.torture.draws import Draws
from tests.torture.people import TAIWAN, People

BY = "torture"


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders with their instants; the judge is told of them from here, never from the product's tables."""

    stops: Sequence[StopOrder] = ()
    closures: Sequence[Closure] = ()
    refusals: Sequence[Refusal] = ()

    def for_judge(self) -> Instructions:
        """The same, as the judge takes them."""
        return Instructions(self.stops, self.refusals, self.closures)

    def errands(self, house: House) -> list[Errand]:
        """What the people at the desk do, through an undisturbed `house`, at those instants."""
        return list(_errands(self, house))


def draw_orders(seed: int, start: datetime, days: int, campaign: str, people: People) -> Orders:
    """Draw orders: one scenario in two is stopped once or twice, one in five closes an area, three in ten lose numbers.

    A stop order ends after minutes or hours; one in six is never lifted. Two of them lie on different days.
    """
    draws = Draws(seed, "orders")
    stops, closures, refusals = [], [], []
    if draws.chance(0.5):
        stops = [
            _stop(draws, start + timedelta(days=day), campaign, may_last=day == days - 1)
            for day in draws.some(range(days), 1, 2)
        ]
    regions = [region for region in people.regions if region in TAIWAN]
    if regions and draws.chance(0.2):
        begins = _working_hour(draws, start + timedelta(days=draws.whole(0, days - 1)))
        region = regions[draws.whole(0, len(regions) - 1)]
        closures = [Closure(region, begins, begins + timedelta(hours=draws.whole(2, 30)))]
    if draws.chance(0.3):
        days_of_refusal = range(days)
        refusals = [
            Refusal(_working_hour(draws, start + timedelta(days=draws.some(days_of_refusal, 1, 1)[0])), number=number)
            for number in draws.some(people.numbers, 1, 2)
        ]
    return Orders(tuple(stops), tuple(closures), tuple(refusals))


def _stop(draws: Draws, day: datetime, campaign: str, *, may_last: bool) -> StopOrder:
    begins = _working_hour(draws, day)
    lasts = may_last and draws.chance(1 / 6)
    ends = None if lasts else begins + timedelta(minutes=draws.small(3, 240))
    return StopOrder(begins, ends, campaign if draws.chance(0.5) else None)


def _working_hour(draws: Draws, day: datetime) -> datetime:
    return day + timedelta(hours=9, seconds=draws.whole(0, 11 * 3600))


def _errands(orders: Orders, house: House) -> Iterator[Errand]:
    for stop in orders.stops:
        yield _once("stop", stop.start, lambda stop=stop: _stop_now(house, stop))
        if stop.end is not None:
            yield _once("resume", stop.end, lambda stop=stop: _resume_now(house, stop))
    for closure in orders.closures:
        yield _once("close an area", closure.start, lambda closure=closure: _close_now(house, closure))
    for refusal in orders.refusals:
        yield _once("suppress", refusal.start, lambda refusal=refusal: _suppress_now(house, refusal))


def _once(name: str, at: datetime, run: object) -> Errand:
    def errand() -> None:
        run()  # type: ignore[operator]

    return Errand(name, timedelta(minutes=1), errand, first=at, once=True)


def _stop_now(house: House, stop: StopOrder) -> None:
    stop_dialling(
        house.store, campaign_id=stop.campaign, reason="torture", by=BY, identifiers=house.identifiers,
        now=house.clock.now(),
    )  # fmt: skip


def _resume_now(house: House, stop: StopOrder) -> None:
    resume_dialling(house.store, campaign_id=stop.campaign, by=BY, now=house.clock.now())


def _close_now(house: House, closure: Closure) -> None:
    suspend_areas(
        house.store, rulebook=house.rulebook, codes=[closure.region], since=None, until=closure.end,
        reason="typhoon", by=BY, identifiers=house.identifiers, now=house.clock.now(),
    )  # fmt: skip


def _suppress_now(house: House, refusal: Refusal) -> None:
    suppress(
        house.store, number=refusal.number, reason="asked at the counter", evidence="torture", by=BY,
        identifiers=house.identifiers, now=house.clock.now(),
    )  # fmt: skip
