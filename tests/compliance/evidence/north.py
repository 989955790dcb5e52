"""An invented country with a part, and a question about it in which every fact is given."""

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

from outbound.compliance.evidence.archive import Archive
from outbound.compliance.evidence.manifest import manifest, manifest_hash
from outbound.compliance.facts import (
    BlockedArea,
    Check,
    ChosenWindow,
    ConsentEvidence,
    ContactFacts,
    GateOptions,
    History,
    PlaceSource,
    Stage,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.gate import Decision, decide
from outbound.compliance.rules.calendar import Calendar, CalendarYear
from outbound.compliance.rules.pack import (
    AttemptLimit,
    CountedPer,
    HolidayTreatment,
    Hours,
    Layer,
    Line,
    Pack,
    Period,
    PeriodKind,
    Subdivision,
    WindowRule,
)
from outbound.compliance.rules.rulebook import Rulebook, Signature, SignatureKind, Trust
from outbound.domain.call_class import CallClass
from tests.compliance.gate.invented import SERVICE, week
from tests.values import replace

Body = dict[str, Any]
TAIPEI = timezone(timedelta(hours=8))
EVE = datetime(2026, 12, 30, 18, 0, 0, 250_000, tzinfo=TAIPEI)
"""11:00 in Belgrade on the last working day of a year whose next one has no calendar."""


def rule(layer: Layer, treatment: HolidayTreatment, **rest: Any) -> WindowRule:
    """Build hours from nine to eight."""
    return WindowRule(layer, SERVICE, Hours(week((540, 1200)), treatment, **rest), "XK")


def signed(by: str, kind: SignatureKind, pack: str = "XK-N", content: str = "hash of the part") -> Signature:
    """Sign a pack."""
    return Signature(pack, content, by, date(2026, 1, 1), kind)


LIMIT = AttemptLimit(
    Layer.LEGAL, SERVICE, 5, Period(PeriodKind.ROLLING, timedelta(days=7), "rolling_7_days"), CountedPer.CONTACT
)
COUNTRY = Pack(
    "XK", "Kosovo", "3", "hash of the country", ("Europe/Belgrade", "Europe/Athens"), "XK",
    (rule(Layer.LEGAL, HolidayTreatment.ALLOWED),),
    subdivisions={"XK-N": Subdivision((), own_pack=True)}, aliases={"QN": "XK-N"}, limits=(LIMIT,),
)  # fmt: skip
PART = Pack(
    "XK-N", "North", "9", "hash of the part", ("Europe/Belgrade",), "XK",
    (rule(Layer.COURTESY, HolidayTreatment.BLOCKED, eve_windows=((600, 720),)),), parent="XK",
)  # fmt: skip
YEAR = CalendarYear(frozenset({date(2026, 12, 31)}), {date(2026, 6, 1): frozenset({"XK-N"})})
CALENDAR = Calendar(
    "XK", "2026-11", "h", {2026: YEAR}, frozenset({"XK-N", "XK-S"}), "days of towns", {"XK-R": frozenset({"XK-N"})}
)
SIGNATURES = (
    signed("Arta", SignatureKind.PRODUCTION),
    signed(" ARTA ", SignatureKind.PRODUCTION),
    signed("demo", SignatureKind.PRODUCTION),
    signed("Besa", SignatureKind.DEMO),
    signed("Arta", SignatureKind.DEMO),
    signed("Dren", SignatureKind.PRODUCTION, content="hash of an earlier part"),
    signed("Luan", SignatureKind.DEMO, "XK", "hash of the country"),
)
BOOK = Rulebook({"XK": COUNTRY, "XK-N": PART}, {"XK": CALENDAR}, SIGNATURES)
CONTACT = ContactFacts(
    region="qn",
    stated_zone="Europe/Belgrade",
    number_zones=("Europe/Athens",),
    birth_date=date(1961, 12, 30),
    line=Line.LANDLINE,
    privacy_notice_on=date(2026, 11, 1),
    consents=(ConsentEvidence("automated_voice", date(2026, 11, 2)), ConsentEvidence("marketing")),
    suppressions=(Suppression(SuppressionScope.MARKETING, is_refusal=False, until=EVE + timedelta(days=2)),),
    chosen=ChosenWindow(EVE - timedelta(hours=1), EVE + timedelta(hours=2)),
    place_source=PlaceSource.BILLING,
)
HISTORY = History(
    number_attempts=(EVE - timedelta(days=9),),
    contact_attempts=(EVE - timedelta(days=6), EVE - timedelta(days=9)),
    quiet_until=EVE - timedelta(days=1),
    refusals=(EVE - timedelta(days=30),),
)
OPTIONS = GateOptions(
    trust=Trust.DEMO,
    caller_number="+38349000000",
    ring_seconds=30,
    script_seconds=400,
    blocked_areas=(BlockedArea("XK-S", EVE - timedelta(days=1)), BlockedArea("XK-R", None, EVE - timedelta(hours=1))),
    stage=Stage.CARRIER,
    skip=frozenset({Check.CALLER_ID, Check.AUTOMATED_VOICE_CONSENT}),
)
PACKS = {pack.content_hash: pack for pack in (COUNTRY, PART)}
TEXTS = {
    **{content_hash: f"text of {pack.code}" for content_hash, pack in PACKS.items()},
    YEAR.content_hash("XK", 2026): YEAR.content("XK", 2026),
    manifest_hash(BOOK): manifest(BOOK),
}


def ask(contact: ContactFacts = CONTACT, at: datetime = EVE, **options: Any) -> Decision:
    """Ask about an interview in the north of the invented country."""
    return decide(contact, CallClass.MANDATORY_INTERVIEW, at, HISTORY, BOOK, replace(OPTIONS, **options))


def read(text: str, code: str) -> Pack:
    """Read the invented texts."""
    found = {f"text of {pack.code}": pack for pack in PACKS.values()}[text]
    assert found.code == code
    return found


def archive(texts: dict[str, str] | None = None) -> Archive:
    """Return an archive of these texts, or of all."""
    kept = TEXTS if texts is None else texts
    return Archive(lambda _code, content_hash: kept.get(content_hash), read)


def body(**changes: Any) -> Body:
    """Return the receipt of the question in which every fact is given, as a database gives it back."""
    found: Body = json.loads(json.dumps(ask().receipt.body()))
    return found | changes
