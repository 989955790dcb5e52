"""The shipped rules, loaded once."""

from pathlib import Path

import pytest

from outbound.adapters.files.rules.packs import load_rulebook
from outbound.compliance.rules.rulebook import Rulebook

FOLDER = Path(__file__).parents[2] / "config" / "compliance"


@pytest.fixture(scope="session")
def rules_directory() -> Path:
    """Give the rules as shipped."""
    return FOLDER


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """Give the rulebook as shipped."""
    return load_rulebook(FOLDER)
