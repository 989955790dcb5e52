"""While the database is away the callee hears an apology and a promise, and the promise is kept whatever dies."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from outbound.adapters.files.owed import OwedJournal
from outbound.adapters.sql.schema import inbox
from outbound.adapters.sql.store import DatabaseUnreachableError, SqlStore
from outbound.adapters.twilio.signature import TwilioSignature
from outbound.bootstrap import House
from outbound.domain.attempt import AttemptStatus
from outbound.domain.contact import ContactState
from outbound.settings import Settings
from outbound.usecases.ports.owed import Owed, OwedPromises
from outbound.usecases.problems import InputProblemError
from outbound.web.voice.desk import VoiceDesk
from outbound.web.voice.webhook import WebRequest, WebResponse
from tests.conftest import ROOT, ManualClock
from tests.usecases.builders import attempt_now, attempts_of, contact_now, make_attempt, rows
from tests.usecases.voice_room import BASE, SID, FakeCarrier, Line, make_context, ring

AUTH = "invented"


class Away:
    """A database that does not answer."""

    def begin(self) -> Any:
        """Fail."""
        raise DatabaseUnreachableError("the database does not answer")


def desk_at(store: Any, owed: OwedPromises | None) -> VoiceDesk:
    """A desk with a journal."""
    return VoiceDesk(
        store=store, context=make_context(), carrier=FakeCarrier(), clock=ManualClock(),
        is_genuine=TwilioSignature(AUTH), owed=owed,
    )  # fmt: skip


def post(desk: VoiceDesk, token: str, turn: int) -> WebResponse:
    """Deliver a turn as the carrier would."""
    path = f"/voice/{token}/turn/{turn}"
    body = f"CallSid={SID}&Digits=1"
    signature = RequestValidator(AUTH).compute_signature(BASE + path, {"CallSid": SID, "Digits": "1"})
    return desk.handle(WebRequest("POST", path, {"x-twilio-signature": signature}, body.encode()))


def in_conversation(store: SqlStore) -> Line:
    """A call whose opening was answered."""
    line = ring(store)
    line.hear()
    return line


DYING = """
import sys
from pathlib import Path
from outbound.adapters.files.owed import OwedJournal
from tests.web.test_owed_promises import Away, desk_at, post
answer = post(desk_at(Away(), OwedJournal(Path(sys.argv[1]))), sys.argv[2], 1)
sys.stdout.buffer.write(len(answer.body).to_bytes(4, "big") + answer.body)
sys.stdout.flush()
sys.stdin.read()
"""


def test_a_promise_outlives_kill_9(store: SqlStore, tmp_path: Path) -> None:
    """The process that promised is killed as soon as the callee heard it; the next one writes it down, once."""
    line, journal = in_conversation(store), tmp_path / "owed.jsonl"
    command = [sys.executable, "-c", DYING, str(journal), line.attempt.token]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        size = int.from_bytes(process.stdout.read(4), "big")
        heard = process.stdout.read(size)
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    assert "專人" in heard.decode()
    assert b"<Hangup" in heard
    assert rows(store, inbox.select()) == []
    desk = desk_at(store, OwedJournal(journal))
    assert desk.settle_owed() == 0
    ((kind, note, status),) = line.inbox()
    assert (kind, status) == ("apology", "waiting")
    assert note is not None
    assert note.startswith("DatabaseUnreachableError")
    again = post(desk, line.attempt.token, 1)
    assert (again.status, again.body) == (200, heard)
    assert journal.read_bytes() == b""
    assert desk_at(store, OwedJournal(journal)).settle_owed() == 0
    assert len(rows(store, inbox.select())) == 1
    line.hang_up(9)
    attempt = attempt_now(store, line.attempt.id)
    assert (attempt.status, attempt.disposition) == (AttemptStatus.ENDED, "person_requested")


def test_a_promise_is_never_kept_twice(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """Who dies between database and journal leaves the line behind; whoever reads it adds no second item."""
    line, path = in_conversation(sqlite_store), tmp_path / "owed.jsonl"
    post(desk_at(Away(), OwedJournal(path)), line.attempt.token, 1)
    kept = path.read_bytes()
    assert desk_at(sqlite_store, OwedJournal(path)).settle_owed() == 0
    (item,) = rows(sqlite_store, inbox.select())
    with sqlite_store.begin() as work:
        assert work.desk.finish_item(item.id, "lin", None, item.at)
        work.commit()
    path.write_bytes(kept)
    assert desk_at(sqlite_store, OwedJournal(path)).settle_owed() == 0
    assert len(rows(sqlite_store, inbox.select())) == 1


@pytest.mark.parametrize("planned", [True, False])
def test_the_robot_does_not_ring_before_the_person(store: SqlStore, tmp_path: Path, planned: bool) -> None:
    """The call was settled and tried anew before the promise could be written: the retry is taken back."""
    line, journal = in_conversation(store), OwedJournal(tmp_path / "owed.jsonl")
    heard = post(desk_at(Away(), journal), line.attempt.token, 1)
    line.hang_up(9)
    contact = contact_now(store, line.attempt.contact_id)
    assert (contact.state, contact.reason) == (ContactState.OPEN, "waiting_for_retry")
    if planned:
        make_attempt(store, contact)
    assert desk_at(store, journal).settle_owed() == 0
    contact = contact_now(store, line.attempt.contact_id)
    assert (contact.state, contact.reason) == (ContactState.DONE, "person_requested")
    statuses = sorted(each.status for each in attempts_of(store, contact))
    assert statuses == [AttemptStatus.CANCELLED, AttemptStatus.ENDED][-1 - planned :]
    assert [kind for kind, _, _ in line.inbox()] == ["apology"]
    assert post(desk_at(store, journal), line.attempt.token, 1) == heard


def test_what_stays_away_stays_owed(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """As long as the database is away nothing is forgotten, and the twin of a delivery hears the same bytes."""
    line, path = in_conversation(sqlite_store), tmp_path / "owed.jsonl"
    desk = desk_at(Away(), OwedJournal(path))
    first = post(desk, line.attempt.token, 1)
    assert post(desk, line.attempt.token, 1) == first
    assert desk.settle_owed() == 1
    assert desk_at(Away(), OwedJournal(path)).settle_owed() == 1


def test_one_that_cannot_be_kept_holds_up_no_other(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """A promise that fails for a reason of its own stays owed; those behind it are written all the same."""
    poisoned, path = in_conversation(sqlite_store), tmp_path / "owed.jsonl"
    other = ring(sqlite_store, numbers=("+886900000002",), columns={})
    journal = OwedJournal(path)
    for line in (poisoned, other):
        post(desk_at(Away(), journal), line.attempt.token, line.turn)
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE attempts SET session = 'spoilt' WHERE id = ?", (poisoned.attempt.id,))
    assert desk_at(sqlite_store, journal).settle_owed() == 1
    assert [row.attempt_id for row in rows(sqlite_store, inbox.select())] == [other.attempt.id]


def test_who_is_on_the_line_does_not_wait_for_all_that_is_owed(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """After an outage an answer writes a few promises on its way, at most each second; the rest has its own turn."""
    line, journal = in_conversation(sqlite_store), OwedJournal(tmp_path / "owed.jsonl")
    desk = desk_at(sqlite_store, journal)
    for number in range(50):
        journal.add(Owed(f"f{number:031x}", 1, "DatabaseUnreachableError", line.now))
    assert b"<Gather" in post(desk, line.attempt.token, 1).body
    left = len(journal.waiting())
    assert 40 < left < 50
    post(desk, line.attempt.token, 1)
    assert len(journal.waiting()) == left
    assert desk.settle_owed() == 0


def test_a_promise_that_was_kept_is_not_kept_again(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """A journal that comes back from a backup stops no call that was planned since."""
    line, path = in_conversation(sqlite_store), tmp_path / "owed.jsonl"
    post(desk_at(Away(), OwedJournal(path)), line.attempt.token, 1)
    kept = path.read_bytes()
    line.hang_up(9)
    assert desk_at(sqlite_store, OwedJournal(path)).settle_owed() == 0
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE contacts SET state = 'open', reason = 'new_round'")
    path.write_bytes(kept)
    assert desk_at(sqlite_store, OwedJournal(path)).settle_owed() == 0
    contact = contact_now(sqlite_store, line.attempt.contact_id)
    assert (contact.state, contact.reason) == (ContactState.OPEN, "new_round")


def test_a_journal_that_cannot_be_read_costs_no_conversation(
    sqlite_store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While a file is out of reach the calls go on, and what memory holds is kept; the log says so."""
    line, path = in_conversation(sqlite_store), tmp_path / "owed.jsonl"
    desk = desk_at(sqlite_store, OwedJournal(path))
    OwedJournal(path).add(Owed("0" * 32, 1, "DatabaseUnreachableError", line.now))

    def broken(*_args: object) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("outbound.adapters.files.owed.os.open", broken)
    assert b"<Gather" in post(desk, line.attempt.token, 1).body
    assert desk.settle_owed() == 0
    assert "cannot be read" in caplog.text


