"""When to try again after an attempt that did not reach the contact."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from outbound.domain.attempt import ConnectResult
from outbound.domain.campaign import Campaign
from outbound.domain.outcome.disposition import NUMBER_IS_WRONG, REACHED_FOR_GOOD, Disposition


class RetryReason(StrEnum):
    """Why a retry comes, or does not."""

    SCHEDULED = "retry_scheduled"
    DONE = "reached_for_good"
    UNSETTLED = "outcome_unknown"
    NO_RULE = "no_rule_for_cause"
    RULE_SPENT = "delays_spent"
    ATTEMPTS_SPENT = "attempts_spent"


class RetryDecision(Struct, frozen=True):
    """Not before which instant, on the contact's next number or on the same one, and why; None: not again."""

    not_before: datetime | None
    next_number: bool
    reason: RetryReason


def cause_of(campaign: Campaign, connect_result: ConnectResult, disposition: Disposition) -> str:
    """Name the cause of an ended attempt: its disposition where the campaign has a rule for it, else who answered."""
    decisive = disposition in campaign.retries or disposition in REACHED_FOR_GOOD or disposition is Disposition.UNKNOWN
    return disposition.value if decisive else connect_result.value


def next_try(campaign: Campaign, cause: str, history: Sequence[str], now: datetime) -> RetryDecision:
    """Decide on a retry when an attempt ended at `now` (aware) for `cause` (a ConnectResult or Disposition value).

    `history` holds the causes of the contact's earlier attempts, without this one. What nobody settled yet, a refusal
    and every other answer that is final are never tried again, whatever the configuration says.
    """
    wrong = cause in NUMBER_IS_WRONG
    if cause in REACHED_FOR_GOOD:
        return RetryDecision(None, next_number=False, reason=RetryReason.DONE)
    if cause == Disposition.UNKNOWN:
        return RetryDecision(None, next_number=False, reason=RetryReason.UNSETTLED)
    rule = campaign.retries.get(cause)
    if rule is None:
        return RetryDecision(None, next_number=wrong, reason=RetryReason.NO_RULE)
    if len(history) + 1 >= campaign.max_attempts:
        return RetryDecision(None, next_number=False, reason=RetryReason.ATTEMPTS_SPENT)
    times = sum(earlier == cause for earlier in history)
    if times >= len(rule.delays_hours):
        return RetryDecision(None, next_number=rule.next_number or wrong, reason=RetryReason.RULE_SPENT)
    delay = timedelta(hours=rule.delays_hours[times])
    return RetryDecision(now + delay, next_number=rule.next_number or wrong, reason=RetryReason.SCHEDULED)
