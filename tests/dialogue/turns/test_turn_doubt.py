"""What was perhaps meant is asked back."""

import pytest
from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.engine import advance
from outbound.dialogue.heard import HungUp, Spoken
from outbound.domain.call_class import CallClass
from outbound.domain.outcome.disposition import Disposition
from tests.dialogue.turns.small import SCRIPT, TO_SERVICE, go_on, make_script, of_kind, play, said


def test_what_is_in_doubt_is_asked_back_and_nothing_is_noted() -> None:
    """The robot says what it thinks it heard, listens for a yes or no, and tells how sure it was."""
    sprint = play(*TO_SERVICE, "好像可以吧")
    assert said(sprint) == "您是說滿意嗎"
    assert (sprint.effects, sprint.heard_as, sprint.confidence) == ((), "unsure_satisfied", 0.5)
    assert sprint.session.step == "service"


@pytest.mark.parametrize("agreed", ["好", "1", "滿意", "好像可以吧"])
def test_a_yes_takes_what_was_meant(agreed: str) -> None:
    """Yes, its key, or saying it again answers the question as if it had been clear at first."""
    sprint = play(*TO_SERVICE, "好像可以吧", agreed)
    assert sprint.effects == (fx.Answered("service", "satisfied"),)
    assert (sprint.session.step, sprint.session.doubt, sprint.session.failures_in_call) == ("clear", None, 0)


@pytest.mark.parametrize("denied", ["不要", "2", "不用麻煩"])
def test_a_no_counts_as_a_failure(denied: str) -> None:
    """No drops it, and the question is asked in other words; "no need" refuses what was asked back, not the call."""
    sprint = play(*TO_SERVICE, "好像可以吧", denied)
    assert said(sprint) == "did_not_catch | service_again"
    assert (sprint.effects, sprint.session.doubt, sprint.session.failures) == ((), None, 1)


def test_something_else_that_is_clear_is_taken_instead() -> None:
    """Who answers the doubt with a clear answer, or an urgent word, has answered."""
    doubted = play(*TO_SERVICE, "好像可以吧")
    assert go_on(doubted, "不滿意").effects == (fx.Answered("service", "not_satisfied"),)
    assert of_kind(go_on(doubted, "我要申訴"), fx.ComplaintRaised)
    assert go_on(doubted, "*").session.doubt is None


def test_a_clear_answer_beside_a_doubt_is_not_lost() -> None:
    """Not satisfied, and perhaps a complaint: no keeps the answer, yes files the complaint and keeps the answer too."""
    asked = play(*TO_SERVICE, "不滿意，你們有問題")
    assert (said(asked), asked.effects) == ("您是說要申訴嗎", ())
    answered = fx.Answered("service", "not_satisfied")
    assert go_on(asked, "不要").effects == (answered,)
    assert go_on(asked, "好").effects[:2] == (answered, fx.ComplaintRaised("不滿意，你們有問題"))


def test_a_no_that_says_more_is_the_answer() -> None:
    """Who says "no, I am satisfied" has answered the question."""
    assert play(*TO_SERVICE, "我覺得你們有問題", "不是，我很滿意").effects == (fx.Answered("service", "satisfied"),)


def test_a_doubt_is_asked_back_in_other_words_and_never_for_ever() -> None:
    """Silence and words that are not understood lead down the ladder to a person."""
    first = play(*TO_SERVICE, "好像可以吧")
    second = go_on(first, None)
    assert said(second) == "silence | 是不是滿意"
    third = go_on(second, "股票")
    assert said(third) == "did_not_catch | 滿意請按 1"
    assert go_on(third, "股票").effects[-1] == fx.Disposed(Disposition.PERSON_REQUESTED)


def test_another_doubt_in_a_doubt_is_not_understood() -> None:
    """The robot never asks back about what answers its asking back."""
    sprint = play(*TO_SERVICE, "好像可以吧", "我覺得你們有問題")
    assert said(sprint) == "did_not_catch | 是不是滿意"


def test_without_words_for_it_nothing_is_asked_back() -> None:
    """A meaning without a phrase of its own counts as not understood."""
    sprint = play(*TO_SERVICE, "不太好說")
    assert (sprint.heard_as, sprint.confidence, said(sprint)) == (
        "not_understood",
        None,
        "did_not_catch | service_again",
    )


def test_repeat_and_slower_ask_the_doubt_again() -> None:
    """Who did not follow hears the same sentence once more."""
    assert said(play(*TO_SERVICE, "好像可以吧", "再說一次")) == "您是說滿意嗎"
    assert said(play(*TO_SERVICE, "好像可以吧", "謝謝")) == "您是說滿意嗎"
    assert play(*TO_SERVICE, "好像可以吧", "慢一點").session.slow


def test_a_language_without_words_for_the_doubt_asks_the_question() -> None:
    """After a change of language the doubt is put in the new one where that has words for it."""
    assert said(play(*TO_SERVICE, "好像可以吧", "8")) == "您是說en 滿意嗎"
    half = make_script(unsure=())
    doubted = play(*TO_SERVICE, "好像可以吧")
    assert said(go_on(doubted, "再說一次", script=half)) == "service"


