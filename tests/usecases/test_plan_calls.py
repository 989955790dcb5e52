"""Which contact is planned for which half hour, and why others are not, over both databases."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.files.rules.packs import load_rulebook
from outbound.adapters.sql.schema import attempt_events, attempts, callbacks, contacts, inbox, receipts
from outbound.adapters.sql.store import SqlStore
from outbound.compliance.rules.rulebook import Signature, SignatureKind, Trust
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.contact import ContactState, WelcomeState
from outbound.domain.policy import PolicyStatus
from outbound.planning.deadline_first import DeadlineFirst
from outbound.usecases.scheduling.batch import LOOK_AGAIN
from outbound.usecases.scheduling.may_call import Rules
from outbound.usecases.scheduling.plan_calls import PlanReport, plan_calls
from tests.usecases.builders import (
    MONDAY_TEN,
    attempt_now,
    attempts_of,
    contact_now,
    make_attempt,
    make_callback,
    make_contact,
    new_id,
    rows,
    suppress_number,
)
from tests.values import replace

TAIPEI = ZoneInfo("Asia/Taipei")
RULES_DIR = Path(__file__).resolve().parents[2] / "config" / "compliance"


@pytest.fixture(scope="module")
def rules() -> Rules:
    """The rules of Taiwan as shipped, taken as signed."""
    caller = Company("formosa-life", {}, "+886255550100", "+886255550100", {}, "", {}, "TW")
    return Rules(load_rulebook(RULES_DIR, years=(2026, 2027), only=("TW",)), {"formosa-life": caller}, Trust.ASSUMED)


class Planning:
    """Runs the verb on one store."""

    def __init__(self, store: SqlStore, campaign: Campaign, rules: Rules) -> None:
        self.store, self.campaign, self.rules = store, campaign, rules
        self.identifiers = SeededIdentifiers(5)

    def run(self, now: datetime = MONDAY_TEN, **options: Any) -> PlanReport:
        """Plan once."""
        return plan_calls(
            self.store,
            campaign=self.campaign,
            rules=self.rules,
            planner=DeadlineFirst(),
            identifiers=self.identifiers,
            now=now,
            **options,
        )

    def capacity(self, calls: int) -> None:
        """Let a half hour hold so many calls."""
        self.campaign = replace(self.campaign, pacing=replace(self.campaign.pacing, slot_capacity=calls))


@pytest.fixture
def planning(store: SqlStore, campaign: Campaign, rules: Rules) -> Planning:
    """One store of each kind."""
    return Planning(store, campaign, rules)


def numbered(count: int, start: int = 100) -> list[str]:
    """Invented numbers."""
    return [f"+886900{start + each:06}" for each in range(count)]


def ended(store: SqlStore, attempt: Attempt, **columns: Any) -> None:
    """End an attempt without what follows, and open its contact again."""
    values = {"status": "ended", "connect_result": "no_answer", "disposition": "no_answer"} | columns
    with store.engine.begin() as connection:
        connection.execute(update(attempts).where(attempts.c.id == attempt.id).values(**values))
        connection.execute(update(contacts).where(contacts.c.id == attempt.contact_id).values(state="open"))


def starts(found: Sequence[Attempt]) -> list[datetime]:
    """Window starts in Taipei."""
    return [each.window_start.astimezone(TAIPEI) for each in found]


class TestPlan:
    """Contacts that may be called."""

    def test_a_contact_gets_one_attempt(self, planning: Planning) -> None:
        """An open contact is planned into the first half hour, with its deadline, and is not planned again."""
        contact = make_contact(planning.store, delivered_on=date(2026, 11, 14))
        report = planning.run()
        assert (report.planned, report.held, report.closed) == (1, {}, {})
        (attempt,) = attempts_of(planning.store, contact)
        assert (attempt.status, attempt.origin, attempt.attempt_number) == (AttemptStatus.PLANNED, "first", None)
        assert (attempt.window_start, attempt.window_end) == (MONDAY_TEN, MONDAY_TEN + timedelta(minutes=30))
        assert attempt.deadline == date(2026, 11, 24)
        found = contact_now(planning.store, contact.id)
        assert (found.state, found.deadline) == (ContactState.PLANNED, date(2026, 11, 24))
        assert planning.run().planned == 0
        assert [row.to_status for row in rows(planning.store, select(attempt_events))] == ["planned"]

    def test_the_nearest_free_look_deadline_comes_first(self, planning: Planning) -> None:
        """With room for one call a half hour, who loses the right to cancel first is called first."""
        planning.capacity(1)
        one, two, three = numbered(3)
        late = make_contact(planning.store, numbers=(one,), delivered_on=date(2026, 11, 15))
        none = make_contact(planning.store, numbers=(two,), issued_on=date(2026, 11, 14))
        soon = make_contact(planning.store, numbers=(three,), delivered_on=date(2026, 11, 8))
        planning.run()
        order = [attempts_of(planning.store, each)[0].window_start for each in (soon, late, none)]
        assert order == [MONDAY_TEN + timedelta(minutes=30 * each) for each in range(3)]

    def test_what_is_planned_takes_room(self, planning: Planning) -> None:
        """A later run plans around what an earlier one planned; without room left contacts wait half an hour."""
        planning.capacity(1)
        first = make_contact(planning.store, numbers=numbered(1))
        planning.run()
        second, third = (make_contact(planning.store, numbers=(each,)) for each in numbered(2, start=200))
        assert planning.run(horizon_days=1 / 24).held == {"no_capacity": 1}
        found = [attempts_of(planning.store, each)[0].window_start for each in (first, second)]
        assert found == [MONDAY_TEN, MONDAY_TEN + timedelta(minutes=30)]
        assert contact_now(planning.store, third.id).not_before == MONDAY_TEN + timedelta(minutes=30)

    def test_two_people_on_one_number_are_planned_on_different_days(self, planning: Planning) -> None:
        """They get a day each, in one run and over two; who finds no day within the horizon is held."""
        first = make_contact(planning.store, numbers=("+886900000009",))
        second = make_contact(planning.store, numbers=("+886900000009",))
        planning.run(horizon_days=4)
        third = make_contact(planning.store, numbers=("+886900000009",))
        planning.run(horizon_days=4)
        found = [attempts_of(planning.store, each)[0].window_start.date() for each in (first, second, third)]
        assert len(set(found)) == 3
        make_contact(planning.store, numbers=("+886900000009",))
        assert planning.run(horizon_days=2.5).held == {"no_slot": 1}

    def test_older_people_are_planned_within_their_hours(self, planning: Planning) -> None:
        """At eight in the evening a person of seventy is planned for the next morning, at their later opening time."""
        evening = MONDAY_TEN.replace(hour=11)
        contact = make_contact(planning.store, birth_date=date(1950, 1, 1))
        planning.run(evening)
        (start,) = starts(attempts_of(planning.store, contact))
        assert start.date() == date(2026, 11, 17)
        assert start.hour >= 9

    def test_a_retry_waits_and_goes_to_the_next_number(self, planning: Planning) -> None:
        """After an unanswered call the next number is planned, not before its time, as a retry."""
        contact = make_contact(planning.store, numbers=numbered(2))
        ended(planning.store, make_attempt(planning.store, contact, status=AttemptStatus.RINGING))
        not_before = MONDAY_TEN + timedelta(hours=27)
        with planning.store.engine.begin() as connection:
            connection.execute(update(contacts).values(not_before=not_before, reason="waiting_for_retry"))
        assert planning.run().planned == 1
        attempt = attempts_of(planning.store, contact)[-1]
        assert (attempt.origin, attempt.phone_id) == ("retry", contact.phones[1].id)
        assert attempt.window_start >= not_before

    def test_two_runs_at_once_plan_each_contact_once(self, planning: Planning) -> None:
        """Runs that overlap neither plan anybody twice nor overfill a half hour."""
        planning.capacity(5)
        people = [make_contact(planning.store, numbers=(each,)) for each in numbered(40)]
        with ThreadPoolExecutor(2) as pool:
            reports = list(pool.map(lambda seed: self._other(planning, seed), (1, 2)))
        assert sum(report.planned for report in reports) == 40
        found = [attempts_of(planning.store, each) for each in people]
        assert all(len(each) == 1 for each in found)
        taken = [each[0].window_start for each in found]
        assert max(taken.count(start) for start in taken) == 5

    @staticmethod
    def _other(planning: Planning, seed: int) -> PlanReport:
        other = Planning(planning.store, planning.campaign, planning.rules)
        other.identifiers = SeededIdentifiers(seed)
        return other.run()

    def test_other_campaigns_are_left_alone(self, planning: Planning) -> None:
        """A run plans the contacts of its own campaign only."""
        contact = make_contact(planning.store, campaign_id="another")
        assert planning.run().planned == 0
        assert contact_now(planning.store, contact.id).state is ContactState.OPEN


class TestHeld:
    """Contacts that may not be called."""

    @pytest.mark.parametrize(
        ("reason", "parts"),
        [
            ("do_not_call", {"do_not_call": True}),
            ("privacy_notice_missing", {"privacy_notice_on": None}),
            ("pack_missing", {"region": "FR"}),
        ],
    )
    def test_are_held_with_the_reason(self, planning: Planning, reason: str, parts: dict[str, Any]) -> None:
        """The gate's refusal stands on the contact and in one receipt, and is looked at again hours later."""
        contact = make_contact(planning.store, **parts)
        report = planning.run()
        assert (report.planned, report.held, report.closed) == (0, {reason: 1}, {})
        assert planning.run(MONDAY_TEN + timedelta(minutes=30)).held == {}
        found = contact_now(planning.store, contact.id)
        assert (found.state, found.reason, found.not_before) == (ContactState.OPEN, reason, MONDAY_TEN + LOOK_AGAIN)
        assert planning.run(MONDAY_TEN + LOOK_AGAIN).held == {reason: 1}
        (receipt,) = rows(planning.store, select(receipts))
        assert (receipt.stage, receipt.allowed) == ("plan", False)
        assert reason in receipt.reasons

    def test_a_suppressed_number_gives_way_to_another(self, planning: Planning) -> None:
        """The next usable number is planned; with the only number suppressed the contact is held."""
        one, two, three = numbered(3)
        for number in (one, three):
            suppress_number(planning.store, number)
        both = make_contact(planning.store, numbers=(one, two))
        alone = make_contact(planning.store, numbers=(three,))
        assert planning.run().held == {"suppressed": 1}
        assert attempts_of(planning.store, both)[0].phone_id == both.phones[1].id
        assert attempts_of(planning.store, alone) == []

    def test_without_a_usable_number_nobody_is_planned(self, planning: Planning) -> None:
        """A contact without numbers is held, and called once a number has come."""
        make_contact(planning.store, numbers=())
        assert planning.run().held == {"no_usable_number": 1}

    def test_is_planned_when_the_obstacle_is_gone(self, planning: Planning) -> None:
        """A contact whose notice arrives is planned at the next look."""
        contact = make_contact(planning.store, privacy_notice_on=None)
        planning.run()
        with planning.store.engine.begin() as connection:
            connection.execute(update(contacts).values(privacy_notice_on=date(2026, 11, 16)))
        later = MONDAY_TEN + LOOK_AGAIN
        assert planning.run(later).planned == 1
        assert contact_now(planning.store, contact.id).reason is None


