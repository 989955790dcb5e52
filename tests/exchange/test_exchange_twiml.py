"""TwiML: what each verb does, how long it lasts, and what cannot be read."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.exchange.people.population import (
    Callee,
    Does,
    Person,
    Population,
    Profile,
    Resident,
    Rule,
    Unanswered,
)
from outbound.exchange.twiml.document import MAX_BYTES, TwimlError, parse, parse_anew
from outbound.exchange.twiml.speech import break_of, rate_of, seconds_of
from outbound.exchange.twiml.verbs import Dial, Document, Say
from outbound.exchange.wire import WebhookFailure
from tests.exchange.exchange_rig import CALLEE, CALLER, Rig, number, person, twiml

AGENT = "+886255550100"


def spoken(rig: Rig) -> list[str]:
    """What the callee heard."""
    return [event["text"] for event in rig.events("said")]


def test_speech_lasts_by_language() -> None:
    """Chinese takes 0.3 s a character, English about 0.36 s a word, a digit counts as a word."""
    assert seconds_of("您好，這裡是") == pytest.approx(1.5)
    assert seconds_of("一" * 200) == pytest.approx(60)
    assert seconds_of("word " * 165) == pytest.approx(60)
    assert seconds_of("0912") == pytest.approx(4 * 60 / 165)


def test_prosody_and_breaks_change_the_length() -> None:
    """A slower rate and a break make a Say longer; markup is not spoken."""
    plain = parse(twiml("<Say>一二三四</Say>").encode()).verbs[0]
    slow = parse(twiml('<Say><prosody rate="50%">一二三四</prosody><break time="500ms"/></Say>').encode()).verbs[0]
    assert isinstance(plain, Say)
    assert isinstance(slow, Say)
    assert slow.text == plain.text
    assert slow.seconds == pytest.approx(2 * plain.seconds + 0.5)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<Response>",
        b"<Answer/>",
        b"plain words",
        b'<!DOCTYPE r [<!ENTITY a "aaaa">]><Response><Say>&a;</Say></Response>',
        b'<Response><Gather timeout="soon"/></Response>',
        b"<Response><Say>" + b"a" * MAX_BYTES + b"</Say></Response>",
    ],
)
def test_what_is_no_twiml_is_refused(body: bytes) -> None:
    """Empty, broken, foreign, too large documents, entities and wrong attributes are errors."""
    with pytest.raises(TwimlError):
        parse(body)


def test_unknown_verbs_are_left_out_with_a_warning() -> None:
    """Verbs are case-sensitive: `say` is not `Say`."""
    document = parse(twiml("<say>a</say><Say>b</Say><Shout/>").encode())
    assert [verb.text for verb in document.verbs if isinstance(verb, Say)] == ["b"]
    assert document.warnings == ("say", "Shout")


def test_verbs_follow_each_other() -> None:
    """Say, Play, Pause last their time; the end of the document hangs up."""
    rig = Rig(person(), play_seconds=4.0)
    rig.pages["/voice"] = twiml(
        "<Say>一二三四五六七八九十</Say><Play>https://x.example/a.mp3</Play>", '<Pause length="2"/>'
    )
    rig.create()
    rig.run()
    assert rig.events("ended")[0]["seconds"] == 9
    assert spoken(rig) == ["一二三四五六七八九十"]


def test_a_redirect_never_returns() -> None:
    """What stands behind a Redirect is not carried out."""
    rig = Rig(person())
    rig.pages |= {"/voice": twiml("<Redirect>/other</Redirect><Say>lost</Say>"), "/other": twiml("<Say>found</Say>")}
    rig.create()
    rig.run()
    assert spoken(rig) == ["found"]


def test_a_circle_of_redirects_ends() -> None:
    """Documents that only point at each other end in an application error, in virtual time too."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml("<Redirect>/voice</Redirect>")
    rig.create()
    rig.run()
    assert rig.events("ended")[0]["by"] == "application_error"


def test_twiml_may_come_with_the_create() -> None:
    """Without a URL the document of the create is carried out, and nothing is fetched."""
    rig = Rig(person())
    rig.create(Url="", Twiml=twiml("<Say>given</Say>"))
    rig.run()
    assert spoken(rig) == ["given"]
    assert rig.sent == []


def test_plain_text_is_read_aloud() -> None:
    """An answer of type text/plain is said."""
    from outbound.exchange.wire import Response

    rig = Rig(person())
    rig.pages["/voice"] = Response(200, {"content-type": "text/plain"}, b"just words")
    rig.create()
    rig.run()
    assert spoken(rig) == ["just words"]


