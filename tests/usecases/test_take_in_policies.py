from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from outbound.adapters.sql.schema import (
    attempt_events,
    callbacks,
    contacts,
    phones,
    policies,
    policy_versions,
    quarantine,
)
from outbound.adapters.sql.store import SqlStore
from outbound.domain.campaign import Campaign, SecondPolicy
from outbound.domain.company import Company
from outbound.domain.contact import ContactState, WelcomeState
from outbound.domain.policy import PolicyStatus
from outbound.usecases.problems import InputProblemError
from tests.conftest import MONDAY_TEN
from tests.usecases.intake_room import Bad, Intake, X, Y, Z, policy, seen
from tests.values import replace

LATER = MONDAY_TEN + timedelta(days=3)


@pytest.fixture
def intake(store: SqlStore, companies: dict[str, Company], campaign: Campaign) -> Intake:
    """Intake over an empty database of each kind."""
    return Intake(store, companies[campaign.company_id], campaign)


class TestRows:
    """What becomes of rows."""

    def test_a_policy_becomes_a_contact_to_be_called(self, intake: Intake) -> None:
        """A new policy makes its holder a contact with number, policy and deadline."""
        report = intake.take([policy("P1", delivered_on=date(2026, 11, 15))])
        contact = intake.contact()
        assert (report.read, report.taken_in, report.contacts_new) == (1, 1, 1)
        assert contact.state is ContactState.OPEN
        assert [phone.e164 for phone in contact.phones] == [X]
        assert [one.welcome for one in contact.policies] == [WelcomeState.DUE]
        assert contact.deadline == date(2026, 11, 25)

    def test_a_version_counts_once(self, intake: Intake) -> None:
        """The same version again, in the same file or another, also after a newer one, changes nothing."""
        first, second = policy("P1"), policy("P1", full_name="王試試試")
        assert intake.take([first, first]).duplicates == 1
        intake.take([second], source="two.csv")
        before = intake.contact()
        report = intake.take([first, second], source="old.csv", now=LATER)
        assert (report.duplicates, report.contacts_changed) == (2, 0)
        assert intake.contact() == before
        assert before.full_name == "王試試試"

    def test_other_content_is_an_update(self, intake: Intake) -> None:
        """The same policy with other content is counted as updated and changes policy and person."""
        intake.take([policy("P1")])
        report = intake.take([policy("P1", product_name="安心二號", language="en-US")], source="two.csv")
        contact = intake.contact()
        assert (report.updated, report.taken_in, report.contacts_changed) == (1, 0, 1)
        assert contact.policies[0].product_name == "安心二號"
        assert contact.language == "en-US"

    def test_bad_rows_wait_while_good_ones_go_on(self, intake: Intake) -> None:
        """A bad row goes to quarantine once, with its place and reason; the counts of rows add up."""
        bad = Bad({"phone": "zwölf", "full_name": "王試試"})
        report = intake.take([policy("P1"), bad, policy("P1"), policy("P2", "C2")])
        assert (report.taken_in, report.duplicates, report.quarantined) == (2, 1, 1)
        again = intake.take([bad, bad], now=LATER)
        for one in (report, again):
            assert one.read == one.taken_in + one.updated + one.duplicates + one.quarantined
        (row,) = intake.rows_of(quarantine)
        assert (row.source, row.line, row.field, row.code, row.status) == (
            "file.csv", 7, "phone", "phone_unreadable", "waiting",
        )  # fmt: skip
        assert row.row == {"phone": "zwölf", "full_name": "王試試"}

    def test_a_row_with_broken_characters_is_kept(self, intake: Intake) -> None:
        """Half a character, which no database takes, does not stop the file."""
        bad = Bad({"full_name": "王\ud800"}, masked_value="\ud800•")
        report = intake.take([bad, policy("P1", attributes={"note": "\udfff"})])
        assert (report.quarantined, report.taken_in) == (1, 1)
        assert intake.rows_of(quarantine)[0].row == {"full_name": "王\\ud800"}

    def test_a_dry_run_counts_and_writes_nothing(self, intake: Intake) -> None:
        """A dry run over several batches counts as a real one does and leaves the database empty."""
        rows = [policy("P1"), policy("P2"), policy("P1"), policy("P1", language="en-US"), Bad({}), policy("P3", "C2")]
        rehearsed = intake.take(rows, batch_size=2, dry_run=True)
        assert intake.contacts() == {}
        assert intake.rows_of(policy_versions) == intake.rows_of(quarantine) == []
        done = intake.take(rows, batch_size=2)
        assert replace(rehearsed, contacts_changed=0) == replace(done, contacts_changed=0)
        assert (done.taken_in, done.updated, done.duplicates, done.contacts_new) == (3, 1, 1, 2)

    def test_a_crash_loses_nothing(self, intake: Intake) -> None:
        """After a crash between batches the next run completes the work and the result is as if once."""
        rows = [policy(f"P{n}", f"C{n % 5}", (X, Y, Z)[n % 3]) for n in range(20)]

        def breaking() -> Iterator[Any]:
            yield from rows[:13]
            raise OSError("the disk went away")

        with pytest.raises(OSError, match="disk"):
            intake.take(breaking(), batch_size=4)
        report = intake.take(rows, batch_size=4)
        assert (report.duplicates, report.taken_in) == (12, 8)
        crashed = sorted(seen(contact) for contact in intake.contacts().values())
        other = Intake(intake.store, intake.company, intake.campaign)
        with intake.store.begin() as work:
            for table in (policies, phones, contacts, policy_versions):
                work._connection.execute(table.delete())
            work.commit()
        other.take(rows)
        assert sorted(seen(contact) for contact in other.contacts().values()) == crashed

    def test_a_campaign_of_another_company_is_refused(self, intake: Intake, companies: dict[str, Company]) -> None:
        """Policies of one company are not called in the name of another."""
        intake.company = replace(intake.company, id="other-life")
        with pytest.raises(InputProblemError, match="belongs to"):
            intake.take([policy("P1")])


