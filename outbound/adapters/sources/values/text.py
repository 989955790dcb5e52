"""Plain text out of what systems export: one form for every spelling, and masks for what may be shown."""

import re
import unicodedata
from collections.abc import Mapping

from outbound.adapters.sources.contract import UnreadableError

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_LOST = re.compile(r"[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff\ud800-\udfff]")
_SEPARATOR = "\u241e"  # the sign that shows a separator: printable, and in nobody's data
_SPREADSHEET_FLOAT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,3}")
_SHOWN_DIGITS = 2
_NUMBER_LIKE = 4


def clean_fields(values: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that hold something, cleaned. Most rows are clean already: one look at all of it shows that."""
    joined = f"{_SEPARATOR}{_SEPARATOR.join(values.values())}{_SEPARATOR}"
    if (
        joined.isprintable()
        and "  " not in joined
        and f" {_SEPARATOR}" not in joined
        and f"{_SEPARATOR} " not in joined
        and joined.count(_SEPARATOR) == len(values) + 1
        and unicodedata.is_normalized("NFKC", joined)
    ):
        return {column: value for column, value in values.items() if value}
    return {column: text for column, value in values.items() if value and (text := clean(value))}


def clean(text: str) -> str:
    """Return the text in NFKC (full-width digits become plain), without invisible signs, spaces collapsed."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def check_readable(text: str, longest: int) -> None:
    """Raise UnreadableError for lost characters, a number shortened to 1.2E+11, or more than `longest` characters."""
    if len(text) > longest:
        raise UnreadableError(
            "too_long", f"is longer than {longest} characters", "Shorten it, or map the column that is meant."
        )
    if not text.isascii() and _LOST.search(text):
        raise UnreadableError(
            "character_lost",
            "holds a character that an export has lost or that only one company's font knows",
            "Export the file as UTF-8 from the system that holds the original.",
        )
    if "+" in text and _SPREADSHEET_FLOAT.fullmatch(text):
        raise UnreadableError(
            "shortened_by_spreadsheet",
            "is a number that a spreadsheet has shortened to powers of ten",
            "Format the column as text in the spreadsheet and export again.",
        )


def mask(value: str) -> str:
    """Show enough to find a value and too little to know it: two last digits of a number, else the outer letters."""
    if not value:
        return ""
    digits = [sign for sign in value if sign.isdigit()]
    if len(digits) > _NUMBER_LIKE and 2 * len(digits) >= len(value):
        return "•" * 6 + "".join(digits[-_SHOWN_DIGITS:])
    if len(value) <= 1:
        return "•"
    return f"{value[0]}•" if len(value) == _SHOWN_DIGITS else f"{value[0]}•••{value[-1]}"
