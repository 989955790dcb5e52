"""The verbs of TwiML as values. Names are Twilio's; lengths of time are in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Say:
    """Speech: `text` without markup, and the `seconds` that it lasts."""

    text: str
    seconds: float
    language: str = ""


@dataclass(frozen=True, slots=True)
class Play:
    """An audio file (`seconds` None: its length is not known here), or keys that are played."""

    url: str
    digits: str = ""
    loops: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence."""

    seconds: float


Audio = Say | Play | Pause


@dataclass(frozen=True, slots=True)
class Gather:
    """A question. `timeout` counts after the nested audio; `speech_timeout` None means `timeout`."""

    nested: tuple[Audio, ...]
    inputs: frozenset[str]
    action: str
    method: str
    timeout: float
    num_digits: int | None
    finish_on_key: str
    speech_timeout: float | None
    action_on_empty_result: bool
    barge_in: bool
    language: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """Goes to another document and never comes back."""

    url: str
    method: str


@dataclass(frozen=True, slots=True)
class Record:
    """Records what the callee says until `timeout` seconds of silence."""

    action: str
    method: str
    timeout: float
    max_length: float
    play_beep: bool


@dataclass(frozen=True, slots=True)
class Dial:
    """Puts the callee through to another number; without an `action` the document goes on afterwards."""

    number: str
    caller_id: str
    action: str
    method: str
    timeout: float
    time_limit: float


@dataclass(frozen=True, slots=True)
class Hangup:
    """Ends the call."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Ends a call; on an outbound call the same as Hangup."""

    reason: str


Verb = Say | Play | Pause | Gather | Redirect | Record | Dial | Hangup | Reject


@dataclass(frozen=True, slots=True)
class Document:
    """The verbs of a document, and the elements that were left out."""

    verbs: tuple[Verb, ...]
    warnings: tuple[str, ...] = ()
