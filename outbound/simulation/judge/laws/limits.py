"""Laws of how often: never above the cap, never again after a no."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from outbound.simulation.judge.calls import Call
from outbound.simulation.judge.case import GRACE, Case, Record
from outbound.simulation.judge.violation import Violation, shown

_NO_MORE = ("不會再用自動語音打電話給您", "will not call you with an automated voice again")
"""What is said to whoever does not want to be called, in every language of the scripts."""


def attempt_cap(case: Case) -> Iterator[Violation]:
    """A contact is called `max_attempts` times at most, once more where he asked for a call.

    What was cancelled before any telephone rang was no attempt, nor is a call that the person made.
    """
    made: Counter[tuple[str, str]] = Counter()
    asked: set[tuple[str, str]] = set()
    for call in sorted(case.calls, key=lambda each: (each.created, each.sid)):
        whose = _names(case, call)
        if not (call.is_inbound or call.taken_back):
            made.update(whose)
            most, name = max(((made[each] - (each in asked), each) for each in whose), default=(0, None))
            if name is not None and most > case.max_attempts:
                allowed = case.max_attempts + (name in asked)
                expected = f"{allowed} calls to this contact at most, this is number {made[name]}"
                yield Violation("attempt_cap", call.sid, shown(call.created), expected)
        if case.by_sid.get(call.sid, {}).get("callback") is not None:
            asked.update(whose)


def _names(case: Case, call: Call) -> set[tuple[str, str]]:
    """By what a person is counted: the contact of the record, and the policyholder, whom no record renames."""
    contact, holders = case.contact_of(call), {policy.holder.customer_id for policy in case.meant(call)}
    found = {("contact", contact)} if contact is not None else set()
    return found | {("customer", each) for each in holders if len(holders) == 1}


def opt_out_is_final(case: Case) -> Iterator[Violation]:
    """After a person asked not to be called, in a call or elsewhere, no call to him is ordered and none rings.

    Nor after whoever answered said that he has died; nothing is written to him either, then.
    """
    refused = _refused_in_calls(case)
    for call in case.outbound:
        since = [refused[contact] for contact in [case.contact_of(call)] if contact in refused]
        since += [start + GRACE for start in _refused_elsewhere(case, call)]
        if since and (call.created > min(since) or (call.rang is not None and call.rang > min(since) + GRACE)):
            expected = f"no call after the refusal of {shown(min(since))}"
            yield Violation("opt_out_is_final", call.sid, shown(call.rang or call.created), expected)

    yield from _written_to_the_dead(case)


def _written_to_the_dead(case: Case) -> Iterator[Violation]:
    died = dict(_ends_of(case, _tells_of_death))
    for message in case.messages:
        meant = case.contacts_at(message.number)
        last = max((died[each] for each in meant), default=None) if meant and meant <= died.keys() else None
        if last is not None and message.at > last:
            expected = f"no message after the death that was told of at {shown(last)}"
            yield Violation("opt_out_is_final", message.sid, shown(message.at), expected)


def _tells_of_death(record: Record) -> bool:
    return record.get("disposition") == "deceased"


def _refused_in_calls(case: Case) -> dict[str, datetime]:
    refused = dict(_promised(case))
    for contact, at in _ends_of(case, lambda record: bool(record.get("opt_out")) or _tells_of_death(record)):
        refused[contact] = min(at, refused.get(contact, at))
    return refused


def _ends_of(case: Case, holds: Callable[[Record], bool]) -> Iterator[tuple[str, datetime]]:
    """Contacts of the records that say so, with the end of their calls."""
    ends = {call.sid: call.ended for call in case.calls}
    for record in case.records:
        contact = record.get("contact_id")
        if contact is None or not holds(record):
            continue
        # The exchange's own clock where it saw the call; the record's may have been wrong.
        told = datetime.fromisoformat(record["ended_at"]) if record.get("ended_at") else None
        at = ends.get(record.get("call_sid") or "") or told
        if at is not None:
            yield contact, at


def _promised(case: Case) -> Iterator[tuple[str, datetime]]:
    """Contacts who were told in so many words that no robot calls them any more, whatever their records say."""
    for call in reversed(case.calls):
        contact, said = case.contact_of(call), [event for event in call.events if event.get("event") == "said"]
        last = next((each for each in said if any(words in str(each.get("text")) for words in _NO_MORE)), None)
        if contact is not None and last is not None:
            yield contact, call.ended or datetime.fromisoformat(last["at"])


def _refused_elsewhere(case: Case, call: Call) -> Iterator[datetime]:
    customers = {policy.holder.customer_id for policy in case.meant(call)}
    for refusal in case.instructions.refusals:
        if refusal.number == call.number or refusal.customer_id in customers:
            yield refusal.start
