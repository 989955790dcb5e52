"""Webhooks: their parameters, signature, order and repetition."""

from datetime import datetime
from email.utils import parsedate_to_datetime

import pytest
from twilio.request_validator import RequestValidator

from outbound.exchange.webhooks import signature
from outbound.exchange.wire import Response, WebhookFailure
from tests.exchange.exchange_rig import ACCOUNT, BASE, CALLEE, CALLER, TOKEN, Page, Rig, person, twiml


def test_the_documented_signature_is_reproduced() -> None:
    """The published example of Twilio's signature comes out to the letter."""
    form = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ]
    assert signature("12345", "https://example.com/myapp.php?foo=1&bar=2", form) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


def test_every_webhook_bears_a_signature_that_the_sdk_accepts() -> None:
    """Voice, action and status webhooks are signed as the SDK's validator expects; the empty places are signed too."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml('<Gather action="/next" actionOnEmptyResult="true"/>')
    rig.pages["/next"] = twiml("<Hangup/>")
    rig.create_watched()
    rig.run()
    validator = RequestValidator(TOKEN)
    assert len(rig.sent) == 6
    for request in rig.sent:
        assert validator.validate(request.url, dict(request.form), request.headers["X-Twilio-Signature"])


def test_get_webhooks_sign_their_query() -> None:
    """With Method=GET the parameters stand in the query, and the signature covers the whole URL."""
    rig = Rig(person())
    rig.create(Method="GET")
    rig.run()
    request = rig.sent[0]
    assert request.method == "GET"
    assert "CallSid=CA" in request.url
    assert RequestValidator(TOKEN).validate(request.url, {}, request.headers["X-Twilio-Signature"])


def test_the_voice_webhook_bears_the_parameters_of_twilio() -> None:
    """Both parties under both names, the status, and sixteen empty places."""
    rig = Rig(person())
    sid = rig.create()["sid"]
    rig.run()
    form = rig.forms("/voice")[0]
    assert (
        form
        | {
            "CallSid": sid,
            "AccountSid": ACCOUNT,
            "From": CALLER,
            "Caller": CALLER,
            "To": CALLEE,
            "Called": CALLEE,
            "CallStatus": "in-progress",
            "Direction": "outbound-api",
            "ApiVersion": "2010-04-01",
        }
        == form
    )
    assert [value for name, value in form.items() if name.endswith(("City", "State", "Zip", "Country"))] == [""] * 16


def test_status_callbacks_tell_the_life_of_the_call() -> None:
    """Initiated, ringing, in-progress, completed, numbered from 0; the last one with duration and SIP code."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml('<Pause length="70"/>')
    rig.create_watched()
    rig.run()
    forms = rig.forms("/status")
    assert [form["CallStatus"] for form in forms] == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in forms] == ["0", "1", "2", "3"]
    assert {form["CallbackSource"] for form in forms} == {"call-progress-events"}
    assert (forms[-1]["CallDuration"], forms[-1]["Duration"], forms[-1]["SipResponseCode"]) == ("70", "2", "200")
    assert "CallDuration" not in forms[0]
    moments = [parsedate_to_datetime(form["Timestamp"]) for form in forms]
    assert moments == sorted(moments)
    assert all(isinstance(moment, datetime) and moment.tzinfo is not None for moment in moments)


def test_only_the_end_is_reported_unless_more_is_asked_for() -> None:
    """Without StatusCallbackEvent there is one status callback: completed."""
    rig = Rig(person())
    rig.create(StatusCallback=f"{BASE}/status")
    rig.run()
    assert [(form["CallStatus"], form["SequenceNumber"]) for form in rig.forms("/status")] == [("completed", "0")]


@pytest.mark.parametrize(("ending", "status"), [("0000101", "busy"), ("0000102", "no-answer"), ("0000104", "failed")])
def test_the_final_status_names_the_cause(ending: str, status: str) -> None:
    """The completed event of a call that nobody took says why, with a duration of 0."""
    rig = Rig()
    rig.create(StatusCallback=f"{BASE}/status", to="+88690" + ending)
    rig.run()
    form = rig.forms("/status")[0]
    assert (form["CallStatus"], form["CallDuration"]) == (status, "0")


def test_a_failed_connection_is_tried_once_more_with_the_same_token() -> None:
    """One retry after a connection failure, recognisable by I-Twilio-Idempotency-Token."""
    rig = Rig(person())
    rig.pages["/voice"] = [WebhookFailure.CONNECT, twiml("<Say>here we are</Say>")]
    rig.create()
    rig.run()
    assert len({request.headers["I-Twilio-Idempotency-Token"] for request in rig.sent}) == 1
    assert [event["http_status"] for event in rig.events("webhook_sent")] == [None, 200]
    assert rig.events("said")[0]["text"] == "here we are"


