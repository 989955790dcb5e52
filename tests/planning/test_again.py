"""Whether, when and on which number a contact is dialled again."""

from datetime import UTC, datetime, timedelta

import pytest

from outbound.domain.attempt import ConnectResult
from outbound.domain.campaign import Campaign
from outbound.domain.outcome.disposition import Disposition
from outbound.planning.again import Dial, again, dials_since_callback, next_phone, retry_cause
from tests.values import replace

AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
_R, _D = ConnectResult, Disposition
UNANSWERED = Dial("one", _R.NO_ANSWER, _D.NO_ANSWER)
PROMISED = Dial("one", _R.NO_ANSWER, _D.NO_ANSWER, "cb")


def test_a_silent_machine_is_a_machine(campaign: Campaign) -> None:
    """The rule for machines binds where nobody spoke, not the rule for silent people."""
    assert retry_cause(campaign, Dial("one", _R.MACHINE, _D.NO_RESPONSE)) == "machine"
    assert retry_cause(campaign, Dial("one", _R.MACHINE, _D.VOICEMAIL_LEFT)) == "voicemail_left"
    assert retry_cause(campaign, Dial("one", _R.HUMAN, _D.NO_RESPONSE)) == "no_response"


@pytest.mark.parametrize(
    ("dial", "earlier", "hours", "reason"),
    [
        (UNANSWERED, (), 27, "retry_scheduled"),
        (UNANSWERED, (UNANSWERED,), 29, "retry_scheduled"),
        (UNANSWERED, (UNANSWERED, UNANSWERED), None, "attempts_exhausted"),
        (Dial("one", _R.HUMAN, _D.PARTLY_WELCOMED), (), None, "partly_welcomed"),
        (Dial("one", _R.CANCELED, _D.NOT_PLACED), (), 1, "taken_back"),
        (Dial("one", _R.CANCELED, _D.NOT_PLACED), (UNANSWERED, UNANSWERED), 1, "taken_back"),
        (Dial("one", _R.CANCELED, _D.NOT_PLACED, "cb"), (PROMISED,), 1, "taken_back"),
        (PROMISED, (UNANSWERED,), 29, "retry_scheduled"),
        (UNANSWERED, (PROMISED,), None, "callback_not_reached"),
        (PROMISED, (PROMISED,), None, "callback_not_reached"),
        (PROMISED, (UNANSWERED,) * 3, None, "callback_not_reached"),
        (Dial("one", _R.HUMAN, _D.PARTLY_WELCOMED, "cb"), (PROMISED,), None, "partly_welcomed"),
    ],
)
def test_when_to_dial_again(
    campaign: Campaign, dial: Dial, earlier: tuple[Dial, ...], hours: float | None, reason: str
) -> None:
    """The campaign's rules decide, and after a callback there is one redial at most."""
    found = again(campaign, dial, earlier, AT, None)
    assert found.at == (None if hours is None else AT + timedelta(hours=hours))
    assert found.reason == reason


def test_a_callback_is_redialled_within_its_window(campaign: Campaign) -> None:
    """While the window lasts long enough the redial comes in it, as the one dial on top of the campaign's own."""
    last = (UNANSWERED,) * (campaign.max_attempts - 1)
    assert again(campaign, PROMISED, last, AT, AT + timedelta(hours=1)).at == AT + timedelta(minutes=20)
    assert again(campaign, PROMISED, last, AT, AT + timedelta(minutes=30)).at is None
    assert again(campaign, PROMISED, (*last, UNANSWERED), AT, AT + timedelta(hours=1)).at is None


@pytest.mark.parametrize(
    ("before", "result", "redials"),
    [
        (timedelta(hours=2), _R.HUMAN, False),
        (timedelta(hours=12), _R.NO_ANSWER, False),
        (timedelta(hours=13), _R.HUMAN, True),
        (timedelta(hours=2), _R.CANCELED, True),
        (timedelta(hours=2), _R.FAILED, True),
    ],
)
def test_nobody_is_redialled_who_was_rung_twice_that_day(
    campaign: Campaign, before: timedelta, result: ConnectResult, redials: bool
) -> None:
    """After a ring of the same day the callback was the second one; what never rang disturbed nobody."""
    first = Dial("one", result, _D.CALLBACK_REQUESTED, at=AT - before)
    found = again(campaign, replace(PROMISED, at=AT), (first,), AT, AT + timedelta(hours=3))
    expected = (AT + timedelta(minutes=20), "redial") if redials else (None, "callback_not_reached")
    assert (found.at, found.reason) == expected


def test_counts_dials_from_the_latest_callback_on() -> None:
    """Earlier dials and earlier callbacks do not count."""
    other = Dial("one", _R.HUMAN, _D.CALLBACK_REQUESTED, "cb2")
    assert dials_since_callback([UNANSWERED]) == 0
    assert dials_since_callback([PROMISED, UNANSWERED]) == 2
    assert dials_since_callback([PROMISED, other]) == 1


@pytest.mark.parametrize(
    ("usable", "dials", "expected"),
    [
        ((), (), None),
        (("one", "two"), (), "one"),
        (("one", "two"), (UNANSWERED,), "two"),
        (("one",), (UNANSWERED,), "one"),
        (("one", "two"), (Dial("two", _R.NO_ANSWER, _D.NO_ANSWER),), "one"),
        (("one", "two"), (Dial("one", _R.BUSY, _D.BUSY),), "one"),
        (("two", "three"), (Dial("one", _R.HUMAN, _D.WRONG_PARTY),), "two"),
        (("two", "three"), (Dial("two", _R.BUSY, _D.BUSY), Dial("one", _R.HUMAN, _D.WRONG_PARTY)), "three"),
    ],
)
def test_which_number(
    campaign: Campaign, usable: tuple[str, ...], dials: tuple[Dial, ...], expected: str | None
) -> None:
    """A busy line is tried again, after no answer the next number; a number that is gone gives way to a fresh one."""
    assert next_phone(campaign, usable, dials) == expected
