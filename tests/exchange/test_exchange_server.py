"""The exchange over sockets, used by Twilio's own SDK, as any client of Twilio's would."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from outbound.exchange.core import ExchangeConfig
from outbound.exchange.faults import Faults
from outbound.exchange.server import ServerOptions, running
from tests.exchange.exchange_rig import ACCOUNT, CALLER, TOKEN, twiml

SPEED = 30.0
ANSWERS, BUSY, UNANSWERED = "+886900000105", "+886900000101", "+886900000102"


class Product:
    """A web server of a few answers that keeps what it was sent."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], str]] = []
        product = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Keep the form and answer with a question, or hang up."""
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(parse_qsl(body, keep_blank_values=True))
                product.requests.append((self.path, form, self.headers["X-Twilio-Signature"]))
                ask = '<Gather numDigits="1" action="/next"><Say>One or two?</Say></Gather>'
                answer = twiml(ask if self.path == "/voice" else "<Hangup/>").encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing on standard error."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def connect(base_url: str, token: str = TOKEN, timeout: float = 5.0) -> Client:
    """Twilio's SDK, pointed at the exchange."""
    client = Client(ACCOUNT, token, http_client=TwilioHttpClient(timeout=timeout, pool_connections=False))
    client.api.base_url = base_url
    return client


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """The other side of the webhooks."""
    with Product() as product:
        yield product


@pytest.fixture(scope="module")
def exchange() -> Iterator[str]:
    """The base URL of an exchange in a hurry."""
    config = ExchangeConfig(ACCOUNT, TOKEN, calls_per_second=50)
    with running(ServerOptions(config, port=0, speed=SPEED)) as url:
        yield url


@pytest.fixture
def client(exchange: str) -> Client:
    """The SDK with the right token."""
    return connect(exchange)


