"""Questions to the gate, drawn over every pack that is shipped."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from outbound.compliance.facts import (
    BlockedArea,
    ChosenWindow,
    ConsentEvidence,
    ContactFacts,
    GateOptions,
    History,
    PlaceSource,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.gate import Decision, decide
from outbound.compliance.rules.pack import PACK_LAYERS, Layer, Line, Pack
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from tests.values import replace

FIRST = date(2026, 1, 1)
# Changes of clocks north and south, Lunar New Year, Golden Week, Thanksgiving, Christmas, and the last known day.
FULL_DAYS = [
    date.fromisoformat(day)
    for day in (
        *("2026-02-14", "2026-03-08", "2026-03-29", "2026-04-04", "2026-04-30", "2026-10-03", "2026-10-24"),
        *("2026-11-01", "2026-11-25", "2026-12-24", "2026-12-30", "2027-03-14", "2027-12-29"),
    )
]


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a decision is made from, but the rules."""

    contact: ContactFacts
    call_class: CallClass
    at: datetime
    history: History
    options: GateOptions = field(default_factory=GateOptions)

    def ask(self, rulebook: Rulebook, at: datetime | None = None, **options: object) -> Decision:
        """Ask the gate, at another instant or with other options where they are given."""
        changed = replace(self.options, **options)
        return decide(self.contact, self.call_class, at or self.at, self.history, rulebook, changed)

    def yes(self, rulebook: Rulebook, at: datetime | None = None) -> bool:
        """Ask for yes or no."""
        return self.ask(rulebook, at, find_next=False).allowed


def parts_of(rulebook: Rulebook, country: Pack) -> list[str]:
    """Parts of a country that have a place: those with rules of their own need their pack."""
    parts = country.subdivisions
    return [code for code, part in parts.items() if not part.own_pack or code in rulebook.packs]


@st.composite
def places(draw: st.DrawFn, rulebook: Rulebook) -> tuple[str, str | None, tuple[str, ...]]:
    """Draw a region that is callable, a stated zone or none, and the zones of the region."""
    code = draw(st.sampled_from(sorted(code for code, pack in rulebook.packs.items() if pack.parent is None)))
    country = rulebook.packs[code]
    parts = parts_of(rulebook, country)
    whole = [] if country.subdivision_required else [code]
    region = draw(st.sampled_from(whole + parts))
    if region == code:
        zones = country.zones
    else:
        zones = rulebook.packs[region].zones if region in rulebook.packs else country.subdivisions[region].zones
    must = region == code and country.zone_required
    return region, draw(st.sampled_from(zones) if must else st.sampled_from([None, *zones])), zones


@st.composite
def contacts(draw: st.DrawFn, at: datetime, place: tuple[str, str | None, tuple[str, ...]]) -> ContactFacts:
    """Draw a contact around an instant."""
    start = at + timedelta(minutes=draw(st.integers(-300, 3 * 1440)))
    end = start + timedelta(minutes=draw(st.integers(1, 600)))
    pause = Suppression(SuppressionScope.EVERYTHING, False, at + timedelta(minutes=draw(st.integers(-99, 9999))))
    given = draw(st.sampled_from([("automated_voice", "marketing")] * 3 + [(), ("automated_voice",), ("marketing",)]))
    return ContactFacts(
        region=place[0],
        stated_zone=place[1],
        number_zones=draw(st.sampled_from([(), (), (place[2][0],), ("Asia/Taipei",), ("Etc/Nowhere",)])),
        birth_date=draw(st.sampled_from([None, date(1940, 5, 1), date(1980, 2, 29), date(1961, 12, 1)])),
        line=draw(st.sampled_from(Line)),
        privacy_notice_on=(at + timedelta(days=draw(st.sampled_from([-30, -30, -1, 1])))).date(),
        consents=tuple(ConsentEvidence(purpose) for purpose in given),
        chosen=draw(st.sampled_from([None, None, ChosenWindow(start, end)])),
        suppressions=draw(st.sampled_from([(), (), (), (pause,)])),
        place_source=draw(st.sampled_from(PlaceSource)),
    )


@st.composite
def instants(draw: st.DrawFn, zone: str) -> datetime:
    """Draw an instant, more often than not by day in the zone."""
    day = draw(st.one_of(st.integers(0, 720).map(lambda n: FIRST + timedelta(days=n)), st.sampled_from(FULL_DAYS)))
    minute = draw(st.one_of(st.integers(9 * 60, 20 * 60), st.integers(0, 2 * 1440)))
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return local + timedelta(minutes=minute, seconds=draw(st.sampled_from([0, 0, 1, 59])))


@st.composite
def questions(draw: st.DrawFn, rulebook: Rulebook) -> Question:
    """Draw a whole question to the gate."""
    place = draw(places(rulebook))
    at = draw(instants(place[2][0]))
    ago = st.integers(1, 40 * 1440).map(lambda minutes: at - timedelta(minutes=minutes))
    few = st.one_of(st.just([]), st.lists(ago, max_size=4)).map(tuple)
    quiet = draw(st.sampled_from([None, None, None, at + timedelta(days=3, seconds=5)]))
    since = at + timedelta(minutes=draw(st.integers(-600, 600)))
    area = BlockedArea(place[0], since, since + timedelta(minutes=draw(st.integers(1, 3000))))
    options = GateOptions(
        trust=Trust.ASSUMED,
        caller_number=caller_for(rulebook, place[0]),
        script_seconds=draw(st.sampled_from([None, 0, 900])),
        blocked_areas=draw(st.sampled_from([(), (), (area,)])),
        layers=draw(st.sampled_from([PACK_LAYERS, PACK_LAYERS, frozenset({Layer.LEGAL}), frozenset({Layer.COURTESY})])),
        promotional=draw(st.sampled_from([False, False, True])),
    )
    history = History(draw(few), draw(few), quiet_until=quiet, refusals=draw(few))
    return Question(draw(contacts(at, place)), draw(st.sampled_from(CallClass)), at, history, options)


def caller_for(rulebook: Rulebook, region: str) -> str:
    """Return a number that the country lets callers show."""
    caller = rulebook.packs[region.partition("-")[0]].caller
    return caller.prefixes[0].ljust(12, "0") if caller is not None and caller.prefixes else "+886277000000"
