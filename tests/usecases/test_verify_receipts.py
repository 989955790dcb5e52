"""Receipts of a real run are proved from the database, and what was tampered with is found, over both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.files.rules.reader import read_pack_text
from outbound.adapters.sql.schema import attempt_events, attempts, receipts, rule_contents
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.sql.views.receipts import attempts_without_receipt, count_receipts, kept_text, stored_receipts
from outbound.compliance.evidence.archive import Archive
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.attempt import Attempt
from outbound.planning.deadline_first import DeadlineFirst
from outbound.usecases import place_calls as dialling
from outbound.usecases import verify_receipts as verb
from outbound.usecases.dialling.reserve import reserve
from outbound.usecases.keep_rules import keep_rules
from outbound.usecases.plan_calls import plan_calls
from outbound.usecases.verify_receipts import VerifyReport, verify_receipts
from tests.conftest import ManualClock
from tests.usecases.builders import MONDAY_TEN, make_attempt, make_contact, rows, suppress_number
from tests.usecases.dial_room import DialRoom


@pytest.fixture
def room(store: SqlStore, clock: ManualClock) -> DialRoom:
    """A worker whose rules are kept."""
    room = DialRoom(store, clock)
    room.rules = replace(room.rules, trust=Trust.ASSUMED)
    keep_rules(store, room.rules.rulebook, MONDAY_TEN)
    return room


def verified(store: SqlStore) -> VerifyReport:
    """Verify everything from the database alone."""

    def text_of(_code: str, content_hash: str) -> str | None:
        with store.reading() as connection:
            return kept_text(connection, content_hash)

    with store.reading() as connection:
        return verify_receipts(
            stored_receipts(connection), Archive(text_of, read_pack_text), list(attempts_without_receipt(connection))
        )


def counts(store: SqlStore) -> dict[str, int]:
    """What verification counts."""
    report = verified(store)
    names = ("verified", "differing", "unprovable", "unsigned", "missing")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def due(room: DialRoom, number: int, **contact: Any) -> Attempt:
    """Plan a call to somebody for now."""
    return make_attempt(room.store, make_contact(room.store, numbers=(f"+886900000{number:03d}",), **contact))


def lived(room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> dict[str, Attempt]:
    """Live through every stage: a dial, refusals at the reservation, before the carrier and at the plan."""
    found = {"dialled": due(room, 1), "refused": due(room, 2, do_not_call=True)}
    room.place()
    found["late"] = due(room, 3)

    def then_suppress(*args: Any) -> Any:
        reserved = reserve(*args)
        suppress_number(room.store, "+886900000003")
        return reserved

    with monkeypatch.context() as patch:
        patch.setattr(dialling, "reserve", then_suppress)
        room.place()
    make_contact(room.store, numbers=("+886900000004",), region="AQ")
    make_contact(room.store, numbers=("+886900000005",), privacy_notice_on=None)
    plan_calls(
        room.store, campaign=room.campaign, rules=room.rules, planner=DeadlineFirst(),
        identifiers=SeededIdentifiers(3), now=MONDAY_TEN,
    )  # fmt: skip
    return found


@pytest.fixture
def assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the packs as signed: what is tested is not who signed them."""
    monkeypatch.setattr(verb, "_signed", lambda _receipt: True)


def test_receipts_of_every_stage_are_proved(room: DialRoom, monkeypatch: pytest.MonkeyPatch, assumed: None) -> None:
    """Plan, reservation and carrier, allowed and refused: everything is proved from the database alone."""
    lived(room, monkeypatch)
    stages = {(row.stage, row.allowed) for row in rows(room.store, select(receipts))}
    assert stages == {("plan", False), ("reserve", True), ("reserve", False), ("carrier", False)}
    with room.store.reading() as connection:
        total = count_receipts(connection)
        assert count_receipts(connection, since=MONDAY_TEN + timedelta(days=1)) == 0
    assert counts(room.store) == {"verified": total}
    assert verified(room.store).proved


def test_rules_are_kept_once(store: SqlStore, room: DialRoom) -> None:
    """A second process finds them there; a pack without a text cannot be kept."""
    assert keep_rules(store, room.rules.rulebook, MONDAY_TEN) == 0
    kept = {row.kind for row in rows(store, select(rule_contents.c.kind))}
    assert kept == {"pack", "calendar_year", "manifest"}
    bare = Rulebook({"TW": replace(room.rules.rulebook.packs["TW"], content_hash="e" * 64)}, {})
    assert keep_rules(store, bare, MONDAY_TEN) == 1


