"""A time that a callee names is promised where a call may be made then, and declined with others where not."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sql.schema import attempts, callbacks
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Spoken
from outbound.planning.deadline_first import DeadlineFirst
from outbound.usecases.conversation.take_turn import TurnOutcome
from outbound.usecases.scheduling.plan_calls import plan_calls
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import rows
from tests.usecases.test_last_place import with_places
from tests.usecases.voice_room import Line, make_context, ring

TAIPEI = ZoneInfo("Asia/Taipei")
DECLINED = "不好意思"


def asked_when(store: SqlStore, number: int = 1, **options: Any) -> Line:
    """A caller who wants to be called later and hears which times there are."""
    sid = f"CA{number:032x}"
    line = ring(store, numbers=(f"+886900000{number:03d}",), columns={"sid": sid}, **options)
    line.sid = sid
    line.hear()
    line.key("1")
    line.hear(Spoken("晚點再打"))
    return line


def promised(store: SqlStore) -> list[tuple[datetime, datetime]]:
    """Open promises in Taipei."""
    found = rows(store, callbacks.select().where(callbacks.c.status == "open"))
    return [(row.window_start.astimezone(TAIPEI), row.window_end.astimezone(TAIPEI)) for row in found]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 in Taipei."""
    return datetime(2026, 11, day, hour, minute, tzinfo=TAIPEI)


def test_a_named_time_is_read_back_promised_and_planned(store: SqlStore) -> None:
    """The afternoon of Wednesday next week lies beyond every time that is offered, and can be promised all the same."""
    line = asked_when(store)
    assert "十一月二十五日星期三下午一點到六點" in line.hear(Spoken("下禮拜三下午"))
    assert promised(store) == []
    assert "<Hangup" in line.key("1")
    assert promised(store) == [(at(25, 13), at(25, 18))]
    line.hang_up(9)
    context = make_context()
    (campaign,) = context.campaigns.values()
    plan_calls(
        store,
        campaign=campaign,
        rules=context.rules,
        planner=DeadlineFirst(),
        identifiers=SeededIdentifiers(5),
        now=MONDAY_TEN + timedelta(days=9),
    )
    (planned,) = rows(store, attempts.select().where(attempts.c.status == "planned"))
    assert at(25, 13) <= planned.window_start < at(25, 18)
    assert planned.callback_id is not None


def test_a_time_of_the_clock_is_promised_as_its_half_hour(store: SqlStore) -> None:
    """Three o'clock tomorrow is not the whole afternoon."""
    line = asked_when(store)
    assert "下午三點到三點半" in line.hear(Spoken("明天下午三點"))
    line.key("1")
    assert promised(store) == [(at(17, 15), at(17, 15, 30))]


@pytest.mark.parametrize("words", ["星期天下午", "明天晚上八點以後"])
def test_a_time_outside_of_law_or_hours_is_declined_and_the_list_comes_again(store: SqlStore, words: str) -> None:
    """No call is made on a Sunday, or after eight in the evening; what is possible is offered once more."""
    line = asked_when(store)
    answer = line.hear(Spoken(words))
    assert DECLINED in answer
    assert "星期一上午十一點到十二點按 1" in answer
    line.key("1", "1")
    assert promised(store) == [(at(16, 11), at(16, 12))]


def test_a_named_time_that_is_full_is_declined(store: SqlStore) -> None:
    """A quarter of the capacity is promised, and no more, whoever names the time."""
    context = with_places(8)
    for number in (1, 2):
        line = asked_when(store, number, context=context)
        line.hear(Spoken("明天下午三點"))
        line.key("1")
    late = asked_when(store, 3, context=context)
    assert DECLINED in late.hear(Spoken("明天下午三點"))
    assert len(promised(store)) == 2


def test_a_named_time_that_fills_up_before_it_is_confirmed_is_looked_at_again(store: SqlStore) -> None:
    """Who names the last place first and confirms it last is told that it is taken."""
    context = with_places(1)
    first, second = (asked_when(store, number, context=context) for number in (1, 2))
    for line in (first, second):
        assert "下午三點到三點半" in line.hear(Spoken("明天下午三點"))
    first.key("1")
    assert "剛剛約滿了" in second.key("1")
    assert promised(store) == [(at(17, 15), at(17, 15, 30))]


def test_a_twin_of_the_webhook_hears_the_same_bytes(store: SqlStore) -> None:
    """A time that was looked up once is not looked up again for the second delivery."""
    line = asked_when(store)
    answer = line.hear(Spoken("下禮拜三下午"))
    line.now += timedelta(days=20)
    again = line.deliver(line.turn - 1, Spoken("下禮拜三下午"))
    assert again is not None
    assert (again.body.decode(), again.outcome) == (answer, TurnOutcome.REPEATED)


def test_a_time_is_read_back_in_the_zone_of_the_contact(sqlite_store: SqlStore) -> None:
    """Whoever is in Tokyo names hours of Tokyo, within those of the campaign there."""
    line = asked_when(sqlite_store, region="JP", time_zone="Asia/Tokyo", postal_code=None)
    answer = line.hear(Spoken("明天下午三點"))
    assert "下午三點到三點半" in answer
    line.key("1")
    assert promised(sqlite_store) == [(at(17, 14), at(17, 14, 30))]


def test_a_last_word_that_names_a_time_promises_nothing(sqlite_store: SqlStore) -> None:
    """What could not be read back was not agreed on."""
    line = asked_when(sqlite_store)
    line.hang_up(3)
    answer = line.deliver(line.turn, Spoken("明天下午三點"))
    assert answer is not None
    assert answer.outcome is TurnOutcome.LATE
    assert promised(sqlite_store) == []


def test_people_call_in_the_hours_of_their_desk(sqlite_store: SqlStore) -> None:
    """Where a person makes the call, Saturday afternoon is beyond the desk's hours, whatever the campaign's."""
    line = ring(sqlite_store)
    line.hear()
    line.key("1", "1", "0528", "1", "0")
    answer = line.hear(Spoken("星期六下午四點"))
    assert "下午四點到四點半" not in answer
    assert promised(sqlite_store) == []
