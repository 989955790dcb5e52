"""Attempts of a campaign, calls after a refusal, numbers that must or must not be shown, and consents by class."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outbound.compliance.facts import ConsentEvidence, GateOptions, History
from outbound.compliance.gate import Decision
from outbound.compliance.rules.pack import (
    AttemptLimit,
    CallerRule,
    CountedPer,
    InForce,
    Layer,
    Line,
    Period,
    PeriodKind,
    VoiceRule,
)
from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.call_class import CallClass
from tests.compliance.gate.invented import OPTIONS, SERVICE, ask, book, codes, layer
from tests.values import replace

HOURS = layer((540, 1200))
NOON = "2026-05-05T12:00+02:00"
DAY = timedelta(days=1)


def limited(count: int, kind: PeriodKind, name: str, days: int = 0, **rest: object) -> Rulebook:
    """Build a rulebook with one limit."""
    limit = AttemptLimit(Layer.LEGAL, SERVICE, count, Period(kind, days * DAY, name), CountedPer.CALLED_NUMBER)
    return book(HOURS, limits=(replace(limit, **rest),))


def refused_on(*moments: str) -> History:
    """Build a history with refusals."""
    return History(refusals=tuple(datetime.fromisoformat(moment) for moment in moments))


def test_a_campaigns_limit_counts_every_attempt_and_never_ends() -> None:
    """However long ago, the attempts of a campaign count; no time lifts the limit."""
    rules = limited(2, PeriodKind.CAMPAIGN, "campaign")
    first, second = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    assert ask(rules, NOON, History((first,))).allowed
    found = ask(rules, NOON, History((first, second)))
    assert (codes(found), found.next_allowed) == (["attempt_limit"], None)
    assert found.reasons[0].text == "Attempts in a campaign per called number are limited to 2; made so far: 2."
    assert found.reasons[0].text_in("zh-TW") == "同一號碼在同一檔活動期間最多撥打 2 次，目前已撥 2 次。"


def test_a_refusal_bars_calls_for_the_length_of_the_period() -> None:
    """Sixty days from the latest refusal, to the second, nobody is called again; the next instant is named."""
    rules = limited(0, PeriodKind.AFTER_REFUSAL, "60_days_after_refusal", 60)
    assert ask(rules, NOON).allowed
    history = refused_on("2026-03-01T12:00+02:00", "2026-03-06T12:00:00.500+02:00")
    found = ask(rules, NOON, history)
    assert codes(found) == ["after_refusal"]
    assert found.next_allowed == datetime(2026, 5, 5, 10, 0, 1, tzinfo=UTC)
    assert ask(rules, "2026-05-05T12:00:01+02:00", history).allowed
    assert "within 60 days of a refusal" in found.reasons[0].text
    assert found.reasons[0].text_in("zh-TW") == "客戶拒絕過這類電話（共 1 次），拒絕後 60 天內不得再撥。"


def test_a_refusal_may_bar_calls_for_ever() -> None:
    """A period without a length never ends, and attempts have nothing to do with it."""
    rules = limited(0, PeriodKind.AFTER_REFUSAL, "after_refusal")
    assert ask(rules, NOON, History((datetime(2026, 5, 4, 12, tzinfo=UTC),))).allowed
    found = ask(rules, NOON, refused_on("2001-01-01T12:00+02:00"))
    assert (codes(found), found.next_allowed) == (["after_refusal"], None)
    assert found.reasons[0].text == "Such calls were refused (1 on record): no further one ever."
    assert found.reasons[0].text_in("zh-TW") == "客戶拒絕過這類電話（共 1 次），往後都不得再撥。"
    assert found.receipt.body()["counters"][0]["made"] == 1


def test_limits_after_a_refusal_bind_and_end_as_others_do() -> None:
    """Another class, a date and a consent that lifts them are looked at as for every limit."""
    history = refused_on("2026-05-01T12:00+02:00")
    agreed = (ConsentEvidence("marketing", date(2026, 5, 2)),)
    rules = limited(0, PeriodKind.AFTER_REFUSAL, "after_refusal", unless_consent="marketing")
    assert ask(rules, NOON, history, consents=agreed).allowed
    assert not ask(rules, NOON, history).allowed
    other = limited(0, PeriodKind.AFTER_REFUSAL, "after_refusal", binds=frozenset({CallClass.COLLECTION}))
    assert ask(other, NOON, history).allowed
    over = limited(0, PeriodKind.AFTER_REFUSAL, "after_refusal", in_force=InForce(until=date(2026, 5, 6)))
    assert ask(over, NOON, history).next_allowed == datetime(2026, 5, 7, 7, tzinfo=UTC)


def test_a_refusal_without_offset_cannot_be_judged() -> None:
    """It could have been on another day."""
    assert codes(ask(book(HOURS), NOON, refused_on("2026-05-01T12:00"))) == ["instant_without_offset"]


def shown(number: str | None, rule: CallerRule, call_class: CallClass = CallClass.SERVICE) -> Decision:
    """Ask with a number that the called party sees."""
    rules = book(replace(HOURS, binds=frozenset(CallClass)), caller=rule)
    options: GateOptions = replace(OPTIONS, caller_number=number)
    return ask(rules, NOON, options=options, call_class=call_class, consents=(ConsentEvidence("marketing"),))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+911600123456", []),
        ("+911610123456", ["caller_foreign"]),
        ("+911601123456", ["caller_forbidden"]),
        ("+33612345678", ["caller_foreign", "caller_forbidden"]),
        (None, ["caller_hidden"]),
        ("anonymous", ["caller_hidden"]),
        ("+", ["caller_hidden"]),
        ("+９１1600", ["caller_hidden"]),
    ],
)
def test_a_number_must_begin_as_the_rule_says_and_not_as_it_forbids(number: str | None, expected: list[str]) -> None:
    """Each of what is wrong with the number is a reason; what is no number is hidden."""
    rule = CallerRule(Layer.LEGAL, must_show=True, prefixes=("+91160",), forbidden=("+911601", "+336"))
    assert codes(shown(number, rule)) == expected


def test_a_hidden_number_is_none_that_a_rule_allows() -> None:
    """A rule that names numbers cannot be met by none, even where it says nothing of hiding."""
    assert codes(shown(None, CallerRule(Layer.LEGAL, must_show=False, forbidden=("+336",)))) == ["caller_hidden"]
    assert codes(shown(None, CallerRule(Layer.LEGAL, must_show=False, prefixes=("+33",)))) == ["caller_hidden"]
    assert codes(shown(None, CallerRule(Layer.LEGAL, must_show=False))) == []


def test_a_rule_on_numbers_binds_the_classes_that_it_names() -> None:
    """A rule for service calls binds interviews as well, and marketing not."""
    rule = CallerRule(Layer.LEGAL, must_show=True, forbidden=("+336",), binds=SERVICE)
    asked = (CallClass.SERVICE, CallClass.MANDATORY_INTERVIEW, CallClass.TELEMARKETING)
    assert [codes(shown("+33612345678", rule, call_class)) for call_class in asked] == [
        ["caller_forbidden"],
        ["caller_forbidden"],
        [],
    ]
    found = shown("+33612345678", rule).reasons[0]
    assert (found.layer, found.jurisdiction) == (Layer.LEGAL, "XK")
    assert found.text == "The caller's number must not begin with +336."
    assert found.text_in("zh-TW") == "來電號碼不得使用 +336 開頭的號碼。"


def test_consent_that_a_service_call_needs_an_interview_needs_too() -> None:
    """A rule on automated voice for service calls, or for interviews by name, binds interviews."""
    for named in (CallClass.SERVICE, CallClass.MANDATORY_INTERVIEW):
        rule = VoiceRule(Layer.LEGAL, frozenset({named}), frozenset({Line.MOBILE}), ("automated_voice",))
        rules = book(HOURS, voice=(rule,))
        found = ask(rules, NOON, call_class=CallClass.MANDATORY_INTERVIEW)
        assert codes(found) == ["consent_missing"]
        assert codes(ask(rules, NOON)) == (["consent_missing"] if named is CallClass.SERVICE else [])