CHANGES: dict[str, dict[str, Any]] = {
    "at": {"at": datetime(2026, 11, 17, tzinfo=UTC)},
    "stage": {"stage": "plan"},
    "allowed": {"allowed": False},
    "reasons": {"reasons": ["do_not_call"]},
    "attempt": {"attempt_id": "f" * 32},
    "body": {"body": {"format": 2}},
    "digest": {"digest": "0" * 64},
    "old format": {"body": {"format": 1}, "digest": "0" * 64},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_row_is_found(room: DialRoom, assumed: None, what: str) -> None:
    """Whatever column of a receipt is changed, it differs from then on."""
    due(room, 1)
    room.place()
    with room.store.engine.begin() as connection:
        connection.execute(update(receipts).values(**CHANGES[what]))
    report = verified(room.store)
    assert (report.verified, report.differing, report.proved) == (0, 1, False)
    assert "digest" in report.findings[0].why


def test_a_new_digest_does_not_help(room: DialRoom, assumed: None) -> None:
    """Who works out the digest anew is found by the second evaluation, and by the columns."""
    due(room, 1)
    room.place()
    with room.store.reading() as connection:
        (receipt,) = stored_receipts(connection)
    archive_texts = {row.content_hash: row.body for row in rows(room.store, select(rule_contents))}
    archive = Archive(lambda _code, content_hash: archive_texts.get(content_hash), read_pack_text)
    night = replace(receipt, body={**receipt.body, "instant": "2026-11-16T16:00:00+00:00"})
    forged = [replace(each, digest=_digest(each)) for each in (night, replace(receipt, stage="carrier"))]
    report = verify_receipts(forged, archive)
    assert report.differing == 2
    assert report.findings[0].differences
    assert "of the row are not those of its body" in report.findings[1].why


def _digest(receipt: Any) -> str:
    from outbound.compliance.evidence.digest import receipt_digest

    return receipt_digest(
        receipt_id=receipt.id, contact_id=receipt.contact_id, attempt_id=receipt.attempt_id, stage=receipt.stage,
        at=receipt.at, allowed=receipt.allowed, reasons=receipt.reasons, body=receipt.body,
    )  # fmt: skip


def test_receipts_of_an_older_format_are_said_to_be_unprovable(room: DialRoom) -> None:
    """A receipt from before there were digests is no forgery; it just cannot be evaluated again."""
    due(room, 1)
    room.place()
    with room.store.engine.begin() as connection:
        connection.execute(update(receipts).values(body={"format": 1}, digest=""))
    assert counts(room.store) == {"unprovable": 1}


def test_lost_history_is_unprovable(room: DialRoom, assumed: None) -> None:
    """Without the kept texts the receipts cannot be proved, and the missing hash is named."""
    due(room, 1)
    room.place()
    with room.store.engine.begin() as connection:
        connection.execute(delete(rule_contents).where(rule_contents.c.kind == "pack"))
    report = verified(room.store)
    assert report.unprovable == 1
    assert room.rules.rulebook.packs["TW"].content_hash in report.findings[0].why


def test_a_dial_on_packs_that_nobody_signed_is_a_finding(room: DialRoom) -> None:
    """A receipt that took signatures for granted allows nothing."""
    due(room, 1)
    room.place()
    assert counts(room.store) == {"unsigned": 1}


def test_attempts_without_their_receipt_are_found(
    room: DialRoom, monkeypatch: pytest.MonkeyPatch, assumed: None
) -> None:
    """A dial that no receipt allows, a refusal that none explains, and one reservation too many."""
    found = lived(room, monkeypatch)
    before = verified(room.store).missing
    gone = [found["dialled"].id, found["refused"].id]
    with room.store.engine.begin() as connection:
        connection.execute(delete(receipts).where(receipts.c.attempt_id.in_(gone)))
        allowed = receipts.c.attempt_id == found["late"].id, receipts.c.stage == "reserve"
        connection.execute(delete(receipts).where(*allowed))
        connection.execute(update(attempts).where(attempts.c.id == found["late"].id).values(receipt_id=None))
    report = verified(room.store)
    assert (before, report.missing) == (0, 3)
    assert {each.attempt_id for each in report.findings} == {*gone, found["late"].id}
    assert rows(room.store, select(attempt_events))


def test_findings_are_kept_within_bounds(room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million findings are counted, and the first of them told."""
    monkeypatch.setattr(verb, "MOST_FINDINGS", 1)
    due(room, 1)
    due(room, 2)
    room.place()
    report = verified(room.store)
    assert (report.unsigned, len(report.findings), report.findings_left_out) == (2, 1, 1)
