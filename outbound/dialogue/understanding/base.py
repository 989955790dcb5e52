"""What the engine asks of whoever understands speech."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from outbound.dialogue.prompts import Prompt
from outbound.dialogue.wanted_time import WantedTime


class Slot(StrEnum):
    """A value that an open question waits for besides intents.

    `MONTH_DAY` yields `MMDD`, `FOUR_DIGITS` four digits, `SCORE` and `CHOICE` an int. `TIME` yields a number of the
    list (int) or a time that is not on it (`WantedTime`).
    """

    MONTH_DAY = "month_day"
    FOUR_DIGITS = "four_digits"
    SCORE = "score"
    CHOICE = "choice"
    TIME = "time"


class Expected(Struct, frozen=True):
    """What may be heard now, in order of precedence: `urgent`, the `slot`, the step's `intents`, `universal` ones."""

    language: str
    urgent: tuple[str, ...]
    intents: tuple[str, ...]
    universal: tuple[str, ...]
    slot: Slot | None = None


class Understood(Struct, frozen=True):
    """An intent, or a slot's value (then `intent` is None); both None means: not understood.

    `confidence` is calibrated, from 0 to 1. `doubtful`: sure enough to be asked back, not to be acted on. `also` are
    further intents of the same utterance, in the order in which they were said. `corrects`: the words take something
    back ("no, I meant ..."), and the rest of them means what stands here.
    """

    intent: str | None = None
    value: str | int | WantedTime | None = None
    confidence: float = 1.0
    doubtful: bool = False
    also: tuple[str, ...] = ()
    corrects: bool = False


NOT_UNDERSTOOD = Understood()


class FaqHit(Struct, frozen=True):
    """The approved answer nearest to a question. `sure`: near enough to be given; otherwise a person answers."""

    id: str
    score: float
    sure: bool


class FaqAnswer(Struct, frozen=True):
    """One approved answer in one language. `prompt` speaks public fields only.

    `about_policy`: it concerns the caller's own policy and waits until they are verified. `offer` is what may be sent
    or done besides: `link`, `form`, `hotline`, `person`, or None.
    """

    prompt: Prompt
    about_policy: bool = False
    offer: str | None = None


class Understanding(Protocol):
    """Decides what an utterance means among what is expected. Pure: the same words, the same answer."""

    def understand(self, text: str, expected: Expected, now: datetime | None = None) -> Understood:
        """Return what `text` means, or `NOT_UNDERSTOOD`; never raise on any text.

        `now` is the instant in the zone in which a named time is meant; without it no time is understood.
        """
        ...

    def find_answer(self, text: str, language: str) -> FaqHit | None:
        """Return the nearest approved answer to a question, or None when there are none in that language."""
        ...

    def answer(self, faq_id: str, language: str) -> FaqAnswer | None:
        """Return an approved answer, or None."""
        ...

    def intents(self, language: str) -> frozenset[str]:
        """Return the intents that can be told apart in a language."""
        ...

    def hints(self, language: str, intents: tuple[str, ...]) -> tuple[str, ...]:
        """Return words that a recogniser should listen for when these intents may be heard."""
        ...
