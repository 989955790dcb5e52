"""Drives the exchange in real time over sockets: the REST API by uvicorn, webhooks by aiohttp, in one event loop."""

import asyncio
import json
import secrets
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
import uvicorn
from msgspec import Struct, field
from msgspec.structs import replace
from yarl import URL

from outbound.exchange.core import Exchange, ExchangeConfig
from outbound.exchange.faults import Faults
from outbound.exchange.log import LogEvent, ignore
from outbound.exchange.people.population import Population
from outbound.exchange.wire import ExchangeNoAnswer, NoAnswer, Request, Response, Webhook, WebhookFailure

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_LARGEST_BODY = 1024 * 1024
_BACKLOG = 1024
_CONNECTIONS = 200
_IDLE_SECONDS = 4.0
"""A connection is not used again afterwards: many servers close it after five, perhaps in the same moment."""


class ServerOptions(Struct, frozen=True):
    """What the exchange serves and where. `port` 0 takes a free one; `speed` N lets time run N times as fast.

    A webhook has `config.webhook_timeout_seconds` of wall-clock time whatever the speed, and the `Date` of an answer
    is what `clock` shows, by default the time of day: a client that compares it with its own clock finds them equal.
    The exchange begins at the instant of `clock` and runs on from there by the monotonic clock.
    """

    config: ExchangeConfig
    population: Population = field(default_factory=Population)
    seed: int = 0
    log: LogEvent = ignore
    faults: Faults | None = None
    host: str = "127.0.0.1"
    port: int = 8500
    speed: float = 1.0
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


def serve(options: ServerOptions, ready: Callable[[str], None] | None = None) -> None:
    """Serve until interrupted (SIGINT, SIGTERM); `ready` is told the base URL. Raises OSError if the port is taken."""
    listener = _listen(options)
    if ready is not None:
        ready(_base_url(listener))
    with suppress(KeyboardInterrupt):  # uvicorn has shut down in order and passes the signal on
        asyncio.run(_serve(options, listener, _server()))


@contextmanager
def running(options: ServerOptions) -> Iterator[str]:
    """Serve in a thread for the length of a `with` block, and yield the base URL."""
    listener = _listen(options)
    server = _server()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(options, listener, server)), name="exchange")
    thread.start()
    try:
        yield _base_url(listener)
    finally:
        server.should_exit = True
        thread.join()


class _RealTime:
    """The exchange with a clock, an HTTP client and the ASGI face of its API."""

    def __init__(self, options: ServerOptions, client: aiohttp.ClientSession) -> None:
        # Clients outlive the server: a call of this start must not bear the name of one of an earlier start.
        config = replace(options.config, naming=f"{secrets.token_hex(8)}/")
        self._exchange = Exchange(config, options.population, options.seed, options.log, options.faults)
        self._timeout = options.config.webhook_timeout_seconds
        self._speed = options.speed
        self._client = client
        self._clock = options.clock
        self._began, self._began_monotonic = options.clock().astimezone(UTC), time.monotonic()
        self._wake = asyncio.Event()

    def now(self) -> datetime:
        """Return the exchange's instant; it runs on the monotonic clock, so it never steps."""
        return self._began + timedelta(seconds=(time.monotonic() - self._began_monotonic) * self._speed)

    def _date(self) -> str:
        return format_datetime(self._clock().astimezone(UTC).replace(microsecond=0), usegmt=True)

    async def run(self) -> None:
        """Do what is due when it is due, for ever; what goes wrong in it stops the server."""
        async with asyncio.TaskGroup() as sending:
            while True:
                now = self.now()
                for webhook in self._exchange.advance(now):
                    sending.create_task(self._send(webhook))
                self._wake.clear()
                due = self._exchange.due()
                wait = None if due is None else max((due - now).total_seconds() / self._speed, 0.0)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), wait)

    async def _send(self, webhook: Webhook) -> None:
        result = await self._result(webhook.request)
        self._exchange.delivered(webhook, result, self.now())
        self._wake.set()

    async def _result(self, request: Request) -> Response | WebhookFailure:
        body = urlencode(request.form).encode() if request.method == "POST" else None
        try:
            async with asyncio.timeout(self._timeout):
                # The address as it was signed, to the letter.
                url = URL(request.url, encoded=True)
                sent = self._client.request(
                    request.method, url, headers=request.headers, data=body, allow_redirects=False
                )
                async with sent as answer:
                    return Response(answer.status, dict(answer.headers), await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL, ValueError):
            return WebhookFailure.CONNECT
        except TimeoutError:
            return WebhookFailure.TIMEOUT
        except (aiohttp.ClientError, OSError):
            return WebhookFailure.RESET

    async def app(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer one HTTP request (ASGI)."""
        if scope["type"] != "http":
            return
        body = await _body(receive)
        if scope["path"] == "/health":
            status = {"status": "ok", "now": self.now().isoformat()}
            await _respond(send, Response(200, {"Content-Type": "application/json"}, json.dumps(status).encode()))
            return
        url = scope["path"] + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        form = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        try:
            response = self._exchange.request(Request(scope["method"], url, headers, form), self.now())
        except ExchangeNoAnswer as silence:
            await _stay_silent(silence.kind, receive, send)
            return
        finally:
            self._wake.set()
        await _respond(send, Response(response.status, {**response.headers, "Date": self._date()}, response.body))


async def _serve(options: ServerOptions, listener: socket.socket, server: uvicorn.Server) -> None:
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_IDLE_SECONDS),
        timeout=aiohttp.ClientTimeout(),  # timed in _result
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as client:
        real_time = _RealTime(options, client)
        server.config.app = real_time.app
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        driving = asyncio.create_task(real_time.run())
        await asyncio.wait({serving, driving}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
        if driving.done():
            driving.result()
        driving.cancel()


def _server() -> uvicorn.Server:
    config = uvicorn.Config(
        app="",
        interface="asgi3",
        lifespan="off",
        log_level="error",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def _listen(options: ServerOptions) -> socket.socket:
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it each answer takes 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"


async def _body(receive: _Receive) -> bytes:
    body = b""
    while len(body) <= _LARGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body


async def _respond(send: _Send, response: Response) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.headers.items()]
    headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def _stay_silent(kind: NoAnswer, receive: _Receive, send: _Send) -> None:
    """Let the client wait until it gives up, or break the connection off in the middle of an answer."""
    if kind is NoAnswer.TIMEOUT:
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"4096")]})
