"""What the prover claims, held against what is really said: nothing that it lets pass may be heard in any call."""

from pathlib import Path

import pytest

from outbound.adapters.files.scripts import FileScripts
from outbound.adapters.files.scripts.assembling import assemble
from outbound.adapters.files.scripts.shelf import shelf_of_folder
from outbound.dialogue.prover.limits import VoiceLimits
from outbound.dialogue.script.document import Findings
from outbound.dialogue.script.model import Script
from outbound.dialogue.script.reading import read_script
from tests.dialogue.prover.conftest import SHIPPED, Ears, Edits, Proof
from tests.dialogue.prover.mutants import mutants_of
from tests.dialogue.prover.walking import faults_of

HERE = Path(__file__).parent
CALLS = 250


def _read(root: Path, name: str) -> Script:
    return read_script(assemble(shelf_of_folder(root), name, Findings()), Ears(), "version", limits=None)


@pytest.mark.parametrize("name", ["base", *FileScripts(SHIPPED).names()])
def test_nothing_is_heard_that_is_proved_never_to_be(limits: VoiceLimits, name: str) -> None:
    """Whatever is said, pressed, doubted, corrected or kept silent, no call breaks a law of the proof."""
    script = _read(HERE if name == "base" else SHIPPED, name)
    assert faults_of(script, limits, seed=7, calls=CALLS) == {}


def test_what_a_mutant_does_wrong_is_refused(limits: VoiceLimits) -> None:
    """A sound script with one place changed at random is refused wherever a call shows a fault that it had not."""
    missed: list[str] = []
    refused = harmless = 0
    for mutant in mutants_of(HERE, "base", limits, seeds=range(12)):
        if mutant.findings:
            refused += 1
        elif faults := faults_of(mutant.script, limits, seed=mutant.seed, calls=40):
            missed.append(f"{mutant.change}: {faults}")
        else:
            harmless += 1
    assert missed == []
    assert refused > harmless


GRAPH, ZH, EN = "script.yaml", "prompts/zh-TW.yaml", "prompts/en-US.yaml"
FOUND: dict[str, tuple[str, Edits]] = {
    "a time that was taken leads to no step": (
        "unknown_step", ((GRAPH, "taken: {go: call_again}", "taken: {go: repeat}"),)
    ),
    "a hang-up hides an opt-out": ("outcome_lost", ((GRAPH, "[opted_out], outcome: opted_out}", "[opted_out]}"),)),
    "a question about a policy is put off with a name": (
        "name_before_right_party",
        ((ZH, "deferred: ", 'deferred: "{{ full_name }}，" # '), (EN, "deferred: ", 'deferred: "{{ full_name }}," # ')),
    ),
    "a word verifies": (
        "answer_outcomes", ((GRAPH, "right: {effects: [verified],", "right: {also: ['yes'], effects: [verified],"),)
    ),
    "a key is a score": (
        "answer_outcomes", ((GRAPH, "score: {effects: [satisfaction],", 'score: {key: "1", effects: [satisfaction],'),)
    ),
}  # fmt: skip
"""What random calls on random scripts once showed, and no proof."""


@pytest.mark.parametrize("what", FOUND)
def test_what_was_once_missed_is_found(prove_with: Proof, what: str) -> None:
    """Each way to break a law that walking found, and the proof did not, has its finding since."""
    code, edits = FOUND[what]
    assert code in {each.code for each in prove_with(*edits)}
