"""What a reason says besides its code: whose rule it is, of which layer, and the figures that fill its text."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outbound.compliance.facts import BlockedArea, ConsentEvidence, GateOptions, History, Suppression, SuppressionScope
from outbound.compliance.gate import Decision
from outbound.compliance.rules.calendar import Calendar, CalendarYear
from outbound.compliance.rules.pack import (
    AttemptLimit,
    CallerRule,
    CountedPer,
    HolidayTreatment,
    Layer,
    Line,
    Pack,
    Period,
    PeriodKind,
    Subdivision,
    VoiceRule,
)
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from tests.compliance.gate.invented import CALENDAR, OPTIONS, SERVICE, ask, book, layer
from tests.values import replace

NOON = "2026-05-05T12:00+02:00"
HOURS = layer((540, 1200))
ZONE = "Europe/Belgrade"


def told(found: Decision) -> list[tuple[str, Layer, str, dict[str, str]]]:
    """Return every reason with all that it says."""
    return [(r.code, r.layer, r.jurisdiction, dict(r.details)) for r in found.reasons]


@pytest.mark.parametrize(
    ("at", "spans", "code", "details"),
    [
        (
            "2026-05-05T21:00:07+02:00",
            ((540, 720), (780, 1200)),
            "outside_hours",
            {"local": "21:00:07", "zone": ZONE, "hours": "09:00-12:00, 13:00-20:00"},
        ),
        (
            "2026-05-05T19:56+02:00",
            ((545, 1205),),
            "closing_soon",
            {"closes": "20:05", "zone": ZONE, "guard": "600"},
        ),
        (
            "2026-05-01T12:00+02:00",
            ((540, 1200),),
            "public_holiday",
            {"date": "2026-05-01", "zone": ZONE, "hours": "closed"},
        ),
        ("2026-05-05T12:00+02:00", (), "day_closed", {"date": "2026-05-05", "zone": ZONE}),
        ("2028-05-05T12:00+02:00", ((540, 1200),), "calendar_missing", {"place": "XK", "year": "2028"}),
    ],
)
def test_a_closed_layer_says_whose_hours_they_are(
    at: str, spans: tuple[tuple[int, int], ...], code: str, details: dict[str, str]
) -> None:
    """The reason names layer, jurisdiction, local time and hours, as the clock of the called party shows them."""
    rule = replace(layer(*spans, treatment=HolidayTreatment.BLOCKED), layer=Layer.INDUSTRY_CODE)
    options = replace(OPTIONS, ring_seconds=200, script_seconds=400)
    assert told(ask(book(rule), at, options=options)) == [(code, Layer.INDUSTRY_CODE, "XK", details)]


def test_a_window_that_is_shorter_than_the_guard_is_always_about_to_close() -> None:
    """From its first second there is too little time left: the reason is closing time, not the hours."""
    short = book(layer((540, 544)))
    found = [ask(short, f"2026-05-05T{at}+02:00").reasons[0].code for at in ("08:59:59", "09:00", "09:04")]
    assert found == ["outside_hours", "closing_soon", "outside_hours"]


def test_a_limit_says_what_it_counts_and_how_many_there_were() -> None:
    """Count, period, whose attempts, and how many were made; layer and jurisdiction of the rule."""
    day = AttemptLimit(Layer.COURTESY, SERVICE, 1, Period(PeriodKind.DAY, name="day"), CountedPer.CONTACT)
    before = tuple(datetime(2026, 5, 5, hour, tzinfo=UTC) for hour in (7, 8))
    found = ask(book(HOURS, limits=(day,)), NOON, History(contact_attempts=before))
    details = {"count": "1", "period": "day", "per": "contact", "made": "2"}
    assert told(found) == [("attempt_limit", Layer.COURTESY, "XK", details)]


def test_a_bar_after_refusals_says_how_many_there_were() -> None:
    """The period and the number of refusals; layer and jurisdiction of the rule."""
    sixty = Period(PeriodKind.AFTER_REFUSAL, timedelta(days=60), "60_days_after_refusal")
    limit = AttemptLimit(Layer.LEGAL, SERVICE, 0, sixty, CountedPer.CALLED_NUMBER)
    found = ask(book(HOURS, limits=(limit,)), NOON, History(refusals=(datetime(2026, 5, 1, tzinfo=UTC),)))
    details = {"period": "60_days_after_refusal", "made": "1"}
    assert told(found) == [("after_refusal", Layer.LEGAL, "XK", details)]


def test_a_pack_that_nobody_signed_is_named_with_its_version() -> None:
    """A bar of the house, about the pack's very version."""
    found = ask(book(HOURS, version="7"), NOON, options=replace(OPTIONS, trust=Trust.PRODUCTION))
    assert told(found) == [("pack_unsigned", Layer.HOUSE, "XK", {"place": "XK", "version": "7"})]


