"""Laws of ringing: once an attempt, one telephone at a time, never under a stop order."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from outbound.simulation.judge.calls import Call
from outbound.simulation.judge.case import Case
from outbound.simulation.judge.violation import Violation, shown

_ON_ITS_WAY = timedelta(seconds=20)
"""Longer than any carrier waits for an answer to its webhook."""


def one_ring_an_attempt(case: Case) -> Iterator[Violation]:
    """Of the calls that were ordered with one URL at most one rings; another is at most created and ended."""
    rung: dict[str, Call] = {}
    for call in sorted((call for call in case.outbound if call.rang), key=lambda call: (call.rang, call.sid)):
        if call.order is None:
            continue
        first = rung.setdefault(call.order, call)
        if first is not call:
            yield Violation(
                "one_ring_an_attempt", call.sid, shown(call.rang), f"no ring: {first.sid} of the same order had rung"
            )


def one_live_call_a_number(case: Case) -> Iterator[Violation]:
    """No call is created to a number while another call to it has not ended, or a conversation that came from it."""
    last: dict[str, Call] = {}
    talks = _conversations(case)
    for call in case.outbound:
        before = last.get(call.number)
        talk = next((each for each in talks.get(call.number, ()) if _during(each, call.created)), None)
        if talk is not None:
            expected = f"no order before the conversation {talk.sid} had ended"
            yield Violation("one_live_call_a_number", call.sid, shown(call.created), expected)
        if before is not None and (before.ended is None or call.created < before.ended):
            yield Violation(
                "one_live_call_a_number", call.sid, shown(call.created), f"no order before {before.sid} had ended"
            )
        if before is None or _ends_later(call.ended, before.ended):
            last[call.number] = call


def _conversations(case: Case) -> Mapping[str, Sequence[Call]]:
    """Calls that came in and were more than a short goodbye, by number: their record names a script."""
    found: dict[str, list[Call]] = defaultdict(list)
    for call in case.calls:
        if call.is_inbound and case.by_sid.get(call.sid, {}).get("script"):
            found[call.number].append(call)
    return found


def _during(talk: Call, instant: datetime) -> bool:
    # A call may be ordered in the second in which the other one comes in: the product learns of it by a webhook.
    begun = talk.created + _ON_ITS_WAY
    return begun < instant and talk.ended is not None and instant < talk.ended


def _ends_later(end: datetime | None, other: datetime | None) -> bool:
    return other is not None and (end is None or end > other)


def stop_order_holds(case: Case) -> Iterator[Violation]:
    """Ten seconds after a stop order nothing begins to ring until it is lifted, a promised call as little as any."""
    for call in case.outbound:
        if call.rang is None:
            continue
        campaign = case.by_sid.get(call.sid, {}).get("campaign")
        order = next((each for each in case.instructions.stops if each.forbids(call.rang, campaign)), None)
        if order is not None:
            expected = f"no ring from 10 s after the stop order of {shown(order.start)} on"
            yield Violation("stop_order_holds", call.sid, shown(call.rang), expected)
