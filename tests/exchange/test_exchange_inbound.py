"""Calls that come in: people ring back a call that they missed, or ring out of the blue."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outbound.exchange.board import ANY_NUMBER, IncomingNumber
from outbound.exchange.faults import Faults
from outbound.exchange.people.population import (
    Callee,
    Does,
    Person,
    Population,
    PopulationError,
    Profile,
    Resident,
    RingIn,
    RingsBack,
    Rule,
    Unanswered,
)
from outbound.exchange.people.population_file import load
from outbound.exchange.wire import WebhookFailure
from tests.exchange.exchange_rig import BASE, BEGINNING, CALLEE, CALLER, Rig, twiml

INCOMING = {ANY_NUMBER: IncomingNumber(f"{BASE}/in", status_url=f"{BASE}/in/status")}
ASKS = twiml('<Gather input="speech" action="/next"><Say language="en-US">How are you?</Say></Gather>')
SPEAKS = Person((Rule(Does.SAYS, "fine"),))


def missed(kind: Unanswered = Unanswered.NO_ANSWER, chance: float = 1.0, **config: Any) -> Rig:
    """A person who never picks up and rings back after ten minutes."""
    profile = Profile(unanswered={kind: 1.0}, rings_back=RingsBack(chance, (600.0, 600.0)))
    population = Population({CALLEE: Callee(profile, (Resident(SPEAKS),))})
    rig = Rig(population, **{"incoming": INCOMING} | config)
    rig.pages["/in"] = ASKS
    rig.pages["/next"] = twiml("<Hangup/>")
    return rig


def out_of_the_blue(*rings: RingIn, faults: Faults | None = None, **config: Any) -> Rig:
    """People who ring without having been called."""
    rig = Rig(Population(rings_in=rings), faults=faults, **{"incoming": INCOMING} | config)
    rig.pages["/in"], rig.pages["/next"] = ASKS, twiml("<Hangup/>")
    return rig


def ring(seconds: float = 5, **columns: Any) -> RingIn:
    """Somebody rings so many seconds after the beginning."""
    values = {"to": CALLER, "from_": CALLEE, "caller": Resident(SPEAKS)} | columns
    return RingIn(BEGINNING + timedelta(seconds=seconds), **values)


def inbound(rig: Rig) -> list[str]:
    """What happened in calls that came in, webhooks left out."""
    return [
        each["event"] for each in rig.log if each["direction"] == "inbound" and not each["event"].startswith("webhook")
    ]


@pytest.mark.parametrize("kind", list(Unanswered))
def test_a_missed_call_is_rung_back(kind: Unanswered) -> None:
    """Not answered, busy, declined, or taken by a machine: the person rings the number that was shown, and talks."""
    rig = missed(kind)
    rig.create()
    rig.run()
    assert inbound(rig) == ["created", "answered", "said", "heard", "ended"]
    created = next(each for each in rig.log if each["direction"] == "inbound")
    assert (created["from"], created["to"]) == (CALLEE, CALLER)


def test_only_missed_calls_are_rung_back() -> None:
    """Who talked to us does not ring back, and neither does who draws so."""
    rig = Rig(
        Population({CALLEE: Callee(Profile(otherwise=1.0, rings_back=RingsBack(1.0)), (Resident(SPEAKS),))}),
        incoming=INCOMING,
    )
    rig.create()
    rig.run()
    assert not inbound(rig)
    never = missed(chance=0.0)
    never.create()
    never.run()
    assert not inbound(never)


def test_nobody_rings_a_number_without_an_address() -> None:
    """Where nothing answers our number, nobody rings back: there would be nothing to hear."""
    rig = missed(incoming={})
    rig.create()
    rig.run()
    assert not inbound(rig)


def test_webhooks_of_a_call_that_comes_in() -> None:
    """The first webhook says ringing, turns say in-progress, and the one status callback comes at the end."""
    rig = out_of_the_blue(ring())
    rig.run()
    first, turn, status = rig.forms("/in")[0], rig.forms("/next")[0], rig.forms("/in/status")[0]
    assert (first["Direction"], first["CallStatus"], first["From"], first["To"]) == (
        "inbound", "ringing", CALLEE, CALLER,
    )  # fmt: skip
    assert (turn["CallStatus"], turn["SpeechResult"]) == ("in-progress", "fine")
    assert (status["CallStatus"], status["CallSid"]) == ("completed", first["CallSid"])
    assert len(rig.forms("/in/status")) == 1


def test_a_withheld_number() -> None:
    """Who does not show the number comes in as anonymous."""
    rig = out_of_the_blue(ring(from_=""))
    rig.run()
    assert rig.forms("/in")[0]["From"] == "anonymous"


def test_a_rejected_call_is_never_answered() -> None:
    """Reject as the first verb ends a call that came in without answering it."""
    rig = out_of_the_blue(ring())
    rig.pages["/in"] = twiml("<Reject/>")
    rig.run()
    assert inbound(rig) == ["created", "ended"]
    assert rig.forms("/in/status")[0]["CallStatus"] == "busy"


def test_a_lost_first_webhook_is_an_application_error() -> None:
    """When nobody answers for us, the caller hears the carrier's apology."""
    rig = out_of_the_blue(ring(), faults=Faults({"webhook_lost": 1.0}, seed=1))
    rig.run()
    said = next(each for each in rig.log if each["event"] == "said")
    assert "application error" in said["text"]
    assert not rig.forms("/in")


