"""Which of the times on the list was meant."""

from outbound.dialogue.choices import choices_of
from outbound.dialogue.session import Session
from outbound.dialogue.spoken import part_names, weekday_names
from outbound.dialogue.wanted_time import WantedTime


def by_words(session: Session, text: str) -> int:
    """Return the number, from 1, of the only window that the words may mean, or 0."""
    words = text.lower()
    by_part: list[int] = []
    by_both: list[int] = []
    for number, (start, _end) in enumerate(choices_of(session), start=1):
        of_day = any(name in words for name in weekday_names(session.language, start))
        of_part = any(name in words for name in part_names(session.language, start))
        if of_day or of_part:
            by_part.append(number)
        if of_day and of_part:
            by_both.append(number)
    best = by_both or by_part
    return best[0] if len(best) == 1 else 0


def by_time(session: Session, wanted: WantedTime, *, looked_up: bool) -> int:
    """Return the number, from 1, of the only window on the list that was named, or 0.

    It lies within the day, or the part of one, that was named. What else is named is `looked_up`: a clock time is then
    promised for itself, not for the hours around it. Otherwise the window that holds a part of what was named is meant.
    """
    fits = [
        number
        for number, (start, end) in enumerate(choices_of(session), start=1)
        if (wanted.start <= start and end <= wanted.end and not (looked_up and wanted.exact))
        or (not looked_up and start < wanted.end and wanted.start < end)
    ]
    return fits[0] if len(fits) == 1 else 0
