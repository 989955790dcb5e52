"""Policies out of one file, whatever its kind."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from outbound.adapters.sources.contract import RawRow, SourceError
from outbound.adapters.sources.delimited import read_delimited

_Reader = Callable[[Path, Mapping[str, str] | None, str], Iterator[RawRow]]
TEXT_KINDS = frozenset({".csv", ".tsv", ".txt"})
KINDS = TEXT_KINDS | {".xlsx", ".parquet"}


def read_rows(path: Path, mapping: Mapping[str, str] | None = None, source: str | None = None) -> Iterator[RawRow]:
    """Yield the rows of a policies file one by one; memory does not grow with the file.

    `mapping` is their column name to ours, as `load_mapping` reads it; `source` names the file in rows and errors (its
    path, unless given). Raises SourceError for a file that is missing,
    empty, of another kind, in another encoding, or whose header is not known; a broken row is yielded with its fault.
    """
    where = source or str(path)
    kind = path.suffix.lower()
    if kind == ".xls" or (kind not in KINDS and kind):
        raise SourceError(f"files of the kind {kind} are not read", where, "Save it as CSV, .xlsx or .parquet.")
    try:
        if not path.is_file():
            what = "is a folder, not a file" if path.is_dir() else "the file does not exist"
            raise SourceError(what, where, "Check the path.")
        if path.stat().st_size == 0:
            raise SourceError("the file is empty", where, "The first line must name the columns.")
        yield from _reader_of(kind)(path, mapping, where)
    except OSError as error:
        what = f"the file cannot be read ({error.strerror or type(error).__name__})"
        raise SourceError(what, where, "Check its permissions and the disk.") from error


def _reader_of(kind: str) -> _Reader:
    """Import the libraries for sheets only when a sheet comes: they take longer than a small file."""
    if kind in {".xlsx", ".parquet"}:
        from outbound.adapters.sources import sheets

        return sheets.read_xlsx if kind == ".xlsx" else sheets.read_parquet
    return read_delimited
