"""Journeys read, played and written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from outbound.adapters.files.journeys import load_journeys
from outbound.dialogue.heard import Keyed, Spoken
from outbound.dialogue.journeys.model import JourneyError
from outbound.dialogue.journeys.playing import play
from outbound.dialogue.journeys.reading import read_journey
from outbound.dialogue.journeys.writing import facts_data, journey_text
from outbound.dialogue.rehearsal.call import Call
from outbound.dialogue.rehearsal.sample import sample_facts
from outbound.dialogue.script.model import Script
from tests.dialogue.rehearsal.conftest import NOW


def shared() -> Mapping[str, Any]:
    """The sample person as plain data."""
    return facts_data(*sample_facts(NOW))


def read(text: str) -> Any:
    """Read a journey of the small script."""
    return read_journey("call.txt", f"script: base\n{text}", shared(), yaml.safe_load)


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        ("sayz: 好", "a line cannot begin with 'sayz'; did you mean 'says'?"),
        ("keys: eins", "keys are digits"),
        ("transfer: perhaps", "'answered'"),
        ("effect: SatisfactionGivn", "no effect; known: Answered"),
        ("ends as: happy", "'welcomed'"),
        ("time passes: a while", "'30 s'"),
        ("now: tomorrow", "with its offset"),
        ("now: 2026-11-23T09:00", "with its offset"),
        ("silence: please", "nothing follows"),
        ("says:", "write what is said"),
        ("facts: {can_text: ", "YAML"),
        ("facts: {can_tex: true}", "there is no fact 'can_tex'"),
        ("facts: {birth_date: soon}", "'facts'"),
        ("facts: nothing", "name: value"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, line: str, mend: str) -> None:
    """File, line and what is allowed instead."""
    (tmp_path / "facts.yaml").write_text(yaml.safe_dump(dict(shared()), allow_unicode=True), encoding="utf-8")
    (tmp_path / "call.txt").write_text(f"title: A call\n{line}\n", encoding="utf-8")
    with pytest.raises(JourneyError) as error:
        load_journeys(tmp_path)
    assert f"{tmp_path / 'call.txt'}:2: " in str(error.value)
    assert mend in str(error.value)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    """One run shows what is to be mended in all files; a missing facts.yaml is named."""
    with pytest.raises(JourneyError, match=r"facts\.yaml"):
        load_journeys(tmp_path)
    (tmp_path / "facts.yaml").write_text(yaml.safe_dump(dict(shared())), encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("hum: x\nkeys: x\n", encoding="utf-8")
    with pytest.raises(JourneyError) as error:
        load_journeys(tmp_path)
    assert len(error.value.problems) == 4


def test_a_full_width_colon_will_do() -> None:
    """Who writes Chinese types its colon."""
    assert read("says：好").lines[0].rest == "好"


def test_a_journey_that_goes_as_told(script: Script) -> None:
    """Every kind of expectation, in one call."""
    journey = read(
        """
        at: recording
        never: 壽險
        no effect: OptedOut
        robot: 這裡是安心人壽
        says: 可以
        understood: yes
        doubts: nothing
        sends: nothing
        effect: RecordingChosen given=True
        language: zh-TW
        slow: no
        loud: no
        keys: 1
        time passes: 5 s
        keys: 0101
        keys: 0101
        effect: PersonRequested reason='not_verified'
        call: hangs up
        ends as: not_verified
        """
    )
    assert play(journey, script).misses == ()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("keys: 1\nrobot: 再見\nhangs up", "robot: 再見"),
        ("keys: 1\nunderstood: no\nhangs up", "understood: no"),
        ("keys: 1", "stops in the middle"),
        ("hangs up\nkeys: 1", "the conversation is over"),
        ("never: 安心人壽\nhangs up", "never: 安心人壽"),
        ("no effect: Disposed\nhangs up", "no effect: Disposed"),
        ("hangs up\nends as: welcomed", "ends as: welcomed"),
    ],
)
def test_a_journey_that_goes_otherwise(script: Script, lines: str, expected: str) -> None:
    """The line that does not hold is named, with what the robot said instead."""
    journey = read(lines)
    misses = play(journey, script).misses
    assert [expected in each.expected for each in misses] == [True]
    assert misses[0].line in range(2, 4)


def test_the_time_limit_is_reached_by_time(script: Script) -> None:
    """Time passes only where the journey says so; the call's limit then ends it."""
    assert play(read("keys: 1\ntime passes: 20 min\nkeys: 1\nunderstood: too_long"), script).misses == ()


def test_a_call_is_written_and_played_again(call: Call) -> None:
    """What was had in the terminal goes as it is told, with the same person at the same time."""
    for heard in (Spoken("可以", 0.9), Spoken("我就是", 0.2), Keyed("1"), Keyed("0522"), Spoken("八分", 0.9)):
        call.hear(heard)
    facts, possible = sample_facts(NOW)
    for known in (shared(), {}, {"language": "en-US", "zones": ["Asia/Tokyo"]}):
        text = journey_text(call, known, possible, "A call that was had")
        journey = read_journey("call.txt", text, known, yaml.safe_load)
        assert journey.facts == facts
        assert play(journey, call.script).misses == ()
    assert "facts:" not in journey_text(call, shared(), possible, "A call")
