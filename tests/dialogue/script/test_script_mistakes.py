"""Whatever stands in a file, a script loads or every mistake has its file and line: nothing else comes out."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outbound.adapters.files.scripts.assembling import assemble
from outbound.adapters.files.scripts.shelf import shelf_of_contents
from outbound.dialogue.script.document import Finding, Findings, ScriptError
from outbound.dialogue.script.model import Script
from outbound.dialogue.script.reading import read_script
from tests.compliance.test_rule_schemas import loaded
from tests.conftest import ROOT

FOLDER = ROOT / "scripts_tts"
DATA: dict[str, Any] = {
    path.relative_to(FOLDER).as_posix(): loaded(path.read_text(encoding="utf-8"))
    for pattern in ("welcome_call", "missed_call_return", "parts")
    for path in sorted((FOLDER / pattern).rglob("*.yaml"))
}
ODD = (
    None, 0, -3, 1.5, True, "", "x", "exit.x", "back", "previous", "{{ x", "{{ company.x }}", "steps", [], {}, [1],
    ["a", ["b"]], {"a": 1}, {"a": {"b": [None]}}, {"go": None}, {"pause": "x"}, [{"x": 1}], date(2026, 1, 1),
)  # fmt: skip
KEYS = ("x", "go", "next", "say", "steps", "include", "exits", "hear", "faq", "transfer", "unsure", "limits")

Spoil = Callable[[dict[str, Any]], None]


def places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a document."""
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(each for key, value in below for each in places(value, (*path, key)))]


PLACES = [(file, path) for file, data in DATA.items() for path in places(data) if path]


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """The shipped files with something odd in one or two places."""
    data = deepcopy(DATA)
    for file, path in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=2, unique=True)):
        around = data[file]
        try:
            for key in path[:-1]:
                around = around[key]
            around[path[-1]] = draw(st.sampled_from(ODD))
            if isinstance(around, dict) and draw(st.booleans()):
                around[draw(st.sampled_from(KEYS))] = around.pop(path[-1])
        except (KeyError, TypeError, IndexError):
            continue
    return data


def read(data: dict[str, Any], name: str, script: Script) -> tuple[Finding, ...]:
    """What there is to mend; nothing else may come out."""
    contents = {file: yaml.safe_dump(each, allow_unicode=True).encode() for file, each in data.items()}
    findings = Findings()
    try:
        material = assemble(shelf_of_contents(contents), name, findings)
        findings.raise_if_any()
        read_script(material, script.understanding, "0", limits=None)
    except ScriptError as error:
        return error.findings
    return ()


@given(spoiled(), st.sampled_from(("welcome_call", "missed_call_return")))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_odd_data_is_found_and_never_brings_the_reader_down(script: Script, data: dict[str, Any], name: str) -> None:
    """Wrong types, missing keys and strange words anywhere are findings with a file, a line and a mend."""
    for finding in read(data, name, script):
        assert finding.file in data or finding.file.endswith((".yaml", "manifest.yaml"))
        assert finding.line >= 1
        assert len(finding.text) > 10


@pytest.mark.parametrize("root", [[], "steps", 7, {"steps": []}, {"steps": {"a": []}}, {"include": ["a"]}])
def test_a_file_that_is_something_else_altogether(script: Script, root: Any) -> None:
    """A list, a word or a number in place of a script or a part is told."""
    for file in ("welcome_call/script.yaml", "parts/person/script.yaml"):
        assert read({**DATA, file: root}, "welcome_call", script)


def test_the_shipped_files_as_data_have_nothing_to_mend(script: Script) -> None:
    """Without anything odd the same way of reading finds nothing."""
    for name in ("welcome_call", "missed_call_return"):
        assert read(DATA, name, script) == ()
