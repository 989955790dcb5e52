"""Contacts as a planner sees them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from outbound.domain.attempt import ConnectResult
from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact, ContactPolicy, ContactState, WelcomeState
from outbound.domain.outcome.callback import Callback, CallbackStatus
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.policy import PolicyStatus
from outbound.planning.again import Dial
from outbound.planning.candidates import candidate_of, give_up_day, preferred_hours, standing_callback
from tests.values import replace

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
PROMISE = Callback("cb", "c", "a", NOW, NOW, NOW + timedelta(hours=2), "later", CallbackStatus.OPEN)


def policy(issued_on: date, delivered_on: date | None = None) -> ContactPolicy:
    """Make a policy that is due."""
    return ContactPolicy("p", "P1", None, None, issued_on, delivered_on, PolicyStatus.IN_FORCE, WelcomeState.DUE)


def contact(*policies: ContactPolicy, not_before: datetime | None = None, preferred: str | None = None) -> Contact:
    """Make an open contact in Taipei."""
    return Contact(
        id="c", company_id="formosa-life", campaign_id="welcome-tw", customer_id="C1", full_name="王試明",
        birth_date=None, postal_code=None, region="TW-TPE", time_zone=None, language=None, preferred_window=preferred,
        privacy_notice_on=None, consents={}, do_not_call=False, state=ContactState.OPEN, reason=None,
        not_before=not_before, deadline=None, round=1, welcomed_at=None, phones=(), policies=policies,
    )  # fmt: skip


def test_days_end_at_local_midnight(campaign: Campaign) -> None:
    """The free look that ends first is the aim, the last day of the latest policy the bar, both in the local zone."""
    who = contact(policy(date(2026, 11, 10), date(2026, 11, 12)), policy(date(2026, 11, 12)), preferred="14:00-18:00")
    found = candidate_of(
        who, campaign=campaign, zones=("Asia/Taipei",), now=NOW, chosen=None, number_key="n", gate_key=None
    )
    assert found.free_look_until == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert found.give_up_at == datetime(2026, 12, 3, 16, tzinfo=UTC)
    assert found.not_before == NOW
    assert found.preferred is not None
    assert give_up_day(who, campaign) == date(2026, 12, 3)


def test_a_free_look_that_is_over_hurries_nobody(campaign: Campaign) -> None:
    """Once every last day has passed there is nothing to aim at but the bar."""
    who = contact(policy(date(2026, 11, 1), date(2026, 11, 2)))
    found = candidate_of(
        who, campaign=campaign, zones=("Asia/Taipei",), now=NOW, chosen=None, number_key="n", gate_key=None
    )
    assert found.free_look_until is None


def test_a_promise_is_not_held_up(campaign: Campaign) -> None:
    """A callback's window counts, not an earlier look-again time nor the campaign's last day."""
    who = contact(policy(date(2026, 10, 1)), not_before=NOW + timedelta(hours=6))
    found = candidate_of(
        who, campaign=campaign, zones=("Asia/Taipei",), now=NOW, chosen=PROMISE, number_key="n", gate_key=None
    )
    assert (found.not_before, found.give_up_at) == (NOW, None)
    assert found.chosen == (PROMISE.window_start, PROMISE.window_end)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:00-18:00", (time(14), time(18))),
        ("18:00-14:00", None),
        ("25:00-26:00", None),
        ("afternoon", None),
        (None, None),
    ],
)
def test_preferred_hours(text: str | None, expected: tuple[time, time] | None) -> None:
    """Hours of every day; what cannot be read prefers nothing."""
    found = preferred_hours(text)
    assert (None if found is None else (found.start, found.end)) == expected


def test_which_promise_stands() -> None:
    """An open one until its window ends; a kept one for one redial within it."""
    who = contact(policy(date(2026, 11, 10)))
    kept = replace(PROMISE, status=CallbackStatus.KEPT)
    made = (Dial("one", ConnectResult.NO_ANSWER, Disposition.NO_ANSWER, "cb"),)
    assert standing_callback(who, None, (), NOW) is None
    assert standing_callback(who, PROMISE, (), NOW) is PROMISE
    assert standing_callback(who, PROMISE, (), PROMISE.window_end) is None
    assert standing_callback(who, kept, made, NOW) is kept
    assert standing_callback(who, kept, made * 2, NOW) is None
    tomorrow = replace(who, not_before=NOW + timedelta(days=1))
    assert standing_callback(tomorrow, kept, made, NOW) is None
