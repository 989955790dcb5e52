import copy
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest

from outbound.domain.policy import PhoneNumber, Policy, Policyholder, PolicyStatus
from outbound.simulation.judge import LAWS, count, judge, talked_past_closing
from outbound.simulation.lawful_hours import LawfulHours, Person
from tests.conftest import ROOT

NUMBER = "+886940000001"
Case = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def policy() -> Policy:
    """An invented policy of a person of 46 in Taipei."""
    holder = Policyholder(
        customer_id="C1", full_name="王試明", birth_date=date(1980, 5, 28), phones=(PhoneNumber(NUMBER),),
        language="zh-TW", region="TW-TPE", postal_code=None, time_zone=None, preferred_window=None,
        privacy_notice_on=date(2026, 11, 1), consents=(), do_not_call=False,
    )  # fmt: skip
    return Policy(
        policy_no="L1150000001", product_code="WL", product_name="安心終身壽險", issued_on=date(2026, 11, 12),
        delivered_on=None, status=PolicyStatus.IN_FORCE, agent_code=None, channel=None, fund_source=None,
        holder=holder, content_hash="0",
    )  # fmt: skip


def call(sid: str, minute: int, *, day: int = 16, hour: int = 2, said: str = "您好") -> list[dict[str, Any]]:
    """The log of one call that begins at `hour:minute` UTC on a November day and lasts two minutes."""
    common = {"sid": sid, "from": "+886255550100", "to": NUMBER, "direction": "outbound-api"}

    def event(name: str, later: int, **more: Any) -> dict[str, Any]:
        at = f"2026-11-{day:02}T{hour:02}:{minute + later:02}:00+00:00"
        return {"at": at, "event": name, **common, **more}

    return [
        event("created", 0),
        event("ringing", 0),
        event("answered", 0),
        event("said", 1, text=said),
        event("keyed", 1, digits="0528"),
        event("said", 1, text="您的安心終身壽險"),
        event("ended", 2),
    ]


def record(sid: str, minute: int, *, day: int = 16, hour: int = 2) -> dict[str, Any]:
    """The record of that call."""
    at = f"2026-11-{day:02}T{hour:02}:{minute:02}:00+00:00"
    return {
        "record_id": f"r-{sid}", "attempt_id": f"a-{sid}", "call_sid": sid, "contact_id": "k1",
        "policy_nos": ["L1150000001"], "started_at": at, "ended_at": at, "callback": None, "opt_out": False,
    }  # fmt: skip


def good() -> Case:
    """Two calls on two days that keep every law."""
    return [*call("CA1", 0), *call("CA2", 0, day=17)], [record("CA1", 0), record("CA2", 0, day=17)]


@pytest.fixture
def hours() -> LawfulHours:
    """The shipped rules."""
    return LawfulHours(ROOT / "config" / "compliance")


def second_dial(case: Case) -> None:
    """A call to a number that is in conversation."""
    case[0].extend(call("CA3", 1))
    case[1].append(record("CA3", 1))


def at_night(case: Case) -> None:
    """A call at ten in the evening."""
    case[0].extend(call("CA3", 0, day=18, hour=14))
    case[1].append(record("CA3", 0, day=18, hour=14))


def too_often(case: Case) -> None:
    """A fourth attempt."""
    for day in (18, 19):
        case[0].extend(call(f"CA{day}", 0, day=day))
        case[1].append(record(f"CA{day}", 0, day=day))


def too_often_but_taken_back(case: Case) -> None:
    """A third and a fourth call, both cancelled in the exchange's queue."""
    for day in (18, 19):
        created, *_, ended = call(f"CA{day}", 0, day=day)
        case[0].extend([created, {**ended, "status": "canceled"}])
        case[1].append(record(f"CA{day}", 0, day=day))


def record_dropped(case: Case) -> None:
    """An outcome that was never filed."""
    case[1].pop()


def record_doubled(case: Case) -> None:
    """An outcome that was filed twice."""
    case[1].append(copy.deepcopy(case[1][0]))


def product_before_proof(case: Case) -> None:
    """A product is named before the birthday is given."""
    case[0][3]["text"] = "您的安心終身壽險"


def called_after_opt_out(case: Case) -> None:
    """The first call was an opt-out."""
    case[1][0]["opt_out"] = True


PLANTED: list[tuple[Callable[[Case], None], set[str]]] = [
    (second_dial, {"one_live_call_a_number"}),
    (at_night, {"inside_lawful_hours"}),
    (too_often, {"attempt_cap"}),
    (record_dropped, {"one_outcome_a_call"}),
    (record_doubled, {"one_outcome_a_call", "one_record_an_outcome"}),
    (product_before_proof, {"nothing_personal_before_verification"}),
    (called_after_opt_out, {"opt_out_is_final"}),
]


def laws_broken(case: Case, hours: LawfulHours) -> set[str]:
    """Names of the laws that the judge finds broken, with three attempts allowed."""
    return {violation.law for violation in judge(case[0], case[1], [policy()], hours, max_attempts=3)}


def test_a_run_that_keeps_every_law_is_found_so(hours: LawfulHours) -> None:
    """Two lawful calls with their records break nothing, and every law is named with zero."""
    assert laws_broken(good(), hours) == set()
    assert count([]) == dict.fromkeys(LAWS, 0)