def test_a_recording_tells_its_length() -> None:
    """Record posts the recording's sid, address and length after the callee fell silent."""
    rig = Rig(person(Rule(Does.SAYS, "一二三四五六七八九十")))
    rig.pages |= {"/voice": twiml('<Record timeout="3" action="/recorded"/>'), "/recorded": twiml("<Hangup/>")}
    rig.create()
    rig.run()
    form = rig.forms("/recorded")[0]
    assert form["RecordingSid"].startswith("RE")
    assert form["RecordingDuration"] == "3"


def test_silence_is_not_recorded() -> None:
    """Who says nothing leaves no recording; the next verb follows."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml('<Record action="/recorded"/><Say>well then</Say>')
    rig.create()
    rig.run()
    assert rig.forms("/recorded") == []
    assert spoken(rig) == ["well then"]


def with_agent(**profile: object) -> Rig:
    """A callee who listens, and a member of staff at AGENT."""
    agent = Callee(Profile(**({"otherwise": 1.0, "rings": (5.0, 5.0)} | profile)), (Resident(Person(talks=(30, 30))),))  # type: ignore[arg-type]
    callee = Callee(Profile(otherwise=1.0, rings=(3.0, 3.0)), (Resident(Person()),))
    rig = Rig(Population({CALLEE: callee, AGENT: agent}))
    rig.pages |= {
        "/voice": twiml(f'<Dial action="/dialled" timeout="20">{AGENT}</Dial>'),
        "/dialled": twiml("<Say>goodbye</Say>"),
    }
    return rig


def test_a_call_is_put_through_to_a_person() -> None:
    """A Dial is a second leg with its own sid and a parent; its end goes to the action."""
    rig = with_agent()
    sid = rig.create()["sid"]
    rig.run()
    leg = rig.events("transferred")[0]
    assert (leg["parent_sid"], leg["to"], leg["direction"]) == (sid, AGENT, "outbound-dial")
    form = rig.forms("/dialled")[0]
    assert (form["DialCallStatus"], form["DialCallSid"], form["DialCallDuration"]) == ("completed", leg["sid"], "30")
    assert rig.call(leg["sid"])["parent_call_sid"] == sid
    assert spoken(rig) == ["goodbye"]


def test_a_second_leg_does_not_ring_in_the_log() -> None:
    """Only calls of the API ring; the leg is transferred, answered, ended."""
    rig = with_agent()
    sid = rig.create()["sid"]
    rig.run()
    assert [event["event"] for event in rig.log if event["parent_sid"] == sid] == ["transferred", "answered", "ended"]


@pytest.mark.parametrize(
    ("unanswered", "status"),
    [(Unanswered.NO_ANSWER, "no-answer"), (Unanswered.BUSY, "busy"), (Unanswered.DECLINED, "busy")],
)
def test_nobody_may_be_there_to_be_put_through_to(unanswered: Unanswered, status: str) -> None:
    """The action learns that nobody took the second leg."""
    rig = with_agent(otherwise=0.0, unanswered={unanswered: 1.0})
    rig.create()
    rig.run()
    form = rig.forms("/dialled")[0]
    assert form["DialCallStatus"] == status
    assert "DialCallDuration" not in form


def test_the_second_leg_ends_with_the_first() -> None:
    """When the customer is gone the person is released too."""
    rig = with_agent()
    sid = rig.create(TimeLimit="10")["sid"]
    rig.run()
    assert [event["sid"] for event in rig.events("ended")][-1] == sid
    assert rig.events("ended")[0]["by"] == "caller"


def test_machine_detection_at_once() -> None:
    """Synchronous detection: the voice webhook comes after the verdict and bears it."""
    rig = Rig(person())
    sid = rig.create(MachineDetection="Enable")["sid"]
    rig.run()
    form = rig.forms("/voice")[0]
    assert form["AnsweredBy"] == "human"
    assert 2000 < int(form["MachineDetectionDuration"]) < 5000
    assert rig.call(sid)["answered_by"] == "human"


@pytest.mark.parametrize(("mode", "verdict"), [("Enable", "machine_start"), ("DetectMessageEnd", "machine_end_beep")])
def test_a_machine_is_found_out(mode: str, verdict: str) -> None:
    """Enable decides in the greeting, DetectMessageEnd waits for the beep."""
    rig = Rig()
    rig.create(MachineDetection=mode, to="+886900000103")
    rig.run()
    form = rig.forms("/voice")[0]
    assert form["AnsweredBy"] == verdict
    if mode == "DetectMessageEnd":
        assert int(form["MachineDetectionDuration"]) == 6800


def test_detection_beside_the_conversation() -> None:
    """AsyncAmd does not keep a human waiting; the verdict goes to its own callback, signed."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml("<Pause length='10'/>")
    rig.create(MachineDetection="Enable", AsyncAmd="true", AsyncAmdStatusCallback="https://product.example/amd")
    rig.run()
    answered, machine = rig.events("answered", "machine")
    assert "AnsweredBy" not in rig.forms("/voice")[0]
    assert rig.forms("/amd")[0]["AnsweredBy"] == machine["answered_by"] == "human"
    assert rig.seconds(machine) > rig.seconds(answered)
    assert rig.events("webhook_sent")[0]["kind"] == "voice"