def test_missing_consent_says_which_and_for_what_line() -> None:
    """Only the consents that are missing are named, together; the line as it is known."""
    rule = VoiceRule(Layer.LEGAL, SERVICE, frozenset({Line.MOBILE}), ("automated_voice", "written", "marketing"))
    rules, agreed = book(HOURS, voice=(rule,)), (ConsentEvidence("written"),)
    details = {"line": "mobile", "consent": "automated_voice, marketing"}
    found = ask(rules, NOON, line=Line.MOBILE, consents=agreed)
    assert told(found) == [("consent_missing", Layer.LEGAL, "XK", details)]


@pytest.mark.parametrize(
    ("call_class", "promotional", "why"),
    [
        (CallClass.TELEMARKETING, False, "marketing_call"),
        (CallClass.TELEMARKETING, True, "marketing_call"),
        (CallClass.SERVICE, True, "promotion"),
    ],
)
def test_missing_consent_to_marketing_says_why_it_is_needed(call_class: CallClass, promotional: bool, why: str) -> None:
    """A call may be marketing by its own class, or because its script promotes something."""
    rules = book(replace(HOURS, binds=frozenset(CallClass)))
    found = ask(rules, NOON, options=replace(OPTIONS, promotional=promotional), call_class=call_class)
    assert told(found) == [("marketing_consent_missing", Layer.HOUSE, "", {"why": why})]


def test_a_number_that_is_not_allowed_is_told_with_what_is() -> None:
    """Beginnings that are wanted or forbidden are all named, with the layer and jurisdiction of the rule."""
    rule = CallerRule(Layer.INDUSTRY_CODE, must_show=True, prefixes=("+3831", "+3832"), forbidden=("+34", "+35"))
    rules = book(HOURS, caller=rule)
    assert told(ask(rules, NOON, options=replace(OPTIONS, caller_number="+3491"))) == [
        ("caller_foreign", Layer.INDUSTRY_CODE, "XK", {"prefix": "+3831, +3832"}),
        ("caller_forbidden", Layer.INDUSTRY_CODE, "XK", {"prefix": "+34, +35"}),
    ]
    hidden = ask(rules, NOON, options=replace(OPTIONS, caller_number=None))
    assert told(hidden) == [("caller_hidden", Layer.INDUSTRY_CODE, "XK", {})]


def test_bars_of_the_house_say_what_they_are_about() -> None:
    """Suspended area, suppression's scope and end of the quiet days; no jurisdiction speaks."""
    pause = Suppression(SuppressionScope.SERVICE)
    options = replace(OPTIONS, blocked_areas=(BlockedArea("XK"),))
    quiet = History(number_live=True, quiet_until=datetime(2026, 5, 9, 1, 2, 3, tzinfo=UTC))
    found = ask(book(HOURS), NOON, quiet, options=options, suppressions=(pause,), do_not_call=True)
    assert told(found) == [
        ("do_not_call", Layer.HOUSE, "", {}),
        ("suppressed", Layer.HOUSE, "", {"scope": "service"}),
        ("number_live", Layer.HOUSE, "", {}),
        ("quiet_days", Layer.HOUSE, "", {"until": "2026-05-09T01:02+00:00"}),
        ("area_blocked", Layer.HOUSE, "", {"area": "XK"}),
    ]


