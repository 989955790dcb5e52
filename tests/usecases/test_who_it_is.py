"""By what a callee is recognised, and who is not asked again."""

from datetime import timedelta
from typing import Any

import pytest

from outbound.adapters.sql.schema import policies
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.facts import Facts, VerifyBy
from outbound.dialogue.session import Session
from outbound.domain.attempt import AttemptStatus
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.facts import agreed_digits
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import attempt_now, contact_now, make_attempt
from tests.usecases.voice_room import Line, make_context, ring, shipped
from tests.values import replace


def asking(*facts: str, column: str | None = "id_last4") -> VoiceContext:
    """A context whose campaign asks for these facts in this order."""
    _, campaigns, companies, _ = shipped()
    context = make_context(campaigns={name: replace(each, verification=facts) for name, each in campaigns.items()})
    known = {name: replace(each, identity_column=column) for name, each in companies.items()}
    return replace(context, rules=replace(context.rules, companies=known))


def opened(line: Line) -> Facts:
    """Open the call, and return what it knows."""
    line.hear()
    session = attempt_now(line.store, line.attempt.id).session
    assert session is not None
    return Session.from_data(session).facts


def with_attributes(store: SqlStore, *attributes: Any) -> None:
    """Give every policy these columns besides the known ones, one after the other."""
    with store.engine.begin() as connection:
        ids = connection.execute(policies.select().order_by(policies.c.policy_no)).all()
        for row, held in zip(ids, attributes, strict=True):
            connection.execute(policies.update().where(policies.c.id == row.id).values(attributes=held))


class TestFacts:
    """Tests that take `store` hold for SQLite and PostgreSQL alike."""

    def test_the_order_of_the_configuration_is_asked(self, store: SqlStore) -> None:
        """The facts arrive in the order in which they are to be asked for."""
        facts = opened(ring(store, context=asking("id_digits", "birth_date")))
        assert facts.verify_by == (VerifyBy.ID_DIGITS, VerifyBy.BIRTH_DATE)

    @pytest.mark.parametrize(
        ("held", "known"),
        [
            ([{"id_last4": "6789"}, {"id_last4": "A123456789"}], "6789"),
            ([{"id_last4": "6789"}, {"note": "x"}], "6789"),
            ([{"id_last4": "6789"}, {"id_last4": "1111"}], None),
            ([{"id_last4": ""}, None], None),
        ],
    )
    def test_the_identity_number_comes_from_the_company_s_column(
        self, store: SqlStore, held: list[Any], known: str | None
    ) -> None:
        """Its last four digits, where the records of all policies agree."""
        line = ring(store, context=asking("id_digits"), policy_nos=["P1", "P2"])
        with_attributes(store, *held)
        assert opened(line).id_digits == known

    @pytest.mark.parametrize("held", [None, 6789, 6789.5, True, ["6789"], {"last": "6789"}, "", "A12"])
    def test_nothing_that_stands_in_the_column_ends_a_call(self, sqlite_store: SqlStore, held: Any) -> None:
        """Whatever an older version let in, the call opens, and the fact that proves nothing is not asked for."""
        line = ring(sqlite_store, context=asking("id_digits", "birth_date"))
        with_attributes(sqlite_store, {"id_last4": held})
        assert opened(line).id_digits is None

    def test_the_customer_s_own_identifier_may_be_the_identity_number(self, sqlite_store: SqlStore) -> None:
        """Some companies know their customers by it."""
        context = asking("id_digits", column="customer_id")
        assert opened(ring(sqlite_store, context=context, customer_id="A123456789")).id_digits == "6789"

    def test_what_is_not_asked_for_is_not_read(self, store: SqlStore) -> None:
        """Another number than the one that proves something has no business in a call."""
        line = ring(store, context=asking("birth_date"))
        with_attributes(store, {"id_last4": "6789"})
        assert opened(line).id_digits is None

    @pytest.mark.parametrize(("kind", "takes"), [("mobile", True), ("landline", False), ("unknown", False)])
    def test_only_a_mobile_line_takes_text(self, store: SqlStore, kind: str, takes: bool) -> None:
        """Nothing is offered to be sent elsewhere."""
        assert opened(ring(store, line=kind)).can_text is takes


class TestLockout:
    """Who failed to prove who they are is not asked again for a month: a person sees to it."""

    @pytest.mark.parametrize(
        ("ends", "locked"),
        [
            ([("not_verified", False, 1)], True),
            ([("not_verified", False, 29)], True),
            ([("not_verified", False, 31)], False),
            ([("partly_welcomed", True, 1), ("not_verified", False, 2)], False),
            ([("partly_welcomed", True, 3), ("not_verified", False, 2)], True),
            ([("no_answer", False, 1), ("not_verified", False, 2)], True),
            ([("welcomed", True, 1)], False),
            ([], False),
        ],
    )
    def test_the_last_check_counts(self, store: SqlStore, ends: list[tuple[str, bool, int]], locked: bool) -> None:
        """A later call in which they were verified opens the door again; one that nobody took does not."""
        line = ring(store)
        contact = contact_now(store, line.attempt.contact_id)
        for disposition, verified, days in ends:
            at = MONDAY_TEN - timedelta(days=days)
            session = {"done": [], "tries": 0} if verified else None
            columns: Any = {"disposition": disposition, "verified": verified, "ended_at": at, "session": session}
            make_attempt(store, contact, status=AttemptStatus.ENDED, at=at, **columns)
        assert opened(line).locked_out is locked

    @pytest.mark.parametrize(
        ("calls", "locked"),
        [
            # Who failed, and then complained, has failed.
            ([("complaint", 2, ["verification_failed", "complaint_raised"])], True),
            # Of who could be asked nothing, or was asked nothing any more, it is not known that they are another.
            ([("not_verified", 0, [])], False),
            # One guess a call, and the receiver down: three of them are enough.
            ([("abandoned", 1, []), ("abandoned", 1, [])], False),
            ([("abandoned", 1, []), ("abandoned", 1, []), ("refused", 1, [])], True),
        ],
    )
    def test_what_was_answered_counts_whatever_came_of_the_call(
        self, store: SqlStore, calls: list[tuple[str, int, list[str]]], locked: bool
    ) -> None:
        """Guesses are counted over calls, so that nobody may ring in until one is right."""
        line = ring(store)
        contact = contact_now(store, line.attempt.contact_id)
        for days, (disposition, tries, done) in enumerate(calls, 1):
            at = MONDAY_TEN - timedelta(days=days)
            columns: Any = {"disposition": disposition, "ended_at": at, "session": {"done": done, "tries": tries}}
            make_attempt(store, contact, status=AttemptStatus.ENDED, at=at, **columns)
        assert opened(line).locked_out is locked


def test_digits_that_are_too_few_are_none() -> None:
    """Three digits prove nothing."""
    assert agreed_digits(["A12"]) is None
