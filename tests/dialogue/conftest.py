"""The script and the invented person that the conversation's tests share with the journeys."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.facts import Facts
from outbound.dialogue.script.model import Script

ROOT = Path(__file__).resolve().parents[2]
FactsMaker = Callable[..., Facts]


@pytest.fixture(scope="session")
def scripts() -> FileScripts:
    """The scripts that the product ships."""
    return FileScripts(ROOT / "scripts_tts")


@pytest.fixture(scope="session")
def script(scripts: FileScripts) -> Script:
    """The welcome call that the product ships."""
    return scripts.load("welcome_call")


@pytest.fixture(scope="session")
def make_facts() -> FactsMaker:
    """Make the facts of the invented person, with changes."""
    data = yaml.safe_load((ROOT / "tests/journeys/facts.yaml").read_text(encoding="utf-8"))

    def make(**changes: Any) -> Facts:
        return msgspec.convert({**data, **changes}, Facts)

    return make
