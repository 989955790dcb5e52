"""A service record behind an HTTP endpoint: JSON, signed, with an idempotency key."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

from outbound.usecases.ports.stored.records import Delivered, Undelivered

TIMEOUT_SECONDS = 10
_TRY_AGAIN = frozenset({408, 409, 425, 429})
_OK, _CLIENT_ERROR, _SERVER_ERROR = 200, 400, 500


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over `timestamp "." body`, in hexadecimal: the receiver checks both origin and age."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class HttpSink:
    """Posts each record to one address. The receiver drops a key that it has seen."""

    def __init__(self, url: str, secret: bytes, wall_clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._secret = secret
        self._wall_clock = wall_clock
        self._session = requests.Session()

    def deliver(self, record_id: str, body: Mapping[str, Any]) -> Delivered | Undelivered:
        """Post one record. 2xx is delivered; 4xx is final but for 408, 409, 425, 429; anything else is tried again."""
        content = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        timestamp = str(int(self._wall_clock()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": record_id,
            "X-Outbound-Timestamp": timestamp,
            "X-Outbound-Signature": f"sha256={sign(self._secret, timestamp, content)}",
        }
        try:
            answer = self._session.post(
                self._url, data=content, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            return Undelivered(f"no answer ({type(error).__name__})")
        status = answer.status_code
        if _OK <= status < _OK + 100:
            return Delivered()
        final = _CLIENT_ERROR <= status < _SERVER_ERROR and status not in _TRY_AGAIN
        return Undelivered(f"HTTP {status}", final=final)
