"""Every answer to a create, through the SDK against the local exchange: what is written, who is told, what follows."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from outbound.adapters.sql.schema import attempt_events, inbox, outbox, pacing
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.twilio.carrier import TwilioCarrier
from outbound.adapters.twilio.in_process import Form, InProcessHttpClient, NoAnswerError
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.line.carrier_code import Silence
from outbound.exchange.core import Exchange, ExchangeConfig
from outbound.exchange.people.population import Population
from outbound.exchange.wire import Request
from tests.conftest import ManualClock
from tests.usecases.builders import attempt_now, contact_now, make_attempt, make_contact, rows
from tests.usecases.dial_room import DialRoom

S = AttemptStatus
Answer = tuple[int, Mapping[str, str], bytes]
Make = Callable[[], Answer]
ACCOUNT = "AC" + "0" * 32


def refuse(status: int, code: int | None = None) -> Callable[[Make], Answer]:
    """Refuse as the carrier does, without making a call."""
    body = {"code": code if code is not None else status, "message": "refused", "more_info": "", "status": status}
    return lambda _make: (status, {}, json.dumps(body).encode())


def fail(status: int) -> Callable[[Make], Answer]:
    """Make the call, and answer with an error all the same."""

    def answer(make: Make) -> Answer:
        make()
        return refuse(status)(make)

    return answer


def silence(kind: Silence, *, made: bool = False, sent: bool = True) -> Callable[[Make], Answer]:
    """Give no answer, whether the call was made or not."""

    def answer(make: Make) -> Answer:
        if made:
            make()
        raise NoAnswerError(kind, sent=sent)

    return answer


def spoil(body: bytes) -> Callable[[Make], Answer]:
    """Make the call, and say so in a way that cannot be read."""

    def answer(make: Make) -> Answer:
        status, headers, _ = make()
        return status, headers, body

    return answer


@dataclass
class Line(InProcessHttpClient):
    """The exchange, with a hand between its answers to creates and the product."""

    clock: ManualClock
    answer: Callable[[Make], Answer] | None = None
    creates: int = 0
    exchange: Exchange = field(init=False)

    def __post_init__(self) -> None:
        """Begin with a quiet town."""
        super().__init__(self.handle)
        self.exchange = Exchange(ExchangeConfig(ACCOUNT, "secret"), Population(), 1, lambda _event: None)

    def handle(self, method: str, url: str, headers: Mapping[str, str], form: Form) -> Answer:
        """Answer a request now."""

        def make() -> Answer:
            response = self.exchange.request(Request(method, url, headers, form), self.clock.now())
            return response.status, response.headers, response.body

        if (method, url.endswith("/Calls.json")) != ("POST", True):
            return make()
        self.creates += 1
        return self.answer(make) if self.answer else make()


@dataclass(frozen=True)
class Expected:
    """What an answer leads to. `again` says that the attempt is dialled once more when the pause is over."""

    status: AttemptStatus
    counted: bool = True
    paused: str | None = None
    told: tuple[str, ...] = ()
    number: bool = True
    again: bool = False
    cause: str | None = None


PLACED = Expected(S.PLACED)
UNUSABLE = Expected(S.NOT_PLACED, number=False)
MEND = Expected(S.PLANNED, counted=False, paused="campaign", told=("carrier",), again=True)
STRANGER = Expected(S.PLANNED, counted=False, paused="trunk", told=("carrier",), again=True)
LATER = Expected(S.PLANNED, counted=False, paused="trunk", again=True)
NOBODY_KNOWS = Expected(S.UNKNOWN, paused="trunk")

CASES: dict[str, tuple[Callable[[Make], Answer] | None, Expected]] = {
    "201": (None, PLACED),
    **{f"400 {code}": (refuse(400, code), UNUSABLE) for code in (21211, 21214, 21216, 21217)},
    **{
        f"400 {code}": (refuse(400, code), MEND)
        for code in (21201, 21205, 21210, 21212, 21215, 21219, 20001, 99999)
    },
    "400 of a proxy": (lambda _make: (400, {}, b"<html>bad request</html>"), MEND),
    "400 10004": (refuse(400, 10004), LATER),
    "400 22005": (refuse(400, 22005), LATER),
    "401": (refuse(401, 20003), STRANGER),
    "403": (refuse(403, 20003), STRANGER),
    "403 of a proxy": (refuse(403), STRANGER),
    "404": (refuse(404, 20404), MEND),
    "408": (refuse(408), NOBODY_KNOWS),
    "408, made": (fail(408), NOBODY_KNOWS),
    "429": (refuse(429, 20429), LATER),
    "429 of a proxy": (refuse(429), LATER),
    "500, made": (fail(500), NOBODY_KNOWS),
    "500, not made": (refuse(500, 20500), NOBODY_KNOWS),
    "502": (refuse(502), NOBODY_KNOWS),
    "503, made": (fail(503), NOBODY_KNOWS),
    "503, not made": (refuse(503, 20503), NOBODY_KNOWS),
    "504": (refuse(504), NOBODY_KNOWS),
    "time-out, made": (silence(Silence.TIMEOUT, made=True), NOBODY_KNOWS),
    "time-out, not made": (silence(Silence.TIMEOUT), NOBODY_KNOWS),
    "reset after sending, made": (silence(Silence.RESET, made=True), NOBODY_KNOWS),
    "reset after sending, not made": (silence(Silence.RESET), NOBODY_KNOWS),
    "connection refused": (silence(Silence.RESET, sent=False), LATER),
    "201 in HTML": (spoil(b"<html>created</html>"), NOBODY_KNOWS),
    "201 cut off": (spoil(b'{"sid": "CA'), NOBODY_KNOWS),
    "201 without a sid": (spoil(b"{}"), NOBODY_KNOWS),
    "201 that is a list": (spoil(b"[]"), NOBODY_KNOWS),
    "301": (lambda _make: (301, {"Location": "http://elsewhere.example/"}, b""), NOBODY_KNOWS),
}  # fmt: skip


class Dialled:
    """One attempt, ordered once through the SDK."""

    def __init__(self, store: SqlStore, clock: ManualClock, answer: Callable[[Make], Answer] | None) -> None:
        self.store, self.clock = store, clock
        self.line = Line(clock, answer)
        self.room = DialRoom(store, clock)
        self.room.carrier = TwilioCarrier(  # type: ignore[assignment]  # the real one
            account_sid=ACCOUNT, auth_token="secret", public_url="https://product.example",
            api_url="http://exchange.example", http_client=self.line,
        )  # fmt: skip
        contact = make_contact(store, numbers=("+886900000102", "+886900000103"))
        self.attempt: Attempt = make_attempt(store, contact, window_minutes=600)
        self.room.place()

    @property
    def now(self) -> Attempt:
        """The attempt as it stands."""
        return attempt_now(self.store, self.attempt.id)

    def paused(self) -> str | None:
        """What is paused, if anything is."""
        found = rows(self.store, select(pacing).where(pacing.c.paused_until > self.clock.now()))
        names = {"trunk" if row.trunk == self.room.trunk.name else "campaign" for row in found}
        return ", ".join(sorted(names)) or None


@pytest.mark.parametrize("name", CASES)
def test_what_follows(sqlite_store: SqlStore, clock: ManualClock, name: str) -> None:
    """Status, cap, pause, number, alarm and record as the table says; one request, and one event for each step."""
    answer, expected = CASES[name]
    dialled = Dialled(sqlite_store, clock, answer)
    now = dialled.now
    assert dialled.line.creates == 1
    assert now.status is expected.status
    assert (now.attempt_number is not None) is expected.counted
    assert dialled.paused() == expected.paused
    assert tuple(row.kind for row in rows(sqlite_store, select(inbox))) == expected.told
    contact = contact_now(sqlite_store, now.contact_id)
    assert (contact.phones[0].unusable is None) is expected.number
    assert contact.phones[1].unusable is None
    records = rows(sqlite_store, select(outbox).where(outbox.c.kind == "record"))
    assert len(records) == (expected.status is S.NOT_PLACED)
    steps = [(row.from_status, row.to_status) for row in rows(sqlite_store, select(attempt_events))]
    assert steps == [(S.PLANNED, S.RESERVED), (S.RESERVED, expected.status)]


@pytest.mark.parametrize("name", CASES)
def test_never_again_on_a_guess(sqlite_store: SqlStore, clock: ManualClock, name: str) -> None:
    """What was certainly refused for a while is ordered once more after its pause; everything else never is."""
    answer, expected = CASES[name]
    dialled = Dialled(sqlite_store, clock, answer)
    dialled.line.answer = None
    if not expected.again:
        # Nothing is heard of the first call, wherever it is.
        dialled.line.exchange = Exchange(ExchangeConfig(ACCOUNT, "secret"), Population(), 1, lambda _event: None)
    for _ in range(12):
        clock.advance(minutes=2)
        dialled.room.settle()
        dialled.room.place()
    assert dialled.line.creates == 1 + expected.again
    if expected.again:
        assert (dialled.now.sid is not None, dialled.now.attempt_number) == (True, 1)


@pytest.mark.parametrize("name", [name for name, (_, expected) in CASES.items() if expected is NOBODY_KNOWS])
def test_what_was_made_is_found(sqlite_store: SqlStore, clock: ManualClock, name: str) -> None:
    """Where the call exists it is found by number and time and followed to its end; where not, a person gets it."""
    answer, _ = CASES[name]
    dialled = Dialled(sqlite_store, clock, answer)
    exists = bool(dialled.room.carrier.find_calls(
        to="+886900000102", from_="+886255550100", since=clock.now() - timedelta(minutes=1)
    ))  # fmt: skip
    clock.advance(seconds=31)
    dialled.line.exchange.advance(clock.now())
    dialled.room.settle()
    assert (dialled.now.sid is not None) is exists
    clock.advance(hours=24)
    dialled.line.exchange.advance(clock.now())
    dialled.room.settle()
    assert dialled.now.status is S.ENDED
    assert dialled.line.creates == 1
    assert (dialled.now.disposition == "unknown") is not exists
    kinds = [row.kind for row in rows(sqlite_store, select(inbox))]
    assert kinds == ([] if exists else ["unknown_call"])


def any_note(store: SqlStore) -> Any:
    """Note of the only item."""
    (item,) = rows(store, select(inbox))
    return item.note


def test_the_alarm_says_what_to_do(sqlite_store: SqlStore, clock: ManualClock) -> None:
    """Who mends it learns the code, the campaign, what to check and when the next try is, in both languages."""
    Dialled(sqlite_store, clock, refuse(400, 21215))
    note = any_note(sqlite_store)
    for words in ("21215", "welcome-tw", "請檢查", "Check the account", "02:15 UTC"):
        assert words in note
