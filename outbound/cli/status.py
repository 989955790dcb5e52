"""The status as a page of text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from outbound.cli.show import local
from outbound.domain.line.trunk import Hold
from outbound.usecases.heartbeat import LOST_AFTER

if TYPE_CHECKING:
    from outbound.adapters.sql.views.read_models import Status
    from outbound.domain.line.holds import HoldInForce


def print_status(
    found: "Status", zone: str, rules_problem: str | None = None, held: "Sequence[HoldInForce]" = ()
) -> None:
    """Print the status; what is zero is said as a sentence rather than left out.

    `held` is what keeps due calls from being dialled.
    """
    if rules_problem:
        print(f"NOTHING IS DIALLED: the rules cannot be read: {rules_problem}")
    for order in found.stop_orders:
        since = local(order["at"], zone)
        print(
            f"STOPPED: {order['campaign_id'] or 'all campaigns'}, by {order['by']}: {order['reason']} (since {since})"
        )
    for pause in found.paused:
        print(f"PAUSED: {pause['trunk']} until {local(pause['paused_until'], zone)}, because of {pause['paused_for']}")
    for area in found.suspended_areas:
        print(
            f"SUSPENDED: calls to {area['code']} until {local(area['until'], zone)}, by {area['by']}: {area['reason']}"
        )
    print(f"Times are those of {zone}.")
    print(f"Policies {found.policies}, contacts {_list(found.contacts) or 'none yet: `outbound policies import FILE`'}")
    print(f"In the air: {_list(found.in_the_air) or 'no call'}; unknown: {found.unknown}")
    first = f", the next from {local(found.next_call, zone)}" if found.next_call else ""
    print(f"Planned: {found.planned}{first}; due now: {found.due}")
    for each in held:
        print(f"Held: {each.name or 'all campaigns'}: {_hold(each, zone)}")
    print(f"Not called: {_list(found.not_called) or 'nobody was left out'}")
    print(f"Callbacks: {_list(found.callbacks) or 'none asked for'}; overdue: {found.callbacks_overdue}")
    print(
        f"Waiting for a person: {_list(found.inbox) or 'nothing'}; overdue: {found.inbox_overdue}; "
        f"taken care of: {found.inbox_done}"
    )
    print(f"Interviews before acceptance: {found.interviews or 'none'} waiting")
    print(f"Rows in quarantine: {found.quarantined}")
    print(f"Records: {_list(found.records) or 'none yet'}")
    _print_unknown(found, zone)
    _print_pace(found)
    _print_processes(found)


def _hold(held: "HoldInForce", zone: str) -> str:
    breaker = "" if held.breaker is None else f", breaker {held.breaker.replace('_', ' ')}"
    if held.most is not None:
        line = "trunk full" if held.hold is Hold.TRUNK_FULL else "campaign full"
        return f"{line} ({held.live} of {held.most} live)"
    if held.until is None:
        return "stop order"
    if held.hold is Hold.PAUSED:
        return f"paused until {local(held.until, zone)}, because of {held.cause or 'trouble with the carrier'}{breaker}"
    pause, share = held.until, "" if held.share is None or held.share >= 1 else f", {held.share:.0%} of its rate"
    return f"pace, the next call from {pause:%H:%M:%S} UTC{share}{breaker}"


def _print_unknown(found: "Status", zone: str) -> None:
    for call in found.unknown_calls:
        print(
            f"Unknown: a call of {call['campaign_id']} since {local(call['since'], zone)} "
            f"({_ago(found.at, call['since'])}), {call['cause'] or 'no cause'}, reserved by "
            f"{call['worker'] or 'nobody'}; `outbound settle` asks the carrier"
        )


def _print_pace(found: "Status") -> None:
    for each in found.pace:
        doubt = f", {each.failures} orders in a row without a clear answer" if each.failures else ""
        breaker = "" if each.breaker == "closed" else f", breaker {each.breaker.replace('_', ' ')}"
        print(f"Pace of {each.name}: {each.factor:.0%} of its rate{doubt}{breaker}")


def _print_processes(found: "Status") -> None:
    if not found.workers:
        print("Processes: none is at work; `outbound serve` starts what answers, plans and dials")
    for each in found.workers:
        silent = found.at - each.seen_at > LOST_AFTER
        answers = "" if each.answer_ms is None else f", answers within {each.answer_ms:.0f} ms ({each.answers} lately)"
        fate = ", SILENT: it has not taken leave, so it was probably killed" if silent else ""
        print(f"Process {each.worker} ({each.role}): heard of {_ago(found.at, each.seen_at)} ago{answers}{fate}")
    for run in found.verbs:
        done = f"ended well {_ago(found.at, run.done_at)} ago" if run.done_at else "has not ended well yet"
        fails = f"; the last run FAILED with {run.problem}" if run.problem else ""
        print(f"Verb {run.verb}: {done}{fails} ({run.worker})")


def _ago(now: datetime, then: datetime) -> str:
    seconds = max((now - then).total_seconds(), 0)
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _list(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
