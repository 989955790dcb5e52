"""The page of the proof keeps to the tree: its picture is the table, its laws are the judge's, its faults are known."""

import re

import pytest

from outbound.domain.attempt import FINAL, TRANSITIONS
from outbound.exchange.faults import FAULTS_OF_OTHERS, KNOWN
from outbound.simulation.judge import LAWS
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")
_ARROW = re.compile(r"^ +(\S+) --> ([a-z_]+|\[\*\])", re.MULTILINE)
_CELLS = re.compile(r"^\| (`[a-z_0-9`, ]+) \|(.*)\|$", re.MULTILINE)
_NAMED = re.compile(r"`([a-z_0-9./]+(?:\.py|/))`")
_WORD = re.compile(r"`([a-z_0-9]+)`")
ROWS = {name: row for names, row in _CELLS.findall(PAGE) for name in _WORD.findall(names)}


def test_the_picture_is_the_table_of_transitions() -> None:
    """Every arrow is a legal step, every legal step is an arrow, and what is final ends."""
    drawn = set(_ARROW.findall(PAGE))
    steps = {(source or "[*]", str(target)) for source, targets in TRANSITIONS.items() for target in targets}
    assert drawn == steps | {(str(status), "[*]") for status in FINAL}


@pytest.mark.parametrize("law", LAWS)
def test_every_law_names_places_and_tests_that_exist(law: str) -> None:
    """Each law of the judge says where it is kept and what would fail; every file named is there."""
    places, tests = ROWS[law].split("|")[1:3]
    assert _NAMED.findall(places)
    assert _NAMED.findall(tests)
    for name in _NAMED.findall(places):
        assert (ROOT / "outbound" / name).exists(), name
    for name in _NAMED.findall(tests):
        assert (ROOT / "tests" / name).exists(), name


def test_every_fault_is_explained() -> None:
    """The page has a row for each fault that a faults file may name, and for no other."""
    assert set(ROWS) == KNOWN | FAULTS_OF_OTHERS | set(LAWS)
