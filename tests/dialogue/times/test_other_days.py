"""A day that is not known is asked for again: never is it silently today, or tomorrow."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.dialogue.understanding.times import wanted_time

TAIPEI = ZoneInfo("Asia/Taipei")
MONDAY = datetime(2026, 11, 23, 9, 10, tzinfo=TAIPEI)

_LUNAR = "春節|除夕|小年夜|清明|清明節|端午|端午節|中秋|中秋節|重陽|元宵|七夕|冬至|尾牙|初一|初五|大年初三|農曆初一"
LUNAR = _LUNAR.split("|")
_EVENTS = (
    "開工|年假|寒假|補假|特休|颱風天|投票日|生日|我生日|結婚紀念日|母親節|發薪日|領錢那天|回診日|洗腎日|法會|"
    "普渡|拜拜|掃墓|頭七|滿月|出院|出院後|手術後|開完刀|回國|開學|婚禮|喜宴|搬家那天|單號|翌日|改日|某天|後年|"
    "月尾|下旬|隔週|天天|禮拜九|這一兩天|兒子回來"
)
EVENTS = _EVENTS.split("|")
_HOURS = "早上|下午|晚上|中午|上午十點|下午三點|傍晚|十點以後|一大早"
HOURS = _HOURS.split("|")
_ENGLISH = (
    "Lunar New Year|Easter|Dragon Boat Festival|Mid-Autumn|the Moon Festival|Tomb Sweeping Day|Labor Day|"
    "my birthday|payday|market day|my day off|Mother's Day|the winter solstice|next time|midweek|in spring|"
    "my wedding anniversary|the funeral|Ramadan|after surgery|after church|the day of my appointment|"
    "when I am back|once my son is here|the lunar first|graduation|the typhoon|Smursday|a rainy day|"
    "the new moon|the Sabbath|one of these days"
)
ENGLISH = _ENGLISH.split("|")
_ENGLISH_HOURS = "in the morning|in the afternoon|at 3 pm|evening|at ten in the morning|noon|after 10 am"
ENGLISH_HOURS = _ENGLISH_HOURS.split("|")


@pytest.mark.parametrize("day", [*LUNAR, *EVENTS])
@pytest.mark.parametrize("joint", ["", "的", "那天", "，"])
def test_no_unknown_day_is_the_next_one_in_mandarin(day: str, joint: str) -> None:
    """Whatever hours are said with it, and however they are joined."""
    for hours in HOURS:
        assert wanted_time(f"{day}{joint}{hours}", "zh-TW", MONDAY) is None, f"{day}{joint}{hours}"


@pytest.mark.parametrize("day", ENGLISH)
@pytest.mark.parametrize("joint", [" ", ", "])
def test_no_unknown_day_is_the_next_one_in_english(day: str, joint: str) -> None:
    """Whatever hours are said with it, and however they are joined."""
    for hours in ENGLISH_HOURS:
        assert wanted_time(f"{day}{joint}{hours}", "en-US", MONDAY) is None, f"{day}{joint}{hours}"


_SYLLABLES = st.text(alphabet="甲乙丙丁戊己庚辛壬癸東南西北龍虎龜鶴梅蘭竹菊", min_size=1, max_size=3)


@given(
    _SYLLABLES, st.sampled_from(["節", "日", "夜", "祭", "慶", "季", "假期", "那天", "紀念日"]), st.sampled_from(HOURS)
)
def test_no_invented_day_is_the_next_one(name: str, kind: str, hours: str) -> None:
    """A festival that nobody has heard of is asked for again."""
    assert wanted_time(f"{name}{kind}{hours}", "zh-TW", MONDAY) is None


@given(st.text(alphabet="bcdfgklmnprstv", min_size=3, max_size=7), st.sampled_from(ENGLISH_HOURS))
def test_no_invented_word_is_the_next_day(name: str, hours: str) -> None:
    """Nor is one in English, whether it ends in day or not."""
    assert wanted_time(f"on {name}day {hours}", "en-US", MONDAY) is None


@pytest.mark.parametrize(
    ("language", "said", "start"),
    [
        ("zh-TW", "元旦早上", "2027-01-01 08:00"),
        ("zh-TW", "聖誕節下午三點", "2026-12-25 15:00"),
        ("zh-TW", "跨年晚上", "2026-12-31 18:00"),
        ("zh-TW", "大大後天早上", "2026-11-27 08:00"),
        ("zh-TW", "過兩天早上", "2026-11-25 08:00"),
        ("zh-TW", "收工以後", "2026-11-23 18:00"),
        ("zh-TW", "上班時間", "2026-11-23 09:10"),
        ("zh-TW", "月底", "2026-11-26 09:00"),
        ("zh-TW", "下個月初", "2026-12-01 09:00"),
        ("zh-TW", "週末", "2026-11-28 09:00"),
        ("zh-TW", "我下午比較有空", "2026-11-23 12:00"),
        ("zh-TW", "那就下午三點好了", "2026-11-23 15:00"),
        ("zh-TW", "你晚上打", "2026-11-23 18:00"),
        ("en-US", "New Year's Day in the morning", "2027-01-01 08:00"),
        ("en-US", "Christmas morning", "2026-12-25 08:00"),
        ("en-US", "I'm home all day so morning is fine", "2026-11-23 09:10"),
        ("en-US", "I look after my grandson but the afternoon is fine", "2026-11-23 12:00"),
        ("en-US", "well, in the afternoon then", "2026-11-23 12:00"),
    ],
)
def test_what_is_known_is_still_taken(language: str, said: str, start: str) -> None:
    """Days that the calendar knows, and hours that are said among ordinary words, are times."""
    wanted = wanted_time(said, language, MONDAY)
    assert wanted is not None
    assert f"{wanted.start:%Y-%m-%d %H:%M}" == start


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-TW", "雙十早上"),
        ("zh-TW", "元旦以後"),
        ("zh-TW", "聖誕節後早上"),
        ("zh-TW", "後天的後天早上"),
        ("zh-TW", "禮拜三或四早上"),
        ("zh-TW", "平日下午"),
        ("zh-TW", "吃飽飯後"),
        ("zh-TW", "農曆十一月初一下午"),
        ("en-US", "after Christmas"),
        ("en-US", "the eve of Christmas morning"),
        ("en-US", "I work until five so evening"),
    ],
)
def test_what_would_be_a_guess_is_asked_for_again(language: str, said: str) -> None:
    """Beyond sixty days, before or after a day, one of two days, or a day of the lunar calendar."""
    assert wanted_time(said, language, MONDAY) is None
