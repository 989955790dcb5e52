"""Comma, tab or semicolon separated rows, streamed; a stray quote costs its own line, not the rest of the file."""

import csv
from collections import deque
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TextIO

from outbound.adapters.sources.columns import KNOWN, Columns, likeness, resolve_header
from outbound.adapters.sources.contract import RawRow, SourceError
from outbound.adapters.sources.encoding import detect_encoding

_DELIMITERS = (",", "\t", ";")
_LONGEST_RECORD = 32
_LONGEST_LINE = 100_000
SURPLUS = "(beyond the header)"


class _RunawayRecordError(Exception):
    """A quoted value runs over more lines than any real one."""


class _Lines:
    """The lines of a file with their numbers, which remembers those of the current record and can take them back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.record: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.record) >= _LONGEST_RECORD:
            raise _RunawayRecordError
        line = self._again.popleft() if self._again else next(self._lines)
        self.number += 1
        self.record.append(line)
        return line

    def rewind(self) -> None:
        """Keep the first line of the record as read and give the others out again."""
        rest = self.record[1:]
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)


def read_delimited(path: Path, mapping: Mapping[str, str] | None, where: str) -> Iterator[RawRow]:
    """Yield the rows of a delimited text file; raises SourceError."""
    encoding = detect_encoding(path, where)
    try:
        with path.open(encoding=encoding, errors="strict", newline="") as file:
            yield from _rows(_bounded(file, where), mapping, where)
    except UnicodeDecodeError as error:
        raise SourceError("the file changed while it was read", where, "Take it in when it is complete.") from error


def _bounded(file: TextIO, where: str) -> Iterator[str]:
    for number, line in enumerate(iter(partial(file.readline, _LONGEST_LINE + 1), ""), 1):
        if len(line) > _LONGEST_LINE:
            raise SourceError(
                f"line {number} is longer than {_LONGEST_LINE} characters", where, "Is this a text file with rows?"
            )
        yield line


def _rows(file: Iterator[str], mapping: Mapping[str, str] | None, where: str) -> Iterator[RawRow]:
    skipped = 0
    for header_line in file:
        if header_line.strip():
            break
        skipped += 1
    else:
        raise SourceError("the file is empty", where, "The first line must name the columns.")
    delimiter = max(_DELIMITERS, key=lambda one: likeness(_split(header_line, one), mapping))
    columns = resolve_header(_split(header_line, delimiter), mapping, where)
    lines = _Lines(file)
    lines.number = skipped + 1
    for line, record, fault in _records(lines, delimiter, columns):
        yield _raw(where, line, columns, record, fault)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.rstrip("\r\n").split(delimiter)


def _records(lines: _Lines, delimiter: str, columns: Columns) -> Iterator[tuple[int, list[str], str | None]]:
    """Yield line number, fields and fault. Strict, or two stray quotes in one column would merge two people's rows."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.record.clear()
        start = lines.number + 1
        try:
            record = next(reader, None)
        except (_RunawayRecordError, csv.Error):
            record = []
            runaway = True
        else:
            runaway = len(lines.record) > 1 and record is not None and _is_merged(record, columns)
        if record is None:
            return
        if runaway:
            yield start, lines.record[0].rstrip("\r\n").split(delimiter), "unclosed_quote"
            lines.rewind()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        elif record and any(map(str.strip, record)):
            yield start, record, _fault(len(record), len(columns))


def _is_merged(record: list[str], columns: Columns) -> bool:
    """Whether a record of several lines is rather several records behind a stray quote; only notes have line breaks."""
    return len(record) != len(columns) or any(
        "\n" in value and name in KNOWN for name, value in zip(columns, record, strict=True)
    )


def _fault(found: int, width: int) -> str | None:
    if found == width:
        return None
    return "too_many_fields" if found > width else "too_few_fields"


def _raw(where: str, line: int, columns: Columns, record: list[str], fault: str | None) -> RawRow:
    if fault is None:
        return RawRow(where, line, dict(zip(columns, record, strict=True)))
    values = dict(zip(columns, chain(record, [""] * len(columns)), strict=False))
    if len(record) > len(columns):
        values[SURPLUS] = "\t".join(record[len(columns) :])
    return RawRow(where, line, values, fault)
