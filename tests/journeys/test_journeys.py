"""Plays every journey: whole calls in a form that people read and edit."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.effects import Disposed
from outbound.dialogue.engine import advance, begin
from outbound.dialogue.facts import Facts
from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.said import Ask, HangUp, Say, Transfer, spoken_texts
from outbound.dialogue.script.model import Script
from outbound.dialogue.session import Session, Sprint, final_disposition

HERE = Path(__file__).parent
JOURNEYS = sorted(HERE.rglob("*.txt"))


WELCOME = "welcome_call"


@pytest.fixture(scope="session")
def scripts() -> FileScripts:
    """The scripts that the product ships."""
    return FileScripts(HERE.parents[1] / "scripts_tts")


def script_of(path: Path) -> str:
    """Name the script that a journey walks: the welcome call unless it says otherwise."""
    return next((rest for _, word, rest in read(path) if word == "script"), WELCOME)


@dataclass
class Call:
    """A call that is being played."""

    script: Script
    sprint: Sprint
    spoken: list[str] = field(default_factory=list)
    branches: set[tuple[str, str]] = field(default_factory=set)
    effects: list[str] = field(default_factory=list)

    def hear(self, heard: Heard) -> None:
        """Let the robot hear something, after the conversation was stored and read back."""
        session = Session.from_data(json.loads(json.dumps(self.sprint.session.to_data())))
        assert session == self.sprint.session, "the conversation changed when it was stored"
        assert not session.ended, "the conversation is over, but the journey goes on"
        self.take(advance(self.script, session, heard))
        self.branches.add((str(self.sprint.heard_step), str(self.sprint.heard_as)))

    def take(self, sprint: Sprint) -> None:
        """Keep what was said and brought about."""
        self.sprint = sprint
        self.spoken.extend(spoken_texts(sprint.said))
        self.effects.extend(repr(each) for each in sprint.effects)


def read(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield number, word and rest of every line that is not a note."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.partition(":")
            yield number, word.strip(), rest.strip()


def start(script: Script, lines: list[tuple[int, str, str]]) -> Call:
    """Begin the call with the facts that the journey's first lines ask for."""
    data: dict[str, Any] = yaml.safe_load((HERE / "facts.yaml").read_text(encoding="utf-8"))
    for _, word, rest in lines:
        if word == "facts":
            data |= yaml.safe_load(rest)
    language = next((rest for _, word, rest in lines if word == "begins in"), None)
    first = begin(script, msgspec.convert(data, Facts), language)
    call = Call(script, first)
    call.take(first)
    return call


HEARD: dict[str, Any] = {
    "says": lambda rest: Spoken(rest, 0.9),
    "keys": Keyed,
    "silence": lambda _rest: Silence(),
    "machine": lambda _rest: MachineDetected(),
    "hangs up": lambda _rest: HungUp(),
    "transfer": lambda rest: TransferEnded(rest == "answered"),
}


def holds(call: Call, word: str, rest: str) -> bool:
    """Whether a line that expects something holds now."""
    sprint = call.sprint
    texts = " ".join(spoken_texts(sprint.said))
    if word == "robot":
        return rest in texts
    if word == "effect":
        name, *parts = rest.split(" ", 1)
        return any(type(each).__name__ == name and all(p in repr(each) for p in parts) for each in sprint.effects)
    if word == "call":
        return isinstance(sprint.said[-1], {"transfer": Transfer, "hangs up": HangUp}[rest])
    if word == "slow":
        says = [each for item in sprint.said if isinstance(item, Ask) for each in item.prompt if isinstance(each, Say)]
        return bool(says) and says[-1].slow is (rest == "yes")
    assert word == "ends as", f"unknown word '{word}'"
    disposed = [each.disposition for each in sprint.effects if isinstance(each, Disposed)]
    return sprint.session.ended and disposed == [final_disposition(sprint.session)] == [rest]


def play(path: Path, scripts: FileScripts) -> Call:
    """Play a journey line by line; every expectation is asserted where it stands."""
    lines = list(read(path))
    call = start(scripts.load(script_of(path)), lines)
    for number, word, rest in lines:
        if word in {"title", "script", "facts", "begins in", "never", "no effect"}:
            continue
        if word in HEARD:
            call.hear(HEARD[word](rest))
            continue
        said = spoken_texts(call.sprint.said)
        assert holds(call, word, rest), f"{path.name}:{number}: '{word}: {rest}'\n{said}\n{call.sprint.effects}"
    return call


@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.relative_to(HERE).with_suffix("").as_posix())
def test_journey(path: Path, scripts: FileScripts) -> None:
    """The conversation goes as the journey tells, stored and read back between all turns."""
    call = play(path, scripts)
    assert call.sprint.session.ended, "the journey stops in the middle of the conversation"
    for number, word, rest in read(path):
        if word == "never":
            assert not [text for text in call.spoken if rest in text], f"{path.name}:{number}: never '{rest}'"
        if word == "no effect":
            assert not [each for each in call.effects if each.startswith(f"{rest}(")], f"{path.name}:{number}: '{rest}'"


def test_the_journeys_walk_the_whole_script(scripts: FileScripts) -> None:
    """Every question is asked in some journey, and nearly all of its answers are given."""
    script = scripts.load(WELCOME)
    walked = set().union(*(play(path, scripts).branches for path in JOURNEYS if script_of(path) == WELCOME))
    questions = {name: step.question for name, step in script.steps.items() if step.question is not None}
    assert not questions.keys() - {step for step, _ in walked}
    answers = {(step, name) for step, question in questions.items() for name in question.hear}
    answers -= {(step, name) for step, name in answers if name in {"right", "wrong"}}
    missing = sorted(answers - walked)
    assert len(missing) <= len(answers) * 0.25, missing


def test_the_journeys_walk_what_a_script_adds(scripts: FileScripts) -> None:
    """Every answer to a question that the script for returned calls asks in its own words is given in some journey."""
    own, welcome = scripts.load("missed_call_return"), scripts.load(WELCOME)
    walked = set().union(*(play(path, scripts).branches for path in JOURNEYS if script_of(path) == own.name))
    asked = {name: each.question for name, each in own.steps.items() if each != welcome.steps.get(name)}
    answers = {(step, name) for step, question in asked.items() if question is not None for name in question.hear}
    assert not answers - walked
