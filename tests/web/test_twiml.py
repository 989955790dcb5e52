"""What was said becomes TwiML that the carrier understands."""

import time
from xml.etree.ElementTree import Element, fromstring

import pytest
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from outbound.dialogue.said import Ask, HangUp, Pause, Play, SaidItem, Say, Transfer
from outbound.usecases.conversation.addresses import VoiceAddresses
from outbound.web.voice.twiml import SAY_LIMIT, VOICES, render

ACTION = "https://voice.example.tw/voice/turn/0a1b/3"
WHISPER = "https://voice.example.tw/voice/0a1b/whisper/2"
QUESTION = Ask(
    prompt=(Say("請問您是王小明本人嗎？", "zh-TW"), Pause(1), Say("For English, press 8.", "en-US")),
    language="zh-TW",
    hints=("是", "不是"),
)


def _parse(document: bytes | str) -> Element:
    return fromstring(document)  # noqa: S314 - our own bytes


def test_a_question_listens_to_keys_and_speech() -> None:
    """A Gather nests the prompt and has every attribute that the voice loop relies on."""
    gather = _parse(render((QUESTION,), ACTION)).find("Gather")
    assert gather is not None
    assert gather.attrib == {
        "input": "dtmf speech",
        "action": ACTION,
        "method": "POST",
        "actionOnEmptyResult": "true",
        "timeout": "7",
        "finishOnKey": "#",
        "numDigits": "1",
        "language": "cmn-Hant-TW",
        "speechTimeout": "2",
        "hints": "是,不是",
    }
    assert [each.tag for each in gather] == ["Say", "Pause", "Say"]
    assert gather[0].attrib == {"language": "cmn-TW", "voice": "Google.cmn-TW-Wavenet-A"}


def test_it_is_what_the_official_library_writes() -> None:
    """The bytes have the same content as the carrier's own TwiML classes give."""
    response = VoiceResponse()
    gather = Gather(input="dtmf", action=ACTION, method="POST", action_on_empty_result=True, timeout=10,
                    finish_on_key="#", num_digits=4)  # fmt: skip
    gather.say("月和日", language="cmn-TW", voice="Google.cmn-TW-Wavenet-A")
    response.append(gather)
    ask = Ask((Say("月和日", "zh-TW"),), "zh-TW", speech=False, num_digits=4, timeout=10)
    ours, theirs = _parse(render((ask,), ACTION)), _parse(str(response))
    assert [(each.tag, each.attrib, each.text) for each in ours.iter()] == [
        (each.tag, each.attrib, each.text) for each in theirs.iter()
    ]


def test_a_transfer_comes_back_to_the_action() -> None:
    """Dial has the number, a ring limit and the action that hears how it ended."""
    response = _parse(render((Say("請稍候。", "zh-TW"), Transfer("+886800000123")), ACTION))
    dial = response.find("Dial")
    assert dial is not None
    assert dial.attrib == {"action": ACTION, "method": "POST", "timeout": "30"}
    assert dial.findtext("Number") == "+886800000123"


def test_who_takes_a_transfer_is_told_first_who_it_is_about() -> None:
    """With a whisper the Number has the address of its document, as the carrier's own classes write it."""
    response = VoiceResponse()
    dial = Dial(action=ACTION, method="POST", timeout=30, answer_on_bridge=True)
    dial.number("+886800000123", url=WHISPER, method="POST")
    response.append(dial)
    transfer = Transfer("+886800000123", (Say("客戶想找專人。", "zh-TW"),))
    ours, theirs = _parse(render((transfer,), ACTION, WHISPER)), _parse(str(response))
    assert [(each.tag, each.attrib, each.text) for each in ours.iter()] == [
        (each.tag, each.attrib, each.text) for each in theirs.iter()
    ]
    assert "客戶" not in render((transfer,), ACTION, WHISPER).decode()


