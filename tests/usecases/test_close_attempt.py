"""What the carrier says of a call ends it once, and everything that follows is written with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.schema import attempt_events, attempts, callbacks, carrier_events, contacts, inbox, outbox
from outbound.adapters.sql.schema import policies as policy_table
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.facts import Facts
from outbound.dialogue.session import Session
from outbound.domain.attempt import Attempt, AttemptStatus, ConnectResult
from outbound.domain.campaign import Campaign, SecondPolicy
from outbound.domain.contact import Contact, ContactState, WelcomeState
from outbound.domain.outcome.connect import CarrierStatus
from outbound.domain.outcome.disposition import Disposition
from outbound.usecases.outcomes.close_attempt import CloseReport, Closing, close_attempt
from outbound.usecases.outcomes.conclude import conclude
from outbound.usecases.ports.scripts import ScriptCatalogue
from tests.usecases.builders import (
    MONDAY_TEN,
    attempt_now,
    contact_now,
    make_attempt,
    make_callback,
    make_contact,
    new_id,
    rows,
)
from tests.values import replace

LATER = MONDAY_TEN + timedelta(minutes=3)


class Desk:
    """Sends statuses to one store."""

    def __init__(self, store: SqlStore, campaign: Campaign) -> None:
        self.store = store
        self.campaign = campaign
        self.identifiers = SeededIdentifiers(3)
        self.scripts: ScriptCatalogue = FixedScripts({})

    def say(self, attempt: Attempt, word: str, sequence: int | None = 0, **parts: Any) -> CloseReport:
        """Deliver one status."""
        parts = {"sid": attempt.sid or f"CA{attempt.id}", "at": LATER} | parts
        return close_attempt(
            self.store,
            token=attempt.token,
            status=CarrierStatus(status=word, sequence=sequence, **parts),
            campaigns={self.campaign.id: self.campaign},
            scripts=self.scripts,
            identifiers=self.identifiers,
            now=LATER,
        )

    def records(self) -> list[dict[str, Any]]:
        """Read the bodies of the records in the outbox."""
        return [row.body for row in rows(self.store, select(outbox).where(outbox.c.kind == "record"))]


@pytest.fixture
def desk(store: SqlStore, campaign: Campaign) -> Desk:
    """One store of each kind."""
    return Desk(store, campaign)


def talk(store: SqlStore, attempt: Attempt, **parts: Any) -> None:
    """Leave a conversation behind, as the voice webhook does."""
    facts = Facts({}, {}, "+886900000999", {}, "王試明", None, ())
    values = {"script": "welcome_call", "script_version": "1", "language": "zh-TW", "facts": facts, "step": "end"}
    session = Session(**values | parts).to_data()
    with store.engine.begin() as connection:
        connection.execute(
            update(attempts).where(attempts.c.id == attempt.id).values(session=session, answered_at=MONDAY_TEN)
        )


class TestProgress:
    """A call on its way."""

    def test_a_call_is_followed_and_never_moves_backwards(self, desk: Desk) -> None:
        """Ringing and in-progress move the attempt; an earlier status that arrives late leaves it where it is."""
        attempt = make_attempt(desk.store, make_contact(desk.store), status=AttemptStatus.PLACED)
        assert desk.say(attempt, "in-progress", 2).closing is Closing.PROGRESSED
        assert desk.say(attempt, "ringing", 1).closing is Closing.STALE
        found = attempt_now(desk.store, attempt.id)
        assert found.status is AttemptStatus.IN_PROGRESS
        assert found.carrier_status == "in-progress"
        assert found.ringing_at == LATER

    def test_the_same_event_counts_once(self, desk: Desk) -> None:
        """A doubled webhook changes nothing."""
        attempt = make_attempt(desk.store, make_contact(desk.store), status=AttemptStatus.PLACED)
        desk.say(attempt, "ringing", 1)
        assert desk.say(attempt, "ringing", 1).closing is Closing.DUPLICATE
        assert len(rows(desk.store, select(carrier_events))) == 1
        assert len(rows(desk.store, select(attempt_events))) == 1

    def test_an_unknown_token_changes_nothing(self, desk: Desk) -> None:
        """A status for no attempt of ours is reported."""
        attempt = make_attempt(desk.store, make_contact(desk.store), status=AttemptStatus.PLACED)
        report = close_attempt(
            desk.store,
            token="f" * 32,
            status=CarrierStatus("CA1", "completed", 1),
            campaigns={},
            scripts=FixedScripts({}),
            identifiers=desk.identifiers,
            now=LATER,
        )
        assert report == CloseReport(Closing.UNKNOWN_TOKEN, None)
        assert attempt_now(desk.store, attempt.id) == attempt

    def test_a_second_call_is_reported_and_not_adopted(self, desk: Desk) -> None:
        """Another sid for the same token does not touch the first call."""
        attempt = make_attempt(desk.store, make_contact(desk.store), status=AttemptStatus.PLACED)
        assert desk.say(attempt, "completed", 3, sid="CA" + "9" * 32).closing is Closing.SECOND_CALL
        assert attempt_now(desk.store, attempt.id) == attempt

    def test_a_webhook_settles_a_call_of_unknown_fate(self, desk: Desk) -> None:
        """A call whose create was never answered gets its sid from the first status that bears its token."""
        attempt = make_attempt(desk.store, make_contact(desk.store), status=AttemptStatus.UNKNOWN)
        assert desk.say(attempt, "ringing", 1).closing is Closing.PROGRESSED
        found = attempt_now(desk.store, attempt.id)
        assert (found.status, found.sid) == (AttemptStatus.RINGING, f"CA{attempt.id}")

    def test_an_unknown_word_changes_nothing(self, desk: Desk) -> None:
        """A status that the carrier's documentation does not know is reported."""
        attempt = make_attempt(desk.store, make_contact(desk.store), status=AttemptStatus.PLACED)
        assert desk.say(attempt, "teleported", 1).closing is Closing.UNKNOWN_STATUS

    def test_a_call_for_what_was_never_dialled_is_a_contradiction(self, desk: Desk) -> None:
        """A status for an attempt that is over without a dial is reported and changes nothing."""
        attempt = make_attempt(desk.store, make_contact(desk.store), status=AttemptStatus.CANCELLED)
        assert desk.say(attempt, "completed", 1).closing is Closing.CONTRADICTION
        assert attempt_now(desk.store, attempt.id) == attempt

    def test_a_token_proves_a_call_that_was_thought_refused(self, desk: Desk) -> None:
        """A status for a planned attempt makes it live and counted: the next batch must not ring a second time."""
        contact = make_contact(desk.store)
        make_attempt(desk.store, contact, status=AttemptStatus.ENDED, at=MONDAY_TEN - timedelta(days=1))
        attempt = make_attempt(desk.store, contact)
        assert desk.say(attempt, "ringing", 1).closing is Closing.PROGRESSED
        found = attempt_now(desk.store, attempt.id)
        assert (found.status, found.sid, found.attempt_number) == (AttemptStatus.RINGING, f"CA{attempt.id}", 2)
        assert (found.reserved_at, found.placed_at, found.ringing_at) == (LATER, LATER, LATER)
        moves = select(attempt_events.c.from_status, attempt_events.c.to_status, attempt_events.c.cause)
        assert [tuple(row) for row in rows(desk.store, moves.order_by(attempt_events.c.seq))] == [
            ("planned", "placed", "evidence_of_token"),
            ("placed", "ringing", "ringing"),
        ]
        assert desk.say(attempt, "no-answer", 2).closing is Closing.CONCLUDED
        assert desk.records()[0]["attempt_number"] == 2

    def test_a_token_without_a_place_is_left_to_a_person(self, desk: Desk) -> None:
        """Where another call holds the number nothing is planned for a day, and a person finds out why."""
        make_attempt(desk.store, make_contact(desk.store), status=AttemptStatus.RINGING)
        contact = make_contact(desk.store)
        attempt = make_attempt(desk.store, contact)
        report = desk.say(attempt, "ringing", 1)
        assert (report.closing, report.status) == (Closing.CONTRADICTION, AttemptStatus.CANCELLED)
        assert attempt_now(desk.store, attempt.id).status is AttemptStatus.CANCELLED
        found = contact_now(desk.store, contact.id)
        assert (found.state, found.not_before) == (ContactState.OPEN, LATER + timedelta(days=1))
        assert [row.kind for row in rows(desk.store, select(inbox))] == ["unknown_call"]


