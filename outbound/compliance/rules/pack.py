"""Rule packs as values: what one jurisdiction says about hours, attempts, consent and the caller's number."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct, field

from outbound.domain.call_class import CallClass


class Layer(StrEnum):
    """Where a rule comes from. Courtesy is our own; house are the product's own bars, such as an unsigned pack."""

    LEGAL = "legal"
    INDUSTRY_CODE = "industry_code"
    COURTESY = "courtesy"
    HOUSE = "house"


PACK_LAYERS = frozenset({Layer.LEGAL, Layer.INDUSTRY_CODE, Layer.COURTESY})


class Segment(StrEnum):
    """Customers whose hours are their own; a contact without a birth date counts as an elder."""

    GENERAL = "general"
    ELDER = "age_65_plus_or_vulnerable"


class HolidayTreatment(StrEnum):
    """What a public holiday does to a layer's hours. Unspecified closes the day, as blocked does."""

    BLOCKED = "blocked"
    AS_SUNDAY = "as_sunday"
    ALLOWED = "allowed"
    OWN_WINDOW = "own_window"
    UNSPECIFIED = "unspecified"


class Line(StrEnum):
    """Kind of telephone line, as far as it is known."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    UNKNOWN = "unknown"


class CountedPer(StrEnum):
    """Whose attempts a limit counts."""

    CALLED_NUMBER = "called_number"
    RESIDENTIAL_LINE = "residential_line"
    CONTACT = "contact"
    DEBT = "debt"


class PeriodKind(StrEnum):
    """A calendar period of the called party, a length of time that rolls, all that is known, or what a refusal ends.

    `AFTER_REFUSAL` counts no attempts: after a refusal none may follow, for the period's length or, without one, ever.
    """

    DAY = "day"
    CALENDAR_WEEK = "calendar_week"
    CALENDAR_MONTH = "calendar_month"
    ROLLING = "rolling"
    CAMPAIGN = "campaign"
    AFTER_REFUSAL = "after_refusal"


class HolidayScope(StrEnum):
    """Which holidays close a layer: those of the whole country, or also those of the part where the contact is.

    Where the part is not known, the holidays of every part count.
    """

    NATIONAL = "national"
    LOCAL = "local"


DayHours = tuple[tuple[int, int], ...]
"""Half-open windows of one local day in minutes since midnight, sorted, apart from each other."""

Week = tuple[DayHours, DayHours, DayHours, DayHours, DayHours, DayHours, DayHours]
"""Monday to Sunday."""


class Hours(Struct, frozen=True):
    """A week of windows and what a public holiday makes of it; `holiday_windows` for `own_window` only.

    `eve_windows` narrows an ordinary day right before a public holiday; None where eves are ordinary days.
    """

    week: Week
    holiday: HolidayTreatment
    holiday_windows: DayHours = ()
    eve_windows: DayHours | None = None


class InForce(Struct, frozen=True):
    """Inclusive first and last local date on which a rule holds; None leaves that side open."""

    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the rule holds on this local date."""
        return self.meets(day, day)

    def meets(self, first: date, last: date) -> bool:
        """Whether the rule holds on a date between two, both included."""
        return (self.since is None or self.since <= last) and (self.until is None or first <= self.until)


class WindowRule(Struct, frozen=True):
    """One layer of call windows. `hours` None is a negative finding: no clock hours are known, nothing is opened.

    `segments` narrows the hours of a segment; `customer_chosen` is how far a time that the customer chose may stretch
    a courtesy layer. `consent_override`: the called person may agree to
    another time. `confidence` and `note` say how well the rule is known. `fixed_zone` is a zone that the rule's text
    names: the rule is read there besides the zones of the called party.
    """

    layer: Layer
    binds: frozenset[CallClass]
    hours: Hours | None
    calendar: str
    segments: Mapping[Segment, Week] = field(default_factory=dict)
    customer_chosen: Hours | None = None
    in_force: InForce = InForce()
    consent_override: bool = False
    confidence: str = ""
    note: str = ""
    holidays: HolidayScope = HolidayScope.LOCAL
    fixed_zone: str | None = None


