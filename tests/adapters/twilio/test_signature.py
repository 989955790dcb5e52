"""Twilio's signature."""

import pytest
from twilio.request_validator import RequestValidator

from outbound.adapters.twilio.signature import TwilioSignature

URL = "https://voice.example.test/voice/abc/turn/1"
FORM = (("CallSid", "CA1"), ("Digits", "1"), ("ToCity", ""))
TOKEN = "an invented token"


def headers(url: str = URL, form: tuple[tuple[str, str], ...] = FORM, token: str = TOKEN) -> dict[str, str]:
    """Sign as the SDK does."""
    return {"x-twilio-signature": RequestValidator(token).compute_signature(url, dict(form))}


def test_the_documented_example_holds() -> None:
    """The example of Twilio's documentation is accepted."""
    form = (
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
    )
    check = TwilioSignature("12345")
    given = {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}
    assert check("https://mycompany.com/myapp.php?foo=1&bar=2", form, given)


def test_blank_values_are_signed_too() -> None:
    """A request with an empty parameter is genuine with it and forged without it."""
    assert TwilioSignature(TOKEN)(URL, FORM, headers())
    assert not TwilioSignature(TOKEN)(URL, FORM[:2], headers())


@pytest.mark.parametrize("signed", ["https://voice.example.test:443/voice/abc/turn/1", URL])
def test_the_scheme_s_port_may_be_signed_or_not(signed: str) -> None:
    """The carrier signs its address with or without the scheme's port: both are accepted, another port is not."""
    assert TwilioSignature(TOKEN)(URL, FORM, headers(signed))
    assert not TwilioSignature(TOKEN)(URL, FORM, headers("https://voice.example.test:8443/voice/abc/turn/1"))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"x-twilio-signature": ""},
        {"x-twilio-signature": "簽名"},
        {"x-twilio-signature": "L/OH5YylLD5NRKLltdqwSvS0BnU="},
        headers(token="another"),
        headers(form=(("CallSid", "CA1"), ("Digits", "2"), ("ToCity", ""))),
        {**headers(), "x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_MD5"},
    ],
)
def test_what_is_not_signed_is_not_genuine(given: dict[str, str]) -> None:
    """No signature, a wrong one, one of another token or of other parameters, an unknown algorithm: all refused."""
    assert not TwilioSignature(TOKEN)(URL, FORM, given)


def test_the_newer_algorithm_is_known() -> None:
    """A signature by HMAC-SHA256 is checked as its header says."""
    value = RequestValidator(TOKEN).compute_signature(URL, dict(FORM), "HMAC_SHA256")
    given = {"x-twilio-signature": value, "x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_SHA256"}
    assert TwilioSignature(TOKEN)(URL, FORM, given)


def test_a_parameter_that_comes_twice_is_signed_as_the_sdk_does() -> None:
    """Two values of one parameter are both part of what is signed."""

    class Twice(dict[str, str]):
        def getall(self, _name: str) -> list[str]:
            return ["2", "1"]

    value = RequestValidator(TOKEN).compute_signature(URL, Twice(Digits="2"))
    assert TwilioSignature(TOKEN)(URL, (("Digits", "2"), ("Digits", "1")), {"x-twilio-signature": value})
