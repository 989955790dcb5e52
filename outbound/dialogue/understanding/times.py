"""When a callee wants to be called again, as said in Mandarin or English. Pure; never a guess."""

import re
import unicodedata
from datetime import datetime

from outbound.dialogue.understanding.time_words import chinese, english
from outbound.dialogue.understanding.time_words.grammar import mention
from outbound.dialogue.understanding.time_words.resolve import resolve
from outbound.dialogue.wanted_time import WantedTime

_LONGEST = 400
_PUNCTUATION = re.compile(r"[,，。.;；!！?？、…]+")
_DECIMAL_POINT = re.compile(r"(?<=\d)[.](?=\d)")


def wanted_time(text: str, language: str, now: datetime) -> WantedTime | None:
    """Return the window that `text` names for a return call, in the zone of `now`, or None.

    `text` is best given as it was recognised: punctuation tells `10:30` from 1030, and what is refused from what is
    wanted (`明天不行，後天`). `now` is aware and in the contact's zone; ValueError otherwise. None where no time is
    named, or two different ones, or one that nobody can place on a calendar (`過年後`, `改天`), or one that is past or
    more than 60 days ahead. Never raises on any text. The conventions stand in `time_words.resolve`.
    """
    if now.utcoffset() is None:
        raise ValueError("now: give an aware instant in the contact's zone; without a zone no time can be named")
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).lower()
    plain = _PUNCTUATION.sub(",", _DECIMAL_POINT.sub(":", plain))
    if language.startswith("zh"):
        said = mention(list(chinese.tokens("".join(plain.split()))))
    else:
        said = mention(list(english.tokens(plain)))
    return resolve(said, now) if said is not None else None
