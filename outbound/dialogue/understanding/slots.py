"""The value that an open question waits for, taken from words by the functions for numbers, days and times. Pure."""

from datetime import datetime

from outbound.dialogue.understanding import identity, numbers, times
from outbound.dialogue.understanding.base import Slot
from outbound.dialogue.wanted_time import WantedTime


def slot_value(slot: Slot, text: str, words: str, language: str, now: datetime | None) -> str | int | WantedTime | None:
    """Return the value said for `slot`, or None. `words` is the normalised `text`; a time needs `now` (aware)."""
    if slot is Slot.MONTH_DAY:
        return identity.birth_date(text, language)
    if slot is Slot.FOUR_DIGITS:
        return identity.last_digits(text, language)
    if slot is Slot.SCORE:
        return numbers.score(words, language)
    number = numbers.choice(words, language)
    if slot is Slot.CHOICE or number is not None or now is None:
        return number
    return times.wanted_time(text, language, now)