@pytest.mark.parametrize(
    ("region", "zone", "expected"),
    [
        (None, None, ("place_unknown", {"place": "?"})),
        ("Kosovo", None, ("jurisdiction_unknown", {"place": "KOSOVO"})),
        ("XK-9", None, ("jurisdiction_unknown", {"place": "XK-9"})),
        ("XK-W", None, ("pack_missing", {"place": "XK-W"})),
        ("NO-03", None, ("pack_missing", {"place": "NO-03"})),
        ("XK", "Mars/Olympus", ("zone_unknown", {"zone": "Mars/Olympus"})),
        ("XK", "Asia/Tokyo", ("zone_outside", {"zone": "Asia/Tokyo", "place": "XK"})),
    ],
)
def test_a_place_that_is_not_understood_is_named_as_it_was_given(
    region: str | None, zone: str | None, expected: tuple[str, dict[str, str]]
) -> None:
    """Code or zone stand in the reason, so that whoever mends the record finds them."""
    rules = book(HOURS, subdivisions={"XK-W": Subdivision((ZONE,), own_pack=True)})
    found = ask(rules, NOON, region=region, stated_zone=zone)
    assert told(found) == [(expected[0], Layer.HOUSE, "", expected[1])]


@pytest.mark.parametrize(
    ("rest", "code"), [({"subdivision_required": True}, "place_unknown"), ({"zone_required": True}, "place_too_wide")]
)
def test_a_country_that_needs_more_than_its_code_is_named(rest: dict[str, bool], code: str) -> None:
    """The reason names the country whose part or zone is wanted."""
    assert told(ask(book(HOURS, **rest), NOON)) == [(code, Layer.HOUSE, "", {"place": "XK"})]


def test_every_pack_of_a_place_speaks_for_itself() -> None:
    """A part's own limits and consents bear the part's code, the country's its own."""
    limit = AttemptLimit(Layer.LEGAL, SERVICE, 0, Period(PeriodKind.DAY, name="day"), CountedPer.CONTACT)
    voice = VoiceRule(Layer.LEGAL, SERVICE, frozenset(Line), ("automated_voice",))
    caller = CallerRule(Layer.LEGAL, must_show=True)
    own = Pack("XK-1", "Part", "1", "h", (ZONE,), "XK", (HOURS,), parent="XK")
    own = replace(own, limits=(limit,), voice=(voice,), caller=caller)
    country = book(HOURS, subdivisions={"XK-1": Subdivision((), own_pack=True)}).packs["XK"]
    country = replace(country, limits=(limit,), voice=(voice,), caller=caller)
    rules = Rulebook({"XK": country, "XK-1": own}, {"XK": CALENDAR})
    found = ask(rules, NOON, region="XK-1", options=GateOptions(trust=Trust.ASSUMED))
    assert [(code, whose) for code, _, whose, _ in told(found)] == [
        (code, whose) for code in ("consent_missing", "caller_hidden", "attempt_limit") for whose in ("XK-1", "XK")
    ]


def test_a_missing_calendar_of_next_year_is_told_for_an_eve() -> None:
    """What keeps the last day of the year from being judged is the year after it."""
    calendar = Calendar("XK", "1", "h", {2026: CalendarYear(frozenset({date(2026, 1, 1)}))})
    base = layer((540, 1200), treatment=HolidayTreatment.BLOCKED)
    assert base.hours is not None
    eves = replace(base, hours=replace(base.hours, eve_windows=((600, 720),)))
    found = ask(book(eves, calendar=calendar), "2026-12-31T11:00+01:00")
    assert told(found) == [("calendar_missing", Layer.LEGAL, "XK", {"place": "XK", "year": "2027"})]


def test_several_details_are_said_one_after_the_other() -> None:
    """Consents and beginnings of numbers are lists: each word is said in its language, with its own comma."""
    rule = VoiceRule(Layer.LEGAL, SERVICE, frozenset({Line.MOBILE}), ("automated_voice", "written", "marketing"))
    found = ask(book(HOURS, voice=(rule,)), NOON, line=Line.MOBILE).reasons[0]
    assert "(automated voice, written, marketing)" in found.text
    assert "（自動語音、written、行銷）" in found.text_in("zh-TW")
