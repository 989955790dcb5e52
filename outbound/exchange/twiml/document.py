"""TwiML as verbs. Names and defaults are Twilio's; verbs are case-sensitive; a document has 64 kB at most.

Elements that are not known are left out and named in `Document.warnings` (Twilio's warning 12200). A document that
cannot be read raises `TwimlError` with Twilio's code.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, zip_longest
from xml.etree import ElementTree as ET

from msgspec.structs import replace

from outbound.exchange.twiml.speech import break_of, rate_of, seconds_of
from outbound.exchange.twiml.verbs import (
    Dial,
    Document,
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Verb,
)

MAX_BYTES = 64 * 1024
PARSE_FAILURE = 12100
TOO_LARGE = 11750
CONTENT_TYPE = 12300
_TWIML_TYPES = ("text/xml", "application/xml", "text/html", "application/rss+xml")
SCHEMA_WARNING = 12200
_MAX_LOOPS = 100
_ACTION = re.compile(rb' action="([!#-%\'-;=?-~]+)"')
"""Where a verb leads to, in characters that XML leaves as they are."""
_PLACE = b"urn:x-place:"
_LEADING = Gather | Record | Dial


class TwimlError(ValueError):
    """A document that cannot be carried out; `code` is Twilio's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def read(body: bytes, content_type: str, url: str) -> Document:
    """Read an answer to a voice webhook by its type: TwiML, plain text to be said, or audio to be played."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _TWIML_TYPES:
        return parse(body)
    if kind == "text/plain":
        text = body.decode("utf-8", "replace")
        return Document((Say(text, seconds_of(text)),))
    if kind.startswith("audio/"):
        return Document((Play(url),))
    raise TwimlError(CONTENT_TYPE, f"the content type {kind or '(none)'} is no TwiML")


def parse(body: bytes) -> Document:
    """Read a TwiML document, or raise `TwimlError`."""
    if len(body) > MAX_BYTES:
        raise TwimlError(TOO_LARGE, f"the document has {len(body)} bytes; {MAX_BYTES} are allowed")
    # Most documents differ from one that was read before in nothing but where they lead.
    pieces = _ACTION.split(body)
    template = _template(tuple(pieces[::2]))
    return parse_anew(body) if template is None else _leading_to(template, pieces[1::2])


@lru_cache(maxsize=1024)
def _template(pieces: tuple[bytes, ...]) -> Document | None:
    """Read a document with the n-th action called `_PLACE`n; None where what looks like an action is something else."""
    if any(_PLACE in piece for piece in pieces):
        return None
    places = [_PLACE + str(number).encode() for number in range(len(pieces) - 1)]
    actions = [b' action="%b"' % place for place in places]
    document = parse_anew(b"".join(chain.from_iterable(zip_longest(pieces, actions, fillvalue=b""))))
    found = [verb.action.encode() for verb in document.verbs if isinstance(verb, _LEADING) and verb.action]
    return document if found == places else None


def _leading_to(template: Document, actions: Sequence[bytes]) -> Document:
    if not actions:
        return template
    given = iter(actions)
    verbs = [
        replace(verb, action=next(given).decode()) if isinstance(verb, _LEADING) and verb.action else verb
        for verb in template.verbs
    ]
    return Document(tuple(verbs), template.warnings)


def parse_anew(body: bytes) -> Document:
    """Read a document of an allowed size as `parse` does, with nothing remembered."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise TwimlError(PARSE_FAILURE, "the document declares a document type or entities")
    try:
        root = ET.fromstring(body)  # noqa: S314 - entities are refused above and the size is bounded
    except (ET.ParseError, LookupError, ValueError) as error:
        raise TwimlError(PARSE_FAILURE, f"the document is not well-formed XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(PARSE_FAILURE, f"the root element is {root.tag}, not Response")
    warnings: list[str] = []
    return Document(tuple(_verbs(root, _VERBS, warnings)), tuple(warnings))


def _verbs(
    parent: ET.Element, known: Mapping[str, Callable[[ET.Element, list[str]], Verb]], warnings: list[str]
) -> list[Verb]:
    verbs: list[Verb] = []
    for element in parent:
        reader = known.get(element.tag)
        if reader is None:
            warnings.append(str(element.tag))
        else:
            verbs.append(reader(element, warnings))
    return verbs


def _say(element: ET.Element, _warnings: list[str]) -> Say:
    if len(element) == 0:
        text = element.text or ""
        seconds = seconds_of(text)
    else:
        text, seconds = "".join(element.itertext()), _spoken(element, 1.0)
    loops = _loops(element)
    text = " ".join(text.split())
    return Say(text, seconds * loops, element.get("language", ""))


def _spoken(element: ET.Element, rate: float) -> float:
    if element.tag == "break":
        return break_of(element.get("time", ""), element.get("strength", ""))
    if element.tag == "prosody":
        rate *= rate_of(element.get("rate", "default"))
    seconds = seconds_of(element.text or "") / rate
    for child in element:
        seconds += _spoken(child, rate) + seconds_of(child.tail or "") / rate
    return seconds


def _play(element: ET.Element, _warnings: list[str]) -> Play:
    return Play((element.text or "").strip(), element.get("digits", ""), _loops(element))


def _pause(element: ET.Element, _warnings: list[str]) -> Pause:
    return Pause(_number(element, "length", 1))


def _gather(element: ET.Element, warnings: list[str]) -> Gather:
    digits = _number(element, "numDigits", 0)
    speech_timeout = element.get("speechTimeout")
    return Gather(
        nested=tuple(verb for verb in _verbs(element, _AUDIO, warnings) if isinstance(verb, Say | Play | Pause)),
        inputs=frozenset(element.get("input", "dtmf").split()),
        action=element.get("action", ""),
        method=_method(element),
        timeout=_number(element, "timeout", 5),
        num_digits=int(digits) or None,
        finish_on_key=element.get("finishOnKey", "#"),
        speech_timeout=None if speech_timeout in (None, "auto") else _number(element, "speechTimeout", 1),
        action_on_empty_result=_flag(element, "actionOnEmptyResult", default=False),
        barge_in=_flag(element, "bargeIn", default=True),
        language=element.get("language", "en-US"),
    )


def _redirect(element: ET.Element, _warnings: list[str]) -> Redirect:
    return Redirect((element.text or "").strip(), _method(element))


def _record(element: ET.Element, _warnings: list[str]) -> Record:
    return Record(
        action=element.get("action", ""),
        method=_method(element),
        timeout=_number(element, "timeout", 5),
        max_length=_number(element, "maxLength", 3600),
        play_beep=_flag(element, "playBeep", default=True),
    )


def _dial(element: ET.Element, warnings: list[str]) -> Dial:
    number, whisper_url, whisper_method = (element.text or "").strip(), "", "POST"
    for child in element:
        if child.tag != "Number":
            warnings.append(str(child.tag))
        elif not number:
            number = (child.text or "").strip()
            whisper_url, whisper_method = child.get("url", ""), _method(child)
    return Dial(
        number=re.sub(r"[\s()\-]", "", number),
        caller_id=element.get("callerId", ""),
        action=element.get("action", ""),
        method=_method(element),
        timeout=_number(element, "timeout", 30),
        time_limit=_number(element, "timeLimit", 14400),
        whisper_url=whisper_url,
        whisper_method=whisper_method,
    )


def _number(element: ET.Element, name: str, default: float) -> float:
    value = element.get(name)
    if value is None:
        return default
    if not value.isdecimal():
        raise TwimlError(SCHEMA_WARNING, f"{element.tag} {name} is not a whole number")
    return float(value)


def _flag(element: ET.Element, name: str, *, default: bool) -> bool:
    value = element.get(name)
    return default if value is None else value.lower() == "true"


def _method(element: ET.Element) -> str:
    return "GET" if element.get("method", "POST").upper() == "GET" else "POST"


def _loops(element: ET.Element) -> int:
    """`loop="0"` means without end; it is cut at a hundred, by when every callee has gone."""
    return min(int(_number(element, "loop", 1)) or _MAX_LOOPS, _MAX_LOOPS)


_AUDIO: dict[str, Callable[[ET.Element, list[str]], Verb]] = {"Say": _say, "Play": _play, "Pause": _pause}
_VERBS: dict[str, Callable[[ET.Element, list[str]], Verb]] = _AUDIO | {
    "Gather": _gather,
    "Redirect": _redirect,
    "Record": _record,
    "Dial": _dial,
    "Hangup": lambda _element, _warnings: Hangup(),
    "Reject": lambda element, _warnings: Reject(element.get("reason", "rejected")),
}
