"""From what was said to TwiML. Pure and deterministic: the same turn gives the same bytes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.sax.saxutils import escape

from outbound.dialogue.said import Ask, HangUp, Pause, SaidItem, Say, Transfer


@dataclass(frozen=True, slots=True)
class Voice:
    """How a language tag is spoken and recognised at the carrier."""

    language: str
    voice: str
    recognised_as: str


VOICES: Mapping[str, Voice] = {
    "zh-TW": Voice("cmn-TW", "Google.cmn-TW-Wavenet-A", "cmn-Hant-TW"),
    "en-US": Voice("en-US", "Google.en-US-Wavenet-F", "en-US"),
}

SAY_LIMIT = 480
"""Characters in one Say: a Chinese character counts nine of the carrier's 4,500."""

_RING_SECONDS = "30"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_ADDRESS = "\ufffe"
"""Stands for the address in what is kept; XML forbids the character, so that no text holds it."""
_IN_ATTRIBUTES = {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}
_CHINESE = re.compile("([\u3400-\u9fff\uf900-\ufaff]+)")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SENTENCE = re.compile("(?<=[。！？；.!?;])")


def render(said: tuple[SaidItem, ...], action_url: str) -> bytes:
    """Return the TwiML document of a turn; keys, words and the end of a transfer come to `action_url`."""
    url = escape(_FORBIDDEN.sub("", action_url), _IN_ATTRIBUTES)
    items = "".join([_xml(item).replace(_ADDRESS, url) for item in said])
    return f"{_HEAD}<Response>{items}</Response>".encode() if said else f"{_HEAD}<Response />".encode()


@lru_cache(maxsize=1024)
def _xml(item: SaidItem) -> str:
    """Write one item with a mark in place of the address: most items are said in every call."""
    response = Element("Response")
    _add(response, item, _ADDRESS)
    return "".join(tostring(each, encoding="unicode") for each in response)


def _add(parent: Element, item: SaidItem, action_url: str) -> None:
    match item:
        case Say():
            _say(parent, item)
        case Pause():
            SubElement(parent, "Pause", length=str(item.seconds))
        case Ask():
            gather = SubElement(parent, "Gather", _gather(item, action_url))
            for each in item.prompt:
                _add(gather, each, action_url)
        case Transfer():
            dial = SubElement(parent, "Dial", action=action_url, method="POST", timeout=_RING_SECONDS)
            SubElement(dial, "Number").text = item.number
        case HangUp():
            SubElement(parent, "Hangup")


def _gather(ask: Ask, action_url: str) -> dict[str, str]:
    attributes = {
        "input": "dtmf speech" if ask.speech else "dtmf",
        "action": action_url,
        "method": "POST",
        "actionOnEmptyResult": "true",
        "timeout": str(ask.timeout),
        "finishOnKey": "#",
    }
    if ask.num_digits is not None:
        attributes["numDigits"] = str(ask.num_digits)
    if ask.speech:
        attributes["language"] = VOICES[ask.language].recognised_as
        attributes["speechTimeout"] = str(ask.speech_timeout)
        if ask.hints:
            attributes["hints"] = ",".join(hint.replace(",", " ") for hint in ask.hints)
    return attributes


def _say(parent: Element, say: Say) -> None:
    for text, voice in _spoken_by(_FORBIDDEN.sub("", say.text), say.language):
        for part in _parts(text):
            element = SubElement(parent, "Say", language=voice.language, voice=voice.voice)
            if say.slow or say.loud:
                element = SubElement(element, "prosody", _prosody(say))
            element.text = part


def _prosody(say: Say) -> dict[str, str]:
    attributes = {"rate": "85%"} if say.slow else {}
    return {**attributes, "volume": "+6dB"} if say.loud else attributes


def _spoken_by(text: str, language: str) -> Iterator[tuple[str, Voice]]:
    """Yield text with the voice that can read it: an English voice is mute on a Chinese name."""
    own = VOICES[language]
    if language == "zh-TW" or not _CHINESE.search(text):
        yield text, own
        return
    for part in _CHINESE.split(text):
        if any(each.isalnum() for each in part):
            yield part, VOICES["zh-TW"] if _CHINESE.match(part) else own


def _parts(text: str) -> Iterator[str]:
    """Cut a text that is too long for one Say, at sentence ends where there are any."""
    if len(text) <= SAY_LIMIT:
        yield text
        return
    part = ""
    for sentence in _SENTENCE.split(text):
        if part and len(part) + len(sentence) > SAY_LIMIT:
            yield part
            part = ""
        part += sentence
        while len(part) > SAY_LIMIT:
            yield part[:SAY_LIMIT]
            part = part[SAY_LIMIT:]
    if part:
        yield part
