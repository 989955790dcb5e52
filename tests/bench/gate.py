"""How many decisions a second the gate makes, by what they take; the caller brings the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from outbound.compliance.facts import ConsentEvidence, ContactFacts, GateOptions, History
from outbound.compliance.gate import Decision, decide
from outbound.compliance.rules.pack import Line
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from tests.values import replace

_STEP = timedelta(seconds=7)
_SPREAD = 5000
_BEFORE = timedelta(days=3)
_CONTACT = ContactFacts(
    "TW",
    birth_date=date(1980, 5, 1),
    line=Line.MOBILE,
    privacy_notice_on=date(2026, 11, 1),
    consents=(ConsentEvidence("service_call", date(2026, 11, 1)),),
    number_zones=("Asia/Taipei",),
)
_AMERICAN = replace(
    _CONTACT, region="US-FL", consents=(ConsentEvidence("automated_voice", date(2026, 11, 1)),), number_zones=()
)
_OPTIONS = GateOptions(trust=Trust.DEMO, caller_number="+886277000000")


@dataclass(frozen=True, slots=True)
class Kind:
    """Decisions of one kind: instants from `since` on, `spread` of them seven seconds apart and over again."""

    contact: ContactFacts
    since: datetime
    expected: Callable[[Decision], bool]
    options: GateOptions = _OPTIONS
    spread: int = _SPREAD


def _allowed(found: Decision) -> bool:
    return found.allowed


def _refused(found: Decision) -> bool:
    return found.next_allowed is None and {reason.code for reason in found.reasons} == {"outside_hours"}


def _refused_with_next(found: Decision) -> bool:
    return not found.allowed and found.next_allowed is not None


_MONDAY_NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)
_MONDAY_EVENING = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
_FLORIDA_NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
_FLORIDA_NIGHT = datetime(2026, 11, 24, 3, tzinfo=UTC)
KINDS = {
    "allowed": Kind(_CONTACT, _MONDAY_NINE, _allowed),
    "allowed_two_zones": Kind(_AMERICAN, _FLORIDA_NOON, _allowed, spread=2000),
    "refused": Kind(_CONTACT, _MONDAY_EVENING, _refused, replace(_OPTIONS, find_next=False)),
    "refused_with_next": Kind(_CONTACT, _MONDAY_EVENING, _refused_with_next),
    "refused_with_next_two_zones": Kind(_AMERICAN, _FLORIDA_NIGHT, _refused_with_next),
}
"""What is measured. Refused: in the evening, with every reason; with next: and the next lawful instant."""


def decisions_per_second(
    rulebook: Rulebook, monotonic: Callable[[], float], kind: str = "allowed", *, count: int = 50_000
) -> float:
    """Measure `count` decisions of a kind with one earlier attempt; `monotonic` in seconds.

    Raises `ValueError` when a decision is not the expected one: a figure for something else is worth nothing.
    """
    asked = KINDS[kind]
    history = History((asked.since - _BEFORE,), (asked.since - _BEFORE,))
    instants = [asked.since + _STEP * (step % asked.spread) for step in range(count)]
    begun = monotonic()
    right = sum(
        asked.expected(decide(asked.contact, CallClass.SERVICE, instant, history, rulebook, asked.options))
        for instant in instants
    )
    seconds = monotonic() - begun
    if right != count:
        raise ValueError(f"{count - right} of {count} decisions were not {kind}: the rules are not the ones shipped")
    return count / seconds
