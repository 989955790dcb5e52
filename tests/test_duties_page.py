"""The page for the compliance department keeps to the tree."""

import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "duties-taiwan.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (R-\d+) \|(.*)\|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)
_NAMED = re.compile(r"`([a-z_./A-Z-]+(?:\.py|\.yaml|/))`")


@pytest.mark.parametrize("requirement", [*(f"R-{n}" for n in (*range(1, 13), *range(20, 26)))])
def test_every_requirement_has_a_place_and_a_test_that_exist(requirement: str) -> None:
    """Each requirement names where it is kept and what would fail; every file and folder named is there."""
    (row,) = [found for found in _ROW.findall(PAGE) if found[0] == requirement]
    places, tests = _NAMED.findall(row[3]), _NAMED.findall(row[4])
    assert tests
    for name in tests:
        assert (ROOT / "tests" / name).exists(), name
    for name in places:
        assert any((root / name).exists() for root in (ROOT, ROOT / "outbound")), name
