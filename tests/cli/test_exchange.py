"""`outbound exchange serve` as a process of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from twilio.rest import Client

COMMAND = [sys.executable, "-c", "from outbound.cli import main; main()", "exchange", "serve"]


def clean_environment(**more: str) -> dict[str, str]:
    """Return the environment without an account."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")} | more


@contextmanager
def exchange(*args: str, **environment: str) -> Iterator[tuple[str, str]]:
    """Run the exchange on a free port; yields what it printed and its address."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0", *args], stdout=subprocess.PIPE, text=True, env=clean_environment(**environment)
    ) as process:
        printed = ""
        assert process.stdout is not None
        for line in process.stdout:
            printed += line
            found = re.search(r"listens on (http://127\.0\.0\.1:\d+)", line)
            if found:
                yield printed, found[1]
                break
        process.send_signal(signal.SIGTERM)


def test_an_invented_account_is_printed_and_works(tmp_path: Path) -> None:
    """Without an account in the environment one is printed; the SDK can order a call with it, and it is logged."""
    log = tmp_path / "log.jsonl"
    with exchange("--log", str(log), "--speed", "50", "--seed", "3") as (printed, url):
        assert httpx.get(f"{url}/health").json()["status"] == "ok"
        sid, token = re.findall(r"TWILIO_\w+=(\w+)", printed)
        assert re.fullmatch(r"AC[0-9a-f]{32}", sid)
        client = Client(sid, token)
        client.api.base_url = url
        client.calls.create(to="+886900000101", from_="+886255550100", url="http://127.0.0.1:9/")
        first = json.loads(log.read_text(encoding="utf-8").splitlines()[0])
    assert (first["event"], first["to"]) == ("created", "+886900000101")


def test_the_account_of_the_environment_is_used_and_not_printed() -> None:
    """Both variables set: nothing about them is printed, and the API answers to them."""
    account = {"TWILIO_ACCOUNT_SID": "AC" + "7" * 32, "TWILIO_AUTH_TOKEN": "8" * 32}
    with exchange(**account) as (printed, url):
        assert account["TWILIO_AUTH_TOKEN"] not in printed
        path = f"{url}/2010-04-01/Accounts/{account['TWILIO_ACCOUNT_SID']}/Calls.json"
        assert httpx.get(path, auth=tuple(account.values())).status_code == 200
        assert httpx.get(path, auth=("AC", "no")).status_code == 401


def test_the_date_is_the_time_of_day_however_fast_time_runs() -> None:
    """At a speed of 500 a client that compares clocks finds the Date of an answer right."""
    with exchange("--speed", "500") as (_, url):
        first, later = (httpx.get(f"{url}/2010-04-01/Accounts/A/Calls.json").headers["Date"] for _ in "12")
    assert first[:16] == later[:16]


def test_a_taken_port_is_a_clear_message() -> None:
    """Exit code 3, one sentence, no traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, check=False, timeout=90)
    assert result.returncode == 3
    assert re.search(rf"port {port} .* cannot be had", result.stderr)
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("option", "content", "told"),
    [
        ("--population", "callees: {12: {}}", "put it in quotes"),
        ("--faults", "webhook_lots: 0.1", "webhook_lots"),
        ("--population", None, "missing.yaml"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_clear_message(
    tmp_path: Path, option: str, content: str | None, told: str
) -> None:
    """Exit code 2 with the file and what is wrong in it."""
    path = tmp_path / ("missing.yaml" if content is None else "file.yaml")
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = subprocess.run([*COMMAND, option, str(path)], capture_output=True, text=True, check=False, timeout=90)
    assert (result.returncode, "Traceback" in result.stderr) == (2, False)
    assert told in result.stderr


@pytest.mark.parametrize("option", ["--speed", "--calls-per-second"])
def test_a_speed_of_nothing_makes_no_sense(option: str) -> None:
    """Exit code 2 and the option's name."""
    result = subprocess.run([*COMMAND, option, "0"], capture_output=True, text=True, check=False, timeout=90)
    assert result.returncode == 2
    assert option in result.stderr
