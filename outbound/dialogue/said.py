"""What the robot says and does in a turn. The web layer renders it for the carrier."""

from msgspec import Struct


class Say(Struct, frozen=True):
    """Speak `text` in `language` (a tag such as zh-TW); `slow` at 0.85 of the rate, `loud` by 6 dB."""

    text: str
    language: str
    slow: bool = False
    loud: bool = False


class Play(Struct, frozen=True):
    """Play the recording `audio` (a path below the folder of all scripts); `text` is what it says."""

    audio: str
    text: str
    language: str


class Pause(Struct, frozen=True):
    """Say nothing for `seconds`."""

    seconds: int


class Ask(Struct, frozen=True):
    """Speak `prompt` and listen; keys interrupt it. The last thing in a turn.

    `num_digits` ends the input at that many keys (None: `#` or silence ends it). `timeout` is in seconds, counted from
    the end of the prompt and between two keys; `speech_timeout` is the silence that ends an utterance.
    """

    prompt: tuple[Say | Play | Pause, ...]
    language: str
    speech: bool = True
    num_digits: int | None = 1
    timeout: int = 7
    speech_timeout: int = 2
    hints: tuple[str, ...] = ()


class Transfer(Struct, frozen=True):
    """Connect the callee with `number` (E.164); its end comes back as `TransferEnded`.

    Who picks up hears the `whisper` before they are put through; the callee does not.
    """

    number: str
    whisper: tuple[Say, ...] = ()


class HangUp(Struct, frozen=True):
    """End the call."""


SaidItem = Say | Play | Pause | Ask | Transfer | HangUp


def spoken_texts(said: tuple[SaidItem, ...]) -> tuple[str, ...]:
    """Return every sentence of a turn in order, those inside a question too."""
    parts: list[str] = []
    for item in said:
        inner = item.prompt if isinstance(item, Ask) else (item,)
        parts.extend(each.text for each in inner if isinstance(each, Say | Play))
    return tuple(parts)
