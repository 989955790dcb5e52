"""Numbers as people say them, in Chinese and English. Pure; None when nothing, or more than one, was said."""

import re
from calendar import monthrange
from collections.abc import Mapping

from outbound.dialogue.understanding.digits import CHINESE as _ZH
from outbound.dialogue.understanding.digits import CHINESE_DIGIT as _ZH_DIGIT

_ZH_NUMBER = re.compile(f"[{_ZH}]?十[{_ZH}]?|[{_ZH}]|[0-9]+")
_ZH_NO_NUMBER = re.compile("一(次|下|直|點|遍|定|樣|些|起|會|個|般|句|聲|堆)|十分(滿意|好|感謝|謝謝|不)")
"""`再說一次` is no score of one, and `十分滿意` (most satisfied) no certain ten."""

_EN_NO_NUMBER = re.compile(
    r"\bone (moment|second|sec|minute|more|time|thing|of)\b|\b(this|that|which|any|some|no) one\b"
)
_EN_UNITS = {
    "zero": 0, "oh": 0, "o": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
}  # fmt: skip
ENGLISH_ORDINAL: Mapping[str, int] = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_EN_NUMBERS = {**_EN_UNITS, **ENGLISH_ORDINAL}
ENGLISH_MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_WORD = re.compile(r"[a-z]+|\d+")
_FOUR_DIGITS = re.compile(r"^[0-9]{4}$")
_TEN, _MONTHS, _A_LEAP_YEAR = 10, 12, 2000


def chinese_value(text: str) -> int | None:
    """Return a number from 0 to 99 written in digits or Chinese characters (`二十二`, `廿二`, `二二`), or None."""
    if text.isdecimal() and text.isascii():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    if text.count("十") > 1:
        return None
    if "十" in text:
        tens, _, ones = text.partition("十")
        if (tens and tens not in _ZH_DIGIT) or (ones and ones not in _ZH_DIGIT):
            return None
        return (_ZH_DIGIT[tens] if tens else 1) * _TEN + (_ZH_DIGIT[ones] if ones else 0)
    if len(text) == 2 and all(each in _ZH_DIGIT for each in text):  # noqa: PLR2004
        return _ZH_DIGIT[text[0]] * _TEN + _ZH_DIGIT[text[1]]
    return _ZH_DIGIT.get(text)


def is_month_day(digits: str) -> bool:
    """Whether four digits can be a month and a day of it, 29 February among them."""
    if _FOUR_DIGITS.match(digits) is None or not 1 <= int(digits[:2]) <= _MONTHS:
        return False
    return 1 <= int(digits[2:]) <= monthrange(_A_LEAP_YEAR, int(digits[:2]))[1]


def score(text: str, language: str) -> int | None:
    """Return the only number from 0 to 10 that was said, or None."""
    if language.startswith("zh"):
        if "滿分" in text:
            return 10
        values = [chinese_value(each) for each in _ZH_NUMBER.findall(_ZH_NO_NUMBER.sub(" ", text))]
    else:
        values = [
            _EN_NUMBERS.get(word, int(word) if word.isdecimal() else None)
            for word in _words(_EN_NO_NUMBER.sub(" ", text))
        ]
    numbers = {each for each in values if each is not None}
    number = numbers.pop() if len(numbers) == 1 else None
    return number if number is not None and 0 <= number <= _TEN else None


def choice(text: str, language: str) -> int | None:
    """Return the number of a choice (`第二個`, `二`, `the second one`), or None; a weekday is no choice."""
    if language.startswith("zh"):
        found = re.fullmatch(f"(?:第|選|我要|要|按)*([{_ZH}]|[0-9])(?:個|號|項|吧|好了|的)*", text)
        return chinese_value(found.group(1)) if found else None
    words = [word for word in _words(text) if word not in {"the", "number", "option", "one", "please", "press"}]
    if not words and "one" in _words(text):
        return 1
    return _EN_NUMBERS.get(words[0], int(words[0]) if words[0].isdecimal() else None) if len(words) == 1 else None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
