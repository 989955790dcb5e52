"""Counties of Taiwan by postal code."""

import pytest

from outbound.adapters.files.rules.packs import load_rulebook
from outbound.domain.postal.taiwan import COUNTIES, county_of
from tests.conftest import ROOT

SAMPLES = {
    "100": "TW-TPE", "116": "TW-TPE", "200": "TW-KEE", "206": "TW-KEE", "209": "TW-LIE", "212": "TW-LIE",
    "207": "TW-NWT", "220": "TW-NWT", "253": "TW-NWT", "260": "TW-ILA", "272": "TW-ILA", "300": "TW-HSZ",
    "302": "TW-HSQ", "315": "TW-HSQ", "320": "TW-TAO", "338": "TW-TAO", "350": "TW-MIA", "369": "TW-MIA",
    "400": "TW-TXG", "439": "TW-TXG", "500": "TW-CHA", "530": "TW-CHA", "540": "TW-NAN", "558": "TW-NAN",
    "600": "TW-CYI", "602": "TW-CYQ", "625": "TW-CYQ", "630": "TW-YUN", "655": "TW-YUN", "700": "TW-TNN",
    "745": "TW-TNN", "800": "TW-KHH", "817": "TW-KHH", "852": "TW-KHH", "880": "TW-PEN", "885": "TW-PEN",
    "890": "TW-KIN", "896": "TW-KIN", "900": "TW-PIF", "947": "TW-PIF", "950": "TW-TTT", "966": "TW-TTT",
    "970": "TW-HUA", "983": "TW-HUA",
}  # fmt: skip


def test_samples_of_every_county() -> None:
    """First and last district of each county, Kaohsiung's islands among them, lie where the post says."""
    assert {code: county_of(code) for code in SAMPLES} == SAMPLES
    assert set(SAMPLES.values()) == set(COUNTIES.values())


def test_every_county_of_the_rules_has_codes() -> None:
    """The table and the rule pack name the same 22 counties and cities."""
    rulebook = load_rulebook(ROOT / "config" / "compliance", years=(2026,), only=("TW",))
    assert set(COUNTIES.values()) == set(rulebook.packs["TW"].subdivisions)
    assert len(COUNTIES) > 360


@pytest.mark.parametrize("text", ["106", "10644", "106044", "106-44", " 106 044 ", "106-044"])
def test_spellings(text: str) -> None:
    """Three, five and six digits are read alike."""
    assert county_of(text) == "TW-TPE"


@pytest.mark.parametrize("text", [None, "", "1", "10", "1064", "1060441", "999", "101", "703", "abc", "SW1A"])
def test_what_tells_no_county(text: str | None) -> None:
    """Codes that are not in use, of another length or of another country tell none."""
    assert county_of(text) is None
