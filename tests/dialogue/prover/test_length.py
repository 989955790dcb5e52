"""How long a script lasts: the longest way through it, each step once, in the slow voice."""

import shutil
from pathlib import Path

import pytest

from outbound.adapters.files.scripts import FileScripts
from outbound.adapters.files.scripts.voice_limits import load_limits
from outbound.dialogue.prover.length import longest_seconds, spoken_seconds
from outbound.dialogue.script.model import Script

SHIPPED = Path(__file__).resolve().parents[3] / "scripts_tts"
ZH, EN = "welcome_call/prompts/zh-TW.yaml", "welcome_call/prompts/en-US.yaml"


SPEECH = load_limits(SHIPPED).speech


def longest(script: Script) -> int:
    """Seconds of the longest conversation."""
    return longest_seconds(script, SPEECH)


def changed(folder: Path, file: str = "", old: str = "", new: str = "") -> Script:
    """The welcome call, one place of it written otherwise."""
    root = folder / "scripts"
    shutil.copytree(SHIPPED, root, dirs_exist_ok=True)
    if file:
        text = (root / file).read_text(encoding="utf-8")
        assert old in text
        (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return FileScripts(root).load("welcome_call")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("您好。", 2 / 3 / 0.85), ("請按 1。", 2 / 3 / 0.85 + 1 / 2.5 / 0.85), ("Thank you.", 2 / 2.5 / 0.85)],
)
def test_speech_is_counted_in_characters_words_and_digits(text: str, seconds: float) -> None:
    """Chinese by the character, other words and digits by the word, at the slow end of what is usual."""
    assert spoken_seconds(text, SPEECH, SPEECH.slow) == pytest.approx(seconds)


def test_the_welcome_call_takes_seven_minutes_at_most(tmp_path: Path) -> None:
    """Some 403 s in slow Chinese: simulated welcomes last 310 s at the 95th percentile and 331 s at most."""
    assert 395 < longest(changed(tmp_path)) < 411


def test_a_longer_sentence_on_the_way_makes_the_call_longer(tmp_path: Path) -> None:
    """Forty characters more of welcome are forty characters more of the call."""
    before = longest(changed(tmp_path))
    longer = longest(changed(tmp_path, ZH, "歡迎您成為", "祝您平安。" * 10 + "歡迎您成為"))
    assert longer == pytest.approx(before + 40 / 3 / 0.85, abs=1)


def test_a_way_that_leaves_early_changes_nothing(tmp_path: Path) -> None:
    """What is said to a wrong number is on no long way."""
    before = longest(changed(tmp_path))
    other = changed(
        tmp_path,
        "parts/right_party/prompts/zh-TW.yaml",
        "不好意思，打擾您了。這裡是",
        "不好意思，打擾您了，真的很對不起您。這裡是",
    )
    assert longest(other) == before


def test_the_language_in_which_it_is_longest_counts(tmp_path: Path) -> None:
    """English that takes longer than Chinese decides, where somebody may choose it."""
    before = longest(changed(tmp_path))
    wordy = changed(tmp_path, EN, "Thank you for your time.", "Thank you for your time." + " We wish you well." * 18)
    assert before < longest(wordy)


def test_a_loop_is_walked_once(tmp_path: Path) -> None:
    """A question that leads back to an earlier one does not make the call endless, nor shorter."""
    before = longest(changed(tmp_path))
    graph = "welcome_call/script.yaml"
    looped = changed(
        tmp_path,
        graph,
        'no: {key: "2", also: [not_clear, dont_know], go: slower}',
        'no: {key: "2", also: [not_clear, dont_know], go: service}',
    )
    assert before <= longest(looped) < before + 60
