"""Webhooks as a network delivers them: twice at once, late, in any order, forged, and for calls that we do not know."""

import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from outbound.adapters.sql.schema import attempt_events, carrier_events, inbox, metadata, outbox, turns
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.twilio.signature import TwilioSignature
from outbound.domain.attempt import TRANSITIONS, AttemptStatus
from outbound.domain.line.carrier_code import Silence
from outbound.usecases.ports.carrier import Ambiguous
from outbound.web.voice.desk import VoiceDesk
from outbound.web.voice.webhook import WebRequest, WebResponse
from tests.conftest import ManualClock
from tests.usecases.builders import attempt_now, make_attempt, make_contact, rows
from tests.usecases.dial_room import DialRoom
from tests.usecases.voice_room import BASE, SID, FakeCarrier, Line, make_context, ring

AUTH = "invented"
TWINS = 4
KEYS = ["1", "1", "0528", "1", "2", "2", "2", "7", "2"]
LIFE = [
    {"CallStatus": "initiated", "SequenceNumber": "0"},
    {"CallStatus": "ringing", "SequenceNumber": "1"},
    {"CallStatus": "in-progress", "SequenceNumber": "2"},
    {"CallStatus": "completed", "SequenceNumber": "3", "CallDuration": "40"},
]


def desk_of(store: SqlStore) -> VoiceDesk:
    """One web process."""
    return VoiceDesk(
        store=store, context=make_context(), carrier=FakeCarrier(), clock=ManualClock(),
        is_genuine=TwilioSignature(AUTH),
    )  # fmt: skip


def request(token: str, below: str, form: Mapping[str, str], signed_with: str = AUTH) -> WebRequest:
    """A request as the carrier signs it."""
    path = f"/voice/{token}/{below}"
    fields = {"CallSid": SID, **form}
    signature = RequestValidator(signed_with).compute_signature(BASE + path, fields)
    return WebRequest("POST", path, {"x-twilio-signature": signature}, urlencode(fields).encode())


def at_once(desks: list[VoiceDesk], sent: WebRequest) -> list[WebResponse]:
    """Deliver the same request to every desk in the same moment."""
    together = threading.Barrier(len(desks))

    def deliver(desk: VoiceDesk) -> WebResponse:
        together.wait(10)
        return desk.handle(sent)

    with ThreadPoolExecutor(len(desks)) as pool:
        return list(pool.map(deliver, desks))


def without_times(store: SqlStore) -> dict[str, list[Any]]:
    """Every row of what calls leave behind, in the plain."""
    return {
        table.name: sorted(repr(row) for row in rows(store, table.select()))
        for table in metadata.sorted_tables
        if table.name != "receipts"
    }


