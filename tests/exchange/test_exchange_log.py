"""What the log shows of orders and answers, so that a judge can compare what it may not read."""

from typing import Any

from outbound.exchange.faults import Faults
from outbound.exchange.wire import Response, WebhookFailure
from tests.exchange.exchange_rig import BASE, CALLEE, Rig, person, twiml

DIGEST = 16


def test_calls_that_were_ordered_with_one_url_bear_one_order() -> None:
    """Two creates with the same Url bear the same fingerprint, another Url another one."""
    rig = Rig(person())
    rig.create(Url=f"{BASE}/voice/one")
    rig.create(Url=f"{BASE}/voice/one")
    rig.create(Url=f"{BASE}/voice/two")
    first, again, other = (event["order"] for event in rig.events("created"))
    assert first == again != other
    assert (len(first), int(first, 16) > 0) == (DIGEST, True)


def test_a_call_without_url_bears_no_order() -> None:
    """What brings its own document was not ordered under an address."""
    rig = Rig(person())
    rig.request("POST", "Calls.json", ("To", CALLEE), ("From", "+886255550000"), ("Twiml", twiml("<Hangup/>")))
    assert [event["order"] for event in rig.events("created")] == [None]


def doubled(*pages: Any) -> list[dict[str, Any]]:
    """What the log says of a voice webhook that is delivered twice and answered by `pages`."""
    rig = Rig(person(), faults=Faults({"webhook_doubled": 1.0}))
    rig.pages["/voice"] = list(pages)
    rig.create()
    rig.run()
    return [dict(event) for event in rig.events("webhook_sent") if event["kind"] == "voice"]


def test_two_deliveries_of_one_request_can_be_compared() -> None:
    """Both bear the request's fingerprint; the answers' differ when a byte does."""
    alike, unlike = twiml("<Hangup/>"), twiml("<Pause/><Hangup/>")
    same = doubled(alike, alike)
    assert [same[0][name] == same[1][name] for name in ("request", "answer")] == [True, True]
    other = doubled(alike, unlike)
    assert [other[0][name] == other[1][name] for name in ("request", "answer")] == [True, False]


def test_what_was_not_answered_bears_no_answer() -> None:
    """A delivery that met nobody shows its request only; an empty answer is an answer."""
    lost, answered = doubled(WebhookFailure.RESET, Response(204))
    assert ("answer" in lost, "answer" in answered) == (False, True)
    assert lost["request"] == answered["request"]


def test_status_callbacks_are_not_compared() -> None:
    """Their answers mean nothing to a call."""
    rig = Rig(person())
    rig.create_watched()
    rig.run()
    told = [event for event in rig.events("webhook_sent") if event["kind"] == "status"]
    assert told
    assert not any({"request", "answer"} & event.keys() for event in told)
