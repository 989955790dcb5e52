"""What the gate is told about a contact, about earlier attempts, and about the question itself."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, field

from outbound.compliance.rules.pack import PACK_LAYERS, Layer, Line
from outbound.compliance.rules.rulebook import Trust


class PlaceSource(StrEnum):
    """Whose word the region is: the customer's own, the policy's address, or the billing address."""

    STATED = "stated"
    POLICY = "policy"
    BILLING = "billing"


class SuppressionScope(StrEnum):
    """What a suppression stops: refusing marketing leaves service calls; objecting to service calls stops both."""

    EVERYTHING = "everything"
    MARKETING = "marketing"
    SERVICE = "service"


class Suppression(Struct, frozen=True):
    """A number or contact that must not be called. A refusal never ends, whatever `until` says."""

    scope: SuppressionScope
    is_refusal: bool = True
    until: datetime | None = None


class ConsentEvidence(Struct, frozen=True):
    """A recorded agreement, such as automated_voice or marketing; `given_on` None when only the fact is recorded."""

    purpose: str
    given_on: date | None = None


class ChosenWindow(Struct, frozen=True):
    """Instants [start, end) between which the customer asked to be called."""

    start: datetime
    end: datetime


class ContactFacts(Struct, frozen=True):
    """A contact as the rules see it: no name, no number.

    `region` is ISO 3166-1 or -2; `stated_zone` an IANA zone that the customer or the policy states; `number_zones`
    every zone that the number could be in, which only adds to where the call must be allowed. `birth_date` None
    means the hours of 65+, `privacy_notice_on` None means not callable. `chosen` marks a callback that was asked for.
    `place_source` is kept for the receipt; nothing is decided by it.
    """

    region: str | None
    stated_zone: str | None = None
    number_zones: tuple[str, ...] = ()
    birth_date: date | None = None
    vulnerable: bool = False
    line: Line = Line.UNKNOWN
    privacy_notice_on: date | None = None
    consents: tuple[ConsentEvidence, ...] = ()
    do_not_call: bool = False
    chosen: ChosenWindow | None = None
    suppressions: tuple[Suppression, ...] = ()
    place_source: PlaceSource = PlaceSource.POLICY


class History(Struct, frozen=True):
    """Instants of attempts, answered or not, on the number to be called and for the contact on any number.

    `number_live`: a telephone of this number may be ringing now. `quiet_until`: end of the campaign's quiet days.
    `refusals`: instants at which calls of this class were refused, lifted refusals too: some laws count from them.
    """

    number_attempts: tuple[datetime, ...] = ()
    contact_attempts: tuple[datetime, ...] = ()
    number_live: bool = False
    quiet_until: datetime | None = None
    refusals: tuple[datetime, ...] = ()


class BlockedArea(Struct, frozen=True):
    """Calls into this area (ISO code) stop from `since` until `until`, as in a typhoon; None leaves a side open."""

    code: str
    since: datetime | None = None
    until: datetime | None = None


class Check(StrEnum):
    """Parts of the gate that a question about hours may leave out; a dial leaves out none."""

    SUBDIVISION = "subdivision"
    PRIVACY_NOTICE = "privacy_notice"
    SUPPRESSION = "suppression"
    MARKETING_CONSENT = "marketing_consent"
    AUTOMATED_VOICE_CONSENT = "automated_voice_consent"
    RESIDENTIAL_LINE_LIMIT = "residential_line_limit"
    CALLER_ID = "caller_id"
    GUARD = "guard"


class Stage(StrEnum):
    """When the gate is asked."""

    QUESTION = "question"
    PLAN = "plan"
    RESERVATION = "reservation"
    CARRIER = "carrier"


class GateOptions(Struct, frozen=True):
    """Everything else that a decision depends on.

    `promotional` makes any call telemarketing. `caller_number` is what the called party sees (E.164). Seconds of
    ringing and script None take the pack's. `find_next` False saves the search when only yes or no is wanted, and
    `find_end` False that for the instant at which an open gate closes.
    """

    trust: Trust = Trust.PRODUCTION
    promotional: bool = False
    caller_number: str | None = None
    ring_seconds: int | None = None
    script_seconds: int | None = None
    blocked_areas: tuple[BlockedArea, ...] = ()
    stage: Stage = Stage.QUESTION
    layers: frozenset[Layer] = PACK_LAYERS
    skip: frozenset[Check] = field(default_factory=frozenset)
    horizon_days: int = 60
    find_next: bool = True
    find_end: bool = True
