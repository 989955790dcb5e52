"""An order to stop while two workers dial: nothing rings any more, nobody is cut off, and no restart lifts it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from installation import ACCOUNT, MONDAY, TOKEN, ShiftedClock, free_port, make_home, open_at, rows, wait_for
from sqlalchemy import update
from typer.testing import CliRunner

from outbound.adapters.sources.files import read_rows
from outbound.adapters.sources.normalise import normalise_rows
from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.schema import attempts, stop_orders
from outbound.bootstrap import House
from outbound.cli import app
from outbound.exchange.core import ExchangeConfig
from outbound.exchange.people.population import Callee, Population, Profile, Resident
from outbound.exchange.server import ServerOptions, running
from outbound.simulation.invented.personas import person
from outbound.usecases.intake.take_in_policies import take_in_policies
from outbound.work import Work

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

PEOPLE = 60
SPEED = 20.0
WITHIN_SECONDS = 10.0
DATA_KEY, INDEX_KEY = b"d" * 32, b"i" * 32

_OPENED = """
import sys, time
from datetime import UTC, datetime, timedelta
from installation import ShiftedClock, open_at
from outbound.adapters.sql.database.keys import Keyring

database, port, carrier_url, ahead = sys.argv[1:]
clock = ShiftedClock(datetime.now(UTC) + timedelta(seconds=float(ahead)))
house = open_at(database, int(port), Keyring(data_key=b"d" * 32, index_key=b"i" * 32), clock)
house.settings.carrier_url = carrier_url
house.settings.trunk_calls_per_second = 8
"""

WORKER = (
    _OPENED
    + """
from outbound.usecases.ports.stored.heartbeats import Role
from outbound.work import Work

work = Work(house, Role.FLOWS)
while True:
    report = work.place()
    print(report.placed, flush=True)
    work.wait_until(min(report.next_due, work.now() + timedelta(seconds=5)))
"""
)

WEB = (
    _OPENED
    + """
import uvicorn
from outbound.web.process import web_app, web_attendance

server = uvicorn.Server(uvicorn.Config(web_app(house, web_attendance(house)), port=int(port), log_config=None))
server.run()
"""
)


@pytest.fixture
def house(tmp_path: Path, postgres_url: str, postgres_store: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An installation with sixty calls that are due."""
    home = make_home(tmp_path / "home")
    campaign = home / "config" / "campaigns" / "welcome-tw.yaml"
    text = campaign.read_text("utf-8").splitlines()
    fast = ["  calls_per_second: 8" if "calls_per_second:" in line else line for line in text]
    campaign.write_text("\n".join("  max_live: 60" if "max_live:" in line else line for line in fast), "utf-8")
    monkeypatch.setenv("OUTBOUND_HOME", str(home))
    clock = ShiftedClock(MONDAY)
    house = open_at(postgres_url, free_port(), Keyring(data_key=DATA_KEY, index_key=INDEX_KEY), clock)
    take_in(house, tmp_path)
    planned = Work(house).plan()["planned"]
    assert planned == PEOPLE
    now = clock.now()
    with house.store.engine.begin() as connection:
        connection.execute(update(attempts).values(window_start=now, window_end=now + timedelta(hours=2)))
    yield house
    house.store.engine.dispose()


def number(each: int) -> str:
    """An invented number."""
    return f"+8869000006{each:02d}"


