"""Retries and callbacks together, over random lives of a contact: one cap, other hours, the second number."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.domain.attempt import ConnectResult
from outbound.domain.campaign import Campaign
from outbound.domain.contact import ContactState
from outbound.domain.outcome.callback import MOST_DIALS, Callback, CallbackStatus
from outbound.domain.outcome.disposition import NUMBER_IS_WRONG, REACHED_FOR_GOOD, Disposition
from outbound.domain.outcome.next_step import NextStepCode, next_step
from outbound.planning.again import Dial, again, callback_dial_left, next_phone
from outbound.planning.allocation import Candidate, Opening
from outbound.planning.deadline_first import allocate
from outbound.planning.slots import cut_slots
from tests.conftest import MONDAY_TEN
from tests.values import replace

TAIPEI = ZoneInfo("Asia/Taipei")
NO_ANSWER = (ConnectResult.NO_ANSWER, Disposition.NO_ANSWER)
OUTCOMES = [
    NO_ANSWER,
    (ConnectResult.BUSY, Disposition.BUSY),
    (ConnectResult.MACHINE, Disposition.NO_RESPONSE),
    (ConnectResult.MACHINE, Disposition.VOICEMAIL_LEFT),
    (ConnectResult.FAILED, Disposition.CARRIER_FAILED),
    (ConnectResult.FAILED, Disposition.NUMBER_UNUSABLE),
    (ConnectResult.HUMAN, Disposition.NOT_AVAILABLE),
    (ConnectResult.HUMAN, Disposition.ABANDONED),
    (ConnectResult.HUMAN, Disposition.WRONG_PARTY),
    (ConnectResult.HUMAN, Disposition.CALLBACK_REQUESTED),
    (ConnectResult.HUMAN, Disposition.WELCOMED),
    (ConnectResult.HUMAN, Disposition.OPTED_OUT),
]
PHONES = ("first", "second")


@dataclass
class Life:
    """One round of a contact, lived by the rules alone: every dial is made as soon as it may be."""

    campaign: Campaign
    dials: list[Dial]
    wrong: set[str]
    promise: Callback | None = None
    now: datetime = MONDAY_TEN

    def dial(self, result: ConnectResult, disposition: Disposition) -> NextStepCode:
        """Make one dial and ask what follows."""
        usable = [each for each in PHONES if each not in self.wrong]
        phone = next_phone(self.campaign, usable, self.dials)
        assert phone is not None
        promise = self.promise
        made = Dial(phone, result, disposition, promise.id if promise else None, self.now)
        ended = self.now + timedelta(minutes=2)
        if disposition in NUMBER_IS_WRONG:
            self.wrong.add(phone)
        rule = again(self.campaign, made, self.dials, ended, promise.window_end if promise else None)
        wish = None
        if disposition is Disposition.CALLBACK_REQUESTED:
            start = ended + timedelta(hours=3)
            name = f"wish {len(self.dials)}"
            wish = Callback(name, "c", "a", ended, start, start + timedelta(hours=2), "later", CallbackStatus.OPEN)
        left = callback_dial_left(self.campaign, len(self.dials) + 1)
        step = next_step(
            disposition=disposition, state=ContactState.PLANNED, callback=wish,
            number_left=len(self.wrong) < len(PHONES), dial_left=left, again=rule,
        )  # fmt: skip
        self.dials.append(made)
        self.promise = wish if step.code is NextStepCode.CALLBACK_PLANNED else None
        if step.code is NextStepCode.RETRY_AT and promise and rule.reason == "redial":
            self.promise = promise
        self.now = max(step.not_before or ended, wish.window_start if self.promise is wish and wish else ended)
        return step.code


LIVES = st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=30)


@given(LIVES, st.integers(1, 5))
def test_the_cap_is_never_exceeded(
    campaign: Campaign, outcomes: list[tuple[ConnectResult, Disposition]], cap: int
) -> None:
    """Whatever happens in whatever order, no more dials are made than the cap, and one more to keep a promise."""
    life = Life(replace(campaign, max_attempts=cap), [], set())
    for outcome in outcomes:
        keeps = life.promise is not None
        assert len(life.dials) < cap or (keeps and len(life.dials) == cap)
        if life.dial(*outcome) not in {NextStepCode.RETRY_AT, NextStepCode.CALLBACK_PLANNED}:
            break
    assert len(life.dials) <= cap + 1
    for name in {each.callback_id for each in life.dials} - {None}:
        assert sum(each.callback_id == name for each in life.dials) <= MOST_DIALS


@given(LIVES)
def test_nobody_is_chased_who_answered_for_good(
    campaign: Campaign, outcomes: list[tuple[ConnectResult, Disposition]]
) -> None:
    """After a welcome or a refusal there is no dial; a number that is wrong is not dialled again."""
    life = Life(campaign, [], set())
    for outcome in outcomes:
        known_wrong = set(life.wrong)
        step = life.dial(*outcome)
        assert life.dials[-1].phone_id not in known_wrong
        if outcome[1] in REACHED_FOR_GOOD:
            assert step in {NextStepCode.NONE, NextStepCode.PERSON}
        if step not in {NextStepCode.RETRY_AT, NextStepCode.CALLBACK_PLANNED}:
            break


def hours_of(campaign: Campaign, minutes: int) -> list[datetime]:
    """Dial when planned, nobody answers; plan the next dial into the campaign's hours, until there is none."""
    begin = MONDAY_TEN.astimezone(TAIPEI).replace(hour=0) + timedelta(minutes=minutes)
    at = first_slot(campaign, begin.astimezone(UTC))
    dials: list[Dial] = []
    found = []
    while True:
        found.append(at.astimezone(TAIPEI))
        made = Dial("first", *NO_ANSWER, None, at)
        answer = again(campaign, made, dials, at + timedelta(seconds=30), None)
        dials.append(made)
        if answer.at is None:
            return found
        at = first_slot(campaign, answer.at)


def first_slot(campaign: Campaign, not_before: datetime) -> datetime:
    """Where the planner puts somebody whom nothing else holds up."""
    slots = cut_slots(
        campaign.hours, ("Asia/Taipei",), not_before - timedelta(minutes=30), not_before + timedelta(4), 9
    )
    person = Candidate("one", ("Asia/Taipei",), not_before, not_before)
    (found,) = allocate([person], slots, campaign.hours, lambda _who, instant: Opening(instant)).allocations
    return found.at


@settings(max_examples=200)
@given(st.integers(0, 7 * 24 * 60))
def test_no_answer_is_tried_at_another_hour(campaign: Campaign, minutes: int) -> None:
    """From any minute of a week on: two tries in a row never fall on the same hour of the day, nor on the same day."""
    tried = hours_of(campaign, minutes)
    assert len(tried) == campaign.max_attempts
    for one, other in pairwise(tried):
        assert one.hour != other.hour
        assert one.date() != other.date()


def test_the_second_number_has_its_turn(campaign: Campaign) -> None:
    """Who does not answer on one number is tried on the other, and then on the first again."""
    dials: list[Dial] = []
    for _ in range(3):
        phone = next_phone(campaign, PHONES, dials)
        assert phone is not None
        dials.append(Dial(phone, *NO_ANSWER))
    assert [each.phone_id for each in dials] == ["first", "second", "first"]
