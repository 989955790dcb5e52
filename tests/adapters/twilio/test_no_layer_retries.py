"""A create is one request on the wire: neither the SDK nor what lies below it sends another (the flow: tests/flows)."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from twilio.rest import Client

from outbound.adapters.twilio.carrier import TwilioCarrier
from outbound.adapters.twilio.one_shot import OneShotHttpClient
from outbound.domain.line.carrier_code import RefusalKind, Silence
from outbound.usecases.ports.carrier import Ambiguous, CallOrder, Refused

ACCOUNT = "AC" + "0" * 32
ORDER = CallOrder("+886900000001", "+886255550100", "t" * 32, 28)
# The server closes after each answer and says so: a client that kept the connection would race with its end.
_HEADERS = "Connection: close\r\nRetry-After: 0\r\nLocation: /again\r\nContent-Length: 2"
REFUSALS = {
    status: f"HTTP/1.1 {status} X\r\n{_HEADERS}\r\n\r\n{{}}".encode()
    for status in (408, 425, 429, 500, 502, 503, 504, 301, 302, 307, 308)
}
Manner = Callable[[socket.socket], None]


def say(answer: bytes) -> Manner:
    """Answer and close."""
    return lambda peer: peer.sendall(answer)


def hang(peer: socket.socket) -> None:
    """Say nothing until the client goes."""
    peer.settimeout(5)
    with suppress(OSError):
        peer.recv(1)


def reset(peer: socket.socket) -> None:
    """Tear the connection down, as a machine does that dies."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half(peer: socket.socket) -> None:
    """Begin an answer and close in its middle."""
    peer.sendall(b'HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n{"sid": "CA')


class Wire:
    """A server that counts the requests it gets, one a connection or several."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.requests: list[bytes] = []
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop listening; closing alone would leave the port open while a thread waits in `accept`."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def _answer(self, peer: socket.socket) -> None:
        with peer, suppress(OSError):
            data = b""
            while b"\r\n\r\n" not in data or len(data.partition(b"\r\n\r\n")[2]) < _length(data):
                more = peer.recv(65536)
                if not more:
                    return
                data += more
            self.requests.append(data)
            self._manner(peer)


def _length(data: bytes) -> int:
    for line in data.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


@contextmanager
def wire(manner: Manner) -> Iterator[Wire]:
    """Serve in one manner."""
    server = Wire(manner)
    try:
        yield server
    finally:
        server.close()


def carrier_at(port: int, timeout: float = 5) -> TwilioCarrier:
    """The product's carrier, with nothing but its address changed."""
    return TwilioCarrier(
        account_sid=ACCOUNT, auth_token="secret", public_url="https://product.example",
        api_url=f"http://127.0.0.1:{port}", timeout_seconds=timeout,
    )  # fmt: skip


def settled(server: Wire) -> int:
    """How many requests came, after a time in which a second one would have come."""
    time.sleep(0.4)
    return len(server.requests)


@pytest.mark.parametrize("status", sorted(REFUSALS))
def test_the_carrier_sends_once_whatever_is_answered(status: int) -> None:
    """Refused, moved, overloaded, asked to come again at once: there was one request."""
    with wire(say(REFUSALS[status])) as server:
        answer = carrier_at(server.port).create_call(ORDER)
        assert answer == (Refused(429, 429, RefusalKind.RATE) if status == 429 else answer)
        assert isinstance(answer, Refused | Ambiguous)
        assert settled(server) == 1
        assert server.requests[0].startswith(b"POST /2010-04-01/Accounts/")


@pytest.mark.parametrize(("manner", "kind"), [(hang, Silence.TIMEOUT), (reset, Silence.RESET), (half, Silence.RESET)])
def test_the_carrier_sends_once_where_no_answer_comes(manner: Manner, kind: Silence) -> None:
    """A time-out, a reset and an answer that breaks off are ambiguous, and there was one request."""
    with wire(manner) as server:
        carrier = carrier_at(server.port, 0.3 if manner is hang else 5)
        assert carrier.create_call(ORDER) == Ambiguous(kind)
        assert settled(server) == 1


def test_a_connection_that_died_in_the_pool_costs_no_second_request() -> None:
    """A kept connection that the server has closed meanwhile is ambiguous at worst: it is not quietly opened anew."""
    body = b'{"sid": "CA' + b"1" * 32 + b'", "status": "queued"}'
    kept = b"HTTP/1.1 201 Created\r\nConnection: keep-alive\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with wire(say(kept)) as server:
        carrier = carrier_at(server.port)
        for _ in range(5):
            carrier.create_call(ORDER)
        assert settled(server) <= 5


def test_nobody_listens() -> None:
    """A refused connection is certain: nothing was sent."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        carrier = carrier_at(held.getsockname()[1])
        assert carrier.create_call(ORDER) == Refused(None, None, RefusalKind.UNREACHABLE)


@pytest.mark.parametrize("status", [503, 429, 307])
def test_the_http_client_sends_once(status: int) -> None:
    """Below the SDK, every request is sent once, whatever its method."""
    with wire(say(REFUSALS[status])) as server:
        client = OneShotHttpClient(5)
        for method in ("GET", "POST"):
            assert client.request(method, f"http://127.0.0.1:{server.port}/x").status_code == status
        assert settled(server) == 2


@pytest.mark.parametrize("manner", [say(REFUSALS[503]), reset])
def test_the_sdk_itself_sends_once(manner: Manner) -> None:
    """The SDK as it comes repeats nothing either: a release that begins to would be seen here."""
    with wire(manner) as server:
        client = Client(ACCOUNT, "secret")
        client.api.base_url = f"http://127.0.0.1:{server.port}"
        with pytest.raises(Exception, match=r"503|[Cc]onnection|reset|aborted"):
            client.calls.create(to=ORDER.to, from_=ORDER.from_, url="https://product.example/")
        assert settled(server) == 1
