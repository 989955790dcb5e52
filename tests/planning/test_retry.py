"""When an attempt is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from outbound.domain.attempt import ConnectResult
from outbound.domain.campaign import Campaign, RetryRule
from outbound.domain.outcome.disposition import REACHED_FOR_GOOD, Disposition
from outbound.planning.retry import RetryReason, cause_of, next_try
from tests.values import replace

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.fixture
def plain(campaign: Campaign) -> Campaign:
    """A campaign with rules of our own."""
    rules = {
        "no_answer": RetryRule((27, 29, 31)),
        "machine": RetryRule((29,), next_number=True),
        "wrong_party": RetryRule((3,)),
        "welcomed": RetryRule((1,)),
        "unknown": RetryRule((1,)),
    }
    return replace(campaign, retries=rules, max_attempts=4)


@pytest.mark.parametrize(("history", "hours"), [([], 27), (["no_answer"], 29), (["no_answer", "machine"], 29)])
def test_each_try_of_a_cause_has_its_own_delay(plain: Campaign, history: list[str], hours: int) -> None:
    """The n-th attempt that ended so waits the n-th delay; other causes do not count."""
    found = next_try(plain, "no_answer", history, NOW)
    assert found.not_before == NOW + timedelta(hours=hours)
    assert (found.next_number, found.reason) == (False, RetryReason.SCHEDULED)


def test_the_campaigns_limit_holds_over_all_causes(plain: Campaign) -> None:
    """The last attempt that the campaign allows is not followed by another."""
    found = next_try(plain, "no_answer", ["machine", "machine", "busy"], NOW)
    assert (found.not_before, found.reason) == (None, RetryReason.ATTEMPTS_SPENT)


def test_a_rule_ends_when_its_delays_do(plain: Campaign) -> None:
    """After its last delay a cause is not tried again."""
    found = next_try(plain, "machine", ["machine"], NOW)
    assert (found.not_before, found.next_number, found.reason) == (None, True, RetryReason.RULE_SPENT)


def test_a_cause_without_rule_is_not_tried_again(plain: Campaign) -> None:
    """What nobody configured is not retried; a number that is wrong is still named so."""
    assert next_try(plain, "busy", [], NOW).reason is RetryReason.NO_RULE
    assert next_try(plain, "number_unusable", [], NOW).next_number


@pytest.mark.parametrize("cause", sorted(REACHED_FOR_GOOD))
def test_a_final_answer_is_never_chased(plain: Campaign, cause: Disposition) -> None:
    """A welcome, a refusal, a complaint are final even if the configuration has a rule for them."""
    eager = replace(plain, retries={**plain.retries, cause.value: RetryRule((1, 1))})
    assert next_try(eager, cause, [], NOW).reason is RetryReason.DONE


def test_what_is_not_settled_is_not_dialled(plain: Campaign) -> None:
    """An unknown outcome waits for evidence."""
    found = next_try(plain, Disposition.UNKNOWN, [], NOW)
    assert (found.not_before, found.reason) == (None, RetryReason.UNSETTLED)


def test_a_wrong_number_leads_to_the_next_one(plain: Campaign) -> None:
    """Wherever the person is, it is not there."""
    found = next_try(plain, "wrong_party", [], NOW)
    assert found.next_number
    assert found.not_before == NOW + timedelta(hours=3)


@pytest.mark.parametrize(
    ("connect", "disposition", "cause"),
    [
        (ConnectResult.HUMAN, Disposition.WRONG_PARTY, "wrong_party"),
        (ConnectResult.MACHINE, Disposition.VOICEMAIL_LEFT, "machine"),
        (ConnectResult.HUMAN, Disposition.REFUSED, "refused"),
        (ConnectResult.NO_ANSWER, Disposition.NO_ANSWER, "no_answer"),
        (ConnectResult.UNKNOWN, Disposition.UNKNOWN, "unknown"),
    ],
)
def test_the_cause_is_the_disposition_where_it_decides(
    plain: Campaign, connect: ConnectResult, disposition: Disposition, cause: str
) -> None:
    """A disposition with a rule, or one that is final, names the cause; else who answered does."""
    assert cause_of(plain, connect, disposition) == cause
