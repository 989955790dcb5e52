"""Column types: instants that are always UTC, and personal data that is always sealed."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import DateTime, Engine, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from outbound.adapters.sql.database.keys import KeyProblemError, Keyring

_ATTRIBUTE = "outbound_keyring"
_WITHOUT_ZONE = len("2026-11-23 01:00:00.000000")
_REMEMBERED = 4096
"""The same instants are written and read again and again: windows of planned calls, the present one in each row."""

_JSON_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def to_json(value: Any) -> bytes:
    """Encode as compact JSON in UTF-8; keys that are numbers become text. Raises TypeError for what JSON has not."""
    return orjson.dumps(value, option=_JSON_OPTIONS)


def give_keys(engine: Engine, keyring: Keyring) -> None:
    """Let the sealed columns of `engine` use `keyring`; keys belong to an engine, never to the process."""
    setattr(engine.dialect, _ATTRIBUTE, keyring)


def keys_of(dialect: Dialect) -> Keyring:
    """Return the keyring that `give_keys` set, or raise `KeyProblemError`."""
    keyring = getattr(dialect, _ATTRIBUTE, None)
    if not isinstance(keyring, Keyring):
        raise KeyProblemError("this database connection was opened without keys")
    return keyring


class Instant(TypeDecorator[datetime]):
    """A zone-aware instant, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Convert to UTC on the way in; SQLite keeps the text that SQLAlchemy's own type writes."""
        if dialect.name != "sqlite":
            return lambda value: None if value is None else _in_utc(value)

        return _written

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        """Attach UTC on the way out (SQLite forgets the zone)."""
        if dialect.name != "sqlite":
            return lambda value: None if value is None else value.astimezone(UTC)
        return _read


def _written(value: datetime | None) -> str | None:
    if value is None:
        return None
    return _text(value if value.tzinfo is UTC else _in_utc(value))


@lru_cache(maxsize=_REMEMBERED)
def _text(value: datetime) -> str:
    """Write an instant that is in UTC: only of such is it sure that those that are equal have the same text."""
    return value.isoformat(" ", "microseconds")[:_WITHOUT_ZONE]


@lru_cache(maxsize=_REMEMBERED)
def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is UTC and type(value) is datetime:
        return value
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    value = value.astimezone(UTC)
    # A subclass such as pendulum's is not known to every driver.
    return datetime(value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond, UTC)


class Sealed(TypeDecorator[Any]):
    """Personal data as JSON, encrypted with AES-256-GCM; bytes go in and come out as bytes.

    `column` is "table.column" and is authenticated with the value.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str, *, raw: bool = False) -> None:
        super().__init__()
        self.column = column
        self.raw = raw

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], bytes | None]:
        """Seal on the way in. Bytes are bytes to every driver here, so that no further conversion is asked for."""
        keyring, column, raw = keys_of(dialect), self.column, self.raw

        def seal(value: Any) -> bytes | None:
            return None if value is None else keyring.seal(value if raw else to_json(value), column)

        return seal

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002
        """Open on the way out."""
        keyring, column, raw = keys_of(dialect), self.column, self.raw

        def opened(value: bytes | None) -> Any:
            if value is None:
                return None
            plain = keyring.open(value, column)
            return plain if raw else orjson.loads(plain)

        return opened
