"""The carrier's requests as plain values, and what their parameters mean to us. Nothing here trusts them yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, unquote_to_bytes

from msgspec import Struct

from outbound.dialogue.heard import Heard, Keyed, Silence, Spoken, TransferEnded
from outbound.domain.outcome.connect import CarrierStatus

BODY_LIMIT = 64 * 1024
"""Bytes: some thirty parameters and a minute of speech are far below."""

_MOST_FIELDS = 200
_ROUTE = re.compile(
    r"/voice/(?P<token>[A-Za-z0-9_-]{1,64})/(?:(?P<kind>turn|whisper)/(?P<turn>[0-9]{1,4})|(?P<told>status|amd))"
)
_SID = re.compile(r"[A-Za-z0-9-]{1,34}")
_CONNECTED = frozenset({"completed", "answered"})


@dataclass(frozen=True, slots=True)
class WebRequest:
    """One HTTP request: `path` with its query as sent, header names in lower case, the body as received."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


class WebResponse(Struct, frozen=True):
    """One HTTP response; `cache` says how long it may be kept."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    cache: str = "no-store"


class Route(Struct, frozen=True):
    """What a path asks for: a `turn` of the call with this token, or None for its `status` or `amd` callback.

    `whisper` is what is said to whoever takes the transfer of that turn.
    A call that comes in is asked about as `inbound`, its end is told as `inbound_status`.
    """

    token: str
    kind: str
    turn: int | None


class BadWebhookError(ValueError):
    """A request that no carrier sends; the text names the parameter, never its value."""


_INBOUND = {"/voice/inbound": Route("inbound", "inbound", None),
            "/voice/inbound/status": Route("inbound", "inbound_status", None)}  # fmt: skip
"""Calls that come in bear no token yet: one stands in the addresses of their turns."""


def route_of(path: str) -> Route | None:
    """Read a path (without query); None when it is not one of ours."""
    if path in _INBOUND:
        return _INBOUND[path]
    found = _ROUTE.fullmatch(path)
    if found is None:
        return None
    turn = found["turn"]
    return Route(found["token"], found["kind"] or found["told"], int(turn) if turn else None)


def form_of(body: bytes) -> tuple[tuple[str, str], ...]:
    """Parse a form; blank values count, since they are signed. Raises `BadWebhookError`."""
    if not body.isascii() or body.count(b"&") >= _MOST_FIELDS:
        raise BadWebhookError("the body is no form")
    sent = body.replace(b"+", b" ")
    if b"%26" in sent or b"%3D" in sent or b"%3d" in sent:
        # What is quoted separates nothing.
        return tuple([(unquote(name), unquote(value)) for name, value in _fields(sent.decode("ascii"))])
    return tuple(_fields(unquote_to_bytes(sent).decode("utf-8", "replace")))


def _fields(text: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in [field.partition("=") for field in text.split("&") if field]]


def sid_of(form: Mapping[str, str]) -> str:
    """Return the call's sid, or raise `BadWebhookError`."""
    sid = form.get("CallSid", "")
    if not _SID.fullmatch(sid):
        raise BadWebhookError("CallSid is missing or has no form of a sid")
    return sid


def heard_of(form: Mapping[str, str]) -> Heard:
    """Return what a turn brings: the end of a transfer, keys, words or silence."""
    if "DialCallStatus" in form:
        # Who hung up while they were being told who it is about answered, and spoke with nobody.
        ok = form["DialCallStatus"] in _CONNECTED and form.get("DialBridged", "true") != "false"
        return TransferEnded(ok=ok)
    digits, words = form.get("Digits", ""), form.get("SpeechResult", "")
    if digits.strip():
        return Keyed(digits.strip())
    if words.strip():
        return Spoken(words, _share(form.get("Confidence")))
    return Silence()


def status_of(form: Mapping[str, str]) -> CarrierStatus:
    """Return what a status callback says. What cannot be read is left out: the status itself must not be lost."""
    return CarrierStatus(
        sid=sid_of(form),
        status=form.get("CallStatus", ""),
        sequence=_whole(form.get("SequenceNumber")),
        at=_instant(form.get("Timestamp")),
        duration_seconds=_whole(form.get("CallDuration")),
        code=_whole(form.get("ErrorCode")) or _whole(form.get("SipResponseCode")),
        answered_by=form.get("AnsweredBy") or None,
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < len("1000000000") else None


def _share(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _instant(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
