"""The law of hours: every ring lies within what the rules allow, in everybody's place whom it could have been for."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from outbound.domain.policy import Policy
from outbound.simulation.judge.calls import Call
from outbound.simulation.judge.case import GRACE, Case
from outbound.simulation.judge.violation import Violation, shown
from outbound.simulation.lawful_hours import Person


def inside_lawful_hours(case: Case) -> Iterator[Violation]:
    """Every telephone rings at an hour that is allowed for its person, and outside of closed areas."""
    for call in case.outbound:
        if call.rang is None:
            continue
        if not is_lawful(case, call, call.rang):
            expected = "a ring within the hours of its place, class and age"
            yield Violation("inside_lawful_hours", call.sid, shown(call.rang), expected)
        elif _is_closed(case, call, call.rang):
            expected = "no ring from 10 s after its area was closed on"
            yield Violation("inside_lawful_hours", call.sid, shown(call.rang), expected)


def is_lawful(case: Case, call: Call, instant: datetime) -> bool:
    """Whether an instant lies within the hours of everybody whom a call could have been for; nobody known is a no."""
    windows = case.asked_windows.get(case.contact_of(call) or "", ())
    chosen = any(start <= (call.rang or instant) < end for start, end in windows)
    persons = [person_of(policy, call.number) for policy in case.meant(call)]
    return bool(persons) and all(case.hours.allows(each, instant, case.call_class, chosen=chosen) for each in persons)


def _is_closed(case: Case, call: Call, instant: datetime) -> bool:
    regions = {policy.holder.region for policy in case.meant(call)}
    return any(
        each.region in regions and each.start + GRACE < instant < each.end for each in case.instructions.closures
    )


def person_of(policy: Policy, number: str) -> Person:
    """Return what the hours of a policy's holder depend on when this number rings."""
    holder = policy.holder
    return Person(holder.region, holder.time_zone, holder.birth_date, zones_of_number(number), holder.billing_region)


@lru_cache(maxsize=65_536)
def zones_of_number(e164: str) -> tuple[str, ...]:
    """IANA zones in which a number could ring by its numbering plan; empty where the plan tells nothing."""
    import phonenumbers
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number

    try:
        found = time_zones_for_geographical_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in found if zone != UNKNOWN_TIMEZONE)
