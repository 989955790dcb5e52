"""Every kind of finding: one place of a sound script is spoiled, and that kind is found, with what to mend."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from outbound.dialogue.facts import Label
from outbound.dialogue.prompts import FIELDS as LABELS
from outbound.dialogue.prover.codes import CODES, WARNINGS
from outbound.dialogue.prover.limits import VoiceLimits
from tests.dialogue.prover.conftest import Edits, Proof, data_of

ZH, EN = "prompts/zh-TW.yaml", "prompts/en-US.yaml"

_SPOILED = yaml.safe_load((Path(__file__).parent / "spoiled.yaml").read_text(encoding="utf-8"))
CASES: Mapping[str, Edits] = {
    code: tuple((each["file"], each["old"], each["new"]) for each in edits) for code, edits in _SPOILED.items()
}

ALSO: Mapping[str, frozenset[str]] = {
    "no_exit": frozenset({"loop_without_question"}),
    "policy_before_verification": frozenset({"free_look_unguarded"}),
    "voicemail_asks": frozenset({"outcome_lost"}),
    "opt_out_lingers": frozenset({"outcome_lost"}),
    "question_after_cancel": frozenset({"outcome_lost"}),
    "unconfirmed_opt_out": frozenset({"value_unknown"}),
}
"""What a spoiled place cannot but show as well."""


@pytest.mark.parametrize("code", CASES)
def test_a_spoiled_place_is_found(prove_with: Proof, code: str) -> None:
    """Exactly the kind of finding that the spoiled place is, with a file, a line and a mend."""
    found = prove_with(*CASES[code])
    assert {each.code for each in found} == {code} | ALSO.get(code, frozenset()), "\n".join(map(str, found))
    finding = data_of(found)[code]
    assert finding.warning is (code in WARNINGS)
    assert finding.line >= 1
    assert finding.file.endswith(".yaml")
    assert len(finding.text) > 20


ON_A_WAY = {
    "policy_before_verification",
    "name_to_wrong_party",
    "free_look_unguarded",
    "promise_without_effect",
    "effect_untold",
    "recording_not_asked",
    "outcome_lost",
    "question_after_cancel",
    "silent_end",
    "welcomed_unverified",
}


@pytest.mark.parametrize("code", sorted(ON_A_WAY))
def test_what_shows_on_a_way_names_a_shortest_one(prove_with: Proof, code: str) -> None:
    """The way begins at the greeting and ends at the step of the finding."""
    finding = data_of(prove_with(*CASES[code]))[code]
    assert finding.path[0] == "greeting"
    assert finding.path[-1] == finding.step


def test_a_shortest_way_is_short(prove_with: Proof) -> None:
    """Somebody says at the first question that it is not them, and hears the name."""
    finding = data_of(prove_with(*CASES["name_to_wrong_party"]))["name_to_wrong_party"]
    assert finding.path == ("greeting", "recording", "wrong_party")
    assert finding.language in {"zh-TW", "en-US"}


def test_tries_are_counted_against_the_limits(prove_with: Proof, limits: VoiceLimits) -> None:
    """Where one try is allowed, a second question for a fact is found."""
    strict = replace(limits, bounds=replace(limits.bounds, tries=1))
    assert {each.code for each in prove_with(against=strict)} == {"too_many_tries"}


def test_the_straight_path_is_measured(prove_with: Proof, limits: VoiceLimits) -> None:
    """A script whose robot speaks for longer than is allowed, where all goes well, is found in each language."""
    strict = replace(limits, lengths=replace(limits.lengths, script_seconds=20))
    found = prove_with(against=strict)
    assert {each.code for each in found} == {"script_length"}
    assert [each.text.partition(" in ")[2][:5] for each in found] == ["en-US", "zh-TW"]


def test_a_language_without_words_is_not_proved(prove_with: Proof, limits: VoiceLimits) -> None:
    """Nobody knows what a prompt promises in a language for which no words are written down."""
    silent = replace(limits, words={"zh-TW": limits.words["zh-TW"]})
    assert {each.code for each in prove_with(against=silent)} == {"no_words"}


def test_a_field_that_nobody_may_hear(prove_with: Proof, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field with the label of the unspoken is found wherever it is spoken."""
    monkeypatch.setitem(LABELS, "self_service", Label.UNSPOKEN)  # type: ignore[arg-type]
    edits = (
        (ZH, "checked: 謝謝您。", "checked: 謝謝您，{{ self_service }}。"),
        (EN, "checked: Thank you.", "checked: Thank you, {{ self_service }}."),
    )
    assert {each.code for each in prove_with(*edits)} == {"unspoken_field"}


def test_a_script_with_too_many_ways_is_refused(prove_with: Proof, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever: what cannot be walked is found as that, and is not spoken."""
    monkeypatch.setattr("outbound.dialogue.prover.carrying.MOST_WAYS", 1_000)
    found = prove_with()
    assert {each.code for each in found} == {"too_many_ways"}
    assert not found[0].warning
    assert "split it" in found[0].text


def test_every_kind_has_its_fixture() -> None:
    """No kind of finding is without a spoiled script that shows it."""
    apart = {"too_many_ways", "script_length", "too_many_tries", "no_words", "unspoken_field"}
    assert set(CASES) | apart == set(CODES)
    assert set(CODES) >= WARNINGS