class TestEnd:
    """A call that is over."""

    def test_a_welcomed_contact_is_done(self, desk: Desk) -> None:
        """After a whole conversation the contact is done, the policies are closed and one record is filed."""
        contact = make_contact(desk.store, policy_nos=("P1", "P2"))
        attempt = make_attempt(desk.store, contact, status=AttemptStatus.IN_PROGRESS)
        talk(
            desk.store,
            attempt,
            outcome=Disposition.WELCOMED,
            verified=True,
            human=True,
            answers={"service": "good", "satisfaction": 9},
        )
        assert desk.say(attempt, "completed", 3, duration_seconds=90).closing is Closing.CONCLUDED
        found = contact_now(desk.store, contact.id)
        assert (found.state, found.reason, found.welcomed_at) == (ContactState.DONE, "welcomed", LATER)
        assert {policy.welcome for policy in found.policies} == {WelcomeState.CLOSED}
        (record,) = desk.records()
        assert record == {
            "record_id": attempt_now(desk.store, attempt.id).record_id,
            "attempt_id": attempt.id,
            "call_sid": attempt.sid,
            "policy_nos": ["P1", "P2"],
            "contact_id": contact.id,
            "campaign": "welcome-tw",
            "started_at": "2026-11-16T02:00:00+00:00",
            "ended_at": "2026-11-16T02:03:00+00:00",
            "attempt_number": 1,
            "connect_result": "human",
            "disposition": "welcomed",
            "verified": True,
            "script": "welcome_call",
            "script_version": "1",
            "language": "zh-TW",
            "answers": {"service": "good", "satisfaction": 9},
            "nps": 9,
            "callback": None,
            "complaint": False,
            "opt_out": False,
            "opt_out_class": None,
            "next_step": "none",
            "receipt_id": None,
        }

    def test_ends_once_whatever_arrives(self, desk: Desk) -> None:
        """A second final status neither changes the outcome nor files a second record."""
        attempt = make_attempt(desk.store, make_contact(desk.store), status=AttemptStatus.RINGING)
        desk.say(attempt, "busy", 2)
        assert desk.say(attempt, "completed", 3).closing is Closing.STALE
        assert desk.say(attempt, "completed", None).closing is Closing.STALE
        assert attempt_now(desk.store, attempt.id).disposition is Disposition.BUSY
        assert len(desk.records()) == 1

    def test_nobody_answers_and_the_campaign_says_when_to_try_again(self, desk: Desk) -> None:
        """An unanswered call brings the contact back to the planner after the first delay of its rule."""
        contact = make_contact(desk.store)
        attempt = make_attempt(desk.store, contact, status=AttemptStatus.RINGING)
        desk.say(attempt, "no-answer", 2)
        found = contact_now(desk.store, contact.id)
        assert (found.state, found.not_before) == (ContactState.OPEN, LATER + timedelta(hours=27))
        assert found.due_policies
        assert desk.records()[0]["next_step"] == "retry_at"

    def test_the_last_attempt_ends_the_contact(self, desk: Desk, campaign: Campaign) -> None:
        """When the attempts are spent, the contact is done and its policies are given up."""
        contact = make_contact(desk.store)
        for number in range(1, campaign.max_attempts + 1):
            attempt = make_attempt(desk.store, contact, status=AttemptStatus.RINGING, attempt_number=number)
            desk.say(attempt, "no-answer", 2)
        found = contact_now(desk.store, contact.id)
        assert (found.state, found.reason) == (ContactState.DONE, "attempts_exhausted")
        assert not found.due_policies

    def test_an_outcome_is_not_lost_with_its_campaign(self, desk: Desk) -> None:
        """When the campaign was taken out of the configuration, the record is filed and nobody is tried again."""
        contact = make_contact(desk.store, campaign_id="gone")
        desk.say(make_attempt(desk.store, contact, status=AttemptStatus.RINGING), "no-answer", 2)
        assert contact_now(desk.store, contact.id).reason == "campaign_missing"
        assert len(desk.records()) == 1

    def test_an_unusable_number_is_not_dialled_again(self, desk: Desk) -> None:
        """A number that does not exist is marked; with another one left the contact goes on, without it is done."""
        alone = make_contact(desk.store)
        desk.say(make_attempt(desk.store, alone, status=AttemptStatus.PLACED), "failed", 1, code=404)
        assert contact_now(desk.store, alone.id).reason == "no_usable_number"
        two = make_contact(desk.store, numbers=("+886900000002", "+886900000003"))
        desk.say(make_attempt(desk.store, two, status=AttemptStatus.PLACED), "failed", 1, code=21211)
        found = contact_now(desk.store, two.id)
        assert found.state is ContactState.OPEN
        assert [phone.unusable for phone in found.phones] == ["number_unusable", None]

    def test_a_contact_that_was_withdrawn_meanwhile_stays_withdrawn(self, desk: Desk) -> None:
        """A policy that is cancelled during the call withdraws the contact for good; the record is filed."""
        contact = make_contact(desk.store)
        attempt = make_attempt(desk.store, contact, status=AttemptStatus.RINGING)
        with desk.store.engine.begin() as connection:
            connection.execute(update(contacts).values(state=ContactState.WITHDRAWN, reason="policy_cancelled"))
        desk.say(attempt, "no-answer", 2)
        found = contact_now(desk.store, contact.id)
        assert (found.state, found.reason) == (ContactState.WITHDRAWN, "policy_cancelled")
        assert len(desk.records()) == 1

    def test_a_policy_taken_in_during_the_call_was_no_part_of_it(self, desk: Desk) -> None:
        """After a welcome it gets the message of a second policy, within the campaign's hours, and no ring."""
        contact = self._talked_while_another_came(desk, Disposition.WELCOMED)
        assert desk.records()[0]["policy_nos"] == ["P1"]
        assert [policy.welcome for policy in contact.policies] == [WelcomeState.CLOSED, WelcomeState.MESSAGED]
        assert (contact.state, contact.round) == (ContactState.DONE, 1)
        (message,) = rows(desk.store, select(outbox).where(outbox.c.kind == "message"))
        assert (message.body["template"], message.contact_id) == ("second_policy", contact.id)
        assert message.next_try_at == LATER

    def test_a_campaign_may_merge_what_came_during_the_call(self, desk: Desk) -> None:
        """Where the campaign sends no message it counts as told with the first."""
        desk.campaign = replace(desk.campaign, second_policy=SecondPolicy.MERGE)
        contact = self._talked_while_another_came(desk, Disposition.WELCOMED)
        assert [policy.welcome for policy in contact.policies] == [WelcomeState.CLOSED, WelcomeState.MERGED]
        assert rows(desk.store, select(outbox).where(outbox.c.kind == "message")) == []

    @pytest.mark.parametrize("disposition", [Disposition.REFUSED, Disposition.COMPLAINT])
    def test_after_a_last_word_what_came_during_the_call_stays_silent(
        self, desk: Desk, disposition: Disposition
    ) -> None:
        """Who refused, or is left to a person, is neither rung nor written to about the further policy."""
        contact = self._talked_while_another_came(desk, disposition)
        assert [policy.welcome for policy in contact.policies] == [WelcomeState.CLOSED, WelcomeState.MERGED]
        assert contact.state is ContactState.DONE
        assert rows(desk.store, select(outbox).where(outbox.c.kind == "message")) == []

    def test_what_came_during_the_last_attempt_has_a_round_of_its_own(self, desk: Desk) -> None:
        """When the call was no welcome and the campaign's patience is over, the further policy is still due."""
        desk.campaign = replace(desk.campaign, max_attempts=1)
        contact = self._talked_while_another_came(desk, Disposition.ABANDONED)
        assert [policy.welcome for policy in contact.policies] == [WelcomeState.CLOSED, WelcomeState.DUE]
        assert (contact.state, contact.round, contact.reason) == (ContactState.OPEN, 2, None)
        assert contact.deadline is not None

    def _talked_while_another_came(self, desk: Desk, disposition: Disposition) -> Contact:
        contact = make_contact(desk.store, policy_nos=("P1", "P2"))
        attempt = make_attempt(desk.store, contact, status=AttemptStatus.IN_PROGRESS)
        talk(desk.store, attempt, outcome=disposition, human=True)
        with desk.store.engine.begin() as connection:
            late = update(policy_table).where(policy_table.c.policy_no == "P2")
            connection.execute(late.values(taken_in_at=MONDAY_TEN + timedelta(minutes=1)))
        desk.say(attempt, "completed", 3)
        return contact_now(desk.store, contact.id)

    def test_a_complaint_waits_for_a_person_once(self, desk: Desk) -> None:
        """The inbox gets an item at the end unless the turn has put it there."""
        for already in (False, True):
            contact = make_contact(desk.store, numbers=(f"+88690000001{int(already)}",))
            attempt = make_attempt(desk.store, contact, status=AttemptStatus.IN_PROGRESS)
            talk(desk.store, attempt, outcome=Disposition.COMPLAINT, human=True, done=("complaint_raised",))
            if already:
                values = {"company_id": "formosa-life", "at": LATER, "due_at": LATER, "status": "done"}
                with desk.store.engine.begin() as connection:
                    connection.execute(
                        inbox.insert().values(id=new_id(), kind="complaint", attempt_id=attempt.id, **values)
                    )
            desk.say(attempt, "completed", 3)
            assert len(rows(desk.store, select(inbox).where(inbox.c.attempt_id == attempt.id))) == 1
            assert contact_now(desk.store, contact.id).state is ContactState.DONE
        assert [record["complaint"] for record in desk.records()] == [True, True]
        assert {record["next_step"] for record in desk.records()} == {"person"}

    @pytest.mark.parametrize("kind", ["apology", "transfer_missed", "person_requested"])
    def test_two_people_do_not_ring_the_same_customer(self, desk: Desk, kind: str) -> None:
        """Where a person rings anyhow, to apologise or after a missed transfer, the wish for one asks no second."""
        attempt = make_attempt(desk.store, make_contact(desk.store), status=AttemptStatus.IN_PROGRESS)
        talk(desk.store, attempt, outcome=Disposition.PERSON_REQUESTED, human=True)
        values = {"company_id": "formosa-life", "at": LATER, "due_at": LATER, "status": "waiting"}
        with desk.store.engine.begin() as connection:
            connection.execute(inbox.insert().values(id=new_id(), kind=kind, attempt_id=attempt.id, **values))
        desk.say(attempt, "completed", 3)
        assert [item.kind for item in rows(desk.store, select(inbox))] == [kind]


