"""Population files: what they mean, and errors that say where and how to mend."""

import io
import json
import re
import textwrap
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from outbound.exchange.log import write_lines
from outbound.exchange.people.callee import Fate, chance_to_answer, meet
from outbound.exchange.people.population import (
    Does,
    NumberState,
    Person,
    Population,
    PopulationError,
    Resident,
    Rule,
    Unanswered,
)
from outbound.exchange.people.population_file import load
from tests.conftest import ROOT

FULL = """
zone: Asia/Taipei
sentences: [好的, 再見]
persons:
  customer:
    language: zh-TW
    needs_repeats: 1
    repeat: {says: 請再說一次, after: 2}
    hangs_up_after: {seconds: 40, turns: 3}
    talks: [10, 20]
    replies:
      - {hears: "出生|birth", presses: "{birth}", after: 2.5, times: 2, interrupts: true}
      - {hears: 再見, hangs_up: true}
      - {silent: true}
profiles:
  office:
    answers:
      - {days: mon-fri, hours: "18:00-21:00", chance: 0.7}
      - {days: "sat, sun", hours: "10:00-24:00", chance: 0.5}
    otherwise: 0.1
    rings: [3, 15]
    unanswered: {no_answer: 3, voicemail: 1}
    voicemail: {greeting_seconds: 5, beep: false, records_seconds: 30}
  gone: {number: unallocated}
callees:
  "+886900000001":
    profile: office
    people:
      - {person: customer, facts: {birth: "0528"}, weight: 3}
      - {person: {replies: [{presses: "1"}]}}
  "+886900000002": {profile: gone}
  "+886900000003": {profile: {unanswered: busy}}
"""


def write(tmp_path: Path, text: str, name: str = "population.yaml") -> Path:
    """A population file."""
    path = tmp_path / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def test_a_file_says_everything_that_objects_can_say(tmp_path: Path) -> None:
    """Persons, rules, profiles, voicemail and shared numbers come out as written."""
    population = load(write(tmp_path, FULL))
    first = population.callee("+886900000001")
    person = first.residents[0].person
    assert first.profile.unanswered == {Unanswered.NO_ANSWER: 3, Unanswered.VOICEMAIL: 1}
    assert (first.profile.voicemail.beep, first.profile.rings) == (False, (3, 15))
    assert (person.needs_repeats, person.hangs_up_after_seconds, person.hangs_up_after_turns) == (1, 40, 3)
    rule = person.replies[0]
    assert (rule.does, rule.value, rule.after, rule.times, rule.interrupts) == (Does.PRESSES, "{birth}", 2.5, 2, True)
    assert rule.hears is not None
    assert rule.hears.search("您的出生年月日")
    assert [resident.weight for resident in first.residents] == [3, 1]
    assert population.callee("+886900000002").profile.number is NumberState.UNALLOCATED
    assert population.callee("+886900000003").profile.unanswered == {Unanswered.BUSY: 1}
    assert population.sentences == ("好的", "再見")


def test_json_is_read_as_well(tmp_path: Path) -> None:
    """A file that ends in .json holds the same document, and is faster to read."""
    path = tmp_path / "population.json"
    path.write_text(json.dumps({"callees": {"+886900000001": {"profile": {"otherwise": 1}}}}))
    assert load(path).callee("+886900000001").profile.otherwise == 1


@pytest.mark.parametrize(
    ("instant", "chance"),
    [
        ("2026-11-23T18:00", 0.7),
        ("2026-11-23T20:59", 0.7),
        ("2026-11-23T21:00", 0.1),
        ("2026-11-28T23:59", 0.5),
        ("2026-11-28T09:59", 0.1),
    ],
)
def test_bands_are_half_open_local_hours(tmp_path: Path, instant: str, chance: float) -> None:
    """A band holds from its first minute to before its last; outside of all bands `otherwise` holds."""
    profile = load(write(tmp_path, FULL)).callee("+886900000001").profile
    local = datetime.fromisoformat(instant).replace(tzinfo=ZoneInfo("Asia/Taipei"))
    assert chance_to_answer(profile, local) == chance


