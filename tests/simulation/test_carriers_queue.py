"""Calls that the carrier's queue still holds when they must not ring any more: the whole product in virtual time."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from outbound.adapters.files.campaigns import load_campaign
from outbound.adapters.files.scripts import FileScripts
from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.rows import load_contacts
from outbound.adapters.sql.schema import attempts, contacts
from outbound.adapters.sql.views.run_figures import filed_records
from outbound.bootstrap import House
from outbound.dialogue.prover.length import longest_seconds
from outbound.exchange.faults import Faults, FaultWindow
from outbound.exchange.people.population import Population
from outbound.simulation.agenda import Errand, keep_agenda
from outbound.simulation.clock import VirtualClock
from outbound.simulation.judge import Instructions, StopOrder, count, judge
from outbound.simulation.lawful_hours import LawfulHours
from outbound.simulation.runs import Log, Plan, come_to_rest, good_policies, pass_time, take_in
from outbound.simulation.simulate import invented_account
from outbound.simulation.world import World
from outbound.usecases.dialling.nameless import Search
from outbound.usecases.dialling.stop_dialling import stop_dialling
from outbound.usecases.places.suspend_areas import suspend_areas
from tests.conftest import ROOT
from tests.simulation.test_runs import house_at
from tests.usecases.builders import make_attempt
from tests.values import replace

TAIPEI = ZoneInfo("Asia/Taipei")
MONDAY = datetime(2026, 11, 23, tzinfo=TAIPEI)
CAMPAIGN = load_campaign(ROOT / "config" / "campaigns" / "welcome-tw.yaml")
SCRIPTS = FileScripts(ROOT / "scripts_tts")
LONGEST = max(longest_seconds(SCRIPTS.load(name), SCRIPTS.limits.speech) for name in CAMPAIGN.called_with)
GUARD = CAMPAIGN.pacing.ring_timeout_seconds + LONGEST
LAST_RING = MONDAY.replace(hour=21) - timedelta(seconds=GUARD)
"""Closing time in Taiwan less the guard: ringing and the longest script that may be spoken."""
Queue = Callable[..., tuple[World, Log, Path]]


@pytest.fixture
def queue(tmp_path: Path, keyring: Keyring) -> Iterator[Queue]:
    """Order calls for so many people of Taipei and Kaohsiung at an instant, from a carrier that rings one a second."""
    houses: list[House] = []

    def order(
        people: int, at: datetime, pace: float = 50.0, carrier: float = 1.0, faults: Faults | None = None
    ) -> tuple[World, Log, Path]:
        path = tmp_path / "policies.csv"
        write_people(path, people)
        clock = VirtualClock(at - timedelta(hours=1))
        house = house_at(tmp_path, clock, 3, keyring)
        houses.append(house)
        campaign = house.campaigns["welcome-tw"]
        fast = replace(campaign.pacing, calls_per_second=pace, max_live=1000)
        house.campaigns = {campaign.id: replace(campaign, pacing=fast)}
        house.settings = house.settings.model_copy(update={"trunk_calls_per_second": pace})
        log = Log()
        account = invented_account(3, carrier)
        world = World(house, clock, account, population=Population(), seed=3, log=log.keep, faults=faults)
        take_in(house, Plan(path, at, 1, 3, campaign.id))
        with house.store.reading() as connection:
            found = load_contacts(connection, list(connection.execute(select(contacts.c.id)).scalars()))
        for contact in found.values():
            make_attempt(house.store, contact, window_start=at.astimezone(UTC), at=clock.now())
        world.wait_until(at)
        return world, log, path

    yield order
    for house in houses:
        house.store.engine.dispose()


def write_people(path: Path, people: int) -> None:
    """Write invented people in the middle of life, each with a number of the block that no carrier has."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["policy_no", "issued_on", "customer_id", "full_name", "birth_date", "phone", "region", "privacy_notice_on"]
        )
        for number in range(people):
            region = "TW-TPE" if number % 2 else "TW-KHH"
            phone = f"+886942{number:06d}"
            row = [
                f"P{number:06d}",
                "2026-11-16",
                f"C{number:06d}",
                "王試明",
                "1980-05-28",
                phone,
                region,
                "2026-11-16",
            ]
            writer.writerow(row)


def work(world: World, start: datetime, end: datetime) -> None:
    """Run the verbs as in operation."""

    def every(name: str, minutes: int, run: Callable[[], object]) -> Errand:
        def errand() -> datetime | None:
            report = run()
            return getattr(report, "next_due", None) if name == "place" else None

        return Errand(name, timedelta(minutes=minutes), errand)

    errands = [
        every("plan", 30, world.plan),
        every("settle", 10, world.settle),
        every("file", 10, world.file),
        every("place", 1, world.place),
    ]
    keep_agenda(errands, start, end, world.live_until, lambda _at: None)


def rings(log: Log) -> dict[str, list[datetime]]:
    """When each number rang, by number."""
    found: dict[str, list[datetime]] = {}
    for event in log.events:
        if event["event"] == "ringing":
            found.setdefault(event["to"], []).append(datetime.fromisoformat(event["at"]))
    return found


def cancelled(log: Log) -> set[str]:
    """Numbers whose calls ended in the queue."""
    return {event["to"] for event in log.events if event["event"] == "ended" and event["status"] == "canceled"}


def causes(world: World) -> Counter[str]:
    """How many calls ended for which cause."""
    query = select(attempts.c.cause, func.count()).where(attempts.c.status == "ended").group_by(attempts.c.cause)
    with world.house.store.reading() as connection:
        return Counter({row[0]: row[1] for row in connection.execute(query)})


