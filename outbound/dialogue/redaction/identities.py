"""Numbers of Taiwanese identity cards and resident certificates, with their check digit."""

import re
from collections.abc import Iterator

# The letters in the order of their codes, from 10; the published rule of the household registration authority.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_CODE = {letter: code for code, letter in enumerate(_LETTERS, start=10)}
_FULL_WIDTH = {0xFF21 + place: chr(0x41 + place) for place in range(26)} | {
    0xFF41 + place: chr(0x61 + place) for place in range(26)
}
# `A as in apple, one two three ...`
_LETTERS_BEFORE = re.compile(
    r"(?<![a-zａ-ｚ])([a-zａ-ｚ])(?:\s+(?:as in|for|like)\s+[a-z]+|[\s,，]*[a-z]+的[a-z])?"
    r"[\s,.、，-]*(?:然後|再來|then|and)?[\s,]*$",
    re.IGNORECASE,
)
_TWO_LETTERS_BEFORE = re.compile(r"(?<![a-zａ-ｚ])([a-zａ-ｚ])[\s,.、，-]*([a-dａ-ｄ])[\s,.、，-]*$", re.IGNORECASE)
SEX_OR_STATUS = "1289"
"""After one letter: 1 and 2 for citizens, 8 and 9 for residents (since 2021)."""

DIGITS, DIGITS_OF_OLD = 9, 8
_FARTHEST = 30


def letters_before(text: str) -> Iterator[tuple[int, str]]:
    """Yield where the letters stand, and which, with which a number that begins where `text` ends may begin."""
    for pattern in (_TWO_LETTERS_BEFORE, _LETTERS_BEFORE):
        found = pattern.search(text, max(0, len(text) - _FARTHEST))
        if found is not None:
            yield found.start(), "".join(found.groups()).translate(_FULL_WIDTH).upper()


def is_valid(letters: str, digits: str) -> bool:
    """Whether letters and digits are an identity number whose check digit is right.

    One letter and nine digits, or two letters and eight (resident certificates before 2021).
    """
    if len(letters) == 1 and len(digits) == DIGITS and digits[0] in SEX_OR_STATUS:
        return _is_checked(letters, digits)
    if len(letters) == 2 and len(digits) == DIGITS_OF_OLD:  # noqa: PLR2004 - the two letters of the old certificates
        return _is_checked(letters[0], str(_CODE[letters[1]] % 10) + digits)
    return False


def _is_checked(letter: str, digits: str) -> bool:
    tens, ones = divmod(_CODE[letter], 10)
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, (8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True))
    return (tens + ones * 9 + weighted) % 10 == 0