def test_who_picks_up_follows_the_weights(tmp_path: Path) -> None:
    """Of two people on one number the one with weight 3 answers about three times as often."""
    population = load(write(tmp_path, FULL.replace("otherwise: 0.1", "otherwise: 1")))
    callee = population.callee("+886900000001")
    monday = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Asia/Taipei"))
    met = [meet(callee, "Asia/Taipei", monday, Random(each)) for each in range(2000)]  # noqa: S311
    assert all(each.fate is Fate.ANSWERED for each in met)
    first = sum(each.resident is callee.residents[0] for each in met)
    assert 1400 < first < 1600


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("otherwise: 0.1", "otherwise: 1.1", "line 20: profiles.office.otherwise: 1.1 is not a number from 0 to 1"),
        ("zone: Asia/Taipei", "zone: Taiwan/North", "is not an IANA time zone"),
        ("needs_repeats: 1", "needs_repeat: 1", "'needs_repeat' is not known here; allowed are hangs_up_after"),
        ("days: mon-fri", "days: weekdays", "days are written"),
        ('hours: "18:00-21:00"', 'hours: "21:00-18:00"', "hours end before they start"),
        ('hours: "18:00-21:00"', 'hours: "18-21"', 'hours are written "18:00-21:00"'),
        ('birth: "0528"', "birth: 0527", "put it in quotes"),
        ('"+886900000002"', "+886900000002", "put it in quotes"),
        ('"+886900000002"', '"0900000002"', "the number is not in the form"),
        ("profile: gone", "profile: lost", "'lost' is not known; allowed are gone, office"),
        ("person: customer, facts", "person: client, facts", "'client' is not known; allowed are customer"),
        ('facts: {birth: "0528"}, ', "", "replies name facts that are not given: birth"),
        ("hangs_up: true", "hangs_up: false", "only `true` makes sense"),
        ("{silent: true}", "{after: 1}", "exactly one of says, presses, hangs_up and silent"),
        ('presses: "1"', 'presses: "one"', "`presses` takes the keys"),
        ('"出生|birth"', '"出生("', "not a regular expression"),
        ("rings: [3, 15]", "rings: [15, 3]", "the smaller one first"),
        ("weight: 3", "weight: 0", "a number above 0"),
        ("unanswered: busy", "unanswered: engaged", "allowed are busy, declined, no_answer, voicemail"),
        ("{no_answer: 3, voicemail: 1}", "{no_answer: 0}", "at least one weight above 0"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    """An error names the file, the line, the place and what is allowed."""
    assert wrong in FULL
    path = write(tmp_path, FULL.replace(wrong, right))
    with pytest.raises(PopulationError) as error:
        load(path)
    assert says in str(error.value)
    assert str(error.value).startswith(f"{path}: line ")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "a mapping is expected"),
        (b"[1]", "a mapping is expected"),
        (b"a: [", "line 2"),
        (b"\xb4\xfa", "is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_at_all(tmp_path: Path, content: bytes, says: str) -> None:
    """Empty, broken or wrongly encoded files are errors that name the file."""
    path = tmp_path / "population.yaml"
    path.write_bytes(content)
    with pytest.raises(PopulationError, match=re.escape(says)):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error says which file is not there."""
    with pytest.raises(PopulationError, match=r"none\.yaml: cannot be read: No such file"):
        load(tmp_path / "none.yaml")


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two callees under one number: the second would quietly take the place of the first."""
    path = tmp_path / "people.yaml"
    path.write_text('callees:\n  "+886900000001": {}\n  "+886900000001": {profile: {otherwise: 1}}\n', encoding="utf-8")
    with pytest.raises(PopulationError, match=r"people\.yaml: line 3: the key '\+886900000001' stands twice"):
        load(path)


def test_the_shipped_sample_shows_what_can_happen() -> None:
    """The sample loads, and among its people are some who ring back, a voicemail, a busy line and a dead number."""
    callees = load(ROOT / "config" / "samples" / "population.yaml").callees
    profiles = [callee.profile for callee in callees.values()]
    assert any(profile.rings_back and profile.rings_back.chance > 0 for profile in profiles)
    assert {kind for profile in profiles for kind in profile.unanswered} == set(Unanswered)
    assert NumberState.UNALLOCATED in {profile.number for profile in profiles}
    assert all(callee.residents for callee in callees.values() if callee.profile.otherwise or callee.profile.answers)


def test_facts_are_checked_when_objects_are_made() -> None:
    """A resident without a fact that his replies name cannot be made."""
    person = Person((Rule(Does.PRESSES, "{birth}"),))
    with pytest.raises(PopulationError, match="birth"):
        Resident(person)
    with pytest.raises(PopulationError, match="lone brace"):
        Person((Rule(Does.SAYS, "a } b"),))


def test_an_unknown_number_has_nobody() -> None:
    """A number that is not listed has no residents."""
    assert Population().callee("+886900000999").residents == ()


def test_the_log_is_written_as_json_lines() -> None:
    """One event a line, Chinese as it is, the same bytes for the same event."""
    stream = io.StringIO()
    write_lines(stream)({"event": "said", "text": "您好"})
    assert stream.getvalue() == '{"event":"said","text":"您好"}\n'
