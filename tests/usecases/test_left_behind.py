"""What a call leaves behind besides its outcome: messages, corrections, a death, reasons, open questions."""

from datetime import timedelta
from typing import Any, Literal

import pytest

from outbound.adapters.files.messages import load_messages
from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.schema import (
    answers,
    attempts,
    inbox,
    outbox,
    service_records,
    suppressions,
    turns,
    unanswered_questions,
)
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue import effects as fx
from outbound.dialogue.heard import Spoken
from outbound.dialogue.said import HangUp, Say
from outbound.dialogue.session import AskedQuestion, Doubt, Session, Sprint
from outbound.domain.attempt import AttemptStatus
from outbound.domain.call_class import CallClass
from outbound.domain.company import Company
from outbound.domain.contact import ContactState
from outbound.domain.outcome.disposition import Disposition
from outbound.usecases.conversation.effects import CHANGED, carry_out
from outbound.usecases.conversation.keeping import keep_turn
from outbound.usecases.conversation.kept.themes import Themes
from outbound.usecases.conversation.scene import Webhook, answering
from outbound.usecases.ports.carrier import Carrier, Placed
from outbound.usecases.ports.stored.desk import NewSuppression
from outbound.usecases.records.file_records import file_records
from outbound.usecases.records.send_messages import send_messages
from tests.conftest import MONDAY_TEN, ROOT
from tests.usecases.builders import attempt_now, contact_now, make_attempt, rows
from tests.usecases.voice_room import OTHER_SID, Line, make_context, open_to_service, ring
from tests.values import replace

WORDS = "理賠太慢了，客服態度不好"
THEMES = Themes({"zh-TW": {"claims": ("理賠",), "service_attitude": ("態度",), "speed": ("太慢",)}})


def bring_about(line: Line, *effects: fx.Effect, done: tuple[str, ...] = (), **changes: Any) -> Session:
    """Carry effects out as the next turn of a call would, and keep what the engine would have noted."""
    with line.store.begin() as work:
        call = work.voice.lock_call(line.attempt.token, line.turn)
        assert call is not None
        assert call.session is not None
        session = replace(call.session, done=(*call.session.done, *done), **changes)
        scene = answering(work, call, line.turn, replace(line.context, themes=THEMES), line.now)
        may_keep = session.recording is True
        sprint = Sprint(session, (Say("好的。", "zh-TW"), HangUp()), effects, "reason", "words", may_keep, 0.93)
        keep_turn(scene, sprint, Spoken(WORDS))
        work.commit()
    line.turn += 1
    return session


def verified(store: SqlStore, **options: Any) -> Line:
    """A call whose callee agreed to the recording and proved to be the contact."""
    line = ring(store, **options)
    open_to_service(line)
    return line


def filed(line: Line) -> dict[str, Any]:
    """The one service record on its way."""
    (row,) = rows(line.store, outbox.select().where(outbox.c.kind == "record"))
    return dict(row.body)


def written(line: Line) -> dict[str, Any]:
    """Text messages on their way, by template."""
    return {row.body["template"]: row for row in rows(line.store, outbox.select().where(outbox.c.kind == "message"))}


def unused() -> Carrier:
    """No carrier is asked for."""
    raise AssertionError("nothing is to be sent")