class TestPeople:
    """Whose policies they are."""

    def test_three_policies_are_one_contact(self, intake: Intake) -> None:
        """One person with three policies is one contact with all of them and all numbers, newest first."""
        rows = [
            policy("P1", phone=X, issued_on=date(2026, 11, 11)),
            policy("P2", phone=(Y, X), issued_on=date(2026, 11, 13)),
            policy("P3", phone=Z, issued_on=date(2026, 11, 12)),
        ]
        report = intake.take(rows, batch_size=2)
        contact = intake.contact()
        assert (report.taken_in, report.contacts_new) == (3, 1)
        assert [phone.e164 for phone in contact.phones] == [Y, X, Z]
        assert len(contact.due_policies) == 3

    def test_two_people_on_one_number_are_two_contacts(self, intake: Intake) -> None:
        """Two people with one number are two contacts, found by the same blind index."""
        intake.take([policy("P1", "C1"), policy("P2", "C2")])
        first, second = intake.contact("C1"), intake.contact("C2")
        assert first.id != second.id
        assert first.phones[0].number_index == second.phones[0].number_index

    def test_the_newest_policy_of_a_file_speaks_for_the_person(self, intake: Intake) -> None:
        """Within a file the details of the policy issued last win, in whatever order the rows stand."""
        rows = [
            policy("P1", issued_on=date(2026, 11, 14), full_name="新"),
            policy("P2", issued_on=date(2026, 1, 1), full_name="舊"),
        ]
        intake.take(rows, batch_size=1)
        assert intake.contact().full_name == "新"
        intake.take([policy("P3", issued_on=date(2026, 1, 2), full_name="最新")], source="two.csv", now=LATER)
        assert intake.contact().full_name == "最新"

    def test_one_policy_that_forbids_calls_forbids_them(self, intake: Intake) -> None:
        """A mark against calls on any policy holds for the person until that policy takes it back."""
        intake.take([policy("P1", do_not_call=True), policy("P2", issued_on=date(2026, 11, 14))])
        assert intake.contact().do_not_call
        intake.take([policy("P1")], source="two.csv")
        assert not intake.contact().do_not_call

    def test_a_policy_may_go_over_to_another_person(self, intake: Intake) -> None:
        """A policy whose customer changes leaves the old contact, who is not called any more, and joins another."""
        intake.take([policy("P1", "C1")])
        policy_id = intake.contact("C1").policies[0].id
        intake.attempt("C1")
        report = intake.take([policy("P1", "C2", Y)], source="two.csv")
        old, new = intake.contact("C1"), intake.contact("C2")
        assert (report.updated, report.contacts_new, report.plans_cancelled) == (1, 1, 1)
        assert (old.state, old.reason, old.policies) == (ContactState.WITHDRAWN, "policy_moved", ())
        assert [one.id for one in new.policies] == [policy_id]
        assert intake.attempts() == [("cancelled", "policy_moved")]


