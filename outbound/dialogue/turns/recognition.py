"""What was heard, once it is known what was meant."""

from msgspec import Struct

from outbound.dialogue.script.model import Branch
from outbound.dialogue.wanted_time import WantedTime

COURTESIES = frozenset({"hello", "thanks"})
"""They neither answer nor fail a question."""

MACHINES = frozenset({"machine", "call_screening", "hold_music"})
"""What no human says."""

BARE = frozenset({"yes", "no"})
"""Words that say nothing without the question that they answer."""

QUESTION = "question"
NAMED, NOT_POSSIBLE = "named", "not_possible"


class Recognition(Struct, frozen=True):
    """What was heard. `name` is what was meant (stored as `heard_as`); `branch` None means not understood.

    `value` is a slot's value, `universal` a word that is heard everywhere. `doubt` is the intent that is to be asked
    back; `settles` is "yes" or "no" to what was asked back before. `also` are further intents of the utterance.
    `wanted` is a time that only the caller can look up. `at` is an earlier question which this answers anew.
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


NOTHING = Recognition("not_understood")