@pytest.mark.parametrize(
    ("words", "effect"), [("我覺得你們有問題", fx.ComplaintRaised), ("那個保險喔", fx.CancelWished)]
)
def test_a_doubtful_complaint_is_neither_filed_nor_overheard(words: str, effect: type) -> None:
    """It is asked back; a yes files it in the words of then, silence gives it to a person without filing."""
    asked = play(*TO_SERVICE, words)
    assert asked.effects == ()
    filed = go_on(asked, "好")
    assert of_kind(filed, effect) == [effect(words)]
    silent = go_on(asked, None, None, None)
    assert not of_kind(silent, effect)
    assert fx.PersonRequested("not_understood") in silent.effects


def test_a_hang_up_on_a_doubtful_complaint_leaves_it_to_a_person() -> None:
    """Nobody confirmed it, so nothing is filed; a person looks into it."""
    sprint = play(*TO_SERVICE, "我覺得你們有問題", HungUp())
    assert fx.PersonRequested("not_understood") in sprint.effects
    assert not of_kind(sprint, fx.ComplaintRaised)
    assert sprint.effects[-1] == fx.Disposed(Disposition.PERSON_REQUESTED)


def test_a_late_yes_still_answers_the_doubt() -> None:
    """A last word that reaches us after the hang-up belongs to what was asked back, not to the question behind it."""
    ended = play(*TO_SERVICE, "我覺得你們有問題", HungUp()).session
    late = advance(SCRIPT, replace(ended, ended=False), Spoken("好", 0.9))
    assert of_kind(late, fx.ComplaintRaised)
    assert not of_kind(late, fx.Answered)


@pytest.mark.parametrize("end", [(HungUp(),), (None, None, None)])
def test_who_leaves_when_asked_whether_calls_shall_stop_is_taken_at_their_word(end: tuple[object, ...]) -> None:
    """A hang-up or silence after "shall we never call again?" stops the calls: the doubt is to their good."""
    sprint = play(*TO_SERVICE, "別再吵了", *end)  # type: ignore[arg-type]
    assert of_kind(sprint, fx.OptedOut)
    assert sprint.effects[-1] == fx.Disposed(Disposition.OPTED_OUT)


@pytest.mark.parametrize("end", [(HungUp(),), (None, None, None)])
def test_perhaps_no_advertising_is_honoured_too(end: tuple[object, ...]) -> None:
    """Silence or a hang-up stops the advertising, and the call ends as it stood."""
    sprint = play(*TO_SERVICE, "廣告就別了", *end)  # type: ignore[arg-type]
    assert of_kind(sprint, fx.OptedOut) == [fx.OptedOut(CallClass.TELEMARKETING)]
    assert sprint.effects[-1] == fx.Disposed(Disposition.PARTLY_WELCOMED)


def test_a_doubtful_opt_out_is_confirmed_like_a_clear_one() -> None:
    """Yes leads to the question that every opt-out is confirmed by; no stops nothing."""
    asked = play(*TO_SERVICE, "別再吵了")
    assert go_on(asked, "好").session.step == "opt_out"
    assert not of_kind(go_on(asked, "不要"), fx.OptedOut)


def test_the_words_of_a_doubt_are_not_kept_where_recording_was_refused() -> None:
    """What is asked back is acted on, but without the words."""
    asked = play("2", "1", "0522", "我覺得你們有問題")
    assert asked.session.doubt is not None
    assert asked.session.doubt.words is None
    assert of_kind(go_on(asked, "好"), fx.ComplaintRaised) == [fx.ComplaintRaised(None)]


def test_words_that_the_recogniser_was_not_sure_of_are_in_doubt() -> None:
    """A clear meaning of unclear words is asked back too, where the script has the words for it."""
    assert said(play(*TO_SERVICE, Spoken("滿意", 0.1))) == "您是說滿意嗎"
    assert said(play(*TO_SERVICE, Spoken("我要申訴", 0.1))) == "您是說要申訴嗎"
    mute = make_script(unsure=())
    assert of_kind(play(*TO_SERVICE, Spoken("我要申訴", 0.1), script=mute), fx.ComplaintRaised)
    assert play(*TO_SERVICE, Spoken("滿意", 0.1), script=mute).heard_as == "not_understood"


def test_what_does_no_harm_is_done_even_in_doubt() -> None:
    """Who perhaps asks to hear it again hears it again, the question or the doubt."""
    assert said(play(*TO_SERVICE, "蛤你說啥")) == "service"
    assert said(play(*TO_SERVICE, "好像可以吧", "蛤你說啥")) == "您是說滿意嗎"


def test_a_goodbye_is_never_asked_about() -> None:
    """A perhaps-goodbye is not understood, whatever words the script has for it."""
    assert play(*TO_SERVICE, "那先這樣吧").heard_as == "not_understood"


def test_a_free_answer_is_kept_unless_it_may_be_urgent() -> None:
    """Long words are the answer to an open question; if perhaps urgent they are asked back first."""
    asked = play(*TO_SERVICE, "不滿意", "我覺得你們有問題")
    assert said(asked) == "您是說要申訴嗎"
    assert of_kind(go_on(asked, "不要"), fx.ReasonGiven) == [fx.ReasonGiven("我覺得你們有問題")]


def test_a_word_of_the_engine_is_no_meaning() -> None:
    """A brain that answers "right", or anything that nobody expects, verifies nobody and breaks nothing."""
    assert play("1", "1", "對").heard_as == "not_understood"
    assert play("1", "1", "怪").heard_as == "not_understood"
