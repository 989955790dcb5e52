"""The verbs of TwiML as values. Names are Twilio's; lengths of time are in seconds."""

from msgspec import Struct


class Say(Struct, frozen=True):
    """Speech: `text` without markup, and the `seconds` that it lasts."""

    text: str
    seconds: float
    language: str = ""


class Play(Struct, frozen=True):
    """An audio file (`seconds` None: its length is not known here), or keys that are played."""

    url: str
    digits: str = ""
    loops: int = 1


class Pause(Struct, frozen=True):
    """Silence."""

    seconds: float


Audio = Say | Play | Pause


class Gather(Struct, frozen=True):
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


class Redirect(Struct, frozen=True):
    """Goes to another document and never comes back."""

    url: str
    method: str


class Record(Struct, frozen=True):
    """Records what the callee says until `timeout` seconds of silence."""

    action: str
    method: str
    timeout: float
    max_length: float
    play_beep: bool


class Dial(Struct, frozen=True):
    """Puts the callee through to another number; without an `action` the document goes on afterwards.

    The document of `whisper_url` is carried out for whoever answers, before the two are connected.
    """

    number: str
    caller_id: str
    action: str
    method: str
    timeout: float
    time_limit: float
    whisper_url: str = ""
    whisper_method: str = "POST"


class Hangup(Struct, frozen=True):
    """Ends the call."""


class Reject(Struct, frozen=True):
    """Ends a call; on an outbound call the same as Hangup."""

    reason: str


Verb = Say | Play | Pause | Gather | Redirect | Record | Dial | Hangup | Reject


class Document(Struct, frozen=True):
    """The verbs of a document, and the elements that were left out."""

    verbs: tuple[Verb, ...]
    warnings: tuple[str, ...] = ()