class Period(Struct, frozen=True):
    """Span in which attempts are counted; `length` for rolling periods only."""

    kind: PeriodKind
    length: timedelta = timedelta(0)
    name: str = ""


class AttemptLimit(Struct, frozen=True):
    """At most `count` attempts a period, answered or not. `unless_consent` names the consent that lifts the limit."""

    layer: Layer
    binds: frozenset[CallClass]
    count: int
    period: Period
    per: CountedPer
    unless_consent: str | None = None
    in_force: InForce = InForce()


class VoiceRule(Struct, frozen=True):
    """A robot's voice needs these consents, by class and line. An unknown line is every line at once."""

    layer: Layer
    binds: frozenset[CallClass]
    lines: frozenset[Line]
    consents: tuple[str, ...]


class CallerRule(Struct, frozen=True):
    """What the displayed number must be: shown, with one of `prefixes` (any where empty), and none of `forbidden`."""

    layer: Layer
    must_show: bool
    prefixes: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    binds: frozenset[CallClass] = frozenset(CallClass)


class DialGuard(Struct, frozen=True):
    """Room kept before closing time: at least `minimum_seconds`, and never less than ringing and script take."""

    minimum_seconds: int = 300
    ring_seconds: int = 40
    script_seconds: int = 180

    def seconds(self, ring: int | None, script: int | None) -> int:
        """Length of the guard in seconds with the campaign's own figures where it has them."""
        return max(
            self.minimum_seconds,
            (self.ring_seconds if ring is None else ring) + (self.script_seconds if script is None else script),
        )


class Subdivision(Struct, frozen=True):
    """A state or county: its zones, and whether it has stricter rules of its own that a pack must bring."""

    zones: tuple[str, ...]
    own_pack: bool = False


class Source(Struct, frozen=True):
    """Where a rule was read. `seen` is false for what is only remembered."""

    citation: str
    url: str
    kind: str
    seen: bool
    paraphrase: str


class Duties(Struct, frozen=True):
    """What the conversation owes: opening disclosures, the way out, and how soon a refusal must be honoured.

    The texts besides are for the people who write scripts and sign packs; nothing decides by them.
    """

    disclosures: tuple[str, ...] = ()
    disclosure_timing: str = ""
    opt_out: str = ""
    honour_opt_out_within: str = ""
    abandoned_calls: str = ""
    recording: str = ""
    ai_disclosure: str = ""
    post_sale_call: str = ""


class Register(Struct, frozen=True):
    """The do-not-call register of a jurisdiction, and whom it spares; for the people who keep suppressions."""

    name: str
    existing_relationship_exempt: str = ""
    service_calls_exempt: str = ""
    confidence: str = ""


class Pack(Struct, frozen=True):
    """The rules of one jurisdiction. `content_hash` is the SHA-256 of its content, `zones` are IANA names.

    `same_clock` maps zones to the one in `zones` whose clock they share today. `subdivision_required` marks a country
    whose states differ so much that a contact without a state has no place.
    """

    code: str
    name: str
    version: str
    content_hash: str
    zones: tuple[str, ...]
    calendar: str
    windows: tuple[WindowRule, ...]
    parent: str | None = None
    same_clock: Mapping[str, str] = field(default_factory=dict)
    subdivisions: Mapping[str, Subdivision] = field(default_factory=dict)
    subdivision_required: bool = False
    zone_required: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[AttemptLimit, ...] = ()
    voice: tuple[VoiceRule, ...] = ()
    caller: CallerRule | None = None
    guard: DialGuard = DialGuard()
    duties: Duties = Duties()
    register: Register | None = None
    unconfirmed: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    confidence: str = ""
