"""Words of time in English."""

import re
from collections.abc import Callable, Mapping

from outbound.dialogue.understanding.digits import ENGLISH_NUMBER
from outbound.dialogue.understanding.numbers import ENGLISH_MONTHS, ENGLISH_ORDINAL
from outbound.dialogue.understanding.time_words.other_days import names_another_day_en
from outbound.dialogue.understanding.time_words.tokens import (
    Ahead,
    Clock,
    Day,
    Part,
    Parts,
    Relation,
    Span,
    To,
    Token,
    Unclear,
)

_NOISE = re.compile(
    r"\bgood (?:morning|afternoon|evening|night)\b|\b(?:a|one|just a) (?:moment|second|sec|minute)\b"
    r"|\bthank you\b|['’]s\b|\b(?:this|that|which|the|any|first|second|third|fourth|last|next) one\b|\bone of\b|['’]"
)
_REFUSED = re.compile(
    r"[^,]*?\b(?:do(?:es)? ?nt work|do(?:es)? not work|isnt good|is not good|wont work|no good|is bad|not available"
    r"|unavailable|is busy|not possible|is impossible|doesnt suit|wont do)\b"
)
CORRECTED = re.compile(
    r"\b(?:no,? (?:wait|sorry)|i meant?|sorry(?! (?:about|for|i))|actually|rather|make (?:it|that)|i said"
    r"|scratch that|correction)\b"
)
_REFUSING = re.compile(
    r"\b(?:not|cant|cannot|dont|except|never|isnt|any ?(?:thing|day|time) but)\b"
    r"(?:(?!\b(?:but|maybe|how about|it is|its)\b)[^,])*"
)
_NOT_BEFORE = re.compile(r"\bnot before\b|\bno earlier than\b")
_NOT_AFTER = re.compile(r"\bnot after\b|\bno later than\b")
_TENS = "twenty|thirty|forty|fifty"
_SMALL = "|".join(word for word, value in ENGLISH_NUMBER.items() if 0 < value < 10)  # noqa: PLR2004
_FIRST = "|".join(word for word, value in ENGLISH_ORDINAL.items() if value < 10)  # noqa: PLR2004
_WORDED = re.compile(
    rf"\b(?:(?P<tens>{_TENS})[\s-](?:(?P<ordinal>{_FIRST})|(?P<ones>{_SMALL}))|(?P<nth>{'|'.join(ENGLISH_ORDINAL)})"
    rf"|(?P<number>{'|'.join(sorted((each for each in ENGLISH_NUMBER if each != 'zero'), key=len, reverse=True))}))\b"
)
_WEEKDAYS = {
    each: value
    for value, names in enumerate(
        ("monday", "tuesday tues", "wednesday wed", "thursday thurs thur", "friday", "saturday", "sunday")
    )
    for each in names.split()
}
_PARTS: Mapping[str, Part] = {
    "early morning": Part.EARLY, "early in the morning": Part.EARLY, "1th thing in the morning": Part.EARLY,
    "1th thing": Part.EARLY, "morning": Part.MORNING,
    "lunch ?(?:time|break|hour)": Part.NOON, "at lunch": Part.NOON, "lunch": Part.NOON, "noon": Part.NOON,
    "midday": Part.NOON,
    "late afternoon": Part.DUSK, "afternoon": Part.AFTERNOON,
    "evening": Part.EVENING, "night": Part.EVENING, "(?:after|when im off|when i am off) work": Part.EVENING,
    "after (?:office|working|business) hours": Part.EVENING,
    "(?:office|working|business|work) hours": Part.WORKING_HOURS, "daytime": Part.WORKING_HOURS,
}  # fmt: skip
_PART_NAMES = [(re.compile(name), part) for name, part in _PARTS.items()]
_OFFSETS = {"day after tomorrow": 2, "tomorrow": 1, "today": 0, "this": 0}
_WHICH = {None: None, "next": 1, "this": 0, "this coming": None, "coming": None}
_MONTH = "|".join(sorted(ENGLISH_MONTHS, key=len, reverse=True))
_DAY = "|".join(_WEEKDAYS)
_COUNT = r"(?:an?|a couple of|\d{1,2})"
_HALF = r"(?:\s*(?P<ap>am|pm)\b)?(?:\s*o ?clock)?(?:\s*sharp)?"
_UNCLEAR = (
    r"yesterday|lunar|(?:chinese|lunar) new year|new year(?! (?:day|eve))"
    r"|(?:christmas|easter) (?:holidays?|break|time)|eve of"
    r"|holidays?|vacation|thanksgiving|easter|fortnight|some ?day|another day|one day|some time next"
    r"|few (?:days|hours|weeks|minutes)|every|following|weekdays?|midnight|next (?:month|year)"
    r"|last (?:week|month|night)"
    r"|before work|dinner|within|(?:busy|work(?:ing)?|out|away|asleep|not home) (?:until|till|before|after|from)"
    r"|weeks? from (?!now|today)|mornings|afternoons"
    rf"|evenings|nights|any (?:morning|afternoon|evening)|last (?:{_DAY})|(?:{_DAY}|tomorrow|today) week\b"
    rf"|(?:{_DAY})s\b|(?:{_DAY}) after next|a?while"
)
# Days that the calendar knows by name; `'s` is gone by now.
_NAMED_DAYS: Mapping[str, tuple[int, int]] = {
    "new year day": (1, 1), "new year eve": (12, 31), "christmas eve": (12, 24), "christmas(?: day)?": (12, 25),
    "boxing day": (12, 26), "double (?:10|ten)(?: day)?": (10, 10), "valentine day": (2, 14), "halloween": (10, 31),
}  # fmt: skip
_DAY_NAMES = [(re.compile(name), day) for name, day in _NAMED_DAYS.items()]
_TOKEN = re.compile(
    rf"\b(?:(?P<unclear>{_UNCLEAR})"
    rf"|(?P<ahead>(?:in|after|give me)(?: about| around| roughly)? (?:(?P<half>half an hour|half hour)"
    rf"|(?P<hours>{_COUNT}) (?P<more>and a half )?hours?(?P<plus> and a half)?"
    rf"|(?P<minutes>{_COUNT}) minutes?|(?P<quarter>a quarter of an hour))"
    rf"|(?:half an hour|(?P<hours2>{_COUNT}) hours?(?P<plus2> and a half)?|(?P<minutes2>{_COUNT}) minutes?)"
    rf" (?:from now|later))"
    rf"|(?P<days>in (?P<in>{_COUNT}) (?P<unit>days?|weeks?)(?: time)?"
    rf"|(?P<in2>{_COUNT}) (?P<unit2>days?|weeks?) from (?:now|today))"
    rf"|(?P<weekday>(?:(?P<week>week after next|next week|this week)(?: on)? (?P<name>{_DAY})\b"
    rf"|(?P<name2>{_DAY})(?: of)?(?: the)? (?P<week2>week after next|next week|this week)"
    rf"|(?:(?P<which>next|this coming|this|coming) )?(?P<name3>{_DAY})\b))"
    rf"|(?P<named_day>{'|'.join(_NAMED_DAYS)})\b"
    r"|(?P<span>(?P<end>(?P<when>next|this|the|on the)? ?weekend)|(?P<spanned>week after next|next week|this week))"
    rf"|(?P<edge>(?P<which_edge>end|beginning|start) of"
    rf" (?:(?P<edge_month>{_MONTH})|(?P<edge_ahead>next|the|this) month))"
    rf"|(?P<date>(?P<month>{_MONTH}) (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?"
    rf" (?:of )?(?P<month2>{_MONTH})|(?P<slash>\d{{1,2}})/(?P<slashed>\d{{1,2}}))\b"
    r"|(?P<day_only>(?P<number>\d{1,2})(?:st|nd|rd|th)\b(?! thing)(?: of (?P<months>this|next) month)?)"
    r"|(?P<offset>day after tomorrow|tomorrow|today|this(?= (?:late )?(?:morning|afternoon|evening)))"
    r"|(?P<tonight>tonight)"
    rf"|(?P<part>(?P<pbefore>before |by )?(?P<pafter>after )?(?P<partname>{'|'.join(_PARTS)}))"
    r"|(?P<half_past>(?:(?P<hrel>after|before|by|around|about|until|till|from|at) )?"
    r"(?P<piece>half past|quarter past|quarter to|quarter after|(?:5|10|20|25)(?: minutes)? past"
    r"|(?:5|20|25)(?: minutes)? to) "
    rf"(?P<hhour>\d{{1,2}}){_HALF.replace('ap', 'hap')})"
    r"|(?P<clock>(?:(?P<rel>any ?time after|any ?time before|after|past|since|before|by|around|about|roughly|until"
    r"|till|from|at|to|and|between|say)"
    r" (?:around |about )?)?(?P<hour>\d{1,2})(?:(?P<colon>[:h]| )(?P<minute>[0-5]\d)\b)?(?!\d|[:/])"
    r"(?! ?(?:minutes?|hours?|days?|weeks?|months?|years?|percent|dollars|times|people))"
    rf"{_HALF}(?P<suffix> ?ish\b| or so\b| or later\b| onwards?\b| and later\b| or after\b| or earlier\b)?)"
    rf"|(?P<to>to(?= (?:the )?(?:morning|noon|midday|afternoon|evening|{_DAY}))|(?:and|until|till)(?= (?:noon|midday)))"
    rf"|(?P<or>or)\b(?= \d)|(?P<month_only>{'|'.join(each for each in ENGLISH_MONTHS if each != 'may')})\b)"
)
_RELATIONS: Mapping[str, Relation] = {
    **dict.fromkeys(("any time after", "anytime after", "after", "past", "since", "from"), Relation.AFTER),
    **dict.fromkeys(("any time before", "anytime before", "before", "by", "until", "till"), Relation.BEFORE),
    **dict.fromkeys(("around", "about", "roughly"), Relation.ABOUT),
}
_SUFFIXES: Mapping[str, Relation] = {
    "ish": Relation.ABOUT, "or so": Relation.ABOUT, "or later": Relation.AFTER, "onward": Relation.AFTER,
    "onwards": Relation.AFTER, "and later": Relation.AFTER, "or after": Relation.AFTER, "or earlier": Relation.BEFORE,
}  # fmt: skip
_BOUND = re.compile(r"\b(?:after|before|until|till|by|since)(?: the)? ?$")
# `today` alone is a wish only where nothing is told about today.
_TODAY = re.compile(
    r"(?:\b(?:today|later|please|call|me|again|back|is|would|be|fine|good|ok|okay|works|yes|any ?time|can|you|could|how"
    r"|about|maybe|still|for|best|free|im|i|am|all|day|at|home|it|do|well|so|then|the|sure)\b|[\s,])*"
)
_NOON = 12


