"""A whole installation for a test: signed rules, a clock at a lawful hour, an exchange and a web server on sockets."""

import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import SystemRandom
from typing import Any

import uvicorn
from pydantic import SecretStr
from sqlalchemy import Table, select
from typer.testing import CliRunner

from outbound.adapters.clock import SystemClock
from outbound.adapters.sources.files import read_rows
from outbound.adapters.sources.normalise import normalise_rows
from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.schema import attempts, service_records
from outbound.bootstrap import House, open_house
from outbound.cli.rules import app as rules
from outbound.exchange.core import ExchangeConfig
from outbound.exchange.people.population import Callee, Population, Profile, Resident
from outbound.exchange.server import ServerOptions, running
from outbound.settings import Settings
from outbound.simulation.invented.personas import person
from outbound.usecases.intake.take_in_policies import take_in_policies
from outbound.web.app import create_app
from outbound.web.front import voice_desk

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT, TOKEN = "AC" + "5" * 32, "4" * 32
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
"""10:00 in Taipei, a working day."""
PHONE = "+886900000601"
SPEED = 60.0

POLICIES = """policy_no,product_code,product_name,issued_on,delivered_on,customer_id,full_name,birth_date,phone,\
language,region,privacy_notice_on,consents,do_not_call,status
L9990001234,HI05,守護醫療健康保險,2026-11-10,2026-11-12,T0000001,試安心,1980-05-28,0900-000-601,\
zh-TW,TW,2026-11-09,service_call;automated_voice,N,in force
"""


class ShiftedClock(SystemClock):
    """The machine's clocks, the wall clock ahead or behind by what a test sets: lawful hours whenever it runs."""

    def __init__(self, start: datetime) -> None:
        self._shift = start - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the shifted instant."""
        return datetime.now(UTC) + self._shift

    def move_to(self, instant: datetime) -> None:
        """Let it be `instant` now."""
        self._shift = instant - datetime.now(UTC)


def make_home(folder: Path) -> Path:
    """Copy what an installation needs and let two invented people sign the Taiwanese pack."""
    for name in ("config", "scripts_tts"):
        shutil.copytree(ROOT / name, folder / name)
    for who in ("試簽一", "試簽二"):
        result = CliRunner().invoke(rules, ["sign", "TW", "--by", who, "--rules", str(folder / "config/compliance")])
        assert result.exit_code == 0, result.output
    # The clock of these tests stands before the day on which they run, and who signs later has not signed yet.
    signatures = folder / "config" / "compliance" / "signatures.yaml"
    signatures.write_text(re.sub(r'on: "[0-9-]+"', 'on: "2026-11-01"', signatures.read_text("utf-8")), "utf-8")
    return folder


_DRAWN = SystemRandom()


def free_port() -> int:
    """A port of the loopback interface that nobody uses now; below those that connections going out are given."""
    while True:
        port = _DRAWN.randrange(15_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def open_at(database_url: str, port: int, keyring: Keyring, clock: ShiftedClock) -> House:
    """Open the installation of OUTBOUND_HOME with the exchange's account; demo signatures do not count."""
    settings = Settings(
        database_url=database_url,
        public_url=f"http://127.0.0.1:{port}",
        listen_port=port,
        source_company="formosa-life",
        TWILIO_ACCOUNT_SID=SecretStr(ACCOUNT),
        TWILIO_AUTH_TOKEN=SecretStr(TOKEN),
    )
    return open_house(settings, keyring=keyring, clock=clock)


def take_in(house: House, folder: Path) -> None:
    """Take the one policy of this test in."""
    path = folder / "policies.csv"
    path.write_text(POLICIES, encoding="utf-8")
    campaign = house.campaigns["welcome-tw"]
    company = house.companies[campaign.company_id]
    today = date(2026, 11, 16)
    report = take_in_policies(
        house.store,
        rows=normalise_rows(read_rows(path), today=today, company_region=company.region),
        source=path.name,
        company=company,
        campaign=campaign,
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    assert (report.taken_in, report.quarantined) == (1, 0)


def callees() -> Population:
    """The policyholder picks up at once, presses keys and knows the own birth date."""
    facts = {"birth": "0528", "tail": "1234", "score": "9", "ten": "1"}
    profile = Profile(otherwise=1.0, rings=(3.0, 3.0))
    return Population({PHONE: Callee(profile, (Resident(person("presses_keys", "zh-TW"), facts),))})


@contextmanager
def exchange(house: House, token: str = TOKEN) -> Iterator[list[dict[str, Any]]]:
    """Run the exchange in a hurry, by the house's time of day; yields its log."""
    events: list[dict[str, Any]] = []
    config = ExchangeConfig(ACCOUNT, token, calls_per_second=5)
    options = ServerOptions(
        config, callees(), log=lambda event: events.append(dict(event)), port=0, speed=SPEED, clock=house.clock.now
    )
    with running(options) as url:
        house.settings.carrier_url = url
        yield events


@contextmanager
def web(house: House) -> Iterator[str]:
    """Serve the product's web application at the address that the carrier is given."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(voice_desk(house)), port=house.settings.listen_port, log_config=None, access_log=False
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started)
    try:
        yield house.settings.public_url
    finally:
        server.should_exit = True
        thread.join()


def wait_for(condition: Callable[[], Any], seconds: float = 180.0) -> None:
    """Wait until a condition holds; on a busy machine processes take their time to start."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def rows(house: House, table: Table) -> list[dict[str, Any]]:
    """Return a table's rows."""
    with house.store.reading() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def ended(house: House) -> bool:
    """Whether the one attempt has come to its end."""
    return [row["status"] for row in rows(house, attempts)] == ["ended"]


def filed(house: House) -> dict[str, Any]:
    """Return the one record that was filed."""
    (row,) = rows(house, service_records)
    body: Any = row["body"]
    return dict(json.loads(body) if isinstance(body, str | bytes) else body)


def due(house: House, clock: ShiftedClock) -> None:
    """Let it be five seconds into the planned window."""
    (row,) = rows(house, attempts)
    clock.move_to(row["window_start"] + timedelta(seconds=5))
