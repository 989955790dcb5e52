"""Rules that the shipped packs do not need yet, on invented packs: own windows, fixed zones, clocks that jump."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from outbound.compliance.facts import Check, GateOptions, History, Suppression, SuppressionScope
from outbound.compliance.gate import decide
from outbound.compliance.reason import TEXTS, WORDS, reason
from outbound.compliance.rules.pack import (
    AttemptLimit,
    CallerRule,
    CountedPer,
    HolidayTreatment,
    InForce,
    Layer,
    Line,
    Pack,
    Period,
    PeriodKind,
    Subdivision,
    VoiceRule,
    WindowRule,
)
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from tests.bench.gate import KINDS, decisions_per_second
from tests.compliance.gate.invented import CALENDAR, FACTS, OPTIONS, SERVICE, ask, book, codes, layer
from tests.values import replace


def test_a_class_that_no_layer_opens_has_office_hours() -> None:
    """Where no rule gives hours to a class, calls start from ten to six on working days."""
    rules = book(WindowRule(Layer.LEGAL, SERVICE, None, "XK"))
    assert codes(ask(rules, "2026-05-04T10:00+02:00")) == []
    assert codes(ask(rules, "2026-05-04T09:59:59+02:00")) == ["outside_hours"]
    assert codes(ask(rules, "2026-05-04T17:54:59+02:00")) == []
    assert codes(ask(rules, "2026-05-04T17:55+02:00")) == ["closing_soon"]
    assert codes(ask(rules, "2026-05-01T12:00+02:00")) == ["public_holiday"]
    assert codes(ask(rules, "2026-05-02T12:00+02:00")) == ["day_closed"]


def test_a_holiday_may_have_its_own_window() -> None:
    """An own window holds on the holiday and nowhere else."""
    rules = book(layer((540, 1200), treatment=HolidayTreatment.OWN_WINDOW, own=((600, 720),)))
    assert codes(ask(rules, "2026-05-01T11:00+02:00")) == []
    found = ask(rules, "2026-05-01T09:30+02:00")
    assert codes(found) == ["public_holiday"]
    assert found.reasons[0].text.endswith("10:00-12:00.")
    assert codes(ask(rules, "2026-05-04T09:30+02:00")) == []


def test_a_rule_holds_from_its_first_to_its_last_local_day() -> None:
    """Both effective dates are inclusive; outside them the layer is not there."""
    narrow = layer((600, 660), in_force=InForce(date(2026, 6, 1), date(2026, 6, 30)))
    rules = book(layer((540, 1200)), narrow)
    days = [codes(ask(rules, f"2026-{day}T15:00+02:00")) for day in ("05-31", "06-01", "06-30", "07-01")]
    assert days == [[], ["outside_hours"], ["outside_hours"], []]


def test_windows_that_name_a_zone_are_read_in_it() -> None:
    """A rule that names a zone binds by that clock besides the clock of the called party."""
    named = replace(layer((540, 1140)), fixed_zone="UTC")
    part = Pack("XK-1", "Part", "1", "h", ("Asia/Tokyo",), "XK", (named,), parent="XK")
    country = replace(book(layer((0, 1440))).packs["XK"], subdivisions={"XK-1": Subdivision(("Asia/Tokyo",))})
    rules = Rulebook({"XK": country, "XK-1": part}, {"XK": CALENDAR})
    found = ask(rules, "2026-05-05T09:30+00:00", region="XK-1")
    assert found.allowed
    assert found.receipt.body()["local_times"].keys() == {"Asia/Tokyo", "UTC"}
    refused = ask(rules, "2026-05-05T09:30+09:00", region="XK-1")
    assert [dict(r.details)["zone"] for r in refused.reasons] == ["UTC"]
    assert refused.next_allowed == datetime(2026, 5, 5, 9, tzinfo=UTC)
    assert [dict(r.details)["zone"] for r in ask(rules, "2026-05-05T11:00+00:00", region="XK-1").reasons] == [
        "Asia/Tokyo"
    ]


def test_a_part_is_bound_by_its_own_pack_and_by_its_countrys() -> None:
    """Both packs must allow; the reason says which one does not."""
    part = Pack("XK-1", "Part", "1", "h", ("Europe/Belgrade",), "XK", (layer((600, 1320)),), parent="XK")
    country = replace(book(layer((540, 1200))).packs["XK"], subdivisions={"XK-1": Subdivision((), own_pack=True)})
    rules = Rulebook({"XK": country, "XK-1": part}, {"XK": CALENDAR})
    found = {at: ask(rules, f"2026-05-05T{at}+02:00", region="XK-1") for at in ("09:30", "12:00", "21:00")}
    assert [[r.jurisdiction for r in d.reasons] for d in found.values()] == [["XK-1"], [], ["XK"]]


@pytest.mark.parametrize(
    ("zone", "window", "opens", "closes"),
    [
        # 29 March 2026: 02:00-03:00 does not exist in Belgrade; what opens in the gap opens at its end.
        ("Europe/Belgrade", (150, 600), "2026-03-29T01:00:00+00:00", "2026-03-29T08:00:00+00:00"),
        ("Europe/Belgrade", (60, 150), "2026-03-29T00:00:00+00:00", "2026-03-29T01:00:00+00:00"),
        # 25 October 2026: 02:00-03:00 happens twice; a bound inside takes the narrower reading.
        ("Europe/Belgrade", (150, 600), "2026-10-25T01:30:00+00:00", "2026-10-25T09:00:00+00:00"),
        ("Europe/Belgrade", (60, 150), "2026-10-24T23:00:00+00:00", "2026-10-25T00:30:00+00:00"),
        # A window that spans the hour is open through both readings.
        ("Europe/Belgrade", (60, 240), "2026-10-24T23:00:00+00:00", "2026-10-25T03:00:00+00:00"),
        # Lord Howe turns back half an hour, the Azores are an hour off the mainland.
        ("Australia/Lord_Howe", (105, 600), "2026-04-04T15:15:00+00:00", "2026-04-04T23:30:00+00:00"),
        ("Atlantic/Azores", (30, 600), "2026-10-25T01:30:00+00:00", "2026-10-25T11:00:00+00:00"),
        # Santiago's clock jumps over midnight.
        ("America/Santiago", (0, 600), "2026-09-06T04:00:00+00:00", "2026-09-06T13:00:00+00:00"),
        ("Asia/Kathmandu", (600, 1440), "2026-05-05T04:15:00+00:00", "2026-05-05T18:15:00+00:00"),
    ],
)
def test_clocks_that_jump_and_odd_zones(zone: str, window: tuple[int, int], opens: str, closes: str) -> None:
    """A window opens and closes at the right instants on the days on which a clock jumps."""
    rules = book(layer(window), zone=zone)
    start, end = datetime.fromisoformat(opens), datetime.fromisoformat(closes)
    options = replace(OPTIONS, script_seconds=0, ring_seconds=0)
    guard = timedelta(minutes=5)

    def allowed(at: datetime) -> bool:
        return decide(FACTS, CallClass.SERVICE, at, History(), rules, options).allowed

    second = timedelta(seconds=1)
    assert [allowed(start - second), allowed(start), allowed(end - guard - second), allowed(end - guard)] == [
        False, True, True, False,
    ]  # fmt: skip
    found = decide(FACTS, CallClass.SERVICE, start - second, History(), rules, options).next_allowed
    assert found == start


@pytest.mark.parametrize(
    ("kind", "made", "asked", "allowed"),
    [
        (PeriodKind.CALENDAR_WEEK, "2026-05-04T12:00+02:00", "2026-05-10T12:00+02:00", False),
        (PeriodKind.CALENDAR_WEEK, "2026-05-10T12:00+02:00", "2026-05-11T12:00+02:00", True),
        (PeriodKind.CALENDAR_MONTH, "2026-05-01T12:00+02:00", "2026-05-31T12:00+02:00", False),
        (PeriodKind.CALENDAR_MONTH, "2026-05-31T12:00+02:00", "2026-06-01T12:00+02:00", True),
        (PeriodKind.DAY, "2026-05-04T23:30+02:00", "2026-05-05T12:00+02:00", True),
    ],
)
def test_limits_by_calendar_periods(kind: PeriodKind, made: str, asked: str, allowed: bool) -> None:
    """A limit by week or month ends with the week or month of the called party's clock."""
    limit = AttemptLimit(Layer.LEGAL, SERVICE, 1, Period(kind, name=kind), CountedPer.CALLED_NUMBER)
    rules = book(layer((540, 1200)), limits=(limit,))
    history = History((datetime.fromisoformat(made),))
    assert ask(rules, asked, history).allowed is allowed


