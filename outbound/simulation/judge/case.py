"""What a case consists of: calls, records, the people who were meant, and what was ordered from outside."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from msgspec import Struct

from outbound.domain.policy import Policy
from outbound.simulation.judge.calls import Call, Leg, Message
from outbound.simulation.lawful_hours import LawfulHours

Record = Mapping[str, Any]

GRACE = timedelta(seconds=10)
"""How long after an order from outside a telephone may still begin to ring."""


class StopOrder(Struct, frozen=True):
    """Nothing rings from `start` to `end` (None: to the end of the run), for one campaign or (None) for all."""

    start: datetime
    end: datetime | None = None
    campaign: str | None = None

    def forbids(self, instant: datetime, campaign: str | None) -> bool:
        """Whether a ring at `instant` came too late. A call of which no campaign is known counts in every one."""
        concerned = self.campaign is None or campaign is None or campaign == self.campaign
        return concerned and self.start + GRACE < instant and (self.end is None or instant < self.end)


class Refusal(Struct, frozen=True):
    """From `start` on nobody calls this number, or this customer on any number (the other one None)."""

    start: datetime
    number: str | None = None
    customer_id: str | None = None


class Closure(Struct, frozen=True):
    """Within [start, end) nobody is rung whose policy names this region (an ISO 3166-2 code)."""

    region: str
    start: datetime
    end: datetime


class Instructions(Struct, frozen=True):
    """Orders that came from outside during the run, as those who gave them remember them."""

    stops: Sequence[StopOrder] = ()
    refusals: Sequence[Refusal] = ()
    closures: Sequence[Closure] = ()


@dataclass
class Case:
    """What every law is judged by. `max_attempts` counts a contact's calls, `call_class` is what all were for."""

    calls: Sequence[Call]
    records: Sequence[Record]
    policies: Sequence[Policy]
    hours: LawfulHours
    max_attempts: int
    call_class: str = "service"
    instructions: Instructions = field(default_factory=Instructions)
    messages: Sequence[Message] = ()
    legs: Sequence[Leg] = ()

    @cached_property
    def outbound(self) -> list[Call]:
        """Calls that were ordered, in the order of their creation."""
        found = [call for call in self.calls if not call.is_inbound]
        return sorted(found, key=lambda call: (call.created, call.sid))

    @cached_property
    def by_sid(self) -> Mapping[str, Record]:
        """The record of each call that has one."""
        return {record["call_sid"]: record for record in self.records if record.get("call_sid")}

    @cached_property
    def people(self) -> Mapping[str, Sequence[Policy]]:
        """Policies by every number of their holders."""
        return _by_number(self.policies)

    def meant(self, call: Call) -> list[Policy]:
        """Policies whose holder a call could have been for: those of its record, or all that bear its number."""
        numbers = set(self.by_sid.get(call.sid, {}).get("policy_nos") or ())
        return [each for each in self.people.get(call.number, ()) if each.policy_no in numbers or not numbers]

    def contact_of(self, call: Call) -> str | None:
        """The contact that a call's record names; without a record the only one that its number's records name."""
        record = self.by_sid.get(call.sid)
        if record is not None:
            return record.get("contact_id")
        known = self._contacts_by_number.get(call.number, set())
        return next(iter(known)) if len(known) == 1 else None

    def contacts_at(self, number: str) -> set[str]:
        """Contacts that the records of a number's calls name."""
        return self._contacts_by_number.get(number, set())

    @cached_property
    def _contacts_by_number(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for call in self.calls:
            contact = self.by_sid.get(call.sid, {}).get("contact_id")
            if contact:
                found[call.number].add(contact)
        return found

    @cached_property
    def asked_windows(self) -> Mapping[str, list[tuple[datetime, datetime]]]:
        """Contact to the windows in which he asked to be called."""
        asked: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for record in self.records:
            if record.get("callback"):
                start, _, end = record["callback"]["window"].partition("/")
                asked[record["contact_id"]].append((datetime.fromisoformat(start), datetime.fromisoformat(end)))
        return asked


def _by_number(policies: Iterable[Policy]) -> dict[str, list[Policy]]:
    people: dict[str, list[Policy]] = defaultdict(list)
    for policy in policies:
        for phone in policy.holder.phones:
            people[phone.e164].append(policy)
    return people
