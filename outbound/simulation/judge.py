"""Judges a run from outside: reads the exchange's log and the records file, never the product's own tables."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from outbound.domain.policy import Policy
from outbound.simulation.lawful_hours import LawfulHours, Person

Event = Mapping[str, Any]
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of a law: which call, and when. It names no person and no number."""

    law: str
    sid: str
    at: str


@dataclass(slots=True)
class Call:
    """One call of the exchange, as its log tells it."""

    sid: str
    number: str
    created: datetime
    cancelled: bool = False
    rang: datetime | None = None
    ended: datetime | None = None
    events: list[Event] = field(default_factory=list)


def judge(
    log: Iterable[Event],
    records: Sequence[Record],
    policies: Sequence[Policy],
    hours: LawfulHours,
    *,
    max_attempts: int,
    call_class: str = "service",
) -> list[Violation]:
    """Return every violation of the laws in `LAWS`, in their order; `call_class` is what all the calls were for."""
    calls = _calls(log)
    people = _people(policies)
    by_sid = {record["call_sid"]: record for record in records if record["call_sid"]}
    return [
        *_one_live_call(calls),
        *_inside_hours(calls, people, by_sid, hours, call_class),
        *_attempt_cap(
            records, frozenset(call.sid for call in calls if call.cancelled and call.rang is None), max_attempts
        ),
        *_one_outcome(calls, records),
        *_filed_once(records),
        *_nothing_personal_before_verification(calls, people),
        *_opt_out_is_final(calls, records),
    ]


LAWS = (
    "one_live_call_a_number",
    "inside_lawful_hours",
    "attempt_cap",
    "one_outcome_a_call",
    "one_record_an_outcome",
    "nothing_personal_before_verification",
    "opt_out_is_final",
)


def count(violations: Iterable[Violation]) -> dict[str, int]:
    """Count violations by law; every law is named, with 0 where it was kept."""
    found = Counter(violation.law for violation in violations)
    return {law: found[law] for law in LAWS}


def _calls(log: Iterable[Event]) -> list[Call]:
    calls: dict[str, Call] = {}
    for event in log:
        if event.get("direction") != "outbound-api":
            continue
        at = datetime.fromisoformat(event["at"])
        if event["event"] == "created":
            calls[event["sid"]] = Call(event["sid"], event["to"], at)
        call = calls.get(event["sid"])
        if call is None:
            continue
        call.events.append(event)
        if event["event"] == "ringing":
            call.rang = at
        elif event["event"] == "ended":
            call.ended, call.cancelled = at, event.get("status") == "canceled"
    return list(calls.values())


def _people(policies: Sequence[Policy]) -> dict[str, list[Policy]]:
    people: dict[str, list[Policy]] = defaultdict(list)
    for policy in policies:
        for phone in policy.holder.phones:
            people[phone.e164].append(policy)
    return people


def _one_live_call(calls: Sequence[Call]) -> Iterable[Violation]:
    free_from: dict[str, datetime | None] = {}
    for call in sorted(calls, key=lambda item: (item.created, item.sid)):
        if call.number in free_from:
            free = free_from[call.number]
            if free is None or call.created < free:
                yield Violation("one_live_call_a_number", call.sid, call.created.isoformat())
        free_from[call.number] = call.ended


def _inside_hours(
    calls: Sequence[Call],
    people: Mapping[str, list[Policy]],
    by_sid: Mapping[str, Record],
    hours: LawfulHours,
    call_class: str,
) -> Iterable[Violation]:
    is_lawful = _asker(people, by_sid, hours, call_class)
    for call in calls:
        if call.rang is not None and not is_lawful(call, call.rang):
            yield Violation("inside_lawful_hours", call.sid, call.rang.isoformat())


def talked_past_closing(
    log: Iterable[Event],
    records: Sequence[Record],
    policies: Sequence[Policy],
    hours: LawfulHours,
    call_class: str = "service",
) -> int:
    """Count calls that rang within the hours and ended after them: conversations for which the guard was too short."""
    by_sid = {record["call_sid"]: record for record in records if record["call_sid"]}
    is_lawful = _asker(_people(policies), by_sid, hours, call_class)
    ended = [(call, call.rang, call.ended) for call in _calls(log)]
    return sum(is_lawful(call, rang) and not is_lawful(call, end) for call, rang, end in ended if rang and end)


