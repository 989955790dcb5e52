"""Negations that a recogniser wrote with a character of the same sound: taken at its word, 「補要」 is a wish. Pure."""

import re

_SPELT_LIKE_NOT = re.compile(
    r"[布補部步簿埠怖捕](?=要|用|想|會|可以|可能|好|對|行|滿|清楚|需|必|知|懂|方便|在|同意|太|了解|是|願|接受|能|喜歡|認識|認得)"
)
_SPELT_LIKE_NONE = re.compile(r"[美妹眉媒枚煤梅玫](?=有(?!限)|問題|收到|聽|興趣|空|時間|辦法|買|關係|需要|事|錯)")
_SPELT_LIKE_DO_NOT = re.compile(r"[憋鱉](?=再|打|來|吵|煩|推|問)")
# Where such a character ends a word of its own (全部, 姊妹) it is meant.
_WORDS = re.compile(r"[全內外大一幾分各本西東南北中上下]部|[地進散跑腳同初逐每步]步|[公宣分發]布|[姊姐]妹|[歐北南]美")


_NEGATIONS = ((_SPELT_LIKE_NOT, "不"), (_SPELT_LIKE_NONE, "沒"), (_SPELT_LIKE_DO_NOT, "別"))


def heard_otherwise(text: str, language: str) -> str | None:
    """Return what was said if a character of a word is a misheard negation (`布滿意` gives `不滿意`), or None."""
    if not language.startswith("zh"):
        return None
    kept = frozenset(match.end() - 1 for match in _WORDS.finditer(text))
    found = [*text]
    for pattern, negation in _NEGATIONS:
        for match in pattern.finditer(text):
            if match.start() not in kept:
                found[match.start()] = negation
    heard = "".join(found)
    return heard if heard != text else None
