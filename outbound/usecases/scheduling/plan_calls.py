"""Plan calls: which open contact in which half hour, on which number; who is held, and why; who is given up."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.domain.campaign import Campaign
from outbound.domain.identifiers import Identifiers
from outbound.planning.allocation import Planner
from outbound.usecases.outcomes.release_missed import MissedReport, release_missed
from outbound.usecases.ports.store import Store
from outbound.usecases.scheduling.batch import plan_batch
from outbound.usecases.scheduling.fingerprint import fingerprint
from outbound.usecases.scheduling.gate_desk import Memory
from outbound.usecases.scheduling.may_call import Rules

BATCH = 250
HORIZON_DAYS = 2


class PlanReport(Struct, frozen=True):
    """What one run did. `held` and `closed` count contacts by reason code; `missed` is what was let go beforehand.

    `next_due` is when planning again can make a difference, as far as the contacts say; None when none waits.
    """

    planned: int
    held: Mapping[str, int]
    closed: Mapping[str, int]
    missed: MissedReport
    next_due: datetime | None


@dataclass(slots=True)
class _Tally:
    planned: int = 0
    seen: int = 0
    held: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)


def plan_calls(
    store: Store,
    *,
    campaign: Campaign,
    rules: Rules,
    planner: Planner,
    identifiers: Identifiers,
    now: datetime,
    limit: int = 5000,
    horizon_days: float = HORIZON_DAYS,
) -> PlanReport:
    """Plan up to `limit` open contacts of a campaign into half hours of the next `horizon_days`.

    Safe to run twice at once. A contact that may not be called is held with the gate's reason, and looked at again
    hours later, or at once when campaign, company, rule packs or their signatures are others than last time; one whose
    last day has passed, or about whose policies nothing is left to say, is closed.
    """
    missed = release_missed(store, companies=rules.companies, identifiers=identifiers, now=now)
    with store.begin() as work:
        work.planning.lock(campaign.id)
        if work.planning.look_again(campaign.id, fingerprint(campaign, rules), now):
            work.commit()
    until = now + timedelta(days=horizon_days)
    tally, memory = _Tally(), Memory()
    while tally.seen < limit:
        size = min(BATCH, limit - tally.seen)
        with store.begin() as work:
            outcome = plan_batch(
                work,
                campaign=campaign,
                rules=rules,
                planner=planner,
                identifiers=identifiers,
                now=now,
                until=until,
                size=size,
                memory=memory,
            )
            next_due = work.planning.next_due(campaign.id, now)
            if outcome.seen:
                work.commit()
        tally.seen += outcome.seen
        tally.planned += outcome.planned
        tally.held.update(outcome.held)
        tally.closed.update(outcome.closed)
        if outcome.seen < size:
            break
    return PlanReport(tally.planned, dict(tally.held), dict(tally.closed), missed, next_due)