class TestMessages:
    """Tests that take `store` hold for SQLite and PostgreSQL alike; in the others SQL is not in question."""

    def test_what_was_asked_for_is_sent_once_after_the_call(self, store: SqlStore) -> None:
        """One message of each kind, held back while the call lasts and let go when it ends."""
        line = verified(store)
        for _ in range(2):
            bring_about(line, fx.MessageWished("link"), fx.MessageWished("hotline"), done=("message_wished",))
        held = written(line)
        assert set(held) == {"self_service_link", "hotline"}
        assert {each.next_try_at for each in held.values()} == {MONDAY_TEN + timedelta(minutes=20)}
        line.now += timedelta(minutes=3)
        line.hang_up(3)
        sent = written(line)
        assert {(each.status, each.next_try_at, each.attempt_id) for each in sent.values()} == {
            ("pending", line.now, line.attempt.id)
        }

    def test_no_message_holds_anything_of_the_call(self, store: SqlStore) -> None:
        """Template, language and where it goes: neither words nor anything about a policy."""
        line = verified(store)
        bring_about(line, fx.MessageWished("form"))
        body = written(line)["cancellation_form"].body
        assert set(body) == {"template", "language", "company_id", "contact_id", "phone_id", "to"}

    def test_the_form_is_sent_once_whoever_asks_for_it(self, store: SqlStore) -> None:
        """A wish to cancel and the wish for the form are one message."""
        line = verified(store)
        bring_about(line, fx.CancelWished("我想解約"), fx.MessageWished("form"))
        assert list(written(line)) == ["cancellation_form"]

    def test_a_landline_gets_no_message(self, sqlite_store: SqlStore) -> None:
        """Text goes to mobile numbers only."""
        line = verified(sqlite_store, line="landline")
        bring_about(line, fx.MessageWished("link"))
        assert written(line) == {}

    def test_whoever_asks_may_be_sent_where_to_look(self, sqlite_store: SqlStore) -> None:
        """Nothing in it is personal: a member of the household gets the address of the website too."""
        line = verified(sqlite_store)
        bring_about(line, fx.MessageWished("link"), verified=False, right_party=False)
        assert list(written(line)) == ["self_service_link"]


class TestCorrections:
    """A person takes the new value; the robot notes what has changed."""

    @pytest.mark.parametrize("what", sorted(CHANGED))
    def test_what_has_changed_waits_for_a_person(self, store: SqlStore, what: str) -> None:
        """The item says what, bears the attempt, and holds nothing of what was said; the record names a person."""
        line = verified(store)
        bring_about(
            line, fx.CorrectionRequested(what), done=("correction_requested",), outcome=Disposition.WELCOMED, ended=True
        )
        line.hang_up(3)
        (item,) = rows(store, inbox.select())
        assert (item.kind, item.note, item.attempt_id) == ("correction", CHANGED[what], line.attempt.id)
        record = filed(line)
        assert (record["disposition"], record["next_step"]) == ("welcomed", "person")


class TestComplaints:
    """A complaint is a case from the moment in which it is heard."""

    def test_it_opens_a_case_with_its_clock_and_ends_the_calls(self, store: SqlStore) -> None:
        """Due in four hours, with call and turn; the robot does not ring again, and the record says it."""
        line = verified(store)
        line.now += timedelta(minutes=1)
        noted: dict[str, Any] = {"done": ("complaint_raised",), "outcome": Disposition.COMPLAINT, "ended": True}
        bring_about(line, fx.ComplaintRaised("我要申訴"), **noted)
        (item,) = rows(store, inbox.select())
        assert (item.kind, item.note, item.attempt_id, item.turn) == ("complaint", "我要申訴", line.attempt.id, 4)
        assert (item.at, item.due_at - item.at) == (line.now, timedelta(hours=4))
        line.hang_up(3)
        contact = contact_now(store, line.attempt.contact_id)
        assert (contact.state, contact.reason, contact.not_before) == (ContactState.DONE, "complaint", None)
        record = filed(line)
        assert (record["complaint"], record["disposition"], record["next_step"]) == (True, "complaint", "person")


