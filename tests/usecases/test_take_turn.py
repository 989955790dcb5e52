"""A conversation through its turns; where SQL matters, over both databases."""

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from outbound.adapters.sql.schema import (
    answers,
    attempt_events,
    attempts,
    callbacks,
    contacts,
    phones,
    suppressions,
    turns,
)
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Keyed, Silence, Spoken, TransferEnded
from outbound.domain.attempt import AttemptStatus
from outbound.domain.contact import ContactState
from outbound.domain.policy import PolicyStatus
from outbound.usecases.conversation.take_turn import TurnOutcome
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import (
    attempt_now,
    attempts_of,
    contact_now,
    make_attempt,
    make_contact,
    rows,
    suppress_number,
)
from tests.usecases.voice_room import OTHER_SID, SID, Line, open_to_service, ring, with_transfers
from tests.values import replace

SECRET_WORDS = "我的鄰居偷看了信"


def dump(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that a turn may touch, as stored."""
    tables = (attempts, attempt_events, turns, answers, callbacks, suppressions, contacts)
    with store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table.name} ORDER BY 1, 2")]  # noqa: S608
            for table in tables
        }


class TestTurns:
    """Tests that take `store` hold for SQLite and PostgreSQL alike; in the others SQL is not in question."""

    def test_a_whole_call_is_kept(self, store: SqlStore) -> None:
        """A call from hello to goodbye leaves its turns, answers and the standing of the conversation on record."""
        line = ring(store, delivered_on=date(2026, 11, 10))
        assert "福爾摩沙人壽" in line.hear()
        assert "王試明" in line.key("1")
        assert "十一月二十日" in line.key("1", "0528", "1")
        assert "<Hangup" in line.key("1", "2", "2", "2", "7", "2")
        attempt = attempt_now(store, line.attempt.id)
        assert (attempt.status, attempt.turn) == (AttemptStatus.IN_PROGRESS, 11)
        assert (attempt.recording, attempt.right_party, attempt.verified) == (True, True, True)
        assert (attempt.script, attempt.language, attempt.answered_at) == ("welcome_call", "zh-TW", MONDAY_TEN)
        assert attempt.session is not None
        assert attempt.session["outcome"] == "welcomed"
        assert {row.name: (row.value, row.score) for row in rows(store, answers.select())} == {
            "service": ("satisfied", None),
            "free_look": ("clear", None),
            "self_service": ("heard", None),
            "satisfaction": (7, 7.0),
        }
        kept = line.turns()
        assert [row.turn for row in kept] == list(range(11))
        assert (kept[1].step, kept[1].kind, kept[1].meaning, kept[1].heard) == ("recording", "keyed", "yes", "1")
        assert "王試明" in "".join(kept[1].said)

    def test_what_proves_identity_is_not_kept(self, sqlite_store: SqlStore) -> None:
        """The birth date that was keyed stands in no turn, even where words may be kept."""
        line = ring(sqlite_store)
        open_to_service(line)
        assert [row.heard for row in line.turns()] == [None, "1", "1", None]

    @pytest.mark.parametrize("status", [AttemptStatus.UNKNOWN, AttemptStatus.RESERVED, AttemptStatus.PLACED])
    def test_the_first_request_is_evidence_of_the_call(self, store: SqlStore, status: AttemptStatus) -> None:
        """A call of ours whose sid was never saved is adopted by the first request that bears its token."""
        line = ring(store, status=status, columns={"sid": None})
        assert "<Gather" in line.hear()
        attempt = attempt_now(store, line.attempt.id)
        assert (attempt.sid, attempt.status) == (SID, AttemptStatus.IN_PROGRESS)
        (event,) = rows(store, attempt_events.select())
        assert (event.from_status, event.to_status, event.cause) == (status, "in_progress", "answered")

    def test_a_second_call_is_hung_up_at_once(self, store: SqlStore) -> None:
        """Another call with the same token hears one polite line and changes nothing."""
        line = ring(store)
        line.hear()
        before = dump(store)
        answer = line.deliver(0, sid=OTHER_SID)
        assert answer is not None
        assert answer.outcome is TurnOutcome.SECOND_CALL
        assert "另一通電話" in answer.body.decode()
        assert answer.body.endswith(b"<Hangup /></Response>")
        assert dump(store) == before

    def test_the_same_turn_again_gets_the_same_bytes(self, store: SqlStore) -> None:
        """A turn that is delivered again, with whatever was heard, is answered with the bytes of the first time."""
        line = ring(store)
        first = line.deliver(0)
        second = line.deliver(1, Keyed("1"))
        line.deliver(2, Keyed("1"))
        before = dump(store)
        again = [line.deliver(0), line.deliver(1, Keyed("2")), line.deliver(1, Silence())]
        assert first is not None
        assert second is not None
        assert [each.body for each in again if each] == [first.body, second.body, second.body]
        assert {each.outcome for each in again if each} == {TurnOutcome.REPEATED}
        assert dump(store) == before

    def test_a_turn_is_answered_again_after_the_call(self, sqlite_store: SqlStore) -> None:
        """Also when the attempt has ended since, a repeated turn gets its stored bytes."""
        line = ring(sqlite_store)
        first = line.deliver(0)
        _end(sqlite_store, line)
        assert first is not None
        again = line.deliver(0)
        assert again is not None
        assert again.body == first.body

    def test_deliveries_at_the_same_time_get_one_answer(self, store: SqlStore) -> None:
        """Eight deliveries of one turn at once advance the conversation once and get the same bytes."""
        line = ring(store)
        line.hear()
        got: list[bytes] = []
        start = threading.Barrier(8)

        def deliver() -> None:
            start.wait()
            answer = line.deliver(1, Keyed("1"))
            assert answer is not None
            got.append(answer.body)

        threads = [threading.Thread(target=deliver) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(got) == 8
        assert len(set(got)) == 1
        assert attempt_now(store, line.attempt.id).turn == 2
        assert line.inbox() == []

    def test_a_turn_out_of_step_ends_in_an_apology(self, store: SqlStore) -> None:
        """A turn that nobody asked for yet is not guessed at: apology, a person promised once, no step taken."""
        line = ring(store)
        line.hear()
        for _ in range(2):
            answer = line.deliver(5, Keyed("1"))
            assert answer is not None
            assert answer.outcome is TurnOutcome.OUT_OF_STEP
            assert "專人" in answer.body.decode()
        attempt = attempt_now(store, line.attempt.id)
        assert attempt.turn == 1
        assert attempt.session is not None
        assert (attempt.session["step"], attempt.session["outcome"]) == ("recording", "person_requested")
        assert line.inbox() == [("apology", "out_of_step", "waiting")]

    def test_an_unknown_token_is_none_of_ours(self, sqlite_store: SqlStore) -> None:
        """A token that no attempt bears is answered with nothing."""
        line = ring(sqlite_store)
        stranger = Line(sqlite_store, replace(line.attempt, token="f" * 32), line.context)
        assert stranger.deliver(0) is None

    @pytest.mark.parametrize("status", [AttemptStatus.ENDED, AttemptStatus.CANCELLED, AttemptStatus.NOT_PLACED])
    def test_a_call_that_is_over_is_hung_up(self, sqlite_store: SqlStore, status: AttemptStatus) -> None:
        """A call whose attempt is final hears a goodbye; one that cannot exist is shown to a person as well."""
        line = ring(sqlite_store, status=status, columns={"sid": None})
        answer = line.deliver(0)
        assert answer is not None
        assert answer.outcome is TurnOutcome.OVER
        assert answer.body.endswith(b"<Hangup /></Response>")
        assert attempt_now(sqlite_store, line.attempt.id).status is status
        assert line.inbox() == [("unknown_call", f"answered_{status}", "waiting")]

    def test_a_planned_call_that_is_answered_is_begun(self, store: SqlStore) -> None:
        """A call that the carrier said it had refused is live as soon as it bears the token, and is talked with."""
        line = ring(store, status=AttemptStatus.PLANNED, columns={"sid": None})
        answer = line.deliver(0)
        assert answer is not None
        assert answer.outcome is TurnOutcome.OPENED
        attempt = attempt_now(store, line.attempt.id)
        assert (attempt.status, attempt.sid, attempt.attempt_number) == (AttemptStatus.IN_PROGRESS, SID, 1)
        assert line.inbox() == []

    def test_a_planned_call_on_a_busy_number_is_not_begun(self, sqlite_store: SqlStore) -> None:
        """While another call holds the number, a call that should not exist hears a goodbye and a person is told."""
        line = ring(sqlite_store, status=AttemptStatus.PLANNED, columns={"sid": None})
        make_attempt(sqlite_store, make_contact(sqlite_store), status=AttemptStatus.RINGING)
        answer = line.deliver(0)
        assert answer is not None
        assert answer.outcome is TurnOutcome.OVER
        assert attempt_now(sqlite_store, line.attempt.id).status is AttemptStatus.CANCELLED
        assert [kind for kind, _note, _status in line.inbox()] == ["unknown_call"]

    def test_the_last_word_still_counts(self, store: SqlStore) -> None:
        """An opt-out whose webhook arrives after the call ended suppresses all the same; the record stays."""
        line = ring(store)
        open_to_service(line)
        line.hear(Spoken("不要再打來"))
        _end(store, line)
        answer = line.deliver(line.turn, Keyed("1"))
        assert answer is not None
        assert answer.outcome is TurnOutcome.LATE
        assert [row.contact_id for row in rows(store, suppressions.select())] == [line.attempt.contact_id]
        attempt = attempt_now(store, line.attempt.id)
        assert attempt.status is AttemptStatus.ENDED
        again = line.deliver(line.turn, Keyed("1"))
        assert again is not None
        assert (again.body, again.outcome) == (answer.body, TurnOutcome.REPEATED)
        assert len(rows(store, suppressions.select())) == 1


class TestLateCallback:
    """A return call whose last key reaches us after the call was concluded."""

    def asked(self, store: SqlStore, keys: tuple[str, ...] = ("1",)) -> Line:
        """Ask to be called later, choose the first window, and let the end of the call be quicker than its last key."""
        line = ring(store)
        line.hear()
        line.key("1")
        line.hear(Spoken("晚點再打"))
        line.key(*keys)
        line.hang_up(5)
        assert rows(store, callbacks.select()) == []
        return line

    def confirm(self, line: Line) -> None:
        """Deliver the key that was held up."""
        answer = line.deliver(line.turn, Keyed("1"))
        assert answer is not None
        assert answer.outcome is TurnOutcome.LATE

    @pytest.mark.parametrize("is_planned", [False, True])
    def test_the_robot_keeps_it(self, store: SqlStore, is_planned: bool) -> None:
        """The promise stands and brings the contact back before its window, whatever was planned meanwhile."""
        line = self.asked(store)
        if is_planned:
            make_attempt(store, contact_now(store, line.attempt.contact_id), window_start=MONDAY_TEN)
        self.confirm(line)
        (promise,) = rows(store, callbacks.select())
        contact = contact_now(store, line.attempt.contact_id)
        assert promise.status == "open"
        assert (contact.state, contact.reason) == (ContactState.OPEN, "waiting_for_callback")
        assert contact.not_before == promise.window_start - timedelta(hours=1)
        assert [each.status for each in attempts_of(store, contact) if each.id != line.attempt.id] == [
            AttemptStatus.CANCELLED
        ] * is_planned
        assert line.inbox() == []

    def test_a_person_keeps_it_where_the_robot_is_done(self, store: SqlStore) -> None:
        """Once the contact is closed the wish waits for a person, with its window."""
        line = self.asked(store)
        with store.engine.begin() as connection:
            connection.execute(update(contacts).values(state=ContactState.DONE, reason="attempts_exhausted"))
        self.confirm(line)
        (promise,) = rows(store, callbacks.select())
        assert promise.status == "open"
        ((kind, note, _status),) = line.inbox()
        assert kind == "person_requested"
        local = promise.window_start.astimezone(ZoneInfo("Asia/Taipei"))
        assert f"{local:%Y-%m-%d %H:%M}" in (note or "")

    def test_nobody_keeps_it_for_who_was_withdrawn(self, sqlite_store: SqlStore) -> None:
        """After a death or a cancellation nothing is promised any more."""
        line = self.asked(sqlite_store)
        with sqlite_store.engine.begin() as connection:
            connection.execute(update(contacts).values(state=ContactState.WITHDRAWN, reason="policy_deceased"))
        self.confirm(line)
        assert [row.status for row in rows(sqlite_store, callbacks.select())] == ["withdrawn"]
        assert line.inbox() == []

    def test_an_answer_is_kept(self, sqlite_store: SqlStore) -> None:
        """An answer to the script's own question counts as well."""
        line = ring(sqlite_store)
        open_to_service(line)
        line.hang_up(5)
        self.confirm(line)
        assert [row.name for row in rows(sqlite_store, answers.select())] == ["service"]


class TestOpening:
    """To whom we speak is looked up again when somebody answers."""

    @pytest.mark.parametrize(
        ("hours_before", "status", "days"),
        [
            (1, AttemptStatus.ENDED, {17, 18}),
            (24, AttemptStatus.ENDED, {16, 17}),
            (1, AttemptStatus.NOT_PLACED, {16, 17}),
        ],
    )
    def test_who_was_rung_twice_today_is_offered_other_days(
        self, sqlite_store: SqlStore, hours_before: int, status: AttemptStatus, days: set[int]
    ) -> None:
        """Another ring of the same day moves every time that is offered to later days; what never rang does not."""
        line = ring(sqlite_store)
        earlier = MONDAY_TEN - timedelta(hours=hours_before)
        make_attempt(
            sqlite_store, contact_now(sqlite_store, line.attempt.contact_id), status=status, at=earlier,
        )  # fmt: skip
        line.hear()
        session = attempt_now(sqlite_store, line.attempt.id).session
        assert session is not None
        offered = [datetime.fromisoformat(start) for start, _end in session["facts"]["callback_choices"]]
        assert {each.day for each in offered} == days

    @pytest.mark.parametrize("status", [PolicyStatus.DECEASED, PolicyStatus.CANCELLED])
    def test_a_withdrawn_contact_hears_a_neutral_goodbye(self, sqlite_store: SqlStore, status: PolicyStatus) -> None:
        """After a death or a cancellation between dial and answer nobody is asked for."""
        line = ring(sqlite_store, policy_status=status, state=ContactState.OPEN)
        said = line.hear()
        assert "王試明" not in said
        assert "福爾摩沙人壽" in said
        assert said.endswith("<Hangup /></Response>")
        (turn,) = line.turns()
        assert (turn.kind, turn.meaning) == ("opened", "withdrawn")

    def test_a_number_that_was_replaced_meanwhile_is_not_asked_for_the_name(self, sqlite_store: SqlStore) -> None:
        """Whoever answers a number that no longer belongs to the contact hears a goodbye without any name."""
        line = ring(sqlite_store)
        with sqlite_store.engine.begin() as connection:
            connection.execute(update(phones).values(unusable="replaced"))
        said = line.hear()
        assert "王試明" not in said
        assert said.endswith("<Hangup /></Response>")
        (turn,) = line.turns()
        assert (turn.kind, turn.meaning) == ("opened", "number_unusable")

    def test_who_opted_out_meanwhile_is_left_alone(self, sqlite_store: SqlStore) -> None:
        """A suppression of the number, or do-not-call of the contact, ends the call with a goodbye."""
        line = ring(sqlite_store)
        suppress_number(sqlite_store, "+886900000001")
        assert "<Gather" not in line.hear()
        other = ring(sqlite_store, numbers=("+886900000002",), columns={"sid": OTHER_SID})
        with sqlite_store.engine.begin() as connection:
            connection.execute(
                update(contacts).where(contacts.c.id == other.attempt.contact_id).values(do_not_call=True)
            )
        other.sid = OTHER_SID
        assert "<Gather" not in other.hear()
        assert [row.meaning for row in line.turns()] == ["suppressed", "do_not_call"]

    def test_english_is_spoken_to_who_wishes_it(self, sqlite_store: SqlStore) -> None:
        """The contact's language opens the call."""
        assert "automated" in ring(sqlite_store, language="en").hear()

    def test_a_machine_that_was_known_before_hears_the_message(self, sqlite_store: SqlStore) -> None:
        """Where the verdict was faster than the first request, the opening is the message for the machine."""
        line = ring(sqlite_store, columns={"sid": SID, "answered_by": "machine_end_beep"})
        assert "<Hangup" in line.hear()
        session = attempt_now(sqlite_store, line.attempt.id).session
        assert session is not None
        assert session["outcome"] == "voicemail_left"


class TestEffects:
    """What is said on the telephone is on record in the transaction of its turn."""

    def test_an_opt_out_suppresses_the_contact(self, sqlite_store: SqlStore) -> None:
        """Who says no more, as the right person, is suppressed at once, with the turn as evidence."""
        line = ring(sqlite_store)
        open_to_service(line)
        line.hear(Spoken("不要再打來"))
        line.key("1")
        (row,) = rows(sqlite_store, suppressions.select())
        assert (row.contact_id, row.number_index, row.call_class) == (line.attempt.contact_id, None, None)
        assert (row.reason, row.evidence) == ("opted_out", f"attempt {line.attempt.id} turn 5")

    def test_a_stranger_s_opt_out_covers_the_number_too(self, store: SqlStore) -> None:
        """Who was not known to be the right person also takes the number with them, and what is planned there."""
        line = ring(store)
        other = make_contact(store, numbers=("+886900000001",), customer_id="C-other")
        planned = make_attempt(store, other)
        line.hear()
        line.hear(Spoken("不要再打來"))
        line.key("1")
        found = {(row.contact_id, row.number_index) for row in rows(store, suppressions.select())}
        assert found == {(line.attempt.contact_id, None), (None, line.attempt.number_index)}
        assert attempt_now(store, planned.id).status is AttemptStatus.CANCELLED

    def test_hanging_up_on_the_opt_out_question_opts_out(self, store: SqlStore) -> None:
        """Who asked for no more calls and hangs up when asked back is taken at their word, once."""
        line = ring(store)
        open_to_service(line)
        line.hear(Spoken("不要再打來"))
        for sequence in (3, 4):
            line.hang_up(sequence)
        assert len(rows(store, suppressions.select())) == 1
        session = attempt_now(store, line.attempt.id).session
        assert session is not None
        assert session["outcome"] == "opted_out"

    def test_a_complaint_waits_for_a_person_within_hours(self, sqlite_store: SqlStore) -> None:
        """A complaint stands in the inbox with its words, due in four hours."""
        line = ring(sqlite_store)
        open_to_service(line)
        line.hear(Spoken("我要申訴，" + SECRET_WORDS))
        assert line.inbox() == [("complaint", "我要申訴，" + SECRET_WORDS, "waiting")]

    @pytest.mark.parametrize(("words", "kind"), [("我要申訴", "complaint"), ("我要解約", "cancellation")])
    def test_without_recording_no_words_are_kept(self, sqlite_store: SqlStore, words: str, kind: str) -> None:
        """Where the recording was refused, the wish is kept and the words are nowhere, not even sealed."""
        line = ring(sqlite_store)
        line.hear()
        line.key("2", "1", "0528")
        line.hear(Spoken(f"{words}，{SECRET_WORDS}"))
        ((found, note, _status),) = line.inbox()
        assert found == kind
        assert note is not None
        assert "words not kept" in note
        assert [row.heard for row in line.turns()] == [None] * 5
        attempt = attempt_now(sqlite_store, line.attempt.id)
        assert attempt.recording is False
        for row in line.turns():
            assert SECRET_WORDS not in f"{row}"
        assert SECRET_WORDS not in f"{attempt}"

    def test_a_callback_is_a_promise_in_a_window(self, store: SqlStore) -> None:
        """A time that was chosen and confirmed is an open callback; a second thought replaces it."""
        line = ring(store)
        open_to_service(line)
        line.hear(Spoken("晚點再打"))
        line.key("2", "1")
        (row,) = rows(store, callbacks.select())
        assert (row.status, row.reason, row.attempt_id) == ("open", "later", line.attempt.id)
        assert row.window_start >= MONDAY_TEN + timedelta(hours=1)
        assert row.window_end > row.window_start

    def test_not_verified_is_left_to_a_person(self, sqlite_store: SqlStore) -> None:
        """Two wrong birth dates stop the robot, and one item waits for a person."""
        line = ring(sqlite_store)
        line.hear()
        line.key("1", "1", "0101", "0102")
        assert line.inbox() == [("not_verified", "not_verified", "waiting")]
        assert attempt_now(sqlite_store, line.attempt.id).verified is False

    def test_a_question_is_kept_with_its_words(self, sqlite_store: SqlStore) -> None:
        """A question without an approved answer waits for a person once they like one, in the callee's words."""
        line = ring(sqlite_store)
        open_to_service(line)
        line.key("1", "2")
        line.hear(Spoken("我想問明年會不會下雪"))
        assert line.inbox() == []
        line.key("1")
        assert line.inbox() == [("question", "我想問明年會不會下雪", "waiting")]

    def test_a_missed_transfer_is_told_apart(self, store: SqlStore) -> None:
        """Who asked for a person and was not connected waits as a missed transfer, and only as that."""
        line = ring(store, context=with_transfers())
        line.hear()
        assert "<Dial" in line.key("0")
        assert line.inbox() == [("person_requested", "asked", "waiting")]
        line.hear(TransferEnded(ok=False))
        found = [(kind, status) for kind, _note, status in line.inbox()]
        assert found == [("person_requested", "done"), ("transfer_missed", "waiting")]

    def test_a_transfer_that_was_answered_is_done(self, store: SqlStore) -> None:
        """Who was connected waits no more."""
        line = ring(store, context=with_transfers())
        line.hear()
        line.key("0")
        line.hear(TransferEnded(ok=True))
        assert [(kind, status) for kind, _note, status in line.inbox()] == [("person_requested", "done")]

    def test_the_language_is_kept(self, sqlite_store: SqlStore) -> None:
        """Who changes to English is spoken to, and shown, in English."""
        line = ring(sqlite_store)
        line.hear()
        assert "automated" in line.key("8")
        assert attempt_now(sqlite_store, line.attempt.id).language == "en-US"

    def test_the_language_is_remembered_of_the_contact_only(self, sqlite_store: SqlStore) -> None:
        """The next call opens in English where the verified contact chose it, not where somebody else did."""
        line = ring(sqlite_store)
        line.hear()
        line.key("8", "1")
        assert contact_now(sqlite_store, line.attempt.contact_id).language == "zh-TW"
        line.key("1", "0528")
        assert contact_now(sqlite_store, line.attempt.contact_id).language == "en-US"

    def test_a_wrong_number_is_no_right_party(self, sqlite_store: SqlStore) -> None:
        """A number that does not lead to the contact is known as such by the attempt."""
        line = ring(sqlite_store)
        line.hear()
        line.key("1")
        line.hear(Spoken("打錯了"))
        assert attempt_now(sqlite_store, line.attempt.id).right_party is False


def test_a_hang_up_before_the_opening_is_nothing(sqlite_store: SqlStore) -> None:
    """A call that is over before its conversation began has none; another call's end says nothing about it."""
    line = ring(sqlite_store)
    line.hear()
    line.hang_up(3, sid=OTHER_SID)
    assert attempt_now(sqlite_store, line.attempt.id).status is AttemptStatus.IN_PROGRESS
    other = ring(sqlite_store, numbers=("+886900000002",), customer_id="C-other", columns={"sid": OTHER_SID})
    other.hang_up(3, sid=OTHER_SID)
    assert attempt_now(sqlite_store, other.attempt.id).session is None


def _end(sqlite_store: SqlStore, line: Line) -> None:
    with sqlite_store.engine.begin() as connection:
        connection.execute(update(attempts).where(attempts.c.id == line.attempt.id).values(status=AttemptStatus.ENDED))
