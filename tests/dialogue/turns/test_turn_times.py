"""Times that a callee names for a return call."""

import pytest
from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.engine import advance, offer_times
from outbound.dialogue.heard import Spoken
from outbound.dialogue.session import Session
from tests.dialogue.turns.small import FACTS, FRIDAY, NOW, SCRIPT, TUESDAY, go_on, of_kind, play, said

TO_TIMES = ("1", "1", "0522", "晚點再打")


def test_a_named_time_is_looked_up_by_the_caller() -> None:
    """The engine does not know what is possible: it asks, and brings nothing about."""
    sprint = play(*TO_TIMES, "星期五下午")
    assert sprint.wants is not None
    assert (sprint.wants.start.day, sprint.heard_as, sprint.effects) == (27, "named", ())
    assert said(sprint) == "callback_time"
    assert sprint.session.wanted == sprint.wants


def test_a_time_that_is_possible_is_read_back_and_confirmed() -> None:
    """The first window is read back; yes promises exactly that window."""
    asked = play(*TO_TIMES, "星期五下午")
    session = Session.from_json(asked.session.to_json())
    read_back = offer_times(SCRIPT, session, (FRIDAY,), now=NOW)
    assert said(read_back) == "27 15?"
    assert (read_back.heard_step, read_back.heard_as, read_back.session.turn) == (
        "callback_time",
        "named",
        asked.session.turn,
    )
    promised = go_on(read_back, "好")
    assert of_kind(promised, fx.CallbackWished) == [fx.CallbackWished(*FRIDAY, "later")]


def test_the_list_afterwards_holds_the_named_time_too() -> None:
    """Choices stay sorted, at most three, so that every number means what it says."""
    asked = play(*TO_TIMES, "星期五下午")
    read_back = offer_times(SCRIPT, asked.session, (FRIDAY,))
    again = go_on(read_back, "2")
    assert again.session.step == "callback_time"
    assert again.session.facts.callback_choices == (*FACTS.callback_choices, FRIDAY)
    assert said(go_on(again, "3")) == "27 15?"


def test_for_a_person_the_list_of_persons_changes() -> None:
    """Who asked for a person gets a time of persons."""
    asked = play(*TO_TIMES, "星期五下午")
    session = replace(asked.session, reason="question")
    read_back = offer_times(SCRIPT, session, (FRIDAY,))
    assert FRIDAY in read_back.session.facts.person_choices
    assert read_back.session.facts.callback_choices == FACTS.callback_choices


def test_an_impossible_time_is_declined_and_the_list_offered() -> None:
    """It says so, and what is possible follows."""
    asked = play(*TO_TIMES, "半夜三點")
    declined = offer_times(SCRIPT, asked.session, ())
    assert said(declined) == "not_possible | callback_time"
    assert (declined.heard_as, declined.session.callback) == ("not_possible", None)


def test_impossible_times_are_bounded() -> None:
    """After three of them in one call it goes on as if no time suited."""
    sprint = play(*TO_TIMES)
    for _ in range(4):
        assert not sprint.session.ended
        sprint = offer_times(SCRIPT, go_on(sprint, "半夜三點").session, ())
    assert sprint.session.ended


def test_part_of_a_day_that_holds_one_offered_time_chooses_it() -> None:
    """What was named "Tuesday morning" is the window of Tuesday morning on the list; a clock time is looked up."""
    assert said(play(*TO_TIMES, "星期二早上")) == "24 10?"
    assert play(*TO_TIMES, "星期二早上十點").wants is not None


def test_where_nobody_looks_times_up_only_the_list_is_meant() -> None:
    """A script that takes no other times chooses the window that holds what was named, and never another one."""
    step = SCRIPT.steps["callback_time"]
    assert step.question is not None
    hear = {name: each for name, each in step.question.hear.items() if name not in {"named", "not_possible"}}
    listed = replace(step, question=replace(step.question, hear=hear))
    script = replace(SCRIPT, steps={**SCRIPT.steps, "callback_time": listed})
    assert said(play(*TO_TIMES, "星期二早上十點", script=script)) == "24 10?"
    assert play(*TO_TIMES, "星期五下午", script=script).heard_as == "not_understood"


def test_a_time_named_where_another_is_read_back_corrects_it() -> None:
    """Named at the confirmation it is looked up, and read back in its turn."""
    asked = play(*TO_TIMES, "1", "星期五下午")
    assert asked.wants is not None
    assert asked.heard_step == "callback_confirm"
    read_back = offer_times(SCRIPT, asked.session, (FRIDAY,))
    assert (said(read_back), read_back.session.step) == ("27 15?", "callback_confirm")
    assert go_on(read_back, "*").session.step == "callback_time"


def test_without_the_time_of_day_no_time_is_understood() -> None:
    """Nobody told the instant, so a weekday means nothing but the list."""
    session = play(*TO_TIMES).session
    assert advance(SCRIPT, session, Spoken("半夜三點")).heard_as == "not_understood"
    assert said(advance(SCRIPT, session, Spoken("星期二"))) == "24 10?"


def test_an_unknown_zone_does_no_harm() -> None:
    """Facts with a zone that this machine lacks leave the instant as it is."""
    sprint = play(*TO_TIMES, "星期五下午", facts=replace(FACTS, zones=("Nowhere/Land",)))
    assert sprint.wants is not None


def test_where_no_question_takes_times_the_call_ends_kindly() -> None:
    """An answer to a wish that no question has is a mistake of ours: an apology and a person."""
    session = play("1", "1", "0522").session
    steps = {name: step for name, step in SCRIPT.steps.items() if name not in {"callback_time", "callback_confirm"}}
    sprint = offer_times(replace(SCRIPT, steps=steps), session, (TUESDAY,))
    assert fx.PersonRequested("script_error") in sprint.effects


@pytest.mark.parametrize("count", [1, 2, 3])
def test_windows_are_offered_three_at_most(count: int) -> None:
    """However many windows come, facts hold three, the chosen one among them."""
    windows = tuple((at_.replace(minute=minute), FRIDAY[1]) for minute in range(count) for at_ in (FRIDAY[0],))
    sprint = offer_times(SCRIPT, play(*TO_TIMES, "星期五下午").session, windows)
    assert len(sprint.session.facts.callback_choices) <= 3
    assert said(sprint) == "27 15?"