def laws(world: World, log: Log, policies: Path, *stops: StopOrder) -> dict[str, int]:
    """What the judge finds in the exchange's log and the records, under these orders to stop."""
    with world.house.store.reading() as connection:
        records = list(filed_records(connection))
    known = list(good_policies(policies, date(2026, 11, 23)))
    hours = LawfulHours(ROOT / "config" / "compliance")
    return count(judge(log.events, records, known, hours, max_attempts=1, instructions=Instructions(stops)))


@pytest.mark.slow
def test_closing_time(queue: Queue) -> None:
    """Three hundred calls ordered a minute before the guard: what has not rung by then rings the next day, once."""
    at = LAST_RING - timedelta(seconds=60)
    world, log, policies = queue(300, at)
    work(world, at, at + timedelta(minutes=30))
    evening = rings(log)
    assert 55 <= len(evening) <= 62
    # The carrier needs a second from its queue to the first ring.
    assert max(times[0] for times in evening.values()) <= at + timedelta(seconds=62)
    late = cancelled(log)
    assert len(late) == 300 - len(evening)
    assert not late & evening.keys()
    assert causes(world)["closing_time"] == len(late)
    work(world, at + timedelta(minutes=30), at + timedelta(hours=13))
    come_to_rest(world, at + timedelta(hours=13))
    rung = rings(log)
    assert set(rung) == late | evening.keys()
    assert {len(times) for times in rung.values()} == {1}
    assert {rung[number][0].astimezone(TAIPEI).date() for number in late} == {date(2026, 11, 24)}
    assert set(laws(world, log, policies).values()) == {0}


def test_closing_time_without_a_dialler(queue: Queue) -> None:
    """Where nothing is placed any more, whatever lets time pass still takes the queue back at closing time."""
    at = LAST_RING - timedelta(seconds=32)
    world, log, policies = queue(60, at)
    place_all(world, 60)
    pass_time(world, at + timedelta(hours=1))
    come_to_rest(world, at + timedelta(hours=1))
    assert len(rings(log)) <= 35
    assert set(laws(world, log, policies).values()) == {0}


def test_area_suspended_while_calls_are_queued(queue: Queue) -> None:
    """From a few seconds after a suspension nobody of the area is rung; the others of the queue are."""
    at = MONDAY.replace(hour=14)
    world, log, _ = queue(60, at)
    work(world, at, at + timedelta(seconds=10))
    suspend_areas(
        world.house.store, rulebook=world.house.rulebook, codes=["TW-TPE"], since=None,
        until=at + timedelta(hours=5), reason="typhoon", by="test", identifiers=world.house.identifiers,
        now=world.now(),
    )  # fmt: skip
    work(world, world.now(), at + timedelta(minutes=3))
    rung = rings(log)
    odd = {number: times for number, times in rung.items() if int(number[-1]) % 2}
    assert max(times[0] for times in odd.values()) <= at + timedelta(seconds=17)
    assert len(rung) - len(odd) == 30
    assert causes(world)["area_blocked"] == 30 - len(odd)


def test_stop_order_while_calls_are_queued(queue: Queue) -> None:
    """Within ten seconds of a stop order nothing begins to ring any more, and each call has its record."""
    at = MONDAY.replace(hour=14)
    world, log, policies = queue(60, at)
    work(world, at, at + timedelta(seconds=10))
    stop_dialling(
        world.house.store, campaign_id=None, reason="test", by="test", identifiers=world.house.identifiers,
        now=world.now(),
    )  # fmt: skip
    work(world, world.now(), at + timedelta(minutes=10))
    rung = rings(log)
    assert max(times[0] for times in rung.values()) <= at + timedelta(seconds=20)
    assert len(rung) + len(cancelled(log)) == 60
    assert causes(world)["stop_order"] == len(cancelled(log))
    come_to_rest(world, at + timedelta(minutes=10))
    assert set(laws(world, log, policies).values()) == {0}


@pytest.mark.parametrize("is_searched", [True, False])
def test_stop_order_while_a_call_is_in_doubt(
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
    is_searched: bool,
) -> None:
    """A call whose order timed out waits a minute in the queue; a stop order two seconds later holds for it as well.

    Were the queue not searched for it, it would ring, and the judge would name the law.
    """
    if not is_searched:
        monkeypatch.setattr("outbound.usecases.dialling.cancel_queued.search_queue", lambda *_args, **_more: Search())
    at = MONDAY.replace(hour=14)
    faults = Faults({}, (FaultWindow("create_timeout_made", at + timedelta(seconds=1), at + timedelta(seconds=3)),))
    world, log, policies = queue(2, at, pace=0.5, carrier=1 / 60, faults=faults)
    work(world, at, at + timedelta(seconds=4))
    assert Counter(event["event"] for event in log.events if event["event"] in {"created", "queued"})["created"] == 2
    assert faults.struck == {"create_timeout_made": 1}
    stop = StopOrder(world.now())
    stop_dialling(
        world.house.store, campaign_id=None, reason="test", by="test", identifiers=world.house.identifiers,
        now=world.now(),
    )  # fmt: skip
    work(world, world.now(), at + timedelta(minutes=10))
    come_to_rest(world, at + timedelta(minutes=10))
    found = laws(world, log, policies, stop)
    assert {law for law, violations in found.items() if violations} == (set() if is_searched else {"stop_order_holds"})
    assert len(rings(log)) == (1 if is_searched else 2)
    assert causes(world)["stop_order"] == is_searched


def place_all(world: World, calls: int) -> None:
    """Order so many calls as fast as the pace allows."""
    placed = 0
    while placed < calls:
        report = world.place()
        placed += report.placed
        if placed < calls:
            assert report.next_due is not None
            world.wait_until(report.next_due)
