"""Where a call rings: parts, zones that are stated or required, aliases, and whose holidays count."""

from datetime import date

import pytest

from outbound.compliance.facts import Check
from outbound.compliance.place import Place, Unplaced, may_hold, resolve
from outbound.compliance.rules.calendar import Calendar, CalendarYear
from outbound.compliance.rules.pack import HolidayScope, HolidayTreatment, Pack, Subdivision
from outbound.compliance.rules.rulebook import Rulebook
from tests.compliance.gate.invented import OPTIONS, ask, book, codes, layer
from tests.values import replace

NORTH_DAY, EVERY_DAY = date(2026, 6, 1), date(2026, 5, 1)
CALENDAR = Calendar(
    "XK",
    "1",
    "h",
    {2026: CalendarYear(frozenset({EVERY_DAY}), {NORTH_DAY: frozenset({"XK-N"})})},
    parts=frozenset({"XK-N", "XK-S"}),
)
PARTS = {
    "XK-N": Subdivision(("Europe/Belgrade",)),
    "XK-S": Subdivision(("Europe/Belgrade",)),
    "XK-E": Subdivision(("Europe/Athens",)),
    "XK-W": Subdivision(("Europe/Belgrade",), own_pack=True),
}
ALL_DAY = layer((0, 1440), treatment=HolidayTreatment.BLOCKED)
WIDE = {"zones": ("Europe/Belgrade", "Europe/Athens"), "subdivisions": PARTS, "aliases": {"QN": "XK-N"}}


def country(*, national: bool = False, **rest: object) -> Rulebook:
    """Build a country of two zones and four parts."""
    rule = replace(ALL_DAY, holidays=HolidayScope.NATIONAL) if national else ALL_DAY
    return book(rule, calendar=CALENDAR, **(WIDE | rest))  # type: ignore[arg-type]


def find(rules: Rulebook, region: str, zone: str | None = None, *numbers: str, whole: bool = False) -> Place | Unplaced:
    """Find a place."""
    return resolve(rules, region, zone, numbers, whole=whole)


def zones(found: Place | Unplaced) -> tuple[tuple[str, str], ...]:
    """Return the zones of a place that was understood, and how each was found."""
    assert isinstance(found, Place)
    return found.found_by


def why(found: Place | Unplaced) -> list[str]:
    """Return why a place was not understood."""
    assert isinstance(found, Unplaced)
    return [reason.code for reason in found.reasons]


@pytest.mark.parametrize(
    ("region", "national", "open_"),
    [
        ("XK-N", False, False),
        ("XK-S", False, True),
        ("XK-E", False, False),
        ("XK", False, False),
        ("XK-N", True, True),
        ("XK", True, True),
    ],
)
def test_holidays_of_a_part_close_where_they_are_kept_or_may_be(region: str, national: bool, open_: bool) -> None:
    """A part has its own holidays; a place that no calendar knows has those of every part; a national rule has none."""
    assert ask(country(national=national), "2026-06-01T12:00+02:00", region=region).allowed is open_
    assert codes(ask(country(national=national), "2026-05-01T12:00+02:00", region=region))[0] == "public_holiday"


def test_calendars_are_asked_with_the_part_that_they_know() -> None:
    """Places whose holidays are the same share a clock; what a calendar does not know is the country."""
    found = [find(country(), region) for region in ("XK-N", "XK-E", "XK")]
    assert [{clock.region for clock in place.clocks} for place in found if isinstance(place, Place)] == [
        {"XK-N"},
        {"XK"},
        {"XK"},
    ]
    assert not [c for c in country().calendars if c != "XK"]
    assert ask(replace(country(), calendars={}), "2026-06-01T12:00+02:00").reasons[0].code == "calendar_missing"


def test_a_country_that_is_too_wide_needs_a_part_or_a_zone() -> None:
    """Without either nobody there is called; a question about hours may ask about the whole."""
    rules = country(zone_required=True)
    assert why(find(rules, "XK")) == ["place_too_wide"]
    assert zones(find(rules, "XK", "Europe/Athens")) == (("Europe/Athens", "stated"),)
    assert zones(find(rules, "XK-E")) == (("Europe/Athens", "region"),)
    assert len(zones(find(rules, "XK", whole=True))) == 2
    assert why(find(rules, "XK", None, "Europe/Athens")) == ["place_too_wide"]
    assert codes(ask(rules, "2026-06-02T12:00+02:00")) == ["place_too_wide"]
    whole = replace(OPTIONS, skip=frozenset({Check.SUBDIVISION}))
    assert ask(rules, "2026-06-02T12:00+02:00", options=whole).allowed


def test_a_territory_with_a_code_of_its_own_is_a_part() -> None:
    """An alias leads to the part of the country, in capitals or not."""
    found = find(country(), " qn ")
    assert isinstance(found, Place)
    assert found.region == "XK-N"


