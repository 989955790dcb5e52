"""How Mandarin sounds, so that a character is known by its sound where a recogniser wrote another one."""

import os
import re
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

_RETROFLEX = re.compile(r"^([zcs])h")
_NASAL = re.compile(r"(?<=[aei])ng$")


@lru_cache(maxsize=32768)
def syllable(character: str) -> str:
    """Return the syllable of a character, without its tone and without what hardly anybody in Taiwan tells apart.

    `zh`, `ch`, `sh` are `z`, `c`, `s`, and final `ng` is `n` after a, e and i. What is no Chinese stays as it is.
    """
    said = _pinyin().lazy_pinyin(character)[0]
    return _NASAL.sub("n", _RETROFLEX.sub(r"\1", said))


@cache
def _pinyin() -> Any:
    """Import the library: paid when a model is loaded, not by every command."""
    # Its dictionary of phrases takes a fifth of a second; characters that stand alone need none.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    return import_module("pypinyin")