class TestChanges:
    """What a change after intake does to the plan."""

    def test_a_changed_number_replaces_the_old_one(self, intake: Intake) -> None:
        """The new number takes the old one's rank; the planned call to the old one is cancelled, the number kept."""
        intake.take([policy("P1", phone=(X, Y)), policy("P2", phone=X, issued_on=date(2026, 11, 12))])
        intake.attempt()
        report = intake.take([policy("P1", phone=(Z, Y))], source="two.csv")
        contact = intake.contact()
        assert [(one.e164, one.unusable) for one in contact.phones] == [(Z, None), (Y, None), (X, "replaced")]
        assert contact.state is ContactState.OPEN
        assert report.plans_cancelled == 1
        assert intake.attempts() == [("cancelled", "number_replaced")]
        (event,) = intake.rows_of(attempt_events)
        assert (event.from_status, event.to_status, event.cause) == ("planned", "cancelled", "number_replaced")

    def test_a_number_that_was_never_called_goes(self, intake: Intake) -> None:
        """A replaced number that no call was planned to is not kept."""
        intake.take([policy("P1", phone=X)])
        intake.take([policy("P1", phone=Y)], source="two.csv")
        assert [one.e164 for one in intake.contact().phones] == [Y]

    def test_a_number_comes_back(self, intake: Intake) -> None:
        """A number that was replaced and is given again may be called again."""
        intake.take([policy("P1", phone=X)])
        intake.attempt(status="ended", ended_at=MONDAY_TEN)
        intake.take([policy("P1", phone=Y)], source="two.csv")
        intake.take([policy("P1", phone=X, language="en-US")], source="three.csv")
        assert [(one.e164, one.unusable) for one in intake.contact().phones] == [(X, None)]

    @pytest.mark.parametrize(
        ("changes", "cause"),
        [
            ({"full_name": "王試"}, None),
            ({"language": "en-US"}, None),
            ({"region": "US-CA", "time_zone": "America/Los_Angeles"}, "details_changed"),
            ({"billing_region": "US-CA"}, "details_changed"),
            ({"birth_date": date(1950, 1, 1)}, "details_changed"),
            ({"do_not_call": True}, "details_changed"),
            ({"delivered_on": date(2026, 11, 4)}, None),
        ],
    )
    def test_only_what_matters_cancels_the_plan(self, intake: Intake, changes: Any, cause: str | None) -> None:
        """A change that decides number or hours takes the planned call back to be planned anew; others do not."""
        intake.take([policy("P1")])
        intake.attempt()
        intake.take([policy("P1", **changes)], source="two.csv")
        assert intake.attempts() == [("cancelled" if cause else "planned", cause)]
        assert intake.contact().state is (ContactState.OPEN if cause else ContactState.PLANNED)

    def test_an_earlier_deadline_moves_a_late_plan(self, intake: Intake) -> None:
        """When the last day to cancel turns out to lie before the planned window, the call is planned anew."""
        intake.take([policy("P1")])
        intake.attempt(window_start=MONDAY_TEN + timedelta(days=10))
        intake.take([policy("P1", delivered_on=date(2026, 11, 14))], source="two.csv")
        assert intake.attempts() == [("cancelled", "deadline_moved")]
        assert intake.contact().deadline == date(2026, 11, 24)

    @pytest.mark.parametrize(
        ("status", "reason"), [(PolicyStatus.CANCELLED, "policy_cancelled"), (PolicyStatus.LAPSED, "policy_lapsed")]
    )
    def test_an_ended_policy_withdraws_the_contact(self, intake: Intake, status: PolicyStatus, reason: str) -> None:
        """Without a policy in force nobody is called: the plan is cancelled, and comes back with the policy."""
        intake.take([policy("P1")])
        intake.attempt()
        intake.take([policy("P1", status=status)], source="two.csv")
        assert (intake.contact().state, intake.contact().reason) == (ContactState.WITHDRAWN, reason)
        assert intake.attempts() == [("cancelled", reason)]
        intake.take([policy("P1", language="en-US")], source="three.csv")
        assert (intake.contact().state, intake.contact().reason) == (ContactState.OPEN, None)

    def test_a_restored_content_counts_only_with_a_mark_of_its_own(self, intake: Intake) -> None:
        """A row as it was before the cancellation may be stale and calls nobody; one with a new revision does."""
        intake.take([policy("P1")])
        intake.take([policy("P1", status=PolicyStatus.CANCELLED)], source="two.csv")
        assert intake.take([policy("P1")], source="three.csv").duplicates == 1
        assert intake.contact().state is ContactState.WITHDRAWN
        assert intake.take([policy("P1", attributes={"revision": "3"})], source="four.csv").updated == 1
        assert intake.contact().state is ContactState.OPEN

    def test_a_content_that_was_replaced_is_counted_as_older(self, intake: Intake) -> None:
        """A, B, A again: the last is a duplicate that says nothing, and operations see how many of those there were."""
        first, second = policy("P1"), policy("P1", language="en-US")
        intake.take([first])
        assert intake.take([first], source="again.csv").older == 0
        intake.take([second], source="two.csv")
        rehearsed = intake.take([second, first], source="three.csv", dry_run=True)
        report = intake.take([second, first], source="three.csv")
        assert (report.read, report.duplicates, report.older, rehearsed.older) == (2, 2, 1, 1)
        assert intake.contact().language == "en-US"

    @pytest.mark.parametrize(("batch_size", "dry_run"), [(1, False), (9, False), (1, True), (9, True)])
    def test_older_follows_the_order_of_the_rows(self, intake: Intake, batch_size: int, dry_run: bool) -> None:
        """Within one file, too, a row is older only when another content came in between, whatever the batches."""
        first, second = policy("P1"), policy("P1", language="en-US")
        report = intake.take([first, first, second, second, first], batch_size=batch_size, dry_run=dry_run)
        assert (report.read, report.taken_in, report.updated) == (5, 1, 1)
        assert (report.duplicates, report.older) == (3, 1)

    def test_another_policy_keeps_the_plan(self, intake: Intake) -> None:
        """While another policy is due, the end of one changes nothing about the call."""
        intake.take([policy("P1"), policy("P2")])
        intake.attempt()
        intake.take([policy("P1", status=PolicyStatus.CANCELLED)], source="two.csv")
        assert intake.attempts() == [("planned", None)]
        assert [one.policy_no for one in intake.contact().due_policies] == ["P2"]

    def test_a_death_withdraws_everything(self, intake: Intake) -> None:
        """After a death nobody rings: plan, promises and messages go, whatever other policies say."""
        intake.take([policy("P1"), policy("P2")])
        ended = intake.attempt(status="ended", ended_at=MONDAY_TEN)
        contact = intake.contact()
        with intake.store.begin() as work:
            work._connection.execute(
                callbacks.insert().values(
                    id="1",
                    contact_id=contact.id,
                    attempt_id=ended,
                    asked_at=MONDAY_TEN,
                    window_start=LATER,
                    window_end=LATER,
                    reason="later",
                    status="open",
                )
            )
            work.commit()
        intake.attempt()
        report = intake.take([policy("P2", status=PolicyStatus.DECEASED)], source="two.csv")
        assert report.plans_cancelled == 1
        assert (intake.contact().state, intake.contact().reason) == (ContactState.WITHDRAWN, "policy_deceased")
        assert ("cancelled", "policy_deceased") in intake.attempts()
        assert [row.status for row in intake.rows_of(callbacks)] == ["withdrawn"]
        intake.take([policy("P3")], source="three.csv", now=LATER)
        assert intake.contact().state is ContactState.WITHDRAWN

    @pytest.mark.parametrize("status", ["reserved", "ringing", "unknown"])
    def test_a_live_call_is_left_alone(self, intake: Intake, status: str) -> None:
        """A call that may be ringing is not touched by a new number or by the end of the policy."""
        intake.take([policy("P1")])
        intake.attempt(status=status)
        intake.take([policy("P1", phone=Y)], source="two.csv")
        assert intake.contact().state is ContactState.PLANNED
        intake.take([policy("P1", phone=Y, status=PolicyStatus.CANCELLED)], source="three.csv")
        assert intake.attempts() == [(status, None)]
        assert intake.contact().state is ContactState.WITHDRAWN

    def test_a_new_number_gives_an_unreachable_contact_another_chance(self, intake: Intake) -> None:
        """A contact that was given up for want of a number is open again with a new one; one that refused is not."""
        intake.take([policy("P1", "C1"), policy("P2", "C2")])
        intake.change("C1", state="done", reason="no_usable_number")
        intake.change("C2", state="done", reason="refused")
        intake.take([policy("P1", "C1", Y), policy("P2", "C2", Y)], source="two.csv")
        assert intake.contact("C1").state is ContactState.OPEN
        assert intake.contact("C2").state is ContactState.DONE


