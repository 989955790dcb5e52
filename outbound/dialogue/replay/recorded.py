"""A conversation as it is kept to be heard again: what was heard turn by turn, and what was made of it.

One conversation is one line of JSON. It holds no name, birth date or number of anybody: facts are reduced to what a
script can ask of them, and a proof of identity to whether it was right. Words stand in it where they were kept.
"""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from outbound.dialogue.facts import Facts
from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken
from outbound.dialogue.rehearsal.call import Call, Turn, Window
from outbound.dialogue.rehearsal.telling import effect_text
from outbound.dialogue.session import final_disposition

KINDS = ("keyed", "spoken", "silence", "machine", "transfer", "hung_up")
PROOF = "digits"
"""The meaning of a proof of identity; its words are never kept."""

BIRTH, DIGITS = date(1948, 5, 22), 4321
"""What stands for everybody's birth date, and for the last digits of their first policy or identity number."""

_NAME = "王小明"


class RecordedTurn(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was heard once. `kind` is one of `KINDS`; `words` (or keys) are None where they were not kept.

    `step` had asked, `meaning` is what was made of it (an intent, `digits`, ...). `right` says of a proof of identity
    whether it was right. `confidence` is how sure the recogniser was of the words, `seconds` since the call began.
    `effects` are None where nobody wrote them down.
    """

    kind: str
    step: str | None = None
    meaning: str | None = None
    words: str | None = None
    confidence: float | None = None
    right: bool | None = None
    seconds: float | None = None
    effects: tuple[str, ...] | None = None


class Conversation(Struct, frozen=True, forbid_unknown_fields=True):
    """A conversation of the past. `disposition` is what came of it, `possible` as in `rehearsal.call.Call`."""

    id: str
    script: str
    script_version: str
    language: str
    facts: Facts
    turns: tuple[RecordedTurn, ...]
    disposition: str
    answers: Mapping[str, str | int] = {}
    began_at: datetime | None = None
    possible: tuple[Window, ...] = ()


def without_person(facts: Facts) -> Facts:
    """Return facts without the person: what a script asks of them stays, whom they belong to does not."""
    policies = tuple(
        replace(each, last_digits=f"{DIGITS + at:04d}" if each.last_digits is not None else None)
        for at, each in enumerate(facts.policies)
    )
    return replace(
        facts,
        full_name=_NAME,
        birth_date=BIRTH if facts.birth_date is not None else None,
        policies=policies,
        id_digits=f"{DIGITS:04d}" if facts.id_digits is not None else None,
    )


def conversation_of(call: Call, name: str, possible: tuple[Window, ...] = ()) -> Conversation:
    """Return a rehearsed call as a conversation of the past."""
    first, last = call.turns[0].sprint.session, call.session
    return Conversation(
        id=name,
        script=first.script,
        script_version=first.script_version,
        language=first.language,
        facts=without_person(first.facts),
        turns=tuple(_turn(each, first.began_at) for each in call.turns[1:]),
        disposition=final_disposition(last).value,
        answers=last.answers,
        began_at=first.began_at,
        possible=possible,
    )


def as_line(conversation: Conversation) -> str:
    """Return a conversation as one line of JSON, with its end."""
    return msgspec.json.encode(conversation).decode() + "\n"


def read_line(line: str) -> Conversation:
    """Return the conversation in a line; ValueError says what is wrong with it, without quoting it."""
    try:
        found = _DECODER.decode(line)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    except msgspec.DecodeError:
        raise ValueError("this is no JSON") from None
    strange = next((each.kind for each in found.turns if each.kind not in KINDS), None)
    if strange is not None:
        raise ValueError(f"a turn is of an unknown kind; known: {', '.join(KINDS)}")
    return found


_DECODER = msgspec.json.Decoder(Conversation)


def _turn(turn: Turn, began: datetime | None) -> RecordedTurn:
    sprint, heard = turn.sprint, turn.heard
    proof = sprint.heard_as == PROOF
    failed = turn.before is not None and sprint.session.tries > turn.before.tries
    return RecordedTurn(
        kind=kind_of(heard) if heard is not None else "silence",
        step=sprint.heard_step,
        meaning=sprint.heard_as,
        words=None if proof else _words(heard),
        confidence=heard.confidence if isinstance(heard, Spoken) else None,
        right=not failed if proof else None,
        seconds=(turn.now - began).total_seconds() if turn.now is not None and began is not None else None,
        effects=tuple(effect_text(each) for each in sprint.effects),
    )


def kind_of(heard: Heard) -> str:
    """Return the kind of something heard."""
    kinds: Mapping[type, str] = {
        Keyed: "keyed", Spoken: "spoken", Silence: "silence", MachineDetected: "machine", HungUp: "hung_up"
    }  # fmt: skip
    return kinds.get(type(heard), "transfer")


def _words(heard: Heard | None) -> str | None:
    if isinstance(heard, Spoken):
        return heard.text
    return heard.digits if isinstance(heard, Keyed) else None
