"""What crosses the exchange's border: requests, responses, webhooks, and the ways in which an answer fails to come."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

import orjson
from msgspec import Struct, field

API_VERSION = "2010-04-01"


class Request(Struct, frozen=True):
    """One HTTP request. `url` is absolute, or a path with its query; `form` is the decoded body, in order."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Sequence[tuple[str, str]] = ()

    def header(self, name: str) -> str:
        """Return the header's value whatever its case, or an empty string."""
        return header(self.headers, name)


class Response(Struct, frozen=True):
    """One HTTP response."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the header's value whatever its case, or an empty string."""
        return header(self.headers, name)


class Webhook(Struct, frozen=True):
    """A signed request that the driver must send; its result goes back through `Exchange.delivered`.

    `kind` is voice, action, status, amd or message; only the answers to voice and action are TwiML.
    """

    id: int
    call_sid: str
    kind: str
    request: Request


class WebhookFailure(StrEnum):
    """Why a webhook got no answer: not connected, none within 15 s, or the connection broke."""

    CONNECT = "connect"
    TIMEOUT = "timeout"
    RESET = "reset"


class NoAnswer(StrEnum):
    """How a request to the exchange stays without an answer: silence, or a broken connection."""

    TIMEOUT = "timeout"
    RESET = "reset"


class ExchangeNoAnswer(Exception):  # noqa: N818 - it is an outcome, not an error of the exchange
    """The exchange took the request and will not answer it: the client cannot know whether a call was made."""

    def __init__(self, kind: NoAnswer) -> None:
        super().__init__(f"the exchange does not answer this request ({kind})")
        self.kind = kind


def header(headers: Mapping[str, str], name: str) -> str:
    """Look `name` up in `headers` whatever its case; an empty string if it is missing."""
    value = headers.get(name)
    if value is not None:
        return value
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")


def json_response(status: int, document: Mapping[str, object]) -> Response:
    """Build a JSON response as the REST API sends it."""
    return Response(status, {"Content-Type": "application/json"}, orjson.dumps(document))


def rfc2822(instant: datetime, *, gmt: bool = False) -> str:
    """Return an aware instant as Twilio writes dates: `Mon, 23 Nov 2026 01:00:00 +0000`, or `GMT` at its end."""
    at = instant.astimezone(UTC)
    day = f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month]} {at.year:04}"
    return f"{day} {at.hour:02}:{at.minute:02}:{at.second:02} {'GMT' if gmt else '+0000'}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
