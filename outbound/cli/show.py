"""How results are printed: one JSON document, or a table that explains its empty state."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict


def print_json(value: Any) -> None:
    """Print one JSON document on standard output; instants in ISO 8601 with their offset."""
    print(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:
    """Make values, mappings and instants into what JSON knows."""
    if isinstance(value, Struct):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


SHORT_ID = 12
"""Characters of an identifier that a table shows; commands take them for the whole.

They are the count that an identifier begins with: fewer would be the same for everything of one batch.
"""


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    empty: str,
    zone: str = "UTC",
    captions: Mapping[str, str] | None = None,
) -> None:
    """Print a table, or the sentence `empty` that says why there is nothing and what would bring something.

    A column named `id` shows the beginning of an identifier; instants are shown in `zone`. `captions` says what stands
    above a column instead of its name.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    kept = list(rows)
    if not kept:
        print(empty)
        return
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for column in columns:
        caption = (captions or {}).get(column, column)
        table.add_column(caption, overflow="fold", no_wrap=column in {"id", "due", "since", "until", "when", "number"})
    for row in kept:
        cells = (cell[:SHORT_ID] if column == "id" else cell for column, cell in zip(columns, row, strict=True))
        # as Text: what stands in square brackets would be taken for a style and vanish
        table.add_row(*(Text(_text(cell, zone)) for cell in cells))
    Console().print(table)


def local(instant: datetime, zone: str) -> str:
    """Write an instant as people at the desk read it."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M")


def local_in(instant: datetime, zone: str) -> str:
    """Write an instant as people at the desk read it, with the zone beside it: for a line that stands alone."""
    return f"{local(instant, zone)} ({zone})"


def _text(cell: Any, zone: str) -> str:
    if cell is None:
        return ""
    return local(cell, zone) if isinstance(cell, datetime) else str(cell)
