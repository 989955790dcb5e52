"""The very second and the very day on which what hangs on one person changes: pauses, notice, age, wishes, limits."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outbound.compliance.facts import ChosenWindow, ConsentEvidence, History, Suppression, SuppressionScope
from outbound.compliance.rules.pack import (
    AttemptLimit,
    CountedPer,
    HolidayTreatment,
    Hours,
    Layer,
    Line,
    Period,
    PeriodKind,
    Segment,
)
from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.call_class import CallClass
from tests.compliance.gate.invented import SERVICE, ask, book, codes, layer, week
from tests.values import replace

HOURS = layer((540, 1200))
NOON = "2026-05-05T12:00:00+02:00"
AWARE = datetime(2026, 5, 5, 10, tzinfo=UTC)
LATER = AWARE + timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("quiet", "at", "allowed"),
    [
        ("12:00:00", "11:59:59", False),
        ("12:00:00", "12:00:00", True),
        ("12:00:00.1", "12:00:00", False),
        ("12:00:00.1", "12:00:01", True),
    ],
)
def test_quiet_days_and_pauses_end_with_the_first_whole_second(quiet: str, at: str, allowed: bool) -> None:
    """Campaign's quiet days and a suppression with an end last until then, fractions of a second included."""
    until, asked = datetime.fromisoformat(f"2026-05-05T{quiet}+02:00"), f"2026-05-05T{at}+02:00"
    assert ask(book(HOURS), asked, History(quiet_until=until)).allowed is allowed
    pause = Suppression(SuppressionScope.EVERYTHING, is_refusal=False, until=until)
    assert ask(book(HOURS), asked, suppressions=(pause,)).allowed is allowed


@pytest.mark.parametrize("scope", list(SuppressionScope))
def test_a_suppression_without_an_end_or_by_refusal_never_ends(scope: SuppressionScope) -> None:
    """A refusal outlasts its date; a pause without a date is no pause."""
    over, marketing = AWARE - timedelta(days=9), scope is SuppressionScope.MARKETING
    for suppression in (Suppression(scope, until=over), Suppression(scope, is_refusal=False)):
        found = ask(book(HOURS), NOON, suppressions=(suppression,))
        assert (codes(found), found.next_allowed) == (([], AWARE) if marketing else (["suppressed"], None))
    assert ask(book(HOURS), NOON, suppressions=(Suppression(scope, is_refusal=False, until=over),)).allowed


@pytest.mark.parametrize(
    ("days", "allowed"),
    [(-1, True), (0, True), (1, False)],
)
def test_notice_and_consent_count_from_their_day_on(days: int, allowed: bool) -> None:
    """What was given today counts today; in a further zone where it is still yesterday, it does not yet."""
    day = date(2026, 5, 5) + timedelta(days=days)
    found = ask(book(HOURS), NOON, privacy_notice_on=day)
    assert codes(found) == ([] if allowed else ["privacy_notice_missing"])
    everyone = book(replace(HOURS, binds=frozenset(CallClass)))
    agreed = (ConsentEvidence("marketing", day), ConsentEvidence("automated_voice"))
    marketing = ask(everyone, NOON, call_class=CallClass.TELEMARKETING, consents=agreed)
    assert codes(marketing) == ([] if allowed else ["marketing_consent_missing"])
    wider = book(layer((0, 1440)))
    asked = ask(wider, NOON, privacy_notice_on=date(2026, 5, 5), number_zones=("Pacific/Pago_Pago",))
    assert codes(asked) == ["privacy_notice_missing"]


@pytest.mark.parametrize(
    ("birth_date", "elder"),
    [
        (date(1961, 5, 6), False),
        (date(1961, 5, 5), True),
        (date(1961, 4, 30), True),
        (date(1961, 6, 1), False),
        (date(1960, 12, 31), True),
        (None, True),
    ],
)
def test_hours_of_65_begin_on_the_birthday(birth_date: date | None, elder: bool) -> None:
    """A day before it the hours are everybody's; who is vulnerable has the narrower ones at any age."""
    rules = book(replace(HOURS, segments={Segment.ELDER: week((540, 600))}))
    assert ask(rules, NOON, birth_date=birth_date).allowed is not elder
    assert not ask(rules, NOON, birth_date=birth_date, vulnerable=True).allowed


