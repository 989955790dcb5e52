"""What must never be stored is stored nowhere: not in turns, answers, items, questions, or the session."""

from typing import Any

import pytest

from outbound.adapters.sql.schema import answers, attempts, inbox, metadata, outbox, turns, unanswered_questions
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue import effects as fx
from outbound.dialogue.heard import Keyed, Spoken
from outbound.dialogue.said import HangUp, Say
from outbound.dialogue.session import AskedQuestion, Doubt, Sprint
from outbound.usecases.conversation.keeping import keep_turn
from outbound.usecases.conversation.scene import answering
from tests.usecases.builders import attempt_now, rows
from tests.usecases.voice_room import Line, open_to_service, ring
from tests.values import replace

CARD = "4012 8888 8888 1881"
SAID = f"我的卡號是 {CARD}，麻煩你"


def say(line: Line, text: str, *effects: fx.Effect, **changes: Any) -> None:
    """Let the callee say something that may be kept, with what the engine makes of it."""
    with line.store.begin() as work:
        call = work.voice.lock_call(line.attempt.token, line.turn)
        assert call is not None
        assert call.session is not None
        scene = answering(work, call, line.turn, line.context, line.now)
        said = (Say("好的。", "zh-TW"), HangUp())
        sprint = Sprint(replace(call.session, **changes), said, effects, "service", "words", keep_words=True)
        keep_turn(scene, sprint, Spoken(text))
        work.commit()
    line.turn += 1


def stored(store: SqlStore) -> str:
    """Everything that a turn may leave behind, opened."""
    tables = (attempts, turns, answers, inbox, outbox, unanswered_questions)
    return "\n".join(str(tuple(row)) for table in tables for row in rows(store, table.select()))


@pytest.mark.parametrize(
    "effects",
    [
        (),
        (fx.ComplaintRaised(SAID),),
        (fx.QuestionAsked(SAID),),
        (fx.CancelWished(SAID),),
        (fx.ReasonGiven(SAID),),
        (fx.QuestionUnanswered(SAID, None, 0.1),),
    ],
    ids=["turn", "complaint", "question", "cancel", "reason", "unanswered"],
)
def test_a_card_number_is_stored_nowhere(store: SqlStore, effects: tuple[fx.Effect, ...]) -> None:
    """Whatever the words become, a mark stands in place of the number."""
    line = ring(store)
    open_to_service(line)
    say(line, SAID, *effects)
    everything = stored(store)
    assert "8888" not in everything
    assert everything.count("[卡號]") == 1 + len(effects) + (effects[:1] == (fx.ReasonGiven(SAID),))


def test_what_waits_in_the_session_is_redacted_too(store: SqlStore) -> None:
    """A question that is to be answered later, and something doubtful, are stored as everything else."""
    line = ring(store)
    open_to_service(line)
    say(line, SAID, asked=(AskedQuestion(None, None, 0.1, SAID),), doubt=Doubt("complaint", SAID))
    assert "8888" not in stored(store)


def test_a_number_that_is_said_over_two_turns_is_taken_out_of_both(store: SqlStore) -> None:
    """What the first turn left open is carried to the second."""
    line = ring(store)
    open_to_service(line)
    say(line, "我的卡號是 4012 8888")
    say(line, "8888 1881")
    assert "8888" not in stored(store)


def test_our_own_numbers_stay(sqlite_store: SqlStore) -> None:
    """The service line and the end of a policy's number are no secrets between us."""
    line = ring(sqlite_store, policy_nos=["FL-2026-00317"])
    open_to_service(line)
    say(line, "我打 02 5555 0199 說 0317 那張")
    kept = rows(sqlite_store, turns.select().order_by(turns.c.turn))[-1]
    assert kept.heard == "我打 02 5555 0199 說 0317 那張"


@pytest.mark.parametrize("key", ["8", "*", "1"])
def test_a_key_between_two_halves_of_a_card_does_not_part_them(store: SqlStore, key: str) -> None:
    """Who asks for the other language, or the question again, in the middle of a number has said it all the same."""
    line = ring(store)
    line.hear()
    line.key("1")
    line.hear(Spoken("我的卡號是 4012 8888"))
    line.key(key)
    line.hear(Spoken("8888 1881"))
    assert "8888" not in stored(store)


@pytest.mark.parametrize("keys", [("4012888888881881",), ("4012", "8888", "8888", "1881"), ("40128888", "88881881")])
@pytest.mark.parametrize("before", [(), ("1",), ("1", "1"), ("1", "1", "0528")])
def test_a_card_that_is_keyed_in_where_nobody_asked_for_it_is_stored_nowhere(
    sqlite_store: SqlStore, before: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    """Keys are words of another kind: at the consent, at the proof of identity, at any question."""
    line = ring(sqlite_store)
    line.hear()
    for each in (*before, *keys):
        line.hear(Keyed(each))
    line.hang_up(3)
    assert "8888" not in stored(sqlite_store)


@pytest.mark.parametrize("said", ["4150000317", "5100 0003 17", "四一五零零零零三一七", "FL-2026-00317"])
def test_who_reads_out_the_own_policy_number_is_understood(sqlite_store: SqlStore, said: str) -> None:
    """A number that ends as a policy of the call does is that policy's, though it could begin a card."""
    line = ring(sqlite_store, policy_nos=["4150000317"])
    open_to_service(line)
    say(line, said)
    kept = rows(sqlite_store, turns.select().order_by(turns.c.turn))[-1]
    assert kept.heard == said


def test_not_even_the_hash_of_a_sentence_with_a_card_number_is_kept(sqlite_store: SqlStore) -> None:
    """By a hash of 32 bits, the bank and the last digits, the rest of a number could be narrowed down."""
    line = ring(sqlite_store)
    open_to_service(line)
    for said, kept in (("我想請問這張保單的受益人要怎麼改", True), (SAID, False)):
        line.hear(Spoken(said))
        stored_session = attempt_now(sqlite_store, line.attempt.id).session
        assert stored_session is not None
        assert (stored_session["echo"][0] != 0) is kept


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        (("我要投訴，我的卡號是四零一二，八八八八，然後八八八八，一八八一",), "八八八八"),
        (("I want to complain, my card is 4012 8888", "8888 1881"), "8888"),
        (("我的身分證是 A123456789",), "23456"),
        (("我收到驗證碼", "739251"), "739251"),
    ],
)
@pytest.mark.parametrize("before", [(), ("1",), ("1", "1"), ("1", "1", "0528"), ("1", "1", "0528", "1", "2", "1")])
def test_at_no_place_of_a_call_a_secret_is_stored_or_logged(
    sqlite_store: SqlStore,
    caplog: pytest.LogCaptureFixture,
    before: tuple[str, ...],
    said: tuple[str, ...],
    secret: str,
) -> None:
    """Whatever the engine makes of it at consent, proof, or any question: every table, and the log, are searched."""
    caplog.set_level("DEBUG")
    line = ring(sqlite_store)
    line.hear()
    for key in before:
        line.hear(Keyed(key))
    for each in said:
        line.hear(Spoken(each))
    line.hang_up(3)
    everything = [str(tuple(row)) for table in metadata.sorted_tables for row in rows(sqlite_store, table.select())]
    assert not [row for row in everything if secret in row]
    assert secret not in caplog.text
