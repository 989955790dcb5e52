"""Rows of .xlsx workbooks and .parquet files; native dates and numbers become the text that a CSV would hold."""

import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from outbound.adapters.sources.columns import REQUIRED, likeness, resolve_header
from outbound.adapters.sources.contract import RawRow, SourceError

_BATCH = 4_096
_BROKEN_WORKBOOK = (
    BadZipFile, zlib.error, EOFError, ParseError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError,
    RuntimeError,
)  # fmt: skip
"""What the libraries raise for damaged archives and sheets, as found by damaging some thousands at random."""


def as_text(value: object) -> str:
    """Return a native value as a CSV would hold it: whole numbers without point, days in ISO, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, datetime):
        text = value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "seconds")
    elif isinstance(value, (float, Decimal)):
        text = _number(value)
    elif isinstance(value, bytes):
        text = value.decode("utf-8", "replace")
    elif isinstance(value, (list, tuple)):
        text = ";".join(map(as_text, value))
    else:
        text = str(value)
    return text


def _number(value: float | Decimal) -> str:
    if value != value:  # noqa: PLR0124 - the one value that differs from itself is not a number
        return ""
    if value in (float("inf"), float("-inf")):
        return str(value)
    return str(int(value)) if value == int(value) else str(value)


def read_xlsx(path: Path, mapping: Mapping[str, str] | None, where: str) -> Iterator[RawRow]:
    """Yield the rows of the one sheet that has the known header; raises SourceError."""
    import openpyxl

    try:
        # Our own file: the library leaves its own open when a workbook is damaged.
        with path.open("rb") as file:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # styles and extensions that do not touch values
                workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
            with closing(workbook):
                yield from _sheet_rows(_policies_sheet(workbook.worksheets, mapping, where), mapping, where)
    except SourceError:
        raise
    except _BROKEN_WORKBOOK as error:
        what = f"the workbook cannot be read ({type(error).__name__})"
        raise SourceError(what, where, "Open it in a spreadsheet and save it again as .xlsx or CSV.") from error


def _policies_sheet(sheets: Sequence[Any], mapping: Mapping[str, str] | None, where: str) -> Any:
    headers = [[as_text(value) for value in next(sheet.iter_rows(values_only=True), ())] for sheet in sheets]
    promising = [
        sheet for sheet, names in zip(sheets, headers, strict=True) if likeness(names, mapping) >= len(REQUIRED)
    ]
    if len(promising) > 1:
        names = ", ".join(sheet.title for sheet in promising)
        raise SourceError(f"several sheets hold policies: {names}", where, "Save each sheet as a file of its own.")
    if not sheets or not any(any(names) for names in headers):
        raise SourceError("the workbook is empty", where, "The first row must name the columns.")
    return promising[0] if promising else sheets[0]


def _sheet_rows(sheet: Any, mapping: Mapping[str, str] | None, where: str) -> Iterator[RawRow]:
    rows = sheet.iter_rows(values_only=True)
    header = [as_text(value) for value in next(rows, ())]
    while header and not header[-1].strip():
        header.pop()
    columns = resolve_header(header, mapping, where)
    for number, row in enumerate(rows, 2):
        values = [as_text(value) for value in row[: len(columns)]]
        if any(values):
            values.extend([""] * (len(columns) - len(values)))
            fault = "too_many_fields" if any(map(as_text, row[len(columns) :])) else None
            yield RawRow(where, number, dict(zip(columns, values, strict=True)), fault)


def read_parquet(path: Path, mapping: Mapping[str, str] | None, where: str) -> Iterator[RawRow]:
    """Yield the rows of a parquet file batch by batch; raises SourceError."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            columns = resolve_header(file.schema_arrow.names, mapping, where)
            number = 0
            for batch in file.iter_batches(_BATCH):
                for number, values in enumerate(_texts(batch.columns), number + 1):  # noqa: B020 - goes on counting
                    yield RawRow(where, number, dict(zip(columns, values, strict=True)))
    except SourceError:
        raise
    except (pa.ArrowException, ValueError) as error:
        what = f"the parquet file cannot be read ({type(error).__name__})"
        raise SourceError(what, where, "Write it again; it may be cut off.") from error


def _texts(columns: Iterable[Any]) -> Iterator[tuple[str, ...]]:
    return zip(*([as_text(value) for value in column.to_pylist()] for column in columns), strict=True)
