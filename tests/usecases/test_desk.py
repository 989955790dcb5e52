import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sql.schema import attempt_events, attempts, contacts, inbound_calls, phones, suppressions
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.sql.views import read_models
from outbound.adapters.sql.views.run_figures import totals
from outbound.adapters.sql.views.suppressions import suppressions_in_force
from outbound.domain.call_class import CallClass
from outbound.domain.outcome.inbox import InboxKind
from outbound.usecases.desk.suppress import suppress
from outbound.usecases.dialling.stop_dialling import resume_dialling, stop_dialling
from outbound.usecases.ports.stored.desk import NewItem
from tests.conftest import MONDAY_TEN, ManualClock
from tests.usecases.builders import make_attempt, make_contact


def put_item(store: SqlStore, item_id: str, clock: ManualClock, *, hours: int = 4) -> None:
    """Put a complaint into the inbox."""
    with store.begin() as work:
        due = clock.now() + timedelta(hours=hours)
        work.desk.add_item(NewItem(item_id, InboxKind.COMPLAINT, "c", None, None, clock.now(), due, "note"))
        work.commit()


class TestInbox:
    """What waits for a person."""

    def test_first_due_comes_first_and_done_disappears(self, store: SqlStore, clock: ManualClock) -> None:
        """The list is ordered by due time, shows the note, and loses what is done."""
        put_item(store, "late", clock, hours=9)
        put_item(store, "soon", clock, hours=1)
        with store.reading() as connection:
            assert [item["id"] for item in read_models.inbox_items(connection)] == ["soon", "late"]
            assert read_models.inbox_items(connection)[0]["note"] == "note"
        with store.begin() as work:
            assert work.desk.finish_item("soon", "lin", "called back", clock.now())
            work.commit()
        with store.reading() as connection:
            assert [item["id"] for item in read_models.inbox_items(connection)] == ["late"]

    def test_who_rang_us_is_called_back_on_that_number(self, store: SqlStore, clock: ManualClock) -> None:
        """Of somebody who rang back: the number that rang, else the first usable; a call of ours names its own."""
        first, second, third = "+886900000001", "+886900000002", "+886900000003"
        contact = make_contact(store, numbers=(first, second, third))
        silent = make_contact(store, numbers=("+886900000004", "+886900000005"))
        ours = make_attempt(store, make_contact(store, numbers=("+886900000009",)))
        with store.begin() as work:
            for item, owner, attempt in (("a", contact.id, None), ("b", silent.id, None), ("c", None, ours.id)):
                due, kind = clock.now() + timedelta(hours=4), InboxKind.PERSON_REQUESTED
                work.desk.add_item(NewItem(item, kind, "formosa-life", owner, attempt, clock.now(), due))
            work.commit()
        with store.engine.begin() as connection:
            connection.execute(
                phones.update()
                .where(phones.c.number_index == store.number_index("+886900000004"))
                .values(unusable="wrong_party")
            )
            connection.execute(inbound_calls.insert().values(
                id="i", sid="CA1", company_id="formosa-life", number_index=store.number_index(third),
                contact_id=contact.id, at=clock.now(), met="conversation", answer=b"x",
            ))  # fmt: skip
        with store.reading() as connection:
            numbers = {item["id"]: item["number"] for item in read_models.inbox_items(connection)}
        assert numbers == {"a": third, "b": "+886900000005", "c": "+886900000009"}

    def test_only_one_person_gets_an_item(self, store: SqlStore, clock: ManualClock) -> None:
        """Who claims second, or claims what does not exist, is told no."""
        put_item(store, "one", clock)
        with store.begin() as work:
            assert work.desk.claim_item("one", "lin", clock.now())
            assert not work.desk.claim_item("one", "chen", clock.now())
            assert not work.desk.claim_item("none", "chen", clock.now())
            assert not work.desk.finish_item("none", "chen", None, clock.now())


def _wait_for_a_lock(store: SqlStore) -> None:
    """Return once a session of this PostgreSQL database waits for another one's lock."""
    for _ in range(200):
        with store.engine.connect() as connection:
            if connection.execute(text("SELECT 1 FROM pg_locks WHERE NOT granted")).first():
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