def tokens(text: str) -> list[Token]:
    """Return the words of time in a lower-case text with `,` for every punctuation."""
    words = re.sub(r"(?<=\d)\s?-\s?(?=\d)", " to ", re.sub(r"\b([ap])[ :,]m\b[:,]?", r"\1m", text))
    words = re.sub(r"(\d)([ap]m)\b", r"\1 \2", _NOISE.sub("", words).replace("-", " "))
    words = _NOT_AFTER.sub("before", _NOT_BEFORE.sub("after", words))
    words = _REFUSING.sub("", _REFUSED.sub("", words))
    words = " ".join(_WORDED.sub(_in_digits, words).replace(",", " , ").split())
    said: list[Token] = []
    before: str | None = None
    left: list[str] = []
    end = 0
    for found in _TOKEN.finditer(words):
        if found["offset"] or found["weekday"] or found["date"] or found["day_only"] or found["named_day"]:
            said += [Unclear()] if _BOUND.search(words, end, found.start()) else []
        touches = not words[end : found.start()].strip(" ,")
        said += _read(found, said[-1] if said and touches else None)
        left.append(words[end : found.start()])
        if before is None and said and isinstance(said[-1], Parts | Clock):
            before = words[: found.start()]
        end = found.end()
    if names_another_day_en([*left, words[end:]], before or "", said):
        said.append(Unclear())
    return [] if said == [Day(offset=0)] and _TODAY.fullmatch(words) is None else said


