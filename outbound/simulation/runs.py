"""A run: take a file in, live some days, let everything come to rest, count and judge."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import func, select

from outbound.adapters.sources.files import read_rows
from outbound.adapters.sources.identity import identity_column, with_identity_column
from outbound.adapters.sources.normalise import normalise_rows
from outbound.adapters.sql.schema import contacts
from outbound.adapters.sql.views.run_figures import call_rows, totals
from outbound.bootstrap import House
from outbound.domain.campaign import Campaign
from outbound.domain.policy import Policy
from outbound.review.figures import CallRow
from outbound.simulation.judge import count, first_ones, judge, talked_past_closing
from outbound.simulation.lawful_hours import LawfulHours
from outbound.simulation.result import MOST_SHOWN, RunResult
from outbound.simulation.world import World
from outbound.usecases.dialling.cancel_queued import LOOK_AGAIN
from outbound.usecases.intake.take_in_policies import IntakeReport, take_in_policies
from outbound.usecases.problems import InputProblemError, ServiceAwayError

_log = logging.getLogger(__name__)

REST = timedelta(minutes=30)
LONGEST_REST = timedelta(hours=30)
"""An unknown call is given up after a day: by then everything has come to rest."""


class Plan(Struct, frozen=True):
    """What is to be simulated. `start` is aware; its zone is that of the campaign's operations."""

    policies: Path
    start: datetime
    days: int
    seed: int
    campaign_id: str

    @property
    def end(self) -> datetime:
        """After this nothing new is dialled."""
        return self.start + timedelta(days=self.days)


@dataclass(slots=True)
class Log:
    """Keeps the exchange's log for the judge, and writes it where asked."""

    events: list[Mapping[str, Any]] = field(default_factory=list)

    def keep(self, event: Mapping[str, object]) -> None:
        """Take one event."""
        self.events.append(event)

    def write(self, path: Path) -> None:
        """Write JSON lines."""
        _write_lines(path, self.events)


def check_empty(house: House) -> None:
    """Raise `InputProblemError` when the database holds contacts: a simulation must not mix with real people."""
    with house.store.reading() as connection:
        if connection.execute(select(func.count(contacts.c.id))).scalar_one():
            raise InputProblemError(
                "--database: this database holds contacts already; a simulation needs an empty one (give another file)"
            )


def campaign_of(house: House, campaign_id: str) -> Campaign:
    """Return a campaign, or raise `InputProblemError`."""
    if campaign_id not in house.campaigns:
        raise InputProblemError(f"no campaign {campaign_id}; known are {', '.join(house.campaigns)}")
    return house.campaigns[campaign_id]


def good_policies(path: Path, today: date, region: str = "TW") -> Iterator[Policy]:
    """Read the rows of a policies file that can be read: the facts about people that the judge and callees know."""
    for row in normalise_rows(read_rows(path), today=today, company_region=region):
        if isinstance(row, Policy):
            yield row


def take_in(house: House, plan: Plan, progress: Callable[[int], None] | None = None) -> IntakeReport:
    """Take the plan's file in at the present virtual instant."""
    campaign = campaign_of(house, plan.campaign_id)
    company = house.companies[campaign.company_id]
    identity = identity_column(company, campaign)
    raw = with_identity_column(read_rows(plan.policies), identity)
    return take_in_policies(
        house.store,
        rows=normalise_rows(raw, today=plan.start.date(), company_region=company.region, identity=identity),
        source=plan.policies.name,
        company=company,
        campaign=campaign,
        identifiers=house.identifiers,
        now=house.clock.now(),
        interviews=house.interview_rules(company),
        progress=progress,
    )


def come_to_rest(world: World, end: datetime) -> datetime:
    """After `end` settle and file, without dialling, until nothing is live, unknown or pending; return when."""
    at = end
    while at < end + LONGEST_REST and not _is_at_rest(world):
        at += REST
        pass_time(world, at)
    return at


def _is_at_rest(world: World) -> bool:
    try:
        owed, settled, filed = world.keep_promises(), world.settle(), world.file()
    except ServiceAwayError as away:
        _log.info("not at rest yet: %s", away)
        return False
    return not (owed or settled.live or filed.pending or world.busy_until())


def pass_time(world: World, until: datetime) -> None:
    """Let time pass without dialling; what waits in the carrier's queue is taken back when its hours end."""
    while (due := _next_clearing(world)) is not None and due < until:
        world.wait_until(due)
    world.wait_until(until)


def _next_clearing(world: World) -> datetime | None:
    try:
        return world.cancel_queued().next_due
    except ServiceAwayError:
        return world.now() + LOOK_AGAIN


def sum_up(
    world: World, plan: Plan, intake: IntakeReport, log: Log, began: float, files: Mapping[str, str]
) -> tuple[RunResult, list[CallRow], list[Mapping[str, Any]]]:
    """Count what is in the tables, and judge it from the exchange's log and the records."""
    house = world.house
    with house.store.reading() as connection:
        counts, rows = totals(connection), call_rows(connection)
    records = world.filed()
    counts["records"]["filed"] = len(records)
    campaign = campaign_of(house, plan.campaign_id)
    policies = list(good_policies(plan.policies, plan.start.date()))
    hours = LawfulHours(house.folder / "config" / "compliance")
    # What promotes anything is telemarketing, whatever the campaign calls itself.
    bound = "telemarketing" if campaign.promotional else campaign.call_class
    violations = judge(log.events, records, policies, hours, max_attempts=campaign.max_attempts, call_class=bound)
    result = RunResult(
        seed=plan.seed,
        virtual={"from": plan.start.isoformat(), "to": house.clock.now().astimezone(plan.start.tzinfo).isoformat()},
        wall_seconds=round(time.monotonic() - began, 2),
        policies={
            "read": intake.read,
            "taken_in": intake.taken_in + intake.updated,
            "duplicates": intake.duplicates,
            "quarantined": intake.quarantined,
        },
        laws=count(violations),
        violations=[asdict(each) for each in first_ones(violations, MOST_SHOWN)],
        talked_past_closing=talked_past_closing(log.events, records, policies, hours, bound),
        files=files,
        faults=world.accidents(),
        **counts,
    )
    return result, rows, records


def write_records(path: Path, records: list[Mapping[str, Any]]) -> None:
    """Write the records file: one JSON line an outcome."""
    _write_lines(path, records)


def _write_lines(path: Path, items: list[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE) for item in items)
