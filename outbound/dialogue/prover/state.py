"""What of a conversation decides what may be said, so that all conversations are finitely many."""

from collections.abc import Callable, Iterable
from enum import IntFlag, auto
from typing import Any, NamedTuple

from msgspec import Struct

from outbound.dialogue.conditions import MOST_TRIES
from outbound.dialogue.prover.topics import DISCLOSURES, Topic
from outbound.dialogue.script.model import Branch, EffectSpec
from outbound.domain.outcome.callback import FOR_A_PERSON
from outbound.domain.outcome.disposition import Disposition

_MANY = 3
_LATER = frozenset({"later", "not_available"})


class Did(IntFlag):
    """Effects that were brought about, as bits."""

    person_requested = auto()
    callback_wished = auto()
    complaint_raised = auto()
    cancel_wished = auto()
    message_wished = auto()
    opted_out = auto()
    wrong_party = auto()
    death_reported = auto()
    voicemail_left = auto()


BITS: dict[str, int] = {each.name: each.value for each in Did if each.name}
"""The bit of each effect that a proof remembers."""

OWES: dict[str, int] = {
    "person_requested": Topic.PERSON | Topic.PROMISED_PERSON,
    "callback_wished": Topic.TIME_NAMED | Topic.PROMISED_PERSON,
    "complaint_raised": Topic.ROUTE | Topic.PROMISED_FILING,
    "message_wished": Topic.PROMISED_MESSAGE,
    "opted_out": Topic.PROMISED_SILENCE | Topic.OPT_OUT,
}
"""By effect, the topics any of which tells the callee that it was brought about."""

_OWED = tuple((BITS[name], int(topics)) for name, topics in OWES.items())
_DISCLOSURES, _GOODBYE = int(DISCLOSURES), int(Topic.GOODBYE)


class View(Struct, frozen=True):
    """What one walk remembers: fields of `State`, and of what was done these bits. What it forgets may be anything.

    Each property is proved with what it depends on, so that no walk is long.
    """

    fields: frozenset[str]
    done: int = 0

    def forgotten(self) -> dict[str, Any]:
        """Return the fields that are not remembered, with what stands in their place."""
        kept = self.fields | {"human", "done", "owed", "tries"}
        return {name: value for name, value in State._field_defaults.items() if name not in kept}


class State(NamedTuple):
    """What is remembered of a conversation. Of guards that the call decides, None means: not decided yet.

    `reason` is `later`, `person` or `other`. `done` and `owed` (done, but not told yet) are bits of `Did`, `told` those
    of `Topic`. `said` is 0 when nothing was said since something was heard, 2 when it ended in a goodbye.
    """

    verified: bool = False
    right_party: bool | None = None
    recording: bool | None = None
    reason: str = "person"
    done: int = 0
    owed: int = 0
    told: int = 0
    said: int = 0
    outcome: Disposition | None = None
    free_look: bool | None = None
    choices: bool | None = None
    chosen: bool = False
    scored: bool = False
    tries: int = 0
    human: bool = False

    def after_effects(self, effects: Iterable[EffectSpec]) -> "State":
        """Return the state once these effects were noted."""
        state = self
        for spec in effects:
            # Who wants no calls of one class is called for the others: this call goes on.
            bit = BITS.get(spec.name) if "scope" not in spec.arguments else None
            if bit is not None:
                state = state._replace(done=state.done | bit, owed=state.owed | (bit if spec.name in OWES else 0))
            change = _CHANGES.get(spec.name)
            if change is not None:
                state = state._replace(**change)
        return state

    def after_branch(self, branch: Branch) -> "State":
        """Return the state once the effects, the outcome and the reason of a branch were noted."""
        state = self.after_effects(branch.effects) if branch.effects else self
        if branch.outcome is not None:
            state = state._replace(outcome=branch.outcome)
        if branch.reason is not None:
            reason = _reason(branch.reason)
            if reason != state.reason:
                state = state._replace(reason=reason, choices=None, chosen=False)
        return state

    def after_saying(self, topics: Iterable[int]) -> "State":
        """Return the state once sentences on these topics (bits of `Topic`) were spoken."""
        told, owed, said = self.told, self.owed, self.said
        for each in topics:
            told |= each & _DISCLOSURES
            said = 2 if each & _GOODBYE else 1
            for bit, telling in _OWED if owed else ():
                if each & telling:
                    owed &= ~bit
        if (told, owed, said) == (self.told, self.owed, self.said):
            return self
        return self._replace(told=told, owed=owed, said=said)

    def without_owed(self, topics: int) -> "State":
        """Return the state in which whatever these topics tell is owed no more."""
        owed = self.owed
        for bit, telling in _OWED:
            if topics & telling:
                owed &= ~bit
        return self if owed == self.owed else self._replace(owed=owed)


