"""The REST API: what it takes, what it refuses and with which code, lists and pages, updates, messages."""

import base64
import json
from datetime import timedelta

import pytest

from outbound.exchange.people.population import Person, Unanswered
from outbound.exchange.wire import Request
from tests.exchange.exchange_rig import (
    ACCOUNT,
    AUTHORIZATION,
    BASE,
    BEGINNING,
    CALLEE,
    CALLER,
    TOKEN,
    Rig,
    number,
    person,
    twiml,
)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"To": ""}, 21201),
        ({"To": "0912345678"}, 21211),
        ({"To": "+886"}, 21211),
        ({"From": ""}, 21213),
        ({"From": "insurer"}, 21212),
        ({"Url": ""}, 21205),
        ({"Url": "voice"}, 21205),
        ({"Url": "https://my_host.example/voice"}, 21205),
        ({"FallbackUrl": "ftp://x.example"}, 21205),
        ({"StatusCallback": "nowhere"}, 21609),
        ({"StatusCallbackEvent": "hung"}, 20001),
        ({"Timeout": "601"}, 20001),
        ({"Timeout": "long"}, 20001),
        ({"Method": "PUT"}, 20001),
        ({"MachineDetection": "Maybe"}, 20001),
        ({"Url": "", "Twiml": "x" * 4001}, 20001),
    ],
)
def test_a_create_that_cannot_be_carried_out_is_refused(params: dict[str, str], code: int) -> None:
    """400 with Twilio's code and four fields; the refusal is logged and no call is made."""
    rig = Rig()
    form = {"To": CALLEE, "From": CALLER, "Url": f"{BASE}/voice"} | params
    response = rig.request("POST", "Calls.json", *form.items())
    error = json.loads(response.body)
    assert (response.status, error["code"], error["status"]) == (400, code, 400)
    assert error["message"]
    assert error["more_info"].endswith(str(code))
    refused = rig.events("refused")[0]
    assert (refused["sid"], refused["code"], refused["to"]) == (None, code, form["To"])
    assert rig.driver.due() is None


def test_a_caller_number_that_is_not_ours_is_refused() -> None:
    """With a list of caller numbers others get 21210."""
    rig = Rig(callers=frozenset({"+886255559999"}))
    assert rig.create()["code"] == 21210


def test_a_full_queue_answers_429() -> None:
    """What exceeds the longest queue is refused with 20429 and never processed."""
    rig = Rig(calls_per_second=0.1, max_queued=2)
    codes = [rig.create(to=f"+88690000030{each}").get("code") for each in range(4)]
    assert codes == [None, None, None, 20429]
    assert len(rig.events("created")) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic !!"},
        {"authorization": "Basic " + base64.b64encode(f"{ACCOUNT}:wrong".encode()).decode()},
    ],
)
def test_who_has_not_the_token_is_sent_away(headers: dict[str, str]) -> None:
    """401 with 20003, whatever is wrong with the credentials."""
    response = Rig().request("POST", "Calls.json", headers=headers)
    assert (response.status, json.loads(response.body)["code"]) == (401, 20003)


def test_another_account_is_not_served() -> None:
    """The path's account must be the one that signs in."""
    rig = Rig()
    path = f"/2010-04-01/Accounts/AC{'1' * 32}/Calls.json"
    assert rig.exchange.request(Request("GET", path, AUTHORIZATION), BEGINNING).status == 401


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", f"Calls/CA{'0' * 32}.json", 404),
    ("POST", f"Calls/CA{'0' * 32}.json", 404),
    ("GET", "Conferences.json", 404),
    ("DELETE", "Calls.json", 405),
    ("GET", "Messages.json", 405),
])  # fmt: skip
def test_what_is_not_there_is_said_to_be_missing(method: str, path: str, status: int) -> None:
    """404 with 20404 for unknown calls and resources, 405 for unknown methods."""
    response = Rig().request(method, path)
    assert response.status == status
    assert json.loads(response.body)["status"] == status


def test_the_answer_bears_the_exchange_s_date() -> None:
    """A client can compare its clock with the carrier's."""
    assert Rig().request("GET", "Calls.json").header("date") == "Mon, 23 Nov 2026 02:00:00 GMT"


