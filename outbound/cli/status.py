"""The status as a page of text."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from outbound.cli.show import local

if TYPE_CHECKING:
    from outbound.adapters.sql.views.read_models import Status


def print_status(found: "Status", zone: str, rules_problem: str | None = None) -> None:
    """Print the status; what is zero is said as a sentence rather than left out."""
    if rules_problem:
        print(f"NOTHING IS DIALLED: the rules cannot be read: {rules_problem}")
    for order in found.stop_orders:
        print(f"STOPPED: {order['campaign_id'] or 'all campaigns'}, by {order['by']}: {order['reason']}")
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
    print(f"Not called: {_list(found.not_called) or 'nobody was left out'}")
    print(f"Callbacks: {_list(found.callbacks) or 'none asked for'}; overdue: {found.callbacks_overdue}")
    print(
        f"Waiting for a person: {_list(found.inbox) or 'nothing'}; overdue: {found.inbox_overdue}; "
        f"taken care of: {found.inbox_done}"
    )
    print(f"Interviews before acceptance: {found.interviews or 'none'} waiting")
    print(f"Rows in quarantine: {found.quarantined}")
    print(f"Records: {_list(found.records) or 'none yet'}")


def _list(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
