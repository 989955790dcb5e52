"""What both brains see of an utterance: words and pieces of words, in any language, without punctuation or case."""

import re
import unicodedata
from functools import lru_cache

from outbound.dialogue.understanding.trained.alike import meanings
from outbound.dialogue.understanding.trained.sounds import syllable

LONGEST = 400
"""Characters of an utterance that are read; nobody says more in one breath."""

_CHINESE = "㐀-䶿一-鿿豈-﫿぀-ヿ가-힯"
_TOKEN = re.compile(rf"[{_CHINESE}]|\d+|[^\W\d_]+|[$€£¥%]")
_IS_CHINESE = re.compile(rf"[{_CHINESE}]")
_CONTRACTIONS = (
    (re.compile(r"\bwo(?:n't|nt)\b"), "will not"),
    (re.compile(r"\bca(?:n't|nt)\b|\bcannot\b"), "can not"),
    (re.compile(r"(?<=[a-z])n't\b"), " not"),
    (re.compile(r"\b(do|does|did|is|was|are|were|has|have|had|would|could|should)nt\b"), r"\1 not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"\bim\b"), "i am"),
    (re.compile(r"'s\b"), " s"),
)
_ALIKE = (
    "他她它牠",
    "你妳您",
    "的得地",
    "在再",
    "作做",
    "台臺",
    "喔哦噢",
    "那哪",
    "裡裏里",
    "嗎嘛麻",
    "啦拉",
    "吧八",
    "電店",
    "保寶",
)
"""Characters that sound alike and that recognisers write for one another: they count as the first one."""

_FOLDED = {ord(other): alike[0] for alike in _ALIKE for other in alike[1:]}
_WORDS_TOGETHER = 2
_LENGTHS = (2, 3, 4, 5)
_EDGE = "^"
_END = (_EDGE,) * 3
_NEGATIONS, _BETWEEN = frozenset("不沒別無未免"), frozenset("有是會要太很")
_STEM_FROM, _KEPT = 3, 3


def plain(text: str) -> str:
    """Return an utterance as it is compared and remembered: one width, no case, contractions written out."""
    lowered = unicodedata.normalize("NFKC", text[:LONGEST]).lower().replace("’", "'").translate(_FOLDED)
    if "'" in lowered or "nt" in lowered or "im" in lowered or "cannot" in lowered:
        for pattern, written in _CONTRACTIONS:
            lowered = pattern.sub(written, lowered)
    return lowered


def is_chinese(text: str) -> bool:
    """Whether there is any Chinese (or Japanese, or Korean) character, that is: no spaces between words."""
    return _IS_CHINESE.search(text) is not None


def word_grams(text: str) -> list[str]:
    """Return stems of words (in Chinese: characters), single and in pairs; the edges of Chinese are marked."""
    said = plain(text)
    words = [_stem(each) for each in _tokens(said)]
    chinese = is_chinese(said)
    edged = [_EDGE, *words, _EDGE] if chinese else words
    pairs = (" ".join(edged[at : at + _WORDS_TOGETHER]) for at in range(len(edged) - 1))
    return [*words, *pairs, *(meanings(said) if chinese else ()), *(_negated(words) if chinese else ())]


def pieces(text: str) -> list[str]:
    """Return runs of two to five letters within words, edges marked; of Chinese its syllables, single and in pairs."""
    words = _tokens(plain(text))
    found: list[str] = []
    for word in words:
        if not is_chinese(word):
            edged = f" {word} "
            found += [edged[at : at + n] for n in _LENGTHS for at in range(len(edged) - n + 1)]
    if any(map(is_chinese, words)):
        heard = [_EDGE, *(f"~{syllable(word)}" if is_chinese(word) else word for word in words), _EDGE]
        found += heard[1:-1]
        found += (" ".join(heard[at : at + _WORDS_TOGETHER]) for at in range(len(heard) - 1))
    return found


def _negated(words: list[str]) -> list[str]:
    """Return what stands behind each negation of Mandarin: which words are denied tells more than that some are."""
    found: list[str] = []
    ahead = [*words, *_END]
    for at, word in enumerate(words):
        if word in _NEGATIONS:
            first, second, third = ahead[at + 1 : at + 4]
            found += (f"!{first}", f"!{first}{second}", f"!{first}{second}{third}")
            if first in _BETWEEN:
                found.append(f"!{second}{third}")
    return found


def _tokens(text: str) -> list[str]:
    # Which number it is decides no intent; that there is one may.
    return ["0" if each.isdecimal() else each for each in _TOKEN.findall(text)]


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """Return an English word without the endings of plural, past and present; anything else as it is."""
    if len(word) <= _STEM_FROM or not word.isascii():
        return word
    if word.endswith("ies") and len(word) > _STEM_FROM + 1:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= _KEPT:
            bare = word[: -len(ending)]
            doubled = len(bare) > _KEPT and bare[-1] == bare[-2] and bare[-1] not in "lsz"
            return (bare[:-1] if doubled else bare).rstrip("e")
    return word[:-1] if word.endswith("e") and len(word) > _KEPT else word