def test_a_call_shows_the_fields_of_twilio() -> None:
    """The resource has every documented field, dates in RFC 2822, numbers as strings."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml('<Pause length="7"/>')
    sid = rig.create()["sid"]
    rig.run()
    call = rig.call(sid)
    assert sid.startswith("CA")
    assert len(sid) == 34
    assert call["date_created"] == "Mon, 23 Nov 2026 02:00:00 +0000"
    assert (call["duration"], call["queue_time"]) == ("7", "0")
    assert call["uri"] == f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{sid}.json"
    assert {"answered_by", "parent_call_sid", "price", "subresource_uris", "group_sid", "trunk_sid"} <= call.keys()


def listed(rig: Rig, **query: str) -> list[str]:
    """The numbers that a list names."""
    from urllib.parse import urlencode

    names = {"after": "StartTime>", "before": "StartTime<", "on": "StartTime"}
    path = "Calls.json?" + urlencode({names.get(name, name): value for name, value in query.items()})
    return [call["to"] for call in rig.document("GET", path)["calls"]]


def test_calls_are_listed_newest_first_and_filtered() -> None:
    """To, From, Status and StartTime (dates, both ends included) narrow the list."""
    rig = Rig(person())
    rig.create(to="+886900000101")
    rig.run()
    rig.now += timedelta(days=2)
    rig.create()
    rig.run()
    rig.create(to="+886900000104")
    assert listed(rig) == ["+886900000104", CALLEE, "+886900000101"]
    assert listed(rig, To=CALLEE) == [CALLEE]
    assert listed(rig, Status="busy") == ["+886900000101"]
    assert listed(rig, Status="queued", To="+886900000104") == ["+886900000104"]
    assert listed(rig, From="+886200000000") == []
    assert listed(rig, on="2026-11-23") == ["+886900000101"]
    assert listed(rig, after="2026-11-24") == ["+886900000104", CALLEE]
    assert listed(rig, before="2026-11-24T00:00:00Z") == ["+886900000101"]


@pytest.mark.parametrize("query", ["PageSize=0", "PageSize=x", "StartTime=yesterday", "PageToken=PAnone"])
def test_a_list_that_is_asked_for_wrongly_is_refused(query: str) -> None:
    """A wrong filter is an error and not an empty list."""
    assert Rig().document("GET", f"Calls.json?{query}")["code"] == 20001


def test_pages_are_stable_while_new_calls_arrive() -> None:
    """`next_page_uri` is path-only, and a call that is created meanwhile neither hides nor doubles another."""
    rig = Rig()
    for each in range(5):
        rig.create(to=f"+88690000040{each}")
    page = rig.document("GET", "Calls.json?PageSize=2")
    seen = [call["to"][-1] for call in page["calls"]]
    while page["next_page_uri"]:
        rig.create(to="+886900000499")
        assert page["next_page_uri"].startswith(f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json?")
        response = rig.exchange.request(Request("GET", page["next_page_uri"], AUTHORIZATION), rig.now)
        page = json.loads(response.body)
        seen += [call["to"][-1] for call in page["calls"]]
    assert seen == ["4", "3", "2", "1", "0"]


def test_a_queued_call_is_cancelled_and_never_rings() -> None:
    """Status=canceled takes a call out of the queue; the ones behind it move up."""
    rig = Rig(calls_per_second=0.1)
    rig.create(to="+886900000301")
    queued = rig.create(to="+886900000302", StatusCallback=f"{BASE}/status")["sid"]
    rig.create(to="+886900000303")
    assert rig.document("POST", f"Calls/{queued}.json", ("Status", "canceled"))["status"] == "canceled"
    rig.run()
    assert [event["to"][-1] for event in rig.events("ringing")] == ["1", "3"]
    assert rig.forms("/status")[0]["CallStatus"] == "canceled"
    assert rig.events("ended")[0]["by"] == "api"


@pytest.mark.parametrize("status", ["canceled", "completed"])
def test_a_ringing_call_is_cancelled(status: str) -> None:
    """A call that rings stops ringing."""
    rig = Rig()
    sid = rig.create()["sid"]
    rig.run(10)
    assert rig.document("POST", f"Calls/{sid}.json", ("Status", status))["status"] == "canceled"
    rig.run()
    assert rig.call(sid)["status"] == "canceled"


def test_a_call_in_conversation_is_hung_up_but_not_cancelled() -> None:
    """Completed ends a conversation; canceled comes too late (21220)."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml("<Say>one two three four five six</Say>")
    sid = rig.create()["sid"]
    rig.run(5)
    assert rig.document("POST", f"Calls/{sid}.json", ("Status", "canceled"))["code"] == 21220
    assert rig.document("POST", f"Calls/{sid}.json", ("Status", "completed"))["status"] == "completed"
    assert rig.events("said")[0]["interrupted"] is True
    rig.run()
    assert len(rig.events("ended")) == 1