def take_in(house: House, folder: Path) -> None:
    """Take sixty policies of sixty people in."""
    head = (
        "policy_no,product_code,product_name,issued_on,delivered_on,customer_id,full_name,birth_date,phone,"
        "language,region,privacy_notice_on,consents,do_not_call,status\n"
    )
    lines = [
        f"L99900{each:05d},HI05,守護醫療健康保險,2026-11-10,2026-11-12,T{each:07d},試安心{each},1980-05-28,"
        f"0900-000-6{each:02d},zh-TW,TW,2026-11-09,service_call;automated_voice,N,in force\n"
        for each in range(PEOPLE)
    ]
    path = folder / "policies.csv"
    path.write_text(head + "".join(lines), encoding="utf-8")
    campaign = house.campaigns["welcome-tw"]
    company = house.companies[campaign.company_id]
    report = take_in_policies(
        house.store,
        rows=normalise_rows(read_rows(path), today=date(2026, 11, 16), company_region=company.region),
        source=path.name,
        company=company,
        campaign=campaign,
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    assert (report.taken_in, report.quarantined) == (PEOPLE, 0)


@contextmanager
def exchange(house: House) -> Iterator[list[dict[str, Any]]]:
    """An exchange whose queue is slower than our orders; yields its log, with the second of each event."""
    events: list[dict[str, Any]] = []
    facts = {"birth": "0528", "tail": "1234", "score": "9", "ten": "1"}
    callee = Callee(Profile(otherwise=1.0, rings=(3.0, 3.0)), (Resident(person("presses_keys", "zh-TW"), facts),))
    options = ServerOptions(
        ExchangeConfig(ACCOUNT, TOKEN, calls_per_second=0.05),
        Population({number(each): callee for each in range(PEOPLE)}),
        log=lambda event: events.append({**event, "second": time.monotonic()}),
        port=0,
        speed=SPEED,
        clock=house.clock.now,
    )
    with running(options) as url:
        house.settings.carrier_url = url
        yield events


@contextmanager
def process(house: House, program: str) -> Iterator[subprocess.Popen[str]]:
    """Another process of the installation."""
    ahead = (house.clock.now() - datetime.now(UTC)).total_seconds()
    here = Path(__file__).parent
    database = house.store.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", program, database, str(house.settings.listen_port)]
    command += [str(house.settings.carrier_url), str(ahead)]
    paths = f"{here}{os.pathsep}{here.parents[1]}"
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": paths}) as other:
        try:
            yield other
        finally:
            other.kill()


def count(events: list[dict[str, Any]], name: str) -> int:
    """How often something happened."""
    return sum(event["event"] == name for event in events)


def roles(house: House) -> list[str]:
    """Who stands on the list of those that work."""
    with house.store.begin() as work:
        return sorted(each.role for each in work.heartbeats.heartbeats())


def test_an_order_to_stop_holds_over_all_workers(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """No new ring within ten seconds, the carrier's queue is cleared, who talks finishes; a new worker stays still."""
    monkeypatch.setattr("outbound.bootstrap.open_house", lambda: house)
    stop = ["stop-dialling", "--reason", "a wrong prompt", "--by", "lin"]
    with exchange(house) as events, ExitStack() as processes:
        assert CliRunner().invoke(app, stop).exit_code == 0
        processes.enter_context(process(house, WEB))
        workers = [processes.enter_context(process(house, WORKER)) for _ in range(2)]
        wait_for(lambda: roles(house) == ["flows", "flows", "web"])
        assert events == []
        assert "lifted: 1" in CliRunner().invoke(app, ["resume-dialling", "--by", "lin"]).output
        wait_for(lambda: count(events, "answered") >= 3 and len(who_dialled(house)) == 2)
        wait_for(lambda: count(events, "created") - count(events, "ringing") >= 8)
        stopped, talking = time.monotonic(), {event["sid"] for event in events if event["event"] == "answered"}
        told = CliRunner().invoke(app, stop)
        assert told.exit_code == 0, told.output
        workers[0].kill()
        processes.enter_context(process(house, WORKER))
        wait_for(lambda: roles(house) == ["flows", "flows", "flows", "web"])
        wait_for(lambda: all_over(house))
    assert "Taken back from the carrier's queue" in told.output
    assert [(order["by"], order["reason"]) for order in rows(house, stop_orders)] == [("lin", "a wrong prompt")] * 2
    assert len(who_dialled(house)) == 2
    assert not [each for each in events if each["event"] == "ringing" and each["second"] > stopped + WITHIN_SECONDS]
    assert not [each for each in events if each["event"] == "created" and each["second"] > stopped + WITHIN_SECONDS]
    ends = {event["sid"]: event["status"] for event in events if event["event"] == "ended"}
    assert {ends[sid] for sid in talking} == {"completed"}
    assert "canceled" in ends.values()
    causes = [row["cause"] for row in rows(house, attempts)]
    # In the instant between our look and our word a telephone may begin to ring.
    assert causes.count("stop_order") + causes.count("canceled_ringing") == list(ends.values()).count("canceled")
    assert causes.count("canceled_ringing") <= 1
    assert "planned" in {row["status"] for row in rows(house, attempts)}


def who_dialled(house: House) -> set[str]:
    """The workers that reserved calls."""
    return {row["worker"] for row in rows(house, attempts) if row["worker"]}


def all_over(house: House) -> bool:
    """Whether no call is live any more."""
    return not {row["status"] for row in rows(house, attempts)} & {"reserved", "placed", "ringing", "in_progress"}
