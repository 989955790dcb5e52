"""How layers and jurisdictions are called when hours are spoken of; Traditional Chinese and English."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from outbound.cli.hours.place_names import pack_name, place_name
from outbound.compliance.reason import Reason
from outbound.compliance.rules.pack import Layer, Pack
from outbound.usecases.problems import InputProblemError

LAYERS: Mapping[Layer, tuple[str, str]] = {
    Layer.LEGAL: ("法律", "law"),
    Layer.INDUSTRY_CODE: ("業界自律規範", "industry code"),
    Layer.COURTESY: ("本公司的禮貌時段", "our own courtesy"),
    Layer.HOUSE: ("本系統的把關", "our own safeguard"),
}

_NOT_EVALUATED: Mapping[str, tuple[str, str]] = {
    "notice": ("個資告知", "privacy notice"),
    "suppression": ("拒撥名單", "suppressions"),
    "line": ("線路種類", "kind of line"),
    "automated_voice_consent": ("自動語音的事先同意", "consent to a robot's call"),
    "caller": ("來電號碼", "caller's number"),
    "guard": ("結束前的預留時間", "guard before closing time"),
    "signature": ("規則簽署", "signatures of the rules"),
    "marketing_consent": ("行銷同意", "consent to marketing"),
    "subdivision": ("客戶所在的地區", "part of the country"),
    "refusal": ("先前的拒絕", "earlier refusals"),
}
_NEEDLESS = re.compile("(?<=[）\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
"""Spaces that stand beside Latin letters and digits, where a name or weekday in Chinese took their place."""
WEEKDAYS = (("週一", "週二", "週三", "週四", "週五", "週六", "週日"), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
"""Monday to Sunday in Chinese and in English."""


def language_of(option: str | None) -> str:
    """Language of the answer: the option, else the locale, else English."""
    given = option or next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), "en")
    if given.lower().startswith("zh"):
        return "zh-TW"
    if option is not None and not option.lower().startswith("en"):
        raise InputProblemError(f"--language: {option!r} is not spoken here; write zh-TW or en")
    return "en"


def layer_name(layer: Layer, *, chinese: bool) -> str:
    """Return what a layer is called."""
    return LAYERS[layer][0 if chinese else 1]


def not_evaluated_name(name: str, *, chinese: bool) -> str:
    """Return what a part of the gate that was not asked is called."""
    if name in _NOT_EVALUATED:
        return _NOT_EVALUATED[name][0 if chinese else 1]
    return layer_name(Layer(name), chinese=chinese)


def reason_text(reason: Reason, language: str, packs: Iterable[Pack] = (), zone: str | None = None) -> str:
    """Say a reason: places by their names, dates with their weekday, and the end of quiet days in the local `zone`."""
    chinese = language.startswith("zh")
    said = {name: _detail(name, value, packs, zone, chinese=chinese) for name, value in reason.details}
    text = replace(reason, details=tuple(said.items())).text_in(language)
    return _NEEDLESS.sub("", text) if chinese else text


def _detail(name: str, value: str, packs: Iterable[Pack], zone: str | None, *, chinese: bool) -> str:
    try:
        if name in {"area", "place"}:
            return place_name(value, packs, chinese=chinese)
        if name == "date":
            day = date.fromisoformat(value)
            weekday = WEEKDAYS[0 if chinese else 1][day.weekday()]
            return f"{value} {weekday}" if chinese else f"{weekday} {value}"
        if name == "until" and zone is not None:
            return f"{datetime.fromisoformat(value).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    except ValueError:
        # A receipt of an older version may have written it in another way.
        return value
    return value


def whose(layer: Layer, jurisdiction: str, packs: Iterable[Pack], *, chinese: bool) -> str:
    """Name the layer and the jurisdiction that a reason comes from."""
    named = layer_name(layer, chinese=chinese)
    pack = next((pack for pack in packs if pack.code == jurisdiction), None)
    where = jurisdiction if pack is None else pack_name(pack, chinese=chinese)
    between = "，" if chinese else ", "
    return f"{named}{between}{where}" if where else named


def each_once(said: Iterable[tuple[str, str]], *, chinese: bool) -> Iterator[str]:
    """Yield each sentence of (sentence, who says so) once, with everyone who does; who is not named may be empty."""
    speakers: dict[str, dict[str, None]] = {}
    for sentence, speaker in said:
        speakers.setdefault(sentence, {}).update({speaker: None} if speaker else {})
    for sentence, named in speakers.items():
        if not named:
            yield sentence
        else:
            yield f"{sentence}（{'；'.join(named)}）" if chinese else f"{sentence} ({'; '.join(named)})"
