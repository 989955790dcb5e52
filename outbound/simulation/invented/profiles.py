"""When invented people answer their telephones, and whether they ring back."""

from collections.abc import Mapping
from datetime import time

from outbound.exchange.people.population import Band, NumberState, Profile, RingsBack, Unanswered, Voicemail

_WEEKDAYS, _ALL = frozenset({1, 2, 3, 4, 5}), frozenset({1, 2, 3, 4, 5, 6, 7})
_UNANSWERED = {
    Unanswered.NO_ANSWER: 0.62,
    Unanswered.BUSY: 0.09,
    Unanswered.DECLINED: 0.11,
    Unanswered.VOICEMAIL: 0.18,
}


# Assumed: nobody has published how many ring an unknown number back. One in five to one in three is what call centres
# tell of missed calls; people at home ring back sooner than people at work.
_SOON, _AFTER_WORK = (120.0, 3600.0), (600.0, 7200.0)


def _band(weekdays: frozenset[int], start: int, end: int, chance: float) -> Band:
    return Band(weekdays, time(start), time(end), chance)


PROFILES: Mapping[str, Profile] = {
    "at_work": Profile(
        answers=(_band(_WEEKDAYS, 12, 14, 0.5), _band(_WEEKDAYS, 18, 21, 0.62), _band(_ALL - _WEEKDAYS, 10, 18, 0.55)),
        otherwise=0.18,
        unanswered=_UNANSWERED,
        rings_back=RingsBack(0.2, _AFTER_WORK),
    ),
    "at_home": Profile(
        answers=(_band(_ALL, 9, 12, 0.62), _band(_ALL, 14, 18, 0.55), _band(_ALL, 18, 21, 0.5)),
        otherwise=0.3,
        rings=(6.0, 20.0),
        unanswered=_UNANSWERED,
        rings_back=RingsBack(0.3, _SOON),
    ),
    "any_time": Profile(
        otherwise=0.42,
        unanswered=_UNANSWERED,
        voicemail=Voicemail(greeting_seconds=7),
        rings_back=RingsBack(0.25, _SOON),
    ),
    "never": Profile(otherwise=0.02, unanswered={Unanswered.NO_ANSWER: 0.5, Unanswered.VOICEMAIL: 0.5}),
    "unallocated": Profile(number=NumberState.UNALLOCATED),
    "refused": Profile(number=NumberState.REFUSED),
}
