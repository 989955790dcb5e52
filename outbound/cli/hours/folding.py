"""Lines broken as both languages break them: between words, and between any two Chinese letters."""

from collections.abc import Callable
from unicodedata import east_asian_width

_NEVER_FIRST = "，。；：、）》」 "
_NEVER_LAST = "（《「"


def is_wide(letter: str) -> bool:
    """Whether a letter is as wide as a Chinese one."""
    return east_asian_width(letter) in {"W", "F"}


def folded(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Break a text into lines that fit; a word that fits nowhere has a line of its own."""
    lines = [""]
    for word in _words(text):
        if lines[-1] and not fits(lines[-1] + word.rstrip()):
            lines.append("")
        lines[-1] += word
    return [line.strip() for line in lines]


def _words(text: str) -> list[str]:
    words = [""]
    for letter in text:
        last = words[-1][-1:]
        ended = last == " " or (last and is_wide(last) and last not in _NEVER_LAST)
        begins = is_wide(letter) and last and letter not in _NEVER_FIRST and last not in _NEVER_LAST
        if (ended and letter not in _NEVER_FIRST) or begins:
            words.append("")
        words[-1] += letter
    return words