def test_a_conversation_that_outlasts_its_hours_is_counted(hours: LawfulHours) -> None:
    """A call that rings shortly before nine in the evening and ends after it is no breach, and one call too long."""
    log, records = good()
    assert talked_past_closing(log, records, [policy()], hours) == 0
    log += call("CA3", 57, day=18, hour=12)[:-1]
    log.append({**call("CA3", 1, day=18, hour=13)[0], "event": "ended"})
    records.append(record("CA3", 57, day=18, hour=12))
    case = (log, records)
    assert laws_broken(case, hours) == set()
    assert talked_past_closing(log, records, [policy()], hours) == 1


def test_what_was_taken_back_before_it_rang_is_no_attempt(hours: LawfulHours) -> None:
    """Calls that were cancelled in the queue count in no cap."""
    case = good()
    too_often_but_taken_back(case)
    assert laws_broken(case, hours) == set()


@pytest.mark.parametrize(("plant", "broken"), PLANTED, ids=lambda item: getattr(item, "__name__", ""))
def test_the_judge_sees_what_is_planted(plant: Callable[[Case], None], broken: set[str], hours: LawfulHours) -> None:
    """Each kind of violation, planted into a good run, is found and named."""
    case = good()
    plant(case)
    assert laws_broken(case, hours) >= broken


def _hours() -> Iterator[tuple[Person, str, bool]]:
    adult, senior = Person("TW-TPE", None, date(1980, 5, 28)), Person("TW-TPE", None, date(1950, 5, 28))
    unknown = Person("TW-TPE", None, None)
    yield adult, "2026-11-16T20:59:59+08:00", True
    yield adult, "2026-11-16T21:00:00+08:00", False
    yield adult, "2026-11-16T08:59:59+08:00", False
    yield adult, "2026-11-22T11:00:00+08:00", False
    yield adult, "2026-12-25T11:00:00+08:00", False
    yield senior, "2026-11-16T12:00:00+08:00", False
    yield senior, "2026-11-16T14:00:00+08:00", True
    yield senior, "2026-11-21T11:00:00+08:00", False
    yield unknown, "2026-11-16T19:00:00+08:00", False
    yield Person("ZZ", None, None), "2026-11-16T11:00:00+08:00", False
    yield Person("TW-TPE", None, date(1980, 5, 28)), "2028-06-07T11:00:00+08:00", False
    yield Person("TW-TPE", None, date(1961, 11, 17)), "2026-11-16T19:00:00+08:00", True
    yield Person("TW-TPE", None, date(1961, 11, 16)), "2026-11-16T19:00:00+08:00", False
    yield Person("TW-TPE", None, date(1980, 5, 28), ("America/New_York",)), "2026-11-16T11:00:00+08:00", False


def adult_in(region: str, zone: str | None = None, billing_region: str | None = None) -> Person:
    """A person of 46 somewhere."""
    return Person(region, zone, date(1980, 5, 28), (), billing_region)


def _places() -> Iterator[tuple[Person, str, bool]]:
    # Ten in New York is nine in Pensacola, which Florida holds too unless the zone is stated.
    yield adult_in("US-FL"), "2026-11-16T10:00:00-05:00", False
    yield adult_in("US-FL", "America/New_York"), "2026-11-16T10:00:00-05:00", True
    yield adult_in("US"), "2026-11-16T12:00:00-05:00", False
    yield adult_in("US", billing_region="US-NY"), "2026-11-16T12:00:00-05:00", True
    yield adult_in("US", billing_region="TW-TPE"), "2026-11-16T12:00:00-05:00", False
    yield adult_in("US-NY", "Europe/Paris"), "2026-11-16T12:00:00-05:00", False
    yield adult_in("FR"), "2026-11-17T11:00:00+01:00", False
    yield adult_in("FR", "Europe/Paris"), "2026-11-17T11:00:00+01:00", True
    yield adult_in("RE"), "2026-11-17T11:00:00+04:00", True
    yield adult_in("FR-NC"), "2026-11-17T11:00:00+11:00", False
    # Epiphany is a holiday in Bavaria, not in Berlin; where the part is not known it may be one.
    yield adult_in("DE-BY"), "2027-01-06T11:00:00+01:00", False
    yield adult_in("DE-BE"), "2027-01-06T11:00:00+01:00", True
    yield adult_in("DE"), "2027-01-06T11:00:00+01:00", False


@pytest.mark.parametrize(("person", "at", "lawful"), [*_hours(), *_places()])
def test_the_judges_own_hours(person: Person, at: str, lawful: bool, hours: LawfulHours) -> None:
    """Weekdays, Sundays, holidays, people of 65 and older, unknown birth dates and unknown places are told apart."""
    assert hours.allows(person, datetime.fromisoformat(at)) is lawful


def test_a_time_that_was_asked_for_stretches_courtesy_hours(hours: LawfulHours) -> None:
    """On a Sunday a chosen time is lawful from ten to six, and not outside of that."""
    person = Person("TW-TPE", None, date(1980, 5, 28))
    assert hours.allows(person, datetime.fromisoformat("2026-11-22T11:00:00+08:00"), chosen=True)
    assert not hours.allows(person, datetime.fromisoformat("2026-11-22T18:00:00+08:00"), chosen=True)
