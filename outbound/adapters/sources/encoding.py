"""Which encoding a text file has, known for the whole file before its first row is believed."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from outbound.adapters.sources.contract import SourceError

ENCODINGS = ("utf-8-sig", "cp950")
_OTHER_KINDS = {b"PK\x03\x04": "an .xlsx workbook or an archive", b"PAR1": "a .parquet file", b"%PDF": "a PDF"}
_CHUNK = 1 << 18
_BOMS_OF_WIDE_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def detect_encoding(path: Path, where: str) -> str:
    """Return utf-8-sig or cp950, whichever decodes every byte; raises SourceError with the offset that fails.

    Reads the file once (twice for CP950) in chunks, strictly. UTF-8 goes first: Big5 text is hardly ever valid UTF-8,
    whereas UTF-8 is now and then valid Big5.
    """
    with path.open("rb") as file:
        beginning = file.read(4)
    if beginning.startswith(_BOMS_OF_WIDE_ENCODINGS):
        raise SourceError("the file is in UTF-16", where, "Save it as UTF-8 (in Excel: CSV UTF-8).")
    if kind := _OTHER_KINDS.get(beginning):
        raise SourceError(
            f"the file is no text but {kind}", where, "Give it the ending of its kind, or save it as CSV."
        )
    offsets = []
    for encoding in ENCODINGS:
        offset = _first_undecodable(path, encoding)
        if offset is None:
            return encoding
        offsets.append(offset)
    raise SourceError(
        f"the file is neither UTF-8 (byte {offsets[0]} does not fit) nor CP950/Big5 (byte {offsets[1]} does not fit)",
        where,
        "Save it as UTF-8 (in Excel: CSV UTF-8) and take it in again.",
    )


def _first_undecodable(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    fed = 0
    for chunk in _chunks(path):
        held_back = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return fed - held_back + error.start
        fed += len(chunk)
    return None


def _chunks(path: Path) -> Iterator[bytes]:
    """Yield the file in pieces, then one empty piece that ends it."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
    yield b""
