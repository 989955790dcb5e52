"""Names of the counties and cities of Taiwan, as suspensions of work name them (ISO 3166-2:TW)."""

import unicodedata
from collections.abc import Iterator

COUNTY_NAMES: dict[str, tuple[str, str]] = {
    "TW-KEE": ("基隆市", "Keelung City"),
    "TW-TPE": ("臺北市", "Taipei City"),
    "TW-NWT": ("新北市", "New Taipei City"),
    "TW-TAO": ("桃園市", "Taoyuan City"),
    "TW-HSZ": ("新竹市", "Hsinchu City"),
    "TW-HSQ": ("新竹縣", "Hsinchu County"),
    "TW-MIA": ("苗栗縣", "Miaoli County"),
    "TW-TXG": ("臺中市", "Taichung City"),
    "TW-CHA": ("彰化縣", "Changhua County"),
    "TW-NAN": ("南投縣", "Nantou County"),
    "TW-YUN": ("雲林縣", "Yunlin County"),
    "TW-CYI": ("嘉義市", "Chiayi City"),
    "TW-CYQ": ("嘉義縣", "Chiayi County"),
    "TW-TNN": ("臺南市", "Tainan City"),
    "TW-KHH": ("高雄市", "Kaohsiung City"),
    "TW-PIF": ("屏東縣", "Pingtung County"),
    "TW-ILA": ("宜蘭縣", "Yilan County"),
    "TW-HUA": ("花蓮縣", "Hualien County"),
    "TW-TTT": ("臺東縣", "Taitung County"),
    "TW-PEN": ("澎湖縣", "Penghu County"),
    "TW-KIN": ("金門縣", "Kinmen County"),
    "TW-LIE": ("連江縣", "Lienchiang County"),
}
"""ISO 3166-2 code -> (Chinese, English), north to south, then the east and the islands."""

_OTHERS = {
    "臺北縣": "TW-NWT",
    "馬祖": "TW-LIE",
    "matsu": "TW-LIE",
    "quemoy": "TW-KIN",
    "臺灣": "TW",
    "全臺": "TW",
    "taiwan": "TW",
}
"""Earlier and customary names; the old Taipei County became New Taipei City."""


def counties_named(text: str) -> tuple[str, ...]:
    """Return the codes that a name means: none, one, or two where city and county share it (嘉義, Hsinchu).

    臺 and 台, 縣 and 市 are alike where only one is meant; County and City may be left out.
    """
    name = _folded(text)
    if name in _OTHERS:
        return (_OTHERS[name],)
    whole = tuple(code for code, names in COUNTY_NAMES.items() if name in map(_folded, names))
    return whole or tuple(code for code, names in COUNTY_NAMES.items() if _short(name) in map(_short, names))


def county_name(code: str, *, chinese: bool) -> str | None:
    """Return what a code is called; None for one that is no county of Taiwan."""
    names = COUNTY_NAMES.get(code)
    return None if names is None else names[0 if chinese else 1]


def spelled_out() -> Iterator[str]:
    """Yield every county with its code, for people who have to pick one."""
    yield from (f"{code} {chinese} {english}" for code, (chinese, english) in COUNTY_NAMES.items())


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold().replace("台", "臺")
    return "".join(sign for sign in plain if sign.isalnum())


def _short(name: str) -> str:
    plain = _folded(name)
    for ending in ("county", "city", "縣", "市"):
        plain = plain.removesuffix(ending)
    return plain
