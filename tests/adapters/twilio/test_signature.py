"""Twilio's signature."""

from collections.abc import Sequence
from urllib.parse import urlparse

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator, add_port, remove_port

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
    borne = {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}
    assert check("https://mycompany.com/myapp.php?foo=1&bar=2", form, borne)


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
    "borne",
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
def test_what_is_not_signed_is_not_genuine(borne: dict[str, str]) -> None:
    """No signature, a wrong one, one of another token or of other parameters, an unknown algorithm: all refused."""
    assert not TwilioSignature(TOKEN)(URL, FORM, borne)


def test_the_newer_algorithm_is_known() -> None:
    """A signature by HMAC-SHA256 is checked as its header says."""
    value = RequestValidator(TOKEN).compute_signature(URL, dict(FORM), "HMAC_SHA256")
    borne = {"x-twilio-signature": value, "x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_SHA256"}
    assert TwilioSignature(TOKEN)(URL, FORM, borne)


class Several(dict[str, list[str]]):
    """A form as the SDK reads one that may name a parameter twice."""

    def __init__(self, form: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in form:
            self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return self[name]


def test_a_parameter_that_comes_twice_is_signed_as_the_sdk_does() -> None:
    """Two values of one parameter are both part of what is signed."""
    form = (("Digits", "2"), ("Digits", "1"))
    value = RequestValidator(TOKEN).compute_signature(URL, Several(form))
    assert TwilioSignature(TOKEN)(URL, form, {"x-twilio-signature": value})


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FORMS = st.lists(st.tuples(st.sampled_from(["Digits", "SpeechResult", "CallSid", ""]) | TEXT, TEXT), max_size=8)
URLS = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["voice.example.test", "10.0.0.1", "Voice.Example.test"]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.sampled_from(["", "/", "/voice/abc/turn/1", "/a//b", "/語音"]),
    st.sampled_from(["", "?", "?a=1&b=2", "?b=2&a=1&a=0", "?a=%20+ü;c", "#part"]),
)


@settings(max_examples=300)
@given(URLS, FORMS, TEXT, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256", "hmac_sha1"]))
def test_what_is_signed_is_what_the_sdk_signs(
    url: str, form: list[tuple[str, str]], token: str, algorithm: str
) -> None:
    """Whatever the port, the query, the characters and the order: the SDK's signature fits, with and without port."""
    check, sdk = TwilioSignature(token), RequestValidator(token)
    for signed in {url, add_port(urlparse(url)), remove_port(urlparse(url))}:
        value = sdk.compute_signature(signed, Several(form), algorithm)
        settings_header = f"key=k,algorithm={algorithm}"
        borne = {"x-twilio-signature": value, "x-twilio-webhooks-signature-settings": settings_header}
        assert check(url, form, borne)
        assert check(url, form[::-1], borne)


@settings(max_examples=300)
@given(URLS, URLS, FORMS, FORMS)
def test_nothing_is_accepted_that_the_sdk_refuses(
    url: str, other: str, form: list[tuple[str, str]], changed: list[tuple[str, str]]
) -> None:
    """A signature of another address or of other parameters is as good as the SDK's own validator finds it."""
    check, sdk = TwilioSignature(TOKEN), RequestValidator(TOKEN)
    for signed, parameters in ((other, form), (url, changed)):
        value = sdk.compute_signature(signed, Several(parameters))
        as_sent = value == sdk.compute_signature(url, Several(form))
        genuine = as_sent or sdk.validate(url, Several(form), value)
        assert check(url, form, {"x-twilio-signature": value}) == genuine
