"""Days that are not known here, beside a time of the day: `market day in the morning` is not the next morning.

A time without a day is the next such time. That must not come of a day that was named and not understood, so a word
that may be the name of a day makes the time unclear, and it is asked for again.
"""

import re
from collections.abc import Sequence

from outbound.dialogue.understanding.time_words.tokens import Ahead, Clock, Day, Parts, Token, Unclear

# What sounds like a day, or like something that happens first, and is none that is known here.
_ZH_SOME_DAY = re.compile(
    "那一?[天日]|當[天日]|生日|(?<![季時關調細環章音折])節(?![省目奏約儉])|紀念日|輩子|初[一二三四五六七八九十]|除夕|[雙單]號"
    "|(?:第一|頭一|最後一|每一)天"
)
_ZH_SOMETHING_FIRST = re.compile(
    "(?<![白整聊談春夏秋冬])天(?!氣)|日(?![子本常])|年(?!紀)|夜|[旦夕]|(?<![然最])後(?!面)|完|停了|回來|回家|假|季|期|冬至|夏至|春分|秋分"
    "|尾牙|廟會|普渡|拜拜|中秋|端午|清明|元宵|重陽"
)
_ZH_SHORT = 5
# What may stand right before a time of the day; any other word there is perhaps the name of a day.
_ZH_LEADS_TO_A_TIME = re.compile(
    "(?:我|你|您|他|她|人|家|們|要|好|可以|行|能|請|打|電話|電|來|再|那|就|大概|大約|差不多|比較|是|想|等|在|方便|空|希望|麻煩|還|都|只|不然"
    "|可能|應該|最好|嗯|啊|喔|欸|哦|呃|唉|吧|嗎|呢|對|如果|改|約|選|換|到|給"
    "|(?<![法廟大學宴聚開])會|或|也|跟|和|通常|一般|平常|一定|盡量|儘量|固定|那個|這個|個|話"
    "|時間|時候|有|沒|不|說|講|挑|趁|於|用|約在|過|點|間|謝|以|前|囉|啦|耶|因|所|但|即|看|找|聯絡|聯繫|回|撥|接|早|晚)(?:的)?$"
)
# What sounds like a day, or like something that happens first, and is none that is known here.
_EN_SOME_DAY = re.compile(
    r"(?<!all )(?<!whole )(?<!good )(?<!nice )(?<!great )(?<!the )\b\w*day\b|\b(?:the|that|other|next) \w*day\b"
    r"|\bfestival\b|\beve\b|\bsolstice\b"
    r"|\bramadan\b|\bdiwali\b|\bnext time\b|\b(?:week|month|year|season|term)\b"
    r"|\b(?:once|when|as soon as|until|till|while) (?!you |it is |i am home|im home|i am free|im free)\w+"
    r"|(?<!look )(?<!looking )\bafter (?!that\b)\w+"
)
# What may stand right before a time of the day; any other word there is perhaps the name of a day.
_EN_SHORT = 4
_EN_LEADS_TO_A_TIME = re.compile(
    r"(?:^|[,|]|\b(?:i|im|you|me|my|your|we|us|he|she|they|am|is|are|be|was|back|home|here|there|free|available|call|calls|calling|ring|phone|reach"
    r"|try|again|please|ok|okay|fine|good|great|better|best|well|yes|yeah|no|not|maybe|perhaps|probably|prefer|preferably|like|would|d|could|can|will"
    r"|do|does|only|just|early|earlier|late|later|so|then|but|and|or|how|what|about|some|time|anytime|up|it|its|that|this|work|works|suits|suit"
    r"|usually|normally|mostly|always|to|say|let|lets|make|rather|hm+|um+|uh+|oh|sure|tell|them|him|her|if|possible"
    r"|need|want|wants|have|has|got|get|talk|speak|convenient|around|from|between|after|before|until|till|sometime|ll|go|with))\W*$"
)
_EN_TO_A_TIME = re.compile(r"(?:\b(?:in|on|at|the|for|by|during|a|an|of|from|some|any)\b\W*)+$")


def names_another_day_zh(left: Sequence[str], before: str, said: Sequence[Token]) -> bool:
    """Whether hours in Mandarin stand beside such a day.

    `left` is what is said besides words of time, `before` what is said before the first hours, `,` for punctuation.
    """
    if not _has_hours_alone(said):
        return False
    *earlier, clause = before.split(",")
    if not clause and earlier and len(earlier[-1]) <= _ZH_SHORT:
        clause = earlier[-1]
    is_plain = not clause or _ZH_LEADS_TO_A_TIME.search(clause) is not None
    return not is_plain or _ZH_SOMETHING_FIRST.search(clause) is not None or any(map(_ZH_SOME_DAY.search, left))


def names_another_day_en(left: Sequence[str], before: str, said: Sequence[Token]) -> bool:
    """Whether hours in English stand beside such a day; as above, in lower case."""
    if not _has_hours_alone(said):
        return False
    *earlier, clause = (_EN_TO_A_TIME.sub("", each).strip() for each in before.split(","))
    if not clause and earlier and len(earlier[-1].split()) <= _EN_SHORT:
        clause = earlier[-1]
    return _EN_LEADS_TO_A_TIME.search(clause) is None or any(map(_EN_SOME_DAY.search, left))


def _has_hours_alone(said: Sequence[Token]) -> bool:
    has_hours = any(isinstance(each, Parts | Clock) for each in said)
    return has_hours and not any(isinstance(each, Day | Ahead | Unclear) for each in said)
