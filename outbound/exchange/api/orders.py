"""Reads the parameters of a create or an update into what the exchange carries out."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from outbound.exchange.api.errors import ApiError
from outbound.exchange.call import Detection, Orders

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SENT_KEYS = re.compile(r"[0-9*#wW]{0,32}")
_DECORATION = re.compile(r"[\s().\-]")
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9_./-]*)?")
_STATUS_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
_LONGEST_TWIML = 4000
_LONGEST_TIMEOUT = 600
_LONGEST_CALL = 86400
INVALID_PARAMETER, INVALID_URL, INVALID_STATUS_CALLBACK = 20001, 21205, 21609

Params = Mapping[str, Sequence[str]]


def first(params: Params, name: str, default: str = "") -> str:
    """Return the first value of a parameter."""
    values = params.get(name)
    return values[0] if values else default


def number(value: str, invalid: int, missing: int) -> str:
    """Return a telephone number in E.164, or raise the error of that code."""
    if not value.strip():
        raise ApiError(missing)
    plain = _DECORATION.sub("", value)
    if not _E164.fullmatch(plain):
        raise ApiError(invalid, value)
    return plain


def orders_of(params: Params) -> Orders:
    """Read a create's parameters; raise `ApiError` for what cannot be carried out."""
    url, twiml = first(params, "Url"), first(params, "Twiml")
    if not url and not twiml:
        raise ApiError(INVALID_URL, "one of Url and Twiml is required")
    if len(twiml) > _LONGEST_TWIML:
        raise ApiError(INVALID_PARAMETER, f"Twiml is longer than {_LONGEST_TWIML} characters")
    detection = first(params, "MachineDetection")
    if detection not in ("", "Enable", "DetectMessageEnd"):
        raise ApiError(INVALID_PARAMETER, "MachineDetection is Enable or DetectMessageEnd")
    return Orders(
        url=checked_url(url),
        method=method(params, "Method"),
        twiml=twiml,
        fallback_url=checked_url(first(params, "FallbackUrl")),
        fallback_method=method(params, "FallbackMethod"),
        status_callback=checked_url(first(params, "StatusCallback"), INVALID_STATUS_CALLBACK),
        status_method=method(params, "StatusCallbackMethod"),
        status_events=_events(params),
        timeout=_whole(params, "Timeout", 60, 1, _LONGEST_TIMEOUT),
        time_limit=_whole(params, "TimeLimit", 14400, 1, _LONGEST_CALL),
        send_digits=_keys(params),
        detection=Detection(detection),
        detection_timeout=_whole(params, "MachineDetectionTimeout", 30, 3, 59),
        async_amd=first(params, "AsyncAmd") == "true",
        async_amd_url=checked_url(first(params, "AsyncAmdStatusCallback")),
        async_amd_method=method(params, "AsyncAmdStatusCallbackMethod"),
    )


def checked_url(url: str, code: int = INVALID_URL) -> str:
    """Return an absolute HTTP URL or an empty string; a host name with an underscore is refused, as Twilio does."""
    if not url or _PLAIN_URL.fullmatch(url):
        return url
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise ApiError(code, url) from error
    if parts.scheme not in ("http", "https") or not host or "_" in host:
        raise ApiError(code, url)
    return url


def method(params: Params, name: str) -> str:
    """Return GET or POST (the default)."""
    value = first(params, name, "POST").upper()
    if value not in ("GET", "POST"):
        raise ApiError(INVALID_PARAMETER, f"{name} is GET or POST")
    return value


def _events(params: Params) -> frozenset[str]:
    events = frozenset(event for value in params.get("StatusCallbackEvent", ()) for event in value.split())
    if not events <= _STATUS_EVENTS:
        raise ApiError(INVALID_PARAMETER, f"StatusCallbackEvent is of {', '.join(sorted(_STATUS_EVENTS))}")
    return events or frozenset({"completed"})


def _keys(params: Params) -> str:
    keys = first(params, "SendDigits")
    if not _SENT_KEYS.fullmatch(keys):
        raise ApiError(INVALID_PARAMETER, "SendDigits is of the keys 0-9, * and #, and w and W for pauses")
    return keys


def _whole(params: Params, name: str, default: int, least: int, most: int) -> float:
    value = first(params, name)
    if not value:
        return float(default)
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ApiError(INVALID_PARAMETER, f"{name} is a whole number from {least} to {most}")
    return float(value)
