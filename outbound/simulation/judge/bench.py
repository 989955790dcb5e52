"""Hears a case: every law in turn, the violations in the order of the laws."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from outbound.domain.policy import Policy
from outbound.simulation.judge.calls import Event, calls_of, legs_of, messages_of
from outbound.simulation.judge.case import Case, Instructions, Record
from outbound.simulation.judge.laws.beside import discreet_beside_the_call
from outbound.simulation.judge.laws.hours import inside_lawful_hours, is_lawful
from outbound.simulation.judge.laws.limits import attempt_cap, opt_out_is_final
from outbound.simulation.judge.laws.outcomes import one_answer_a_turn, one_outcome_a_call, one_record_an_outcome
from outbound.simulation.judge.laws.privacy import nothing_personal_before_verification
from outbound.simulation.judge.laws.rings import one_live_call_a_number, one_ring_an_attempt, stop_order_holds
from outbound.simulation.judge.violation import Violation
from outbound.simulation.lawful_hours import LawfulHours

_LAWS: Mapping[str, Callable[[Case], Iterator[Violation]]] = {
    law.__name__: law
    for law in (
        one_ring_an_attempt,
        one_live_call_a_number,
        inside_lawful_hours,
        attempt_cap,
        one_outcome_a_call,
        one_record_an_outcome,
        nothing_personal_before_verification,
        discreet_beside_the_call,
        opt_out_is_final,
        stop_order_holds,
        one_answer_a_turn,
    )
}
LAWS = tuple(_LAWS)
"""Every law's name, in the order in which violations are reported."""


def judge(
    log: Iterable[Event],
    records: Sequence[Record],
    policies: Sequence[Policy],
    hours: LawfulHours,
    *,
    max_attempts: int,
    call_class: str = "service",
    instructions: Instructions | None = None,
) -> list[Violation]:
    """Return every violation of the laws in `LAWS`, in their order.

    `call_class` is what all the calls were for, `instructions` what was ordered from outside during the run.
    """
    events = log if isinstance(log, Sequence) else list(log)
    case = Case(
        calls_of(events),
        records,
        policies,
        hours,
        max_attempts,
        call_class,
        instructions or Instructions(),
        messages_of(events),
        legs_of(events),
    )
    return [violation for law in _LAWS.values() for violation in law(case)]


def count(violations: Iterable[Violation]) -> dict[str, int]:
    """Count violations by law; every law is named, with 0 where it was kept."""
    found = Counter(violation.law for violation in violations)
    return {law: found[law] for law in LAWS}


def first_ones(violations: Iterable[Violation], most: int) -> list[Violation]:
    """Return the first `most` violations of each law."""
    seen: Counter[str] = Counter()
    kept = []
    for violation in violations:
        seen[violation.law] += 1
        if seen[violation.law] <= most:
            kept.append(violation)
    return kept


def talked_past_closing(
    log: Iterable[Event],
    records: Sequence[Record],
    policies: Sequence[Policy],
    hours: LawfulHours,
    call_class: str = "service",
) -> int:
    """Count calls that rang within the hours and ended after them: conversations for which the guard was too short."""
    case = Case(calls_of(log), records, policies, hours, 0, call_class)
    ended = [(call, call.rang, call.ended) for call in case.outbound]
    return sum(
        is_lawful(case, call, rang) and not is_lawful(case, call, end) for call, rang, end in ended if rang and end
    )