def test_a_limit_of_none_or_out_of_force_and_one_of_another_class() -> None:
    """No attempts at all means never; a limit that is over, or for another class, does not bind."""
    none = AttemptLimit(Layer.LEGAL, SERVICE, 0, Period(PeriodKind.DAY, name="day"), CountedPer.CONTACT)
    over = replace(none, in_force=InForce(until=date(2020, 1, 1)))
    other = replace(none, binds=frozenset({CallClass.COLLECTION}))
    assert codes(ask(book(layer((540, 1200)), limits=(none,)), "2026-05-05T12:00+02:00")) == ["attempt_limit"]
    assert ask(book(layer((540, 1200)), limits=(over, other)), "2026-05-05T12:00+02:00").allowed


def test_a_calendar_that_is_not_there_closes_what_asks_it() -> None:
    """A layer that closes on holidays cannot open without a calendar; one that ignores them can."""
    blocked = replace(book(layer((540, 1200), treatment=HolidayTreatment.BLOCKED)), calendars={})
    assert codes(ask(blocked, "2026-05-05T12:00+02:00")) == ["calendar_missing"]
    ignoring = replace(book(layer((540, 1200))), calendars={})
    assert ask(ignoring, "2026-05-05T12:00+02:00").allowed
    assert ask(ignoring, "2026-05-05T12:00+02:00").receipt.body()["calendars"] == []


