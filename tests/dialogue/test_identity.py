"""Days of birth and last digits, as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.dialogue.spoken import chinese_number
from outbound.dialogue.understanding.identity import birth_date, last_digits
from outbound.dialogue.understanding.numbers import is_month_day


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("民國三十七年五月二十二日", "0522"),
        ("民國三十七年五月二十二", "0522"),
        ("三十七年五月二十二", "0522"),
        ("三七年五月二二", "0522"),
        ("1948年5月22日", "0522"),
        ("一九四八年五月二十二號", "0522"),
        ("五月廿二", "0522"),
        ("五月二十二號生的", "0522"),
        ("我的生日是 五月 二十二號", "0522"),
        ("十二月卅一日", "1231"),
        ("民國七年十月十號", "1010"),
        ("二月二十九號", "0229"),
        ("0522", "0522"),
        ("０５２２", "0522"),
        ("零五二二", "0522"),
        ("洞五兩兩", "0522"),
        ("零五,嗯,二二", "0522"),
        ("370522", "0522"),
        ("0370522", "0522"),
        ("19480522", "0522"),
        ("一九四八零五二二", "0522"),
        ("5/22", "0522"),
        ("1948/5/22", "0522"),
        ("37.5.22", "0522"),
        ("農曆五月二十二", None),
        ("五月二十二還是五月二十三", None),
        ("二月三十號", None),
        ("十三月一號", None),
        ("五月", None),
        ("二十二號", None),
        ("522", None),
        ("零五二", None),
        ("不知道", None),
        ("", None),
    ],
)
def test_a_day_of_birth_in_mandarin(said: str, day: str | None) -> None:
    """Minguo and Gregorian years, characters and digits lead to the same day; anything unclear to none."""
    assert birth_date(said, "zh-TW") == day


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("May the twenty-second nineteen forty-eight", "0522"),
        ("May twenty second, nineteen forty eight", "0522"),
        ("the twenty-second of May", "0522"),
        ("May 22nd, 1948", "0522"),
        ("22 May 1948", "0522"),
        ("nineteen forty-eight, May twenty-second", "0522"),
        ("1948 May 22", "0522"),
        ("October tenth", "1010"),
        ("december thirty first two thousand and one", "1231"),
        ("June nineteen nineteen thirty", "0619"),
        ("zero five two two", "0522"),
        ("oh five twenty-two", "0522"),
        ("oh five double two", "0522"),
        ("0522", "0522"),
        ("05221948", "0522"),
        ("5/22/1948", "0522"),
        ("1948-05-22", "0522"),
        ("May nineteen forty-eight", None),
        ("May", None),
        ("the twenty-second", None),
        ("May 22nd or May 23rd", None),
        ("February thirtieth", None),
        ("I may come", None),
        ("five two two", None),
    ],
)
def test_a_day_of_birth_in_english(said: str, day: str | None) -> None:
    """Months by name or number, ordinals and years lead to the day; anything unclear to none."""
    assert birth_date(said, "en-US") == day


@given(st.dates())
def test_every_day_is_understood(day: object) -> None:
    """Whatever the day, it is understood as it is spoken by our own prompts and as it is keyed."""
    month, number = day.month, day.day  # type: ignore[attr-defined]
    keyed = f"{month:02d}{number:02d}"
    assert birth_date(f"{chinese_number(month)}月{chinese_number(number)}日", "zh-TW") == keyed
    assert birth_date(f"民國四十八年{month}月{number}號", "zh-TW") == keyed
    assert birth_date(keyed, "zh-TW") == birth_date(keyed, "en-US") == keyed


@pytest.mark.parametrize(
    ("said", "language", "digits"),
    [
        ("零五二二", "zh-TW", "0522"),
        ("洞五兩兩", "zh-TW", "0522"),
        ("零么拐勾", "zh-TW", "0179"),
        ("0 5 2 2", "zh-TW", "0522"),
        ("末四碼是0522", "zh-TW", "0522"),
        ("後四碼 零五 然後 二二", "zh-TW", "0522"),
        ("最後四個數字是零五二二", "zh-TW", "0522"),
        ("三個八一", "zh-TW", "8881"),
        ("兩個五二一", "zh-TW", "5521"),
        ("double 五 二一", "zh-TW", "5521"),
        ("等一下,零五二二", "zh-TW", "0522"),
        ("zero five two two", "en-US", "0522"),
        ("oh five two two", "en-US", "0522"),
        ("double five two one", "en-US", "5521"),
        ("triple five one", "en-US", "5551"),
        ("zero five twenty-two", "en-US", "0522"),
        ("fifty-two ninety", "en-US", "5290"),
        ("the last four are zero five two two", "en-US", "0522"),
        ("五五二", "zh-TW", None),
        ("零五二二一", "zh-TW", None),
        ("二十二五", "zh-TW", None),
        ("末四碼", "zh-TW", None),
        ("不知道", "zh-TW", None),
        ("five two two", "en-US", None),
        ("five hundred twenty two", "en-US", None),
    ],
)
def test_last_digits(said: str, language: str, digits: str | None) -> None:
    """Digits said one by one, doubled or in pairs are joined; a wrong number of them is not shortened to fit."""
    assert last_digits(said, language) == digits


def test_how_many_digits_is_for_the_script_to_say() -> None:
    """Three digits are enough where three are asked for."""
    assert last_digits("後三碼是五二二", "zh-TW", count=3) == "522"


@given(st.text(max_size=40), st.sampled_from(["zh-TW", "en-US"]))
def test_any_words_are_borne(said: str, language: str) -> None:
    """No words raise an error, and what is found is a real day or has the right length."""
    day, digits = birth_date(said, language), last_digits(said, language)
    assert day is None or is_month_day(day)
    assert digits is None or len(digits) == 4
