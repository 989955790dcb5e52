"""Puts a system of separate processes together, keeps it running, and takes it away again whatever happens."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from outbound.adapters.sources.files import read_rows
from outbound.adapters.sources.normalise import normalise_rows
from outbound.bootstrap import House, open_house
from outbound.settings import load
from outbound.usecases.intake.take_in_policies import take_in_policies
from outbound.work import Work
from tests.end_to_end.installation import ROOT, free_port, make_home
from tests.processes.clock import Origin, RigClock
from tests.processes.people import write_policies
from tests.processes.postgres import Postgres

OPENING = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
"""10:00 in Taipei on a working day: the first half-hour for which calls are planned."""
CAMPAIGN = "welcome-tw"
_ALIVE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Shape:
    """What a rig is made of. Rates are calls a second of the machine's time; `speed` is that of all clocks alike."""

    contacts: int
    callees: Mapping[str, int]
    workers: int = 2
    seed: int = 1
    speed: float = 4.0
    calls_per_second: float = 100.0
    exchange_calls_per_second: float = 1000.0


class Part:
    """One process of the rig: it can be killed and started again."""

    def __init__(self, name: str, module: str, environment: Mapping[str, str], folder: Path) -> None:
        self.name, self._module, self._environment = name, module, environment
        self._log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its log goes on where it ended."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self._module.split()],
                cwd=ROOT, env=dict(self._environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """Of the present process."""
        return self._process.pid if self._process else 0

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """`kill -9`."""
        self.end(signal.SIGKILL)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send a signal and wait for the end."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass(slots=True)
class Rig:
    """A running system. `house` is the installation as this process sees it, at rest and for reading."""

    shape: Shape
    folder: Path
    postgres: Postgres
    environment: dict[str, str]
    exchange_port: int
    web_port: int
    house: House
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """What the exchange writes down."""
        return self.folder / "exchange.jsonl"

    @property
    def policies(self) -> Path:
        """The file that was taken in."""
        return self.folder / "policies.csv"

    @property
    def leap(self) -> Path:
        """Where it is ordered that time is left out, in seconds."""
        return self.folder / "leap"

    def set_off(self, *, carrier_url: str | None = None, public_url: str | None = None) -> None:
        """Start exchange, web and workers, at 10:00 sharp; by other addresses where wires lie in between."""
        origin = Origin.at(OPENING + timedelta(seconds=1), self.shape.speed, self.leap)
        self.house.clock = RigClock(origin)
        self.environment |= {
            "RIG_CLOCK": origin.text(),
            "OUTBOUND_CARRIER_URL": carrier_url or f"http://127.0.0.1:{self.exchange_port}",
            "OUTBOUND_PUBLIC_URL": public_url or f"http://127.0.0.1:{self.web_port}",
        }
        self.house.settings.carrier_url = self.environment["OUTBOUND_CARRIER_URL"]
        workers = [f"worker-{number + 1}" for number in range(self.shape.workers)]
        for name in ("exchange", "web", *workers):
            module = f"tests.processes.{name.partition('-')[0]}"
            self.parts[name] = Part(name, module, self.environment, self.folder)
        self.parts["exchange"].start()
        self.parts["web"].start()
        wait_for(lambda: answers(f"http://127.0.0.1:{self.exchange_port}/health"), "the exchange")
        wait_for(lambda: answers(f"http://127.0.0.1:{self.web_port}/healthz"), "the web process")
        for name in workers:
            self.parts[name].start()

    def close(self) -> None:
        """End every process of this rig."""
        for part in reversed(self.parts.values()):
            part.kill()


@contextmanager
def rig(shape: Shape) -> Iterator[Rig]:
    """Make an installation on a PostgreSQL of its own, with `contacts` people taken in and planned for 10:00."""
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="outbound-rig-", ignore_cleanup_errors=True))
        )
        folder.chmod(0o755)
        home = folder / "home"
        home.mkdir()
        make_home(home)
        _quicken(home / "config" / "campaigns" / f"{CAMPAIGN}.yaml", shape)
        postgres = Postgres(folder / "data")
        stack.callback(postgres.stop)
        postgres.start()
        exchange_port, web_port = free_port(), free_port()
        environment = _environment(home, postgres.url, shape, web_port)
        environment["RIG_EXCHANGE"] = json.dumps({
            "port": exchange_port, "log": str(folder / "exchange.jsonl"), "contacts": shape.contacts,
            "callees": dict(shape.callees), "seed": shape.seed,
            "calls_per_second": shape.exchange_calls_per_second / shape.speed,
        })  # fmt: skip
        house = stack.enter_context(_opened(environment))
        made = Rig(shape, folder, postgres, environment, exchange_port, web_port, house)
        stack.callback(made.close)
        _take_in(made)
        yield made


