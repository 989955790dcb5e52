"""Calls that were had, heard again by the script with which they were had."""

from outbound.adapters.sql.store import SqlStore
from outbound.adapters.sql.views.conversations import recorded_conversations
from outbound.dialogue.heard import Silence, Spoken
from outbound.dialogue.replay.recorded import as_line
from outbound.dialogue.replay.replaying import replay
from tests.usecases.voice_room import Line, open_to_service, ring


def had(line: Line) -> list[str]:
    """Return what is written down of all calls, as lines, after each was heard again without a difference."""
    with line.store.reading() as connection:
        found = list(recorded_conversations(connection, limit=10))
    for each in found:
        again = replay(line.context.scripts.current(each.script), each)
        assert again.difference is None, again.difference
        assert again.disposition[0] == again.disposition[1]
    return [as_line(each) for each in found]


def test_a_call_goes_as_it_went(store: SqlStore) -> None:
    """Keys, words, a silence and a line that is gone: the same script takes every turn as it did."""
    line = ring(store)
    open_to_service(line)
    line.hear(Silence())
    line.hear(Spoken("滿意"))
    line.hang_up(3)
    assert len(had(line)) == 1


def test_nobody_is_written_down(store: SqlStore) -> None:
    """Neither the contact's name nor what proved who they are stands in the file."""
    line = ring(store)
    open_to_service(line)
    line.hang_up(3)
    (written,) = had(line)
    assert "0528" not in written
    assert "05-28" not in written
    assert '"right":true' in written


def test_a_call_that_goes_on_is_not_written_down(store: SqlStore) -> None:
    """Only what is over can be compared."""
    line = ring(store)
    open_to_service(line)
    assert had(line) == []


def test_words_that_were_not_kept(store: SqlStore) -> None:
    """Of who refused the recording only the meaning is known, and it is enough."""
    line = ring(store)
    line.hear()
    line.hear(Spoken("不要錄音"))
    line.hear(Spoken("我就是"))
    line.hang_up(3)
    (written,) = had(line)
    assert "我就是" not in written
