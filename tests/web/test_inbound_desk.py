"""Calls that come in, at the desk: signed, answered once, and kindly when nothing can be written down."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from outbound.adapters.sql.schema import attempts, inbound_calls, outbox
from outbound.adapters.sql.store import DatabaseUnreachableError, SqlStore, SqlUnitOfWork
from outbound.adapters.twilio.signature import TwilioSignature
from outbound.usecases.problems import TryAgainError
from outbound.web.voice.desk import VoiceDesk
from outbound.web.voice.webhook import WebRequest, WebResponse, route_of
from tests.conftest import ManualClock
from tests.usecases.builders import rows
from tests.usecases.inbound_room import OURS, SID, THEIRS, inbound_context, missed_contact
from tests.usecases.voice_room import BASE, FakeCarrier

TOKEN = "an invented token"


@dataclass
class Line:
    """Somebody who rings, and the carrier that signs."""

    store: Any
    signed_with: str = TOKEN
    context: Any = field(default_factory=inbound_context)
    desk: VoiceDesk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = VoiceDesk(
            store=self.store,
            context=self.context,
            carrier=FakeCarrier(),
            clock=ManualClock(),
            is_genuine=TwilioSignature(TOKEN),
        )

    def post(self, path: str = "/voice/inbound", **form: str) -> WebResponse:
        """Post one webhook."""
        whole = {"CallSid": SID, "From": THEIRS, "To": OURS, "CallStatus": "ringing", "Direction": "inbound"} | form
        signature = RequestValidator(self.signed_with).compute_signature(BASE + path, whole)
        request = WebRequest("POST", path, {"x-twilio-signature": signature}, urlencode(whole).encode())
        return self.desk.handle(request)


def count(store: SqlStore, table: Any) -> int:
    """How many rows there are."""
    return int(rows(store, select(func.count()).select_from(table))[0][0])


def test_the_paths_are_no_calls_token() -> None:
    """`inbound` is an address of its own, not the token of a call."""
    kinds = [getattr(route_of(path), "kind", None) for path in ("/voice/inbound", "/voice/inbound/status")]
    assert kinds == ["inbound", "inbound_status"]
    assert route_of("/voice/inbound/turn/1").kind == "turn"  # type: ignore[union-attr]


def test_a_returned_call_goes_on_at_its_own_address(store: SqlStore) -> None:
    """The first answer asks, and what is heard is posted below a token of the new attempt."""
    missed_contact(store)
    line = Line(store)
    first = line.post()
    assert (first.status, line.post().body) == (200, first.body)
    gather = fromstring(first.body.decode()).find("Gather")  # noqa: S314 - our own document
    assert gather is not None
    action = gather.attrib["action"].removeprefix(BASE)
    token = rows(store, select(attempts.c.token).where(attempts.c.origin == "inbound"))[0][0]
    assert action == f"/voice/{token}/turn/1"
    second = line.post(action, Digits="1", CallStatus="in-progress")
    assert "要找專人，請按 0" in second.body.decode()
    assert line.post("/voice/inbound/status", CallStatus="completed").status == 204
    assert line.post("/voice/inbound/status", CallStatus="completed").status == 204
    assert count(store, outbox) == 1


@pytest.mark.parametrize("path", ["/voice/inbound", "/voice/inbound/status"])
def test_a_wrong_signature_changes_nothing(sqlite_store: SqlStore, path: str) -> None:
    """Nobody but the carrier begins or ends a call."""
    missed_contact(sqlite_store)
    assert Line(sqlite_store, signed_with="another").post(path, CallStatus="completed").status == 403
    assert count(sqlite_store, inbound_calls) == 0


@pytest.mark.parametrize("form", [{"CallSid": ""}, {"CallSid": "CA 1"}])
def test_a_call_without_a_sid_is_refused(sqlite_store: SqlStore, form: Mapping[str, str]) -> None:
    """What no carrier sends is refused before anything is looked up."""
    assert Line(sqlite_store).post(**form).status == 400


@pytest.mark.parametrize("from_", ["", "anonymous", "+" + "9" * 40, "+886900000001; DROP TABLE", "＋８８６９００"])
def test_odd_callers_are_answered(sqlite_store: SqlStore, from_: str) -> None:
    """Whatever stands for the caller's number, somebody is on the line and hears who we are."""
    answer = Line(sqlite_store).post(From=from_)
    assert answer.status == 200
    assert "福爾摩沙人壽" in answer.body.decode()


class Stumbling:
    """A database that fails so many times, and then answers."""

    def __init__(self, store: SqlStore, *problems: Exception) -> None:
        self._store, self._problems = store, list(problems)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def begin(self) -> Iterator[SqlUnitOfWork]:
        """Open a transaction, or fail."""
        if self._problems:
            raise self._problems.pop(0)
        with self._store.begin() as work:
            yield work


def test_while_the_database_is_away_the_hotline_is_told(sqlite_store: SqlStore) -> None:
    """The caller hears an apology that promises nothing; the second delivery hears it too; the end files the record."""
    missed_contact(sqlite_store)
    line = Line(Stumbling(sqlite_store, DatabaseUnreachableError("away")))
    first = line.post()
    assert first.status == 200
    assert "零二，五五五五，零一九九" in first.body.decode()
    assert "打電話給您" not in first.body.decode()
    assert line.post().body == first.body
    assert count(sqlite_store, attempts) == 1
    assert line.post("/voice/inbound/status", CallStatus="completed").status == 204
    assert count(sqlite_store, outbox) == 1


def test_what_the_database_undid_is_done_once_more(sqlite_store: SqlStore) -> None:
    """Two transactions in each other's way: the second try answers as if nothing had been."""
    missed_contact(sqlite_store)
    line = Line(Stumbling(sqlite_store, TryAgainError("undone")))
    assert "謝謝您回電" in line.post().body.decode()


def test_the_end_is_told_again_when_the_database_was_away(sqlite_store: SqlStore) -> None:
    """A status that cannot be written is answered with 503; the carrier's list tells it later."""
    line = Line(Stumbling(sqlite_store, DatabaseUnreachableError("away")))
    assert line.post("/voice/inbound/status", CallStatus="completed").status == 503
