"""The writer's page keeps to the tree: every kind of finding, every effect, field and key, and the picture's steps."""

import re

import yaml

from outbound.dialogue.noting import NOTES
from outbound.dialogue.prompts import FIELDS
from outbound.dialogue.prover.codes import CODES, WARNINGS
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "scripts.md").read_text(encoding="utf-8")
SCRIPTS = ROOT / "scripts_tts"
_ROW = re.compile(r"^\| `([a-z_]+)` \| (.+) \|$", re.MULTILINE)


def test_every_kind_of_finding_has_its_line() -> None:
    """The table is that of the prover: no code is missing, none is left over, and warnings are told."""
    table = dict(_ROW.findall(PAGE.partition("\n## What is proved")[2]))
    assert table == {code: text + (" (warning)" if code in WARNINGS else "") for code, text in CODES.items()}


def test_every_effect_and_field_is_named() -> None:
    """A writer finds each effect that a script may note, and each field that a sentence may speak."""
    assert {name for name in (*NOTES, *FIELDS) if f"`{name}`" not in PAGE and f"{{{{ {name} }}}}" not in PAGE} == set()


def test_the_fixed_keys_are_those_that_are_signed() -> None:
    """Each key that means the same everywhere stands in the table, with the meaning that the prover asks for."""
    keys = yaml.safe_load((SCRIPTS / "limits.yaml").read_text(encoding="utf-8"))["keys"]
    words = {"person": "a person", "goodbye": "end the call", "opt_out": "no more calls", "repeat": "once more",
             "previous": "the question before", "other_language": "the other language"}  # fmt: skip
    assert keys.keys() == words.keys()
    for name, key in keys.items():
        assert f"| `{key}` | {words[name]} |" in PAGE


def test_every_part_and_script_is_named() -> None:
    """What is shipped is on the page."""
    shipped = {each.parent.name for each in (*SCRIPTS.glob("*/script.yaml"), *SCRIPTS.glob("parts/*/script.yaml"))}
    assert {name for name in shipped if f"`{name}`" not in PAGE} == set()


def test_the_picture_shows_the_welcome_call() -> None:
    """The picture has every step that the script itself has; draw it anew when steps come or go."""
    drawn = (ROOT / "docs" / "images" / "welcome_call.svg").read_text(encoding="utf-8")
    steps = yaml.safe_load((SCRIPTS / "welcome_call" / "script.yaml").read_text(encoding="utf-8"))["steps"]
    assert {name for name in steps if f">{name}<" not in drawn} == set()