@pytest.mark.parametrize(
    ("at", "elder"),
    [("2025-02-27", False), ("2025-02-28", True), ("2028-02-28", True), ("2025-02-01", False), ("2025-03-01", True)],
)
def test_who_was_born_on_a_leap_day_has_the_hours_of_65_from_the_28th(at: str, elder: bool) -> None:
    """The earlier reading is the narrower one."""
    rules = book(replace(HOURS, segments={Segment.ELDER: week((540, 600))}))
    assert ask(rules, f"{at}T12:00+01:00", birth_date=date(1960, 2, 29)).allowed is not elder


@pytest.mark.parametrize(
    ("at", "stretched"), [("20:00:00", True), ("20:54:59", True), ("20:55:00", False), ("21:00:00", False)]
)
def test_a_time_that_was_chosen_holds_from_its_first_second_to_the_guard_before_its_end(
    at: str, stretched: bool
) -> None:
    """The start belongs to it, the guard before its end does not; hours of the law are not stretched by a wish."""
    wide = Hours(week((480, 1440)), HolidayTreatment.ALLOWED)
    courtesy = replace(HOURS, layer=Layer.COURTESY, consent_override=True, customer_chosen=wide)
    chosen = ChosenWindow(*(datetime.fromisoformat(f"2026-05-05T{t}+02:00") for t in ("20:00", "21:00")))
    asked = f"2026-05-05T{at}+02:00"
    assert ask(book(courtesy), asked, chosen=chosen).allowed is stretched
    assert not ask(book(replace(courtesy, layer=Layer.LEGAL)), asked, chosen=chosen).allowed
    assert not ask(book(replace(courtesy, customer_chosen=None)), asked, chosen=chosen).allowed


def limited(
    kind: PeriodKind, count: int, per: CountedPer, length: timedelta = timedelta(0), **rest: object
) -> Rulebook:
    """Build a rulebook with one limit of the law."""
    limit = AttemptLimit(Layer.LEGAL, SERVICE, count, Period(kind, length, kind), per)
    return book(HOURS, limits=(replace(limit, **rest),))


@pytest.mark.parametrize(
    ("per", "number", "contact"),
    [
        (CountedPer.CALLED_NUMBER, 1, 0),
        (CountedPer.RESIDENTIAL_LINE, 1, 0),
        (CountedPer.CONTACT, 0, 1),
        (CountedPer.DEBT, 0, 1),
    ],
)
def test_a_limit_counts_attempts_on_the_number_or_on_the_person(per: CountedPer, number: int, contact: int) -> None:
    """A number's attempts count for the number and its line, a person's for the person and the debt."""
    rules = limited(PeriodKind.ROLLING, 1, per, timedelta(days=2))
    dialled, rung = History(number_attempts=(AWARE - SECOND,)), History(contact_attempts=(AWARE - SECOND,))
    facts = {"line": Line.LANDLINE}
    assert ask(rules, NOON, dialled, **facts).allowed is not bool(number)
    assert ask(rules, NOON, rung, **facts).allowed is not bool(contact)


def test_a_rolling_period_ends_to_the_second() -> None:
    """An attempt leaves the period when exactly its length has passed, and the next instant says so."""
    rules = limited(PeriodKind.ROLLING, 1, CountedPer.CALLED_NUMBER, timedelta(hours=2))
    made = History(number_attempts=(AWARE - timedelta(hours=2) + SECOND,))
    found = ask(rules, NOON, made)
    assert (codes(found), found.next_allowed) == (["attempt_limit"], AWARE + SECOND)
    assert ask(rules, "2026-05-05T12:00:01+02:00", made).allowed


def test_limits_of_courtesy_and_of_home_lines_have_their_exceptions() -> None:
    """A callback that was asked for is exempt from courtesy alone, a mobile telephone from limits of home lines."""
    made = History((AWARE - SECOND,), (AWARE - SECOND,))
    chosen = ChosenWindow(AWARE, LATER)
    for which, allowed in ((Layer.COURTESY, True), (Layer.LEGAL, False), (Layer.INDUSTRY_CODE, False)):
        rules = limited(PeriodKind.DAY, 1, CountedPer.CONTACT, layer=which)
        assert ask(rules, NOON, made, chosen=chosen).allowed is allowed
        assert not ask(rules, NOON, made).allowed
    home = limited(PeriodKind.DAY, 1, CountedPer.RESIDENTIAL_LINE)
    assert {line: ask(home, NOON, made, line=line).allowed for line in Line} == {
        Line.MOBILE: True,
        Line.LANDLINE: False,
        Line.UNKNOWN: False,
    }
