"""Where the database breaks off, a webhook and its twin are told the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from outbound.adapters.sql.store import DatabaseUnreachableError, SqlStore
from outbound.usecases.problems import BrokenOffError
from outbound.web.voice.given import GivenAnswers
from tests.web.test_voice_desk import Broken, make_caller


class Uncertain:
    """A store that breaks off at the end of the next transactions, when they were written or before."""

    def __init__(self, store: SqlStore, *, is_written: bool) -> None:
        self._store = store
        self._is_written = is_written
        self.times = 0

    @contextmanager
    def begin(self) -> Iterator[Any]:
        """Open a transaction that breaks off."""
        with self._store.begin() as work:
            if self.times:
                self.times -= 1
                work.commit = partial(self._break_off, work.commit)  # type: ignore[method-assign]
            yield work

    def _break_off(self, commit: Callable[[], None]) -> None:
        if self._is_written:
            commit()
        raise BrokenOffError("the connection was lost")


@pytest.mark.parametrize("is_written", [True, False])
def test_a_commit_of_unknown_end_is_asked_again(sqlite_store: SqlStore, *, is_written: bool) -> None:
    """Whether the turn was written or not: the callee hears the next question, and the twin is told the same."""
    uncertain = Uncertain(sqlite_store, is_written=is_written)
    caller = make_caller(sqlite_store, used_store=uncertain)
    caller.post("turn/0")
    uncertain.times = 1
    answer = caller.post("turn/1", {"Digits": "1"})
    assert b"<Gather" in answer.body
    assert caller.post("turn/1", {"Digits": "1"}).body == answer.body
    assert caller.line.inbox() == []


def test_the_twin_of_an_answered_turn_gets_its_answer_without_a_database(sqlite_store: SqlStore) -> None:
    """What was answered is said again byte for byte while the database is away, and nobody is promised anything."""
    broken = Broken(sqlite_store)
    caller = make_caller(sqlite_store, used_store=broken)
    caller.post("turn/0")
    answer = caller.post("turn/1", {"Digits": "1"})
    broken.error = DatabaseUnreachableError("the database does not answer")
    assert caller.post("turn/1", {"Digits": "1"}).body == answer.body
    broken.error = None
    assert caller.desk.settle_owed() == 0
    assert caller.line.inbox() == []


def test_answers_are_kept_up_to_a_bound() -> None:
    """The first answer stays, the oldest are forgotten; another call is not told what this one was."""
    given = GivenAnswers()
    given.keep("a", 1, "CA1", b"first")
    given.keep("a", 1, "CA1", b"second")
    assert (given.find("a", 1, "CA1"), given.find("a", 1, "CA2")) == (b"first", None)
    for turn in range(2000):
        given.keep("b", turn, "CA1", b"")
    assert given.find("a", 1, "CA1") is None
