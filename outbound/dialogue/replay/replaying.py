"""A conversation of the past led again by a script as it is now, and where the two part."""

from datetime import timedelta

from msgspec import Struct

from outbound.dialogue.rehearsal.call import Call, Turn
from outbound.dialogue.rehearsal.telling import effect_text
from outbound.dialogue.replay.hearing import heard_again
from outbound.dialogue.replay.recorded import Conversation, RecordedTurn
from outbound.dialogue.script.model import Script
from outbound.dialogue.session import final_disposition

ENDED = "over"
"""Stands for the step of a conversation that is over."""


class Taken(Struct, frozen=True):
    """What was made of a turn: the step that had asked, the meaning, the effects (None where nobody wrote them)."""

    step: str | None
    meaning: str | None
    effects: tuple[str, ...] | None = None


class Difference(Struct, frozen=True):
    """The first turn (from 1) that is taken otherwise; `kinds` name what differs: `step`, `meaning`, `effects`."""

    turn: int
    kinds: tuple[str, ...]
    heard: str
    before: Taken
    after: Taken


class Replayed(Struct, frozen=True):
    """What comes of a conversation now. Dispositions and answers are (before, after).

    After the first difference the same words may be heard by other questions: what comes of the rest is what the
    script makes of them, not what that person would have said.
    """

    id: str
    difference: Difference | None
    disposition: tuple[str, str]
    answers: tuple[tuple[str, str | int | None, str | int | None], ...]
    turns: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """What differs."""
        own = self.difference.kinds if self.difference is not None else ()
        ended = ("disposition",) if self.disposition[0] != self.disposition[1] else ()
        return (*own, *ended, *(("answers",) if self.answers else ()))


def replay(script: Script, past: Conversation) -> Replayed:
    """Lead a conversation again; a line that was gone is gone again."""
    call = Call(script, past.facts, language=past.language, now=past.began_at, possible=past.possible)
    first: Difference | None = None
    for number, turn in enumerate(past.turns, start=1):
        if call.session.ended:
            first = first or _difference(number, turn, None)
            break
        if past.began_at is not None and turn.seconds is not None:
            call.now = past.began_at + timedelta(seconds=turn.seconds)
        heard, understanding = heard_again(script, call.session, turn, past.answers)
        now = call.hear(heard, understanding)
        first = first or _difference(number, turn, now)
    after = call.session
    names = sorted({*past.answers, *after.answers})
    return Replayed(
        id=past.id,
        difference=first,
        disposition=(past.disposition, final_disposition(after).value),
        answers=tuple(
            (name, past.answers.get(name), after.answers.get(name))
            for name in names
            if past.answers.get(name) != after.answers.get(name)
        ),
        turns=len(past.turns),
    )


def _difference(number: int, past: RecordedTurn, turn: Turn | None) -> Difference | None:
    before = Taken(past.step, past.meaning, past.effects)
    if turn is None:
        return Difference(number, ("step",), _heard(past), before, Taken(ENDED, None))
    effects = tuple(effect_text(each) for each in turn.sprint.effects) if past.effects is not None else None
    after = Taken(turn.sprint.heard_step, turn.sprint.heard_as, effects)
    kinds = tuple(name for name in Taken.__struct_fields__ if getattr(before, name) != getattr(after, name))
    return Difference(number, kinds, _heard(past), before, after) if kinds else None


def _heard(turn: RecordedTurn) -> str:
    if turn.kind in {"keyed", "spoken"}:
        return f"{turn.kind}: {turn.words if turn.words is not None else '(not kept)'}"
    return turn.kind
