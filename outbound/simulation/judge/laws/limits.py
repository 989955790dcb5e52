"""Laws of how often: never above the cap, never again after a no."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from outbound.simulation.judge.calls import Call
from outbound.simulation.judge.case import GRACE, Case
from outbound.simulation.judge.violation import Violation, shown


def attempt_cap(case: Case) -> Iterator[Violation]:
    """A contact is called `max_attempts` times at most, once more where he asked for a call.

    What was cancelled before any telephone rang was no attempt, nor is a call that the person made.
    """
    made: Counter[str] = Counter()
    asked: set[str] = set()
    for call in sorted(case.calls, key=lambda each: (each.created, each.sid)):
        contact = case.contact_of(call)
        if contact is None:
            continue
        if not (call.is_inbound or call.taken_back):
            made[contact] += 1
            allowed = case.max_attempts + (contact in asked)
            if made[contact] > allowed:
                expected = f"{allowed} calls to this contact at most, this is number {made[contact]}"
                yield Violation("attempt_cap", call.sid, shown(call.created), expected)
        if case.by_sid.get(call.sid, {}).get("callback") is not None:
            asked.add(contact)


def opt_out_is_final(case: Case) -> Iterator[Violation]:
    """After a person asked not to be called, in a call or elsewhere, no call to him is ordered and none rings."""
    refused = _refused_in_calls(case)
    for call in case.outbound:
        since = [refused[contact] for contact in [case.contact_of(call)] if contact in refused]
        since += [start + GRACE for start in _refused_elsewhere(case, call)]
        if since and (call.created > min(since) or (call.rang is not None and call.rang > min(since) + GRACE)):
            expected = f"no call after the refusal of {shown(min(since))}"
            yield Violation("opt_out_is_final", call.sid, shown(call.rang or call.created), expected)


def _refused_in_calls(case: Case) -> dict[str, datetime]:
    ends = {call.sid: call.ended for call in case.calls}
    refused: dict[str, datetime] = {}
    for record in case.records:
        contact = record.get("contact_id")
        if contact is None or not record.get("opt_out"):
            continue
        # The exchange's own clock where it saw the call; the record's may have been wrong.
        told = datetime.fromisoformat(record["ended_at"]) if record.get("ended_at") else None
        at = ends.get(record.get("call_sid") or "") or told
        if at is not None:
            refused[contact] = min(at, refused.get(contact, at))
    return refused


def _refused_elsewhere(case: Case, call: Call) -> Iterator[datetime]:
    customers = {policy.holder.customer_id for policy in case.meant(call)}
    for refusal in case.instructions.refusals:
        if refusal.number == call.number or refusal.customer_id in customers:
            yield refusal.start
