"""How layers and jurisdictions are called when hours are spoken of; Traditional Chinese and English."""

import os
from collections.abc import Mapping

from outbound.compliance.rules.pack import Layer, Pack
from outbound.usecases.problems import InputProblemError

LAYERS: Mapping[Layer, tuple[str, str]] = {
    Layer.LEGAL: ("法律", "law"),
    Layer.INDUSTRY_CODE: ("業界自律規範", "industry code"),
    Layer.COURTESY: ("本公司的禮貌時段", "our own courtesy"),
    Layer.HOUSE: ("本系統的把關", "our own safeguard"),
}

_CHINESE: Mapping[str, str] = {
    "AE": "阿拉伯聯合大公國",
    "AE-SH": "沙迦",
    "AT": "奧地利",
    "AU": "澳洲",
    "BE": "比利時",
    "BR": "巴西",
    "BR-CE": "塞阿拉州",
    "BR-ES": "聖埃斯皮里圖州",
    "BR-RJ": "里約熱內盧州",
    "BR-SP": "聖保羅州",
    "CA": "加拿大",
    "CA-BC": "卑詩省",
    "CH": "瑞士",
    "CN": "中國大陸",
    "CO": "哥倫比亞",
    "DE": "德國",
    "ES": "西班牙",
    "FR": "法國",
    "GB": "英國",
    "HK": "香港",
    "ID": "印尼",
    "IE": "愛爾蘭",
    "IN": "印度",
    "IT": "義大利",
    "JP": "日本",
    "KR": "南韓",
    "MX": "墨西哥",
    "MY": "馬來西亞",
    "MY-02": "吉打州",
    "MY-03": "吉蘭丹州",
    "MY-11": "登嘉樓州",
    "NL": "荷蘭",
    "NO": "挪威",
    "NZ": "紐西蘭",
    "PT": "葡萄牙",
    "SE": "瑞典",
    "SG": "新加坡",
    "TH": "泰國",
    "TW": "臺灣",
    "US": "美國",
    "US-AL": "阿拉巴馬州",
    "US-CT": "康乃狄克州",
    "US-FL": "佛羅里達州",
    "US-KY": "肯塔基州",
    "US-LA": "路易斯安那州",
    "US-MA": "麻薩諸塞州",
    "US-MD": "馬里蘭州",
    "US-ME": "緬因州",
    "US-MS": "密西西比州",
    "US-NJ": "紐澤西州",
    "US-NV": "內華達州",
    "US-NY": "紐約州",
    "US-OK": "奧克拉荷馬州",
    "US-PA": "賓夕法尼亞州",
    "US-RI": "羅德島州",
    "US-SD": "南達科他州",
    "US-TX": "德克薩斯州",
    "US-UT": "猶他州",
    "US-WA": "華盛頓州",
    "VN": "越南",
    "ZA": "南非",
}
"""As people in Taiwan call them."""


_NOT_EVALUATED: Mapping[str, tuple[str, str]] = {
    "notice": ("個資告知", "privacy notice"),
    "suppression": ("拒撥名單", "suppressions"),
    "line": ("線路種類", "kind of line"),
    "caller": ("來電號碼", "caller's number"),
    "guard": ("結束前的預留時間", "guard before closing time"),
    "signature": ("規則簽署", "signatures of the rules"),
    "marketing_consent": ("行銷同意", "consent to marketing"),
    "subdivision": ("客戶所在的地區", "part of the country"),
    "refusal": ("先前的拒絕", "earlier refusals"),
}
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


def pack_name(pack: Pack, *, chinese: bool) -> str:
    """Return what a jurisdiction is called; by the name in its pack where no Chinese one is known."""
    plain = pack.name.partition(" (")[0]
    return _CHINESE.get(pack.code, plain) if chinese else plain


def not_evaluated_name(name: str, *, chinese: bool) -> str:
    """Return what a part of the gate that was not asked is called."""
    if name in _NOT_EVALUATED:
        return _NOT_EVALUATED[name][0 if chinese else 1]
    return layer_name(Layer(name), chinese=chinese)