_CHANGES: dict[str, dict[str, Any]] = {
    "recording_given": {"recording": True},
    "recording_refused": {"recording": False},
    "right_party": {"right_party": True},
    "wrong_party": {"right_party": False, "verified": False},
    "death_reported": {"right_party": False},
    "verified": {"verified": True, "tries": 0},
}


def _reason(reason: str) -> str:
    if reason in _LATER:
        return "later"
    return "person" if reason in FOR_A_PERSON else "other"


_READS = {
    "verified": "verified",
    "right_party": "right_party",
    "recording_given": "recording",
    "asked_for_later": "reason",
    "free_look_runs": "free_look",
    "callback_choices_given": "choices",
}
"""By guard, the field that it reads."""

_VERIFY_BY = "verify_by_"
_LEARNED = {"free_look_runs": "free_look", "callback_choices_given": "choices"}


def decide(condition: str | None, state: State, view: View) -> bool | None:
    """Whether a guard holds in a state; None where the call, or something that the view forgets, decides that."""
    if condition is None:
        return True
    name = condition.removeprefix("not ")
    bit = BITS.get(name)
    if bit is not None:
        known: bool | None = bool(state.done & bit) if bit & view.done else None
    elif name.startswith(_VERIFY_BY):
        # Nobody is asked for a fact who has given too many wrong ones.
        known = False if state.tries >= MOST_TRIES else None
    else:
        known = _known(name, state) if _READS.get(name) in view.fields else None
    return None if known is None else known is (name == condition)


def _known(name: str, state: State) -> bool | None:
    if name == "right_party":
        return state.right_party is True
    if name == "recording_given":
        return state.recording is True
    if name == "asked_for_later":
        return state.reason == "later"
    found: bool | None = getattr(state, _READS[name])
    return found


def learn(condition: str | None, state: State, *, holds: bool) -> State:
    """Return the state in which a guard that was open turned out to hold, or not."""
    name = (condition or "").removeprefix("not ")
    field = _LEARNED.get(name)
    value: dict[str, Any] = {} if field is None else {field: holds is (name == condition)}
    return state._replace(**value) if value else state


class States:
    """All states of a walk by number. What its view forgets is forgotten at once."""

    def __init__(self, view: View) -> None:
        self._done, self._counts, self._owes = view.done, "tries" in view.fields, "owed" in view.fields
        self._forgotten = view.forgotten()
        self._all: list[State] = []
        self._numbers: dict[State, int] = {}

    def __getitem__(self, number: int) -> State:
        return self._all[number]

    def number(self, state: State) -> int:
        """Return the number of what the view remembers of a state."""
        owed, tries = state.owed & self._done if self._owes else 0, min(state.tries, _MANY) if self._counts else 0
        kept = state._replace(**self._forgotten, done=state.done & self._done, owed=owed, tries=tries)
        number = self._numbers.setdefault(kept, len(self._all))
        if number == len(self._all):
            self._all.append(kept)
        return number

    def change(self, make: Callable[[State], State]) -> Callable[[int], int]:
        """Return a change of states as one of their numbers: made once for each state, however often it is met."""
        known: dict[int, int] = {}

        def changed(number: int) -> int:
            found = known.get(number)
            if found is None:
                found = known[number] = self.number(make(self._all[number]))
            return found

        return changed