def test_a_greeting_without_end_is_unknown() -> None:
    """Detection gives up at its time-out."""
    from outbound.exchange.people.population import Voicemail

    voicemail = Voicemail(greeting_seconds=50)
    rig = Rig(number(otherwise=0.0, unanswered={Unanswered.VOICEMAIL: 1.0}, voicemail=voicemail))
    rig.create(MachineDetection="DetectMessageEnd", MachineDetectionTimeout="20")
    rig.run()
    assert rig.forms("/voice")[0]["AnsweredBy"] == "unknown"


def test_the_caller_of_a_second_leg_is_the_displayed_number() -> None:
    """Without callerId the leg shows the number that called."""
    rig = with_agent()
    rig.create()
    rig.run()
    assert rig.events("transferred")[0]["from"] == CALLER


def test_an_extension_is_keyed_before_the_conversation() -> None:
    """SendDigits is pressed after the answer, half a second a key or pause; then the document is fetched."""
    rig = Rig(person())
    rig.create(SendDigits="wwww123#")
    rig.run()
    answered, keyed, ended = rig.events("answered", "keyed", "ended")
    assert (keyed["digits"], keyed["by"]) == ("wwww123#", "caller")
    assert rig.seconds(ended) - rig.seconds(answered) == 4.0


def test_an_update_while_detection_goes_on_replaces_the_conversation() -> None:
    """A call that is led elsewhere before the verdict does not start its first document afterwards."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml("<Say>first</Say>")
    sid = rig.create(MachineDetection="Enable")["sid"]
    rig.run(5)
    rig.document("POST", f"Calls/{sid}.json", ("Twiml", twiml("<Say>second</Say>", '<Pause length="9"/>')))
    rig.run()
    assert spoken(rig) == ["second"]
    assert rig.sent == []


def test_what_was_left_out_of_a_document_is_logged() -> None:
    """An element that is not known is Twilio's warning 12200; the rest is carried out."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml("<Shout>hey</Shout><Say>hello</Say>")
    rig.create()
    rig.run()
    warning = rig.events("warning")[0]
    assert (warning["code"], warning["elements"]) == (12200, ["Shout"])
    assert spoken(rig) == ["hello"]


def test_a_person_may_be_taken_for_a_machine() -> None:
    """Detection errs as often as the person's `seems_machine` says; he is a human in the log all the same."""
    rig = Rig(person(seems_machine=1.0))
    rig.create(MachineDetection="DetectMessageEnd")
    rig.run()
    assert rig.events("answered")[0]["by"] == "human"
    assert rig.forms("/voice")[0]["AnsweredBy"] == "machine_end_silence"


@pytest.mark.parametrize(
    ("rate", "factor"),
    [("slow", 0.75), ("80%", 0.8), ("-20%", 0.8), ("+10%", 1.1), ("1.5", 1.5), ("quickly", 1.0), ("-200%", 1.0)],
)
def test_prosody_rates_are_read(rate: str, factor: float) -> None:
    """Names, percentages, changes and factors; what cannot be read changes nothing."""
    assert rate_of(rate) == pytest.approx(factor)


@pytest.mark.parametrize(("time", "strength", "seconds"), [("1.5s", "", 1.5), ("", "none", 0.0), ("", "", 0.4)])
def test_breaks_are_read(time: str, strength: str, seconds: float) -> None:
    """A break has a time or a strength."""
    assert break_of(time, strength) == seconds


ACTIONS = st.text("/abz09:._-?='>é", max_size=6) | st.sampled_from(["&amp;", "&#65;", "urn:x-place:0", "/turn 1", "\n"])
LITTERED = st.sampled_from(["", "您好", ' action="/x"', "<b/>", '<![CDATA[ action="/x"]]>', '<!-- action="/x" -->'])
LEADING = st.one_of(
    st.builds(
        '<Gather{}action="{}" timeout="3"><Say>{}</Say></Gather>'.format, st.sampled_from("  \n"), ACTIONS, LITTERED
    ),
    st.builds("<Gather action='{}'><Pause action=\"/y\"/></Gather>".format, ACTIONS),
    st.builds('<Dial action="{}">+886{}</Dial>'.format, ACTIONS, st.sampled_from(["1", "2"])),
    st.builds('<Record playBeep="false" action="{}"/>'.format, ACTIONS),
    st.builds('<Say>{}</Say><Redirect action="/z">{}</Redirect>'.format, LITTERED, ACTIONS),
)