class TestDeath:
    """Whoever answers says that the contact has died."""

    def test_the_robot_falls_silent(self, store: SqlStore) -> None:
        """An item for a person, every robot call to the contact stopped, nothing else done; the outcome says so."""
        line = verified(store)
        ended: dict[str, Any] = {"outcome": Disposition.DECEASED, "ended": True, "right_party": False}
        bring_about(line, fx.DeathReported(), fx.Disposed(Disposition.DECEASED), done=("death_reported",), **ended)
        line.hang_up(3)
        assert [(kind, status) for kind, _, status in line.inbox()] == [("death", "waiting")]
        (barred,) = rows(store, suppressions.select())
        assert (barred.contact_id, barred.number_index, barred.call_class) == (line.attempt.contact_id, None, None)
        assert (barred.reason, barred.by) == ("deceased", "whoever_answered")
        contact = contact_now(store, line.attempt.contact_id)
        assert (contact.state, contact.reason, contact.not_before) == (ContactState.DONE, "deceased", None)
        record = filed(line)
        assert (record["disposition"], record["next_step"], record["opt_out"]) == ("deceased", "person", False)

    def test_nothing_is_sent_any_more(self, store: SqlStore, companies: dict[str, Company]) -> None:
        """What was to be sent stays where it is."""
        line = verified(store)
        bring_about(line, fx.MessageWished("link"), fx.DeathReported(), done=("message_wished",))
        line.hang_up(3)
        report = send_messages(
            store, carrier=unused, texts=load_messages(ROOT / "scripts_tts" / "messages"), companies=companies,
            campaigns=line.context.campaigns, now=line.now,
        )  # fmt: skip
        assert (report.sent, report.dead) == (0, 0)
        assert {row.status for row in rows(store, outbox.select().where(outbox.c.kind == "message"))} == {"dead"}

    def test_a_promise_of_the_same_call_is_taken_back(self, store: SqlStore) -> None:
        """Nobody rings who was promised to ring a person that has died."""
        line = verified(store)
        wish = fx.CallbackWished(MONDAY_TEN + timedelta(hours=3), MONDAY_TEN + timedelta(hours=5), "later")
        bring_about(line, wish, fx.DeathReported(), outcome=Disposition.DECEASED, ended=True)
        line.hang_up(3)
        assert filed(line)["callback"] is None or filed(line)["next_step"] == "person"
        with store.begin() as work:
            assert work.voice.open_callbacks("welcome-tw", line.now) == {}


class TestOptOuts:
    """Which calls are refused is noted as it was said."""

    def test_advertising_alone_is_refused(self, store: SqlStore) -> None:
        """Marketing stops at once; the call, and later service calls, go on."""
        line = verified(store)
        refused = fx.OptedOut(CallClass.TELEMARKETING)
        bring_about(line, refused, done=("opted_out",), opted_out="telemarketing", outcome=Disposition.WELCOMED)
        line.hang_up(3)
        (barred,) = rows(store, suppressions.select())
        assert (barred.contact_id, barred.call_class) == (line.attempt.contact_id, "telemarketing")
        record = filed(line)
        assert (record["opt_out"], record["opt_out_class"], record["disposition"]) == (
            False,
            "telemarketing",
            "welcomed",
        )

    def test_all_robot_calls_are_refused(self, store: SqlStore) -> None:
        """Every class stops."""
        line = verified(store)
        scope = fx.ALL_ROBOT_CALLS
        bring_about(line, fx.OptedOut(scope), done=("opted_out",), opted_out=scope, outcome=Disposition.OPTED_OUT)
        line.hang_up(3)
        (barred,) = rows(store, suppressions.select())
        assert barred.call_class is None
        assert (filed(line)["opt_out"], filed(line)["opt_out_class"]) == (True, scope)

    @pytest.mark.parametrize(("scope", "goes_on"), [(CallClass.TELEMARKETING, True), (fx.ALL_ROBOT_CALLS, False)])
    def test_what_was_not_refused_goes_on(
        self, store: SqlStore, scope: CallClass | Literal["all robot calls"], goes_on: bool
    ) -> None:
        """A later service call is opened as ever, unless robots shall not call at all."""
        line = verified(store)
        bring_about(line, fx.OptedOut(scope))
        with store.engine.begin() as connection:
            connection.execute(attempts.update().values(status=AttemptStatus.ENDED))
        contact = contact_now(store, line.attempt.contact_id)
        later = Line(store, make_attempt(store, contact, status=AttemptStatus.RINGING, sid=OTHER_SID), sid=OTHER_SID)
        later.now = line.now + timedelta(days=3)
        assert ("<Gather" in later.hear()) is goes_on

    def test_who_wants_the_form_and_no_more_calls_gets_the_form(
        self, store: SqlStore, companies: dict[str, Company]
    ) -> None:
        """A refusal of calls takes nothing back that was asked for in the same call; a later one does."""
        line = verified(store)
        bring_about(line, fx.MessageWished("form"), fx.OptedOut(fx.ALL_ROBOT_CALLS), done=("message_wished",))
        line.hang_up(3)
        carrier = _Sender()
        terms: dict[str, Any] = {
            "carrier": lambda: carrier,
            "texts": load_messages(ROOT / "scripts_tts" / "messages"),
            "companies": companies,
            "campaigns": line.context.campaigns,
        }
        assert send_messages(store, **terms, now=line.now + timedelta(minutes=1)).sent == 1
        (text,) = carrier.sent
        assert "my.formosa-life.example" in text

    @pytest.mark.parametrize(("by_whom", "sent"), [("the_same_call", 1), ("somebody_at_the_desk", 0), ("lifted", 1)])
    def test_only_what_was_said_in_the_same_call_leaves_a_message_alone(
        self, store: SqlStore, companies: dict[str, Company], by_whom: str, sent: int
    ) -> None:
        """Who rings the desk five minutes later, and wants nothing any more, gets nothing any more."""
        line = verified(store)
        said = (fx.OptedOut(fx.ALL_ROBOT_CALLS),) if by_whom == "the_same_call" else ()
        bring_about(line, fx.MessageWished("link"), *said, done=("message_wished",))
        line.hang_up(3)
        if not said:
            refuse(store, line, lifted=by_whom == "lifted")
        assert send_messages(store, **terms_of(line, companies), now=line.now + timedelta(minutes=6)).sent == sent

    def test_nobody_is_written_to_who_has_died(self, store: SqlStore, companies: dict[str, Company]) -> None:
        """Not even what was asked for in the very call, before or after the death was told of."""
        line = verified(store)
        bring_about(line, fx.MessageWished("link"), fx.DeathReported(), fx.MessageWished("form"))
        line.hang_up(3)
        assert send_messages(store, **terms_of(line, companies), now=line.now + timedelta(hours=1)).sent == 0
        assert {row.status for row in written(line).values()} == {"dead"}


