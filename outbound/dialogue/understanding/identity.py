"""What a callee says to show who they are: a day of birth, and the last digits of a number. Pure; None when unclear.

A wrong length, two different days or a day of the lunar calendar is unclear: the question is asked again, which costs a
moment, whereas a guess would cost one of two tries. The year is read only so that it is not taken for something else.
"""

import re
import unicodedata

from outbound.dialogue.understanding.digits import CHINESE, ENGLISH_NUMBER, joined
from outbound.dialogue.understanding.numbers import ENGLISH_MONTHS, ENGLISH_ORDINAL, chinese_value, is_month_day

_LONGEST = 200
_ZH_NUMBER = f"[{CHINESE}十廿卅0-9]"
_ZH_DAY = re.compile(rf"({_ZH_NUMBER}{{1,3}})月份?的?({_ZH_NUMBER}{{1,3}})")
_LUNAR = re.compile("農曆|舊曆|陰曆|農歷|陰歷")
_YEAR_FIRST = re.compile(r"(?<!\d)\d{2,4}\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})(?!\d)")
_MONTH_FIRST = re.compile(r"(?<![\d/.-])(\d{1,2})\s?[-/.]\s?(\d{1,2})(?:\s?[-/.]\s?\d{4})?(?![\d/.-])")
_TENS_AND_MORE = re.compile("[十百千萬廿卅]|hundred|thousand", re.IGNORECASE)
_COUNTED = re.compile(
    r"[末後尾最]*[二兩三四五六0-9]\s*(?:碼|位數字|位數|位|個數字|個號碼)"
    r"|\blast\s+(?:two|three|four|five|six|\d)(?:\s+(?:digits|numbers))?|\b(?:four|five|six|three)\s+(?:digits|numbers)",
    re.IGNORECASE,
)
_MONTH = "|".join(sorted(ENGLISH_MONTHS, key=len, reverse=True))
_DAYS_SAID = {**{word: value for word, value in ENGLISH_NUMBER.items() if 0 < value <= 30}, **ENGLISH_ORDINAL}  # noqa: PLR2004
_DAY = (
    rf"(?:twenty|thirty)[\s-]+(?:{'|'.join(word for word, value in _DAYS_SAID.items() if value < 10)})"  # noqa: PLR2004
    rf"|{'|'.join(sorted(_DAYS_SAID, key=len, reverse=True))}"
    r"|\d{1,2}(?:st|nd|rd|th)?"
)
_TENS_SAID = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
# A year leaves first, or "nineteen forty-eight May" were the eighth.
_EN_YEAR = re.compile(
    rf"\b(?:nineteen|twenty)[\s-]+(?:hundred|oh|{_TENS_SAID})(?:[\s-]+(?:and\s+)?(?:{'|'.join(ENGLISH_NUMBER)}))?\b"
    rf"|\btwo\s+thousand(?:\s+(?:and\s+)?(?:{'|'.join(ENGLISH_NUMBER)})){{0,2}}\b|\b(?:19|20)\d\d(?=\s|,|$)(?!\s?\d)",
    re.IGNORECASE,
)
_EN_DAY = re.compile(
    rf"\b(?P<month>{_MONTH})\.?,?\s+(?:the\s+)?(?P<day>{_DAY})\b|\b(?P<day2>{_DAY})\s+(?:of\s+)?(?P<month2>{_MONTH})\b",
    re.IGNORECASE,
)


def birth_date(text: str, language: str) -> str | None:
    """Return a day of birth as `MMDD`, said or keyed with or without its year (Minguo or Gregorian), or None."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST])[:_LONGEST]
    if _LUNAR.search(plain):
        return None
    if language.startswith("zh"):
        plain = "".join(plain.split())
        found = {_zh_day(*each) for each in _ZH_DAY.findall(plain)}
    else:
        found = {_en_day(each) for each in _EN_DAY.finditer(_EN_YEAR.sub(" , ", plain))}
    found = found or {_two(*each) for each in _YEAR_FIRST.findall(plain) or _MONTH_FIRST.findall(plain)}
    if not found:
        return _day_in_digits(plain, language)
    day = found.pop() if len(found) == 1 else None
    return day if day and is_month_day(day) else None


def last_digits(text: str, language: str, count: int = 4) -> str | None:
    """Return exactly `count` digits said one by one (`洞五兩兩`, `double five two one`, `末四碼是0522`), or None."""
    plain = _COUNTED.sub(" ", unicodedata.normalize("NFKC", text[:_LONGEST])[:_LONGEST])
    if _TENS_AND_MORE.search(plain):
        return None
    digits = joined("".join(plain.split()) if language.startswith("zh") else plain)
    return digits if len(digits) == count else None


def _zh_day(month: str, day: str) -> str:
    return _two(chinese_value(month) or 0, chinese_value(day) or 0)


def _en_day(found: re.Match[str]) -> str:
    month, said = (found["month"], found["day"]) if found["month"] else (found["month2"], found["day2"])
    words = re.findall(r"[a-z]+|\d+", said.lower())
    day = int(words[0]) if words[0].isdecimal() else sum(_DAYS_SAID[each] for each in words)
    return _two(ENGLISH_MONTHS[month.lower()], day)


def _two(month: str | int, day: str | int) -> str:
    return f"{int(month):02d}{int(day):02d}"


def _day_in_digits(text: str, language: str) -> str | None:
    """`0522`, or with a year: 370522 and 0370522 (Minguo), 19480522; 052248 and 05221948 where a year comes last."""
    if _TENS_AND_MORE.search(text):
        return None
    digits = joined(text)
    year_last = not language.startswith("zh") and not digits.startswith(("19", "20"))
    match len(digits):
        case 4:
            day = digits
        case 6 | 8 if year_last:
            day = digits[:4]
        case 6 | 7 | 8:
            day = digits[-4:]
        case _:
            return None
    return day if is_month_day(day) else None
