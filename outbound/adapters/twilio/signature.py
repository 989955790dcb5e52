"""Is a webhook really from the carrier? Twilio's signature, made by its own SDK and compared in constant time."""

import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import urlparse

from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    add_port,
    get_signature_algorithm,
    remove_port,
)

Form = Sequence[tuple[str, str]]

_SIGNATURE, _SETTINGS = SIGNATURE_HEADER.lower(), SIGNATURE_SETTINGS_HEADER.lower()


class TwilioSignature:
    """Checks webhooks against one auth token (or the secret of a shared key, where webhooks are signed with one)."""

    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)

    def __call__(self, url: str, form: Form, headers: Mapping[str, str]) -> bool:
        """Whether `headers` (names in lower case) bear the signature of `url` and every parameter of `form`.

        `url` is the public address as we configured it. Like the SDK this accepts it signed with the scheme's port or
        without one, since the carrier's side is not consistent in that. An unknown algorithm fails.
        """
        given = headers.get(_SIGNATURE, "")
        if not given:
            return False
        algorithm = get_signature_algorithm(headers.get(_SETTINGS))
        parameters = _Parameters(form)
        try:
            if self._fits(url, parameters, algorithm, given):
                return True
            parsed = urlparse(url)
            others = {remove_port(parsed), add_port(parsed)} - {url}
            return any(self._fits(each, parameters, algorithm, given) for each in sorted(others))
        except ValueError:
            return False

    def _fits(self, url: str, parameters: "_Parameters", algorithm: str, given: str) -> bool:
        computed: str = self._validator.compute_signature(url, parameters, algorithm)
        return hmac.compare_digest(computed.encode(), given.encode())


class _Parameters(dict[str, list[str]]):
    """A form as the SDK reads one that may name a parameter twice."""

    def __init__(self, form: Form) -> None:
        super().__init__({name: [value] for name, value in form})
        if len(self) < len(form):
            self.clear()
            for name, value in form:
                self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return self[name]
