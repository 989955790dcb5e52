"""From what was said to TwiML. Pure and deterministic: the same turn gives the same bytes."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote
from xml.sax.saxutils import escape

from msgspec import Struct

from outbound.dialogue.said import Ask, HangUp, Pause, Play, SaidItem, Say, Transfer


class Voice(Struct, frozen=True):
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
_ADDRESS, _WHISPER, _AUDIO = "\ufffe", "\uffff", "\x00"
"""Stand for the addresses in what is kept; XML forbids the characters, so that no text holds them."""
_IN_ATTRIBUTES = {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}
_CHINESE = re.compile("([\u3400-\u9fff\uf900-\ufaff]+)")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SENTENCE = re.compile("(?<=[。！？；.!?;])")


def render(said: tuple[SaidItem, ...], action_url: str, whisper_url: str = "", audio_url: str = "") -> bytes:
    """Return the TwiML document of a turn; keys, words and the end of a transfer come to `action_url`.

    The document at `whisper_url` is for whoever takes a transfer. `audio_url` stands before the path of a recording.
    """
    items = "".join([_xml(item) for item in said]).replace(_ADDRESS, _url(action_url))
    if _WHISPER in items:
        items = items.replace(_WHISPER, _url(whisper_url))
    if _AUDIO in items:
        items = items.replace(_AUDIO, _url(audio_url))
    return (_HEAD + _filled("Response", items)).encode()


def _url(address: str) -> str:
    return escape(_FORBIDDEN.sub("", address), _IN_ATTRIBUTES)


@lru_cache(maxsize=1024)
def _xml(item: SaidItem) -> str:
    """Write one item with a mark in place of the address: most items are said in every call."""
    match item:
        case Say():
            return _say(item)
        case Ask():
            return _filled("Gather", "".join([_xml(each) for each in item.prompt]), _gather(item))
        case Play():
            return _filled("Play", _AUDIO + quote(item.audio))
        case Pause():
            return f'<Pause length="{item.seconds}" />'
        case Transfer():
            return _dial(item)
        case HangUp():
            return "<Hangup />"


def _dial(transfer: Transfer) -> str:
    """Dial a person; while they are told who it is about, the callee goes on hearing it ring."""
    number, waits = escape(transfer.number), ""
    if transfer.whisper:
        number, waits = f'<Number url="{_WHISPER}" method="POST">{number}</Number>', ' answerOnBridge="true"'
    else:
        number = _filled("Number", number)
    return f'<Dial action="{_ADDRESS}" method="POST" timeout="{_RING_SECONDS}"{waits}>{number}</Dial>'


def _filled(name: str, content: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{content}</{name}>" if content else f"<{name}{attributes} />"


def _gather(ask: Ask) -> str:
    attributes = {
        "input": "dtmf speech" if ask.speech else "dtmf",
        "action": _ADDRESS,
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
            attributes["hints"] = _hints(ask.hints)
    return "".join(f' {name}="{value}"' for name, value in attributes.items())


@lru_cache(maxsize=256)
def _hints(hints: tuple[str, ...]) -> str:
    return escape(_FORBIDDEN.sub("", ",".join(hint.replace(",", " ") for hint in hints)), _IN_ATTRIBUTES)


def _say(say: Say) -> str:
    prosody = (' rate="85%"' if say.slow else "") + (' volume="+6dB"' if say.loud else "")
    written: list[str] = []
    for text, voice in _spoken_by(_FORBIDDEN.sub("", say.text), say.language):
        for part in _parts(text):
            content = _filled("prosody", escape(part), prosody) if prosody else escape(part)
            written.append(_filled("Say", content, f' language="{voice.language}" voice="{voice.voice}"'))
    return "".join(written)


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
