"""Themes of reasons, as shipped and as somebody might write them."""

from pathlib import Path

import pytest

from outbound.adapters.files.themes import load_themes
from outbound.usecases.conversation.kept.themes import THEMES, Themes
from outbound.usecases.problems import InputProblemError
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def themes() -> Themes:
    """The shipped words."""
    return load_themes(ROOT / "scripts_tts" / "themes")


@pytest.mark.parametrize(
    ("said", "language", "told"),
    [
        ("業務員很親切，可是理賠拖太久", "zh-TW", ("service_attitude", "claims", "speed")),
        ("條款看不懂", "zh-TW", ("explanation",)),
        ("保費太貴了", "zh-TW", ("price",)),
        ("我喜歡你們的保障", "zh-TW", ("product",)),
        ("官網常常當機，APP也是", "zh-TW", ("digital",)),
        ("不要用機器人打電話來", "zh-TW", ("robot_call",)),
        ("就還好啦", "zh-TW", ("other",)),
        ("Your app keeps crashing", "en-US", ("digital",)),
        ("I am happy and appreciate it", "en-US", ("other",)),
        ("The agent was rude and I waited for hours", "en-US", ("service_attitude", "speed")),
        ("A real person would be nice, premiums are high", "en-US", ("price", "robot_call")),
        ("Alles gut", "de-DE", ()),
    ],
)
def test_reasons_are_sorted_by_what_they_speak_of(
    themes: Themes, said: str, language: str, told: tuple[str, ...]
) -> None:
    """Each theme whose word occurs is told, in one order; Latin words within others do not count."""
    assert themes.of(said, language) == told


@pytest.mark.parametrize("language", ["zh-TW", "en-US"])
def test_every_theme_has_words(themes: Themes, language: str) -> None:
    """All but the rest."""
    assert set(themes.words[language]) == set(THEMES[:-1])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("themes: {weather: [rain]}", "weather is no theme; known are service_attitude"),
        ("themes: {other: [rain]}", "other is no theme"),
        ("themes: {price: []}", "price needs at least one word"),
        ("themes: {price: ['']}", "price needs at least one word"),
        ("themes: {}", "themes"),
        ("theme: {price: [fee]}", "themes: Field required"),
        ("themes: [", "line 4: this is not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, written: str, said: str) -> None:
    """File, key and what is allowed."""
    (tmp_path / "en-US.yaml").write_text(f"owner: somebody\nreviewed_on: 2026-11-23\n{written}\n", encoding="utf-8")
    with pytest.raises(InputProblemError) as error:
        load_themes(tmp_path)
    assert "en-US.yaml" in str(error.value)
    assert said in str(error.value)


def test_without_files_reasons_stay_unsorted(tmp_path: Path) -> None:
    """Nothing is told then."""
    assert load_themes(tmp_path).of("保費太貴", "zh-TW") == ()
