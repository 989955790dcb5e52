"""Several urgent words in one breath, and a promise beside one: nobody is asked on, and nothing stays untold."""

from datetime import timedelta

import pytest

from outbound.dialogue import effects as fx
from outbound.dialogue.engine import advance
from outbound.dialogue.heard import Spoken
from outbound.dialogue.script.model import Branch, Line, Step
from outbound.dialogue.session import Sprint
from outbound.domain.outcome.disposition import Disposition
from tests.dialogue.turns.small import NOW, SCRIPT, STEPS, go_on, make_script, noted, of_kind, play, question, said

BOTH = "我要申訴，不要再打來"


def asked_back(*before: str) -> Sprint:
    """A call in which somebody complained, and wants no more calls, in one breath."""
    return play(*before, BOTH)


@pytest.mark.parametrize("before", [(), ("1", "1"), ("1", "1", "0522")])
@pytest.mark.parametrize("calm", ["晚點再打", "怎麼繳保費", "你是誰", "找專人", "再見", "不要"])
def test_calm_words_after_a_complaint_and_an_opt_out_lead_to_a_person(before: tuple[str, ...], calm: str) -> None:
    """Whatever calm words answer the question about further calls, the complaint comes next, and no survey.

    Only a no takes back that they want no calls.
    """
    asked = asked_back(*before)
    assert asked.session.step == "opt_out"
    assert of_kind(asked, fx.ComplaintRaised)
    sprint = go_on(asked, calm)
    assert sprint.session.ended
    assert of_kind(sprint, fx.Disposed) == [fx.Disposed(Disposition.COMPLAINT)]
    assert "person_calls" in said(sprint)
    assert bool(of_kind(sprint, fx.OptedOut)) is (calm != "不要")


def test_the_words_beside_a_calm_word_are_not_followed_either() -> None:
    """Only what is urgent counts beside a calm word then."""
    sprint = go_on(asked_back("1", "1", "0522"), "滿意，不過我想問怎麼繳保費")
    assert sprint.session.ended or sprint.session.step == "opt_out"
    assert not of_kind(sprint, fx.QuestionAnswered)


def test_a_call_that_takes_too_long_leads_to_the_complaint() -> None:
    """Where the call is over while it is asked back, the complaint is told of all the same."""
    sprint = advance(SCRIPT, asked_back("1", "1").session, Spoken("嗯", 0.9), now=NOW + timedelta(hours=1))
    assert of_kind(sprint, fx.Disposed) == [fx.Disposed(Disposition.COMPLAINT)]
    assert "person_calls" in said(sprint)


def test_an_opt_out_alone_is_followed_by_calm_words_as_ever() -> None:
    """Without a complaint a calm word at the same question leads where it always leads."""
    sprint = go_on(play("1", "1", "7"), "晚點再打")
    assert sprint.session.step == "callback_time"


def test_what_is_promised_is_told_before_an_urgent_word() -> None:
    """Of an answer that promises a text message the sentence is said, too, when a complaint comes with it."""
    promising = Branch(
        "clear", say=(Line("checked"),), effects=noted("message_wished", what="link"), also=("satisfied",)
    )
    service = Step("service", question=question("service", {"yes": promising, "no": Branch("why")}))
    sprint = play("1", "1", "0522", "滿意，我要申訴", script=make_script(steps={**STEPS, "service": service}))
    assert of_kind(sprint, fx.MessageWished) == [fx.MessageWished("link")]
    assert of_kind(sprint, fx.ComplaintRaised)
    assert "checked" in said(sprint)