def _asker(
    people: Mapping[str, list[Policy]], by_sid: Mapping[str, Record], hours: LawfulHours, call_class: str
) -> Callable[[Call, datetime], bool]:
    """Return what says whether an instant lies within the hours of everybody whom a call could have been for."""
    asked = _asked_windows(by_sid.values())

    def is_lawful(call: Call, instant: datetime) -> bool:
        record = by_sid.get(call.sid, {})
        numbers = set(record.get("policy_nos", ()))
        holders = [policy for policy in people.get(call.number, []) if policy.policy_no in numbers or not numbers]
        windows = asked.get(record.get("contact_id", ""), ())
        chosen = any(start <= (call.rang or instant) < end for start, end in windows)
        persons = [_person(policy, call.number) for policy in holders]
        return bool(persons) and all(hours.allows(each, instant, call_class, chosen=chosen) for each in persons)

    return is_lawful


def _person(policy: Policy, number: str) -> Person:
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


def _asked_windows(records: Iterable[Record]) -> dict[str, list[tuple[datetime, datetime]]]:
    """Return calls that customers asked for: contact to the windows that they chose."""
    asked: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for record in records:
        if record["callback"]:
            start, _, end = record["callback"]["window"].partition("/")
            asked[record["contact_id"]].append((datetime.fromisoformat(start), datetime.fromisoformat(end)))
    return asked


def _attempt_cap(records: Sequence[Record], taken_back: frozenset[str], max_attempts: int) -> Iterable[Violation]:
    made: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for record in sorted(records, key=lambda item: item["started_at"] or ""):
        # What was cancelled before any telephone rang was no attempt to reach anybody.
        if record["call_sid"] is None or record["call_sid"] in taken_back:
            continue
        made[record["contact_id"]] += 1
        # A return call that was asked for comes on top of the campaign's own attempts, once.
        if made[record["contact_id"]] > max_attempts + min(asked[record["contact_id"]], 1):
            yield Violation("attempt_cap", record["call_sid"], record["started_at"] or "")
        asked[record["contact_id"]] += record["callback"] is not None


def _one_outcome(calls: Sequence[Call], records: Sequence[Record]) -> Iterable[Violation]:
    told = Counter(record["call_sid"] for record in records if record["call_sid"])
    made = {call.sid: call.created.isoformat() for call in calls}
    for sid, at in made.items():
        if told[sid] != 1:
            yield Violation("one_outcome_a_call", sid, at)
    for sid in told:
        if sid not in made:
            yield Violation("one_outcome_a_call", sid, "")


def _filed_once(records: Sequence[Record]) -> Iterable[Violation]:
    for key in ("record_id", "attempt_id"):
        for value, times in Counter(record[key] for record in records).items():
            if times > 1:
                yield Violation("one_record_an_outcome", value, "")


def _nothing_personal_before_verification(
    calls: Sequence[Call], people: Mapping[str, list[Policy]]
) -> Iterable[Violation]:
    for call in calls:
        holders = people.get(call.number, [])
        proofs = {proof for policy in holders for proof in _proofs(policy)}
        secrets = [secret for policy in holders for secret in _secrets(policy)]
        for event in call.events:
            given = re.sub(r"\D", "", str(event.get("digits") or event.get("text") or ""))
            if event["event"] in {"keyed", "heard"} and given in proofs:
                break
            if event["event"] == "said" and any(secret in str(event.get("text", "")) for secret in secrets):
                yield Violation("nothing_personal_before_verification", call.sid, event["at"])
                break


def _proofs(policy: Policy) -> Iterable[str]:
    """What the right person can give to be verified: birthday as month and day, or the policy's last digits."""
    if policy.holder.birth_date is not None:
        yield policy.holder.birth_date.strftime("%m%d")
    yield re.sub(r"\D", "", policy.policy_no)[-4:]


def _secrets(policy: Policy) -> Iterable[str]:
    if policy.product_name:
        yield policy.product_name
    yield policy.policy_no


def _opt_out_is_final(calls: Sequence[Call], records: Sequence[Record]) -> Iterable[Violation]:
    created = {call.sid: call.created for call in calls}
    refused: dict[str, datetime] = {}
    placed = [record for record in records if record["call_sid"] in created]
    for record in sorted(placed, key=lambda item: created[item["call_sid"]]):
        at = created[record["call_sid"]]
        if record["contact_id"] in refused and at > refused[record["contact_id"]]:
            yield Violation("opt_out_is_final", record["call_sid"], at.isoformat())
        if record["opt_out"] and record["ended_at"]:
            refused.setdefault(record["contact_id"], datetime.fromisoformat(record["ended_at"]))
