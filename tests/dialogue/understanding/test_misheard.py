"""Negations written with another character of the same sound."""

import pytest

from outbound.dialogue.understanding.misheard import heard_otherwise
from outbound.dialogue.understanding.trained.sounds import syllable
from outbound.dialogue.understanding.trained.words import pieces


@pytest.mark.parametrize(
    ("written", "said"),
    [("布滿意", "不滿意"), ("我補要取消", "我不要取消"), ("美有問題", "沒有問題"), ("步要憋再打來", "步要憋再打來")],
)
def test_a_misheard_negation_is_heard(written: str, said: str) -> None:
    """A character that sounds like a negation, before what is often denied, is one."""
    heard = heard_otherwise(written, "zh-TW")
    assert heard is not None
    assert heard == said.replace("步要憋再", "不要別再")


@pytest.mark.parametrize("text", ["全部滿意", "大部分清楚", "補寄保單", "我妹妹", "美金保單", "不要", "", "每步要小心"])
def test_a_word_of_its_own_is_none(text: str) -> None:
    """Characters that are meant stay what they are."""
    assert heard_otherwise(text, "zh-TW") is None


def test_only_mandarin_is_heard_so() -> None:
    """Other languages have no such characters."""
    assert heard_otherwise("布滿意", "en-US") is None


def test_characters_of_one_sound_are_one() -> None:
    """What sounds alike in Taiwan leaves the same sound; letters leave runs of letters, also beside Mandarin."""
    assert syllable("保") == syllable("寶")
    assert syllable("之") == syllable("姿")
    assert set(pieces("保單")) == set(pieces("寶單"))
    assert {"~bao", " ap"} <= set(pieces("保單 app"))
