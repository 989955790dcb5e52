"""Until when a contact should have been welcomed."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache

from outbound.domain.contact import ContactPolicy
from outbound.domain.policy import free_look_last_day


def policy_deadline(
    policy: ContactPolicy, region: str, free_look_days: Mapping[str, int], give_up_days: int, today: date
) -> date:
    """Return the last day to cancel while it is known and still to come, else `give_up_days` after issue.

    `free_look_days` is keyed by ISO 3166 region; a subdivision falls back on its country. A rest day that moves the
    last day to cancel is not considered here: the deadline is then a day early, never late.
    """
    days = free_look_days.get(region, free_look_days.get(region.partition("-")[0]))
    return _deadline(policy.issued_on, policy.delivered_on, days, give_up_days, today)


@lru_cache(maxsize=4096)
def _deadline(issued_on: date, delivered_on: date | None, days: int | None, give_up_days: int, today: date) -> date:
    """A file of a hundred thousand policies knows few days."""
    give_up = issued_on + timedelta(days=give_up_days)
    last_day = None if days is None else free_look_last_day(delivered_on, days)
    return give_up if last_day is None or last_day < today else min(last_day, give_up)


def contact_deadline(
    policies: Iterable[ContactPolicy], region: str, free_look_days: Mapping[str, int], give_up_days: int, today: date
) -> date:
    """Return the earliest deadline still to come among `policies` (the due ones), or the latest that passed.

    Raises ValueError when there is no policy.
    """
    days = [policy_deadline(policy, region, free_look_days, give_up_days, today) for policy in policies]
    ahead = [day for day in days if day >= today]
    return min(ahead) if ahead else max(days)
