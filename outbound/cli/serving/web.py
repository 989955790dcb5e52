"""The web application behind a socket, until a signal: dialling ends first, conversations may finish, then we go."""

import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import uvicorn

from outbound.usecases.problems import ServiceAwayError

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5
_REQUEST_SECONDS = 15
"""A carrier waits so long for an answer."""


class _Server(uvicorn.Server):
    """Leaves signals to `serve_until_signal`: uvicorn's own would cut conversations off at once."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def web_server(app: Any) -> uvicorn.Server:
    """Make a server without an access log: addresses bear the tokens of calls."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=_REQUEST_SECONDS,
    )
    return _Server(config)


def listen(host: str, port: int) -> socket.socket:
    """Open the port. Raises `ServiceAwayError` when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise ServiceAwayError(
            f"{host}:{port} (listen_host, listen_port) cannot be had: {error.strerror}; end what listens there or "
            "choose another port"
        ) from None
    return listener


def serve_until_signal(
    server: uvicorn.Server,
    listener: socket.socket,
    *,
    stop_dialling: Callable[[], None],
    live_calls: Callable[[], int],
    patience_seconds: float,
) -> None:
    """Serve until SIGTERM or SIGINT; then stop dialling and let live calls finish for `patience_seconds` at most.

    A second signal ends the waiting. Requests that are under way are answered in any case.
    """
    asked, insisted = threading.Event(), threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        (insisted if asked.is_set() else asked).set()

    def wind_down() -> None:
        asked.wait()
        if not server.should_exit:
            stop_dialling()
            _let_finish(live_calls, insisted, patience_seconds)
        server.should_exit = True

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    thread = threading.Thread(target=wind_down, name="wind down")
    thread.start()
    try:
        server.run(sockets=[listener])
    finally:
        server.should_exit = True
        asked.set()
        insisted.set()
        thread.join()
        for number, handler in before.items():
            signal.signal(number, handler)


def _let_finish(live_calls: Callable[[], int], insisted: threading.Event, seconds: float) -> None:
    left = live_calls()
    if left:
        _log.info("stopping: %d calls are live and may finish, for %.0f s at most", left, seconds)
    looks = int(seconds / _LOOK_SECONDS)
    while left and looks > 0 and not insisted.wait(_LOOK_SECONDS):
        left, looks = live_calls(), looks - 1
    if left:
        _log.warning("stopped with %d calls live: settle_calls finds out what became of them", left)
