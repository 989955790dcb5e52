import hashlib
import hmac
import json

import pytest
import requests
import responses

from outbound.adapters.sinks.http import HttpSink
from outbound.usecases.ports.stored.records import Delivered, Undelivered

URL = "https://records.example/outcomes"
BODY = {"record_id": "r1", "disposition": "welcomed"}


@pytest.fixture
def sink() -> HttpSink:
    """A sink whose clock stands at 1000."""
    return HttpSink(URL, b"invented secret", wall_clock=lambda: 1000.9)


@responses.activate
def test_posts_json_with_key_and_signature(sink: HttpSink) -> None:
    """A record goes out as JSON with its identifier as idempotency key and a signature that the receiver can check."""
    responses.post(URL, status=201)
    assert sink.deliver("r1", BODY) == Delivered()
    (call,) = responses.calls
    assert call.request.headers["Idempotency-Key"] == "r1"
    assert json.loads(call.request.body) == BODY
    expected = hmac.new(b"invented secret", b"1000." + call.request.body, hashlib.sha256).hexdigest()
    assert call.request.headers["X-Outbound-Signature"] == f"sha256={expected}"


FINAL, TRIED_AGAIN = (400, 401, 404, 422), (302, 408, 409, 429, 500, 503)


@pytest.mark.parametrize(
    ("status", "final"), [*((status, True) for status in FINAL), *((status, False) for status in TRIED_AGAIN)]
)
@responses.activate
def test_a_refusal_is_final_or_tried_again(sink: HttpSink, status: int, final: bool) -> None:
    """Only what cannot get better by itself is final; redirects are not followed."""
    responses.post(URL, status=status)
    assert sink.deliver("r1", BODY) == Undelivered(f"HTTP {status}", final=final)
    assert len(responses.calls) == 1


@pytest.mark.parametrize("error", [requests.ConnectionError("secret text"), requests.Timeout("secret text")])
@responses.activate
def test_no_answer_is_tried_again_and_tells_no_details(sink: HttpSink, error: Exception) -> None:
    """A receiver that does not answer is tried again; the problem names the kind of error only."""
    responses.post(URL, body=error)
    assert sink.deliver("r1", BODY) == Undelivered(f"no answer ({type(error).__name__})")
