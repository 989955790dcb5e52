"""A call without a telephone: what is heard, what is walked, how long it lasts, which times may be promised."""

from datetime import datetime, timedelta

import pytest

from outbound.dialogue.heard import HungUp, Keyed, Silence, Spoken
from outbound.dialogue.prover.limits import Speech
from outbound.dialogue.rehearsal.call import Call, within
from outbound.dialogue.rehearsal.lasting import heard_seconds, said_seconds
from outbound.dialogue.rehearsal.telling import effect_text, heard_line, said_lines
from outbound.dialogue.rehearsal.understood import taken
from outbound.dialogue.rehearsal.walked import UNIVERSAL, coverage, walked
from outbound.dialogue.said import Pause, Say
from outbound.dialogue.wanted_time import WantedTime
from tests.dialogue.rehearsal.conftest import NOW


def hear(call: Call, *keys: str) -> None:
    """Press keys, one turn each."""
    for each in keys:
        call.hear(Keyed(each))


def test_the_steps_that_were_walked(call: Call) -> None:
    """Steps that ask nothing count as walked as well, in the order in which they were come to."""
    assert call.turns[0].walked == ("greeting", "recording")
    hear(call, "1", "1")
    assert call.turns[-1].walked == ("right_party", "recorded_or_not", "birth_date")


def test_the_branches_that_were_walked(call: Call) -> None:
    """Answers, guards, right and wrong facts, and words heard everywhere."""
    hear(call, "1", "1", "0101", "0522", "9")
    found = walked(call.script, call.turns)
    assert {("recording", "yes"), ("recorded_or_not", "if recording_given")} <= found.ways
    assert {("birth_date", "wrong"), ("birth_date_second", "right"), ("free_look_or_not", "if free_look_runs")} <= (
        found.ways
    )
    assert ("birth_date", "right") not in found.ways
    call_over = Call(call.script, call.turns[0].sprint.session.facts, now=NOW)
    call_over.hear(Keyed("0"))
    assert (UNIVERSAL, "person") in walked(call.script, call_over.turns).ways


def test_coverage_names_what_is_missing(call: Call) -> None:
    """Steps, branches and words that no call came to are named."""
    hear(call, "2")
    found = coverage(call.script, walked(call.script, call.turns), 1)
    assert found.steps[0] == 3
    assert ("recording", "yes") in found.branches_not_walked
    assert ("recording", "no") not in found.branches_not_walked
    assert "voicemail" in found.steps_not_walked
    assert "opt_out" in found.words_not_heard


def test_nothing_is_heard_after_the_end(call: Call) -> None:
    """A conversation that is over stays over."""
    call.hear(HungUp())
    with pytest.raises(ValueError, match="over"):
        call.hear(Silence())


def test_what_was_understood(call: Call) -> None:
    """A fact is shown as right or wrong, never as what it was; a score as its number."""
    hear(call, "1", "1", "0101")
    assert taken(call.turns[-1]).value == "a wrong fact"
    hear(call, "0522", "8")
    assert taken(call.turns[-1]).value == "score 8"
    assert taken(call.turns[-1]).intent == "score"


def test_named_times_are_cut_to_what_is_possible() -> None:
    """A named time is promised where it lies within a possible window, soonest first, at most three, none twice."""
    hour = timedelta(hours=1)
    wanted = WantedTime(NOW, NOW + 6 * hour)
    windows = ((NOW - hour, NOW + hour), (NOW + 5 * hour, NOW + 9 * hour), (NOW + 7 * hour, NOW + 8 * hour))
    assert within(wanted, windows) == ((NOW, NOW + hour), (NOW + 5 * hour, NOW + 6 * hour))
    many = tuple((NOW + each * hour, NOW + (each + 1) * hour) for each in range(6))
    assert within(wanted, (*many, *many)) == many[:3]
    assert within(wanted, ((NOW + 6 * hour - timedelta(minutes=5), NOW + 7 * hour),)) == ()


def test_the_seconds_of_a_call() -> None:
    """Sentences by the rate of speech, slow ones longer, pauses as they are, silence as long as it is waited for."""
    speech = Speech(characters_a_minute=240, words_a_minute=150, slow=0.85)
    assert said_seconds((Say("一二三四", "zh-TW"), Pause(2)), speech) == pytest.approx(3.0)
    assert said_seconds((Say("一二三四", "zh-TW", slow=True),), speech) == pytest.approx(1 / 0.85)
    assert heard_seconds(HungUp(), (), speech) == 0


def test_a_turn_in_words(call: Call) -> None:
    """What is heard is told as the line of a journey, effects with what they say, sentences with how they sound."""
    assert heard_line(Spoken("好", 0.9)) == "says: 好"
    assert heard_line(Spoken("好", 0.2)) == "says unclearly: 好"
    hear(call, "1")
    assert [effect_text(each) for each in call.sprint.effects] == ["RecordingChosen given=True"]
    assert said_lines(call.turns[0].sprint.said)[1] == "(pause of 2 s)"
    assert said_lines(call.sprint.said)[-1] == "(listens for words or keys, 7 s)"


def test_the_call_may_be_at_any_time() -> None:
    """The sample person's times lie after the call, whenever that is."""
    from outbound.dialogue.rehearsal.sample import sample_facts

    now = datetime.fromisoformat("2027-02-05T23:30+08:00")
    facts, possible = sample_facts(now)
    assert all(start > now for start, _ in (*facts.callback_choices, *facts.person_choices, *possible))
    assert all(start.isoweekday() <= 5 for start, _ in (*facts.person_choices, *possible))
