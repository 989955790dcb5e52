"""The rights to cancel that still run, and how they are said in one breath, no right shorter or longer than it is."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec import Struct

from outbound.dialogue.facts import PolicyFacts

Group = tuple[date, tuple[str | None, ...]]
"""A last day, and the product names (None where unknown) of the policies that may be cancelled until then."""

_MOST_NAMES = 2
_MOST_CHARACTERS = 25
_MOST_CHARACTERS_OF_NAMES = 16
_BOTH = 2
_ZH_COUNTS = "零一兩三四五六七八九十"
_EN_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class FreeLooks(Struct, frozen=True):
    """Last days in ascending order with the policies of each; `policies` counts all of the call, run out ones too."""

    groups: tuple[Group, ...]
    policies: int


def free_looks_of(policies: Sequence[PolicyFacts]) -> FreeLooks | None:
    """Return the rights that still run, or None when there are none."""
    days = sorted({each.free_look_last_day for each in policies if each.free_look_last_day is not None})
    groups = tuple(
        (day, tuple(each.product_name for each in policies if each.free_look_last_day == day)) for day in days
    )
    return FreeLooks(groups, len(policies)) if groups else None


def chinese_free_looks(looks: FreeLooks, say_date: Callable[[date], str]) -> str:
    """Return `甲險到十二月一日為止`; one or two days by date, as far as that is short; else how many run longer."""
    (day, names), *later = looks.groups
    twice = _in_several_groups(looks)
    first = f"{_zh_policies(names, looks, twice)}到{say_date(day)}"
    if not later:
        return f"{first}為止"
    others = f"另外{_zh_count(_running(later))}張"
    if len(looks.groups) == _BOTH:
        until = f"到{say_date(later[0][0])}"
        for named in (_zh_policies(later[0][1], looks, twice), others):
            if len(first + named + until) <= _MOST_CHARACTERS:
                return f"{first}，{named}{until}"
    return f"{first}，{others}更晚"


def english_free_looks(looks: FreeLooks, say_date: Callable[[date], str]) -> str:
    """Return `Safe Life through December 1st`; two days by date; else the first day and how many run longer.

    Names in another script are not read by an English voice: they become "your policy".
    """
    (day, names), *later = looks.groups
    twice = _in_several_groups(looks)
    first = f"{_en_policies(names, looks, twice)} through {say_date(day)}"
    if not later:
        return first
    count = _en_count(_running(later))
    if len(looks.groups) > _BOTH:
        return f"{first}, {count} others for longer"
    next_day, others = later[0]
    named = f"and {_en_policies(others, looks, twice)}" if _are_speakable(others) else count
    return f"{first}, {named} through {say_date(next_day)}"


def _zh_policies(names: tuple[str | None, ...], looks: FreeLooks, twice: frozenset[str]) -> str:
    counted = Counter(name for name in names if name)
    too_long = len(counted) > 1 and len("".join(counted)) > _MOST_CHARACTERS_OF_NAMES
    if None in names or len(counted) > _MOST_NAMES or too_long:
        if len(names) == looks.policies:
            return f"您的{_zh_count(len(names))}張保單" if len(names) > 1 else "您的保單"
        return f"其中{_zh_count(len(names))}張保單"
    return "和".join(
        f"{_zh_count(count)}張{name}" if count > 1 or name in twice else name for name, count in counted.items()
    )


def _en_policies(names: tuple[str | None, ...], looks: FreeLooks, twice: frozenset[str]) -> str:
    counted = Counter(name for name in names if name)
    if not _are_speakable(names) or len(counted) > _MOST_NAMES:
        if len(names) == looks.policies:
            return f"your {_en_count(len(names))} policies" if len(names) > 1 else "your policy"
        return f"{_en_count(len(names))} of your policies"
    return " and ".join(_en_product(name, count, name in twice) for name, count in counted.items())


def _en_product(name: str, count: int, again: bool) -> str:
    if count > 1:
        return f"{_en_count(count)} policies of {name}"
    return f"one policy of {name}" if again else name


def _in_several_groups(looks: FreeLooks) -> frozenset[str]:
    """Names that stand under more than one day: there the number of policies is always said."""
    seen = Counter(name for _day, names in looks.groups for name in set(names) if name)
    return frozenset(name for name, times in seen.items() if times > 1)


def _are_speakable(names: Iterable[str | None]) -> bool:
    return all(name is not None and is_latin(name) for name in names)


def is_latin(text: str) -> bool:
    """Whether every letter of the text is of the Latin script, as an English voice reads it."""
    return all(unicodedata.name(each, "").startswith("LATIN") for each in text if each.isalpha())


def _running(groups: Iterable[Group]) -> int:
    return sum(len(names) for _day, names in groups)


def _zh_count(count: int) -> str:
    return _ZH_COUNTS[count] if count < len(_ZH_COUNTS) else str(count)


def _en_count(count: int) -> str:
    return _EN_COUNTS[count] if count < len(_EN_COUNTS) else str(count)
