"""HTTP for the SDK that sends every request at most once."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.http import HttpClient
from twilio.http.response import Response

_CONNECTIONS = 64
_quiet = logging.getLogger(f"{__name__}.muted")
_quiet.disabled = True


class OneShotHttpClient(HttpClient):  # type: ignore[misc]  # the SDK brings no types
    """Sends once, with a time-out, and follows no redirect.

    The SDK's own client keeps the last response on itself and returns it from there, so that two threads can take
    each other's answers; it also logs query strings, and those hold numbers.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__(_quiet, is_async=False, timeout=timeout)
        self._session = requests.Session()
        self._known: dict[tuple[str, str], Mapping[str, Any]] = {}
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=_CONNECTIONS, max_retries=0))
        # urllib3 logs the address with its query at DEBUG.
        logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

    def request(  # noqa: PLR0917 - the SDK's signature
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,  # noqa: ARG002 - a redirected POST is a second POST
    ) -> Response:
        """Send and return the answer; raises what `requests` raises."""
        asked = requests.Request(
            method.upper(), uri, params=_plain(params), data=_plain(data), headers=headers, auth=auth
        )
        answer = self._session.send(
            self._session.prepare_request(asked),
            timeout=timeout or self.timeout,
            allow_redirects=False,
            **self._settings(*urlsplit(uri)[:2]),
        )
        return Response(answer.status_code, answer.text, answer.headers)

    def _settings(self, scheme: str, host: str) -> Mapping[str, Any]:
        """Proxies and certificates that the environment names for a host; looking them up costs as much as sending."""
        found = self._known.get((scheme, host))
        if found is None:
            found = self._session.merge_environment_settings(f"{scheme}://{host}/", {}, None, None, None)
            self._known[scheme, host] = found
        return found


def _plain(fields: dict[str, object] | None) -> dict[str, Any] | None:
    return None if fields is None else dict(fields)