class TestCallbacks:
    """A return call that was asked for."""

    WINDOW = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)

    def test_a_wish_brings_the_contact_back_before_its_window(self, desk: Desk) -> None:
        """The planner sees the contact again an hour before the window; the record says when and why."""
        contact = make_contact(desk.store)
        attempt = make_attempt(desk.store, contact, status=AttemptStatus.IN_PROGRESS)
        talk(desk.store, attempt, outcome=Disposition.CALLBACK_REQUESTED, human=True)
        make_callback(desk.store, attempt, window_start=self.WINDOW, reason="later")
        desk.say(attempt, "completed", 3)
        found = contact_now(desk.store, contact.id)
        assert (found.state, found.not_before) == (ContactState.OPEN, self.WINDOW - timedelta(hours=1))
        assert desk.records()[0]["callback"] == {
            "window": "2026-11-17T06:00:00+00:00/2026-11-17T08:00:00+00:00",
            "reason": "later",
        }
        assert desk.records()[0]["next_step"] == "callback_planned"

    @pytest.mark.parametrize(("rang", "status"), [(0, "kept"), (119, "kept"), (120, "late")])
    def test_the_promise_is_judged_by_the_ring(self, desk: Desk, rang: int, status: str) -> None:
        """A ring within the half-open window keeps the promise, one after it is late."""
        contact = make_contact(desk.store)
        first = make_attempt(desk.store, contact, status=AttemptStatus.ENDED)
        callback_id = make_callback(desk.store, first, window_start=self.WINDOW)
        attempt = make_attempt(
            desk.store, contact, status=AttemptStatus.RINGING, callback_id=callback_id, origin="callback",
            ringing_at=self.WINDOW + timedelta(minutes=rang), attempt_number=2,
        )  # fmt: skip
        desk.say(attempt, "no-answer", 2)
        (found,) = rows(desk.store, select(callbacks))
        assert (found.status, found.settled_at) == (status, LATER)

    def test_the_campaigns_patience_ends_with_one_more_dial(self, desk: Desk, campaign: Campaign) -> None:
        """Who asks for another time once more after that is called by a person, who is told."""
        contact = make_contact(desk.store)
        for number in range(1, campaign.max_attempts + 2):
            attempt = make_attempt(desk.store, contact, status=AttemptStatus.IN_PROGRESS, attempt_number=number)
            talk(desk.store, attempt, outcome=Disposition.CALLBACK_REQUESTED, human=True)
            make_callback(desk.store, attempt, window_start=self.WINDOW, reason="later")
            desk.say(attempt, "completed", 3)
        assert [record["next_step"] for record in desk.records()] == ["callback_planned"] * 3 + ["person"]
        assert contact_now(desk.store, contact.id).reason == "callback_requested"
        assert [item.kind for item in rows(desk.store, select(inbox))] == ["person_requested"]

    @pytest.mark.parametrize("word", ["no-answer", "busy"])
    def test_who_was_not_reached_at_the_promised_time_goes_to_a_person(self, desk: Desk, word: str) -> None:
        """Called back and redialled in vain: the promise counts as kept, and a person follows up, once."""
        contact = make_contact(desk.store)
        first = make_attempt(desk.store, contact, status=AttemptStatus.ENDED, attempt_number=1)
        callback_id = make_callback(desk.store, first, window_start=self.WINDOW)
        for number in (2, 3):
            attempt = make_attempt(
                desk.store, contact, status=AttemptStatus.RINGING, callback_id=callback_id, origin="callback",
                ringing_at=self.WINDOW + timedelta(minutes=20 * number), attempt_number=number,
                reserved_at=self.WINDOW + timedelta(minutes=20 * number),
            )  # fmt: skip
            desk.say(attempt, word, 2)
            desk.say(attempt, word, 2)
        assert [record["next_step"] for record in desk.records()] == ["retry_at", "person"]
        assert rows(desk.store, select(callbacks))[0].status == "kept"
        found = contact_now(desk.store, contact.id)
        assert (found.state, found.reason) == (ContactState.DONE, "callback_not_reached")
        (item,) = rows(desk.store, select(inbox))
        assert (item.kind, item.attempt_id, item.contact_id) == ("person_requested", attempt.id, contact.id)
        assert item.due_at == LATER + timedelta(hours=24)
        assert "asked to be called back" in item.note.casefold()

    def test_a_third_ring_of_the_day_is_a_persons(self, desk: Desk) -> None:
        """Rung in the morning and, as wished, at noon: no redial comes, a person follows up."""
        contact = make_contact(desk.store)
        first = make_attempt(
            desk.store, contact, status=AttemptStatus.ENDED, attempt_number=1, connect_result="human",
            disposition="callback_requested", reserved_at=self.WINDOW - timedelta(hours=4),
        )  # fmt: skip
        callback_id = make_callback(desk.store, first, window_start=self.WINDOW)
        attempt = make_attempt(
            desk.store, contact, status=AttemptStatus.RINGING, callback_id=callback_id, origin="callback",
            ringing_at=self.WINDOW, attempt_number=2, reserved_at=self.WINDOW,
        )  # fmt: skip
        desk.say(attempt, "no-answer", 2)
        assert desk.records()[0]["next_step"] == "person"
        assert [item.kind for item in rows(desk.store, select(inbox))] == ["person_requested"]

    def test_a_refusal_takes_the_wish_back(self, desk: Desk) -> None:
        """Who asked for a callback and then refuses is not called back."""
        contact = make_contact(desk.store)
        attempt = make_attempt(desk.store, contact, status=AttemptStatus.IN_PROGRESS)
        talk(desk.store, attempt, outcome=Disposition.REFUSED, human=True)
        make_callback(desk.store, attempt, window_start=self.WINDOW)
        desk.say(attempt, "completed", 3)
        assert rows(desk.store, select(callbacks))[0].status == "withdrawn"
        assert contact_now(desk.store, contact.id).state is ContactState.DONE