def _named_day(found: re.Match[str]) -> Token:
    month, day = next(day for name, day in _DAY_NAMES if name.fullmatch(found["named_day"]))
    return Day(month=month, day=day)


def _in_digits(found: re.Match[str]) -> str:
    if found["number"]:
        return str(ENGLISH_NUMBER[found["number"]])
    if found["nth"]:
        return f"{ENGLISH_ORDINAL[found['nth']]}th"
    tens = ENGLISH_NUMBER[found["tens"]]
    if found["ordinal"]:
        return f"{tens + ENGLISH_ORDINAL[found['ordinal']]}th"
    return str(tens + ENGLISH_NUMBER[found["ones"]])


def _read(found: re.Match[str], before: Token | None) -> list[Token]:
    name = next(each for each in _READ if found[each] is not None)
    if name == "clock":
        return _clock(found, before)
    if name == "tonight":
        return [Day(offset=0), Parts(Part.EVENING)]
    return [_READ[name](found)]


def _counted(said: str | None) -> int:
    if said is None:
        return 0
    return {"a": 1, "an": 1, "a couple of": 2}.get(said) or int(said)


def _ahead(found: re.Match[str]) -> Token:
    if found["quarter"]:
        return Ahead(15)
    hours, minutes = _counted(found["hours"] or found["hours2"]), _counted(found["minutes"] or found["minutes2"])
    half = 30 if found["more"] or found["plus"] or found["plus2"] or not (hours or minutes) else 0
    return Ahead(hours * 60 + minutes + half)


