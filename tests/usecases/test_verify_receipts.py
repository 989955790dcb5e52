"""Receipts of a real run are proved from the database, and what was tampered with is found, over both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.files.rules.reader import read_pack_text
from outbound.adapters.sql.schema import area_suspensions, attempt_events, attempts, receipts, rule_contents
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.sql.views.evidence_gaps import findings_between
from outbound.adapters.sql.views.receipts import count_receipts, kept_text, stored_receipts
from outbound.compliance.evidence.archive import Archive
from outbound.compliance.evidence.signers import SignatureRegister
from outbound.compliance.rules.rulebook import Rulebook, Signature, SignatureKind, Trust
from outbound.domain.attempt import Attempt
from outbound.planning.deadline_first import DeadlineFirst
from outbound.usecases.dialling import place_calls as dialling
from outbound.usecases.dialling.order import order_call
from outbound.usecases.records import verify_receipts as verb
from outbound.usecases.records.keep_rules import keep_rules
from outbound.usecases.records.verify_receipts import VerifyReport, verify_receipts
from outbound.usecases.scheduling.plan_calls import plan_calls
from tests.conftest import ManualClock
from tests.usecases.builders import MONDAY_TEN, make_attempt, make_contact, new_id, rows, suppress_number
from tests.usecases.dial_room import DialRoom, rulebook
from tests.values import replace


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
            stored_receipts(connection),
            Archive(text_of, read_pack_text),
            SignatureRegister(rulebook().signatures),
            list(findings_between(connection)),
        )


def counts(store: SqlStore) -> dict[str, int]:
    """What verification counts."""
    report = verified(store)
    names = ("verified", "differing", "unprovable", "unsigned", "missing", "moved", "orphaned")
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
        suppress_number(room.store, "+886900000003")
        return order_call(*args)

    with monkeypatch.context() as patch:
        patch.setattr(dialling, "order_call", then_suppress)
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
    assert stages == {
        ("plan", False), ("reserve", True), ("reserve", False), ("carrier", True), ("carrier", False),
    }  # fmt: skip
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
    assert (report.verified, report.differing, report.proved) == (0, 2, False)
    assert "digest" in report.findings[0].why


def test_a_new_digest_does_not_help(room: DialRoom, assumed: None) -> None:
    """Who works out the digest anew is found by the second evaluation, and by the columns."""
    due(room, 1)
    room.place()
    with room.store.reading() as connection:
        (receipt,) = [each for each in stored_receipts(connection) if each.stage == "reserve"]
    archive_texts = {row.content_hash: row.body for row in rows(room.store, select(rule_contents))}
    archive = Archive(lambda _code, content_hash: archive_texts.get(content_hash), read_pack_text)
    night = replace(receipt, body={**receipt.body, "instant": "2026-11-16T16:00:00+00:00"})
    forged = [replace(each, digest=_digest(each)) for each in (night, replace(receipt, stage="plan"))]
    report = verify_receipts(forged, archive, None)
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
    assert counts(room.store) == {"unprovable": 2}


def test_lost_history_is_unprovable(room: DialRoom, assumed: None) -> None:
    """Without the kept texts the receipts cannot be proved, and the missing hash is named."""
    due(room, 1)
    room.place()
    with room.store.engine.begin() as connection:
        connection.execute(delete(rule_contents).where(rule_contents.c.kind == "pack"))
    report = verified(room.store)
    assert report.unprovable == 2
    assert room.rules.rulebook.packs["TW"].content_hash in report.findings[0].why


def test_a_dial_on_packs_that_nobody_signed_is_a_finding(room: DialRoom) -> None:
    """A receipt that took signatures for granted allows nothing."""
    due(room, 1)
    room.place()
    assert counts(room.store) == {"unsigned": 2}


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


NINE_HOURS = timedelta(hours=9)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reserved_at": MONDAY_TEN - NINE_HOURS, "placed_at": MONDAY_TEN - NINE_HOURS}, "its receipt allowed"),
        ({"reserved_at": MONDAY_TEN + timedelta(microseconds=1)}, "its receipt allowed"),
        ({"dial_by": MONDAY_TEN + NINE_HOURS}, "dial_by is 2026-11-16T11:00"),
        ({"placed_at": MONDAY_TEN + NINE_HOURS}, "placed_at is"),
        ({"placed_at": MONDAY_TEN - NINE_HOURS}, "placed_at is"),
        ({"ringing_at": MONDAY_TEN - NINE_HOURS}, "ringing_at is"),
        ({"answered_at": MONDAY_TEN - NINE_HOURS}, "answered_at is"),
    ],
)
def test_an_attempt_that_was_moved_in_time_is_found(
    room: DialRoom, assumed: None, changes: dict[str, Any], told: str
) -> None:
    """Its instants must be those of the receipt that allowed it; a call at night cannot hide behind one of the day."""
    attempt = due(room, 1)
    room.place()
    assert counts(room.store) == {"verified": 2}
    with room.store.engine.begin() as connection:
        connection.execute(update(attempts).values(**changes))
    report = verified(room.store)
    assert (report.verified, report.moved, report.proved) == (2, 1, False)
    (finding,) = report.findings
    assert (finding.kind, finding.attempt_id) == (verb.FindingKind.MOVED, attempt.id)
    assert told in finding.why


def test_a_call_that_proved_itself_was_not_moved(room: DialRoom, assumed: None) -> None:
    """The carrier had said that there is no call, and its webhook came later: no finding, unless before the receipt."""
    attempt = due(room, 1)
    room.place()
    later = MONDAY_TEN + timedelta(minutes=3)
    taken_up = {"reserved_at": later, "placed_at": later, "dial_by": None}
    with room.store.engine.begin() as connection:
        connection.execute(update(attempts).values(**taken_up))
        connection.execute(
            insert(attempt_events).values(
                attempt_id=attempt.id, at=later, to_status="placed", from_status="planned", cause="evidence_of_token"
            )
        )
    assert counts(room.store) == {"verified": 2}
    with room.store.engine.begin() as connection:
        connection.execute(update(attempts).values(reserved_at=MONDAY_TEN - NINE_HOURS))
    assert counts(room.store) == {"verified": 2, "moved": 1}


def test_receipts_of_attempts_that_are_gone_are_found(room: DialRoom, assumed: None) -> None:
    """Whoever deletes an attempt leaves its receipts behind: at the reservation and right before the carrier."""
    gone, kept = due(room, 1), due(room, 2)
    room.place()
    with room.store.engine.begin() as connection:
        connection.execute(delete(attempt_events).where(attempt_events.c.attempt_id == gone.id))
        connection.execute(delete(attempts).where(attempts.c.id == gone.id))
    report = verified(room.store)
    assert (report.verified, report.orphaned, report.proved) == (4, 2, False)
    assert {each.attempt_id for each in report.findings} == {gone.id} != {kept.id}
    assert "reserve" in " ".join(each.why for each in report.findings)


def test_a_drop_while_the_gate_was_open_needs_its_receipt(
    room: DialRoom, monkeypatch: pytest.MonkeyPatch, assumed: None
) -> None:
    """Not ordered because the gate would close while it rings: its answer is kept, and missed when gone."""
    attempt = due(room, 1)
    begins = MONDAY_TEN + timedelta(seconds=20)

    def then_suspend(*args: Any) -> Any:
        with room.store.engine.begin() as connection:
            connection.execute(
                insert(area_suspensions).values(
                    id=new_id(), code="TW", since=begins, until=begins + NINE_HOURS, reason="typhoon", by="lin",
                    at=MONDAY_TEN,
                )
            )  # fmt: skip
        return order_call(*args)

    with monkeypatch.context() as patch:
        patch.setattr(dialling, "order_call", then_suspend)
        assert room.place().cancelled == {"closes_while_ringing": 1}
    (receipt,) = rows(room.store, select(receipts).where(receipts.c.stage == "carrier"))
    assert (receipt.allowed, receipt.attempt_id, receipt.at) == (True, attempt.id, MONDAY_TEN)
    assert receipt.body["open_until"] == begins.isoformat()
    assert counts(room.store) == {"verified": 2}
    with room.store.engine.begin() as connection:
        connection.execute(delete(receipts).where(receipts.c.stage == "carrier"))
    assert counts(room.store) == {"verified": 1, "missing": 1}


def kept_receipts(room: DialRoom) -> list[Any]:
    """Dial one call under the demo's signatures and read its receipts."""
    room.rules = replace(room.rules, trust=Trust.DEMO)
    due(room, 1)
    room.place()
    with room.store.reading() as connection:
        return list(stored_receipts(connection))