def terms_of(line: Line, companies: dict[str, Company]) -> dict[str, Any]:
    """What messages are sent with."""
    return {
        "carrier": _Sender,
        "texts": load_messages(ROOT / "scripts_tts" / "messages"),
        "companies": companies,
        "campaigns": line.context.campaigns,
    }


def refuse(store: SqlStore, line: Line, *, lifted: bool) -> None:
    """Note at the desk, five minutes after the call, that a customer wants no more calls; perhaps take it back."""
    with store.begin() as work:
        work.desk.suppress(
            NewSuppression(
                id="s1", number_index=None, contact_id=line.attempt.contact_id, call_class=None,
                reason="customer_called", evidence="ticket 17", by="clerk", at=line.now + timedelta(minutes=5),
            )
        )  # fmt: skip
        if lifted:
            work.desk.lift_suppression("s1", "clerk", "a mistake", line.now + timedelta(minutes=5))
        work.commit()


class _Sender:
    """A carrier that takes every message."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send_message(self, _to: str, _from: str, text: str) -> Placed:
        """Take one."""
        self.sent.append(text)
        return Placed("SM" + "0" * 32)


class TestReasons:
    """Why somebody gave their score."""

    def test_the_reason_is_kept_with_what_it_is_about(self, store: SqlStore) -> None:
        """The words stand among the answers and in the record, and so do their themes."""
        line = verified(store)
        bring_about(line, fx.SatisfactionGiven(3), fx.ReasonGiven(WORDS), answers={"satisfaction": 3})
        kept = {row.name: row.value for row in rows(store, answers.select())}
        assert kept == {"satisfaction": 3, "nps_reason": WORDS, "themes": "service_attitude,claims,speed"}
        line.hang_up(3)
        record = filed(line)
        assert (record["nps"], record["answers"]) == (3, kept)

    def test_words_that_may_not_be_kept_leave_nothing(self, sqlite_store: SqlStore) -> None:
        """Without consent to the recording neither words nor themes are stored."""
        line = verified(sqlite_store)
        bring_about(line, fx.ReasonGiven(WORDS), recording=False)
        assert rows(sqlite_store, answers.select()) == []


class TestQuestions:
    """Questions of the callee's."""

    def test_a_question_without_an_answer_waits_for_review(self, store: SqlStore) -> None:
        """It is kept with its words and the answer that was nearest."""
        line = verified(store)
        bring_about(line, fx.QuestionUnanswered(WORDS, "claims_how", 0.31))
        (row,) = rows(store, unanswered_questions.select())
        assert (row.attempt_id, row.company_id, row.campaign_id) == (line.attempt.id, "formosa-life", "welcome-tw")
        assert (row.words, row.nearest, row.score, row.status) == (WORDS, "claims_how", 0.31, "waiting")
        assert (row.turn, row.language, row.at) == (4, "zh-TW", line.now)

    def test_without_consent_its_words_are_left_out(self, sqlite_store: SqlStore) -> None:
        """The rest is kept: that a question was asked is no secret."""
        line = verified(sqlite_store)
        bring_about(line, fx.QuestionUnanswered(WORDS, None, 0.0), recording=False)
        (row,) = rows(sqlite_store, unanswered_questions.select())
        assert row.words is None

    def test_each_question_is_left_to_a_person_once(self, store: SqlStore) -> None:
        """Who answers learns what was asked last, not what somebody wished no answer to; a wish alone says so."""
        line = verified(store)
        wish = fx.PersonRequested("question")
        bring_about(line, wish)
        bring_about(line, fx.QuestionUnanswered("第一題", None, 0.1))
        bring_about(
            line, fx.QuestionUnanswered("第二題", None, 0.1), fx.QuestionUnanswered("卡號 4556737586899855", None, 0.1)
        )
        bring_about(line, wish)
        bring_about(line, wish)
        (_plain, _, _), (_kind, both, _) = line.inbox()
        assert sorted((both or "").split("\n")) == ["卡號 [卡號]", "第二題"]
        bring_about(line, fx.QuestionUnanswered("第三題", None, 0.1), wish)
        assert [note for _kind, note, _status in line.inbox()] == ["question", both, "第三題"]

    def test_a_question_whose_words_may_not_be_kept_still_waits(self, sqlite_store: SqlStore) -> None:
        """A person learns that there is a question, and why it does not stand there."""
        line = verified(sqlite_store)
        bring_about(line, fx.QuestionUnanswered(None, None, 0.0), fx.PersonRequested("question"), recording=False)
        ((kind, note, _status),) = line.inbox()
        assert (kind, "words not kept" in (note or "")) == ("question", True)

    def test_how_sure_a_meaning_was_stands_in_its_turn(self, store: SqlStore) -> None:
        """Confidence and the approved answer that was given are kept with the turn."""
        line = verified(store)
        bring_about(line, fx.QuestionAnswered("claims_how", 0.82))
        row = rows(store, turns.select().order_by(turns.c.turn))[-1]
        assert (row.confidence, row.faq_id) == (0.93, "claims_how")

    def test_what_decided_the_meaning_stands_with_the_call(self, store: SqlStore) -> None:
        """The version of rules, model and answers is kept from the first turn on."""
        line = ring(store, context=versioned("abc"))
        open_to_service(line)
        line.context = versioned("def")
        line.key("1")
        (row,) = rows(store, attempts.select())
        assert row.understanding_version == "abc"


