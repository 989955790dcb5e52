"""What follows for a contact who rang us back and was not reached for good: the plan as it was, never sooner."""

from collections.abc import Sequence
from datetime import datetime

from outbound.domain.campaign import Campaign
from outbound.domain.next_step import Again
from outbound.planning.again import Dial, again

RANG_BACK = "rang_back"


def again_as_planned(campaign: Campaign, earlier: Sequence[Dial], planned_for: datetime, ended_at: datetime) -> Again:
    """Decide on the next dial after a call that came in, which is none itself: it counts nowhere.

    `earlier` holds the round's dials, oldest first; after them it was decided already whether another one comes, and
    `planned_for` is when. Where nothing was to come, nothing comes.
    """
    if earlier:
        decided = again(campaign, earlier[-1], earlier[:-1], ended_at, None)
        if decided.at is None:
            return decided
    return Again(max(planned_for, ended_at), RANG_BACK)
