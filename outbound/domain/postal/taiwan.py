"""Counties of Taiwan by postal code: the first three digits name a township or district (Chunghwa Post).

Suspensions of work are announced county by county, while addresses often come as "TW" and a code. Chiayi and Hsinchu
Cities have one code each, apart from the counties of the same name. Codes that are not in use have no county.
"""

import re
from collections.abc import Iterator

_CODE = re.compile(r"([0-9]{3})(?:-?[0-9]{2,3})?")

_IN_USE = {
    "TW-TPE": "100 103-106 108 110-112 114-116",
    "TW-KEE": "200-206",
    "TW-LIE": "209-212",
    "TW-NWT": "207-208 220-224 226-228 231-239 241-244 247-249 251-253",
    "TW-ILA": "260-270 272 290",
    "TW-HSZ": "300",
    "TW-HSQ": "302-308 310-315",
    "TW-TAO": "320 324-328 330 333-338",
    "TW-MIA": "350-358 360-369",
    "TW-TXG": "400-404 406-408 411-414 420-424 426-429 432-439",
    "TW-CHA": "500 502-516 520-528 530",
    "TW-NAN": "540-542 544-546 551-553 555-558",
    "TW-CYI": "600",
    "TW-CYQ": "602-608 611-616 621-625",
    "TW-YUN": "630-638 640 643 646-649 651-655",
    "TW-TNN": "700-702 704 708-727 730-737 741-745",
    "TW-KHH": "800-807 811-815 817 819-833 840 842-849 851-852",
    "TW-PEN": "880-885",
    "TW-KIN": "890-894 896",
    "TW-PIF": "900-909 911-913 920-929 931-932 940-947",
    "TW-TTT": "950-959 961-966",
    "TW-HUA": "970-979 981-983",
}


def _codes(text: str) -> Iterator[str]:
    for span in text.split():
        first, _, last = span.partition("-")
        yield from (f"{code:03d}" for code in range(int(first), int(last or first) + 1))


COUNTIES = {code: county for county, text in _IN_USE.items() for code in _codes(text)}
"""Three digits -> ISO 3166-2 code."""


def county_of(postal_code: str | None) -> str | None:
    """Return the ISO 3166-2 code of a Taiwanese postal code of 3, 5 or 6 digits; None where it tells none."""
    found = _CODE.fullmatch((postal_code or "").replace(" ", ""))
    return COUNTIES.get(found[1]) if found else None
