"""A return call is promised while there is room for it: the last place of a time is given once."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from outbound.adapters.sql.schema import callbacks
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Keyed, Spoken
from outbound.domain.contact import ContactState
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.take_turn import TurnOutcome
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import contact_now, make_callback, rows
from tests.usecases.voice_room import Line, make_context, ring
from tests.values import replace

TAKEN = "這個時段剛剛約滿了"


def with_places(slot_capacity: int) -> VoiceContext:
    """A context whose campaign plans so many calls a half hour; a quarter may be promised, one at least."""
    context = make_context()
    (campaign,) = context.campaigns.values()
    small = replace(campaign, pacing=replace(campaign.pacing, slot_capacity=slot_capacity))
    return replace(context, campaigns={small.id: small})


def about_to_confirm(store: SqlStore, number: int, context: VoiceContext) -> Line:
    """A caller who wants to be called later, chose the first time and was asked whether that is right."""
    sid = f"CA{number:032x}"
    line = ring(store, numbers=(f"+886900000{number:03d}",), columns={"sid": sid}, context=context)
    line.sid = sid
    line.hear()
    line.key("1")
    line.hear(Spoken("晚點再打"))
    line.key("1")
    return line


def promised(store: SqlStore) -> list[tuple[str, str]]:
    """Open promises as hours of Taipei."""
    found = rows(store, callbacks.select().where(callbacks.c.status == "open").order_by(callbacks.c.window_start))
    eight = timedelta(hours=8)
    return [(f"{row.window_start + eight:%H:%M}", f"{row.window_end + eight:%H:%M}") for row in found]


def test_the_second_is_offered_another_time(store: SqlStore) -> None:
    """Eleven to twelve has two places; the third who says yes is told so, and chooses among what is left."""
    context = with_places(4)
    lines = [about_to_confirm(store, number, context) for number in (1, 2, 3)]
    for line in lines[:2]:
        line.key("1")
    assert promised(store) == [("11:00", "12:00")] * 2
    answer = lines[2].hear(Keyed("1"))
    assert TAKEN in answer
    assert "下午" in answer
    assert promised(store) == [("11:00", "12:00")] * 2
    lines[2].key("1", "1")
    assert promised(store) == [("11:00", "12:00")] * 2 + [("13:00", "18:00")]
    again = lines[2].deliver(lines[2].turn - 3, Keyed("1"))
    assert again is not None
    assert (again.body.decode(), again.outcome) == (answer, TurnOutcome.REPEATED)


def test_where_nothing_is_left_they_are_told_so(store: SqlStore) -> None:
    """When every time has been promised meanwhile, nothing is promised; the robot tries by itself another day."""
    context = with_places(1)
    line = about_to_confirm(store, 1, context)
    other = about_to_confirm(store, 2, context)
    for day in range(12):
        for half in range(48):
            start = MONDAY_TEN + timedelta(days=day, minutes=30 * half)
            make_callback(store, other.attempt, window_start=start, hours=0.5)
    answer = line.key("1")
    assert TAKEN in answer
    assert "<Hangup" in answer
    assert not [row for row in rows(store, callbacks.select()) if row.attempt_id == line.attempt.id]
    line.hang_up(9)
    contact = contact_now(store, line.attempt.contact_id)
    assert (contact.state, contact.reason) == (ContactState.OPEN, "waiting_for_retry")


def test_a_change_of_mind_needs_no_second_place(store: SqlStore) -> None:
    """Who confirms a time anew gives the first one back: it counts once."""
    line = about_to_confirm(store, 1, with_places(1))
    make_callback(store, line.attempt, window_start=MONDAY_TEN + timedelta(hours=1), hours=1)
    make_callback(store, line.attempt, window_start=MONDAY_TEN + timedelta(hours=1), hours=1)
    line.key("1")
    assert promised(store) == [("11:00", "12:00")]


@pytest.mark.postgres
def test_many_say_yes_at_once(postgres_store: SqlStore) -> None:
    """Eight confirm the same time in the same moment: two get it, six are offered others, each promise can be kept."""
    context = with_places(4)
    lines = [about_to_confirm(postgres_store, number, context) for number in range(8)]
    at_once = threading.Barrier(len(lines))

    def confirm(line: Line) -> bool:
        at_once.wait(10)
        answer = line.deliver(line.turn, Keyed("1"))
        assert answer is not None
        return TAKEN in answer.body.decode()

    with ThreadPoolExecutor(len(lines)) as pool:
        assert Counter(pool.map(confirm, lines)) == {True: 6, False: 2}
    assert promised(postgres_store) == [("11:00", "12:00")] * 2