def test_twins_of_a_turn_hear_the_same_bytes(store: SqlStore) -> None:
    """Each turn is delivered four times at once, to two processes: one answer, kept once, and one step forward."""
    line = ring(store)
    desks = [desk_of(store), desk_of(store)] * (TWINS // 2)
    for turn, keys in enumerate(["", *KEYS]):
        answers = at_once(desks, request(line.attempt.token, f"turn/{turn}", {"Digits": keys} if keys else {}))
        assert len({(each.status, each.body) for each in answers}) == 1
        assert answers[0].status == 200
        assert attempt_now(store, line.attempt.id).turn == turn + 1
    kept = rows(store, select(turns.c.turn).order_by(turns.c.turn))
    assert [row.turn for row in kept] == list(range(len(KEYS) + 1))
    at_once(desks, request(line.attempt.token, "status", LIFE[3]))
    assert attempt_now(store, line.attempt.id).disposition == "welcomed"
    assert len(rows(store, select(outbox).where(outbox.c.kind == "record"))) == 1


def test_twins_of_a_status_count_once(store: SqlStore) -> None:
    """Each status is delivered four times at once: one event, one transition, one outcome, one record."""
    line = ring(store, status=AttemptStatus.PLACED)
    desks = [desk_of(store), desk_of(store)] * (TWINS // 2)
    for form in LIFE:
        answers = at_once(desks, request(line.attempt.token, "status", form))
        assert {each.status for each in answers} == {204}
    assert [row.sequence for row in rows(store, select(carrier_events).order_by(carrier_events.c.seq))] == [0, 1, 2, 3]
    steps = [row.to_status for row in rows(store, select(attempt_events).order_by(attempt_events.c.seq))]
    assert steps == ["ringing", "in_progress", "ended"]
    assert len(rows(store, select(outbox).where(outbox.c.kind == "record"))) == 1


def test_twins_of_a_verdict_redirect_once(store: SqlStore) -> None:
    """A verdict that comes four times at once leaves one message."""
    line = ring(store)
    desks = [desk_of(store), desk_of(store)] * (TWINS // 2)
    desks[0].handle(request(line.attempt.token, "turn/0", {}))
    answers = at_once(desks, request(line.attempt.token, "amd", {"AnsweredBy": "machine_end_beep"}))
    assert {each.status for each in answers} == {204}
    assert attempt_now(store, line.attempt.id).turn == 2


@pytest.mark.parametrize("seed", range(12))
def test_any_order_ends_the_same(sqlite_store: SqlStore, seed: int) -> None:
    """Statuses and turns shuffled, doubled and late: no step backwards, one outcome, one record, one event a number."""
    line = ring(sqlite_store, status=AttemptStatus.PLACED)
    desk = desk_of(sqlite_store)
    draw = random.Random(seed)  # noqa: S311 - a test's order
    sent = [request(line.attempt.token, "status", form) for form in LIFE] * 2
    sent += [request(line.attempt.token, f"turn/{turn}", {"Digits": "1"} if turn else {}) for turn in (0, 1)] * 2
    draw.shuffle(sent)
    assert {desk.handle(each).status for each in sent} <= {200, 204}
    now = attempt_now(sqlite_store, line.attempt.id)
    assert now.status is AttemptStatus.ENDED
    events = rows(sqlite_store, select(attempt_events).order_by(attempt_events.c.seq))
    before = "placed"
    for event in events:
        assert event.from_status == before
        assert event.to_status in TRANSITIONS[AttemptStatus(before)]
        before = event.to_status
    assert before == "ended"
    assert len(rows(sqlite_store, select(outbox).where(outbox.c.kind == "record"))) == 1
    assert len(rows(sqlite_store, select(carrier_events).where(carrier_events.c.kind == "status"))) == len(LIFE)
    # What comes again after all of it changes nothing, and hears what it heard.
    stands = without_times(sqlite_store)
    heard = {index: desk.handle(each) for index, each in enumerate(sent)}
    assert {index: desk.handle(each) for index, each in enumerate(sent)} == heard
    assert without_times(sqlite_store) == stands


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line, below, form: request(line.attempt.token, below, form, signed_with="another"),
        lambda line, below, _form: WebRequest("POST", f"/voice/{line.attempt.token}/{below}", {}, b"CallSid=CA1"),
        lambda line, below, form: request("f" * 32, below, form),
    ],
)  # fmt: skip
def test_forged_ones_change_nothing(store: SqlStore, spoil: Callable[[Line, str, Any], WebRequest]) -> None:
    """Signed by another, not at all, or rightly for a call that is none: refused or not found, and nothing moves."""
    line = ring(store)
    desk = desk_of(store)
    desk.handle(request(line.attempt.token, "turn/0", {}))
    stands = without_times(store)
    for below, form in (("turn/1", {"Digits": "1"}), ("status", LIFE[3]), ("amd", {"AnsweredBy": "machine_end_beep"})):
        assert desk.handle(spoil(line, below, form)).status in {403, 404}
    assert without_times(store) == stands


@pytest.mark.parametrize("first", ["turn/0", "status"])
@pytest.mark.parametrize("died", [True, False])
def test_a_call_that_we_do_not_know_yet(store: SqlStore, clock: Any, first: str, died: bool) -> None:
    """Between create and save the worker dies, or hears nothing: the token tells whose call it is, and it goes on."""
    attempt = make_attempt(store, make_contact(store))
    room = DialRoom(store, clock)

    def lost(order: Any, _sid: str) -> Ambiguous:
        room.carrier.take(order, SID)
        if died:
            raise KeyboardInterrupt
        return Ambiguous(Silence.RESET)

    room.carrier.answer = lost
    try:
        room.place()
    except KeyboardInterrupt:
        assert attempt_now(store, attempt.id).status is AttemptStatus.RESERVED
    form = {} if first == "turn/0" else LIFE[2]
    assert desk_of(store).handle(request(attempt.token, first, form)).status in {200, 204}
    now = attempt_now(store, attempt.id)
    assert (now.status, now.sid) == (AttemptStatus.IN_PROGRESS, SID)
    desk_of(store).handle(request(attempt.token, "turn/0", {}))
    desk_of(store).handle(request(attempt.token, "status", LIFE[3]))
    for _ in range(3):
        clock.advance(minutes=5)
        room.settle()
        room.place()
    assert attempt_now(store, attempt.id).status is AttemptStatus.ENDED
    assert len(room.carrier.orders) == 1
    assert rows(store, select(inbox)) == []
    assert len(rows(store, select(outbox).where(outbox.c.kind == "record"))) == 1
