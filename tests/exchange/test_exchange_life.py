"""A call's life: queue, ring, answer, end, and what the callee has to do with it."""

import pytest

from outbound.exchange.people.population import NumberState, Person, Unanswered
from tests.exchange.exchange_rig import CALLEE, Rig, number, person, twiml


def test_a_call_that_is_answered_goes_through_every_stage() -> None:
    """Created, queued, dequeued, ringing, answered, ended: in this order and each once."""
    rig = Rig(person())
    sid = rig.create()["sid"]
    rig.run()
    assert rig.names() == ["created", "queued", "dequeued", "ringing", "answered", "ended"]
    call = rig.call(sid)
    assert (call["status"], call["duration"], call["direction"]) == ("completed", "0", "outbound-api")


def test_every_event_bears_sid_and_both_numbers() -> None:
    """A judge can tell from each line alone which telephone it is about."""
    rig = Rig(person())
    sid = rig.create()["sid"]
    rig.run()
    assert {(event["sid"], event["to"], event["parent_sid"]) for event in rig.log} == {(sid, CALLEE, None)}


def test_the_queue_is_drained_at_its_pace() -> None:
    """Ten calls at two a second are dialled half a second apart, first come first served."""
    rig = Rig(calls_per_second=2.0)
    sids = [rig.create(to=f"+88690000020{each}")["sid"] for each in range(10)]
    rig.run()
    dequeued = rig.events("dequeued")
    assert [event["sid"] for event in dequeued] == sids
    assert [rig.seconds(event) for event in dequeued] == [each / 2 for each in range(10)]


def test_a_call_has_no_start_until_it_is_dialled() -> None:
    """A queued call shows neither start_time nor duration; queue_time tells afterwards how long it waited."""
    rig = Rig(calls_per_second=0.5)
    rig.create(to="+886900000201")
    queued = rig.create(to="+886900000202")
    assert (queued["status"], queued["start_time"], queued["duration"]) == ("queued", None, None)
    rig.run()
    assert rig.call(queued["sid"])["queue_time"] == "2000"


def test_a_call_that_waits_too_long_is_never_rung() -> None:
    """After the longest queue time a call fails without a ring."""
    rig = Rig(calls_per_second=1 / 7200, queue_hours=1.0)
    rig.create(to="+886900000201")
    late = rig.create(to="+886900000202")["sid"]
    rig.run()
    assert rig.call(late)["status"] == "failed"
    assert not [event for event in rig.events("ringing") if event["sid"] == late]


def test_nobody_answers_an_unknown_number() -> None:
    """A number that is not in the population rings for the time-out and ends as no-answer."""
    rig = Rig()
    sid = rig.create(Timeout="20")["sid"]
    rig.run()
    assert rig.call(sid)["status"] == "no-answer"
    ringing, ended = rig.events("ringing", "ended")
    assert rig.seconds(ended) - rig.seconds(ringing) == 20
    assert ended["by"] == "ring_timeout"


def test_a_callee_who_is_slower_than_the_time_out_is_not_reached() -> None:
    """The ring time-out wins over a callee who needs longer."""
    rig = Rig(number(Person(), rings=(12.0, 12.0)))
    sid = rig.create(Timeout="10")["sid"]
    rig.run()
    assert rig.call(sid)["status"] == "no-answer"


@pytest.mark.parametrize(
    ("kind", "status", "rings"),
    [
        (Unanswered.BUSY, "busy", False),
        (Unanswered.DECLINED, "busy", True),
        (Unanswered.NO_ANSWER, "no-answer", True),
        (Unanswered.VOICEMAIL, "completed", True),
    ],
)
def test_how_a_call_ends_that_nobody_takes(kind: Unanswered, status: str, rings: bool) -> None:
    """Busy never rings, a declined call does; a voicemail that answers ends as completed."""
    rig = Rig(number(unanswered={kind: 1.0}))
    sid = rig.create()["sid"]
    rig.run()
    assert rig.call(sid)["status"] == status
    assert bool(rig.events("ringing")) is rings


def test_an_unallocated_number_fails_without_ringing() -> None:
    """The create succeeds, the call fails, SIP says 404."""
    rig = Rig(number(number=NumberState.UNALLOCATED))
    sid = rig.create_watched()["sid"]
    rig.run()
    assert rig.call(sid)["status"] == "failed"
    assert not rig.events("ringing")
    assert rig.forms("/status")[-1]["SipResponseCode"] == "404"


def test_a_callee_hangs_up_in_the_middle_of_a_sentence() -> None:
    """What was said until then stands in the log, cut where he heard it end."""
    rig = Rig(person(hangs_up_after_seconds=3.0))
    rig.pages["/voice"] = twiml('<Say language="cmn-TW">一二三四五六七八九十一二三四五六七八九十</Say>')
    rig.create()
    rig.run()
    said, ended = rig.events("said", "ended")
    assert (said["text"], said["interrupted"]) == ("一二三四五六七八九十", True)
    assert (ended["by"], ended["status"], ended["seconds"]) == ("callee", "completed", 3)


def test_the_time_limit_ends_a_call() -> None:
    """A conversation never lasts longer than TimeLimit."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml('<Pause length="100"/>')
    sid = rig.create(TimeLimit="30")["sid"]
    rig.run()
    assert rig.call(sid)["duration"] == "30"
    assert rig.events("ended")[0]["by"] == "time_limit"


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("0000100", "completed"),
        ("0000101", "busy"),
        ("0000102", "no-answer"),
        ("0000103", "completed"),
        ("0000104", "failed"),
        ("0000105", "completed"),
        ("0000106", "completed"),
        ("0000107", "completed"),
    ],
)
def test_numbers_with_known_endings_behave_alike_everywhere(ending: str, status: str) -> None:
    """The endings behave as in the published table whatever the population is."""
    rig = Rig()
    rig.pages["/voice"] = twiml("<Pause/>")
    sid = rig.create(to="+88690" + ending)["sid"]
    rig.run()
    assert rig.call(sid)["status"] == status


def test_a_refused_number_is_refused_at_the_create() -> None:
    """The ending 0000108 answers the create with 21211 and leaves no call."""
    rig = Rig()
    assert rig.create(to="+886900000108")["code"] == 21211
    assert rig.names() == ["refused"]
    assert rig.document("GET", "Calls.json")["calls"] == []


def test_a_ring_back_draws_anew_and_other_calls_change_nothing() -> None:
    """A callee's draws depend on the seed, the number and the n-th dial only."""

    def ringing_time(*before: str) -> list[float]:
        rig = Rig(number(Person(), rings=(1.0, 50.0)), calls_per_second=0.001)
        for each in (*before, CALLEE, CALLEE):
            rig.create(to=each)
        rig.run()
        own = [event for event in rig.events("ringing", "answered") if event["to"] == CALLEE]
        return [rig.seconds(own[each + 1]) - rig.seconds(own[each]) for each in (0, 2)]

    alone = ringing_time()
    assert alone[0] != alone[1]
    assert [round(each, 3) for each in ringing_time("+886900000100", "+886900000105")] == [
        round(each, 3) for each in alone
    ]
