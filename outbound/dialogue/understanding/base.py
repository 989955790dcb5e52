"""What the engine asks of whoever understands speech."""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class Slot(StrEnum):
    """A value that an open question waits for besides intents.

    `MONTH_DAY` yields `MMDD`, `FOUR_DIGITS` four digits, `SCORE` and `CHOICE` an int.
    """

    MONTH_DAY = "month_day"
    FOUR_DIGITS = "four_digits"
    SCORE = "score"
    CHOICE = "choice"


class Expected(Struct, frozen=True):
    """What may be heard now, in order of precedence: `urgent`, the `slot`, the step's `intents`, `universal` ones."""

    language: str
    urgent: tuple[str, ...]
    intents: tuple[str, ...]
    universal: tuple[str, ...]
    slot: Slot | None = None


class Understood(Struct, frozen=True):
    """An intent, or a slot's value (then `intent` is None); both None means: not understood."""

    intent: str | None = None
    value: str | int | None = None


NOT_UNDERSTOOD = Understood()


class Understanding(Protocol):
    """Decides what an utterance means among what is expected. Pure: the same words, the same answer."""

    def understand(self, text: str, expected: Expected) -> Understood:
        """Return what `text` means, or `NOT_UNDERSTOOD`; never raise on any text."""
        ...

    def intents(self, language: str) -> frozenset[str]:
        """Return the intents that can be told apart in a language."""
        ...

    def hints(self, language: str, intents: tuple[str, ...]) -> tuple[str, ...]:
        """Return words that a recogniser should listen for when these intents may be heard."""
        ...