class TestClosed:
    """Contacts for whom nothing is planned any more."""

    def test_the_last_day_has_passed(self, planning: Planning) -> None:
        """Three weeks after issue the contact is given up with its policies."""
        contact = make_contact(planning.store, issued_on=date(2026, 10, 20))
        assert planning.run().closed == {"deadline_passed": 1}
        found = contact_now(planning.store, contact.id)
        assert (found.state, found.reason) == (ContactState.DONE, "deadline_passed")
        assert found.policies[0].welcome is WelcomeState.CLOSED

    def test_no_policy_is_due(self, planning: Planning) -> None:
        """A contact whose only policy was cancelled is closed."""
        make_contact(planning.store, policy_status=PolicyStatus.CANCELLED)
        assert planning.run().closed == {"nothing_due": 1}

    def test_the_attempts_are_spent(self, planning: Planning) -> None:
        """A contact that came back after its last attempt is not dialled once more."""
        contact = make_contact(planning.store)
        for number in (1, 2, 3):
            made = make_attempt(planning.store, contact, status=AttemptStatus.RINGING, attempt_number=number)
            ended(planning.store, made)
        assert planning.run().closed == {"attempts_exhausted": 1}


class TestCallbacks:
    """Return calls that were asked for."""

    SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

    def asked(self, planning: Planning, start: datetime, **parts: Any) -> tuple[Any, str]:
        """Make a contact that asked to be called back in a window from `start` on."""
        contact = make_contact(planning.store, **parts)
        made = make_attempt(planning.store, contact, status=AttemptStatus.IN_PROGRESS)
        ended(planning.store, made, connect_result="human", disposition="callback_requested")
        with planning.store.engine.begin() as connection:
            where = update(contacts).where(contacts.c.id == contact.id)
            waiting = {"reason": "waiting_for_callback", "not_before": start - timedelta(hours=1)}
            connection.execute(where.values(**waiting))
        return contact, make_callback(planning.store, made, window_start=start, reason="later")

    def test_come_first_and_in_their_window(self, planning: Planning) -> None:
        """With room for one call, the callback gets the half hour that was chosen."""
        planning.capacity(1)
        start = MONDAY_TEN + timedelta(hours=4)
        others = [make_contact(planning.store, numbers=(each,)) for each in numbered(12)]
        contact, callback_id = self.asked(planning, start)
        planning.run()
        attempt = attempts_of(planning.store, contact)[-1]
        assert (attempt.origin, attempt.callback_id, attempt.window_start) == ("callback", callback_id, start)
        assert start not in [attempts_of(planning.store, each)[0].window_start for each in others]

    def test_find_room_in_a_day_that_is_full(self, planning: Planning) -> None:
        """Every half hour was full before the promise was made: it gets its window; only promises count."""
        planning.capacity(1)
        for number in numbered(60):
            make_contact(planning.store, numbers=(number,))
        assert planning.run(horizon_days=1).held["no_capacity"] > 0
        start = MONDAY_TEN + timedelta(hours=4)
        asked = [self.asked(planning, start, numbers=(number,)) for number in numbered(4, start=900)]
        planning.run()
        windows = [attempts_of(planning.store, contact)[-1].window_start for contact, _ in asked]
        assert sorted(windows) == [start + number * timedelta(minutes=30) for number in range(4)]

    def test_go_on_after_the_campaigns_last_attempt(self, planning: Planning) -> None:
        """A promise is kept although the campaign's attempts are spent."""
        campaign = planning.campaign
        planning.campaign = replace(campaign, max_attempts=1)
        contact, callback_id = self.asked(planning, MONDAY_TEN + timedelta(hours=4))
        assert planning.run().planned == 1
        assert attempts_of(planning.store, contact)[-1].callback_id == callback_id

    def test_a_broken_promise_goes_to_a_person(self, planning: Planning) -> None:
        """When the window has passed without a dial, a person is told and the robot stays away."""
        contact, _ = self.asked(planning, MONDAY_TEN)
        later = MONDAY_TEN + timedelta(hours=2)
        report = planning.run(later)
        assert (report.planned, report.missed.broken) == (0, 1)
        (callback,), (item,) = rows(planning.store, select(callbacks)), rows(planning.store, select(inbox))
        assert (callback.status, item.kind) == ("broken", "callback_broken")
        assert contact_now(planning.store, contact.id).reason == "callback_broken"
        assert planning.run(later).missed.broken == 0

    @pytest.mark.parametrize(("status", "kinds"), [("kept", ["person_requested"]), ("open", [])])
    def test_who_is_given_up_after_a_callback_in_vain_goes_to_a_person(
        self, planning: Planning, status: str, kinds: list[str]
    ) -> None:
        """When the last day passes before the next try, a person follows up; an open promise is broken by itself."""
        contact, callback_id = self.asked(planning, MONDAY_TEN + timedelta(days=3), issued_on=date(2026, 10, 20))
        made = make_attempt(planning.store, contact, status=AttemptStatus.RINGING, attempt_number=2)
        ended(planning.store, made, callback_id=callback_id)
        with planning.store.engine.begin() as connection:
            connection.execute(update(callbacks).values(status=status))
            connection.execute(update(contacts).values(reason="waiting_for_retry", not_before=MONDAY_TEN))
        planning.campaign = replace(planning.campaign, max_attempts=1)
        assert sum(planning.run().closed.values()) == 1
        found = rows(planning.store, select(inbox))
        assert [item.kind for item in found] == kinds
        assert all(item.contact_id == contact.id for item in found)
        planning.run()
        assert len(rows(planning.store, select(inbox))) == len(kinds)

    @pytest.mark.parametrize(("minutes", "status"), [(60, "kept"), (180, "late")])
    def test_a_person_keeps_a_promise_by_finishing_its_item(
        self, planning: Planning, minutes: int, status: str
    ) -> None:
        """A callback for a person counts by when the inbox item of its call was done."""
        contact = make_contact(planning.store, state=ContactState.DONE)
        made = make_attempt(planning.store, contact, status=AttemptStatus.ENDED)
        make_callback(planning.store, made, window_start=MONDAY_TEN, reason="question")
        values = {"company_id": "formosa-life", "at": MONDAY_TEN, "due_at": MONDAY_TEN}
        values |= {"status": "done", "claimed_by": "lin"}
        done_at = MONDAY_TEN + timedelta(minutes=minutes)
        with planning.store.engine.begin() as connection:
            connection.execute(
                inbox.insert().values(id=new_id(), kind="question", attempt_id=made.id, done_at=done_at, **values)
            )
        planning.run(MONDAY_TEN + timedelta(hours=4))
        assert [row.status for row in rows(planning.store, select(callbacks))] == [status]

    def test_one_redial_in_the_same_window(self, planning: Planning) -> None:
        """A callback that was not answered is dialled once more while its window lasts."""
        contact, callback_id = self.asked(planning, MONDAY_TEN)
        planning.run()
        first = attempts_of(planning.store, contact)[-1]
        again = MONDAY_TEN + timedelta(minutes=25)
        ended(planning.store, first, attempt_number=2)
        with planning.store.engine.begin() as connection:
            connection.execute(update(callbacks).values(status="kept"))
            connection.execute(update(contacts).values(not_before=again, reason="waiting_for_retry"))
        planning.run(MONDAY_TEN + timedelta(minutes=6))
        redial = attempts_of(planning.store, contact)[-1]
        assert (redial.callback_id, redial.window_start) == (callback_id, MONDAY_TEN + timedelta(minutes=30))


