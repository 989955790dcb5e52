"""Plays every journey: whole calls in a form that people read and edit."""

from pathlib import Path

import pytest

from outbound.adapters.files.journeys import journeys_of, load_journeys
from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.journeys.model import Journey
from outbound.dialogue.journeys.playing import Played, play
from outbound.dialogue.rehearsal.possible import possible
from outbound.dialogue.rehearsal.walked import UNIVERSAL, Walked, coverage

HERE = Path(__file__).parent
JOURNEYS = load_journeys(HERE)
ROOT = HERE.parents[1] / "scripts_tts"
SCRIPTS = FileScripts(ROOT)
_played: dict[str, Played] = {}


def played(journey: Journey) -> Played:
    """Play a journey once in all tests."""
    if journey.file not in _played:
        _played[journey.file] = play(journey, SCRIPTS.load(journey.script))
    return _played[journey.file]


def walked(script: str) -> Walked:
    """Return what all journeys of a script walk."""
    found = Walked()
    for journey in journeys_of(JOURNEYS, script):
        found |= played(journey).walked
    return found


def name_of(journey: Journey) -> str:
    """Name a journey by its place."""
    return Path(journey.file).relative_to(HERE).with_suffix("").as_posix()


@pytest.mark.parametrize("journey", JOURNEYS, ids=name_of)
def test_journey(journey: Journey) -> None:
    """The conversation goes as the journey tells, stored and read back between all turns."""
    misses = played(journey).misses
    assert not misses, "\n".join(
        f"{journey.file}:{each.line}: {each.expected}\n{each.said}\n{each.effects}" for each in misses
    )


SHIPPED = ("welcome_call", "missed_call_return", "care_call_65_plus", "voicemail")
LEAST_BRANCHES = 0.95
"""The least share of the branches that any call can take which the journeys of each script take: all but a few."""


@pytest.mark.parametrize("script", SHIPPED)
def test_the_journeys_walk_the_script(script: str) -> None:
    """Every step that any call can come to is come to in some journey of its script, and nearly every branch taken."""
    read = SCRIPTS.load(script)
    found = coverage(read, walked(script), 0, possible(read, SCRIPTS.limits))
    assert not found.steps_not_walked
    assert found.branches[0] >= LEAST_BRANCHES * found.branches[1], found.branches_not_walked


def test_every_script_has_journeys() -> None:
    """No script is shipped without calls that show how it goes."""
    assert set(SHIPPED) == set(SCRIPTS.names())


def test_the_journeys_ask_every_question_of_the_welcome() -> None:
    """Every question of the welcome call is asked in some journey, and nearly all of its answers are given."""
    script, found = SCRIPTS.load("welcome_call"), walked("welcome_call")
    questions = {name: step.question for name, step in script.steps.items() if step.question is not None}
    assert not questions.keys() - found.steps
    answers = {(step, name) for step, question in questions.items() for name in question.hear}
    assert len(answers - found.ways) <= len(answers) * 0.05, sorted(answers - found.ways)


def test_the_journeys_walk_what_a_script_adds() -> None:
    """Every answer to a question that the script for returned calls asks in its own words is given in some journey."""
    own, welcome = SCRIPTS.load("missed_call_return"), SCRIPTS.load("welcome_call")
    asked = {name: each.question for name, each in own.steps.items() if each != welcome.steps.get(name)}
    answers = {(step, name) for step, question in asked.items() if question is not None for name in question.hear}
    assert not answers - walked(own.name).ways


def test_urgent_words_are_heard_in_some_journey() -> None:
    """Whoever wants to be left alone, complains or cancels is honoured in a call that somebody can read."""
    heard = {name for step, name in walked("welcome_call").ways if step == UNIVERSAL}
    assert {"opt_out", "complaint", "cancel_policy", "person"} <= heard