def versioned(version: str) -> Any:
    """A context whose understanding has a version."""
    context = make_context()

    class Versioned:
        def __init__(self, inner: Any) -> None:
            self._inner, self.version = inner, version

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

    script = context.scripts.current("welcome_call")
    changed = replace(script, understanding=Versioned(script.understanding))
    return replace(context, scripts=FixedScripts({script.name: changed}))


def test_a_late_wish_still_counts(store: SqlStore) -> None:
    """What was asked for in the last breath is carried out once the call is over."""
    line = verified(store)
    line.hang_up(3)
    with store.begin() as work:
        call = work.voice.lock_call(line.attempt.token, line.turn)
        assert call is not None
        assert call.session is not None
        scene: Webhook = answering(work, call, line.turn, line.context, line.now)
        carry_out(scene, call.session, [fx.MessageWished("link"), fx.CorrectionRequested("phone")])
        work.commit()
    assert list(written(line)) == ["self_service_link"]
    assert [kind for kind, *_ in line.inbox()] == ["correction"]
    assert attempt_now(store, line.attempt.id).disposition is Disposition.PARTLY_WELCOMED


@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        (fx.ComplaintRaised("太過分了"), "complaint"),
        (fx.CancelWished("我要解約"), "wants_to_cancel"),
        (fx.DeathReported(), "deceased"),
    ],
)
def test_a_late_word_ends_redials_as_one_in_time_would_have(store: SqlStore, effect: fx.Effect, reason: str) -> None:
    """The call was over, and to be tried again, when the complaint reached us: nobody is rung by a robot after it."""
    line = ring(store)
    line.hear()
    line.key("1")
    line.hang_up(3)
    assert contact_now(store, line.attempt.contact_id).state is ContactState.OPEN
    with store.begin() as work:
        call = work.voice.lock_call(line.attempt.token, line.turn)
        assert call is not None
        assert call.session is not None
        carry_out(answering(work, call, line.turn, line.context, line.now), call.session, [effect])
        work.commit()
    contact = contact_now(store, line.attempt.contact_id)
    assert (contact.state, contact.reason) == (ContactState.DONE, reason)


