"""How countries, states and counties are called; Traditional Chinese as in Taiwan, and English."""

from collections.abc import Iterable, Mapping

from outbound.compliance.rules.pack import Pack
from outbound.domain.postal.counties import county_name

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


def pack_name(pack: Pack, *, chinese: bool) -> str:
    """Return what a jurisdiction is called; by the name in its pack where no Chinese one is known."""
    plain = pack.name.partition(" (")[0]
    return _CHINESE.get(pack.code, plain) if chinese else plain


def place_name(code: str, packs: Iterable[Pack], *, chinese: bool) -> str:
    """Return the name of a country or of a part of one with its code, or the code alone where no name is known."""
    name = county_name(code, chinese=chinese)
    if name is None:
        pack = next((pack for pack in packs if pack.code == code), None)
        name = (_CHINESE.get(code, "") if chinese else "") if pack is None else pack_name(pack, chinese=chinese)
    if not name:
        return code
    return f"{name}（{code}）" if chinese else f"{name} ({code})"