@pytest.mark.parametrize(("fragment", "tries"), [("#rc=0", 1), ("#rc=2&rp=5xx,ct", 3), ("#rc=2&rp=4xx", 1)])
def test_the_fragment_of_a_url_sets_its_retries_and_is_not_sent(fragment: str, tries: int) -> None:
    """Connection overrides are obeyed; the fragment is neither sent nor signed."""
    rig = Rig(person())
    rig.pages["/voice"] = Response(503)
    rig.create(Url=f"{BASE}/voice{fragment}")
    rig.run()
    assert [request.url for request in rig.sent] == [f"{BASE}/voice"] * tries


FAILURES: list[tuple[Page, str]] = [
    (WebhookFailure.TIMEOUT, "11200"),
    (WebhookFailure.RESET, "11200"),
    (Response(500), "11200"),
    (Response(404), "11200"),
    (twiml("<Say>"), "12100"),
    (Response(200, {"Content-Type": "text/xml"}, b""), "12100"),
    (Response(200, {"Content-Type": "application/json"}, b"{}"), "12300"),
]


@pytest.mark.parametrize(("page", "code"), FAILURES)
def test_after_a_failure_the_fallback_is_asked(page: Page, code: str) -> None:
    """The FallbackUrl learns the error and the URL that failed, and its document is carried out."""
    rig = Rig(person())
    rig.pages |= {"/voice": page, "/fallback": twiml("<Say>somebody will ring you</Say>")}
    rig.create(FallbackUrl=f"{BASE}/fallback")
    rig.run()
    form = rig.forms("/fallback")[0]
    assert (form["ErrorCode"], form["ErrorUrl"]) == (code, f"{BASE}/voice")
    assert rig.events("said")[0]["text"] == "somebody will ring you"


def test_without_a_fallback_the_customer_hears_of_an_application_error() -> None:
    """Twilio's sentence is said and the call drops; the log says why."""
    rig = Rig(person())
    rig.pages["/voice"] = Response(500)
    rig.create()
    rig.run()
    assert rig.events("said")[0]["text"] == "We are sorry, an application error has occurred. Goodbye."
    ended = rig.events("ended")[0]
    assert (ended["by"], ended["error_code"], ended["status"]) == ("application_error", 11200, "completed")


def test_a_fallback_that_fails_too_ends_in_the_application_error() -> None:
    """There is no fallback for a fallback."""
    rig = Rig(person())
    rig.pages |= {"/voice": Response(500), "/fallback": Response(500)}
    rig.create(FallbackUrl=f"{BASE}/fallback")
    rig.run()
    assert len(rig.forms("/fallback")) == 1
    assert rig.events("ended")[0]["by"] == "application_error"


def test_a_webhook_without_an_answer_costs_fifteen_seconds() -> None:
    """The customer waits in silence for fifteen seconds before the application error."""
    rig = Rig(person())
    rig.pages["/voice"] = WebhookFailure.TIMEOUT
    rig.create()
    rig.run()
    answered, said = rig.events("answered", "said")
    began = datetime.fromisoformat(said["began"]) - datetime.fromisoformat(answered["at"])
    assert began.total_seconds() == pytest.approx(15)


def test_an_answer_after_the_callee_has_gone_changes_nothing() -> None:
    """The callee hangs up while the product thinks: the late failure is ignored."""
    rig = Rig(person(hangs_up_after_seconds=2.0))
    rig.pages["/voice"] = WebhookFailure.TIMEOUT
    rig.create()
    rig.run()
    assert rig.events("said") == []
    assert len(rig.events("ended")) == 1


def test_a_redirect_answer_loses_the_digits() -> None:
    """A 3xx on an action is followed by GET, and the digits are gone, as with Twilio."""
    rig = Rig()
    rig.pages["/voice"] = twiml('<Gather numDigits="1" action="/next"/>')
    rig.pages["/next"] = Response(302, {"Location": f"{BASE}/elsewhere"})
    rig.pages["/elsewhere"] = twiml("<Hangup/>")
    rig.create(to="+886900000105")
    rig.run()
    assert rig.sent[-1].method == "GET"
    assert "Digits" not in rig.sent[-1].url


def test_no_url_with_its_secrets_stands_in_the_log() -> None:
    """The opaque part of a path and the query are left out of the log."""
    rig = Rig(person())
    token = "q7Zx" * 8
    rig.pages[f"/voice/{token}/1"] = twiml("<Hangup/>")
    rig.create(Url=f"{BASE}/voice/{token}/1?key=secret")
    rig.run()
    assert rig.events("webhook_sent")[0]["url"] == f"{BASE}/voice/…/1"
