"""What a writer types in a conversation with a script: words, keys, or a command."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from msgspec import Struct

from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.rehearsal.telling import UNCLEAR

CLEAR = 0.9
"""How sure the recogniser is of words that are typed."""

_KEYS = re.compile(r"[0-9*#]+")

HELP = """Type what the callee says. A line of digits, * or # alone is pressed on the keypad; an empty line is silence.
  :say WORDS       words, also where they look like keys     :unclear WORDS  words that are hardly heard
  :silence         nothing is heard                           :machine        an answering machine
  :hangup          the callee hangs up                        :language       ask for the other language
  :transfer ok     the transfer is answered (or: no)          :wait 30        so many seconds pass
  :facts           the person who is called                   :save FILE      save the call as a journey
  :help            this                                       :quit           leave the conversation"""


class Command(Struct, frozen=True):
    """A command that the robot does not hear: `help`, `quit`, `facts`, `save`, `wait` or `language`."""

    name: str
    argument: str = ""


class Unknown(Struct, frozen=True):
    """A command that there is not, or that lacks something: what to type instead."""

    mend: str


def read_typed(line: str) -> Heard | Command | Unknown:
    """Return what a typed line means."""
    text = line.strip()
    if not text:
        return Silence()
    if text.startswith((":", "：")):
        return _command(text[1:].strip())
    plain = unicodedata.normalize("NFKC", text)
    return Keyed(plain) if _KEYS.fullmatch(plain) else Spoken(text, CLEAR)


def _command(text: str) -> Heard | Command | Unknown:
    name, _, rest = text.partition(" ")
    rest = rest.strip()
    if name in _ALONE and not rest:
        return _ALONE[name]
    if name in _WITH_MORE:
        made = _WITH_MORE[name](rest)
        return _MEND[name] if made is None else made
    return Unknown(f"there is no ':{text}'; type :help for what there is")


_ALONE: Mapping[str, Heard | Command] = {
    "silence": Silence(),
    "machine": MachineDetected(),
    "hangup": HungUp(),
    **{name: Command(name) for name in ("help", "quit", "facts", "language")},
}
_WITH_MORE: Mapping[str, Callable[[str], Heard | Command | None]] = {
    "say": lambda rest: Spoken(rest, CLEAR) if rest else None,
    "unclear": lambda rest: Spoken(rest, UNCLEAR) if rest else None,
    "transfer": lambda rest: TransferEnded(rest == "ok") if rest in {"ok", "no"} else None,
    "wait": lambda rest: Command("wait", rest) if rest.isdecimal() else None,
    "save": lambda rest: Command("save", rest) if rest else None,
}
_MEND: Mapping[str, Unknown] = {
    "say": Unknown(":say needs words"),
    "unclear": Unknown(":unclear needs words"),
    "transfer": Unknown("type ':transfer ok' or ':transfer no'"),
    "wait": Unknown("type ':wait' and a number of seconds"),
    "save": Unknown(":save needs the name of a file"),
}
