"""A script for people who need time: slow from the first word, longer to answer, fewer times to choose from."""

from typing import Any

import pytest

from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.engine import advance, begin, offer_again
from outbound.dialogue.heard import Keyed, Spoken
from outbound.dialogue.said import Ask, Say, spoken_texts
from outbound.dialogue.script.model import Script


@pytest.fixture(scope="module")
def care(scripts: FileScripts) -> Script:
    """The care call for older people."""
    return scripts.load("care_call_65_plus")


def test_whoever_is_called_hears_the_slow_voice(care: Script, make_facts: Any) -> None:
    """The script is slow by itself, also for somebody whose age nobody knows."""
    said = begin(care, make_facts(slow=False)).said
    assert all(each.slow for each in said if isinstance(each, Say))


def test_nobody_is_hurried(care: Script, make_facts: Any) -> None:
    """Every question leaves ten seconds at least."""
    assert min(each.question.timeout for each in care.steps.values() if each.question is not None) >= 10
    question = begin(care, make_facts()).said[-1]
    assert isinstance(question, Ask)
    assert question.timeout >= 10


def test_two_times_are_offered_at_once(care: Script, make_facts: Any) -> None:
    """The third key is another time, also after a time was given away."""
    facts = make_facts()
    session = begin(care, facts).session
    for heard in (Keyed("1"), Spoken("改天再說", 0.9)):
        sprint = advance(care, session, heard)
        session = sprint.session
    assert "別的時間按 3" in spoken_texts(sprint.said)[-1]
    assert len(session.facts.callback_choices) == 2
    assert len(session.facts.person_choices) == 2
    others = offer_again(care, session, facts.callback_choices).session.facts.callback_choices
    assert others == facts.callback_choices[:2]
