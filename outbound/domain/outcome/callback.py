"""A return call that the customer asked for, and whether the promise was kept."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from outbound.domain.attempt import Attempt, ConnectResult
from outbound.domain.outcome.disposition import Disposition

PLANNING_LEAD = timedelta(hours=1)
"""How long before its window a callback comes back to the planner."""

PERSON_LEAD = timedelta(minutes=30)
"""How long before the end of its window a promise that nobody has kept goes to a person, who needs time to ring."""

TIME_TO_CALL = timedelta(minutes=10)
"""What a person at the desk needs to take up an item and ring, before they go home."""

MOST_DIALS = 2
"""The promised call and one redial."""

_D = Disposition

BY_A_PERSON = frozenset({_D.WELCOMED, _D.PERSON_REQUESTED, _D.COMPLAINT, _D.WANTS_TO_CANCEL, _D.NOT_VERIFIED})
"""After these the robot has nothing left to say: a person makes the return call."""

FOR_A_PERSON = frozenset({"question", "wish"})
"""Reasons for which a person was promised, however the call ended."""

NO_MORE_CALLS = frozenset({_D.REFUSED, _D.OPTED_OUT, _D.DECEASED, _D.WRONG_PARTY, _D.NUMBER_UNUSABLE})
"""After these a wish from the same call no longer stands."""

UNREACHED = frozenset({_D.BUSY, _D.NO_ANSWER, _D.CARRIER_FAILED})
"""After these a callback may be dialled once more within its window."""

_RANG = frozenset({ConnectResult.HUMAN, ConnectResult.MACHINE, ConnectResult.BUSY, ConnectResult.NO_ANSWER})


class CallbackStatus(StrEnum):
    """Standing of the promise. Kept: rang within the window; late: after it; broken: the window passed without."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class Callback(Struct, frozen=True):
    """A promise to ring within the half-open window [window_start, window_end); `attempt_id` is the call that made it.

    `reason` says why it was asked for: later, not_available, question, wish.
    """

    id: str
    contact_id: str
    attempt_id: str
    asked_at: datetime
    window_start: datetime
    window_end: datetime
    reason: str
    status: CallbackStatus

    def is_for_a_person(self, disposition: Disposition) -> bool:
        """Whether a person, not the robot, makes this call after a call that came to `disposition`."""
        return self.reason in FOR_A_PERSON or disposition in BY_A_PERSON

    @property
    def not_before(self) -> datetime:
        """When the planner should look at it."""
        return self.window_start - PLANNING_LEAD

    def person_takes_over_at(self, last: datetime) -> datetime:
        """When a person has to take it up if nobody was rung: in the last half of a time that is short.

        `last` is the last moment of the window at which people are there. Where they go home before its end, they get
        the minutes that a call takes; never before the window begins.
        """
        whole = last - self.window_start
        lead = min(PERSON_LEAD, whole / 2)
        return last - (lead if last == self.window_end else max(lead, min(TIME_TO_CALL, whole)))


def rang_at(attempt: Attempt, result: ConnectResult) -> datetime | None:
    """When the telephone began to ring, as far as is known; None when it did not."""
    if attempt.ringing_at is not None or attempt.answered_at is not None:
        return attempt.ringing_at or attempt.answered_at
    return (attempt.placed_at or attempt.reserved_at) if result in _RANG else None


def settle(callback: Callback, rang: datetime | None) -> CallbackStatus:
    """Judge the promise after a dial for it. A dial that never rang leaves it as it was."""
    if callback.status is not CallbackStatus.OPEN or rang is None:
        return callback.status
    return CallbackStatus.KEPT if rang < callback.window_end else CallbackStatus.LATE
