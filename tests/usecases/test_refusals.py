"""Refusals of calls among other wishes: what stands in the database, what is said, and that nothing rings again."""

import re
from typing import Any

import pytest

from outbound.adapters.sql.schema import callbacks, inbox, outbox, suppressions
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import HungUp, Keyed, Silence, Spoken
from outbound.domain.contact import ContactState
from outbound.usecases.conversation.effects import CALLS_REFUSED
from tests.usecases.builders import contact_now, rows
from tests.usecases.voice_room import Line, open_to_service, ring

REFUSES = "不要再打電話來了"
TO_A_PERSONS_CALL = ("1", "2", "2", "1", "1", "1")
"""From how the service was to a person's call that is promised at a time."""


def talk(store: SqlStore, *words: str, verified: bool = True) -> tuple[Line, str]:
    """Say words or press keys, one a turn (an empty one is silence); hang up; return what was answered last."""
    line, answer = ring(store), ""
    if verified:
        open_to_service(line)
    else:
        line.hear()
    for each in words:
        answer = line.hear(Keyed(each) if each.isdigit() else Spoken(each) if each else Silence())
    line.hang_up(3)
    return line, answer


def barred(store: SqlStore) -> list[tuple[bool, bool, str | None]]:
    """Of each refusal: whether the contact, and whether the number is meant, and of which class."""
    found = (
        (bool(row.contact_id), bool(row.number_index), row.call_class) for row in rows(store, suppressions.select())
    )
    return sorted(found, key=str)


def left(store: SqlStore) -> dict[str, str]:
    """What was put into the inbox, and how it stands."""
    return {row.kind: row.status for row in rows(store, inbox.select())}


def record_of(store: SqlStore) -> dict[str, Any]:
    """The one service record on its way."""
    (row,) = rows(store, outbox.select().where(outbox.c.kind == "record"))
    return dict(row.body)


ALL = (True, False, None)


class TestPromises:
    """A promise of the same call, and then no more calls."""

    def test_a_promised_call_falls_and_they_are_told(self, store: SqlStore) -> None:
        """A person was to ring at eleven; after "don't call again" nobody does, and nothing says so."""
        line, answer = talk(store, *TO_A_PERSONS_CALL, REFUSES, "1")
        assert "一起取消了" in answer
        assert barred(store) == [ALL]
        (item,) = rows(store, inbox.select())
        assert (item.kind, item.status, item.done_note) == ("person_requested", "done", CALLS_REFUSED)
        assert [row.status for row in rows(store, callbacks.select())] == ["withdrawn"]
        record = record_of(store)
        assert (record["disposition"], record["next_step"], record["callback"]) == ("opted_out", "none", None)
        assert contact_now(store, line.attempt.contact_id).state is ContactState.DONE

    def test_a_person_asked_for_afterwards_rings_all_the_same(self, store: SqlStore) -> None:
        """To be asked whether they mean it, and to want a person: no robot rings any more, and a person does."""
        _, answer = talk(store, REFUSES, "0")
        assert "不會再用自動語音" in answer
        assert "專人" in answer
        assert barred(store) == [ALL]
        assert left(store) == {"person_requested": "waiting"}
        assert (record_of(store)["disposition"], record_of(store)["next_step"]) == ("opted_out", "person")

    def test_who_takes_it_back_by_naming_a_time_is_called(self, store: SqlStore) -> None:
        """Asked whether they mean it, they would rather be called later: that is promised, and nothing refused."""
        talk(store, REFUSES, "我在忙，晚點再打", "1", "1")
        assert barred(store) == []
        assert [row.status for row in rows(store, callbacks.select())] == ["open"]


class TestComplaintsAndCancellations:
    """Refusing calls and complaining, or cancelling, are two things: neither takes the other away."""

    @pytest.mark.parametrize(
        ("words", "kind", "told"),
        [
            ((REFUSES, "我要申訴"), "complaint", "申訴我已經登記"),
            ((f"我要申訴，{REFUSES}", "1"), "complaint", "申訴我已經登記"),
            ((REFUSES, "我要解約"), "cancellation", "取消保單，我已經登記"),
            (("我要解約，以後不要再打來", "1"), "cancellation", "取消保單，我已經登記"),
        ],
    )
    def test_both_stand_and_both_are_told(self, store: SqlStore, words: tuple[str, ...], kind: str, told: str) -> None:
        """Whichever came first: no robot rings, a person has the case, and both was said aloud."""
        _, answer = talk(store, *words)
        assert told in answer
        assert re.search("不會再用自動語音打電話", answer)
        assert barred(store) == [ALL]
        assert left(store) == {kind: "waiting"}
        assert record_of(store)["next_step"] == "person"
        assert record_of(store)["opt_out"] is True


class TestAskedAndNotAnswered:
    """They said that nobody should call, were asked whether they mean it, and said something else."""

    def test_who_lays_the_telephone_aside_is_taken_at_their_word(self, store: SqlStore) -> None:
        """They say "wait a moment", and nobody comes back."""
        talk(store, REFUSES, "等一下", "", "", "")
        assert barred(store) == [ALL]
        assert record_of(store)["disposition"] == "opted_out"

    def test_who_hangs_up_while_we_wait_is_taken_at_their_word(self, store: SqlStore) -> None:
        """The question was left open when they went away."""
        line, _ = talk(store, REFUSES, "等一下")
        assert barred(store) == [ALL]
        assert contact_now(store, line.attempt.contact_id).reason == "opted_out"

    def test_only_advertising_was_meant(self, store: SqlStore) -> None:
        """They say that nothing shall be sold to them: that alone is refused, and the call goes on where it was."""
        line = ring(store)
        open_to_service(line)
        line.hear(Spoken(REFUSES))
        assert "我們的服務您滿意嗎" in line.hear(Spoken("我是說不要推銷"))
        line.hear(HungUp())
        line.hang_up(3)
        assert barred(store) == [(True, False, "telemarketing")]

    @pytest.mark.parametrize("words", ["啊沒有啦，我不是說不要打", "沒有啦，可以打", "2"])
    def test_it_is_taken_back(self, store: SqlStore, words: str) -> None:
        """Nothing is refused, and the call goes on where it was."""
        _, answer = talk(store, REFUSES, words)
        assert "我們的服務您滿意嗎" in answer
        assert barred(store) == []


class TestClasses:
    """Two refusals of one call."""

    @pytest.mark.parametrize(
        "words",
        [
            ("不要推銷", "以後也不要再打來", "1"),
            ("不要再打來推銷，也不要再打電話來", "1"),
            ("不要再打來推銷，還有把我的電話刪掉", "1"),
        ],
    )
    def test_each_is_on_record_and_the_wider_one_is_told(self, store: SqlStore, words: tuple[str, ...]) -> None:
        """Advertising at once, all calls once they said yes; the record says all."""
        talk(store, *words)
        assert barred(store) == [(True, False, "telemarketing"), ALL]
        assert record_of(store)["opt_out_class"] == "all robot calls"
