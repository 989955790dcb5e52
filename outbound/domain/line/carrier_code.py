"""What a carrier's refusal of a call means for the number, for the campaign and for the pace."""

from collections.abc import Mapping
from enum import StrEnum


class RefusalKind(StrEnum):
    """Why a call certainly does not exist."""

    NUMBER_UNUSABLE = "number_unusable"
    """This number cannot be called, today or ever."""
    CONFIGURATION = "configuration"
    """Our order is wrong, so the next one would be too: a person mends it."""
    AUTHENTICATION = "authentication"
    """The carrier does not know us, or no longer serves us."""
    RATE = "rate"
    """Too fast; the order was not processed."""
    NOT_NOW = "not_now"
    """The carrier is full for the moment."""
    UNREACHABLE = "unreachable"
    """No connection came about, so nothing was sent."""


class Silence(StrEnum):
    """Why it is not known whether a call exists."""

    TIMEOUT = "timeout"
    RESET = "reset"
    SERVER_ERROR = "server_error"
    MALFORMED = "malformed"


_KINDS: dict[int, RefusalKind] = {
    # Twilio: invalid, unreachable, blocked for this account, not a number of its region.
    21211: RefusalKind.NUMBER_UNUSABLE,
    21214: RefusalKind.NUMBER_UNUSABLE,
    21216: RefusalKind.NUMBER_UNUSABLE,
    21217: RefusalKind.NUMBER_UNUSABLE,
    # Twilio: the account is not active; authentication failed.
    10001: RefusalKind.AUTHENTICATION,
    20003: RefusalKind.AUTHENTICATION,
    20005: RefusalKind.AUTHENTICATION,
    # Twilio: too many requests; too many calls at once; its queue is longer than a day.
    20429: RefusalKind.RATE,
    10004: RefusalKind.NOT_NOW,
    22005: RefusalKind.NOT_NOW,
}

_FITS: Mapping[RefusalKind, frozenset[int]] = {
    RefusalKind.NUMBER_UNUSABLE: frozenset({400}),
    RefusalKind.AUTHENTICATION: frozenset({400, 401, 403}),
    RefusalKind.RATE: frozenset({429}),
    RefusalKind.NOT_NOW: frozenset({400, 429}),
}
"""With which HTTP statuses the carrier sends its codes; anything else is not its own word."""

_UNAUTHORISED, _FORBIDDEN, _REQUEST_TIMEOUT, _TOO_MANY = 401, 403, 408, 429
_CLIENT_ERRORS = range(400, 500)


def read_create_refusal(http_status: int, code: int | None) -> RefusalKind | None:
    """Classify an answer to a create that is no success; None means that the call may exist all the same.

    Only 4xx is certain. 408 comes from a proxy that gave up waiting, and a known code with a status that does not fit
    it proves nothing. A code that is not known means that the order itself is at fault: it stops the campaign rather
    than being tried on the next person.
    """
    if http_status not in _CLIENT_ERRORS or http_status == _REQUEST_TIMEOUT:
        return None
    kind = _KINDS.get(code) if code is not None else None
    if kind is not None:
        return kind if http_status in _FITS[kind] else None
    if http_status in {_UNAUTHORISED, _FORBIDDEN}:
        return RefusalKind.AUTHENTICATION
    return RefusalKind.RATE if http_status == _TOO_MANY else RefusalKind.CONFIGURATION
