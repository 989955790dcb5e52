"""What people speak of when they say why they are satisfied or not: told by the words of a small readable file."""

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

THEMES = (
    "service_attitude", "explanation", "product", "claims", "price", "speed", "digital", "robot_call", "other",
)  # fmt: skip
"""Codes in the order in which they are told; `other` is what speaks of nothing else."""

OTHER = THEMES[-1]


class Themes(Struct, frozen=True):
    """By language tag and theme, the words that speak of it; capitals do not matter, and Latin words stand alone."""

    words: Mapping[str, Mapping[str, tuple[str, ...]]] = {}

    def of(self, text: str, language: str) -> tuple[str, ...]:
        """Return the themes of a text in their order, `other` for none; nothing in a language without words."""
        by_theme = self.words.get(language)
        if by_theme is None:
            return ()
        found = tuple(each for each in THEMES if each in by_theme and _any_of(by_theme[each]).search(text))
        return found or (OTHER,)


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_alone(word) for word in words), re.IGNORECASE)


def _alone(word: str) -> str:
    """A Latin word within another one is none: no app makes anybody happy. Chinese knows no such borders."""
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
