"""An invented country with rules that are written where they are tested."""

from datetime import date, datetime

from outbound.compliance.facts import ContactFacts, GateOptions, History
from outbound.compliance.gate import Decision, decide
from outbound.compliance.rules.calendar import Calendar, CalendarYear
from outbound.compliance.rules.pack import (
    DayHours,
    HolidayTreatment,
    Hours,
    InForce,
    Layer,
    Pack,
    Week,
    WindowRule,
)
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from tests.values import replace

SERVICE = frozenset({CallClass.SERVICE})
HOLIDAY = date(2026, 5, 1)
ALWAYS = InForce()
CALENDAR = Calendar("XK", "1", "h", {2026: CalendarYear(frozenset({HOLIDAY}))})
FACTS = ContactFacts("XK", birth_date=date(1980, 1, 1), privacy_notice_on=date(2020, 1, 1))
OPTIONS = GateOptions(trust=Trust.ASSUMED, caller_number="+38349000000")


def week(*spans: tuple[int, int]) -> Week:
    """Return the same hours every day."""
    day: DayHours = spans
    return (day, day, day, day, day, day, day)


def layer(
    *spans: tuple[int, int],
    treatment: HolidayTreatment = HolidayTreatment.ALLOWED,
    own: DayHours = (),
    in_force: InForce = ALWAYS,
) -> WindowRule:
    """Build a legal layer with the same hours every day."""
    return WindowRule(Layer.LEGAL, SERVICE, Hours(week(*spans), treatment, own), "XK", in_force=in_force)


def book(
    *windows: WindowRule, zone: str = "Europe/Belgrade", calendar: Calendar = CALENDAR, **rest: object
) -> Rulebook:
    """Build a rulebook of one pack."""
    pack = Pack("XK", "Kosovo", "1", "h", (zone,), "XK", windows)
    return Rulebook({"XK": replace(pack, **rest)}, {"XK": calendar})


def ask(
    rules: Rulebook,
    at: str,
    history: History | None = None,
    *,
    options: GateOptions = OPTIONS,
    call_class: CallClass = CallClass.SERVICE,
    **facts: object,
) -> Decision:
    """Ask about an instant, with facts that differ from the usual ones."""
    contact = replace(FACTS, **facts)
    return decide(contact, call_class, datetime.fromisoformat(at), history or History(), rules, options)


def codes(found: Decision) -> list[str]:
    """Return the codes of a decision's reasons."""
    return [r.code for r in found.reasons]
