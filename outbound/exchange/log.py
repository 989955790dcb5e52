"""The exchange's log: JSON lines in order of time, the ground truth of what rang and what was said. No secrets."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import TextIO

import orjson

LogEvent = Callable[[Mapping[str, object]], None]

_END_OF_PATH = re.compile(r"[?#]")
_OPAQUE = re.compile(r"(?<=/)[A-Za-z0-9_\-.=]{20,}(?=/|$)")


@lru_cache(maxsize=1024)
def without_secrets(url: str) -> str:
    """Keep scheme, host and path of a URL; a path segment that may be a token becomes an ellipsis."""
    scheme, separator, rest = _END_OF_PATH.split(url, maxsplit=1)[0].partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{_OPAQUE.sub('…', slash + path)}"


def fingerprint(content: bytes) -> str:
    """16 hexadecimal digits by which equal things are told from others where the things themselves stay out."""
    return blake2b(content, digest_size=8).hexdigest()


def as_line(event: Mapping[str, object]) -> str:
    """One event as one JSON line, without the line's end. Equal events give equal bytes."""
    return orjson.dumps(event).decode()


def write_lines(stream: TextIO) -> LogEvent:
    """Return a log that writes each event to `stream` as a JSON line."""

    def write(event: Mapping[str, object]) -> None:
        stream.write(as_line(event) + "\n")

    return write


def ignore(_event: Mapping[str, object]) -> None:
    """Take no notice: the log of an exchange whose log nobody reads."""
