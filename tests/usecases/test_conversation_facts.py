"""What one call may know of its contact."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.contact import Contact, ContactPolicy, ContactState, WelcomeState
from outbound.domain.policy import PolicyStatus
from outbound.usecases.conversation.facts import (
    conversation_facts,
    is_elderly,
    last_digits,
    local_day,
)
from tests.values import replace

TODAY = date(2026, 11, 16)
POLICY = ContactPolicy(
    "1", "FL-2026-00317", "WL01", "安心終身壽險", date(2026, 11, 5), None, PolicyStatus.IN_FORCE, WelcomeState.DUE
)
CONTACT = Contact(
    id="1",
    company_id="formosa-life",
    campaign_id="welcome-tw",
    customer_id="C1",
    full_name="王試明",
    birth_date=date(1950, 5, 28),
    postal_code=None,
    region="TW-TPE",
    time_zone=None,
    language="zh-TW",
    preferred_window=None,
    privacy_notice_on=date(2026, 11, 5),
    consents={},
    do_not_call=False,
    state=ContactState.PLANNED,
    reason=None,
    not_before=None,
    deadline=None,
    round=1,
    welcomed_at=None,
    phones=(),
    policies=(POLICY,),
)


def monday_after(day: date) -> date:
    """Move a day of the weekend to Monday."""
    return day + timedelta(days=max(0, 8 - day.isoweekday()) if day.isoweekday() > 5 else 0)


@pytest.mark.parametrize(
    ("delivered_on", "today", "told"),
    [
        (None, TODAY, None),
        (date(2026, 11, 10), TODAY, date(2026, 11, 20)),
        (date(2026, 11, 6), TODAY, date(2026, 11, 16)),
        (date(2026, 11, 3), TODAY, None),
        (date(2026, 11, 4), TODAY, date(2026, 11, 16)),
        (date(2026, 11, 17), TODAY, None),
        (date(2026, 11, 10), None, None),
    ],
    ids=["not delivered", "runs", "its last day", "passed", "moved to Monday", "delivered later", "zone unknown"],
)
def test_the_right_to_cancel_is_told_only_while_it_runs(
    delivered_on: date | None,
    today: date | None,
    told: date | None,
    companies: dict[str, Company],
    campaign: Campaign,
) -> None:
    """The last day is told with proof of delivery, until it has passed, a rest day counting as the next working day."""
    contact = replace(CONTACT, policies=(replace(POLICY, delivered_on=delivered_on),))
    facts = conversation_facts(
        contact,
        company=companies["formosa-life"],
        campaign=campaign,
        today=today,
        next_working_day=monday_after,
    )
    assert [each.free_look_last_day for each in facts.policies] == [told]


def test_each_policy_keeps_its_own_last_day(companies: dict[str, Company], campaign: Campaign) -> None:
    """Of several policies every right has its own last day, and one whose right ran out has none."""
    days = (date(2026, 11, 10), date(2026, 11, 11), date(2026, 11, 3), date(2026, 11, 10))
    policies = tuple(replace(POLICY, id=str(number), delivered_on=day) for number, day in enumerate(days))
    facts = conversation_facts(
        replace(CONTACT, policies=policies),
        company=companies["formosa-life"],
        campaign=campaign,
        today=TODAY,
        next_working_day=monday_after,
    )
    told = [each.free_look_last_day for each in facts.policies]
    assert told == [date(2026, 11, 20), date(2026, 11, 23), None, date(2026, 11, 20)]


def test_a_calendar_that_does_not_say_leaves_the_day_unsaid(companies: dict[str, Company], campaign: Campaign) -> None:
    """Without a calendar no last day is told, since a wrong one would cost a right."""
    contact = replace(CONTACT, policies=(replace(POLICY, delivered_on=date(2026, 11, 10)),))
    facts = conversation_facts(
        contact,
        company=companies["formosa-life"],
        campaign=campaign,
        today=TODAY,
        next_working_day=lambda _day: None,
    )
    assert facts.policies[0].free_look_last_day is None


def test_only_due_policies_are_spoken_of(companies: dict[str, Company], campaign: Campaign) -> None:
    """A policy that was welcomed or cancelled is no part of the call; slow speech is for people of 65 and older."""
    others = (
        replace(POLICY, id="2", welcome=WelcomeState.CLOSED),
        replace(POLICY, id="3", status=PolicyStatus.CANCELLED),
    )
    facts = conversation_facts(
        replace(CONTACT, policies=(POLICY, *others)),
        company=companies["formosa-life"],
        campaign=campaign,
        today=TODAY,
        next_working_day=monday_after,
        transfer_available=True,
    )
    assert [(each.product_name, each.last_digits) for each in facts.policies] == [("安心終身壽險", "0317")]
    assert (facts.slow, facts.transfer_available, facts.hotline_number) == (True, True, "+886255550199")


@pytest.mark.parametrize(("number", "digits"), [("P00000317", "0317"), ("A-12", None), ("１２３４", None), ("", None)])
def test_last_digits_are_those_that_can_be_keyed(number: str, digits: str | None) -> None:
    """The last four digits of a policy's number, if it has four that a keypad knows."""
    assert last_digits(number) == digits


def test_sixty_five_begins_on_the_birthday() -> None:
    """Nobody is elderly the day before, nor where a date is not known."""
    assert is_elderly(date(1961, 11, 16), TODAY)
    assert not is_elderly(date(1961, 11, 17), TODAY)
    assert not is_elderly(None, TODAY)
    assert not is_elderly(date(1961, 11, 16), None)


def test_the_latest_of_several_local_days_counts() -> None:
    """Where a contact may be in two zones, a day that has passed in one of them has passed."""
    late = datetime(2026, 11, 16, 17, 0, tzinfo=UTC)
    assert local_day(late, ("America/New_York", "Asia/Taipei")) == date(2026, 11, 17)
    assert local_day(late, ()) is None
