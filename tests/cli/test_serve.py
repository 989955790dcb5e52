"""`outbound serve`: the start with all its checks, readiness, the lock on SQLite, and an orderly end."""

import base64
import json
import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.store import SqlStore
from outbound.bootstrap import House, open_house
from outbound.cli.serve import DIALLING_GOES_ON
from outbound.cli.serving.checks import check_addresses, check_house, open_to_everybody, unsigned_packs
from outbound.cli.serving.lock import sole_server
from outbound.cli.serving.logs import JsonLines
from outbound.cli.serving.readiness import Readiness, database_problem
from outbound.cli.serving.web import listen, serve_until_signal, web_server
from outbound.settings import Settings
from outbound.usecases.ports.stored.heartbeats import Role
from outbound.usecases.problems import InputProblemError, ServiceAwayError
from outbound.work import Work
from tests.end_to_end.installation import free_port

ROOT = Path(__file__).parents[2]
SERVE = [sys.executable, "-c", "from outbound.cli import main; main()", "serve"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with configuration and scripts as shipped."""
    for name in ("config", "scripts_tts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def house(home: Path, keyring: Keyring, clock: Any) -> Iterator[House]:
    """An installation that talks to a local exchange."""
    settings = Settings(
        database_url=f"sqlite:///{home}/outbound.db",
        carrier_url="http://127.0.0.1:9",
        source_company="formosa-life",
        TWILIO_ACCOUNT_SID="AC0",
        TWILIO_AUTH_TOKEN="0",
    )
    house = open_house(settings, keyring=keyring, clock=clock)
    yield house
    house.store.engine.dispose()


@dataclass
class Served:
    """A server process, its addresses and what it has printed."""

    process: subprocess.Popen[str]
    url: str
    environment: dict[str, str]


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    """`outbound serve` with the embedded exchange and the embedded Prefect server."""
    keys = {name: base64.b64encode(os.urandom(32)).decode() for name in ("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY")}
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = (
        os.environ
        | keys
        | {
            "OUTBOUND_EMBEDDED_EXCHANGE": "true",
            "OUTBOUND_CARRIER_URL": f"http://127.0.0.1:{free_port()}",
            "OUTBOUND_LISTEN_PORT": str(port),
            "OUTBOUND_PUBLIC_URL": url,
        }
    )
    with subprocess.Popen(SERVE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield Served(process, url, environment)
        if process.poll() is None:
            process.kill()


def wait_for(condition: Callable[[], Any], seconds: float) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def answer(url: str) -> httpx.Response | None:
    """Return what is answered, None while nobody listens."""
    try:
        return httpx.get(url, timeout=5)
    except httpx.HTTPError:
        return None


def works(served: Served, role: str) -> float:
    """How many processes of a role the figures show."""
    shown = httpx.get(f"{served.url}/metrics", timeout=10).text.splitlines()
    return next(float(line.split()[1]) for line in shown if line.startswith(f'outbound_workers{{role="{role}"}}'))


@pytest.mark.slow
@pytest.mark.prefect
def test_serve_is_ready_refuses_a_second_one_and_stops_in_order(served: Served, home: Path) -> None:
    """Webhooks are answered before Prefect is up; a second server is refused; SIGTERM ends it with exit code 0.

    Meanwhile its web and its flows stand on the list of those that work; afterwards nobody does.
    """
    wait_for(lambda: answer(f"{served.url}/healthz"), 90)
    assert httpx.post(f"{served.url}/voice/{'0' * 32}/status", data={"CallSid": "CA1"}).status_code == 403
    other = served.environment | {
        "OUTBOUND_CARRIER_URL": f"http://127.0.0.1:{free_port()}",
        "OUTBOUND_LISTEN_PORT": str(free_port()),
    }
    second = subprocess.run(SERVE, env=other, capture_output=True, text=True, check=False, timeout=90)
    assert (second.returncode, "Traceback" in second.stderr) == (3, False)
    assert f"process {served.process.pid}" in second.stderr

    def ready() -> bool:
        found = answer(f"{served.url}/readyz")
        return found is not None and found.status_code == 200

    wait_for(ready, 90)
    wait_for(lambda: works(served, "web") == works(served, "flows") == 1, 90)
    served.process.send_signal(signal.SIGTERM)
    out, errors = served.process.communicate(timeout=90)
    assert served.process.returncode == 0
    assert "Rule pack TW is not signed for production" in out
    assert out.endswith("Stopped.\n")
    assert all(json.loads(line)["level"] in ("info", "warning") for line in errors.splitlines())
    with closing(sqlite3.connect(home / "var" / "outbound.db")) as database:
        assert database.execute("SELECT worker FROM heartbeats").fetchall() == []
        assert ("plan_calls",) in database.execute("SELECT verb FROM verb_runs").fetchall()


def test_one_server_for_one_sqlite_database(sqlite_store: SqlStore) -> None:
    """The second is refused with the process that holds it; afterwards the lock is free."""
    engine = sqlite_store.engine
    refused = pytest.raises(ServiceAwayError, match=f"process {os.getpid()}")
    with sole_server(engine), refused, sole_server(engine):
        pass
    with sole_server(sqlite_store.engine):
        pass


@pytest.mark.postgres
def test_several_servers_for_one_postgresql_database(postgres_store: SqlStore) -> None:
    """PostgreSQL needs no lock."""
    served = []
    for _ in range(2):
        with sole_server(postgres_store.engine), sole_server(postgres_store.engine):
            served.append(True)
    assert served == [True, True]


def test_an_installation_as_shipped_passes_the_checks_and_is_unsigned(house: House) -> None:
    """Everything can be read; demo signatures do not count here."""
    check_house(house)
    at_home, abroad = unsigned_packs(house)
    assert (at_home, abroad) == (["TW"], len(house.rulebook.packs) - 1)


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("config/campaigns/welcome-tw.yaml", "script: welcome_call", "script: farewell_call", "farewell_call"),
        ("scripts_tts/welcome_call/script.yaml", "say:", "sya:", "script.yaml"),
        ("config/compliance/packs/TW.yaml", "windows:", "windws:", "TW.yaml"),
        ("config/companies.yaml", "caller_number:", "caller:", "companies.yaml"),
    ],
)
def test_every_mistake_is_named_before_anything_is_served(
    house: House, home: Path, file: str, before: str, after: str, told: str
) -> None:
    """A wrong campaign, script, pack or company is one clear message, beside those of other files."""
    path = home / file
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    house.settings.public_url, house.settings.carrier_url = "http://localhost", None
    with pytest.raises(InputProblemError, match=told) as problem:
        check_house(house)
    assert "public_url" in str(problem.value)


def test_a_carrier_elsewhere_needs_an_address_that_it_can_reach() -> None:
    """A public address on this machine goes with a carrier on this machine only."""
    check_addresses(Settings(carrier_url="http://127.0.0.1:8500"))
    check_addresses(Settings(public_url="https://calls.example.com"))
    with pytest.raises(InputProblemError, match="public_url"):
        check_addresses(Settings())


def test_figures_that_everybody_can_read_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address on the network and no token for the figures: whoever starts the server is told, and what to do."""
    for name in ("OUTBOUND_METRICS_TOKEN", "OUTBOUND_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    open_one = Settings(public_url="https://calls.example.com")
    assert "OUTBOUND_METRICS_TOKEN" in str(open_to_everybody(open_one))
    assert open_to_everybody(Settings(public_url="http://127.0.0.1:8080")) is None
    assert open_to_everybody(Settings(public_url="https://calls.example.com", metrics_token="t")) is None


def test_verbs_that_bring_nothing_to_an_end_are_named_whoever_runs_them(house: House, clock: Any) -> None:
    """After three intervals and a minute without a good end, in whatever process, a verb counts as standing still."""
    intervals = {"plan_calls": timedelta(minutes=5), "file_records": timedelta(minutes=1)}
    readiness = Readiness(house, lambda: intervals)
    worker = Work(house, Role.FLOWS)
    clock.advance(minutes=5)
    assert readiness() == {
        "file_records": "no run has come to its end for 5 minutes; none is on record: is a worker running?"
    }
    worker.file()
    assert readiness() == {}
    clock.advance(minutes=15)
    problems = readiness()
    assert set(problems) == {"plan_calls", "file_records"}
    assert f"begun by {house.worker} at 2026-11-16 02:05 UTC" in problems["file_records"]


def test_what_ended_a_verb_is_named(house: House, clock: Any) -> None:
    """A verb that fails again and again stands there with the kind of its error, which may quote nobody."""

    def broken() -> None:
        raise OSError("0900-000-601")

    readiness = Readiness(house, lambda: {"take_in_policies": timedelta(minutes=1)})
    house.arrivals = broken  # type: ignore[method-assign, assignment]
    worker = Work(house, Role.FLOWS)
    clock.advance(minutes=5)
    with pytest.raises(OSError, match="0900"):
        worker.take_in()
    assert readiness()["take_in_policies"].endswith(f"the last one, by {house.worker}, ended with OSError")


def test_flows_that_do_not_run_yet_and_an_end_are_named(house: House) -> None:
    """While Prefect starts that is the reason; a process that ends wants no new webhooks and says who goes on."""
    readiness = Readiness(house, dict, lambda: {"flows": "the Prefect server is starting"})
    assert readiness() == {"flows": "the Prefect server is starting"}
    elsewhere = Readiness(house, dict)
    elsewhere.ending(DIALLING_GOES_ON)
    assert "the workers of the work pool go on dialling" in elsewhere()["web"]


def test_rules_that_cannot_be_read_are_the_reason(house: House, home: Path) -> None:
    """Nothing is planned or dialled then, and the file is named."""
    path = home / "config" / "compliance" / "packs" / "TW.yaml"
    path.write_text("windws: 1", encoding="utf-8")
    assert "TW.yaml" in Readiness(house, dict)()["rules"]


def test_a_wait_ends_when_the_server_is_to_stop(house: House, clock: Any) -> None:
    """Nobody waits for the end of a slice of dialling."""
    work = Work(house, Role.FLOWS)
    work.end()
    before = time.monotonic()
    work.wait_until(clock.now() + timedelta(hours=1))
    assert time.monotonic() - before < 1
    assert work.ending


def test_a_database_that_is_gone_is_named(house: House, home: Path) -> None:
    """Readiness names it in words, and nothing else."""
    assert database_problem(house) == {}
    house.store.engine.dispose()
    for path in home.glob("outbound.db*"):
        path.unlink()
    (home / "outbound.db").mkdir()
    assert "does not answer" in database_problem(house)["database"]


DETAIL = "duplicate key\nDETAIL:  Key (number)=(0912345678) already exists."


def test_a_log_line_keeps_the_place_of_an_error_and_not_its_text() -> None:
    """The text of an exception may quote what belongs to a person."""
    try:
        int("number 0912345678")
    except ValueError:
        record = logging.LogRecord("outbound.web", logging.ERROR, __file__, 1, "call %.8s", ("abc",), sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["message"], line["error"]) == ("error", "call abc", "ValueError")
    assert __file__ in line["where"]
    assert "0912345678" not in json.dumps(line)


@pytest.mark.parametrize(
    ("logger", "message", "caught"),
    [
        ("prefect.flow_runs", "Encountered exception during execution: %r", True),
        ("prefect.flow_runs", f"Finished in state Failed('{DETAIL}')", False),
        ("sqlalchemy.pool", f"gave up: {DETAIL}", True),
        ("outbound.work", "gave up: %s", True),
        ("outbound.work", f"gave up: {DETAIL}", True),
    ],
)
def test_no_message_quotes_the_text_of_an_error(logger: str, message: str, caught: bool) -> None:
    """The database quotes the values of a key in its error; where that stands in a message, kind and place stay."""
    error = ValueError(DETAIL)
    info = (ValueError, error, None) if caught else None
    args = (error,) if "%" in message else ()
    record = logging.LogRecord(logger, logging.ERROR, "/lib/flow_engine.py", 1334, message, args, info)
    line = json.loads(JsonLines().format(record))
    assert "0912345678" not in json.dumps(line)
    assert line.get("error") == ("ValueError" if caught else None)
    assert ("flow_engine.py:1334" in line["message"]) is not logger.startswith("outbound")


async def say_nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """An application without anything to say."""


def stop_after(seconds: float, times: int) -> None:
    """Send this process SIGTERM after a while, so many times."""

    def send() -> None:
        for _ in range(times):
            time.sleep(seconds)
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=send).start()


def end_with(live: list[int], signals: int) -> tuple[list[str], float]:
    """Serve until a signal with `live` calls at each look; return what happened, and how long it took."""
    happened: list[str] = []
    server = web_server(say_nothing)
    server.config.lifespan = "off"
    stop_after(0.3, signals)
    before = time.monotonic()
    with listen("127.0.0.1", 0) as listener:
        serve_until_signal(
            server,
            listener,
            stop_dialling=lambda: happened.append("dialling stopped"),
            live_calls=lambda: live.pop(0) if len(live) > 1 else live[0],
            patience_seconds=20,
        )
    return happened, time.monotonic() - before


def test_conversations_may_finish_after_dialling_has_stopped() -> None:
    """One signal: nothing new is dialled, and the server stays until no call is live."""
    happened, seconds = end_with([2, 1, 0], signals=1)
    assert happened == ["dialling stopped"]
    assert 1 < seconds < 10


def test_a_second_signal_does_not_wait() -> None:
    """Whoever insists gets the end at once, though a call is live."""
    happened, seconds = end_with([1], signals=2)
    assert happened == ["dialling stopped"]
    assert seconds < 10


def test_a_port_that_is_taken_is_named() -> None:
    """The message says which settings choose another."""
    with listen("127.0.0.1", 0) as taken, pytest.raises(ServiceAwayError, match="listen_port"):
        listen("127.0.0.1", taken.getsockname()[1])
