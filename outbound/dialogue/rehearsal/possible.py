"""Which steps and branches of a script any call can come to at all: what a part brings along need not all be of use."""

from outbound.dialogue.prover.limits import VoiceLimits
from outbound.dialogue.prover.rules.endings import ENDS, OPENING, PRIVACY, PROMISES, VALUES
from outbound.dialogue.prover.topics import Book
from outbound.dialogue.prover.walk import Walk
from outbound.dialogue.rehearsal.walked import Walked, way_of, ways_of
from outbound.dialogue.script.model import Script, Step


def possible(script: Script, limits: VoiceLimits) -> Walked:
    """Return the steps and the ways that some call can walk; `TooManyWaysError` for a script that cannot be proved."""
    book = Book(script, limits)
    walks = tuple(Walk(script, book, view) for view in (OPENING, PRIVACY, PROMISES, VALUES, ENDS))
    steps = frozenset.intersection(*(walk.reached() for walk in walks))
    choices = set.intersection(*(walk.taken for walk in walks))
    ways = {(name, way) for name in steps for way in _ways(script.steps[name], name, choices)}
    return Walked(steps, frozenset(ways))


def _ways(step: Step, name: str, taken: set[tuple[str, int]]) -> set[str]:
    never = {way_of(each) for index, each in enumerate(step.choose) if (name, index) not in taken}
    return set(ways_of(step)) - never
