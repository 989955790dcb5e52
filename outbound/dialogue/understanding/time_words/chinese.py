"""Words of time in Taiwanese Mandarin."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from outbound.dialogue.understanding.digits import CHINESE
from outbound.dialogue.understanding.numbers import chinese_value
from outbound.dialogue.understanding.time_words.other_days import names_another_day_zh
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

# A recogniser writes some words in the simplified form, and 禮拜 by its sound.
_SIMPLIFIED = str.maketrans("两点后礼时钟号个过间这周内", "兩點後禮時鐘號個過間這週內")
_HOMOPHONES = re.compile("[裡理裏李里]拜|禮伴|星奇")
_FOLLOWS = "鐘半整多左以之過前後零十二三四五0-9到"
# 一點 is one o'clock only beside other words of time; everywhere else it is `a bit`.
_NO_TIME = re.compile(
    f"(?<![午上天日號到至約在過十,])(?<![拜期週][一二三四五六日天])(?<!^)一點(?![{_FOLLOWS}])"
    f"|(?<![^,])一點(?![{_FOLLOWS},再打可好吧行嗎])(?!$)|一點點|[晚早慢快]點|一下|等等"
    "|(?:早上|上午|中午|下午|晚上)好(?![了的])|(?<=[大小])一號|[0-9零一二三四五六七八九十]+號(?=[櫃線出門樓窗店])"
)
# 今天 alone is a wish only where nothing is told about today.
_TODAY = re.compile("[好就那可以都吧嗎的了我啊再打給行在方便有空晚一點來電話過不用等現今天日整,]*")
_REFUSED = re.compile(
    "[^,]*?(?:(?<!行)不行|(?<!方)不(?:太|是很)?方便|沒有?空|(?<!可)不可以|(?<!能)不能|沒辦法|不在(?!意)|在忙|很忙|有事|要開會|不要(?:打(?:來|給我|電話)*)?(?=,|$))"
)
CORRECTED = re.compile("不對|說錯了?|講錯了?|更正|我是說|應該是|改成|改到")
_REFUSING = re.compile("(?:(?<!要)不要|(?<![特分個級])別(?![人的處])|(?<!是)不是|除了|不想)[^,是改要]*")

_N = f"[{CHINESE}十廿0-9]"
_HOUR = f"(?:二十[一二三四]?|十[一二三四五六七八九]?|1[0-9]|2[0-4]|0?[0-9]|[{CHINESE}])"
_MINUTE = f"(?:[二三四五]?十[{CHINESE}]?|零[{CHINESE}]|[{CHINESE}](?=分)|[0-5]?[0-9])"
_DAY = f"(?:[二三]?十[{CHINESE}]?|廿[{CHINESE}]?|卅一?|[{CHINESE}]|[0-3]?[0-9])"
_WEEK = "(?:禮拜|星期|週|(?<!拜)拜)"
_AFTER, _BEFORE = "(?:下班|下課|忙完)?(?:以後|之後|過後|後(?![天日]))", "以前|之前|前(?!後)"
_RELATION = rf"(?P<{{0}}after>{_AFTER}|起|開始)|(?P<{{0}}before>{_BEFORE})"
_PARTS: Mapping[str, Part] = {
    "一大早": Part.EARLY, "大清早": Part.EARLY, "一早": Part.EARLY, "清早": Part.EARLY, "清晨": Part.EARLY,
    "早上": Part.MORNING, "上午": Part.MORNING, "早晨": Part.MORNING, "(?<=[今明])早": Part.MORNING,
    "中午休息時間": Part.NOON, "中午休息": Part.NOON, "午休時間": Part.NOON, "午休": Part.NOON,
    "午餐時間": Part.NOON, "午餐": Part.NOON, "午飯": Part.NOON, "中飯時間": Part.NOON, "中午": Part.NOON,
    "正午": Part.NOON,
    "午後": Part.AFTERNOON, "下午": Part.AFTERNOON,
    "傍晚": Part.DUSK, "黃昏": Part.DUSK,
    "晚上": Part.EVENING, "晚間": Part.EVENING, "夜間": Part.EVENING, "(?<=[今明後])晚": Part.EVENING,
    "三更半夜": Part.NIGHT, "大半夜": Part.NIGHT, "半夜": Part.NIGHT, "凌晨": Part.NIGHT, "深夜": Part.NIGHT,
    "[下收放](?:班|工)(?:時間)?": Part.EVENING, "下了班": Part.EVENING,
    "(?<!非)上班時間": Part.WORKING_HOURS, "白天": Part.WORKING_HOURS,
}  # fmt: skip
_PART_NAMES = [(re.compile(name), part) for name, part in _PARTS.items()]
_OFFSETS = {
    "大後天": 3,
    "大後日": 3,
    "後天": 2,
    "後日": 2,
    "後": 2,
    "明天": 1,
    "明日": 1,
    "明": 1,
    "今天": 0,
    "今日": 0,
    "今": 0,
}
_WEEKDAYS = {
    each: value for value, names in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for each in names
}
_MONTHS_AHEAD = {"下個": 1, "下": 1, "這個": 0, "這": 0, "本": 0, "": 0}
# 八到九點 leaves one 點 out; the 一 of 星期一到四點 is no hour.
_HALF_A_RANGE = re.compile(
    rf"(?:(?<![拜期週點月號日:{CHINESE}十0-9])|(?<=[拜期週][一二三四五六日天]))({_HOUR})(?=(?:到|至|~|-){_HOUR}點)"
)
# Days that the calendar knows by name. Those of the lunar calendar move, and are asked for again.
_NAMED_DAYS: Mapping[str, tuple[int, int]] = {
    "元旦": (1, 1), "和平紀念日": (2, 28), "二二八": (2, 28), "兒童節": (4, 4), "勞動節": (5, 1), "父親節": (8, 8),
    "教師節": (9, 28), "雙十節": (10, 10), "雙十": (10, 10), "國慶日": (10, 10), "國慶": (10, 10),
    "光復節": (10, 25), "平安夜": (12, 24), "聖誕節": (12, 25), "耶誕節": (12, 25), "聖誕": (12, 25), "耶誕": (12, 25),
    "行憲紀念日": (12, 25), "跨年夜": (12, 31), "跨年": (12, 31),
}  # fmt: skip
_BOUND = re.compile("以前|之前|以後|之後|過後|起(?!床)")
_AROUND = re.compile("的?[以之過]?[前後](?!天)|起|開始|假期|連假|期間")
_TOKEN = re.compile(
    "(?P<unclear>改天|隔天|隔一?個?(?:禮拜|星期|週)[一二三四五六日天]?|(?:禮拜|星期|週)[八九十]|(?:明|後)天的(?:明天|後天|隔天|再?隔天)|昨天|大?前天|農曆|國曆新年|陰曆|舊曆|過年|年後|年底|年中|明年|春節|新年|過完年|連假|假日|放假|節後|平日|平常|每(?!次)"
    "|隨時|(?<!才)有空(?=的?時|再|就|才|打)|同一?時間|(?<=[天日])的?這個?時[候間]|哪天|幾天|幾個|幾點|幾號|一陣子|一段時間|這一?兩天|這一?[兩二]三天|[一兩二三四五][兩二三四五]天(?!後|之後|以後)|最近|月中|上班前|上班以前|[飯餐]後|睡前"
    f"|上個?{_WEEK}|上個?月|個月|(?:小時|分鐘|天|{_WEEK})(?:之|以)內)"
    rf"|(?P<ahead>(?P<wait>再?過了?|再|[等給]我?)?(?:(?P<hours>{_N}+)個?(?P<more>半)?|(?P<short>半)個?)(?:小時|鐘頭)(?P<plus>半)?"
    rf"(?P<then>{_AFTER}|再)?)"
    rf"|(?P<minutes>(?P<pass>再?過)?(?:(?P<count>{_N}+)分鐘|(?P<quarter>一)刻鐘)(?P<soon>{_AFTER}|再)?)"
    rf"|(?P<days>(?:(?:再?過|再)(?P<in>{_N}+)天(?:{_AFTER})?|(?P<later>{_N}+)天(?:{_AFTER})))"
    rf"|(?P<weeks>(?:再?過(?P<inw>{_N}+)個?{_WEEK}(?:{_AFTER})?|(?P<laterw>{_N}+)個?{_WEEK}(?:{_AFTER})))"
    rf"|(?P<named_day>{'|'.join(_NAMED_DAYS)})(?:那[天一]天?|當[天日])?"
    rf"|(?P<saturday_and_sunday>{_WEEK}?六日(?![點上中下早晚]))"
    rf"|(?P<weekday>(?:(?P<which>再下|下下|下|這|本)一?個?)?(?:{_WEEK}的)?{_WEEK}(?P<name>[一二三四五六日天1-7])"
    rf"(?P<two>[、,]?[一二三四五六日](?![點十月個號{CHINESE}半])|(?:或者?|還是|跟|和)(?:{_WEEK})?[一二三四五六日天](?![點十月個號{CHINESE}半]))?)"
    rf"|(?P<week>(?:(?P<whichweek>再下|下下|下|這|本)一?個?)(?:{_WEEK}(?P<end>末)?)|週末)"
    rf"|(?P<monthpart>(?:(?P<partof>{_DAY})月|(?P<ahead_of>下個?|這個?|本)?月)(?P<edge>底|初))"
    rf"|(?P<date>(?P<month>{_DAY})(?:月份?的?|/)(?P<day>{_DAY})[號日]?(?![點:]))"
    rf"|(?P<day_only>(?:(?P<months>下個?|這個?|本)月的?)?(?P<number>{_DAY})[號日])"
    "|(?P<offset>大+後[天日]|後[天日]|(?<![院術完國來飯課班學刀工會])後(?=晚)|明天|明日|(?<!清)明(?=[早晚])|今天|今日|今(?=[早晚]))"
    rf"|(?P<about>大概|大約|差不多|約|過了?|超過)?(?:(?<![{CHINESE}十0-9:])|(?<=[拜期週][一二三四五六日天]))(?P<clock>(?:(?P<either>[{CHINESE}]),?(?P<or>[{CHINESE}]|(?<=九)十)點鐘?"
    rf"|(?P<hour>{_HOUR})(?:點(?:鐘|整)?|(?=:))"
    rf"(?:(?P<half>半)|(?P<quarters>[一三])刻|:(?P<colon>[0-5][0-9])|(?P<minute>{_MINUTE})分?(?![點:號日月個{CHINESE}0-9]))?)"
    rf"(?:{_RELATION.format('c')}|(?P<cabout>左右|前後|上下)|(?P<cpast>多|出頭))?)"
    rf"|(?P<part>(?P<partname>{'|'.join(_PARTS)})(?:的時候)?(?:{_RELATION.format('p')})?)"
    rf"|(?P<to>(?:到|至|~|-)(?=[早上中下傍晚明後禮星週{CHINESE}十0-9]))"
    "|(?P<between>[跟和與](?=.*(?:之間|中間)))"
    rf"|(?P<month_only>{_DAY}月|[下這本]個?月)"
    rf"|(?P<cut>{_N}+點|{_N}{{1,2}}(?=,|$))"
)


def tokens(text: str) -> list[Token]:
    """Return the words of time in a text without spaces and with `,` for every punctuation."""
    words = _HOMOPHONES.sub("禮拜", text.translate(_SIMPLIFIED))
    words = _HALF_A_RANGE.sub(r"\1點", words)
    words = _REFUSING.sub("", _REFUSED.sub("", _NO_TIME.sub("", words)))
    said: list[Token] = []
    places: list[tuple[int, int]] = []
    for found in _TOKEN.finditer(words):
        name = next(each for each in _READ if found[each] is not None)
        said.append(_READ[name](found))
        places.append(found.span())
        bound = _AROUND if name == "named_day" else _BOUND
        if isinstance(said[-1], Day) and bound.match(words, found.end()):
            # 星期五以前 has no beginning and 星期五以後 no end.
            said.append(Unclear())
    if said == [Day(offset=0)] and _TODAY.fullmatch(words) is None:
        return []
    before = next(
        (start for token, (start, _) in zip(said, places, strict=False) if isinstance(token, Parts | Clock)), 0
    )
    left = [words[end:start] for (_, end), (start, _) in pairwise([(0, 0), *places, (len(words), len(words))])]
    if names_another_day_zh(left, words[:before], said):
        said.append(Unclear())
    return said


def _named_day(found: re.Match[str]) -> Token:
    month, day = _NAMED_DAYS[found["named_day"]]
    return Day(month=month, day=day)


def _offset(found: re.Match[str]) -> Token:
    said = found["offset"]
    # 大大後天 is one day later than 大後天.
    more = max(0, said.count("大") - 1)
    return Day(offset=_OFFSETS[said[more:]] + more)


def _ahead(found: re.Match[str]) -> Token:
    if found["wait"] is None and found["then"] is None:
        return Unclear()
    hours = 0 if found["short"] else _count(found["hours"])
    half = 30 if found["short"] or found["more"] or found["plus"] else 0
    return Unclear() if hours is None else Ahead(hours * 60 + half)


def _count(said: str) -> int | None:
    """Return a number; 兩三 is two or three, and none."""
    return chinese_value(said) if len(said) == 1 or said.isascii() or set(said) & set("十廿") else None


def _minutes(found: re.Match[str]) -> Token:
    if found["pass"] is None and found["soon"] is None:
        return Unclear()
    minutes = 15 if found["quarter"] else _count(found["count"])
    return Unclear() if minutes is None else Ahead(minutes)


def _days(found: re.Match[str]) -> Token:
    days = _count(found["in"] or found["later"])
    return Unclear() if days is None else Day(offset=days)


def _weeks(found: re.Match[str]) -> Token:
    weeks = _count(found["inw"] or found["laterw"])
    return Unclear() if weeks is None else Day(offset=7 * weeks)


def _weekday(found: re.Match[str]) -> Token:
    if found["two"]:
        return Unclear()
    return Day(weekday=_WEEKDAYS[found["name"]], week=_week_of(found["which"]))


def _week_of(which: str | None) -> int | None:
    return None if which is None else len(which.replace("這", "").replace("本", ""))


def _week(found: re.Match[str]) -> Token:
    weekend = found["end"] or found["week"] == "週末"
    return Day(span=Span.WEEKEND if weekend else Span.WEEK, week=_week_of(found["whichweek"]) or 0)


def _month_part(found: re.Match[str]) -> Token:
    span = Span.MONTH_END if found["edge"] == "底" else Span.MONTH_START
    if found["partof"]:
        month = chinese_value(found["partof"])
        return Day(span=span, month=month) if month and 1 <= month <= 12 else Unclear()  # noqa: PLR2004
    return Day(span=span, months=_MONTHS_AHEAD[found["ahead_of"] or ""])


def _date(found: re.Match[str]) -> Token:
    month, day = chinese_value(found["month"]), chinese_value(found["day"])
    return Day(month=month, day=day) if month and day and 1 <= month <= 12 else Unclear()  # noqa: PLR2004


def _day_only(found: re.Match[str]) -> Token:
    months = _MONTHS_AHEAD[found["months"]] if found["months"] else None
    return Day(months=months, day=chinese_value(found["number"]) or 0)


def _clock(found: re.Match[str]) -> Token:
    relation = _relation(found, "c")
    if found["about"]:
        relation = Relation.AFTER if found["about"][0] in "過超" else Relation.ABOUT
    if found["either"]:
        first, second = chinese_value(found["either"]) or 0, chinese_value(found["or"]) or 0
        return Clock(first, 0, relation, spread=1) if first + 1 == second else Unclear()
    hour = chinese_value(found["hour"]) or 0
    minute = 30 if found["half"] else 15 * (chinese_value(found["quarters"] or "零") or 0)
    said = found["colon"] or found["minute"]
    return Clock(hour, (chinese_value(said.removeprefix("零")) or 0) if said else minute, relation)


def _part(found: re.Match[str]) -> Token:
    part = next(part for name, part in _PART_NAMES if name.match(found.string, found.start("partname")))
    relation = _relation(found, "p")
    if part is Part.EVENING and found["partname"].startswith("下") and relation is Relation.AFTER:
        relation = Relation.AT
    return Parts(part, relation)


def _relation(found: re.Match[str], prefix: str) -> Relation:
    if found[f"{prefix}after"]:
        return Relation.AFTER
    if found[f"{prefix}before"]:
        return Relation.BEFORE
    if prefix == "c" and found["cabout"]:
        return Relation.ABOUT
    return Relation.PAST if prefix == "c" and found["cpast"] else Relation.AT


_READ: Mapping[str, Callable[[re.Match[str]], Token]] = {
    "unclear": lambda _: Unclear(),
    "ahead": _ahead,
    "minutes": _minutes,
    "days": _days,
    "weeks": _weeks,
    "saturday_and_sunday": lambda _: Day(span=Span.WEEKEND, week=0),
    "weekday": _weekday,
    "week": _week,
    "monthpart": _month_part,
    "date": _date,
    "day_only": _day_only,
    "offset": _offset,
    "named_day": _named_day,
    "clock": _clock,
    "part": _part,
    "to": lambda _: To(),
    "between": lambda _: To(),
    "month_only": lambda _: Unclear(),
    "cut": lambda _: Unclear(),
}
