"""How dates, times and digits are said aloud, by language. These are the filters that prompts may use."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from outbound.dialogue.free_look import FreeLooks, chinese_free_looks, english_free_looks

Window = tuple[datetime, datetime]

_ZH_DIGITS = "零一二三四五六七八九"
_ZH_DAYS = "一二三四五六日"
_EN_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TEN = 10
_NOON, _EVENING = 12, 18
_TEENS = range(11, 14)


def chinese_number(value: int) -> str:
    """Return a number from 0 to 99 in Chinese characters."""
    tens, ones = divmod(value, _TEN)
    if tens == 0:
        return _ZH_DIGITS[ones]
    return ("" if tens == 1 else _ZH_DIGITS[tens]) + "十" + (_ZH_DIGITS[ones] if ones else "")


def _zh_date(day: date) -> str:
    return f"{chinese_number(day.month)}月{chinese_number(day.day)}日"


def _zh_weekday(day: date) -> str:
    return f"星期{_ZH_DAYS[day.weekday()]}"


def _zh_part(hour: int) -> str:
    if hour < _NOON:
        return "上午"
    if hour == _NOON:
        return "中午"
    return "下午" if hour < _EVENING else "晚上"


def _zh_clock(moment: datetime) -> str:
    hour = moment.hour if moment.hour <= _NOON else moment.hour - _NOON
    spoken = "兩" if hour == 2 else chinese_number(hour)  # noqa: PLR2004 - two o'clock has its own word
    if moment.minute == 0:
        return f"{spoken}點"
    return f"{spoken}點半" if moment.minute == 30 else f"{spoken}點{chinese_number(moment.minute)}分"  # noqa: PLR2004


def _zh_hours(window: Window) -> str:
    start, end = window
    part, until = _zh_part(start.hour), _zh_part(end.hour)
    # A window that ends at the stroke of a new part of the day still belongs to the old one for a listener.
    second = "" if until == part or (end.minute == 0 and end.hour in {_NOON, _EVENING}) else until
    return f"{part}{_zh_clock(start)}到{second}{_zh_clock(end)}"


def _zh_window(window: Window) -> str:
    return f"{_zh_date(window[0])}{_zh_weekday(window[0])}{_zh_hours(window)}"


def _zh_short_window(window: Window) -> str:
    return f"{_zh_weekday(window[0])}{_zh_hours(window)}"


def _zh_digits(value: object) -> str:
    return "".join(_ZH_DIGITS[int(each)] if each.isdecimal() else each for each in str(value))


def _zh_listed(items: Sequence[str]) -> str:
    return "、".join(items[:-1]) + "和" + items[-1] if len(items) > 1 else "".join(items)


def _zh_free_looks(looks: FreeLooks) -> str:
    return chinese_free_looks(looks, _zh_date)


def _ordinal(value: int) -> str:
    suffix = "th" if value in _TEENS else {1: "st", 2: "nd", 3: "rd"}.get(value % _TEN, "th")
    return f"{value}{suffix}"


def _en_date(day: date) -> str:
    return f"{_EN_MONTHS[day.month - 1]} {_ordinal(day.day)}"


def _en_part(hour: int) -> str:
    if hour < _NOON:
        return "in the morning"
    return "in the afternoon" if hour < _EVENING else "in the evening"


def _en_clock(moment: datetime) -> str:
    hour = (moment.hour - 1) % _NOON + 1
    return str(hour) if moment.minute == 0 else f"{hour}:{moment.minute:02d}"


def _en_hours(window: Window) -> str:
    start, end = window
    part, until = _en_part(start.hour), _en_part(end.hour)
    if part == until or (end.minute == 0 and end.hour == _EVENING):
        return f"from {_en_clock(start)} to {_en_clock(end)} {part}"
    finish = "noon" if (end.hour, end.minute) == (_NOON, 0) else f"{_en_clock(end)} {until}"
    return f"from {_en_clock(start)} {part} to {finish}"


def _en_window(window: Window) -> str:
    return f"{_EN_DAYS[window[0].weekday()]}, {_en_date(window[0])}, {_en_hours(window)}"


def _en_short_window(window: Window) -> str:
    start, end = window
    first, second = _short_half(start), _short_half(end)
    until = "noon" if (end.hour, end.minute) == (_NOON, 0) else f"{_en_clock(end)} {second}"
    since = _en_clock(start) if first == second or until == "noon" else f"{_en_clock(start)} {first}"
    return f"{_EN_DAYS[start.weekday()]}, {since} to {until}"


def _short_half(moment: datetime) -> str:
    return "a.m." if moment.hour < _NOON else "p.m."


def _en_digits(value: object) -> str:
    return " ".join(_EN_DIGITS[int(each)] if each.isdecimal() else each for each in str(value) if each.strip())


def _en_listed(items: Sequence[str]) -> str:
    return ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else "".join(items)


def _en_free_looks(looks: FreeLooks) -> str:
    return english_free_looks(looks, _en_date)


_FILTERS: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "zh": {
        "spoken_date": _zh_date,
        "weekday": _zh_weekday,
        "window": _zh_window,
        "short_window": _zh_short_window,
        "digits": _zh_digits,
        "number": chinese_number,
        "listed": _zh_listed,
        "until": _zh_free_looks,
    },
    "en": {
        "spoken_date": _en_date,
        "weekday": lambda day: _EN_DAYS[day.weekday()],
        "window": _en_window,
        "short_window": _en_short_window,
        "digits": _en_digits,
        "number": str,
        "listed": _en_listed,
        "until": _en_free_looks,
    },
}


_FAMILIES: Mapping[str, str] = {"zh": "zh", "en": "en", "nan": "zh", "hak": "zh"}
"""By primary language subtag (ISO 639-3 for Taiwanese Hokkien and Hakka) how dates and numbers are written for it."""

_WITHOUT_VOICE = frozenset({"nan", "hak"})


def family_of(language: str) -> str:
    """Return `zh` or `en`: how texts in a language tag are written; ValueError if nobody taught us to say dates in it.

    Hokkien and Hakka are written in Chinese characters, and a Mandarin voice says their facts.
    """
    primary = language.split("-", maxsplit=1)[0]
    if primary not in _FAMILIES:
        raise ValueError(f"language '{language}': dates and times can be said in {', '.join(sorted(_FAMILIES))} only")
    return _FAMILIES[primary]


def has_voice(language: str) -> bool:
    """Whether a synthetic voice speaks a language; one without has to be recorded."""
    return language.split("-", maxsplit=1)[0] not in _WITHOUT_VOICE


def filters_for(language: str) -> dict[str, Callable[..., Any]]:
    """Return the filters of a language tag; ValueError if nobody taught us to say dates in it."""
    return dict(_FILTERS[family_of(language)])


def weekday_names(language: str, day: date) -> tuple[str, ...]:
    """Return the names by which a listener may call the weekday of `day`."""
    if family_of(language) == "zh":
        name = _ZH_DAYS[day.weekday()]
        return tuple(
            prefix + each
            for prefix in ("星期", "禮拜", "週", "周")
            for each in ({name, "天"} if name == "日" else {name})
        )
    return (_EN_DAYS[day.weekday()].lower(),)


def part_names(language: str, moment: datetime) -> tuple[str, ...]:
    """Return the names by which a listener may call the part of the day of `moment`."""
    if family_of(language) == "zh":
        return (_zh_part(moment.hour), *(("早上",) if moment.hour < _NOON else ()))
    return (_en_part(moment.hour).rsplit(" ", 1)[-1],)