def test_a_doubled_first_webhook_changes_nothing() -> None:
    """The second delivery is answered too, and the person hears one question."""
    rig = out_of_the_blue(ring(), faults=Faults({"webhook_doubled": 1.0}, seed=1))
    rig.run()
    assert len(rig.forms("/in")) == 2
    assert inbound(rig).count("said") == 1


def test_a_failing_product_is_an_application_error() -> None:
    """An answer that cannot be fetched is heard as such, and the call ends."""
    rig = out_of_the_blue(ring())
    rig.pages["/in"] = WebhookFailure.RESET
    rig.run()
    assert inbound(rig) == ["created", "answered", "said", "ended"]


def test_who_is_talking_to_us_is_busy() -> None:
    """A call that goes out to somebody who is ringing us meets an engaged line."""
    rig = out_of_the_blue(ring(1))
    rig.pages["/in"] = twiml('<Pause length="60"/>')
    rig.run(2)
    sid = rig.create()["sid"]
    rig.run()
    assert rig.call(sid)["status"] == "busy"


def test_the_list_of_calls_to_our_number() -> None:
    """Calls that came in stand in the carrier's list, by the number that was rung."""
    rig = out_of_the_blue(ring(), ring(100))
    rig.run()
    found = rig.document("GET", f"Calls.json?To={CALLER.replace('+', '%2B')}")["calls"]
    assert [each["direction"] for each in found] == ["inbound", "inbound"]
    assert {each["status"] for each in found} == {"completed"}


def test_the_same_seed_rings_back_the_same() -> None:
    """Equal seeds give equal logs, other seeds other ones."""

    def log(seed: int) -> list[Any]:
        profile = Profile(rings_back=RingsBack(0.5, (60.0, 7200.0)))
        people = {f"+88690000{n:04}": Callee(profile, (Resident(SPEAKS),)) for n in range(200, 230)}
        rig = Rig(Population(people), seed=seed, incoming=INCOMING, calls_per_second=100)
        rig.pages["/in"] = ASKS
        for number in people:
            rig.create(to=number)
        rig.run()
        return rig.log

    assert log(3) == log(3)
    assert 5 <= sum(each["direction"] == "inbound" and each["event"] == "created" for each in log(3)) <= 25
    assert log(3) != log(4)


FILE = """
persons: {customer: {replies: [{says: fine}]}}
profiles: {shy: {rings_back: {chance: 0.3, after: [60, 7200]}}, bold: {rings_back: {chance: 1}}}
callees:
  "+886900000001": {profile: shy, people: [{person: customer}]}
rings_in:
  - {at: "2026-11-23T10:00:05+08:00", to: "+886255550000", from: "+886900000001"}
  - {at: "2026-11-23T10:01:00+08:00", to: "+886255550000", person: customer}
"""


def test_the_file_says_who_rings(tmp_path: Path) -> None:
    """A population file has people who ring back, and calls that come in at an instant."""
    file = tmp_path / "people.yaml"
    file.write_text(FILE, encoding="utf-8")
    population = load(file)
    assert population.callee(CALLEE).profile.rings_back == RingsBack(0.3, (60.0, 7200.0))
    rig = Rig(population, incoming=INCOMING)
    rig.pages["/in"] = twiml("<Hangup/>")
    rig.run()
    assert [each["From"] for each in rig.forms("/in")] == [CALLEE, "anonymous"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("rings_in: [{at: soon, to: '+886255550000', from: '+886900000001'}]", "an instant is written"),
        ("rings_in: [{at: '2026-11-23T10:00:00', to: '+886255550000', from: '+886900000001'}]", "offset"),
        ("rings_in: [{at: '2026-11-23T10:00:00+08:00', from: '+886900000001'}]", "`to` is missing"),
        ("rings_in: [{at: '2026-11-23T10:00:00+08:00', to: '02', from: '+886900000001'}]", "form"),
        ("rings_in: [{at: '2026-11-23T10:00:00+08:00', to: '+886255550000'}]", "nobody is at this number"),
        ("profiles: {shy: {rings_back: {after: [1, 2]}}}", "`chance` is missing"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, line: str, message: str) -> None:
    """A mistake is told with file, line and what to mend."""
    file = tmp_path / "people.yaml"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(PopulationError, match=message):
        load(file)
