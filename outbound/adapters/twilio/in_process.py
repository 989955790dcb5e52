"""The SDK's HTTP as a function call: for a carrier that runs in the same process, in virtual time."""

import logging
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from twilio.http import HttpClient
from twilio.http.response import Response

from outbound.domain.line.carrier_code import Silence

Form = Sequence[tuple[str, str]]
Handler = Callable[[str, str, Mapping[str, str], Form], tuple[int, Mapping[str, str], bytes]]
"""(method, absolute url with query, headers, decoded form) -> (status, headers, body)."""

_quiet = logging.getLogger(f"{__name__}.muted")
_quiet.disabled = True


class NoAnswerError(Exception):
    """No answer came: `kind` is `Silence.TIMEOUT` or `Silence.RESET`. `sent` False: no connection came about."""

    def __init__(self, kind: Silence, *, sent: bool = True) -> None:
        super().__init__(f"no answer ({kind})")
        self.kind = kind
        self.sent = sent


class InProcessHttpClient(HttpClient):  # type: ignore[misc]  # the SDK brings no types
    """Hands each request to `handler`, which raises `NoAnswerError` when no answer comes."""

    def __init__(self, handler: Handler) -> None:
        super().__init__(_quiet, is_async=False, timeout=None)
        self._handler = handler

    def request(  # noqa: PLR0917 - the SDK's signature
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the handler answers or raises
        allow_redirects: bool = False,  # noqa: ARG002 - as on the wire, none is followed
    ) -> Response:
        """Call the handler as the wire would be called."""
        url = f"{uri}?{urlencode(_pairs(params))}" if params else uri
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = "Basic " + b64encode(":".join(auth).encode()).decode()
        status, answered, body = self._handler(method.upper(), url, sent, _pairs(data))
        return Response(status, body.decode(), answered)


def _pairs(fields: Mapping[str, object] | None) -> Form:
    """Spell fields out as a form does: a list is one key several times."""
    pairs: list[tuple[str, str]] = []
    for name, value in (fields or {}).items():
        several = value if isinstance(value, list | tuple) else (value,)
        pairs.extend((name, str(item)) for item in several)
    return pairs
