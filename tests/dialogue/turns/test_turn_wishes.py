"""Several wishes in one breath are all taken, and a death that is perhaps told of keeps the robot from ringing."""

import pytest

from outbound.dialogue import effects as fx
from outbound.dialogue.heard import HungUp
from outbound.dialogue.said import spoken_texts
from outbound.dialogue.script.model import Script
from outbound.domain.contact import ContactState
from outbound.domain.outcome.next_step import Again, NextStepCode, next_step
from tests.dialogue.conftest import FactsMaker
from tests.dialogue.turns.small import NOW, go_on, of_kind, play, said

TO_SERVICE = ("1", "1", "0522")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-TW", "滿意，我要改地址，還有傳連結給我"),
        ("zh-TW", "我要改地址，還有傳連結給我"),
        ("en-US", "satisfied, change my address, and send me the link"),
        ("en-US", "change my address, and send me the link"),
    ],
)
def test_every_wish_of_an_utterance_is_noted(script: Script, make_facts: FactsMaker, language: str, words: str) -> None:
    """The answer counts, each wish has its effect and its sentence, and the call goes on where the answer leads."""
    sprint = play(*TO_SERVICE, script=script, facts=make_facts(language=language, can_text=True))
    answered = "atisfied" in words or "滿意" in words
    sprint = go_on(sprint, words, script=script)
    assert of_kind(sprint, fx.CorrectionRequested) == [fx.CorrectionRequested("address")]
    assert of_kind(sprint, fx.MessageWished) == [fx.MessageWished("link")]
    assert of_kind(sprint, fx.Answered) == ([fx.Answered("service", "satisfied")] if answered else [])
    assert (sprint.session.step == "service") is not answered
    assert sprint.session.return_to == ()
    assert len(spoken_texts(sprint.said)) == 3


def test_the_same_sentence_is_not_said_twice(script: Script, make_facts: FactsMaker) -> None:
    """Two details that have changed are two corrections, of which one sentence tells."""
    sprint = play(*TO_SERVICE, "滿意，我要改地址，我要改電話", script=script, facts=make_facts())
    assert {each.what for each in of_kind(sprint, fx.CorrectionRequested)} == {"address", "phone"}
    assert said(sprint).count("我記下來了") == 1


@pytest.mark.parametrize("before", [(), ("1",), ("1", "晚點再打"), ("1", "1", "0522")])
def test_a_hang_up_while_a_death_is_in_doubt_leaves_it_to_a_person(
    script: Script, make_facts: FactsMaker, before: tuple[str, ...]
) -> None:
    """Nothing is reported as certain; a person looks into it, and the robot rings no more, whatever was to follow."""
    asked = play(*before, "他走了", script=script, facts=make_facts())
    assert asked.session.doubt is not None
    assert asked.session.doubt.intent == "deceased"
    sprint = go_on(asked, HungUp(), script=script)
    assert of_kind(sprint, fx.PersonRequested) == [fx.PersonRequested("not_understood")]
    assert not of_kind(sprint, fx.DeathReported)
    (came_of_it,) = of_kind(sprint, fx.Disposed)
    step = next_step(
        disposition=came_of_it.disposition,
        state=ContactState.OPEN,
        callback=None,
        number_left=True,
        dial_left=True,
        again=Again(NOW, "not_available"),
    )
    assert (step.code, step.state, step.not_before) == (NextStepCode.PERSON, ContactState.DONE, None)