def test_a_stated_zone_is_one_of_the_regions_or_shares_a_clock_with_one() -> None:
    """The region's own name of the zone is kept; another country's zone is refused, and so is no zone at all."""
    rules = country(same_clock={"Europe/Sarajevo": "Europe/Belgrade", "Europe/Kyiv": "Europe/Athens"})
    assert zones(find(rules, "XK", "Europe/Sarajevo")) == (("Europe/Belgrade", "stated"),)
    assert why(find(rules, "XK-E", "Europe/Sarajevo")) == ["zone_outside"]
    assert why(find(rules, "XK", "Asia/Tokyo")) == ["zone_outside"]
    assert why(find(rules, "XK", "Mars/Olympus")) == ["zone_unknown"]


def test_a_part_may_name_a_zone_that_shares_a_clock_with_its_countrys() -> None:
    """What the part calls it is what is found, however the customer says it."""
    own = Pack("XK-W", "West", "1", "h", ("Europe/Sarajevo",), "XK", (layer((540, 1200)),), parent="XK")
    base = country(same_clock={"Europe/Sarajevo": "Europe/Belgrade", "Europe/Skopje": "Europe/Belgrade"})
    rules = Rulebook({**base.packs, "XK-W": own}, base.calendars)
    for stated in ("Europe/Sarajevo", "Europe/Belgrade", "Europe/Skopje"):
        assert zones(find(rules, "XK-W", stated)) == (("Europe/Sarajevo", "stated"),)
    assert zones(find(rules, "XK-W", None, "Europe/Skopje")) == (("Europe/Sarajevo", "region"),)
    assert why(find(base, "XK-W")) == ["pack_missing"]


def test_zones_of_the_number_only_widen() -> None:
    """Zones of the number come on top, by the name that the country has for their clock; unknown ones are left out."""
    rules = country(same_clock={"Europe/Sarajevo": "Europe/Belgrade"})
    found = find(rules, "XK-E", None, "Europe/Sarajevo", "Asia/Tokyo", "Mars/Olympus", "Europe/Athens")
    assert zones(found) == (("Europe/Athens", "region"), ("Europe/Belgrade", "number"), ("Asia/Tokyo", "number"))


def test_zones_that_rules_name_stand_last_and_are_read_for_those_rules_alone() -> None:
    """A zone of the called party that a rule names too is no further clock."""
    named = [replace(layer((540, 1140)), fixed_zone=zone) for zone in ("UTC", "UTC", "Europe/Athens")]
    place = find(country(windows=(ALL_DAY, *named)), "XK")
    assert zones(place) == (("Europe/Belgrade", "region"), ("Europe/Athens", "region"), ("UTC", "rule"))
    assert isinstance(place, Place)
    assert [(clock.zone, clock.fixed) for clock in place.clocks] == [
        ("Europe/Belgrade", False),
        ("Europe/Athens", False),
        ("UTC", True),
    ]


def test_a_part_that_only_one_rules_calendar_knows_is_known() -> None:
    """A rule may name a calendar of its own: what that one knows counts, whatever the pack's does."""
    other = replace(CALENDAR, code="XL")
    rules = book(replace(ALL_DAY, calendar="XL"), **WIDE)  # type: ignore[arg-type]
    rules = replace(rules, calendars={"XK": replace(CALENDAR, parts=frozenset()), "XL": other})
    assert ask(rules, "2026-06-01T12:00+02:00", region="XK-S").allowed
    assert not ask(rules, "2026-06-01T12:00+02:00", region="XK-N").allowed


def test_a_question_may_leave_out_the_part_that_a_country_needs() -> None:
    """Asked about the whole, the country is a place; asked about a contact, it is none."""
    rules = country(subdivision_required=True)
    assert why(find(rules, "XK")) == ["place_unknown"]
    assert len(zones(find(rules, "XK", whole=True))) == 2


@pytest.mark.parametrize(
    ("area", "region", "may"),
    [
        ("XK-R", "XK-N", True),
        ("XK-N", "XK-R", True),
        ("XK-R", "XK-S", False),
        ("XZ", "XK", True),
        ("XK-N", "QQ-1", False),
        ("QQ", "QQ-1", True),
    ],
)
def test_an_area_holds_what_the_calendar_says_that_lies_in_it(area: str, region: str, may: bool) -> None:
    """Either may lie in the other, whatever their codes; of a country without rules only the codes tell."""
    calendar = replace(CALENDAR, contains={"XK-R": frozenset({"XK-N"}), "XK": frozenset({"XZ"})})
    rules = replace(country(), calendars={"XK": calendar})
    assert may_hold(rules, area, region) is may
    assert not may_hold(replace(country(), calendars={}), "XK-R", "XK-N")
