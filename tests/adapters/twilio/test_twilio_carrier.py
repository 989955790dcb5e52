"""The carrier through the official SDK: every answer to an order, and that no layer sends an order twice."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError

from outbound.adapters.twilio.carrier import TwilioCarrier
from outbound.adapters.twilio.in_process import InProcessHttpClient, NoAnswerError
from outbound.adapters.twilio.one_shot import OneShotHttpClient
from outbound.domain.line.carrier_code import RefusalKind, Silence
from outbound.usecases.ports.carrier import Ambiguous, CallOrder, CarrierAwayError, Placed, Refused, UnansweredError

ACCOUNT = "AC" + "0" * 32
SID = "CA" + "a" * 32
BASE = "http://127.0.0.1:9999"
CALLS = f"{BASE}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
ONE_CALL = f"{BASE}/2010-04-01/Accounts/{ACCOUNT}/Calls/{SID}.json"
TO, FROM = "+886900000001", "+886255550100"
ORDER = CallOrder(to=TO, from_=FROM, token="t" * 32, ring_seconds=28)
DATE = "Mon, 16 Nov 2026 02:00:00 GMT"


@pytest.fixture
def carrier() -> TwilioCarrier:
    """The adapter at a local address."""
    return TwilioCarrier(
        account_sid=ACCOUNT, auth_token="secret", public_url="https://calls.example/", api_url=f"{BASE}/"
    )


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Answers in place of the network; every answer that is prepared must be asked for."""
    with responses.RequestsMock() as mock:
        yield mock


def resource(**changes: Any) -> dict[str, Any]:
    """Return a call as Twilio shows it."""
    return {
        "sid": SID, "to": TO, "from": FROM, "status": "queued", "date_created": "Mon, 16 Nov 2026 02:00:00 +0000",
        "start_time": None, "end_time": None, "duration": None, "answered_by": None,
    } | changes  # fmt: skip


def error(code: int, status: int) -> dict[str, Any]:
    """Return an error as Twilio words it: with the number in its text."""
    return {"code": code, "message": f"The number {TO} is not valid.", "more_info": "", "status": status}


