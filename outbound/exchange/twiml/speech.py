"""How long speech lasts. Chinese at 200 characters a minute, other languages at 165 words a minute."""

import re
from functools import lru_cache

SECONDS_PER_CHARACTER = 60 / 200
SECONDS_PER_WORD = 60 / 165
_CHARACTER = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]")
_WORD = re.compile(r"[A-Za-z]+(?:['’\-][A-Za-z]+)*|\d")
_NAMED_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.5}


@lru_cache(maxsize=8192)
def seconds_of(text: str) -> float:
    """Return how long `text` takes at the usual rate; every digit counts as a word."""
    return len(_CHARACTER.findall(text)) * SECONDS_PER_CHARACTER + len(_WORD.findall(text)) * SECONDS_PER_WORD


def rate_of(value: str) -> float:
    """Read a prosody rate: a name, a percentage (`80%`), a change (`-20%`, `+10%`) or a factor. Unreadable is 1.0."""
    value = value.strip()
    if value in _NAMED_RATES:
        return _NAMED_RATES[value]
    try:
        number = float(value.removesuffix("%"))
    except ValueError:
        return 1.0
    if value.endswith("%"):
        number = number / 100 + (1.0 if value[0] in "+-" else 0.0)
    return number if number > 0 else 1.0


def break_of(time: str, strength: str) -> float:
    """Return the seconds of an SSML break (`500ms`, `1.5s`), or of its strength."""
    match = re.fullmatch(r"\s*([\d.]+)\s*(ms|s)\s*", time)
    if match is None:
        return {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "strong": 0.7, "x-strong": 1.0}.get(strength, 0.4)
    return float(match[1]) / (1000 if match[2] == "ms" else 1)
