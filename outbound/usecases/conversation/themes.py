"""What people speak of when they say why they are satisfied or not: told by the words of a small readable file."""

from collections.abc import Mapping

from msgspec import Struct

THEMES = (
    "service_attitude", "explanation", "product", "claims", "price", "speed", "digital", "robot_call", "other",
)  # fmt: skip
"""Codes in the order in which they are told; `other` is what speaks of nothing else."""

OTHER = THEMES[-1]


class Themes(Struct, frozen=True):
    """By language tag and theme, the words that speak of it (lower case)."""

    words: Mapping[str, Mapping[str, tuple[str, ...]]] = {}

    def of(self, text: str, language: str) -> tuple[str, ...]:
        """Return the themes of a text in their order, `other` for none; nothing in a language without words."""
        by_theme = self.words.get(language)
        if by_theme is None:
            return ()
        folded = text.casefold()
        found = tuple(theme for theme in THEMES if any(word in folded for word in by_theme.get(theme, ())))
        return found or (OTHER,)
