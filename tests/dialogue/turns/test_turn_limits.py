"""Machines on the line, calls that take too long, and lines on which nobody speaks."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.engine import advance
from outbound.dialogue.heard import Keyed, MachineDetected, Spoken, TransferEnded
from outbound.dialogue.said import Ask, Transfer
from outbound.dialogue.script.model import Limits
from outbound.domain.outcome.disposition import Disposition
from tests.dialogue.turns.small import FACTS, NOW, SCRIPT, TO_SERVICE, go_on, play, said

ROBOT = "歡迎來電本公司請依照語音指示操作"


def test_call_screening_is_told_who_calls_and_waits() -> None:
    """A phone's assistant is no human: it hears who calls, and what comes next is waited for."""
    sprint = play("請問您是哪位，我是來電過濾助理")
    assert (sprint.session.step, sprint.session.human) == ("screened", False)
    assert go_on(sprint, "好").session.step == "recording"


def test_a_silence_is_never_longer_than_twenty_seconds() -> None:
    """Whatever a script says, the robot does not listen longer."""
    asked = play("請問您是哪位，我是來電過濾助理").said[-1]
    assert isinstance(asked, Ask)
    assert asked.timeout == 20


def test_hold_music_ends_the_call() -> None:
    """A queue is not waited in."""
    sprint = play("目前所有專員忙線中請稍候")
    assert sprint.effects == (fx.Disposed(Disposition.NO_RESPONSE),)
    assert not sprint.session.human


def test_the_same_long_sentence_for_the_third_time_is_a_robot() -> None:
    """A machine repeats itself word for word; the call ends kindly."""
    second = play(ROBOT, ROBOT)
    assert not second.session.ended
    third = go_on(second, ROBOT)
    assert (third.heard_as, third.session.ended) == ("hold_music", True)
    greeting = play(*["你好歡迎來電請直撥分機號碼"] * 3)
    assert greeting.heard_as == "hold_music"


def test_a_human_who_is_not_understood_is_no_robot() -> None:
    """Who pressed a key and says the same three times gets a person, not a hang-up."""
    sprint = play(*TO_SERVICE, ROBOT, ROBOT, ROBOT)
    assert sprint.effects[-1] == fx.Disposed(Disposition.PERSON_REQUESTED)


def test_short_words_and_answers_repeat_as_they_like() -> None:
    """Only long sentences that answer nothing are suspicious."""
    assert play(*["謝謝"] * 5).heard_as == "thanks"
    long_answer = "滿意，不過我想問怎麼繳保費"
    sprint = play(*TO_SERVICE, long_answer, "*", long_answer, "*", long_answer)
    assert sprint.session.step == "clear"


def test_without_a_step_for_robots_the_silent_goodbye_is_said() -> None:
    """A script that has no word for hold music ends as for silence."""
    universal = {name: each for name, each in SCRIPT.universal.items() if name != "hold_music"}
    sprint = play(ROBOT, ROBOT, ROBOT, script=replace(SCRIPT, universal=universal))
    assert said(sprint) == "silent_goodbye"


def test_a_machine_is_believed_while_no_human_was_heard() -> None:
    """The greeting of a voicemail box gets the message; afterwards the same words are just not understood."""
    assert play("請留言").effects[-1] == fx.Disposed(Disposition.VOICEMAIL_LEFT)
    assert play("1", "請留言").heard_as == "not_understood"
    assert play(MachineDetected()).session.ended
    assert not play("1", MachineDetected()).session.ended


def test_a_call_that_takes_too_long_is_given_to_a_person() -> None:
    """The call's seconds count from its first word."""
    sprint = play(*TO_SERVICE)
    late = NOW + timedelta(seconds=SCRIPT.limits.seconds + 1)
    assert go_on(sprint, "滿意", now=NOW + timedelta(seconds=SCRIPT.limits.seconds)).session.step == "clear"
    given = go_on(sprint, "滿意", now=late)
    assert (given.heard_as, given.session.ended) == ("too_long", True)
    assert go_on(sprint, None, now=late).heard_as == "too_long"


@pytest.mark.parametrize(("word", "effect"), [("我要申訴", fx.ComplaintRaised), ("7", fx.OptedOut)])
def test_urgent_words_count_in_a_call_that_is_over(word: str, effect: type) -> None:
    """Who complains, or wants no more calls, with their last word is heard, and may confirm it."""
    late = NOW + timedelta(seconds=SCRIPT.limits.seconds + 1)
    sprint = go_on(play(*TO_SERVICE), word, now=late)
    effects = sprint.effects if sprint.session.ended else go_on(sprint, "1", now=late).effects
    assert any(isinstance(each, effect) for each in effects)


def test_even_urgent_words_do_not_go_on_for_ever() -> None:
    """After a minute more, whatever is heard goes to a person."""
    very_late = NOW + timedelta(seconds=SCRIPT.limits.seconds + 90)
    assert go_on(play(*TO_SERVICE), "7", now=very_late).heard_as == "too_long"


def test_the_turns_of_a_call_are_bounded_too() -> None:
    """After the last turn only urgent words count, for two turns more."""
    script = replace(SCRIPT, limits=Limits(turns=4))
    sprint = play(*TO_SERVICE, "謝謝", script=script)
    assert go_on(sprint, "滿意", script=script).heard_as == "too_long"
    assert go_on(sprint, "再見", script=script).session.outcome is Disposition.PARTLY_WELCOMED
    assert go_on(sprint, "7", "7", script=script).session.outcome is Disposition.OPTED_OUT
    assert go_on(sprint, "7", "6", script=script).heard_as == "too_long"
    assert go_on(sprint, "7", "2", "7", script=script).heard_as == "too_long"


def test_a_transfer_in_a_call_that_is_too_long_still_ends() -> None:
    """A transfer that fails after the call's last turn is answered by a promise, not by another transfer."""
    facts = replace(FACTS, transfer_available=True)
    sprint = play(*TO_SERVICE, facts=facts)
    late = NOW + timedelta(seconds=SCRIPT.limits.seconds + 1)
    given = go_on(sprint, "滿意", now=late)
    assert isinstance(given.said[-1], Transfer)
    assert go_on(given, TransferEnded(ok=False), now=late).session.ended


def test_three_silences_in_a_row_end_the_call_across_questions() -> None:
    """Where silence leads on to another question, a line on which nobody speaks is not asked everything."""
    service = SCRIPT.steps["service"]
    assert service.question is not None
    leads_on = replace(service, question=replace(service.question, silent="clear"))
    script = replace(SCRIPT, steps={**SCRIPT.steps, "service": leads_on})
    sprint = play(*TO_SERVICE, None, None, None, script=script)
    assert sprint.session.step == "clear"
    assert go_on(sprint, None, script=script).session.ended
    assert not go_on(sprint, "股票", None, script=script).session.ended


def test_a_clock_that_nobody_told_limits_nothing() -> None:
    """Without the instant the seconds are not measured."""
    sprint = play(*TO_SERVICE)
    assert advance(SCRIPT, sprint.session, Keyed("1")).session.step == "clear"
    assert advance(SCRIPT, sprint.session, Spoken("滿意")).session.step == "clear"
