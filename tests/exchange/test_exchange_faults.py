"""Faults: a create whose answer is lost, webhooks that go astray, and a carrier that is down."""

from datetime import timedelta
from pathlib import Path

import pytest

from outbound.exchange.faults import Faults, FaultsError, FaultWindow, load
from outbound.exchange.wire import ExchangeNoAnswer, NoAnswer
from tests.exchange.exchange_rig import BEGINNING, Rig, person, twiml


def always(*names: str) -> Faults:
    """Faults that always strike."""
    return Faults(dict.fromkeys(names, 1.0))


@pytest.mark.parametrize(
    ("fault", "code", "made"),
    [
        ("create_429", 20429, False),
        ("create_400", 21214, False),
        ("create_500_made", 20500, True),
        ("create_500_not_made", 20500, False),
    ],
)
def test_a_create_is_answered_with_an_error(fault: str, code: int, made: bool) -> None:
    """An error is answered; whether a call exists all the same is seen in the log and in the list only."""
    rig = Rig(person(), faults=always(fault))
    assert rig.create()["code"] == code
    rig.run()
    assert bool(rig.events("created")) is made
    assert bool(rig.events("ringing")) is made
    assert bool(rig.document("GET", "Calls.json")["calls"]) is made


@pytest.mark.parametrize(
    ("fault", "kind", "made"),
    [
        ("create_timeout_made", NoAnswer.TIMEOUT, True),
        ("create_timeout_not_made", NoAnswer.TIMEOUT, False),
        ("create_reset_made", NoAnswer.RESET, True),
    ],
)
def test_a_create_stays_without_an_answer(fault: str, kind: NoAnswer, made: bool) -> None:
    """The client hears nothing; the call may ring."""
    rig = Rig(person(), faults=always(fault))
    with pytest.raises(ExchangeNoAnswer) as silence:
        rig.create()
    rig.run()
    assert silence.value.kind is kind
    assert bool(rig.events("created")) is made


def test_lost_webhooks_are_logged_as_lost() -> None:
    """No webhook arrives; the callee hears an application error after fifteen seconds."""
    rig = Rig(person(), faults=always("webhook_lost"))
    rig.create_watched()
    rig.run()
    assert rig.sent == []
    assert [event["kind"] for event in rig.events("webhook_lost")] == ["status", "status", "status", "voice", "status"]
    assert rig.events("ended")[0]["by"] == "application_error"


def test_doubled_webhooks_arrive_twice_and_count_once() -> None:
    """The product is asked twice with the same token; one conversation takes place."""
    rig = Rig(person(), faults=always("webhook_doubled"))
    rig.pages["/voice"] = twiml("<Say>hello</Say>")
    rig.create()
    rig.run()
    assert len(rig.sent) == 2
    assert rig.sent[0].headers == rig.sent[1].headers
    assert len(rig.events("said")) == 1


def test_delayed_webhooks_arrive_later() -> None:
    """A status callback may arrive long after the fact, with the instant of the fact in it."""
    rig = Rig(faults=always("webhook_delayed"))
    rig.create_watched(to="+886900000101")
    rig.run()
    sent = [rig.seconds(event) for event in rig.events("webhook_sent")]
    assert len(sent) == 2
    assert min(sent) > 1
    assert rig.forms("/status")[0]["Timestamp"] <= "Mon, 23 Nov 2026 02:00:02 +0000"


def test_reordered_webhooks_overtake_each_other() -> None:
    """A later status arrives before an earlier one; none is lost."""
    rig = Rig(person(), faults=always("webhook_reordered"))
    rig.create_watched()
    rig.run()
    order = [int(form["SequenceNumber"]) for form in rig.forms("/status")]
    assert sorted(order) == [0, 1, 2, 3]
    assert order != sorted(order)


def test_a_carrier_that_is_down_makes_nothing() -> None:
    """503 for every request in the window, and normal service after it."""
    window = FaultWindow("carrier_down", BEGINNING, BEGINNING + timedelta(minutes=30))
    rig = Rig(faults=Faults({}, (window,)))
    assert rig.create()["code"] == 20503
    assert rig.log == []
    rig.run(30 * 60)
    assert rig.create()["status"] == "queued"


def test_an_accident_does_not_move_another() -> None:
    """Whether one create fails does not depend on whether others do."""
    some = Faults({"create_429": 0.5}, seed=3)
    both = Faults({"create_429": 0.5, "webhook_lost": 0.5}, seed=3)
    keys = [f"+8869000003{each:02d}/1" for each in range(100)]
    struck = [some.create(key, BEGINNING) for key in keys]
    assert struck == [both.create(key, BEGINNING) for key in keys]
    assert 20 < struck.count("create_429") < 80


def test_a_faults_file_is_read(tmp_path: Path) -> None:
    """`all` sets every fault, a name its own, a window makes one certain."""
    path = tmp_path / "faults.yaml"
    path.write_text(
        "all: 0.05\ncreate_429: 0\ncrash: 0.1\n"
        "windows:\n  - {fault: webhook_lost, from: 2026-11-23T10:00:00+08:00, to: '2026-11-23T11:00:00+08:00'}\n"
    )
    faults = load(path, seed=9)
    assert (faults.probabilities["create_429"], faults.probabilities["webhook_doubled"]) == (0.0, 0.05)
    assert faults.webhook("any", BEGINNING + timedelta(minutes=59)) == "webhook_lost"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("webhook_late: 0.1", "'webhook_late' is not known here"),
        ("all: 2", "from 0 to 1"),
        ("crash: 0.1\ncrash: 0.2", r"faults\.yaml: line 2: the key 'crash' stands twice"),
        ('{"crash": 0.1, "crash": 0.2}', "the key 'crash' stands twice"),
        ("windows: [{fault: crash}]", "a window has"),
        ("windows: [{fault: crash, from: 2026-11-23 10:00:00, to: 2026-11-23 11:00:00}]", "with an offset"),
        ("windows: [{fault: crash, from: soon, to: later}]", "an instant such as"),
        ("windows: [{fault: crash, from: '2026-11-23T10:00:00Z', to: '2026-11-23T09:00:00Z'}]", "ends before"),
    ],
)
def test_a_wrong_faults_file_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """The error names the file, the line and what is allowed."""
    path = tmp_path / "faults.yaml"
    path.write_text(text)
    with pytest.raises(FaultsError, match=says):
        load(path)


def test_nothing_strikes_after_the_faults_end() -> None:
    """From `until` on every create and webhook goes well, certain windows included."""
    end = BEGINNING + timedelta(hours=1)
    window = FaultWindow("create_400", BEGINNING, BEGINNING + timedelta(days=1))
    faults = Faults({"create_429": 1.0, "webhook_lost": 1.0}, (window,), until=end)
    rig = Rig(person(), faults=faults)
    assert rig.create()["code"] == 20429
    rig.run(3600)
    assert rig.create_watched()["status"] == "queued"
    rig.run()
    assert rig.events("webhook_lost") == []