def test_who_takes_consent_back_takes_it_back_for_what_was_said(store: SqlStore) -> None:
    """Words that were kept since it was given are forgotten, and those that wait in the session with them."""
    line = verified(store)
    question = AskedQuestion(None, None, 0.1, WORDS)
    bring_about(line, fx.QuestionUnanswered(WORDS, None, 0.1), asked=(question,), doubt=Doubt("complaint", WORDS))
    bring_about(line, fx.ComplaintRaised(WORDS), fx.PersonRequested("question"))
    assert [note for _kind, note, _status in line.inbox()] == [WORDS, WORDS]
    bring_about(line, fx.RecordingChosen(given=False), recording=False)
    tables = (attempts, turns, answers, inbox, unanswered_questions)
    assert not any(WORDS in str(tuple(row)) for table in tables for row in rows(store, table.select()))


def kept_answers(store: SqlStore) -> dict[str, Any]:
    """The answers of the one call, by name."""
    return {row.name: row.value for row in rows(store, answers.select())}


def test_who_takes_consent_back_takes_back_the_reason_for_the_score(store: SqlStore) -> None:
    """Reason and themes were kept with consent alone: they go, from the answers, the session and the record."""
    line = verified(store)
    bring_about(line, fx.SatisfactionGiven(3), fx.ReasonGiven(WORDS), answers={"satisfaction": 3})
    assert set(kept_answers(store)) == {"satisfaction", "nps_reason", "themes"}
    session = bring_about(line, fx.RecordingChosen(given=False), recording=False)
    assert set(session.answers) == {"satisfaction", "nps_reason", "themes"}
    assert set(kept_answers(store)) == {"satisfaction"}
    line.hang_up(3)
    assert filed(line)["answers"] == {"satisfaction": 3}


def test_consent_that_is_taken_back_when_the_call_is_over_takes_the_record_along(store: SqlStore) -> None:
    """The refusal reached us late: the session, the answers and the record that was filed lose the words."""
    line = verified(store)
    bring_about(line, fx.ReasonGiven(WORDS), answers={"satisfaction": 3}, step="recording")
    line.hang_up(3)
    file_records(store, sink=None, now=line.now)
    assert filed(line)["answers"]["nps_reason"] == WORDS
    line.key("2")
    tables = (attempts, turns, answers, inbox, unanswered_questions, outbox, service_records)
    assert not any(WORDS in str(tuple(row)) for table in tables for row in rows(store, table.select()))
    (record,) = rows(store, service_records.select())
    assert record.body["answers"] == filed(line)["answers"] == {"satisfaction": 3}


def test_who_complains_and_then_wants_no_more_calls_is_still_owed_an_answer(store: SqlStore) -> None:
    """The record tells that a person is next, though the contact is closed by the refusal."""
    line = verified(store)
    done = ("complaint_raised", "opted_out")
    bring_about(
        line, fx.ComplaintRaised(WORDS), fx.OptedOut(fx.ALL_ROBOT_CALLS), done=done, outcome=Disposition.OPTED_OUT
    )
    line.hang_up(3)
    record = filed(line)
    assert (record["disposition"], record["complaint"], record["next_step"]) == ("opted_out", True, "person")


@pytest.mark.parametrize(("said", "at_once"), [("他已經過世了", True), ("他先走了", False)])
def test_nobody_is_held_to_be_dead_by_a_guess(sqlite_store: SqlStore, said: str, *, at_once: bool) -> None:
    """Of who has left the house it is said, too, that he is gone: only clear words count before it was asked back."""
    line = ring(sqlite_store)
    line.hear()
    line.key("1")
    line.hear(Spoken(said))
    assert [kind for kind, *_ in line.inbox()] == (["death"] if at_once else [])
    if not at_once:
        line.key("1")
        assert [kind for kind, *_ in line.inbox()] == ["death"]
