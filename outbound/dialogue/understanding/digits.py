"""Digits as people say them one after the other, in Chinese, English and both at once, and where they stand."""

import re
from collections.abc import Mapping

from msgspec import Struct

_SPELLINGS = ("零〇洞○", "一么幺壹", "二兩贰貳", "三參叁", "四肆", "五伍", "六陸", "七柒拐", "八捌", "九玖勾")
CHINESE_DIGIT: Mapping[str, int] = {each: value for value, spelt in enumerate(_SPELLINGS) for each in spelt}
CHINESE = "".join(CHINESE_DIGIT)
_WORDS = (  # noqa: SIM905
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
ENGLISH_NUMBER: Mapping[str, int] = {
    **{word: value for value, word in enumerate(_WORDS)},
    **{word: (value + 2) * 10 for value, word in enumerate(_TENS)},
}
_ENGLISH_DIGIT = {**{word: str(value) for word, value in ENGLISH_NUMBER.items()}, "oh": "0", "o": "0", "nought": "0"}
_FULL_WIDTH = {ord(each): str(value) for value, each in enumerate("０１２３４５６７８９")}
_TIMES = {"兩": 2, "二": 2, "三": 3, "四": 4, "double": 2, "triple": 3}
_ONE = rf"(?:[0-9０-９{CHINESE}]|zero|oh|nought|one|two|three|four|five|six|seven|eight|nine)"
_UNIT = re.compile(
    rf"(?P<plain>[0-9０-９])"
    rf"|(?P<often>[兩二三四])個(?P<same>[{CHINESE}0-9０-９])(?!個)"
    # 一下, 一點, 一次 and their like are no digits.
    rf"|(?P<chinese>[{CHINESE}])(?<!一(?=[次下直點遍定樣些起會個般句聲堆]))"
    rf"|(?<![a-z])(?P<twice>double|triple)[\s-]*(?P<of>{_ONE})(?![a-z])"
    rf"|(?<![a-z])(?P<tens>{'|'.join(_TENS)})(?:[\s-]+(?P<ones>{'|'.join(_WORDS[1:10])}))?(?![a-z])"
    rf"|(?<![a-z'’])(?P<word>{'|'.join(sorted((*_WORDS, 'oh', 'o', 'nought'), key=len, reverse=True))})(?![a-z'’])"
)


class Unit(Struct, frozen=True):
    """One or more digits that were said as one word (`五`, `double five`, `forty-one`), at [start, end) of the text."""

    start: int
    end: int
    digits: str


def units(text: str) -> list[Unit]:
    """Return every digit that was said, in order; tens and teens as their two digits (`twenty-two` is 22)."""
    return [Unit(found.start(), found.end(), _value(found)) for found in _UNIT.finditer(lowered(text))]


def lowered(text: str) -> str:
    """Return a text in lower case, every character at its place: patterns that ignore case search much slower."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(each.lower()[:1] for each in text)


def joined(text: str) -> str:
    """Return all digits that were said, one after the other."""
    return "".join(each.digits for each in units(text))


def _value(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "plain" or kind == "chinese":  # noqa: PLR1714 - the quickest way for the commonest
        return _one(found.group())
    if found["often"]:
        return _one(found["same"]) * _TIMES[found["often"]]
    if found["twice"]:
        return _one(found["of"]) * _TIMES[found["twice"].lower()]
    if found["tens"]:
        return str(ENGLISH_NUMBER[found["tens"].lower()] + ENGLISH_NUMBER.get((found["ones"] or "").lower(), 0))
    return _ENGLISH_DIGIT[found["word"].lower()]


def _one(said: str) -> str:
    if said in CHINESE_DIGIT:
        return str(CHINESE_DIGIT[said])
    return _ENGLISH_DIGIT.get(said.lower(), said.translate(_FULL_WIDTH))