@given(st.lists(LEADING, max_size=4))
def test_a_document_is_read_alike_however_often_its_like_was_read(verbs: list[str]) -> None:
    """What differs from an earlier document in nothing but where it leads is read as if it were the first."""
    body = twiml(*verbs).encode()
    assert outcome(parse, body) == outcome(parse_anew, body)


def outcome(reads: Callable[[bytes], Document], body: bytes) -> Document | int:
    """A document, or the code with which it is refused."""
    try:
        return reads(body)
    except TwimlError as refused:
        return refused.code


def test_the_number_of_a_dial_may_be_nested() -> None:
    """`<Dial><Number>` is the same as `<Dial>`; other targets are left out with a warning."""
    dial = parse(twiml("<Dial><Number>+886 2 5555-0100</Number><Sip>x</Sip></Dial>").encode())
    assert isinstance(dial.verbs[0], Dial)
    assert dial.verbs[0].number == "+886255550100"
    assert dial.warnings == ("Sip",)


def test_played_keys_and_loops_take_their_time() -> None:
    """Half a second a key; `loop` repeats, and `loop=0` ends with the callee's patience."""
    rig = Rig(person(hangs_up_after_seconds=50.0))
    rig.pages["/voice"] = twiml(
        '<Play digits="ww12"/>', '<Say loop="2">一二三四五</Say>', '<Play loop="0">x.mp3</Play>'
    )
    rig.create()
    rig.run()
    ended = rig.events("ended")[0]
    assert (ended["by"], ended["seconds"]) == ("callee", 50)


WHISPERING = f'<Dial action="/dialled" answerOnBridge="true"><Number url="/whisper">{AGENT}</Number></Dial>'


def test_who_takes_a_transfer_hears_the_whisper_and_the_callee_does_not() -> None:
    """The document of a Number's url is said on the second leg before the two are connected; then they talk."""
    rig = with_agent()
    rig.pages |= {"/voice": twiml(WHISPERING), "/whisper": twiml("<Say>王先生想找專人。</Say>")}
    sid = rig.create()["sid"]
    rig.run()
    leg = rig.events("transferred")[0]["sid"]
    whispered = next(each for each in rig.events("said") if each["text"] == "王先生想找專人。")
    assert (whispered["sid"], whispered["parent_sid"]) == (leg, sid)
    assert [each["text"] for each in rig.events("said") if each["sid"] == sid] == ["goodbye"]
    form = rig.forms("/whisper")[0]
    assert (form["CallSid"], form["Direction"], form["To"]) == (leg, "outbound-dial", AGENT)
    life = [each["event"] for each in rig.log if each["sid"] == leg]
    assert life == ["transferred", "answered", "webhook_sent", "said", "ended"]
    form = rig.forms("/dialled")[0]
    assert (form["DialCallStatus"], form["DialBridged"], form["DialCallDuration"]) == ("completed", "true", "32")


@pytest.mark.parametrize("page", [twiml("<Say>shh</Say><Hangup/>"), twiml("<Oops"), WebhookFailure.CONNECT])
def test_a_transfer_may_be_declined_during_the_whisper(page: str | WebhookFailure) -> None:
    """Who hangs up before the two are connected, or cannot be told anything, leaves the callee's document to go on."""
    rig = with_agent()
    rig.pages |= {"/voice": twiml(WHISPERING), "/whisper": page}
    sid = rig.create()["sid"]
    rig.run()
    form = rig.forms("/dialled")[0]
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "false")
    assert [each["text"] for each in rig.events("said") if each["sid"] == sid] == ["goodbye"]


def test_a_whisper_is_broken_off_when_the_callee_is_gone() -> None:
    """The second leg ends with the first, and nothing goes on afterwards."""
    rig = with_agent()
    rig.pages |= {"/voice": twiml(WHISPERING), "/whisper": twiml('<Pause length="60"/>')}
    sid = rig.create(TimeLimit="10")["sid"]
    rig.run()
    assert rig.forms("/dialled") == []
    assert [each["sid"] for each in rig.events("ended")][-1] == sid


def test_a_whisper_dials_and_records_nobody() -> None:
    """Verbs that the document of a Number's url may not contain are left out with a warning."""
    rig = with_agent()
    rig.pages |= {"/voice": twiml(WHISPERING), "/whisper": twiml(f"<Dial>{AGENT}</Dial><Say>shh</Say>")}
    rig.create()
    rig.run()
    assert rig.events("warning")[0]["elements"] == ["Dial"]
    assert len(rig.events("transferred")) == 1
    assert "shh" in spoken(rig)
