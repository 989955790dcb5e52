"""Plain text out of what systems export: one form for every spelling, and masks for what may be shown."""

import re
import unicodedata

from outbound.adapters.sources.contract import UnreadableError

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_LOST = re.compile(r"[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff\ud800-\udfff]")
_SPREADSHEET_FLOAT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,3}")
_SHOWN_DIGITS = 2
_NUMBER_LIKE = 4


def clean(text: str) -> str:
    """Return the text in NFKC (full-width digits become plain), without invisible signs, spaces collapsed."""
    if text.isascii() and text.isprintable():
        return text.strip() if "  " not in text else " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def readable(text: str) -> str:
    """Return `text`; raises UnreadableError if an export has lost some of its characters."""
    if not text.isascii() and _LOST.search(text):
        raise UnreadableError(
            "character_lost",
            "holds a character that an export has lost or that only one company's font knows",
            "Export the file as UTF-8 from the system that holds the original.",
        )
    return text


def identifier(text: str) -> str:
    """Return a policy or customer number; raises UnreadableError for what a spreadsheet has shortened (1.2E+11)."""
    if "+" in text and _SPREADSHEET_FLOAT.fullmatch(text):
        raise UnreadableError(
            "shortened_by_spreadsheet",
            "is a number that a spreadsheet has shortened to powers of ten",
            "Format the column as text in the spreadsheet and export again.",
        )
    return readable(text)


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
