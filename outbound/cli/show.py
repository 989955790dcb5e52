"""How results are printed: one JSON document, or a table that explains its empty state."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any


def print_json(value: Any) -> None:
    """Print one JSON document on standard output; instants in ISO 8601 with their offset."""
    print(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:
    """Make dataclasses, mappings and instants into what JSON knows."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """Print a table, or the sentence `empty` that says why there is nothing and what would bring something."""
    from rich.console import Console
    from rich.table import Table

    kept = list(rows)
    if not kept:
        print(empty)
        return
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in kept:
        table.add_row(*(_text(cell) for cell in row))
    Console().print(table)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone().strftime("%m-%d %H:%M %z")
    return str(cell)