def _days(found: re.Match[str]) -> Token:
    each = 7 if (found["unit"] or found["unit2"]).startswith("week") else 1
    return Day(offset=each * _counted(found["in"] or found["in2"]))


_WEEKS = {"week after next": 2, "next week": 1, "this week": 0}


def _weekday(found: re.Match[str]) -> Token:
    weekday = _WEEKDAYS[found["name"] or found["name2"] or found["name3"]]
    named = found["week"] or found["week2"]
    return Day(weekday=weekday, week=_WEEKS[named] if named else _WHICH[found["which"]])


def _span(found: re.Match[str]) -> Token:
    if found["spanned"]:
        return Day(span=Span.WEEK, week=_WEEKS[found["spanned"]])
    return Day(span=Span.WEEKEND, week=1 if found["when"] == "next" else 0)


def _edge(found: re.Match[str]) -> Token:
    span = Span.MONTH_END if found["which_edge"] == "end" else Span.MONTH_START
    if found["edge_month"]:
        return Day(span=span, month=ENGLISH_MONTHS[found["edge_month"]])
    return Day(span=span, months=1 if found["edge_ahead"] == "next" else 0)


def _date(found: re.Match[str]) -> Token:
    if found["slash"]:
        month, day = int(found["slash"]), int(found["slashed"])
        return Day(month=month, day=day) if 1 <= month <= _NOON else Unclear()
    return Day(month=ENGLISH_MONTHS[found["month"] or found["month2"]], day=int(found["day"] or found["day2"]))


def _day_only(found: re.Match[str]) -> Token:
    months = {"this": 0, "next": 1}[found["months"]] if found["months"] else None
    return Day(months=months, day=int(found["number"]))


def _part(found: re.Match[str]) -> Token:
    part = next(part for name, part in _PART_NAMES if name.match(found["partname"]))
    relation = Relation.AFTER if found["pafter"] else Relation.BEFORE if found["pbefore"] else Relation.AT
    return Parts(part, relation)


def _half_past(found: re.Match[str]) -> Token:
    hour = int(found["hhour"])
    if not 1 <= hour <= _NOON:
        return Unclear()
    first = found["piece"].split()[0]
    minute = {"half": 30, "quarter": 15}.get(first) or int(first)
    if found["piece"].endswith("to"):
        hour, minute = (hour - 2) % _NOON + 1, 60 - minute
    relation = _RELATIONS.get(found["hrel"] or "", Relation.AT)
    return _with_half(hour, minute, found["hap"], relation)


def _clock(found: re.Match[str], before: Token | None) -> list[Token]:
    """Return a clock time, and the `to` before it; a bare number is one only where something says so."""
    hour, minute, word = int(found["hour"]), int(found["minute"] or 0), found["rel"]
    evident = word or found["ap"] or found["suffix"] or found["colon"] or "clock" in found.group()
    follows = re.match(
        r" (?:in the|at) (?:morning|afternoon|evening|night)| (?:to|until|till) \d| (?:tonight|tomorrow|today|this)\b",
        found.string[found.end() :],
    )
    if hour > 24 or not (evident or follows or isinstance(before, Day | Parts)):  # noqa: PLR2004
        return [Unclear()]
    is_end = isinstance(before, Clock | Parts) and word in {"to", "until", "till", "and"}
    if word in {"to", "and"} and not is_end:
        return [Unclear()]
    relation = _SUFFIXES.get((found["suffix"] or "").strip(), _RELATIONS.get(word or "", Relation.AT))
    clock = _with_half(hour, minute, found["ap"], Relation.AT if is_end else relation)
    return [To(), clock] if is_end else [clock]


def _with_half(hour: int, minute: int, half: str | None, relation: Relation) -> Token:
    if half is None:
        return Clock(hour, minute, relation)
    if not 1 <= hour <= _NOON:
        return Unclear()
    return Clock(hour % _NOON + (_NOON if half == "pm" else 0), minute, relation, sure=True)


_READ: Mapping[str, Callable[[re.Match[str]], Token]] = {
    "unclear": lambda _: Unclear(),
    "ahead": _ahead,
    "days": _days,
    "weekday": _weekday,
    "span": _span,
    "named_day": _named_day,
    "edge": _edge,
    "date": _date,
    "day_only": _day_only,
    "offset": lambda found: Day(offset=_OFFSETS[found["offset"]]),
    "tonight": lambda _: Unclear(),
    "part": _part,
    "half_past": _half_past,
    "clock": lambda _: Unclear(),
    "to": lambda _: To(),
    "or": lambda _: Unclear(),
    "month_only": lambda _: Unclear(),
}