class TestUnknown:
    """A call of which nobody could learn what came of it."""

    def test_late_knowledge_mends_the_table_and_files_nothing(self, desk: Desk, campaign: Campaign) -> None:
        """A person is told, and a status that arrives afterwards amends the attempt without a second record."""
        contact = make_contact(desk.store)
        attempt = make_attempt(desk.store, contact, status=AttemptStatus.UNKNOWN)
        with desk.store.begin() as work:
            conclude(
                work,
                attempt=attempt,
                connect_result=ConnectResult.UNKNOWN,
                disposition=Disposition.UNKNOWN,
                cause="unsettled",
                ended_at=None,
                campaign=campaign,
                identifiers=desk.identifiers,
                now=LATER,
            )
            work.commit()
        assert contact_now(desk.store, contact.id).reason == "unknown"
        assert rows(desk.store, select(inbox))[0].kind == "unknown_call"
        assert desk.say(attempt, "no-answer", 4).closing is Closing.AMENDED
        found = attempt_now(desk.store, attempt.id)
        assert (found.disposition, found.sid) == (Disposition.NO_ANSWER, f"CA{attempt.id}")
        assert found.status is AttemptStatus.ENDED
        assert [record["disposition"] for record in desk.records()] == ["unknown"]

    def test_a_certain_refusal_was_never_placed(self, desk: Desk, campaign: Campaign) -> None:
        """A create that the carrier refused ends as not placed, with a record that names no call."""
        contact = make_contact(desk.store)
        attempt = make_attempt(desk.store, contact, status=AttemptStatus.RESERVED)
        with desk.store.begin() as work:
            conclusion = conclude(
                work,
                attempt=attempt,
                connect_result=ConnectResult.FAILED,
                disposition=Disposition.NUMBER_UNUSABLE,
                cause="code_21211",
                ended_at=LATER,
                campaign=campaign,
                identifiers=desk.identifiers,
                now=LATER,
            )
            again = conclude(
                work,
                attempt=attempt_now_in(work, attempt),
                connect_result=ConnectResult.FAILED,
                disposition=Disposition.NUMBER_UNUSABLE,
                cause="code_21211",
                ended_at=LATER,
                campaign=campaign,
                identifiers=desk.identifiers,
                now=LATER,
            )
            work.commit()
        assert conclusion.status is AttemptStatus.NOT_PLACED
        assert not again.concluded
        assert [record["call_sid"] for record in desk.records()] == [None]


def attempt_now_in(work: Any, attempt: Attempt) -> Attempt:
    """Read the attempt inside the open transaction."""
    found: Attempt | None = work.outcomes.attempt_of(attempt.token)
    assert found is not None
    return found
