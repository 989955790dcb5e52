"""How dates, times and digits sound."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from outbound.dialogue.spoken import family_of, filters_for, has_voice

TAIPEI = timezone(timedelta(hours=8))


def _window(day: int, start: Sequence[int], end: Sequence[int]) -> tuple[datetime, datetime]:
    return (
        datetime(2026, 11, day, start[0], start[1], tzinfo=TAIPEI),
        datetime(2026, 11, day, end[0], end[1], tzinfo=TAIPEI),
    )


@pytest.mark.parametrize(
    ("language", "name", "value", "said"),
    [
        ("zh-TW", "spoken_date", date(2026, 11, 22), "十一月二十二日"),
        ("zh-TW", "spoken_date", date(2026, 1, 30), "一月三十日"),
        ("en-US", "spoken_date", date(2026, 11, 22), "November 22nd"),
        ("en-US", "spoken_date", date(2026, 11, 12), "November 12th"),
        ("zh-TW", "weekday", date(2026, 11, 22), "星期日"),
        ("en-US", "weekday", date(2026, 11, 22), "Sunday"),
        ("zh-TW", "window", _window(23, (14, 0), (16, 0)), "十一月二十三日星期一下午兩點到四點"),
        ("zh-TW", "window", _window(23, (9, 30), (12, 0)), "十一月二十三日星期一上午九點半到十二點"),
        ("zh-TW", "short_window", _window(23, (11, 0), (13, 15)), "星期一上午十一點到下午一點十五分"),
        ("zh-TW", "short_window", _window(23, (17, 0), (18, 0)), "星期一下午五點到六點"),
        ("zh-TW", "short_window", _window(23, (12, 0), (14, 0)), "星期一中午十二點到下午兩點"),
        ("zh-TW", "short_window", _window(23, (18, 0), (20, 0)), "星期一晚上六點到八點"),
        ("en-US", "window", _window(23, (14, 0), (16, 0)), "Monday, November 23rd, from 2 to 4 in the afternoon"),
        ("en-US", "window", _window(23, (10, 0), (12, 0)), "Monday, November 23rd, from 10 in the morning to noon"),
        ("en-US", "window", _window(23, (16, 0), (18, 0)), "Monday, November 23rd, from 4 to 6 in the afternoon"),
        ("en-US", "short_window", _window(23, (9, 30), (11, 0)), "Monday, 9:30 to 11 a.m."),
        ("en-US", "short_window", _window(23, (10, 0), (12, 0)), "Monday, 10 to noon"),
        ("en-US", "short_window", _window(23, (11, 0), (13, 0)), "Monday, 11 a.m. to 1 p.m."),
        ("zh-TW", "digits", "0800-123", "零八零零-一二三"),
        ("en-US", "digits", "0812", "zero eight one two"),
        ("zh-TW", "listed", ["甲", "乙", "丙"], "甲、乙和丙"),
        ("en-US", "listed", ["A", "B", "C"], "A, B and C"),
        ("zh-TW", "listed", ["甲"], "甲"),
    ],
)
def test_it_is_said_so(language: str, name: str, value: Any, said: str) -> None:
    """A filter says a value as a person of that language would."""
    assert filters_for(language)[name](value) == said


def test_a_language_that_nobody_taught_is_refused() -> None:
    """A language without spoken dates cannot be scripted."""
    with pytest.raises(ValueError, match="fr-FR"):
        filters_for("fr-FR")


@pytest.mark.parametrize("language", ["nan-TW", "hak-TW"])
def test_hokkien_and_hakka_are_written_as_mandarin_and_have_no_voice(language: str) -> None:
    """Facts in a recorded call are written in Chinese characters; the sentences have to be recorded."""
    assert family_of(language) == family_of("zh-TW") == "zh"
    assert filters_for(language).keys() == filters_for("zh-TW").keys()
    assert (has_voice(language), has_voice("zh-TW"), has_voice("en-US")) == (False, True, True)
