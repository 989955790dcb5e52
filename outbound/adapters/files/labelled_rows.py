"""Rows of two columns from a CSV file: texts with labels, questions with answers."""

import csv
from io import StringIO
from pathlib import Path

from outbound.usecases.problems import InputProblemError

_LONGEST_FIELD = 10_000


def read_labelled_rows(file: Path, columns: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return two columns of a CSV file (UTF-8, with a header); `InputProblemError` names file, line and mend."""
    reader = csv.reader(StringIO(_text_of(file), newline=""), strict=True)
    rows: list[tuple[str, str]] = []
    try:
        header = [each.strip().lower() for each in next(reader, [])]
        at = _positions(file, header, columns)
        filled = (row for row in reader if any(each.strip() for each in row))
        rows.extend(_row(file, reader.line_num, row, at, columns) for row in filled)
    except csv.Error as error:
        text = f"{file}:{reader.line_num}: this is no row of a CSV file ({error}); put quotes around texts with commas"
        raise InputProblemError(text) from None
    if not rows:
        raise InputProblemError(
            f"{file}:2: there are no rows below the header; write one row a line: {','.join(columns)}"
        )
    return tuple(rows)


def _text_of(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputProblemError(
            f"{file}: cannot be read ({error.strerror}); check its name and who may read it"
        ) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputProblemError(f"{file}:{line}: this is not UTF-8; save the file as UTF-8") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputProblemError(f"{file}:{line}: this is no text file; save the table as CSV in UTF-8")
    return text


def _positions(file: Path, header: list[str], columns: tuple[str, str]) -> tuple[int, int]:
    missing = [name for name in columns if name not in header]
    if missing:
        found = ", ".join(header) or "nothing"
        text = f"{file}:1: no column {', '.join(missing)}; the first line must be {','.join(columns)}, it is {found}"
        raise InputProblemError(text)
    return header.index(columns[0]), header.index(columns[1])


def _row(file: Path, line: int, row: list[str], at: tuple[int, int], columns: tuple[str, str]) -> tuple[str, str]:
    if len(row) <= max(at):
        text = f"{file}:{line}: this row has {len(row)} columns; {' and '.join(columns)} are needed"
        raise InputProblemError(text)
    first, second = (row[position].strip() for position in at)
    for name, value in zip(columns, (first, second), strict=True):
        if not value:
            raise InputProblemError(f"{file}:{line}: {name} is empty; write it, or remove the row")
        if len(value) > _LONGEST_FIELD:
            raise InputProblemError(
                f"{file}:{line}: {name} is longer than {_LONGEST_FIELD:,} characters; is a quote missing?"
            )
    return first, second
