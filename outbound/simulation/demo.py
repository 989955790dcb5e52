"""The demo: the whole product on embedded defaults, through the Prefect flows, in virtual time."""

import base64
import os
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sql.database.keys import KEY_BYTES, Keyring
from outbound.adapters.sql.views.read_models import planned_until
from outbound.bootstrap import House, open_house
from outbound.settings import embedded, home
from outbound.simulation.clock import VirtualClock
from outbound.simulation.invented.people import work_the_inbox
from outbound.simulation.invented.population import population_for
from outbound.simulation.invented.sample import write_sample
from outbound.simulation.reporting.report import write_report
from outbound.simulation.result import RunResult
from outbound.simulation.runs import (
    Log,
    Plan,
    campaign_of,
    come_to_rest,
    good_policies,
    pass_time,
    sum_up,
    write_records,
)
from outbound.simulation.simulate import carrier_rate, invented_account
from outbound.simulation.timetable import MOST_FLOW_RUNS, Entry, timetable
from outbound.simulation.world import World
from outbound.usecases.intake.report import IntakeReport

CAMPAIGN = "welcome-tw"
START = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Taipei"))
FIRST_ISSUE = date(2026, 11, 16)
Progress = Callable[[datetime, datetime], None]


class DemoOptions(Struct, frozen=True):
    """`contacts` None takes the sample file as shipped; a number invents so many people."""

    contacts: int | None = None
    seed: int = 1
    days: int = 10


class Folders(Struct, frozen=True):
    """Where a demo puts its things; everything but `prefect` is made anew at each run."""

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "outbound.db"

    @property
    def prefect(self) -> Path:
        """The Prefect server's folder."""
        return self.root.parent / "prefect"


def run_demo(options: DemoOptions, *, tell: Callable[[str], None], progress: Progress) -> RunResult:
    """Run the demo and return what it came to. `tell` is given lines, `progress` virtual (now, end)."""
    began = time.monotonic()
    os.umask(0o077)  # log and records hold numbers and words in plain
    folders = _fresh_folders(home() / "var" / "demo")
    policies = _policies(options, folders)
    plan = Plan(policies, START, options.days, options.seed, CAMPAIGN)
    clock = VirtualClock(START)
    house = _open(folders, clock, options.seed)
    log = Log()
    population = population_for(good_policies(policies, START.date()), options.seed, START.date())
    account = invented_account(options.seed, carrier_rate(house))
    world = World(house, clock, account, population=population, seed=options.seed, log=log.keep)
    flow_runs, intake = _live(world, plan, folders, tell, progress)
    come_to_rest(world, plan.end)
    files = {
        "database": str(folders.database),
        "report": str(folders.root / "report.html"),
        "records": str(folders.root / "records.jsonl"),
        "exchange_log": str(folders.root / "exchange.jsonl"),
        "environment": str(folders.root / "demo.env"),
    }
    result, rows, records = sum_up(world, plan, intake, log, began, files)
    result = replace(result, flow_runs=flow_runs, wall_seconds=round(time.monotonic() - began, 2))
    log.write(Path(files["exchange_log"]))
    write_records(Path(files["records"]), records)
    write_report(result, rows, Path(files["report"]))
    house.store.engine.dispose()
    return result


def _live(
    world: World, plan: Plan, folders: Folders, tell: Callable[[str], None], progress: Progress
) -> tuple[int, IntakeReport]:
    """Run the flows at their virtual instants; return how many runs there were, and what was taken in."""
    from flows.server import running_server
    from flows.workplace import working_at

    flows = _flows()
    entries = timetable(campaign_of(world.house, plan.campaign_id), plan.start, plan.days)
    runs, intake = 0, IntakeReport()
    with ExitStack() as stack:
        stack.enter_context(running_server(folders.prefect, tell=tell))
        stack.enter_context(working_at(world))
        for entry in entries:
            pass_time(world, entry.at)
            work_the_inbox(world.house, entry.at)
            if _has_work(world, entry) and runs < MOST_FLOW_RUNS:
                answer = flows[entry.flow](**({} if entry.seconds is None else {"seconds": entry.seconds}))
                runs += 1
                if entry.flow == "take_in_policies":
                    intake = _intake_of(answer)
            progress(entry.at, plan.end)
        pass_time(world, plan.end)
        progress(plan.end, plan.end)
    return runs, intake


def _has_work(world: World, entry: Entry) -> bool:
    """A slot in which nothing is planned needs no flow run."""
    if entry.flow != "place_calls" or entry.seconds is None:
        return True
    with world.house.store.reading() as connection:
        return planned_until(connection, entry.at + timedelta(seconds=entry.seconds)) > 0


def _intake_of(answer: Any) -> IntakeReport:
    names = ("read", "taken_in", "updated", "duplicates", "quarantined")
    return IntakeReport(**{name: answer[name] for name in names})


def _flows() -> dict[str, Callable[..., Any]]:
    from flows.file_records import file_records
    from flows.place_calls import place_calls
    from flows.plan_calls import plan_calls
    from flows.settle_calls import settle_calls
    from flows.take_in_policies import take_in_policies

    found = (take_in_policies, plan_calls, place_calls, settle_calls, file_records)
    return {flow.name: flow for flow in found}


def _fresh_folders(root: Path) -> Folders:
    shutil.rmtree(root, ignore_errors=True)
    (root / "inbox").mkdir(parents=True)
    return Folders(root)


def _policies(options: DemoOptions, folders: Folders) -> Path:
    """Write or copy the policies file; a copy of it is dropped where the flow will find it."""
    policies = folders.root / "policies.csv"
    if options.contacts is None:
        shutil.copyfile(home() / "config" / "samples" / "policies.csv", policies)
    else:
        write_sample(policies, options.contacts, options.seed, FIRST_ISSUE)
    dropped = folders.root / "inbox" / "policies.csv"
    shutil.copyfile(policies, dropped)
    # In virtual time the file has been lying there for a while.
    before = START.timestamp() - 60
    os.utime(dropped, (before, before))
    return policies


def _open(folders: Folders, clock: VirtualClock, seed: int) -> House:
    data_key, index_key = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
    url = f"sqlite:///{folders.database}"
    _keep_keys(folders.root / "demo.env", url, data_key, index_key)
    return open_house(
        embedded(
            database_url=url,
            public_url="http://127.0.0.1:8080",
            drop_folder=str(folders.root / "inbox"),
            source_company="formosa-life",
        ),
        keyring=Keyring(data_key=data_key, index_key=index_key),
        clock=clock,
        identifiers=SeededIdentifiers(seed),
        honours_demo_signatures=True,
        keeps_rules=True,
        throwaway=True,
    )


def _keep_keys(path: Path, url: str, data_key: bytes, index_key: bytes) -> None:
    """Leave the demo's keys where its user finds them: `. var/demo/demo.env; outbound status`."""
    path.touch(mode=0o600)
    lines = {
        "OUTBOUND_DATABASE_URL": url,
        "OUTBOUND_DATA_KEY": base64.b64encode(data_key).decode(),
        "OUTBOUND_INDEX_KEY": base64.b64encode(index_key).decode(),
    }
    path.write_text("".join(f"export {name}='{value}'\n" for name, value in lines.items()), encoding="utf-8")
