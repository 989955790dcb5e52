"""What a log line is about, as fields beside its message: verb, call, campaign, cause. Never a number, name or word."""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType

FIELDS = ("verb", "call", "campaign", "cause", "turn", "status", "worker")
"""Names of the fields that a line may bear, in the order in which they are written."""

_TOKEN_SHOWN = 8
"""Characters of an attempt's token that a log shows: enough to find the call, not enough to answer for it."""

_current: ContextVar[Mapping[str, object]] = ContextVar("log_fields", default=MappingProxyType({}))


def about(token: str, **fields: object) -> dict[str, object]:
    """Make the `extra` of a line about one call; `fields` are of FIELDS."""
    return {"call": token[:_TOKEN_SHOWN], **fields}


class logging_about:  # noqa: N801 - read as a word: `with logging_about(verb="...")`
    """Let every line that is logged inside the block bear `fields`, unless it says otherwise itself."""

    __slots__ = ("_fields", "_token")
    _token: Token[Mapping[str, object]]

    def __init__(self, **fields: object) -> None:
        self._fields = fields

    def __enter__(self) -> None:
        self._token = _current.set({**_current.get(), **self._fields})

    def __exit__(self, *_raised: object) -> None:
        _current.reset(self._token)


def current_fields() -> Mapping[str, object]:
    """Return the fields of the surrounding blocks."""
    return _current.get()
