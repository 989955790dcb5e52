"""What whoever takes a transfer hears before they are put through."""

from typing import Any

from outbound.adapters.sql.schema import attempts
from outbound.adapters.sql.store import DatabaseUnreachableError, SqlStore
from outbound.dialogue.said import Say
from outbound.dialogue.session import Session, Whispered
from outbound.usecases.ports.store import UnitOfWork
from outbound.web.voice.webhook import Route, route_of
from tests.usecases.builders import attempt_now
from tests.usecases.voice_room import OTHER_SID
from tests.values import replace
from tests.web.test_voice_desk import Caller, dump, make_caller

WORDS = "福爾摩沙人壽的客戶想找專人，身分已經核對。"


def told(store: SqlStore, turn: int = 3) -> Caller:
    """A call whose turn `turn` put the callee through, with something to say to whoever takes it."""
    caller = make_caller(store)
    caller.post("turn/0")
    stored = attempt_now(store, caller.line.attempt.id).session
    assert stored is not None
    session = replace(Session.from_data(stored), whispered=Whispered(turn, (Say(WORDS, "zh-TW"),)))
    with store.engine.begin() as connection:
        connection.execute(attempts.update().values(session=session.to_data()))
    return caller


def test_the_words_are_said_as_often_as_they_are_asked_for(store: SqlStore) -> None:
    """Two signed requests of the second leg get the same document, and nothing is written."""
    caller = told(store)
    before = dump(store)
    first, second = (caller.post("whisper/3", {"CallSid": OTHER_SID}) for _ in range(2))
    assert (first.status, first.content_type, first.body) == (200, "text/xml; charset=utf-8", second.body)
    assert WORDS in first.body.decode()
    assert dump(store) == before


def test_another_turn_whispers_nothing(store: SqlStore) -> None:
    """A transfer without words connects at once: its document is empty."""
    answer = told(store).post("whisper/2")
    assert (answer.status, b"<Say" in answer.body) == (200, False)


def test_nobody_else_learns_it(sqlite_store: SqlStore) -> None:
    """Without the right signature there is a 403, for an unknown call a 404."""
    caller = told(sqlite_store)
    assert replace(caller, signed_with="another token").post("whisper/3").status == 403
    assert caller.post("whisper/3", token="f" * 32).status == 404


def test_without_the_database_the_two_are_connected_all_the_same(sqlite_store: SqlStore) -> None:
    """A whisper that cannot be looked up is left out; nobody is promised anything for it."""

    class Away:
        def begin(self) -> UnitOfWork:
            raise DatabaseUnreachableError("away")

        def __getattr__(self, name: str) -> Any:
            return getattr(sqlite_store, name)

    caller = make_caller(sqlite_store, used_store=Away())
    answer = caller.post("whisper/3")
    assert (answer.status, answer.body.endswith(b"<Response />")) == (200, True)
    assert caller.desk.settle_owed() == 0


def test_the_path_of_a_whisper() -> None:
    """It names the turn that asked for the transfer."""
    assert route_of("/voice/abc/whisper/12") == Route("abc", "whisper", 12)
    assert route_of("/voice/abc/whisper") is None
