"""How a row in quarantine is told from another, and made fit to be stored."""

import json

from outbound.usecases.ports.stored.intake import RejectedRow

_SOURCE_WIDTH = 120


def row_text(row: RejectedRow) -> str:
    """Return one text for the same content, wherever and in whatever order of columns it stands."""
    return json.dumps(dict(row.original), sort_keys=True)


def storable(text: str) -> str:
    """Return text without lone surrogates, which no database and no encoding takes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def source_name(source: str) -> str:
    """Return a source's name as it is stored: its end, which tells files apart."""
    return storable(source)[-_SOURCE_WIDTH:]