class TestAnotherPolicy:
    """A policy that comes after a welcome."""

    def _welcomed(self, intake: Intake, ago: timedelta) -> None:
        intake.take([policy("P1")], now=MONDAY_TEN - ago - timedelta(days=1))
        with intake.store.begin() as work:
            work._connection.execute(policies.update().values(welcome="closed"))
            work.commit()
        intake.change("C1", state="done", reason="welcomed", welcomed_at=MONDAY_TEN - ago)

    def test_within_the_quiet_days_a_message_is_sent(self, intake: Intake) -> None:
        """Within the quiet days nobody rings again: one message goes out that says nothing about the policy."""
        self._welcomed(intake, timedelta(days=10))
        report = intake.take([policy("P2"), policy("P3")], source="two.csv")
        contact = intake.contact()
        assert [one.welcome for one in contact.policies] == ["closed", "messaged", "messaged"]
        assert (contact.state, contact.round, report.messages) == (ContactState.DONE, 1, 1)
        (message,) = intake.messages()
        assert (message.kind, message.status, message.next_try_at) == ("message", "pending", MONDAY_TEN)
        assert message.body == {
            "template": "second_policy", "language": "zh-TW", "company_id": contact.company_id,
            "contact_id": contact.id, "phone_id": contact.phones[0].id, "to": X,
        }  # fmt: skip

    def test_no_message_at_night(self, intake: Intake) -> None:
        """A message waits for the campaign's hours where the person is."""
        self._welcomed(intake, timedelta(days=10))
        saturday_night = datetime(2026, 11, 21, 15, 7, tzinfo=UTC)
        intake.take([policy("P2")], source="two.csv", now=saturday_night)
        assert intake.messages()[0].next_try_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)

    def test_a_death_takes_the_message_back(self, intake: Intake) -> None:
        """A message that was not sent yet is not sent after a death."""
        self._welcomed(intake, timedelta(days=10))
        intake.take([policy("P2")], source="two.csv")
        intake.take([policy("P1", status=PolicyStatus.DECEASED)], source="three.csv")
        assert [message.status for message in intake.messages()] == ["dead"]

    def test_within_the_quiet_days_it_may_be_merged(self, intake: Intake) -> None:
        """A campaign may count the second policy as told with the first: no ring, no message."""
        self._welcomed(intake, timedelta(days=10))
        intake.campaign = replace(intake.campaign, second_policy=SecondPolicy.MERGE)
        report = intake.take([policy("P2")], source="two.csv")
        assert intake.contact().policies[1].welcome is WelcomeState.MERGED
        assert (report.messages, intake.contact().state) == (0, ContactState.DONE)

    def test_without_a_mobile_number_it_is_merged(self, intake: Intake) -> None:
        """Where no number takes text, nothing is sent."""
        self._welcomed(intake, timedelta(days=10))
        landline = replace(policy("P2").holder.phones[0], line="landline")
        intake.take([policy("P2", phones=(landline,))], source="two.csv")
        assert intake.contact().policies[1].welcome is WelcomeState.MERGED

    def test_after_the_quiet_days_a_new_round_begins(self, intake: Intake) -> None:
        """After the quiet days the further policy opens a round with attempts of its own."""
        self._welcomed(intake, timedelta(days=40))
        intake.take([policy("P2"), policy("P3")], source="two.csv")
        contact = intake.contact()
        assert (contact.state, contact.round, contact.reason) == (ContactState.OPEN, 2, None)
        assert [one.policy_no for one in contact.due_policies] == ["P2", "P3"]

    def test_after_a_refusal_nobody_is_disturbed(self, intake: Intake) -> None:
        """Soon after a conversation that was the last, a further policy neither rings nor writes."""
        intake.take([policy("P1")])
        intake.attempt(status="ended", ended_at=MONDAY_TEN)
        intake.change("C1", state="done", reason="refused")
        report = intake.take([policy("P2")], source="two.csv", now=LATER)
        assert intake.contact().policies[1].welcome is WelcomeState.MERGED
        assert (intake.contact().state, report.messages) == (ContactState.DONE, 0)

    def test_before_the_welcome_it_joins_the_call(self, intake: Intake) -> None:
        """A further policy of somebody who is still to be called joins that call."""
        intake.take([policy("P1")])
        intake.attempt()
        intake.take([policy("P2", delivered_on=date(2026, 11, 14))], source="two.csv")
        contact = intake.contact()
        assert intake.attempts() == [("planned", None)]
        assert (len(contact.due_policies), contact.round, contact.deadline) == (2, 1, date(2026, 11, 24))
