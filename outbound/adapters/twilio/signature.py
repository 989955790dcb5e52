"""Is a webhook really from the carrier? Twilio's signature, compared in constant time.

What is signed is what Twilio's SDK signs, and the tests hold the two side by side; the SDK's own validator takes four
times as long, and every turn of a conversation waits for it.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from itertools import chain
from urllib.parse import urlparse

from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    add_port,
    get_signature_algorithm,
    remove_port,
)

Form = Sequence[tuple[str, str]]

_SIGNATURE, _SETTINGS = SIGNATURE_HEADER.lower(), SIGNATURE_SETTINGS_HEADER.lower()
_DIGESTS = {HMAC_SHA1: "sha1", HMAC_SHA256: "sha256"}


class TwilioSignature:
    """Checks webhooks against one auth token (or the secret of a shared key, where webhooks are signed with one)."""

    def __init__(self, auth_token: str) -> None:
        self._key = auth_token.encode()

    def __call__(self, url: str, form: Form, headers: Mapping[str, str]) -> bool:
        """Whether `headers` (names in lower case) bear the signature of `url` and every parameter of `form`.

        `url` is the public address as we configured it. Like the SDK this accepts it signed with the scheme's port or
        without one, since the carrier's side is not consistent in that. An unknown algorithm fails.
        """
        given = headers.get(_SIGNATURE)
        digest = _DIGESTS.get(get_signature_algorithm(headers.get(_SETTINGS)).upper())
        if not given or digest is None:
            return False
        try:
            expected, parameters = given.encode(), _signed(form)
            if self._fits(url, parameters, digest, expected):
                return True
            parsed = urlparse(url)
            others = {remove_port(parsed), add_port(parsed)} - {url}
            return any(self._fits(each, parameters, digest, expected) for each in sorted(others))
        except ValueError:
            return False

    def _fits(self, url: str, parameters: str, digest: str, expected: bytes) -> bool:
        made = hmac.digest(self._key, f"{url}{parameters}".encode(), digest)
        return hmac.compare_digest(b64encode(made), expected)


def _signed(form: Form) -> str:
    """Every parameter's name and value, sorted by both; what is there twice counts once."""
    distinct = form if len(dict(form)) == len(form) else set(form)
    return "".join(chain.from_iterable(sorted(distinct)))
