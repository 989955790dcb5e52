"""Counties of Taiwan by name."""

import pytest

from outbound.domain.postal.counties import COUNTY_NAMES, counties_named, county_name, spelled_out
from outbound.domain.postal.taiwan import COUNTIES


def test_every_county_has_its_names() -> None:
    """The 22 counties and cities that postal codes tell are those that have names, and each name means its own code."""
    assert set(COUNTY_NAMES) == set(COUNTIES.values())
    assert len(list(spelled_out())) == 22
    for code, names in COUNTY_NAMES.items():
        assert [counties_named(name) for name in names] == [(code,), (code,)]
        assert county_name(code, chinese=True) == names[0]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("花蓮", ("TW-HUA",)),
        ("花蓮市", ("TW-HUA",)),
        ("hualien", ("TW-HUA",)),
        ("HUALIEN COUNTY", ("TW-HUA",)),
        (" Tai-tung ", ("TW-TTT",)),
        ("台東縣", ("TW-TTT",)),
        ("臺東", ("TW-TTT",)),
        ("台北", ("TW-TPE",)),
        ("台北縣", ("TW-NWT",)),
        ("New Taipei", ("TW-NWT",)),
        ("桃園縣", ("TW-TAO",)),
        ("馬祖", ("TW-LIE",)),
        ("台灣", ("TW",)),
        ("嘉義市", ("TW-CYI",)),
        ("嘉義", ("TW-CYI", "TW-CYQ")),
        ("Hsinchu", ("TW-HSZ", "TW-HSQ")),
        ("Hsinchu City", ("TW-HSZ",)),
        ("TW-HUA", ()),
        ("市", ()),
        ("", ()),
        ("New York", ()),
    ],
)
def test_names_as_people_write_them(name: str, codes: tuple[str, ...]) -> None:
    """臺 and 台, 縣 and 市, capitals and hyphens do not matter, unless a city and a county share the name."""
    assert counties_named(name) == codes
    assert county_name("US-NY", chinese=True) is None
