"""What a Taiwanese policyholder can rely on in every call, at every question of the shipped script."""

from typing import Any

import pytest

from outbound.dialogue.effects import PersonRequested
from outbound.dialogue.engine import advance, begin
from outbound.dialogue.heard import Keyed, Spoken
from outbound.dialogue.said import spoken_texts
from outbound.dialogue.script.model import Script
from tests.conftest import ROOT
from tests.values import replace


def at_every_question(script: Script, make_facts: Any, language: str) -> list[Any]:
    """A session at each question of the script."""
    opened = begin(script, make_facts(), language).session
    return [replace(opened, step=name) for name, step in script.steps.items() if step.question is not None]


@pytest.mark.parametrize(
    ("language", "company", "automated", "hotline"),
    [("zh-TW", "安心人壽", "自動語音電話", "零八零零"), ("en-US", "Anxin Life", "automated call", "0 8 0 0")],
)
def test_before_anything_is_asked_they_know_who_calls_and_where_to_call_back(
    script: Script, make_facts: Any, language: str, company: str, automated: str, hotline: str
) -> None:
    """The first full sentence has company and automated voice; the line for a person follows before any question."""
    said = spoken_texts(begin(script, make_facts(), language).said)
    assert company in said[1]
    assert automated in said[1]
    question = next(place for place, text in enumerate(said) if "1" in text)
    assert any(hotline in text for text in said[: question + 1])
    whole = " ".join(said)
    assert whole.index(hotline) < whole.index("按 1" if language == "zh-TW" else "press 1")


@pytest.mark.parametrize(("language", "word"), [("zh-TW", "真人"), ("en-US", "a real person")])
def test_a_person_can_be_asked_for_at_every_question(script: Script, make_facts: Any, language: str, word: str) -> None:
    """The word for a real person brings one, whatever was asked; key 0 does wherever digits are not the answer."""
    for session in at_every_question(script, make_facts, language):
        effects = advance(script, session, Spoken(word, 0.9)).effects
        assert any(isinstance(effect, PersonRequested) for effect in effects), session.step
    keyed = [advance(script, each, Keyed("0")) for each in at_every_question(script, make_facts, language)]
    assert sum(any(isinstance(effect, PersonRequested) for effect in each.effects) for each in keyed) >= len(keyed) - 3


@pytest.mark.parametrize(("language", "words"), [("zh-TW", "我要取消保單"), ("en-US", "I want to cancel my policy")])
def test_who_wants_to_cancel_is_never_asked_why(script: Script, make_facts: Any, language: str, words: str) -> None:
    """At every question the wish ends the talk: one answer, no further question, no word about staying."""
    for session in at_every_question(script, make_facts, language):
        sprint = advance(script, session, Spoken(words, 0.9))
        assert sprint.session.ended, session.step
        assert str(sprint.session.outcome) == "wants_to_cancel"


@pytest.mark.parametrize(("language", "words"), [("zh-TW", "不要再打來了"), ("en-US", "stop calling me")])
def test_who_refuses_is_asked_once_at_most(script: Script, make_facts: Any, language: str, words: str) -> None:
    """Only whether all calls shall stop is asked back; saying it again is enough, and nothing is offered."""
    for session in at_every_question(script, make_facts, language):
        first = advance(script, session, Spoken(words, 0.9))
        last = first if first.session.ended else advance(script, first.session, Spoken(words, 0.9))
        assert last.session.ended, session.step
        assert str(last.session.outcome) == "opted_out", session.step


def test_a_welcome_call_says_nothing_of_an_interview(script: Script) -> None:
    """No sentence could be taken for the interview that the law asks for, or for its end."""
    for language, words in (("zh-TW", ("訪問", "電訪", "核保", "承保")), ("en-US", ("interview", "underwrit"))):
        file = ROOT / "scripts_tts" / script.name / "prompts" / f"{language}.yaml"
        text = file.read_text(encoding="utf-8").lower()
        assert not any(word in text for word in words)
