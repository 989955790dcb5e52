"""JSON Schemas of everything that people write below scripts_tts: what an editor refuses while a file is written."""

import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from outbound.dialogue.conditions import CONDITIONS
from outbound.dialogue.noting import NOTES
from outbound.dialogue.script import parts, reading, speech, steps
from outbound.dialogue.script.model import AnswerKind
from outbound.domain.call_class import CallClass
from outbound.domain.outcome.disposition import Disposition
from tests.compliance.test_rule_schemas import loaded
from tests.conftest import ROOT

FOLDER = ROOT / "scripts_tts"
KINDS = {
    "script": "*/script.yaml",
    "part": "parts/*/script.yaml",
    "prompts": "**/prompts/*.yaml",
    "manifest": "**/audio/*/manifest.yaml",
    "phrases": "phrases/*.yaml",
    "understanding": "understanding/*/*.yaml",
    "faq": "faq/*.yaml",
}
SHIPPED = [
    (kind, path.relative_to(FOLDER).as_posix()) for kind, files in KINDS.items() for path in sorted(FOLDER.glob(files))
]


@cache
def schema(kind: str) -> dict[str, Any]:
    """Read the schema of a kind of file, itself sound."""
    found: dict[str, Any] = json.loads((FOLDER / "schema" / f"{kind}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return found


@cache
def validator(kind: str) -> Draft202012Validator:
    """Give the validator of a kind of file; schemas that stand beside each other find each other."""
    beside = [(f"{each}.json", Resource.from_contents(schema(each))) for each in KINDS]
    return Draft202012Validator(schema(kind), registry=Registry().with_resources(beside))


def part_of(name: str) -> dict[str, Any]:
    """Return a definition that scripts and parts share."""
    found: dict[str, Any] = schema("script")["$defs"][name]
    return found


@pytest.mark.parametrize(("kind", "file"), SHIPPED, ids=[file for _, file in SHIPPED])
def test_every_shipped_file_is_as_its_schema_says(kind: str, file: str) -> None:
    """What we ship shows no mark in an editor."""
    data = loaded((FOLDER / file).read_text(encoding="utf-8"))
    assert [f"{each.json_path}: {each.message}" for each in validator(kind).iter_errors(data)] == []


@pytest.mark.parametrize(("kind", "file"), SHIPPED, ids=[file for _, file in SHIPPED])
def test_a_file_that_names_its_schema_names_the_right_one(kind: str, file: str) -> None:
    """The first line leads an editor to the schema of this kind."""
    first = (FOLDER / file).read_text(encoding="utf-8").partition("\n")[0]
    if first.startswith("# yaml-language-server:"):
        assert ((FOLDER / file).parent / first.partition("$schema=")[2]).resolve() == FOLDER / f"schema/{kind}.json"
    assert first.startswith("# yaml-language-server:") or kind in {"phrases", "understanding"}


SCRIPT = """\
name: a
languages: [zh-TW]
start: one
voicemail: one
too_long: one
leads: {silence: p, not_understood: p}
failed: {silence: one, not_understood: one}
steps:
  one: {say: [p], end: refused}
"""
STEP = "  one: {say: [p], end: refused}"
MISTAKES = [
    ("script", "a key that nobody reads", SCRIPT.replace("start:", "strat:")),
    ("script", "a step with two exits", SCRIPT.replace("end: refused", "end: refused, next: one")),
    ("script", "a step without an exit", SCRIPT.replace(", end: refused", "")),
    ("script", "an unknown effect", SCRIPT.replace("say: [p]", "effects: [cheer]")),
    ("script", "an effect without its reason", SCRIPT.replace("say: [p]", "effects: [person_requested]")),
    ("script", "an unknown disposition", SCRIPT.replace("refused", "fine")),
    ("script", "an unknown guard", SCRIPT.replace("end: refused", "choose: [{when: sunny, go: one}]")),
    ("script", "two prompts for a question", SCRIPT.replace(STEP, "  one: {ask: [a, b], hear: {yes: {go: one}}}")),
    (
        "script",
        "a key without quotes",
        SCRIPT.replace(STEP, "  one: {ask: [a, b, c], hear: {yes: {key: 1, go: one}}}"),
    ),
    (
        "script",
        "a branch to nowhere",
        SCRIPT.replace(STEP, '  one: {ask: [a, b, c], hear: {yes: {key: "1"}}}'),
    ),
    ("script", "a timeout where nothing is asked", SCRIPT.replace("end: refused", "end: refused, timeout: 9")),
    ("script", "no languages", SCRIPT.replace("languages: [zh-TW]\n", "")),
    ("script", "doubt in one wording", SCRIPT + "unsure: [p]\n"),
    ("part", "no word that it is a part", "steps: {one: {say: [p], next: exit.done}}\nexits: {done: Over.}\n"),
    ("part", "an exit without its meaning", 'part: true\nsteps: {one: {next: exit.a}}\nexits: {a: ""}\n'),
    ("part", "languages", "part: true\nlanguages: [zh-TW]\nsteps: {one: {end: refused}}\n"),
    ("prompts", "an empty prompt", 'hello: ""\n'),
    ("prompts", "2,000 characters", f"hello: {'好' * 2000}\n"),
    ("prompts", "a list", "hello: [a, b]\n"),
    ("manifest", "no voice", "prompts: {hello: [{play: a.wav, says: 您好}]}\n"),
    ("manifest", "a recording whose words nobody wrote", "voice: zh-TW\nprompts: {hello: [{play: a.wav}]}\n"),
    ("manifest", "a file somewhere else", "voice: zh-TW\nprompts: {hello: [{play: ../a.wav, says: 您好}]}\n"),
    ("phrases", "an unknown key", "yes: {words: [好]}\n"),
    ("understanding", "nobody answers for it", "reviewed_on: 2026-11-23\nintents: {yes: [好]}\n"),
    ("understanding", "no date", "owner: a\nreviewed_on: yesterday\nintents: {yes: [好]}\n"),
    (
        "faq",
        "too few ways to ask",
        "owner: a\nreviewed_on: 2026-11-23\nentries: [{id: a, questions: [b], answer: c}]\n",
    ),
    (
        "faq",
        "an offer that nobody can keep",
        "owner: a\nreviewed_on: 2026-11-23\nentries: [{id: a, questions: [b, c, d, e, f], answer: g, offer: gift}]\n",
    ),
]


@pytest.mark.parametrize(("kind", "mistake", "text"), MISTAKES, ids=[f"{each[0]}: {each[1]}" for each in MISTAKES])
def test_a_typical_mistake_is_marked_in_an_editor(kind: str, mistake: str, text: str) -> None:
    """The schema refuses what people get wrong."""
    assert not validator(kind).is_valid(loaded(text)), mistake


def test_the_example_that_is_spoiled_is_none_itself() -> None:
    """Without the mistake the editor marks nothing."""
    assert validator("script").is_valid(loaded(SCRIPT))


@pytest.mark.parametrize(
    ("found", "keys"),
    [
        (schema("script"), reading.SCRIPT_KEYS),
        (schema("part"), parts.PART_KEYS),
        (schema("script")["properties"]["limits"], reading.LIMIT_KEYS),
        (part_of("leads"), reading.LEAD_KEYS),
        (part_of("step"), steps.STEP_KEYS),
        (part_of("branch"), steps.BRANCH_KEYS),
        (part_of("note"), steps.BRANCH_KEYS),
        (part_of("choice"), steps.CHOICE_KEYS),
        (part_of("failed"), steps.FAILED_KEYS),
        (part_of("transfer"), steps.TRANSFER_KEYS),
        (part_of("faq"), steps.FAQ_KEYS),
        (schema("manifest"), speech.MANIFEST_KEYS),
    ],
)
def test_schema_and_reader_allow_the_same_keys(found: dict[str, Any], keys: tuple[str, ...]) -> None:
    """A key that one of them knows the other one knows too."""
    assert found["properties"].keys() == set(keys)
    assert found["additionalProperties"] is False


def test_schema_and_reader_allow_the_same_pieces_of_a_recording() -> None:
    """A piece is a file with its words, or a sentence for the voice."""
    pieces = schema("manifest")["properties"]["prompts"]["additionalProperties"]["items"]["anyOf"]
    assert {key for each in pieces for key in each["properties"]} == set(speech.PIECE_KEYS)


def test_schema_and_reader_know_the_same_words() -> None:
    """Effects, guards, dispositions, kinds of answer and classes of call are the same in an editor and in a call."""
    plain, with_arguments = part_of("effect")["anyOf"]
    assert set(plain["enum"]) == {name for name, note in NOTES.items() if not note.needs}
    assert with_arguments["properties"].keys() == {name for name, note in NOTES.items() if note.needs or note.may_take}
    for name, found in with_arguments["properties"].items():
        assert set(found.get("required", ())) == NOTES[name].needs.keys()
        assert found["properties"].keys() == {*NOTES[name].needs, *NOTES[name].may_take}
    assert set(part_of("choice")["properties"]["when"]["enum"]) == {
        *CONDITIONS,
        *(f"not {each}" for each in CONDITIONS),
    }
    assert set(part_of("disposition")["enum"]) == set(Disposition)
    assert set(part_of("step")["properties"]["end"]["enum"]) == {*Disposition, steps.AS_DECIDED}
    assert set(part_of("step")["properties"]["answer"]["enum"]) == set(AnswerKind)
    assert set(schema("script")["properties"]["call_class"]["enum"]) == set(CallClass)
