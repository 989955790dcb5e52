"""Whether a contact is dialled again after an attempt, when, and on which number: retries and callbacks together."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.domain.attempt import ConnectResult
from outbound.domain.campaign import Campaign
from outbound.domain.outcome.callback import MOST_DIALS, UNREACHED
from outbound.domain.outcome.disposition import REACHED_FOR_GOOD, Disposition
from outbound.domain.outcome.next_step import CALLBACK_NOT_REACHED, Again
from outbound.planning.retry import RetryReason, cause_of, next_try

REDIAL_AFTER = timedelta(minutes=20)
"""Pause before the one redial of a callback, within the time that the customer chose."""

MOST_A_DAY = 2
"""Rings of one contact on one local day by the robot: after these no redial comes, and no other time that day."""

_ONE_DAY = timedelta(hours=13)
"""Dials so close together count as one local day's: no lawful day is longer, and no zone has to be known."""

TAKEN_BACK_WAIT = timedelta(hours=1)
"""Pause after a call that was taken back before it rang: it says nothing about the person."""

_REACHED = REACHED_FOR_GOOD | {Disposition.PARTLY_WELCOMED, Disposition.CALLBACK_REQUESTED}
_SILENT = frozenset({ConnectResult.FAILED, ConnectResult.CANCELED})


class Dial(Struct, frozen=True):
    """One dial that is over, made `at` (None: not known); `callback_id` names the promise for which it was made."""

    phone_id: str
    connect_result: ConnectResult
    disposition: Disposition
    callback_id: str | None = None
    at: datetime | None = None


def is_taken_back(connect_result: ConnectResult | None, disposition: Disposition | None) -> bool:
    """Whether a call left the carrier's queue before it rang: nobody was disturbed, nothing is counted."""
    return connect_result is ConnectResult.CANCELED and disposition is Disposition.NOT_PLACED


def retry_cause(campaign: Campaign, dial: Dial) -> str:
    """Name the cause by which the campaign's rules are found. A silent machine is a machine, not a silent person."""
    if dial.connect_result is ConnectResult.MACHINE and dial.disposition is Disposition.NO_RESPONSE:
        return ConnectResult.MACHINE.value
    return cause_of(campaign, dial.connect_result, dial.disposition)


def again(
    campaign: Campaign, dial: Dial, earlier: Sequence[Dial], ended_at: datetime, promise_until: datetime | None
) -> Again:
    """Decide on another dial after `dial`, which ended at `ended_at`. `earlier` holds the round's dials, oldest first.

    `promise_until` is the end of the window of the callback for which `dial` was made. After a callback there is one
    redial at most, in its window if that is still long enough and by the campaign's rules otherwise. None comes in the
    window once the contact was rung twice that day. Who asked for a callback and was not reached goes to a person.
    A call that was taken back before it rang is no dial: it exhausts nothing.
    """
    if is_taken_back(dial.connect_result, dial.disposition):
        return Again(ended_at + TAKEN_BACK_WAIT, "taken_back")
    made = len(earlier) + 1
    since = dials_since_callback([*earlier, dial])
    if since >= MOST_DIALS:
        return Again(None, dial.disposition if dial.disposition in _REACHED else CALLBACK_NOT_REACHED)
    soon = ended_at + REDIAL_AFTER
    in_time = promise_until is not None and soon + REDIAL_AFTER <= promise_until
    if in_time and dial.disposition in UNREACHED and callback_dial_left(campaign, made):
        is_too_much = _rings_that_day(dial, earlier) >= MOST_A_DAY
        return Again(None, CALLBACK_NOT_REACHED) if is_too_much else Again(soon, "redial")
    exhausted = CALLBACK_NOT_REACHED if since else "attempts_exhausted"
    history = [retry_cause(campaign, each) for each in earlier]
    decision = next_try(campaign, retry_cause(campaign, dial), history, ended_at)
    if decision.not_before is not None:
        return Again(decision.not_before, decision.reason)
    return Again(None, dial.disposition if decision.reason is RetryReason.NO_RULE else exhausted)


def _rings_that_day(dial: Dial, earlier: Sequence[Dial]) -> int:
    """Count `dial` and what rang on the same day before it; what never rang disturbed nobody."""
    of_that_day = [dial] + [
        each for each in earlier if dial.at is not None and each.at is not None and dial.at - each.at < _ONE_DAY
    ]
    return sum(each.connect_result not in _SILENT for each in of_that_day)


def callback_dial_left(campaign: Campaign, made: int) -> bool:
    """Whether a callback may be dialled after `made` dials: one comes on top of the campaign's own."""
    return made <= campaign.max_attempts


def dials_since_callback(dials: Sequence[Dial]) -> int:
    """Count the dials from the first one for the latest callback on; 0 when none was for a callback."""
    ids = [each.callback_id for each in dials]
    latest = next((each for each in reversed(ids) if each is not None), None)
    return 0 if latest is None else len(ids) - ids.index(latest)


def next_phone(campaign: Campaign, usable: Sequence[str], dials: Sequence[Dial]) -> str | None:
    """Choose one of the `usable` numbers (identifiers, best first): the one dialled last, or the one after it.

    The cause of the last dial decides which, by the campaign's rules. None when no number is usable.
    """
    if not usable:
        return None
    if not dials:
        return usable[0]
    last = dials[-1]
    if last.phone_id not in usable:
        tried = {each.phone_id for each in dials}
        return next((each for each in usable if each not in tried), usable[0])
    rule = campaign.retries.get(retry_cause(campaign, last))
    step = 1 if rule is not None and rule.next_number else 0
    return usable[(usable.index(last.phone_id) + step) % len(usable)]
