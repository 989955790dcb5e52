"""Processes that are killed at the worst moment: what they left is brought to its end by evidence, and by others."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from installation import (
    ACCOUNT,
    PHONE,
    TOKEN,
    ShiftedClock,
    callees,
    due,
    ended,
    filed,
    free_port,
    make_home,
    open_at,
    rows,
    take_in,
    wait_for,
)

from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.schema import attempts, turns
from outbound.bootstrap import House
from outbound.cli.serving.logs import JsonLines
from outbound.exchange.core import ExchangeConfig
from outbound.exchange.server import ServerOptions, running
from outbound.work import Work

pytestmark = pytest.mark.slow

DATA_KEY, INDEX_KEY = b"d" * 32, b"i" * 32
SPEED = 10.0
"""Slow enough that the exchange's clock stays close to ours, and quick enough for a test."""

_OPENED = """
import os, sys, time
from datetime import UTC, datetime, timedelta
from installation import ShiftedClock, open_at
from outbound.adapters.sql.database.keys import Keyring
from outbound.usecases.ports.stored.heartbeats import Role
from outbound.work import Work

database, port, carrier_url, ahead, mode = sys.argv[1:]
keyring = Keyring(data_key=b"d" * 32, index_key=b"i" * 32)
clock = ShiftedClock(datetime.now(UTC) + timedelta(seconds=float(ahead)))
house = open_at(database, int(port), keyring, clock)
house.settings.carrier_url = carrier_url
"""

WORKER = (
    _OPENED
    + """
class Dies:
    def __init__(self, real):
        self.real = real
    def __getattr__(self, name):
        return getattr(self.real, name)
    def create_call(self, order):
        if mode == "after":
            self.real.create_call(order)
        print("now", flush=True)
        time.sleep(600)

house.carrier = Dies(house.carrier)
Work(house, Role.FLOWS).place()
"""
)

WEB = (
    _OPENED
    + """
import uvicorn
from outbound.web.process import web_app, web_attendance

app = web_app(house, web_attendance(house))
server = uvicorn.Server(uvicorn.Config(app, port=int(port), log_config=None, access_log=False))
server.run()
"""
)