def test_instants_that_cannot_be_judged() -> None:
    """A naive instant anywhere in the question, or one outside the years that are known, is a refusal with a reason."""
    rules = book(layer((540, 1200)))
    naive = datetime(2026, 5, 5, 12)  # noqa: DTZ001  that is the point
    pause = Suppression(SuppressionScope.EVERYTHING, is_refusal=False, until=naive)
    assert codes(ask(rules, "2026-05-05T12:00")) == ["instant_without_offset"]
    assert codes(ask(rules, "2026-05-05T12:00+02:00", History((naive,)))) == ["instant_without_offset"]
    assert codes(ask(rules, "2026-05-05T12:00+02:00", suppressions=(pause,))) == ["instant_without_offset"]
    assert codes(ask(rules, "9999-12-31T23:59+00:00")) == ["instant_out_of_range"]
    assert codes(ask(rules, "0001-01-01T00:00+00:00")) == ["instant_out_of_range"]
    assert codes(ask(rules, "2026-05-05T12:00", region=None)) == ["instant_without_offset", "place_unknown"]
    assert ask(rules, "2026-05-05T12:00").receipt.body()["instant"] == "2026-05-05T12:00:00"


def test_a_question_about_hours_may_leave_the_rest_out() -> None:
    """Each part of the gate that is left out gives no reason and keeps no guard; what is not left out does."""
    voice = VoiceRule(Layer.LEGAL, frozenset(CallClass), frozenset({Line.LANDLINE}), ("automated_voice",))
    everyone = replace(layer((540, 1200)), binds=frozenset(CallClass))
    rules = book(everyone, voice=(voice,), caller=CallerRule(Layer.LEGAL, must_show=True))
    facts = {"privacy_notice_on": None, "do_not_call": True}
    at, marketing = "2026-05-05T19:59:59+02:00", CallClass.TELEMARKETING
    hidden = replace(OPTIONS, caller_number=None)
    assert codes(ask(rules, at, options=hidden, call_class=marketing, **facts)) == [
        "privacy_notice_missing",
        "do_not_call",
        "marketing_consent_missing",
        "consent_missing",
        "caller_hidden",
        "closing_soon",
    ]
    nothing_else = replace(hidden, skip=frozenset(Check))
    found = ask(rules, at, options=nothing_else, call_class=marketing, **facts)
    assert found.open_until == datetime(2026, 5, 5, 18, tzinfo=UTC)


def test_a_country_without_rules_is_not_called() -> None:
    """No pack, no place: a code that exists is told from one that cannot."""
    assert codes(ask(book(layer((540, 1200))), "2026-05-05T12:00+02:00", region="NO")) == ["pack_missing"]
    assert codes(ask(book(layer((540, 1200))), "2026-05-05T12:00+02:00", region="XK-1")) == ["jurisdiction_unknown"]