def archive_of(room: DialRoom) -> Archive:
    """The kept rules."""
    texts = {row.content_hash: row.body for row in rows(room.store, select(rule_contents))}
    return Archive(lambda _code, content_hash: texts.get(content_hash), read_pack_text)


def test_signatures_are_compared_with_those_that_are_there(room: DialRoom) -> None:
    """A receipt's own count proves nothing: without the register it is unprovable, with fewer in it unsigned."""
    kept, archive = kept_receipts(room), archive_of(room)
    there = SignatureRegister(rulebook().signatures)
    report = verify_receipts(kept, archive, there)
    assert (report.verified, report.demo, report.proved) == (2, 2, True)
    report = verify_receipts(kept, archive, None)
    assert (report.verified, report.unprovable) == (0, 2)
    assert "no signatures to compare with" in report.findings[0].why
    report = verify_receipts(kept, archive, SignatureRegister(()))
    assert (report.verified, report.unsigned) == (0, 2)
    assert "nobody signed this content here" in report.findings[0].why


def test_forged_counts_of_signatures_are_found(room: DialRoom) -> None:
    """Two production signatures that were never given do not make a demo's call a real one."""
    kept, archive = kept_receipts(room), archive_of(room)
    forged = []
    for each in kept:
        packs = [{**pack, "signatures": {"production": 2, "demo": 1}} for pack in each.body["packs"]]
        one = replace(each, body={**each.body, "packs": packs, "trust": "production"})
        forged.append(replace(one, digest=_digest(one)))
    there = list(rulebook().signatures)
    report = verify_receipts(forged, archive, SignatureRegister(there))
    assert (report.verified, report.unsigned) == (0, 2)
    assert "counts 2 production signatures, there are 0" in report.findings[0].why
    (pack,) = forged[0].body["packs"]
    names, kind = ("Lin A-mei", "Chen B-hua"), SignatureKind.PRODUCTION
    there += [Signature("TW", pack["hash"], name, MONDAY_TEN.date(), kind) for name in names]
    assert verify_receipts(forged, archive, SignatureRegister(there)).verified == 2
    there = [each for each in there if each.kind is SignatureKind.PRODUCTION]
    report = verify_receipts(forged, archive, SignatureRegister(there))
    assert "demo signatures, there are not as many" in report.findings[0].why


def test_findings_are_kept_within_bounds(room: DialRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million findings are counted, and the first of them told."""
    monkeypatch.setattr(verb, "MOST_FINDINGS", 1)
    due(room, 1)
    due(room, 2)
    room.place()
    report = verified(room.store)
    assert (report.unsigned, len(report.findings), report.findings_left_out) == (4, 1, 3)
