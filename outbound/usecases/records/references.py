"""Texts that point to where something is on record: kept in the clear, so they hold nobody's number."""

import re
import unicodedata

from outbound.usecases.problems import InputProblemError

LONGEST = 200
_LONGEST_NAME = 60
_MANY = 8
_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?P<sign>[-/.]?)(?:0?[1-9]|1[0-2])(?P=sign)(?:0[1-9]|[12]\d|3[01]|[1-9])(?!\d)"
)
_OUR_IDENTIFIER = re.compile(r"(?<![0-9a-zA-Z])(?:CA)?[0-9a-f]{32}(?![0-9a-zA-Z])")
_IDENTITY = re.compile(r"(?<![A-Za-z])[A-Za-z][ -]?\d{9}(?!\d)")
_RUN = re.compile(r"\d(?:[\s()+./_\-]*\d)*")


def looks_personal(text: str) -> bool:
    """Whether a text holds what looks like a telephone or identity number: eight digits or more, or a letter and nine.

    Signs between digits do not matter. A date, and an identifier of 32 hexadecimal digits, are no such number.
    """
    plain = _OUR_IDENTIFIER.sub(" # ", unicodedata.normalize("NFKC", text).translate(_NUMERALS))
    if _IDENTITY.search(plain):
        return True
    runs = _RUN.findall(_DATE.sub(lambda found: "#" if _stands_alone(plain, found) else found[0], plain))
    return any(sum(sign.isdigit() for sign in run) >= _MANY for run in runs)


def reference(option: str, text: str, *, longest: int = LONGEST) -> str:
    """Return the text without blanks around it, or raise `InputProblemError` that does not repeat it."""
    kept = text.strip()
    if not kept or len(kept) > longest:
        raise InputProblemError(f"{option}: say in 1 to {longest} characters why, or where it is on record")
    if looks_personal(kept):
        raise InputProblemError(
            f"{option}: this text is kept in the clear, and something in it looks like a telephone or identity number "
            f"({_MANY} digits or more); leave it out and refer to the recording or ticket instead"
        )
    return kept


def signed(by: str) -> str:
    """Return who does something, as it is kept on record, or raise `InputProblemError`."""
    name = by.strip()
    if not name or len(name) > _LONGEST_NAME:
        raise InputProblemError(f"--by: say in 1 to {_LONGEST_NAME} characters who does this")
    return name


def _stands_alone(plain: str, found: re.Match[str]) -> bool:
    """Whether what looks like a date is no part of a longer number, as 02-20111231 is."""
    before, after = plain[: found.start()].rstrip("()+./_- "), plain[found.end() :].lstrip("()+./_- ")
    return bool(found["sign"]) or not (before[-1:].isdigit() or after[:1].isdigit())