class TestMissed:
    """Plans whose time has gone by."""

    def test_a_missed_window_is_no_attempt(self, planning: Planning) -> None:
        """What was not dialled in its half hour is cancelled and planned anew, without counting."""
        contact = make_contact(planning.store)
        attempt = make_attempt(planning.store, contact)
        report = planning.run(MONDAY_TEN + timedelta(minutes=30))
        assert (report.missed.released, report.planned) == (1, 1)
        assert attempt_now(planning.store, attempt.id).status is AttemptStatus.CANCELLED
        assert attempts_of(planning.store, contact)[-1].origin == "first"

    def test_says_when_to_come_back(self, planning: Planning) -> None:
        """The report names the next instant at which planning can make a difference."""
        make_contact(planning.store, do_not_call=True)
        assert planning.run().next_due == MONDAY_TEN + LOOK_AGAIN


class TestLookAgain:
    """Who is held for what lies in the rules is looked at again when the rules are others."""

    @pytest.fixture
    def unsigned(self, planning: Planning) -> Planning:
        """The same rules, which nobody has signed for production."""
        planning.rules = replace(planning.rules, trust=Trust.PRODUCTION)
        return planning

    def test_a_signature_lets_held_contacts_be_planned_at_once(self, unsigned: Planning) -> None:
        """Minutes after the packs were signed the contacts are planned, not six hours later."""
        make_contact(unsigned.store)
        assert unsigned.run().held == {"pack_unsigned": 1}
        book = unsigned.rules.rulebook
        signatures = [
            Signature(pack.code, pack.content_hash, by, date(2026, 11, 16), SignatureKind.PRODUCTION)
            for pack in book.packs.values()
            for by in ("Chen", "Lin")
        ]
        signed = replace(book, signatures=tuple(signatures), cache={})
        unsigned.rules = replace(unsigned.rules, rulebook=signed)
        report = unsigned.run(MONDAY_TEN + timedelta(minutes=10))
        assert (report.planned, report.held) == (1, {})

    def test_the_same_rules_are_not_asked_again(self, unsigned: Planning) -> None:
        """Nothing changed, so nobody is looked at before the pause is over; the store says who waits and until when."""
        make_contact(unsigned.store)
        unsigned.run()
        later = MONDAY_TEN + timedelta(minutes=10)
        report = unsigned.run(later)
        assert (report.planned, report.held) == (0, {})
        with unsigned.store.begin() as work:
            (found,) = work.planning.waiting(unsigned.campaign.id, later)
        assert (found.reason, found.contacts, found.look_at) == ("pack_unsigned", 1, MONDAY_TEN + LOOK_AGAIN)

    @pytest.mark.parametrize("what", ["campaign", "company"])
    def test_another_campaign_or_company_counts_as_other_rules(self, unsigned: Planning, what: str) -> None:
        """What operations correct in their own files is tried at once, too."""
        make_contact(unsigned.store)
        unsigned.run()
        if what == "campaign":
            unsigned.campaign = replace(unsigned.campaign, give_up_days=30)
        else:
            company = replace(unsigned.rules.companies["formosa-life"], caller_number="+886255550101")
            unsigned.rules = replace(unsigned.rules, companies={"formosa-life": company})
        assert unsigned.run(MONDAY_TEN + timedelta(minutes=10)).held == {"pack_unsigned": 1}

    def test_the_pause_after_a_call_is_not_cut_short(self, unsigned: Planning) -> None:
        """Who was dialled in this round waits on, whatever was signed meanwhile."""
        contact = make_contact(unsigned.store)
        attempt = make_attempt(unsigned.store, contact, status=AttemptStatus.ENDED, attempt_number=1)
        ended(unsigned.store, attempt)
        unsigned.run()
        unsigned.rules = replace(unsigned.rules, trust=Trust.ASSUMED)
        assert unsigned.run(MONDAY_TEN + timedelta(minutes=10)).planned == 0
        assert contact_now(unsigned.store, contact.id).not_before == MONDAY_TEN + LOOK_AGAIN
