"""When a callee wants to be called again, as said in Mandarin or English. Pure; never a guess."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime

from msgspec.structs import replace

from outbound.dialogue.understanding.time_words import chinese, english
from outbound.dialogue.understanding.time_words.grammar import mention
from outbound.dialogue.understanding.time_words.resolve import resolve
from outbound.dialogue.understanding.time_words.tokens import Mention, Token
from outbound.dialogue.wanted_time import WantedTime

_LONGEST = 200
"""Characters, also of what one character is written out as: longer than anybody's answer, and read in no time."""

_PUNCTUATION = re.compile(r"[,，。.;；!！?？、…]+")
_DECIMAL_POINT = re.compile(r"(?<=\d)[.](?=\d\d(?!\d))")


def wanted_time(text: str, language: str, now: datetime) -> WantedTime | None:
    """Return the window that `text` names for a return call, in the zone of `now`, or None.

    `text` is best given as it was recognised: punctuation tells `10:30` from 1030, and what is refused from what is
    wanted (`明天不行，後天`). `now` is aware and in the contact's zone; ValueError otherwise. None where no time is
    named, or two different ones, or one that nobody can place on a calendar (`過年後`, `改天`), or one that is past or
    more than 60 days ahead. Never raises on any text. The conventions stand in `time_words.resolve`.
    """
    if now.utcoffset() is None:
        raise ValueError("now: give an aware instant in the contact's zone; without a zone no time can be named")
    plain = unicodedata.normalize("NFKC", text[:_LONGEST])[:_LONGEST].lower()
    plain = _PUNCTUATION.sub(",", _DECIMAL_POINT.sub(":", plain))
    if language.startswith("zh"):
        return _resolved("".join(plain.split()), chinese.tokens, chinese.CORRECTED, now)
    return _resolved(plain, english.tokens, english.CORRECTED, now)


def _resolved(
    words: str, tokens: Callable[[str], list[Token]], corrected: re.Pattern[str], now: datetime
) -> WantedTime | None:
    """What follows `no, I meant` counts; what it leaves open is what was said before."""
    *before, last = corrected.split(words)
    found = tokens(last)
    if not before or not last.strip(" ,"):
        said = mention(tokens(words))
        return resolve(said, now) if said is not None else None
    said, first = mention(found), mention(tokens(",".join(before)))
    if said is None:
        return None
    return next(filter(None, (resolve(each, now) for each in _completed(said, first))), None)


def _completed(said: Mention, before: Mention | None) -> Iterator[Mention]:
    if before is None or before.minutes_ahead is not None or said.minutes_ahead is not None:
        yield said
    elif not said.has_hours:
        yield replace(before, days=said.days, is_range=said.is_range)
    else:
        dated = said if said.days else replace(said, days=before.days, is_range=before.is_range)
        if dated.part is None:
            yield replace(dated, part=before.part)
        yield dated