@pytest.fixture
def house(tmp_path: Path, database_url: str, clock: ShiftedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An installation with one policy planned and due, as the surviving process sees it."""
    monkeypatch.setenv("OUTBOUND_HOME", str(make_home(tmp_path / "home")))
    house = open_at(database_url, free_port(), Keyring(data_key=DATA_KEY, index_key=INDEX_KEY), clock)
    take_in(house, tmp_path)
    assert Work(house).plan()["planned"] == 1
    due(house, clock)
    yield house
    house.store.engine.dispose()


@contextmanager
def exchange(house: House) -> Iterator[list[dict[str, Any]]]:
    """The exchange, as a process that nobody kills; yields its log."""
    events: list[dict[str, Any]] = []
    config = ExchangeConfig(ACCOUNT, TOKEN, calls_per_second=5)
    options = ServerOptions(
        config, callees(), log=lambda event: events.append(dict(event)), port=0, speed=SPEED, clock=house.clock.now
    )
    with running(options) as url:
        house.settings.carrier_url = url
        yield events


@contextmanager
def process(house: House, clock: ShiftedClock, program: str, mode: str = "") -> Iterator[subprocess.Popen[str]]:
    """Another process on the same database; killed at the end, if it was not before."""
    ahead = (clock.now() - datetime.now(UTC)).total_seconds()
    database = house.store.engine.url.render_as_string(hide_password=False)
    here = Path(__file__).parent
    command = [sys.executable, "-c", program, database, str(house.settings.listen_port)]
    command += [str(house.settings.carrier_url), str(ahead), mode]
    paths = f"{here}{os.pathsep}{here.parents[1]}"
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": paths}) as other:
        yield other
        if other.poll() is None:
            other.kill()


def kill(other: subprocess.Popen[str]) -> None:
    """`kill -9`, and nothing of it is left."""
    os.kill(other.pid, signal.SIGKILL)
    other.wait()


def status(house: House) -> tuple[str, str | None]:
    """Where the one attempt stands, and why."""
    (row,) = rows(house, attempts)
    return row["status"], row["cause"]


def rung(events: list[dict[str, Any]]) -> list[str]:
    """Whose telephone rang."""
    return [event["to"] for event in events if event["event"] == "ringing"]


def go_on(clock: ShiftedClock, **parts: float) -> None:
    """Let time pass."""
    clock.move_to(clock.now() + timedelta(**parts))


def test_a_worker_killed_before_its_order_left_nobody_rung(
    house: House, clock: ShiftedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody can know whether it had ordered: in doubt until the carrier's longest queue is over, and never rung."""
    work = Work(house)
    with exchange(house) as events:
        with process(house, clock, WORKER, "before") as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "now\n"
            kill(worker)
        assert status(house)[0] == "reserved"
        assert work.settle().lapsed == 0
        go_on(clock, seconds=11)
        assert work.settle().lapsed == 1
        assert status(house) == ("unknown", "reservation_lapsed")
        for _ in range(3):
            go_on(clock, minutes=11)
            assert work.settle().live == 1
            assert work.place().placed == 0
        go_on(clock, hours=24)
        assert work.settle().given_up == 1
        assert work.place().placed == 0
        assert rung(events) == []
    assert work.file().filed == 1
    assert filed(house)["disposition"] == "unknown"
    lapsed = [json.loads(JsonLines().format(each)) for each in caplog.records if "reserved it" in each.getMessage()]
    assert [(each["cause"], each["worker"].split(":")[1]) for each in lapsed] == [
        ("reservation_lapsed", str(worker.pid))
    ]
    assert "last heard of at 2026-11-" in lapsed[0]["message"]


def test_a_worker_killed_after_its_order_rang_once(house: House, clock: ShiftedClock) -> None:
    """The carrier's list tells of the one call that was made; it is taken for the attempt's, and nobody rings again."""
    work = Work(house)
    with exchange(house) as events:
        with process(house, clock, WORKER, "after") as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "now\n"
            kill(worker)
        wait_for(lambda: any(event["event"] == "ended" for event in events))
        assert status(house)[0] == "reserved"
        go_on(clock, seconds=11)
        assert work.settle().lapsed == 1
        go_on(clock, seconds=31)
        report = work.settle()
        assert (report.adopted, report.concluded) == (1, 1)
        assert work.place().placed == 0
        assert rung(events) == [PHONE]
    assert ended(house)
    assert work.file().filed == 1


def test_a_conversation_whose_web_process_was_killed_ends_by_evidence(
    house: House, clock: ShiftedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The call fell silent with the process; the carrier says that it is over, and that is written, once."""
    caplog.set_level(logging.INFO, logger="outbound")
    work = Work(house)
    with exchange(house) as events, process(house, clock, WEB) as web:
        wait_for(lambda: heartbeats(house))
        assert work.place().placed == 1
        wait_for(lambda: len(rows(house, turns)) >= 3)
        kill(web)
        wait_for(lambda: any(event["event"] == "ended" for event in events))
        assert status(house)[0] == "in_progress"
        assert work.settle().concluded == 0
        go_on(clock, minutes=10, seconds=1)
        assert work.settle().concluded == 1
        assert work.settle().live == 0
        assert work.place().placed == 0
        assert rung(events) == [PHONE]
    assert ended(house)
    assert (work.file().filed, work.file().filed) == (1, 0)
    assert filed(house)["connect_result"] == "human"
    assert heartbeats(house) == [f"{web.pid}/web"]


def heartbeats(house: House) -> list[str]:
    """Who stands on the list of processes, by the number of the process."""
    with house.store.begin() as work:
        return [each.worker.split(":")[1] for each in work.heartbeats.heartbeats()]