def _environment(home: Path, database_url: str, shape: Shape, web_port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OUTBOUND_", "TWILIO_"))}
    keys = {f"OUTBOUND_{name}_KEY": base64.b64encode(os.urandom(32)).decode() for name in ("DATA", "INDEX")}
    return kept | keys | {
        "OUTBOUND_HOME": str(home),
        "OUTBOUND_DATABASE_URL": database_url,
        "OUTBOUND_LISTEN_PORT": str(web_port),
        "OUTBOUND_PUBLIC_URL": f"http://127.0.0.1:{web_port}",
        "OUTBOUND_SOURCE_COMPANY": "formosa-life",
        "OUTBOUND_TRUNK_CALLS_PER_SECOND": str(shape.calls_per_second / shape.speed),
        "TWILIO_ACCOUNT_SID": f"AC{os.urandom(16).hex()}",
        "TWILIO_AUTH_TOKEN": os.urandom(16).hex(),
    }  # fmt: skip


def _quicken(path: Path, shape: Shape) -> None:
    """Let the shipped campaign dial as fast as the rig, and ring no longer than it must."""
    text = path.read_text("utf-8")
    values: Mapping[str, Any] = {
        "calls_per_second": shape.calls_per_second / shape.speed,
        "max_live": shape.contacts,
        "ring_timeout_seconds": 15,
        "slot_capacity": shape.contacts,
    }
    for name, value in values.items():
        text = re.sub(rf"(?m)^  {name}: \S+", f"  {name}: {value}", text)
    path.write_text(text, "utf-8")


@contextmanager
def _opened(environment: Mapping[str, str]) -> Iterator[House]:
    """Open the installation in this process as the others will, and give the environment back as it was."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update({name: value for name, value in environment.items() if not name.startswith("RIG_")})
    try:
        early = RigClock(Origin.at(OPENING - timedelta(seconds=20), 1.0))
        house = open_house(load(), clock=early)
        _ = house.campaigns, house.scripts, house.rulebook, house.messages
        yield house
        house.store.engine.dispose()
    finally:
        os.environ.clear()
        os.environ.update(before)


def _take_in(made: Rig) -> None:
    house = made.house
    write_policies(made.policies, made.shape.contacts)
    campaign = house.campaigns[CAMPAIGN]
    company = house.companies[campaign.company_id]
    report = take_in_policies(
        house.store,
        rows=normalise_rows(read_rows(made.policies), today=OPENING.date(), company_region=company.region),
        source=made.policies.name,
        company=company,
        campaign=campaign,
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    planned = Work(house).plan()
    if report.taken_in != made.shape.contacts or planned["planned"] != made.shape.contacts:
        raise RuntimeError(f"{report.taken_in} taken in, {planned}: all of {made.shape.contacts} should be planned")


def answers(url: str) -> bool:
    """Whether something answers there."""
    with suppress(OSError), urlopen(url, timeout=1) as answer:  # noqa: S310 - an address of ours
        return bool(answer.status == 200)
    return False


def wait_for(condition: Callable[[], Any], what: str, seconds: float = _ALIVE_SECONDS, every: float = 0.05) -> None:
    """Wait until a condition holds, looked at `every` so many seconds; the `TimeoutError` says what did not come."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(every)