def test_a_disk_that_is_full_silences_nobody(
    sqlite_store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The apology is spoken all the same, and memory holds the promise; the log says that it hangs by a thread."""
    line, journal = in_conversation(sqlite_store), OwedJournal(tmp_path / "owed.jsonl")

    def full(*_args: object) -> int:
        raise OSError(28, "No space left on device")

    desk = desk_at(Away(), journal)
    monkeypatch.setattr("outbound.adapters.files.owed.os.write", full)
    assert "專人" in post(desk, line.attempt.token, 1).body.decode()
    assert desk.settle_owed() == 1
    assert "in memory alone" in caplog.text


def test_the_journal_shows_nobody(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """What the callee keyed, the call's identifier and the person are not in the file."""
    line, path = in_conversation(sqlite_store), tmp_path / "owed.jsonl"
    post(desk_at(Away(), OwedJournal(path)), line.attempt.token, 1)
    (text,) = path.read_text().splitlines()
    assert json.loads(text)["token"] == line.attempt.token
    for secret in (SID, "900000001", "王試明", line.attempt.contact_id, "Digits"):
        assert secret not in text


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Where the journal cannot be, the start says which file, why, and what to do."""
    (tmp_path / "var").write_text("in the way")
    parts: Any = SimpleNamespace()  # nothing else is asked for
    house = House(Settings(), parts, ManualClock(), parts, tmp_path)
    with pytest.raises(InputProblemError, match=r"owed\.jsonl: cannot be written"):
        _ = house.owed