class TestSuppression:
    """Who must not be called."""

    def test_cancels_what_is_planned_on_the_number(
        self, store: SqlStore, clock: ManualClock, identifiers: SeededIdentifiers
    ) -> None:
        """Suppressing a number cancels planned calls to it, with the cause, and reopens their contacts."""
        contact = make_contact(store)
        attempt = make_attempt(store, contact, status="planned")
        report = suppress(
            store,
            number=contact.phones[0].e164,
            reason="customer_request",
            evidence="letter",
            by="lin",
            identifiers=identifiers,
            now=clock.now(),
        )
        assert (report.added, report.cancelled) == (True, 1)
        with store.reading() as connection:
            row = connection.execute(select(attempts.c.status, attempts.c.cause).where(attempts.c.id == attempt.id))
            assert row.one() == ("cancelled", "suppressed")
            causes = connection.execute(
                select(attempt_events.c.cause).where(attempt_events.c.attempt_id == attempt.id)
            ).scalars()
            assert "suppressed" in list(causes)
            assert connection.execute(select(contacts.c.state)).scalar_one() == "open"

    @pytest.mark.postgres
    def test_waits_in_no_circle_with_intake(
        self, postgres_store: SqlStore, clock: ManualClock, identifiers: SeededIdentifiers
    ) -> None:
        """An opt-out of a number during an intake that changes the same person waits for it, and both are written."""
        contact = make_contact(postgres_store)
        attempt = make_attempt(postgres_store, contact)
        is_held = threading.Event()

        def opt_out() -> int:
            is_held.wait(timeout=60)
            return suppress(
                postgres_store,
                number=contact.phones[0].e164,
                reason="customer_request",
                evidence="letter",
                by="lin",
                identifiers=identifiers,
                now=clock.now(),
            ).cancelled

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(opt_out)
            with postgres_store.begin() as work:
                work.intake.dossiers(contact.company_id, set(), {contact.id})
                is_held.set()
                _wait_for_a_lock(postgres_store)
                assert work.intake.cancel_planned({attempt.id: "details_changed"}, clock.now()) == {attempt.id}
                work.commit()
            assert waiting.result(timeout=60) == 0
        with postgres_store.reading() as connection:
            assert connection.execute(select(suppressions.c.number_index)).scalar_one() == attempt.number_index

    def test_leaves_live_calls_alone(self, store: SqlStore, clock: ManualClock, identifiers: SeededIdentifiers) -> None:
        """A call in conversation is not torn down by a suppression."""
        contact = make_contact(store)
        attempt = make_attempt(store, contact, status="in_progress")
        report = suppress(
            store, contact_id=contact.id, reason="r", evidence="e", by="lin", identifiers=identifiers, now=clock.now()
        )
        assert report.cancelled == 0
        with store.reading() as connection:
            query = select(attempts.c.status).where(attempts.c.id == attempt.id)
            assert connection.execute(query).scalar_one() == "in_progress"

    def test_the_same_one_is_kept_once_and_can_be_lifted(
        self, store: SqlStore, clock: ManualClock, identifiers: SeededIdentifiers
    ) -> None:
        """Adding twice keeps one; a class of its own is another one; lifting ends it once."""
        number = "+886940000001"

        def add(call_class: CallClass | None) -> str | None:
            return suppress(
                store,
                number=number,
                call_class=call_class,
                reason="r",
                evidence="e",
                by="lin",
                identifiers=identifiers,
                now=clock.now(),
            ).suppression_id

        first, again, other = add(None), add(None), add(CallClass.TELEMARKETING)
        assert first is not None
        assert again is None
        assert other is not None
        with store.begin() as work:
            assert work.desk.lift_suppression(first, "lin", "consent", clock.now())
            assert not work.desk.lift_suppression(first, "lin", "consent", clock.now())
            work.commit()
        with store.reading() as connection:
            rows = suppressions_in_force(connection, number_index=store.number_index(number))
        assert [(row["id"], row["scope"]) for row in rows] == [(other, "number")]


def test_stop_orders_stand_until_they_are_lifted(
    store: SqlStore, clock: ManualClock, identifiers: SeededIdentifiers
) -> None:
    """A stop order shows in the status with who and why; resuming one campaign leaves the general one standing."""
    stop_dialling(store, campaign_id=None, reason="drill", by="lin", identifiers=identifiers, now=clock.now())
    stop_dialling(store, campaign_id="welcome-tw", reason="script", by="lin", identifiers=identifiers, now=clock.now())
    assert resume_dialling(store, campaign_id="welcome-tw", by="lin", now=clock.now()) == 1
    with store.reading() as connection:
        orders = read_models.status(connection, clock.now()).stop_orders
    assert [(order["campaign_id"], order["reason"], order["by"]) for order in orders] == [(None, "drill", "lin")]
    assert resume_dialling(store, campaign_id=None, by="lin", now=clock.now()) == 1
    assert resume_dialling(store, campaign_id=None, by="lin", now=clock.now()) == 0


def test_status_of_an_empty_house_is_all_zero(store: SqlStore, clock: ManualClock) -> None:
    """A fresh installation has a status: nothing planned, nothing due, nobody left out."""
    with store.reading() as connection:
        found = read_models.status(connection, clock.now())
    assert (found.policies, found.planned, found.due, found.unknown, found.quarantined) == (0, 0, 0, 0, 0)
    assert found.next_call is None
    assert not found.not_called


@pytest.mark.parametrize(
    "known", [{"answered_at": MONDAY_TEN}, {"connect_result": "no_answer"}, {"connect_result": "machine"}]
)
def test_a_call_that_rang_was_made_even_if_nobody_told_of_the_ringing(store: SqlStore, known: dict[str, Any]) -> None:
    """Where the webhook of the ringing was lost, an answer or a finding shows that the contact was called."""
    contact = make_contact(store, state="done", reason="partly_welcomed")
    attempt = make_attempt(store, contact, status="ended")
    with store.engine.begin() as connection:
        connection.execute(update(attempts).where(attempts.c.id == attempt.id).values(ringing_at=None, **known))
    with store.reading() as connection:
        assert not read_models.not_called(connection)
        found = totals(connection)
        assert (found["attempts"], found["rang"]) == (1, 1)


def test_status_counts_what_is_in_the_air_and_planned(store: SqlStore, clock: ManualClock) -> None:
    """Live calls are counted by status, planned ones by whether their window has opened."""
    for number, status in enumerate(("ringing", "in_progress", "planned")):
        contact = make_contact(store, customer_id=f"C{number}", numbers=(f"+88694000010{number}",))
        make_attempt(store, contact, status=status)
    with store.reading() as connection:
        found = read_models.status(connection, clock.now() + timedelta(days=1))
    assert dict(found.in_the_air) == {"ringing": 1, "in_progress": 1}
    assert (found.planned, found.due) == (1, 1)