@pytest.mark.parametrize("way", ["Url", "Twiml"])
def test_a_conversation_is_led_elsewhere(way: str) -> None:
    """An update with a Url or Twiml leaves the running document at once."""
    rig = Rig(person())
    rig.pages |= {"/voice": twiml('<Pause length="60"/><Say>never</Say>'), "/other": twiml("<Say>instead</Say>")}
    sid = rig.create()["sid"]
    rig.run(10)
    value = f"{BASE}/other" if way == "Url" else twiml("<Say>instead</Say>")
    assert rig.document("POST", f"Calls/{sid}.json", (way, value))["status"] == "in-progress"
    rig.run()
    assert [event["text"] for event in rig.events("said")] == ["instead"]


@pytest.mark.parametrize("form", [("Status", "completed"), ("Url", f"{BASE}/voice"), ("Status", "canceled")])
def test_what_has_ended_cannot_be_changed(form: tuple[str, str]) -> None:
    """A final call answers 21220."""
    rig = Rig(person())
    sid = rig.create()["sid"]
    rig.run()
    assert rig.document("POST", f"Calls/{sid}.json", form)["code"] == 21220


def test_a_queued_call_cannot_be_led_elsewhere() -> None:
    """A document for a call that is not in progress is refused, and so is an unknown status."""
    rig = Rig()
    sid = rig.create()["sid"]
    assert rig.document("POST", f"Calls/{sid}.json", ("Url", f"{BASE}/voice"))["code"] == 21220
    assert rig.document("POST", f"Calls/{sid}.json", ("Status", "paused"))["code"] == 20001


def test_the_status_callback_of_a_queued_call_can_be_changed() -> None:
    """A new StatusCallback takes effect from then on."""
    rig = Rig(number(Person(), unanswered={Unanswered.BUSY: 1.0}, otherwise=0.0))
    sid = rig.create(StatusCallback=f"{BASE}/old")["sid"]
    rig.document("POST", f"Calls/{sid}.json", ("StatusCallback", f"{BASE}/new"))
    rig.run()
    assert (len(rig.forms("/old")), len(rig.forms("/new"))) == (0, 1)


def test_a_text_message_is_taken_and_reported() -> None:
    """A message has a sid, is logged with its text, and tells when it was delivered."""
    rig = Rig()
    form = {"To": CALLEE, "From": CALLER, "Body": "您好", "StatusCallback": f"{BASE}/sms"}
    message = rig.document("POST", "Messages.json", *form.items())
    rig.run()
    assert (message["sid"][:2], message["status"]) == ("SM", "queued")
    assert rig.events("message")[0]["text"] == "您好"
    assert [each["MessageStatus"] for each in rig.forms("/sms")] == ["sent", "delivered"]


@pytest.mark.parametrize(("missing", "code"), [("To", 21604), ("From", 21603), ("Body", 21602)])
def test_a_message_needs_all_its_parts(missing: str, code: int) -> None:
    """What is missing is named by Twilio's code."""
    form = {"To": CALLEE, "From": CALLER, "Body": "hello"} | {missing: ""}
    assert Rig().document("POST", "Messages.json", *form.items())["code"] == code


def test_the_token_never_stands_in_the_log() -> None:
    """Neither the account's token nor a form's content is logged at a refusal."""
    rig = Rig()
    rig.create(Url="https://a_b.example/secret")
    assert TOKEN not in str(rig.log)
    assert "secret" not in str(rig.log)
