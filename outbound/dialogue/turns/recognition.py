"""What was heard once it is known what was meant, and what it is understood with."""

from datetime import datetime
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from outbound.dialogue.script.model import MAY_COME_OF, OUTCOMES_OF, REPEAT, Branch, Question, Script
from outbound.dialogue.session import Session
from outbound.dialogue.understanding.base import Expected, Slot, Understanding, Understood
from outbound.dialogue.wanted_time import WantedTime

COURTESIES = frozenset({"hello", "thanks"})
"""They neither answer nor fail a question."""

MACHINES = frozenset({"machine", "call_screening", "hold_music"})
"""What no human says."""

BARE = frozenset({"yes", "no"})
"""Words that say nothing without the question that they answer."""

_RESULTS = frozenset(chain.from_iterable((*OUTCOMES_OF.values(), *MAY_COME_OF.values()))) - {"none_of_them"}
"""What only comes of an answer and is no meaning: no word verifies anybody."""

DECEASED = "deceased"
QUESTION = "question"
NAMED, NOT_POSSIBLE = "named", "not_possible"


class Recognition(Struct, frozen=True):
    """What was heard. `name` is what was meant (stored as `heard_as`); `branch` None means not understood.

    `value` is a slot's value, `universal` a word that is heard everywhere. `doubt` is the intent that is to be asked
    back; `settles` is "yes" or "no" to what was asked back before. `also` are further intents of the utterance.
    `wanted` is a time that only the caller can look up. `at` is an earlier question which this answers anew by
    `intent`.
    """

    name: str
    branch: Branch | None = None
    value: int | None = None
    universal: bool = False
    confidence: float | None = None
    doubt: str | None = None
    settles: str | None = None
    also: tuple[str, ...] = ()
    wanted: WantedTime | None = None
    at: str | None = None
    intent: str | None = None


NOTHING = Recognition("not_understood")


class Ear(Struct, frozen=True):
    """What an utterance is understood with. `now` is an instant in the zone in which named times are meant."""

    script: Script
    session: Session
    understanding: Understanding
    now: datetime | None = None


def understand(ear: Ear, text: str, expected: Expected) -> Understood:
    """Return what the words mean. What only comes of an answer (`right`) is no meaning: no word verifies anybody."""
    understood = ear.understanding.understand(text, expected, ear.now)
    if understood.intent not in _RESULTS and _RESULTS.isdisjoint(understood.also):
        return understood
    intent = None if understood.intent in _RESULTS else understood.intent
    return replace(understood, intent=intent, also=tuple(each for each in understood.also if each not in _RESULTS))


def expected_at(question: Question, ear: Ear) -> Expected:
    """Return what may be said at a question now: what it expects, courtesies, and yes or no to a doubt."""
    expected = question.expects[ear.session.language]
    if expected.slot is Slot.CHOICE and (ear.now is not None or NAMED in question.hear):
        expected = replace(expected, slot=Slot.TIME)
    courtesies = COURTESIES.difference(expected.intents, expected.universal)
    if courtesies:
        expected = replace(expected, universal=(*expected.universal, *sorted(courtesies)))
    if ear.session.doubt is None:
        return expected
    settling = tuple(each for each in ("yes", "no") if each not in expected.intents)
    return replace(expected, intents=(*settling, *expected.intents))


def meant(script: Script, question: Question, intent: str) -> Recognition:
    """Return the branch of an intent: the question's own, or the one that is taken everywhere."""
    name = question.meanings.get(intent)
    if name is not None:
        return Recognition(name, question.hear[name])
    branch = script.universal.get(intent)
    if branch is None and intent in COURTESIES:
        branch = Branch(REPEAT)
    return Recognition(intent, branch, universal=True) if branch is not None else NOTHING
