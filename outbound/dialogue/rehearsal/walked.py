"""Which steps and branches of a script were walked in calls, and which were not."""

from collections.abc import Iterable

from msgspec import Struct

from outbound.dialogue.conditions import holds
from outbound.dialogue.effects import QuestionAnswered, QuestionUnanswered
from outbound.dialogue.rehearsal.call import Turn
from outbound.dialogue.script.model import RESERVED_TARGETS, Choice, Question, Script, Step
from outbound.dialogue.session import Session

Way = tuple[str, str]
"""A step and the name of what leads on from it: an answer, `if GUARD`, `connected`, `answered`, ..."""

UNIVERSAL = "heard everywhere"
"""What stands for a step in the way of a word that is heard at every question."""


class Walked(Struct, frozen=True):
    """Steps that were come to, and the ways that were taken from them."""

    steps: frozenset[str] = frozenset()
    ways: frozenset[Way] = frozenset()

    def __or__(self, other: "Walked") -> "Walked":
        return Walked(self.steps | other.steps, self.ways | other.ways)


class Coverage(Struct, frozen=True):
    """What calls walked of a script. `steps`, `branches` and `words` (heard everywhere) are (walked, possible ones)."""

    script: str
    calls: int
    steps: tuple[int, int]
    branches: tuple[int, int]
    words: tuple[int, int]
    steps_not_walked: tuple[str, ...]
    branches_not_walked: tuple[Way, ...]
    words_not_heard: tuple[str, ...]


def ways_of(step: Step) -> tuple[str, ...]:
    """Return the names of everything that leads on from a step; failures and words heard everywhere left out."""
    names: list[str] = []
    if step.question is not None:
        names.extend(step.question.hear)
        names.extend(["hangs up"] if step.question.hung_up is not None else [])
    names.extend(step.transfer or ())
    names.extend(way_of(each) for each in step.choose)
    if step.faq is not None:
        names.extend(["answered", "unanswered", *(["deferred"] if step.faq.deferred else [])])
    return tuple(dict.fromkeys(names))


def way_of(choice: Choice) -> str:
    """Return the name of what leads on where a guard holds."""
    return f"if {choice.when}" if choice.when else "otherwise"


def walked(script: Script, turns: Iterable[Turn]) -> Walked:
    """Return what the turns of one call walked."""
    found = Walked()
    for turn in turns:
        ways = {way for way in _heard(script, turn) if way is not None} | set(_by_itself(script, turn))
        found |= Walked(frozenset(turn.walked) & script.steps.keys(), frozenset(ways))
    return found


def all_of(script: Script) -> Walked:
    """Return every step of a script, and every way from each."""
    ways = ((name, way) for name, step in script.steps.items() for way in ways_of(step))
    return Walked(frozenset(script.steps), frozenset(ways))


def coverage(script: Script, found: Walked, calls: int, possible: Walked | None = None) -> Coverage:
    """Return how much of a script calls walked: of what is `possible` in any call, or else of all that there is."""
    of = possible or all_of(script)
    words = set(script.universal)
    heard, left = {name for step, name in found.ways if step == UNIVERSAL} & words, of.ways - found.ways
    return Coverage(
        script=script.name,
        calls=calls,
        steps=(len(of.steps & found.steps), len(of.steps)),
        branches=(len(of.ways & found.ways), len(of.ways)),
        words=(len(heard), len(words)),
        steps_not_walked=tuple(name for name in script.steps if name in of.steps - found.steps),
        branches_not_walked=tuple(
            (name, way) for name in script.steps for way in ways_of(script.steps[name]) if (name, way) in left
        ),
        words_not_heard=tuple(name for name in script.universal if name not in heard),
    )


def _heard(script: Script, turn: Turn) -> tuple[Way | None, ...]:
    """Return the answer that was given and, where it was one, the word that is heard everywhere."""
    name, meant = turn.sprint.heard_step, turn.sprint.heard_as
    if name is None or meant is None:
        return ()
    step = script.steps[name]
    meant = {"hung_up": "hangs up", "digits": _proof(turn)}.get(meant, meant)
    if meant in ways_of(step) or step.question is None:
        return ((name, meant),)
    return ((UNIVERSAL, meant), _answer_before(script, step.question, turn))


def _proof(turn: Turn) -> str:
    tried = turn.before.tries if turn.before is not None else 0
    return "wrong" if turn.sprint.session.tries > tried else "right"


def _answer_before(script: Script, question: Question, turn: Turn) -> Way | None:
    """Return the earlier question that a correction answered anew."""
    meant = str(turn.sprint.heard_as)
    if meant in script.universal or turn.before is None or meant in question.hear:
        return None
    earlier = [name for name in turn.before.previous if name in turn.walked]
    return next(((name, meant) for name in reversed(earlier) if _hears(script.steps[name], meant)), None)


def _hears(step: Step, meant: str) -> bool:
    return step.question is not None and meant in step.question.hear


def _by_itself(script: Script, turn: Turn) -> Iterable[Way]:
    """Yield the guards that held and the exits by which questions of the callee's were left."""
    for name, following in zip(turn.walked, (*turn.walked[1:], ""), strict=True):
        step = script.steps[name]
        if step.choose:
            choice = _chosen(step, following, turn.sprint.session)
            yield name, way_of(choice)
        if step.faq is not None:
            yield from ((name, way) for way in _faq_ways(step, turn))


def _chosen(step: Step, following: str, session: Session) -> Choice:
    """Return the choice that led on: to the step that follows, or back to one that only the conversation knows."""
    leading = [each for each in step.choose if each.go == following]
    leading = leading or [each for each in step.choose if each.go in RESERVED_TARGETS] or list(step.choose)
    return next((each for each in leading if holds(each.when, session)), leading[0])


def _faq_ways(step: Step, turn: Turn) -> Iterable[str]:
    kinds = {type(each) for each in turn.sprint.effects}
    if QuestionAnswered in kinds:
        yield "answered"
    if QuestionUnanswered in kinds:
        yield "unanswered"
    if turn.sprint.session.asked and step.faq is not None and step.faq.deferred:
        yield "deferred"
