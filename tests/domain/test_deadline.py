from datetime import date, timedelta

import pytest

from outbound.domain.contact import ContactPolicy, WelcomeState
from outbound.domain.deadline import contact_deadline
from outbound.domain.policy import PolicyStatus

TODAY = date(2026, 11, 16)
DAYS = {"TW": 10}


def policy(issued: int, delivered: int | None = None) -> ContactPolicy:
    """Make a policy issued and delivered so many days ago."""
    return ContactPolicy(
        id="p",
        policy_no="P1",
        product_code=None,
        product_name=None,
        issued_on=TODAY - timedelta(days=issued),
        delivered_on=None if delivered is None else TODAY - timedelta(days=delivered),
        status=PolicyStatus.IN_FORCE,
        welcome=WelcomeState.DUE,
    )


@pytest.mark.parametrize(
    ("policies", "region", "ahead"),
    [
        ([policy(1)], "TW", 20),
        ([policy(3, delivered=2)], "TW-TPE", 8),
        ([policy(20, delivered=1)], "TW", 1),
        ([policy(13, delivered=11)], "TW", 8),
        ([policy(3, delivered=2)], "US-CA", 18),
        ([policy(1), policy(9, delivered=5)], "TW", 5),
        ([policy(30), policy(1)], "TW", 20),
        ([policy(30), policy(25)], "TW", -4),
    ],
)
def test_the_earliest_deadline_to_come_counts(policies: list[ContactPolicy], region: str, ahead: int) -> None:
    """The last day to cancel counts while it runs, else the day to give up; a passed one gives way to a later one."""
    assert contact_deadline(policies, region, DAYS, 21, TODAY) == TODAY + timedelta(days=ahead)


def test_a_contact_without_policies_has_no_deadline() -> None:
    """Asking for the deadline of nothing is a mistake of the caller."""
    with pytest.raises(ValueError, match="empty"):
        contact_deadline([], "TW", DAYS, 21, TODAY)
