"""How Mandarin sounds, so that a character is known by its sound where a recogniser wrote another one."""

import re
from functools import lru_cache

_RETROFLEX = re.compile(r"^([zcs])h")
_NASAL = re.compile(r"(?<=[aei])ng$")


@lru_cache(maxsize=32768)
def syllable(character: str) -> str:
    """Return the syllable of a character, without its tone and without what hardly anybody in Taiwan tells apart.

    `zh`, `ch`, `sh` are `z`, `c`, `s`, and final `ng` is `n` after a, e and i. What is no Chinese stays as it is.
    """
    # A quarter of a second to import: paid when a model is loaded, not by every command.
    from pypinyin import lazy_pinyin

    said = lazy_pinyin(character)[0]
    return _NASAL.sub("n", _RETROFLEX.sub(r"\1", said))
