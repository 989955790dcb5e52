"""The adapter against the local exchange, in one process and in virtual time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from outbound.adapters.twilio.carrier import TwilioCarrier
from outbound.adapters.twilio.in_process import Form, InProcessHttpClient
from outbound.domain.line.carrier_code import RefusalKind
from outbound.exchange.board import ANY_NUMBER, IncomingNumber
from outbound.exchange.core import Exchange, ExchangeConfig
from outbound.exchange.people.population import Person, Population, Resident, RingIn
from outbound.exchange.wire import Request
from outbound.usecases.ports.carrier import CallOrder, Placed, Refused

ACCOUNT = "AC" + "0" * 32
RINGS, REFUSED, FROM = "+886900000102", "+886900000108", "+886255550100"


class Line:
    """An exchange with a clock that the test moves, and the adapter in front of it."""

    def __init__(self, token: str = "secret") -> None:  # noqa: S107 - invented
        self.now = datetime(2026, 11, 16, 2, 0, 0, 500_000, tzinfo=UTC)
        incoming = {ANY_NUMBER: IncomingNumber("http://product.example/voice/inbound")}
        config = ExchangeConfig(account_sid=ACCOUNT, auth_token="secret", incoming=incoming)
        ring = RingIn(self.now + timedelta(seconds=30), FROM, "+886900000001", Resident(Person()))
        self.exchange = Exchange(config, Population(rings_in=(ring,)), 1, lambda _: None)
        self.carrier = TwilioCarrier(
            account_sid=ACCOUNT, auth_token=token, public_url="http://product.example",
            api_url="http://exchange.example", http_client=InProcessHttpClient(self.handle),
        )  # fmt: skip

    def handle(
        self, method: str, url: str, headers: Mapping[str, str], form: Form
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Answer a request now."""
        response = self.exchange.request(Request(method, url, headers, form), self.now)
        return response.status, response.headers, response.body

    def order(self, to: str) -> Placed | Refused:
        """Order a call to a number whose behaviour the exchange knows."""
        answer = self.carrier.create_call(CallOrder(to, FROM, "t" * 32, 28))
        assert isinstance(answer, Placed | Refused)
        return answer

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        self.exchange.advance(self.now)


@pytest.fixture
def line() -> Line:
    """A fresh exchange."""
    return Line()


def test_call_is_placed_found_and_ended(line: Line) -> None:
    """An order exists at once, is found by its number while it is queued and while it rings, and can be cancelled."""
    placed = line.order(RINGS)
    assert isinstance(placed, Placed)
    assert placed.carrier_time == line.now.replace(microsecond=0)
    for seconds, status in ((0, "queued"), (5, "ringing")):
        line.wait(seconds)
        since = line.now - timedelta(minutes=1)
        (found,) = line.carrier.find_calls(to=RINGS, from_=FROM, since=since)
        assert (found.sid, found.to, found.from_, found.status) == (placed.sid, RINGS, FROM, status)
    assert not line.carrier.redirect(placed.sid, "http://product.example/machine")
    assert line.carrier.cancel_or_hang_up(placed.sid)
    ended = line.carrier.fetch(placed.sid)
    assert ended is not None
    assert ended.status == "canceled"
    assert not line.carrier.cancel_or_hang_up(placed.sid)


def test_refusals(line: Line) -> None:
    """The exchange refuses as Twilio does, and the adapter reads it."""
    assert line.order(REFUSED) == Refused(21211, 400, RefusalKind.NUMBER_UNUSABLE)
    assert line.order("+1") == Refused(21211, 400, RefusalKind.NUMBER_UNUSABLE)
    assert Line(token="wrong").order(RINGS) == Refused(20003, 401, RefusalKind.AUTHENTICATION)


def test_unknown_call(line: Line) -> None:
    """A sid that the exchange never gave is not known."""
    assert line.carrier.fetch("CA" + "1" * 32) is None
    assert not line.carrier.cancel_or_hang_up("CA" + "1" * 32)


def test_message_and_time(line: Line) -> None:
    """A message is taken, and the exchange's clock is virtual time."""
    assert isinstance(line.carrier.send_message(RINGS, FROM, "您好"), Placed)
    assert line.carrier.time() == line.now.replace(microsecond=0)


def test_only_what_is_queued_is_cancelled(line: Line) -> None:
    """A call in the queue is cancelled, once; one that rings is left to ring, and an unknown one is none."""
    first, second = line.order(RINGS), line.order("+886900000103")
    assert isinstance(first, Placed)
    assert isinstance(second, Placed)
    assert line.carrier.cancel_queued(second.sid)
    assert not line.carrier.cancel_queued(second.sid)
    line.wait(5)
    assert not line.carrier.cancel_queued(first.sid)
    found = [line.carrier.fetch(each.sid) for each in (first, second)]
    assert [call and call.status for call in found] == ["ringing", "canceled"]
    assert not line.carrier.cancel_queued("CA" + "1" * 32)


def test_calls_that_came_in_are_listed_by_the_number_that_was_rung(line: Line) -> None:
    """A call that somebody made to our number is found by it, with who rang and how it stands."""
    since = line.now
    assert not line.carrier.received_calls(to=FROM, since=since)
    line.wait(31)
    (found,) = line.carrier.received_calls(to=FROM, since=since)
    assert (found.to, found.from_, found.status) == (FROM, "+886900000001", "ringing")
    assert not line.carrier.received_calls(to=FROM, since=line.now + timedelta(hours=1))
    assert not line.carrier.received_calls(to="+886255550101", since=since)
