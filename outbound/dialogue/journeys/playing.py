"""A journey played against a script: what it expects, and where the conversation goes otherwise."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from outbound.dialogue.effects import Disposed, MessageWished, QuestionAnswered
from outbound.dialogue.journeys.model import Journey, JourneyError, JourneyProblem, Line
from outbound.dialogue.journeys.words import ENDS, NOTHING, heard_of, span_of
from outbound.dialogue.rehearsal.call import Call
from outbound.dialogue.rehearsal.telling import effect_text
from outbound.dialogue.rehearsal.walked import Walked, walked
from outbound.dialogue.said import Ask, Say, spoken_texts
from outbound.dialogue.script.model import Script
from outbound.dialogue.session import final_disposition

_AT_THE_END = frozenset({"never", "no effect"})


class Miss(Struct, frozen=True):
    """A line that does not hold: what it says, and what the robot said, brought about and understood instead."""

    line: int
    expected: str
    said: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    understood: str | None = None
    step: str | None = None


class Played(Struct, frozen=True):
    """What came of a journey: every line that does not hold (none: it goes as told), and what was walked."""

    journey: Journey
    misses: tuple[Miss, ...]
    walked: Walked


def play(journey: Journey, script: Script) -> Played:
    """Play a journey to its end, or until it goes on after the conversation is over."""
    if journey.language is not None and journey.language not in script.languages:
        text = f"'begins in': {script.name} has no {journey.language}; it has {', '.join(script.languages)}"
        raise JourneyError((JourneyProblem(journey.file, 1, text),))
    call = Call(script, journey.facts, language=journey.language, now=journey.now, possible=journey.possible)
    misses: list[Miss] = []
    for line in journey.lines:
        heard = heard_of(line.word, line.rest)
        if line.word == "time passes":
            call.now = None if call.now is None else call.now + span_of(line.rest)
        elif line.word == "time is taken":
            call.given_away = True
        elif heard is not None and call.session.ended:
            misses.append(_miss(call, line, "the conversation is over, but the journey goes on: "))
            break
        elif heard is not None:
            call.hear(heard)
        elif line.word not in _AT_THE_END and not _HOLDS[line.word](call, line.rest):
            misses.append(_miss(call, line))
    misses.extend(_end(call, journey, misses))
    return Played(journey, tuple(misses), walked(script, call.turns))


def _end(call: Call, journey: Journey, misses: list[Miss]) -> list[Miss]:
    """What is looked at once the call is over: what must never have been, and that it is over."""
    never = (line for line in journey.lines if line.word in _AT_THE_END)
    found = [_miss(call, line) for line in never if not _over_all(call, line)]
    if not call.session.ended and not misses:
        last = journey.lines[-1] if journey.lines else Line(1, "title", journey.title)
        found.append(_miss(call, last, "the journey stops in the middle of the conversation, after "))
    return found


def _miss(call: Call, line: Line, before: str = "") -> Miss:
    sprint = call.sprint
    return Miss(
        line=line.number,
        expected=before + line.text,
        said=spoken_texts(sprint.said),
        effects=tuple(effect_text(each) for each in sprint.effects),
        understood=sprint.heard_as,
        step=sprint.session.step,
    )


def _over_all(call: Call, line: Line) -> bool:
    if line.word == "never":
        return not any(line.rest in text for turn in call.turns for text in spoken_texts(turn.sprint.said))
    return not any(_is_effect(each, line.rest) for turn in call.turns for each in turn.sprint.effects)


def _is_effect(effect: object, expected: str) -> bool:
    name, _, rest = expected.partition(" ")
    if type(effect).__name__ != name:
        return False
    return rest in repr(effect) or rest in effect_text(effect)  # type: ignore[arg-type]


def _says(how: str) -> Callable[[Call, str], bool]:
    def holds(call: Call, rest: str) -> bool:
        items = [each for item in call.sprint.said for each in (item.prompt if isinstance(item, Ask) else (item,))]
        says = [each for each in items if isinstance(each, Say)]
        return bool(says) and getattr(says[-1], how) is (rest == "yes")

    return holds


def _sends(call: Call, rest: str) -> bool:
    wished = [each.what for each in call.sprint.effects if isinstance(each, MessageWished)]
    return rest in wished or (rest == NOTHING and not wished)


def _doubts(call: Call, rest: str) -> bool:
    doubt = call.session.doubt
    return (doubt.intent if doubt is not None else NOTHING) == rest


def _ends_as(call: Call, rest: str) -> bool:
    disposed = [each.disposition for each in call.sprint.effects if isinstance(each, Disposed)]
    return call.session.ended and disposed == [final_disposition(call.session)] == [rest]


_HOLDS: Mapping[str, Callable[[Call, str], bool]] = {
    "robot": lambda call, rest: rest in " ".join(spoken_texts(call.sprint.said)),
    "understood": lambda call, rest: call.sprint.heard_as == rest,
    "doubts": _doubts,
    "answers": lambda call, rest: any(
        isinstance(each, QuestionAnswered) and each.faq_id == rest for each in call.sprint.effects
    ),
    "sends": _sends,
    "effect": lambda call, rest: any(_is_effect(each, rest) for each in call.sprint.effects),
    "at": lambda call, rest: call.session.step == rest,
    "language": lambda call, rest: call.session.language == rest,
    "call": lambda call, rest: bool(call.sprint.said) and type(call.sprint.said[-1]).__name__ == ENDS[rest],
    "slow": _says("slow"),
    "loud": _says("loud"),
    "ends as": _ends_as,
}