class TestOrder:
    """POST Calls.json."""

    def test_what_is_sent(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """An order names the attempt's token in every address and asks for detection beside the call."""
        wire.post(CALLS, json=resource(), status=201, headers={"Date": DATE})
        assert carrier.create_call(ORDER) == Placed(SID, datetime(2026, 11, 16, 2, tzinfo=UTC))
        request = wire.calls[0].request
        assert parse_qs(request.body) == {
            "To": [TO],
            "From": [FROM],
            "Url": [f"https://calls.example/voice/{ORDER.token}/turn/0"],
            "StatusCallback": [f"https://calls.example/voice/{ORDER.token}/status"],
            "StatusCallbackEvent": ["ringing", "answered", "completed"],
            "Timeout": ["28"],
            "MachineDetection": ["DetectMessageEnd"],
            "AsyncAmd": ["true"],
            "AsyncAmdStatusCallback": [f"https://calls.example/voice/{ORDER.token}/amd"],
        }
        assert request.headers["Authorization"].startswith("Basic ")
        assert wire.calls[0].request.req_kwargs["timeout"] == 10

    def test_extension(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """An extension is keyed in two seconds after the answer."""
        wire.post(CALLS, json=resource(), status=201)
        carrier.create_call(CallOrder(TO, FROM, "t", 28, extension="123"))
        assert parse_qs(wire.calls[0].request.body)["SendDigits"] == ["wwww123"]

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            (400, 21211, RefusalKind.NUMBER_UNUSABLE),
            (400, 21217, RefusalKind.NUMBER_UNUSABLE),
            (400, 21205, RefusalKind.CONFIGURATION),
            (400, 21210, RefusalKind.CONFIGURATION),
            (400, 21215, RefusalKind.CONFIGURATION),
            (401, 20003, RefusalKind.AUTHENTICATION),
            (429, 20429, RefusalKind.RATE),
            (400, 10004, RefusalKind.NOT_NOW),
        ],
    )
    def test_certain_refusals(
        self, carrier: TwilioCarrier, wire: responses.RequestsMock, status: int, code: int, kind: RefusalKind
    ) -> None:
        """A 4xx is certain, and its code says what follows."""
        wire.post(CALLS, json=error(code, status), status=status)
        assert carrier.create_call(ORDER) == Refused(code, status, kind)
        assert len(wire.calls) == 1

    def test_problem_details(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """A refusal in the newer form of RFC 9457 is read as well."""
        body = {"type": "x", "title": "x", "status": 429, "code": 20429, "detail": TO}
        wire.post(CALLS, json=body, status=429)
        assert carrier.create_call(ORDER) == Refused(20429, 429, RefusalKind.RATE)

    @pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 302])
    def test_no_layer_sends_twice(self, carrier: TwilioCarrier, wire: responses.RequestsMock, status: int) -> None:
        """A server's error, a proxy's time-out and a redirect are ambiguous, and the order was sent once."""
        wire.post(CALLS, json=error(20500, status), status=status, headers={"Retry-After": "0", "Location": CALLS})
        assert carrier.create_call(ORDER) == Ambiguous(Silence.SERVER_ERROR)
        assert len(wire.calls) == 1

    @pytest.mark.parametrize(
        ("problem", "silence"),
        [
            (requests.ReadTimeout(), Silence.TIMEOUT),
            (requests.ConnectionError("Connection aborted."), Silence.RESET),
            (requests.exceptions.ChunkedEncodingError(), Silence.RESET),
        ],
    )
    def test_no_answer(
        self, carrier: TwilioCarrier, wire: responses.RequestsMock, problem: Exception, silence: Silence
    ) -> None:
        """No answer to what was sent is ambiguous, and it was sent once."""
        wire.post(CALLS, body=problem)
        assert carrier.create_call(ORDER) == Ambiguous(silence)
        assert len(wire.calls) == 1

    @pytest.mark.parametrize("body", ["", "<html>", "[]", "null", '{"status": "queued"}', '{"sid": 7}'])
    def test_success_that_cannot_be_read(self, carrier: TwilioCarrier, wire: responses.RequestsMock, body: str) -> None:
        """A 201 without a sid means that a call exists of which we do not know the name."""
        wire.post(CALLS, body=body, status=201)
        assert carrier.create_call(ORDER) == Ambiguous(Silence.MALFORMED)

    def test_error_page_of_a_proxy(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """A refusal without a code is judged by its status."""
        wire.post(CALLS, body="<html>", status=401)
        assert carrier.create_call(ORDER) == Refused(401, 401, RefusalKind.AUTHENTICATION)

    def test_no_connection(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """Where no connection came about nothing was sent, which is certain."""
        reason = NewConnectionError(None, "refused")  # type: ignore[arg-type]
        wire.post(CALLS, body=requests.ConnectionError(MaxRetryError(None, CALLS, reason)))  # type: ignore[arg-type]
        assert carrier.create_call(ORDER) == Refused(None, None, RefusalKind.UNREACHABLE)

    @pytest.mark.parametrize(("status", "body"), [(400, error(21211, 400)), (500, error(20500, 500)), (201, {})])
    def test_nothing_personal_in_the_log(
        self, carrier: TwilioCarrier, wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture,
        status: int, body: dict[str, Any],
    ) -> None:  # fmt: skip
        """Neither the number nor the token's end nor the password is in a log line, at any level."""
        wire.post(CALLS, json=body, status=status)
        wire.get(CALLS, json={"calls": [], "next_page_uri": None})
        with caplog.at_level(logging.DEBUG):
            carrier.create_call(ORDER)
            carrier.find_calls(to=TO, from_=FROM, since=datetime(2026, 11, 16, tzinfo=UTC))
        assert {getattr(record, "call", None) for record in caplog.records} <= {"tttttttt"}
        for secret in ("900000001", ORDER.token, "secret"):
            assert secret not in caplog.text

    def test_settings_of_the_environment(self, wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch) -> None:
        """A region in the environment does not rewrite the address."""
        monkeypatch.setenv("TWILIO_REGION", "ie1")
        monkeypatch.setenv("TWILIO_EDGE", "dublin")
        carrier = TwilioCarrier(account_sid=ACCOUNT, auth_token="s", public_url="https://c.example", api_url=BASE)
        wire.post(CALLS, json=resource(), status=201)
        assert carrier.create_call(ORDER) == Placed(SID, None)


def test_http_layer_has_no_retries() -> None:
    """The HTTP adapters below the SDK are told never to repeat a request, and a time-out always holds."""
    client = OneShotHttpClient(7)
    for scheme in ("http://x", "https://x"):
        retries = client._session.get_adapter(scheme).max_retries
        assert (retries.total, retries.read, retries.status_forcelist) == (0, False, set())
    assert client.timeout == 7


class TestMessage:
    """POST Messages.json."""

    URL = f"{BASE}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    def test_sent(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """A message goes out once with its text."""
        wire.post(self.URL, json={"sid": "SM1", "status": "queued"}, status=201)
        assert carrier.send_message(TO, FROM, "您好") == Placed("SM1", None)
        assert dict(parse_qsl(wire.calls[0].request.body)) == {"To": TO, "From": FROM, "Body": "您好"}

    def test_ambiguous(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """A message whose fate is unknown is not sent again either."""
        wire.post(self.URL, body=requests.ReadTimeout())
        assert carrier.send_message(TO, FROM, "x") == Ambiguous(Silence.TIMEOUT)
        assert len(wire.calls) == 1


class TestQuestions:
    """What may be asked again."""

    def test_fetch(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """A call comes back with its times, seconds and verdict."""
        ended = resource(
            status="completed", start_time="Mon, 16 Nov 2026 02:00:05 +0000",
            end_time="Mon, 16 Nov 2026 02:01:05 +0000", duration="60", answered_by="human",
        )  # fmt: skip
        wire.get(ONE_CALL, json=ended)
        call = carrier.fetch(SID)
        assert call is not None
        assert (call.sid, call.to, call.from_, call.status) == (SID, TO, FROM, "completed")
        assert (call.duration_seconds, call.answered_by) == (60, "human")
        assert call.ended_at == datetime(2026, 11, 16, 2, 1, 5, tzinfo=UTC)
        assert TO not in repr(call)

    def test_fetch_unknown(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """A sid that the carrier does not know is None, not an error."""
        wire.get(ONE_CALL, json=error(20404, 404), status=404)
        assert carrier.fetch(SID) is None

    @pytest.mark.parametrize("ask", ["fetch", "list", "time", "end", "redirect"])
    def test_away(self, carrier: TwilioCarrier, wire: responses.RequestsMock, ask: str) -> None:
        """A carrier that does not answer is away; the error shows no number."""
        wire.assert_all_requests_are_fired = False
        for method, url in (("GET", ONE_CALL), ("POST", ONE_CALL), ("GET", CALLS)):
            wire.add(method, url, json=error(20503, 503), status=503)
        asks = {
            "fetch": lambda: carrier.fetch(SID),
            "list": lambda: carrier.find_calls(to=TO, from_=FROM, since=datetime(2026, 11, 16, tzinfo=UTC)),
            "time": carrier.time,
            "end": lambda: carrier.cancel_or_hang_up(SID),
            "redirect": lambda: carrier.redirect(SID, "https://calls.example/x"),
        }
        with pytest.raises(CarrierAwayError) as caught:
            asks[ask]()
        assert not isinstance(caught.value, UnansweredError)
        assert "900000001" not in str(caught.value)
        assert caught.value.__cause__ is None

    @pytest.mark.parametrize(
        ("status", "body", "is_away"),
        [
            (400, {"code": 20001, "status": 400}, False),
            (200, {"sid": SID, "duration": "many"}, False),
            (401, {"code": 20003, "status": 401}, True),
            (429, {"code": 20429, "status": 429}, True),
            (500, {"code": 20500, "status": 500}, True),
        ],
    )
    def test_a_question_that_fails(
        self, carrier: TwilioCarrier, wire: responses.RequestsMock, status: int, body: dict[str, Any], is_away: bool
    ) -> None:
        """What is wrong with one question, or with its answer, is told apart from a carrier that serves nobody."""
        page = {"calls": [body], "next_page_uri": None} if status == 200 else body
        wire.get(ONE_CALL, json=body, status=status)
        wire.get(CALLS, json=page, status=status)
        asks: tuple[Callable[[], object], ...] = (
            lambda: carrier.fetch(SID),
            lambda: carrier.find_calls(to=TO, from_=FROM, since=datetime(2026, 11, 16, tzinfo=UTC)),
        )
        for ask in asks:
            with pytest.raises(CarrierAwayError) as caught:
                ask()
            assert isinstance(caught.value, UnansweredError) is not is_away

    def test_find(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """Calls are looked for by start and, as a queued call has none, by status; each comes once, over all pages."""
        since = datetime(2026, 11, 16, 2, tzinfo=UTC)
        second = resource(sid="CA" + "b" * 32, date_created="Mon, 16 Nov 2026 01:59:00 +0000")
        page = {"calls": [resource(), second], "next_page_uri": None, "page_size": 50}
        wire.get(CALLS, json=page, match=[_asks({"To": TO, "From": FROM, "StartTime>": "2026-11-16T02:00:00Z"})])
        wire.get(
            CALLS, json=page | {"calls": [resource()]}, match=[_asks({"To": TO, "From": FROM, "Status": "queued"})]
        )
        found = carrier.find_calls(to=TO, from_=FROM, since=since)
        assert [call.sid for call in found] == ["CA" + "b" * 32, SID]

    def test_time(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """The carrier's clock is read from a small question."""
        wire.get(CALLS, json={"calls": []}, headers={"Date": DATE})
        assert carrier.time() == datetime(2026, 11, 16, 2, tzinfo=UTC)
        wire.get(CALLS, json={"calls": []}, headers={"Date": "soon"})
        assert carrier.time() is None


def _asks(expected: dict[str, str]) -> Any:
    return responses.matchers.query_param_matcher(expected, strict_match=False)


class TestChange:
    """POST Calls/{sid}.json."""

    def test_cancel(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """What is queued or rings is cancelled."""
        wire.post(ONE_CALL, json=resource(status="canceled"))
        assert carrier.cancel_or_hang_up(SID)
        assert wire.calls[0].request.body == "Status=canceled"

    def test_hang_up(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """What was answered in the meantime is hung up."""
        wire.post(ONE_CALL, json=error(21220, 400), status=400)
        wire.post(ONE_CALL, json=resource(status="completed"))
        assert carrier.cancel_or_hang_up(SID)
        assert [call.request.body for call in wire.calls] == ["Status=canceled", "Status=completed"]

    def test_over(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """A call that is over, or that nobody knows, was not ended by us."""
        wire.post(ONE_CALL, json=error(21220, 400), status=400)
        wire.post(ONE_CALL, json=error(20404, 404), status=404)
        assert not carrier.cancel_or_hang_up(SID)

    def test_redirect(self, carrier: TwilioCarrier, wire: responses.RequestsMock) -> None:
        """A call in conversation goes on elsewhere; one that is over does not."""
        wire.post(ONE_CALL, json=resource())
        wire.post(ONE_CALL, json=error(21220, 400), status=400)
        url = "https://calls.example/voice/t/machine"
        assert carrier.redirect(SID, url)
        assert not carrier.redirect(SID, url)
        assert parse_qs(wire.calls[0].request.body) == {"Url": [url]}


class TestInProcess:
    """The SDK's HTTP as a function call."""

    @staticmethod
    def carrier(handler: Any) -> TwilioCarrier:
        """The adapter in front of a function."""
        return TwilioCarrier(
            account_sid=ACCOUNT, auth_token="secret", public_url="http://product", api_url="http://exchange",
            http_client=InProcessHttpClient(handler),
        )  # fmt: skip

    def test_order(self) -> None:
        """The function gets method, address, credentials and decoded form, lists as repeated keys."""
        seen: list[Any] = []

        def handler(*request: Any) -> tuple[int, dict[str, str], bytes]:
            seen.append(request)
            return 201, {"Date": DATE}, json.dumps(resource()).encode()

        assert self.carrier(handler).create_call(ORDER) == Placed(SID, datetime(2026, 11, 16, 2, tzinfo=UTC))
        ((method, url, headers, form),) = seen
        assert (method, url) == ("POST", f"http://exchange/2010-04-01/Accounts/{ACCOUNT}/Calls.json")
        assert headers["Authorization"].startswith("Basic ")
        assert [value for name, value in form if name == "StatusCallbackEvent"] == [
            "ringing",
            "answered",
            "completed",
        ]
        assert ("To", TO) in form

    def test_query(self) -> None:
        """A list's filters stand in the address."""
        seen: list[str] = []

        def handler(_method: str, url: str, *_: Any) -> tuple[int, dict[str, str], bytes]:
            seen.append(url)
            return 200, {}, b'{"calls": [], "next_page_uri": null}'

        since = datetime(2026, 11, 16, tzinfo=UTC)
        assert self.carrier(handler).find_calls(to=TO, from_=FROM, since=since) == []
        assert "To=%2B886900000001" in seen[0]
        assert "StartTime%3E=2026-11-16T00%3A00%3A00Z" in seen[0]

    @pytest.mark.parametrize("kind", [Silence.TIMEOUT, Silence.RESET])
    def test_no_answer(self, kind: Silence) -> None:
        """A function that does not answer is silence on the wire."""

        def handler(*_: Any) -> Any:
            raise NoAnswerError(kind)

        assert self.carrier(handler).create_call(ORDER) == Ambiguous(kind)
        with pytest.raises(CarrierAwayError):
            self.carrier(handler).fetch(SID)

    def test_no_connection(self) -> None:
        """A function that could not be reached is certain not to have been."""

        def handler(*_: Any) -> Any:
            raise NoAnswerError(Silence.RESET, sent=False)

        assert self.carrier(handler).create_call(ORDER) == Refused(None, None, RefusalKind.UNREACHABLE)