def test_a_caller_rule_may_ask_for_nothing() -> None:
    """A rule that neither wants the number shown nor domestic is met by everything."""
    rules = book(layer((540, 1200)), caller=CallerRule(Layer.COURTESY, must_show=False))
    options = replace(OPTIONS, caller_number=None)
    at = datetime(2026, 5, 5, 10, tzinfo=UTC)
    assert decide(FACTS, CallClass.SERVICE, at, History(), rules, options).allowed


def test_no_search_when_only_yes_or_no_is_wanted() -> None:
    """Without a search the reasons are the same and no next instant is named."""
    rules = book(layer((540, 1200)))
    at = datetime(2026, 5, 5, 1, tzinfo=UTC)
    quick = decide(FACTS, CallClass.SERVICE, at, History(), rules, replace(OPTIONS, find_next=False))
    full = decide(FACTS, CallClass.SERVICE, at, History(), rules, OPTIONS)
    assert (quick.reasons, quick.next_allowed) == (full.reasons, None)
    assert full.next_allowed == datetime(2026, 5, 5, 9, tzinfo=ZoneInfo("Europe/Belgrade"))


def test_the_search_stops_at_its_horizon() -> None:
    """What opens after the horizon is not named."""
    rules = book(layer((540, 1200), in_force=InForce(since=date(2026, 6, 1))), layer((600, 601)))
    at = datetime(2026, 5, 5, 1, tzinfo=UTC)
    assert decide(FACTS, CallClass.SERVICE, at, History(), rules, OPTIONS).next_allowed is None


def test_what_is_derived_is_forgotten_when_it_grows_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache of a long-running process starts afresh, and decisions stay the same."""
    monkeypatch.setattr("outbound.compliance.rules.rulebook._CACHE_ENTRIES", 3)
    rules = book(layer((540, 1200)))
    assert [ask(rules, f"2026-05-{day:02d}T12:00+02:00").allowed for day in range(4, 10)] == [True] * 6
    assert len(rules.cache) <= 3


def test_every_reason_is_said_in_both_languages() -> None:
    """Texts of a code name the same details in Chinese and English; words of details too are said in both."""
    for code, (chinese, english) in TEXTS.items():
        names = {part.partition("}")[0] for text in (chinese, english) for part in text.split("{")[1:]}
        made = reason(code, **dict.fromkeys(names, "day"))
        assert "{" not in made.text_in("zh-TW") + made.text_in("en")
    assert all(len(said) == 2 for said in WORDS.values())
    limit = reason("attempt_limit", count=3, period="rolling_14_days", per="called_number", made=3)
    assert limit.text_in("zh-TW") == "同一號碼連續 14 天內最多撥打 3 次，目前已撥 3 次。"
    assert limit.text == "Attempts in 14 days per called number are limited to 3; made so far: 3."
    single = reason("attempt_limit", count=1, period="day", per="contact", made=1)
    assert single.text_in("zh-TW") == "同一位客戶每天最多撥打 1 次，目前已撥 1 次。"
    assert single.text == "Attempts a day per contact are limited to 1; made so far: 1."
    assert "in 1 hour per" in reason("attempt_limit", count=1, period="rolling_1_hours", per="contact", made=1).text
    assert "24 小時" in reason("attempt_limit", count=3, period="rolling_24_hours", per="contact", made=3).text_in("zh")


@pytest.mark.parametrize("kind", KINDS)
def test_the_benchmark_measures_what_it_says(rulebook: Rulebook, kind: str) -> None:
    """It counts only decisions of its kind, and refuses to measure anything else."""
    ticks = iter((1.0, 5.0))
    assert decisions_per_second(rulebook, lambda: next(ticks), kind, count=200) == 50.0
    with pytest.raises(ValueError, match=f"10 of 10 decisions were not {kind}:"):
        decisions_per_second(Rulebook({}, {}), lambda: 0.0, kind, count=10)


def test_a_rule_without_hours_never_reaches_a_day_table(rulebook: Rulebook) -> None:
    """The legal layer of Taiwan's service calls is a finding that there is none: it stands in no receipt's windows."""
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    options = GateOptions(trust=Trust.DEMO, caller_number="+886277000000")
    facts = replace(FACTS, region="TW")
    body = decide(facts, CallClass.SERVICE, at, History(), rulebook, options).receipt.body()
    assert [window["layer"] for window in body["windows"]] == ["courtesy"]
    assert body["packs"][0]["hash"] == rulebook.packs["TW"].content_hash
    assert body["calendars"][0]["version"].startswith("2026-11-22")
