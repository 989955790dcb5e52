"""What follows for a contact who rang us back and was not reached for good: the plan as it was, never sooner."""

from datetime import datetime

from outbound.domain.outcome.next_step import CALLBACK_NOT_REACHED, Again

RANG_BACK = "rang_back"
"""Why a planned call is taken back, or comes again: its customer was on the line."""

FOLLOWED_UP = frozenset({CALLBACK_NOT_REACHED, "callback_escalated"})
"""Why a contact is closed whom a person follows up, because the robot did not get through."""

RANG_US = "客戶已自行回電 / the customer rang us"
"""Why a person need not follow up any more."""


def again_as_planned(given_up: str | None, planned_for: datetime, ended_at: datetime) -> Again:
    """Decide on the next dial after a call that came in, which is no dial itself and counts nowhere.

    `given_up` says why the robot was done with the contact when they rang, None where it was not: then `planned_for` is
    when it meant to call. Where nothing was to come, nothing comes.
    """
    if given_up is not None:
        return Again(None, given_up)
    return Again(max(planned_for, ended_at), RANG_BACK)
