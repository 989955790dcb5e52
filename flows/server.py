"""A Prefect server as a child of this process, on the loopback interface, with its data in one folder."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from outbound.usecases.problems import ServiceAwayError

START_SECONDS = 90.0
_POLL_SECONDS = 0.1


@contextmanager
def running_server(folder: Path, *, port: int = 0, tell: Callable[[str], None] | None = None) -> Iterator[str]:
    """Start the server, let this process's flows report to it, yield its API's address; stop it afterwards.

    `tell` is given a line to show while it starts. Raises `ServiceAwayError` when it does not come up.
    """
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_HOME,
        PREFECT_LOGGING_LEVEL,
        PREFECT_LOGGING_TO_API_ENABLED,
        temporary_settings,
    )

    folder.mkdir(parents=True, exist_ok=True)
    port = port or _free_port()
    address = f"http://127.0.0.1:{port}/api"
    if tell:
        tell("Starting the Prefect server (about ten seconds) ...")
    with (folder / "server.log").open("ab") as log:
        # In a session of its own: Ctrl-C in the terminal is ours to act upon, the server ends after its clients.
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            _command(port),
            env=_environment(folder),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_for(address, process, folder)
        # The heartbeat's thread would hold up the end of every flow run for a second.
        updates = {
            PREFECT_API_URL: address,
            PREFECT_HOME: folder,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
            PREFECT_LOGGING_LEVEL: "WARNING",
            PREFECT_LOGGING_TO_API_ENABLED: False,
        }
        with temporary_settings(updates):
            yield address
    finally:
        _end(process)


def _command(port: int) -> list[str]:
    return [sys.executable, "-m", "flows.child", "server", "start", "--host", "127.0.0.1", "--port", str(port)]


def _environment(folder: Path) -> dict[str, str]:
    # The server needs nothing of ours: no keys and no tokens in its environment.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OUTBOUND_", "TWILIO_"))}
    return kept | {
        "PREFECT_HOME": str(folder),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    }


def _wait_for(address: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServiceAwayError(f"the Prefect server ended while it started; {folder / 'server.log'} says why")
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):  # noqa: S310 - our own loopback address
                return
        except (URLError, OSError):
            time.sleep(_POLL_SECONDS)
    raise ServiceAwayError(f"the Prefect server did not answer within {START_SECONDS:.0f} s; see {folder}/server.log")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
