"""A small script in which there is nothing to mend, and a way to prove it with one place written otherwise."""

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from outbound.adapters.files.scripts.assembling import assemble
from outbound.adapters.files.scripts.shelf import shelf_of_folder
from outbound.adapters.files.scripts.voice_limits import load_limits
from outbound.dialogue.prover.limits import VoiceLimits
from outbound.dialogue.script.document import Finding, Findings, ScriptError
from outbound.dialogue.script.reading import read_script
from outbound.dialogue.understanding.base import NOT_UNDERSTOOD, Expected, FaqAnswer, FaqHit, Understood

BASE = Path(__file__).parent / "base"
SHIPPED = Path(__file__).resolve().parents[3] / "scripts_tts"

INTENTS = frozenset(
    [
        "opt_out",
        "complaint",
        "cancel_policy",
        "deceased",
        "machine",
        "call_screening",
        "hold_music",
        "person",
        "wrong_number",
        "not_me",
        "refuse",
        "later",
        "goodbye",
        "question",
        "who",
        "slower",
        "louder",
        "repeat",
        "previous",
        "other_language",
        "yes",
        "no",
        "hold_on",
        "now",
        "hello",
    ]
)


class Ears:
    """Tells the intents of the small script apart, and answers nothing."""

    def understand(self, text: str, expected: Expected, now: datetime | None = None) -> Understood:
        """Understand nothing."""
        return NOT_UNDERSTOOD

    def find_answer(self, text: str, language: str) -> FaqHit | None:
        """Know no answer."""
        return None

    def answer(self, faq_id: str, language: str) -> FaqAnswer | None:
        """Know no answer."""
        return None

    def intents(self, language: str) -> frozenset[str]:
        """Return the intents."""
        return INTENTS

    def hints(self, language: str, intents: tuple[str, ...]) -> tuple[str, ...]:
        """Listen for nothing."""
        return ()


Edits = tuple[tuple[str, str, str], ...]
Proof = Callable[..., tuple[Finding, ...]]


@pytest.fixture(scope="session")
def limits() -> VoiceLimits:
    """The limits that the product ships."""
    return load_limits(SHIPPED)


@pytest.fixture
def prove_with(tmp_path: Path, limits: VoiceLimits) -> Proof:
    """Prove the small script with places written otherwise: (file, old, new); and maybe with other limits."""

    def prove(*edits: tuple[str, str, str], against: VoiceLimits | None = None) -> tuple[Finding, ...]:
        folder = tmp_path / "base"
        shutil.copytree(BASE, folder, dirs_exist_ok=True)
        for file, old, new in edits:
            text = (folder / file).read_text(encoding="utf-8")
            assert old in text, f"{old!r} is not in {file}"
            (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        findings, collected = Findings(), Findings()
        material = assemble(shelf_of_folder(tmp_path), "base", findings)
        try:
            read_script(material, Ears(), "version", limits=against or limits, findings=collected)
        except ScriptError as error:
            return tuple(dict.fromkeys((*error.findings, *collected.found)))
        return tuple(collected.found)

    return prove


def data_of(found: tuple[Finding, ...]) -> Mapping[str, Any]:
    """Return findings by code."""
    return {each.code: each for each in reversed(found)}
