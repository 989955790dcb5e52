"""What follows from the rules alone is worked out once for a rulebook, and again for another one."""

from datetime import date

from outbound.compliance.evidence.manifest import manifest_hash, year_hash
from outbound.compliance.place import Clock, Place, resolve
from outbound.compliance.rules.calendar import Calendar
from outbound.compliance.rules.pack import (
    PACK_LAYERS,
    AttemptLimit,
    CountedPer,
    HolidayTreatment,
    Layer,
    Period,
    PeriodKind,
    Segment,
)
from outbound.compliance.rules.rulebook import Rulebook, Signature, SignatureKind, Trust
from outbound.compliance.situation import bound_limits
from outbound.compliance.timetable import Profile, day_table
from outbound.domain.call_class import CallClass
from tests.compliance.gate.invented import CALENDAR, OPTIONS, SERVICE, ask, book, codes, layer
from tests.values import replace

LIMIT = AttemptLimit(Layer.LEGAL, SERVICE, 1, Period(PeriodKind.DAY, name="day"), CountedPer.CONTACT)
DAY = date(2026, 5, 5)
PROFILE = Profile(CallClass.SERVICE, Segment.GENERAL, PACK_LAYERS)


def rules() -> Rulebook:
    """Build a rulebook with hours that ask the calendar, and a limit."""
    return book(layer((540, 1200), treatment=HolidayTreatment.BLOCKED), limits=(LIMIT,))


def placed(found: Rulebook) -> Place:
    """Find the invented country."""
    place = resolve(found, "XK", None, (), whole=False)
    assert isinstance(place, Place)
    return place


def test_places_days_and_limits_are_worked_out_once() -> None:
    """The same question gets the very same value, whatever was worked out in between."""
    found = rules()
    clock = Clock("Europe/Belgrade", ("XK",), "XK")
    place, table = placed(found), day_table(found, clock, PROFILE, DAY)
    limits = bound_limits(found, place, CallClass.SERVICE, PACK_LAYERS)
    other = replace(clock, zone="Europe/Athens")
    assert day_table(found, other, PROFILE, DAY) is day_table(found, other, PROFILE, DAY) is not table
    assert bound_limits(found, place, CallClass.COLLECTION, PACK_LAYERS) == ()
    assert placed(found) is place
    assert day_table(found, clock, PROFILE, DAY) is table
    assert bound_limits(found, place, CallClass.SERVICE, PACK_LAYERS) is limits


def test_another_rulebook_starts_afresh() -> None:
    """Nothing is carried over: other rules of the same place give other days, limits and hashes."""
    first, second = rules(), book(layer((600, 660)))
    clock = Clock("Europe/Belgrade", ("XK",), "XK")
    assert day_table(first, clock, PROFILE, DAY).open != day_table(second, clock, PROFILE, DAY).open
    assert bound_limits(first, placed(first), CallClass.SERVICE, PACK_LAYERS)
    assert not bound_limits(second, placed(second), CallClass.SERVICE, PACK_LAYERS)
    assert manifest_hash(first) == manifest_hash(rules())
    assert manifest_hash(first) != manifest_hash(replace(first, calendars={}, cache={}))


def test_hashes_are_worked_out_once() -> None:
    """A rulebook is not to be changed: the hash that was worked out stays, known or not."""
    calendars: dict[str, Calendar] = {"XK": CALENDAR}
    found = replace(rules(), calendars=calendars, cache={})
    before = (manifest_hash(found), year_hash(found, "XK", 2026), year_hash(found, "XK", 2027))
    assert before[1:] == (CALENDAR.years[2026].content_hash("XK", 2026), None)
    calendars.clear()
    assert (manifest_hash(found), year_hash(found, "XK", 2026), year_hash(found, "XK", 2027)) == before


def test_signatures_that_were_added_since_count_at_once() -> None:
    """The same rules with other signatures are other rules: what was said of the unsigned ones is not said again."""
    production = replace(OPTIONS, trust=Trust.PRODUCTION)
    unsigned = rules()
    signed = replace(
        unsigned,
        signatures=tuple(Signature("XK", "h", by, DAY, SignatureKind.PRODUCTION) for by in ("Arta", "Besa")),
    )
    for found, expected in ((unsigned, ["pack_unsigned"]), (signed, []), (unsigned, ["pack_unsigned"]), (signed, [])):
        decision = ask(found, "2026-05-05T12:00+02:00", options=production)
        told = decision.receipt.body()["packs"][0]
        assert codes(decision) == expected
        assert (told["signed"], told["signatures"]["production"]) == ((False, 0) if expected else (True, 2))
    assert signed.cache is unsigned.cache
