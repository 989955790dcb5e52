"""The words with which a line of a journey may begin, and what may follow them."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import get_args

from msgspec import Struct

from outbound.dialogue.effects import Effect
from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.rehearsal.telling import UNCLEAR
from outbound.domain.outcome.disposition import Disposition

CLEAR = 0.9
"""How sure the recogniser is of words that are said."""

NOTHING = "nothing"
EFFECTS = frozenset(each.__name__ for each in get_args(Effect))
ENDS: Mapping[str, str] = {"transfer": "Transfer", "hangs up": "HangUp"}
_YES_OR_NO = ("yes", "no")
_SENT = ("link", "form", "hotline", NOTHING)
_SPAN = re.compile(r"(\d+) ?(s|min|h)")
_UNITS = {"s": 1, "min": 60, "h": 3600}
_KEYS = re.compile(r"[0-9*#]+")


class Word(Struct, frozen=True):
    """What a word needs after its colon: `wrong` says what is allowed instead, or None where it is right."""

    meaning: str
    wrong: Callable[[str], str | None]
    once: bool = False


def _nothing(rest: str) -> str | None:
    return "nothing follows this word" if rest else None


def _text(what: str) -> Callable[[str], str | None]:
    return lambda rest: None if rest else f"write {what} after the colon"


def _one_of(*allowed: str) -> Callable[[str], str | None]:
    shown = ", ".join(f"'{each}'" for each in allowed)
    return lambda rest: None if rest in allowed else f"'{rest}' is not known here; write one of {shown}"


def _instant(rest: str) -> str | None:
    mend = "write an instant with its offset, such as 2026-11-23T09:00+08:00"
    try:
        return None if datetime.fromisoformat(rest).tzinfo is not None else mend
    except ValueError:
        return mend


def _span(rest: str) -> str | None:
    return None if _SPAN.fullmatch(rest) else "write a whole number and s, min or h, such as '30 s'"


def _keys(rest: str) -> str | None:
    return None if _KEYS.fullmatch(rest) else "keys are digits, * and #"


def _effect(rest: str) -> str | None:
    name = rest.split(" ", 1)[0]
    return None if name in EFFECTS else f"'{name}' is no effect; known: {', '.join(sorted(EFFECTS))}"


SCENE: Mapping[str, Word] = {
    "title": Word("what the journey shows", _text("what the journey shows"), once=True),
    "script": Word("the script that is walked", _text("the name of a script"), once=True),
    "facts": Word("a change to facts.yaml", _text("a change to facts.yaml, such as 'transfer_available: true'")),
    "begins in": Word("the language of the first words", _text("a language, such as en-US"), once=True),
    "now": Word("the instant at which the call begins", _instant, once=True),
}

HEARD: Mapping[str, Word] = {
    "says": Word("the callee says this", _text("what is said")),
    "says unclearly": Word("the callee says this, and it is hardly heard", _text("what is said")),
    "keys": Word("the callee presses this", _keys),
    "silence": Word("nothing is heard", _nothing),
    "machine": Word("an answering machine", _nothing),
    "hangs up": Word("the callee hangs up", _nothing),
    "transfer": Word("how a transfer ends", _one_of("answered", "not answered")),
    "time is taken": Word("the next time that is confirmed has been given to somebody else", _nothing),
    "time passes": Word("so much time passes", _span),
}

EXPECTED: Mapping[str, Word] = {
    "robot": Word("the robot must now say something that contains this", _text("words of the robot")),
    "never": Word("the robot never says this in the whole call", _text("words that are never said")),
    "understood": Word("what the last answer was taken to mean", _text("an intent, such as yes")),
    "doubts": Word("what is now being asked back", _text("an intent, or 'nothing'")),
    "answers": Word("the approved answer that was given", _text("its id")),
    "sends": Word("what was wished to be sent", _one_of(*_SENT)),
    "effect": Word("the last answer brought this about", _effect),
    "no effect": Word("the whole call never brings this about", _effect),
    "at": Word("the step that is now open", _text("the name of a step")),
    "language": Word("the language that is now spoken", _text("a language, such as en-US")),
    "call": Word("what happens to the line", _one_of(*ENDS)),
    "slow": Word("the robot now speaks slowly", _one_of(*_YES_OR_NO)),
    "loud": Word("the robot now speaks louder", _one_of(*_YES_OR_NO)),
    "ends as": Word("the disposition at the end", _one_of(*Disposition)),
}

WORDS: Mapping[str, Word] = {**SCENE, **HEARD, **EXPECTED}


def heard_of(word: str, rest: str) -> Heard | None:
    """Return what a line lets the robot hear, or None where it is no such line."""
    made: Mapping[str, Callable[[], Heard]] = {
        "says": lambda: Spoken(rest, CLEAR),
        "says unclearly": lambda: Spoken(rest, UNCLEAR),
        "keys": lambda: Keyed(rest),
        "silence": Silence,
        "machine": MachineDetected,
        "hangs up": HungUp,
        "transfer": lambda: TransferEnded(rest == "answered"),
    }
    return made[word]() if word in made else None


def span_of(rest: str) -> timedelta:
    """Return how much time passes."""
    found = _SPAN.fullmatch(rest)
    if found is None:
        raise ValueError(rest)
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])
