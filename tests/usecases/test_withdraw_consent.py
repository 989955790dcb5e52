"""Consent to keep words that is taken back at the desk, days after the call."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sql.schema import (
    answers,
    attempts,
    company_events,
    consent_withdrawals,
    inbox,
    outbox,
    service_records,
    turns,
    unanswered_questions,
)
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.sql.views.consents import spoken_calls
from outbound.dialogue import effects as fx
from outbound.dialogue.session import AskedQuestion, Doubt
from outbound.domain.attempt import AttemptStatus
from outbound.usecases.desk.withdraw_consent import WithdrawalReport, withdraw_words
from outbound.usecases.problems import InputProblemError
from outbound.usecases.records.file_records import file_records
from tests.usecases.builders import attempt_now, contact_now, make_attempt, rows
from tests.usecases.test_left_behind import WORDS, bring_about, filed, kept_answers, verified
from tests.usecases.voice_room import OTHER_SID, Line

TABLES = (attempts, turns, answers, inbox, unanswered_questions, outbox, service_records, company_events)


def spoken(store: SqlStore) -> Line:
    """A call that left words everywhere: a turn, a question, a complaint, a reason, and what waits in the session."""
    line = verified(store)
    question = AskedQuestion(None, None, 0.1, WORDS)
    bring_about(line, fx.QuestionUnanswered(WORDS, None, 0.1), asked=(question,), doubt=Doubt("complaint", WORDS))
    bring_about(line, fx.ComplaintRaised(WORDS), done=("complaint_raised",))
    bring_about(line, fx.SatisfactionGiven(3), fx.ReasonGiven(WORDS), answers={"satisfaction": 3})
    line.hang_up(3)
    file_records(store, sink=None, now=line.now)
    line.now += timedelta(days=4)
    return line


def take_back(line: Line, **changes: Any) -> WithdrawalReport:
    """Take consent back for the contact of a call."""
    asked: dict[str, Any] = {
        "contact_id": line.attempt.contact_id, "evidence": "letter 2026-11-27", "by": "lin",
        "identifiers": SeededIdentifiers(7), "now": line.now,
    }  # fmt: skip
    return withdraw_words(line.store, **asked | changes)


def left(store: SqlStore) -> set[str]:
    """Tables in which the words still stand."""
    return {table.name for table in TABLES if any(WORDS in str(tuple(row)) for row in rows(store, table.select()))}


def test_all_words_go_and_what_was_asked_for_stays(store: SqlStore) -> None:
    """Turns, questions, notes, reason, session and the record lose them; the complaint keeps its clock, the score."""
    line = spoken(store)
    assert left(store) == {"attempts", "turns", "answers", "inbox", "unanswered_questions", "outbox", "service_records"}
    due = {item.kind: (item.status, item.due_at) for item in rows(store, inbox.select())}
    report = take_back(line)
    assert left(store) == set()
    assert (report.added, report.records, report.withdrawal.calls) == (True, 1, 1)
    # three turns with a question for review, a complaint, its note, and a reason with its themes
    assert report.withdrawal.words >= 7
    assert {item.kind: (item.status, item.due_at) for item in rows(store, inbox.select())} == due
    assert due["complaint"][0] == "waiting"
    assert kept_answers(store) == {"satisfaction": 3}
    (record,) = rows(store, service_records.select())
    assert (record.body["complaint"], record.body["answers"]) == (True, {"satisfaction": 3})
    session = attempt_now(store, line.attempt.id).session
    assert session is not None
    assert session["recording"] is False


def test_receivers_of_records_are_told_what_to_delete(store: SqlStore) -> None:
    """An event names contact, call and record; neither words nor evidence are in it."""
    line = spoken(store)
    take_back(line)
    file_records(store, sink=None, now=line.now)
    (event,) = rows(store, company_events.select())
    (record,) = rows(store, service_records.select())
    assert event.event == "words_forgotten"
    assert (event.body["attempt_ids"], event.body["record_ids"]) == ([line.attempt.id], [record.record_id])
    assert set(event.body) == {"event_id", "event", "contact_id", "attempt_ids", "record_ids", "at"}


def test_once_more_changes_nothing(store: SqlStore) -> None:
    """The second letter of the same person finds what the first one left on record."""
    line = spoken(store)
    first = take_back(line)
    again = take_back(line, evidence="letter 2026-12-01", identifiers=SeededIdentifiers(8))
    assert (again.added, again.withdrawal) == (False, first.withdrawal)
    assert len(rows(store, consent_withdrawals.select())) == 1
    assert len(rows(store, outbox.select().where(outbox.c.kind == "event"))) == 1


def test_words_that_were_kept_with_new_consent_can_be_taken_back_too(store: SqlStore) -> None:
    """Consent was given anew and is taken back anew: a second entry stands beside the first."""
    line = verified(store)
    bring_about(line, fx.QuestionUnanswered(WORDS, None, 0.1))
    take_back(line)
    bring_about(line, fx.RecordingChosen(given=True), fx.QuestionUnanswered(WORDS, None, 0.1), recording=True)
    assert "turns" in left(store)
    assert take_back(line, identifiers=SeededIdentifiers(9)).added
    assert left(store) == set()
    assert len(rows(store, consent_withdrawals.select())) == 2


def test_a_call_that_goes_on_keeps_nothing_more(store: SqlStore) -> None:
    """The desk was faster than the hang-up: what is said from then on is not kept."""
    line = verified(store)
    bring_about(line, fx.QuestionUnanswered(WORDS, None, 0.1))
    take_back(line)
    with store.begin() as work:
        call = work.voice.lock_call(line.attempt.token, line.turn)
    assert call is not None
    assert call.session is not None
    assert (call.session.recording, call.turn) == (False, line.turn)
    assert left(store) == set()
    line.hang_up(3)
    assert left(store) == set()
    assert filed(line)["answers"] == {}


def test_one_call_alone_can_be_forgotten(store: SqlStore) -> None:
    """What was said in another call of the same person stays."""
    line = spoken(store)
    contact = contact_now(store, line.attempt.contact_id)
    other = make_attempt(store, contact, status=AttemptStatus.ENDED, sid=OTHER_SID, answered_at=line.now)
    report = take_back(line, attempt_id=other.id)
    assert (report.added, report.withdrawal.words) == (True, 0)
    assert "turns" in left(store)
    assert take_back(line, attempt_id=line.attempt.id, identifiers=SeededIdentifiers(8)).withdrawal.words > 0
    assert left(store) == set()


def test_what_is_kept_is_counted_without_being_shown(store: SqlStore) -> None:
    """Whoever answers a question about it sees how many texts of which call; afterwards none."""
    line = spoken(store)
    with store.reading() as connection:
        (before,) = spoken_calls(connection, line.attempt.contact_id)
    assert (before["id"], before["recording"]) == (line.attempt.id, True)
    assert before["words"] == take_back(line).withdrawal.words
    with store.reading() as connection:
        (after,) = spoken_calls(connection, line.attempt.contact_id)
    assert (after["recording"], after["words"]) == (False, 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"contact_id": "0" * 32}, "no such contact; nothing was forgotten"),
        ({"attempt_id": "0" * 32}, "no such call of this contact was answered; nothing was forgotten"),
        ({"evidence": " "}, "--evidence"),
        ({"evidence": "王先生 0912 345 678"}, "--evidence"),
        ({"by": ""}, "--by"),
    ],
)
def test_who_cannot_be_found_or_named_is_said(sqlite_store: SqlStore, changes: dict[str, Any], message: str) -> None:
    """What is wrong is said, and nothing is forgotten or put on record."""
    line = spoken(sqlite_store)
    with pytest.raises(InputProblemError, match=message):
        take_back(line, **changes)
    assert "turns" in left(sqlite_store)
    assert rows(sqlite_store, consent_withdrawals.select()) == []


def test_nothing_of_what_was_forgotten_is_left_in_the_file(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """Not the sealed bytes either, in free pages or in the log: who has the key could read them there."""
    line = spoken(sqlite_store)
    columns = ("turns", "heard"), ("answers", "value"), ("inbox", "note"), ("unanswered_questions", "words")
    bodies = ("outbox", "body"), ("service_records", "body"), ("attempts", "session")
    with closing(sqlite3.connect(tmp_path / "outbound.db")) as connection:
        sealed = [
            (table, row[0])
            for table, column in (*columns, *bodies)
            for row in connection.execute(f'SELECT "{column}" FROM {table} WHERE "{column}" IS NOT NULL')  # noqa: S608
        ]
    at_rest = {table for table, value in sealed if stands(value, tmp_path)}
    assert at_rest == {table for table, _ in (*columns, *bodies)}
    before = {(table, value) for table, value in sealed}
    assert take_back(line).log_is_clear
    with closing(sqlite3.connect(tmp_path / "outbound.db")) as connection:
        kept = {
            (table, row[0])
            for table, column in (*columns, *bodies)
            for row in connection.execute(f'SELECT "{column}" FROM {table} WHERE "{column}" IS NOT NULL')  # noqa: S608
        }
    gone = before - kept
    assert {table for table, _ in gone} == {table for table, _ in (*columns, *bodies)}
    assert [table for table, value in gone if stands(value, tmp_path)] == []


def stands(sealed: bytes, folder: Path) -> bool:
    """Whether any 24 bytes of a sealed value stand in the database's file or its log."""
    stored = b"".join(path.read_bytes() for path in sorted(folder.glob("outbound.db*")))
    return any(sealed[start : start + 24] in stored for start in range(0, max(len(sealed) - 24, 1), 24))
