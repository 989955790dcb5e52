"""What holds for every exchange, whatever the callees, the calls and the faults are."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.exchange.call import Status
from outbound.exchange.faults import CREATE_FAULTS, WEBHOOK_FAULTS, Faults
from outbound.exchange.log import as_line
from outbound.exchange.people.population import (
    Callee,
    Does,
    NumberState,
    Person,
    Population,
    Profile,
    Resident,
    Rule,
    Unanswered,
)
from outbound.exchange.wire import ExchangeNoAnswer, Response, WebhookFailure
from tests.exchange.exchange_rig import BASE, Rig, twiml

NUMBERS = [f"+88690000050{each}" for each in range(6)]
ORDER = {status: rank for rank, status in enumerate((Status.QUEUED, Status.RINGING, Status.IN_PROGRESS))}

rules = st.builds(
    Rule,
    does=st.sampled_from(Does),
    value=st.sampled_from(["1", "23#", "9"]),
    hears=st.sampled_from([None, re.compile("one"), re.compile("nothing")]),
    after=st.floats(0, 12),
    times=st.sampled_from([None, 1, 2]),
    interrupts=st.booleans(),
)
persons = st.builds(
    Person,
    replies=st.lists(rules, max_size=4).map(tuple),
    needs_repeats=st.integers(0, 2),
    hangs_up_after_seconds=st.sampled_from([None, 0.0, 5.0, 30.0]),
    hangs_up_after_turns=st.sampled_from([None, 0, 2]),
)
profiles = st.builds(
    Profile,
    otherwise=st.sampled_from([0.0, 0.5, 1.0]),
    rings=st.sampled_from([(0.0, 0.0), (1.0, 90.0)]),
    unanswered=st.dictionaries(st.sampled_from(Unanswered), st.floats(0.1, 1), min_size=1),
    number=st.sampled_from([NumberState.IN_SERVICE] * 4 + [NumberState.UNALLOCATED]),
)
callees = st.builds(Callee, profiles, st.lists(persons.map(Resident), max_size=2).map(tuple))
populations = st.dictionaries(st.sampled_from(NUMBERS), callees).map(Population)
fault_sets = st.builds(
    Faults,
    st.dictionaries(st.sampled_from((*CREATE_FAULTS, *WEBHOOK_FAULTS)), st.floats(0, 0.4)),
    seed=st.integers(0, 99),
)
PAGES = st.sampled_from(
    [
        twiml('<Gather numDigits="1" input="dtmf speech" action="/voice"><Say>one two three</Say></Gather>'),
        twiml('<Say>hello</Say><Record action="/voice"/><Redirect>/voice</Redirect>'),
        twiml(f'<Dial timeout="9" action="/voice">{NUMBERS[0]}</Dial>'),
        twiml("<Say>goodbye</Say>"),
        twiml("<Hangup/>"),
        Response(500),
        WebhookFailure.TIMEOUT,
        WebhookFailure.CONNECT,
    ]
)


def campaign(
    population: Population,
    faults: Faults | None,
    pages: list[str | Response | WebhookFailure],
    seed: int,
    detection: str,
) -> Rig:
    """Ring every number twice, with these answers of the product in turn."""
    rig = Rig(population, seed, faults)
    rig.pages["/voice"] = [*pages, twiml("<Hangup/>")]
    for each in (*NUMBERS, *NUMBERS):
        try:
            rig.create_watched(to=each, MachineDetection=detection, FallbackUrl=f"{BASE}/silence")
        except ExchangeNoAnswer:
            continue
        finally:
            rig.run(0.7)
    rig.run()
    return rig


worlds = given(
    population=populations,
    faults=st.none() | fault_sets,
    pages=st.lists(PAGES, max_size=12),
    seed=st.integers(0, 99),
    detection=st.sampled_from(["", "Enable", "DetectMessageEnd"]),
)


@settings(max_examples=60, deadline=None)
@worlds
def test_every_created_call_ends_once_and_never_goes_back(
    population: Population, faults: Faults | None, pages: list[str], seed: int, detection: str
) -> None:
    """Each created call and each second leg has exactly one end, its last event; statuses and instants never fall."""
    rig = campaign(population, faults, list(pages), seed, detection)
    lives: dict[str, list[str]] = {}
    ranks: dict[str, int] = {}
    for event in rig.log:
        if event["event"] in ("refused", "webhook_sent", "webhook_lost"):
            continue
        lives.setdefault(event["sid"], []).append(event["event"])
        if "status" in event:
            rank = ORDER.get(event["status"], 9)
            assert rank >= ranks.get(event["sid"], 0)
            ranks[event["sid"]] = rank
    for life in lives.values():
        assert life[0] in ("created", "transferred")
        assert life[-1] == "ended"
        assert life.count("ended") == 1
        assert life.count("ringing") <= 1
    instants = [event["at"] for event in rig.log]
    assert instants == sorted(instants)


@settings(max_examples=30, deadline=None)
@worlds
def test_sequence_numbers_rise_from_zero(
    population: Population, faults: Faults | None, pages: list[str], seed: int, detection: str
) -> None:
    """Without faults on the way each call's status callbacks are numbered 0, 1, 2 ... in the order of sending."""
    rig = campaign(population, None, list(pages), seed, detection)
    numbers: dict[str, list[int]] = {}
    for form in rig.forms("/status"):
        numbers.setdefault(form["CallSid"], []).append(int(form["SequenceNumber"]))
    assert all(each == list(range(len(each))) for each in numbers.values())


@settings(max_examples=30, deadline=None)
@worlds
def test_the_same_inputs_give_the_same_bytes(
    population: Population, faults: Faults | None, pages: list[str], seed: int, detection: str
) -> None:
    """Two runs with the same seed write the same log and send the same webhooks, byte for byte."""
    first, second = (campaign(population, faults, list(pages), seed, detection) for _ in range(2))
    assert [as_line(event) for event in first.log] == [as_line(event) for event in second.log]
    assert first.sent == second.sent