def test_a_recording_is_played_from_its_public_address() -> None:
    """Play has the whole address, quoted, in a question too; what lies in between is spoken."""
    play = Play("welcome_call/audio/nan-TW/您好.mp3", "您好", "nan-TW")
    ask = Ask((play, Say("王試明", "zh-TW")), "zh-TW", speech=False)
    base = VoiceAddresses("https://voice.example.tw").audio("")
    document = _parse(render((play, ask), ACTION, WHISPER, base))
    address = "https://voice.example.tw/voice/audio/welcome_call/audio/nan-TW/%E6%82%A8%E5%A5%BD.mp3"
    assert [each.text for each in document.iter("Play")] == [address, address]
    assert VoiceAddresses("https://voice.example.tw").audio(play.audio) == address


def test_the_end_hangs_up() -> None:
    """A goodbye is spoken before the line is closed."""
    response = _parse(render((Say("再見。", "zh-TW"), HangUp()), ACTION))
    assert [each.tag for each in response] == ["Say", "Hangup"]


def test_slow_and_loud_speech() -> None:
    """Slow is 0.85 of the rate and loud is 6 dB more."""
    response = _parse(render((Say("您好", "zh-TW", slow=True), Say("您好", "zh-TW", slow=True, loud=True)), ACTION))
    prosody = [each.attrib for each in response.iter("prosody")]
    assert prosody == [{"rate": "85%"}, {"rate": "85%", "volume": "+6dB"}]
    assert [each.text for each in response.iter("prosody")] == ["您好", "您好"]


def test_an_english_voice_hands_a_chinese_name_to_a_chinese_one() -> None:
    """A voice that cannot read a name would be silent: the name gets a voice that can."""
    response = _parse(render((Say("Am I speaking with 王小明? Press 1.", "en-US"),), ACTION))
    assert [(each.get("language"), (each.text or "").strip()) for each in response] == [
        ("en-US", "Am I speaking with"), ("cmn-TW", "王小明"), ("en-US", "? Press 1."),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["很長。" * 400, "長" * 1200, "a" * (SAY_LIMIT + 1)])
def test_a_long_text_is_cut_to_what_a_voice_takes(text: str) -> None:
    """No Say is longer than the limit, and nothing is lost."""
    parts = [each.text or "" for each in _parse(render((Say(text, "zh-TW"),), ACTION))]
    assert max(map(len, parts)) <= SAY_LIMIT
    assert "".join(parts) == text


def test_names_cannot_break_the_document() -> None:
    """Markup and control characters in a name are spoken or dropped, never executed."""
    response = _parse(render((Say("<Dial>王&小\x00明\x0b</Dial>", "zh-TW"),), ACTION))
    assert [each.tag for each in response.iter()] == ["Response", "Say"]
    assert response[0].text == "<Dial>王&小明</Dial>"


def test_the_same_turn_gives_the_same_bytes() -> None:
    """A repeated webhook can be answered byte for byte."""
    said: tuple[SaidItem, ...] = (Say("您好。", "zh-TW"), Pause(2), QUESTION)
    assert render(said, ACTION) == render(said, ACTION)
    assert render(said, ACTION).startswith(b'<?xml version="1.0" encoding="UTF-8"?><Response>')


def test_nothing_said_is_an_empty_document() -> None:
    """A turn without words is a valid document."""
    assert _parse(render((), ACTION)).tag == "Response"


def test_every_voice_is_named() -> None:
    """A voice is never left to the carrier's default."""
    for voice in VOICES.values():
        assert voice.voice
        assert voice.recognised_as


def test_rendering_costs_next_to_nothing() -> None:
    """A render stays far below the time of a turn (100 microseconds aimed at, ten times that allowed here)."""
    said: tuple[SaidItem, ...] = (Say("您好。", "zh-TW"), Pause(2), QUESTION)
    best = min(_seconds(said) for _ in range(5))
    assert best / 200 < 0.001


def _seconds(said: tuple[SaidItem, ...]) -> float:
    started = time.perf_counter()
    for _ in range(200):
        render(said, ACTION)
    return time.perf_counter() - started