def create(client: Client, product: Product, to: str) -> str:
    """Create a call that reports everything."""
    call = client.calls.create(
        to=to,
        from_=CALLER,
        url=f"{product.base}/voice",
        status_callback=f"{product.base}/status",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert call.status == "queued"
    return str(call.sid)


def test_health(exchange: str) -> None:
    """GET /health answers without credentials."""
    answer = httpx.get(f"{exchange}/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_a_whole_call_with_the_sdk(client: Client, product: Product) -> None:
    """Created by the SDK, answered, a key pressed, completed; the SDK accepts every signature."""
    sid = create(client, product, ANSWERS)

    def mine() -> list[tuple[str, dict[str, str], str]]:
        return [each for each in product.requests if each[1]["CallSid"] == sid]

    wait_for(lambda: any(form["CallStatus"] == "completed" for _, form, _ in mine()))
    validator = RequestValidator(TOKEN)
    assert all(validator.validate(product.base + path, form, signed) for path, form, signed in mine())
    assert [form["Digits"] for path, form, _ in mine() if path == "/next"] == ["1"]
    call = client.calls(sid).fetch()
    assert (call.status, call.direction, call.to) == ("completed", "outbound-api", ANSWERS)
    assert call.start_time is not None
    assert int(call.duration) >= 0


def test_the_sdk_pages_through_the_list(client: Client, product: Product) -> None:
    """list() follows next_page_uri over all pages, and filters by number and status."""
    sids = {create(client, product, BUSY) for _ in range(5)}
    assert {call.sid for call in client.calls.list(to=BUSY, page_size=2)} >= sids
    wait_for(lambda: len(client.calls.list(to=BUSY, status="busy", page_size=2)) >= 5)
    assert client.calls.list(to="+886900000999") == []


def test_the_sdk_cancels_a_ringing_call(client: Client, product: Product) -> None:
    """update(status="canceled") ends a call that nobody took."""
    sid = create(client, product, UNANSWERED)
    wait_for(lambda: client.calls(sid).fetch().status == "ringing")
    assert client.calls(sid).update(status="canceled").status == "canceled"
    with pytest.raises(TwilioRestException) as error:
        client.calls(sid).update(status="completed")
    assert (error.value.status, error.value.code) == (400, 21220)


@pytest.mark.parametrize(("to", "status", "code"), [("+886900000108", 400, 21211), ("12", 400, 21211)])
def test_the_sdk_understands_a_refusal(client: Client, to: str, status: int, code: int) -> None:
    """The SDK raises its own exception with Twilio's code."""
    with pytest.raises(TwilioRestException) as error:
        client.calls.create(to=to, from_=CALLER, url="http://127.0.0.1:9/voice")
    assert (error.value.status, error.value.code) == (status, code)


def test_a_wrong_token_is_refused(exchange: str) -> None:
    """401 with 20003."""
    with pytest.raises(TwilioRestException) as error:
        connect(exchange, token="wrong").calls("CA" + "0" * 32).fetch()
    assert (error.value.status, error.value.code) == (401, 20003)


def test_the_sdk_sends_a_message(client: Client) -> None:
    """A text message gets a sid."""
    assert str(client.messages.create(to=ANSWERS, from_=CALLER, body="您好").sid).startswith("SM")


def test_nobody_listens_at_the_webhook_s_address(client: Client) -> None:
    """A product that is down leads to an application error, and the call ends."""
    sid = client.calls.create(to=ANSWERS, from_=CALLER, url="http://127.0.0.1:9/voice").sid
    wait_for(lambda: client.calls(sid).fetch().status == "completed")
    call = client.calls(sid).fetch()
    assert call.end_time is not None
    assert int(call.duration) < 20


@pytest.mark.parametrize("fault", ["create_timeout_made", "create_reset_made"])
def test_a_create_without_an_answer_over_sockets(fault: str) -> None:
    """The client gets a time-out or a broken connection, and finds the call in the list afterwards."""
    faults = Faults({fault: 1.0})
    with running(ServerOptions(ExchangeConfig(ACCOUNT, TOKEN), port=0, faults=faults)) as url:
        client = connect(url, timeout=0.3 if "timeout" in fault else 30)
        with pytest.raises(Exception, match=r"(?i)timed out|broken|incomplete|closed"):
            client.calls.create(to=ANSWERS, from_=CALLER, url="http://127.0.0.1:9/voice")
        patient = connect(url, timeout=30)
        wait_for(lambda: [call.to for call in patient.calls.list()] == [ANSWERS])


def test_a_port_that_is_taken_is_an_error(exchange: str) -> None:
    """Two exchanges cannot share a port."""
    port = int(exchange.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"), running(ServerOptions(ExchangeConfig(ACCOUNT, TOKEN), port=port)):
        pass


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_tells_its_address_and_stops_in_order(stop: signal.Signals) -> None:
    """The base URL is told once the port is open; a signal ends the process without a traceback."""
    program = (
        "from outbound.exchange.server import *\n"
        f"options = ServerOptions(ExchangeConfig('{ACCOUNT}', '{TOKEN}'), port=0)\n"
        "serve(options, lambda url: print(url, flush=True))\n"
        "print('closed', flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        wait_for(lambda: httpx.get(f"{url}/health").status_code == 200)
        process.send_signal(stop)
        out, errors = process.communicate(timeout=60)
    assert errors == ""
    assert out == ("closed\n" if stop is signal.SIGINT else "")


def test_a_server_that_begins_anew_gives_no_call_the_name_of_an_earlier_one() -> None:
    """Clients keep calls by name, and outlive the exchange: after its restart no name is given again."""
    sids = []
    for _ in range(2):
        config = ExchangeConfig(ACCOUNT, TOKEN)
        with running(ServerOptions(config, port=0, seed=7)) as base_url:
            made = connect(base_url).calls.create(to=UNANSWERED, from_=CALLER, url="http://127.0.0.1:9/")
            sids.append(made.sid)
    assert sids[0] != sids[1]
