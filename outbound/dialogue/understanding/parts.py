"""Several things in one breath: where an utterance divides, and what is taken back. Pure."""

import re

_MOST_PARTS = 6
_ZH_DIVIDES = re.compile(
    r"[,，。.;；!！?？、…\n]+|(?:不過|但是|可是|還有就是|還有|另外|順便|然後|而且|對了)(?=.)", re.IGNORECASE
)
_EN_DIVIDES = re.compile(
    r"[,.;!?…\n]+|\b(?:but|however|by the way|and also|and then|also|oh and|one more thing|and)\b", re.IGNORECASE
)
_ZH_TAKEN_BACK = re.compile(
    r"^[\s,，。、]*(?:(?:不對|不是(?:啦|的)?|等一下|啊|欸|抱歉|不好意思|對不起|錯了)[\s,，。、啊欸]*)*"
    r"(?:(?:我)?(?:說|講|按|選)(?:錯了|錯(?!了))|我(?:的意思)?是說|我是(?:要)?說|更正(?:一下)?|不對不對|不對|應該是|改成)"
    r"(?!吧|啊$|的|喔|啦|$)[\s,，。、啊欸喔應該是]*"
)
_EN_TAKEN_BACK = re.compile(
    r"^\W*(?:(?:no|oh|sorry|wait|oops|um|uh|my mistake)\W+)*"
    r"(?:i (?:meant|mean)(?: to say)?|i said|actually|make (?:it|that)|correction|let me correct that|rather)\b\W*",
    re.IGNORECASE,
)
_EN_ONLY_SORRY = re.compile(r"^\W*(?:no\W+)?(?:sorry|wait)\W+no\W+", re.IGNORECASE)


def parts_of(text: str, language: str) -> tuple[str, ...]:
    """Return what is said between pauses and connectors, at most six parts; the whole where there is one."""
    divides = _ZH_DIVIDES if language.startswith("zh") else _EN_DIVIDES
    found = [part.strip() for part in divides.split(text)]
    kept = tuple(part for part in found if any(each.isalnum() for each in part))
    return kept[:_MOST_PARTS] or (text,)


def taken_back(text: str, language: str) -> str | None:
    """Return what is meant instead (`不對，是下午` gives `下午`), or None where nothing is taken back."""
    for pattern in (_ZH_TAKEN_BACK,) if language.startswith("zh") else (_EN_TAKEN_BACK, _EN_ONLY_SORRY):
        found = pattern.match(text)
        rest = text[found.end() :].strip() if found else ""
        if any(each.isalnum() for each in rest):
            return rest
    return None
