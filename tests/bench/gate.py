"""How many decisions a second the gate makes; the caller brings the clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from outbound.compliance.facts import ConsentEvidence, ContactFacts, GateOptions, History
from outbound.compliance.gate import decide
from outbound.compliance.rules.pack import Line
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass

_MONDAY_NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)
_STEP = timedelta(seconds=7)
_SPREAD = 5000


def decisions_per_second(rulebook: Rulebook, monotonic: Callable[[], float], *, count: int = 50_000) -> float:
    """Measure `count` decisions on lawful Taiwanese instants with one earlier attempt; `monotonic` in seconds.

    Raises `ValueError` when a decision is not the expected yes: a figure for something else is worth nothing.
    """
    options = GateOptions(trust=Trust.DEMO, caller_number="+886277000000")
    history = History((_MONDAY_NINE - timedelta(days=3),), (_MONDAY_NINE - timedelta(days=3),))
    contact = ContactFacts(
        "TW",
        birth_date=date(1980, 5, 1),
        line=Line.MOBILE,
        privacy_notice_on=date(2026, 11, 1),
        consents=(ConsentEvidence("service_call", date(2026, 11, 1)),),
        number_zones=("Asia/Taipei",),
    )
    instants = [_MONDAY_NINE + _STEP * (step % _SPREAD) for step in range(count)]
    begun = monotonic()
    allowed = sum(
        decide(contact, CallClass.SERVICE, instant, history, rulebook, options).allowed for instant in instants
    )
    seconds = monotonic() - begun
    if allowed != count:
        raise ValueError(f"{count - allowed} of {count} decisions were refused: the rules are not the ones shipped")
    return count / seconds
