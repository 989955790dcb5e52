"""`outbound hours table`: the options turned into a drawn week and what stands around it."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from outbound.adapters.files.rules.packs import load_rulebook
from outbound.cli.hours.holiday_names import holiday_names
from outbound.cli.hours.options import age_of, code_of, date_of, layers_of, refuse_slips, word_of, zone_of
from outbound.cli.hours.question import too_wide
from outbound.cli.hours.territories import countries_of
from outbound.cli.hours.week import Row, draw
from outbound.cli.rules.folder import rules_folder
from outbound.compliance.facts import GateOptions
from outbound.compliance.gate import guard_seconds
from outbound.compliance.place import Place, Unplaced, resolve
from outbound.compliance.reason import Reason
from outbound.compliance.rules.pack import Layer, Pack, Segment
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.compliance.situation import ELDER_AGE
from outbound.compliance.timetable import Profile, governing
from outbound.domain.call_class import CallClass

_WEEK = timedelta(days=7)
_SLACK = timedelta(days=2)


class Wanted(Struct, frozen=True):
    """The options as typed."""

    jurisdiction: str
    week: str | None
    call_class: str
    age: str | None
    zone: str | None
    layers: str
    rules: str | None


class Standing(Struct, frozen=True):
    """A pack that the picture is drawn from, and how it is signed: production, demo or unsigned."""

    pack: Pack
    signed: str


class Drawn(Struct, frozen=True):
    """A week as drawn. `speaking` are the layers that give hours, with their pack's code, strongest first.

    `calendars` are (code, version). `names` are those of holidays, empty where no file has one.
    """

    region: str
    monday: date
    call_class: CallClass
    segment: Segment
    zones: tuple[str, ...]
    rows: tuple[Row, ...]
    names: dict[date, str]
    standings: tuple[Standing, ...]
    calendars: tuple[tuple[str, str], ...]
    speaking: tuple[tuple[Layer, Pack], ...]
    layers: frozenset[Layer]
    guard: int
    too_wide: bool

    @property
    def home(self) -> ZoneInfo:
        """Zone in whose local time the week is drawn."""
        return ZoneInfo(self.zones[0])

    @property
    def sunday(self) -> date:
        """Last day of the week."""
        return self.rows[-1].day

    @property
    def signed(self) -> bool:
        """Whether every pack may dial."""
        return all(standing.signed == Trust.PRODUCTION.value for standing in self.standings)

    def local(self, seconds: int) -> datetime:
        """Local time of an instant where the week is drawn."""
        return datetime.fromtimestamp(seconds, self.home)


def drawn(wanted: Wanted, now: datetime) -> Drawn | tuple[Reason, ...]:
    """Draw the week around a date, `now` if none is named, or say why nothing is known of the place.

    Raises `InputProblemError` for what cannot be read.
    """
    code = code_of("JURISDICTION", wanted.jurisdiction)
    zone, segment = zone_of(wanted.zone), _segment(wanted.age)
    layers, call_class = layers_of(wanted.layers), word_of("--call-class", wanted.call_class, CallClass)
    near = now.date() if wanted.week is None else date_of("--week", wanted.week)
    folder = rules_folder(wanted.rules)
    years = range((near - _WEEK - _SLACK).year, (near + _WEEK + _SLACK).year + 1)
    rulebook = load_rulebook(folder, years=years, only=countries_of(folder, code))
    place = resolve(rulebook, code, zone, (), whole=True)
    if isinstance(place, Unplaced):
        refuse_slips(place, "JURISDICTION", code, zone, rulebook)
        return place.reasons
    if wanted.week is None:
        near = now.astimezone(ZoneInfo(place.zones[0])).date()
    monday = near - timedelta(days=near.weekday())
    return _drawn(rulebook, place, Profile(call_class, segment, layers), monday, folder, zone)


def _drawn(rulebook: Rulebook, place: Place, profile: Profile, monday: date, folder: Path, zone: str | None) -> Drawn:
    rows = draw(rulebook, place, profile, monday)
    codes = sorted({rule.calendar for pack in place.packs for rule in pack.windows} | {place.packs[-1].calendar})
    calendars = [rulebook.calendars[code] for code in codes if code in rulebook.calendars]
    names: dict[date, str] = {}
    for calendar in calendars:
        names |= holiday_names(folder, calendar, place.clocks[0].region, [row.day for row in rows])
    return Drawn(
        region=place.region,
        monday=monday,
        call_class=profile.call_class,
        segment=profile.segment,
        zones=place.zones,
        rows=rows,
        names=names,
        standings=tuple(Standing(pack, _signed(rulebook, pack)) for pack in place.packs),
        calendars=tuple((calendar.code, calendar.version) for calendar in calendars),
        speaking=_speaking(place, profile, rows),
        layers=profile.layers,
        guard=guard_seconds(place, GateOptions()),
        too_wide=too_wide(place, zone),
    )


def _segment(age: str | None) -> Segment:
    return Segment.ELDER if age_of(age) >= ELDER_AGE else Segment.GENERAL


def _speaking(place: Place, profile: Profile, rows: tuple[Row, ...]) -> tuple[tuple[Layer, Pack], ...]:
    """Layers that give hours in the week, strongest first."""
    found = {
        (governed.rule.layer, governed.pack.code): governed.pack
        for row in rows
        for governed in governing(place.packs, profile, row.day)
        if governed.rule.layer in profile.layers
    }
    order = list(Layer)
    ordered = sorted(found, key=lambda each: (order.index(each[0]), each[1]))
    return tuple((layer, found[layer, code]) for layer, code in ordered)


def _signed(rulebook: Rulebook, pack: Pack) -> str:
    trusts = (Trust.PRODUCTION, Trust.DEMO)
    return next((trust.value for trust in trusts if rulebook.signed(pack, trust)), "unsigned")
