"""What a script makes of everything that may be heard: changes of states, worked out once for each state."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from outbound.dialogue.prover.state import State, States, View
from outbound.dialogue.prover.topics import Book
from outbound.dialogue.script.model import (
    OTHER_LANGUAGE,
    PREVIOUS,
    RESERVED_TARGETS,
    VERIFYING,
    AnswerKind,
    Branch,
    EffectSpec,
    Line,
    Question,
    Script,
    Step,
)
from outbound.dialogue.turns.walking import ASK_AGAIN, CAN_BE_SAID_ANEW

_MACHINE = "machine"
Change = Callable[[int], int]
Spoken = tuple[tuple[str, str], ...]
"""Prompts, each with the role in which it is spoken."""


class Entering(NamedTuple):
    """What entering a step does: its effects, each with its change, then its sentences."""

    noted: tuple[tuple[str, Change], ...]
    says: Spoken
    saying: Change


class Reply(NamedTuple):
    """What the script does about something heard: the answer is taken, effects are noted, sentences are said.

    `to` is where it goes then, None where the question stays open; it `leaves` a question that is come back to, or
    `reopens` an earlier one. What it `promises` nobody goes back behind.
    """

    name: str
    answering: Change
    noted: tuple[str, ...]
    noting: Change
    says: Spoken
    saying: Change
    to: str | None
    leaves: bool = False
    reopens: bool = False
    promises: bool = False


class Hearing:
    """All that a script does, by step and by what is heard there."""

    def __init__(self, script: Script, book: Book, states: States, view: View) -> None:
        self._script, self._book, self._states, self._view = script, book, states, view
        self._entering: dict[str, Entering] = {}
        self._replies: dict[str, tuple[Reply, ...]] = {}
        self._after: dict[tuple[int, ...], Change] = {}
        self._noting: dict[tuple[int, int], Change] = {}
        self._reopening: dict[str, tuple[Callable[[State], bool], Change]] = {}
        self.heard: Change = states.change(lambda state: state._replace(said=0, human=True))
        self.quiet: Change = states.change(lambda state: state._replace(said=0))
        self.answered: Change = states.change(lambda state: state._replace(said=1))

    def promises(self, effects: Iterable[EffectSpec]) -> bool:
        """Whether nobody goes back behind these effects."""
        return any(spec.name not in CAN_BE_SAID_ANEW for spec in effects)

    def entering(self, step: Step) -> Entering:
        """Return what entering a step does."""
        if step.name not in self._entering:
            noted = [(_noted_as(spec), self._effect(spec)) for spec in step.effects]
            if step.outcome is not None:
                # The outcome counts before the sentences; nothing is noted of it.
                noted.append(("", self._states.change(lambda state: state._replace(outcome=step.outcome))))
            self._entering[step.name] = Entering(tuple(noted), _spoken(step.say, "say"), self.after(step.say))
        return self._entering[step.name]

    def asks(self, question: Question) -> Spoken:
        """Return what is spoken at a question, sooner or later."""
        offered = ((question.offers_language, "offer"),) if question.offers_language else ()
        leads = tuple((name, "lead") for name in self._script.leads.values())
        return (*((name, "ask") for name in question.prompts), *leads, *offered)

    def replies(self, name: str, question: Question) -> tuple[Reply, ...]:
        """Return what is done about everything that may be heard at a question."""
        if name not in self._replies:
            topics = self._book.told(question.prompts[0])
            own = [self._own(name, question, heard, branch, topics) for heard, branch in question.hear.items()]
            others = (
                self._anywhere(name, question, heard, branch, topics)
                for heard, branch in self._script.universal.items()
                if heard not in question.meanings and heard != _MACHINE
            )
            self._replies[name] = (*own, *others)
        return self._replies[name]

    def connecting(self, step: Step) -> tuple[Reply, ...]:
        """Return what is done when a transfer ends."""
        if step.name not in self._replies:
            ends = (step.transfer or {}).items()
            self._replies[step.name] = tuple(
                self._reply(name, branch, self._to(step.name, branch), self.quiet, 0) for name, branch in ends
            )
        return self._replies[step.name]

    def reopened(self, name: str, state: int) -> int | None:
        """Return the state in which an earlier question is open again; None where it asks about what is gone."""
        if name not in self._reopening:
            question = self._script.steps[name].question
            if question is None:
                return None
            self._reopening[name] = self._opening(question)
        gone, change = self._reopening[name]
        return None if gone(self._states[state]) else change(state)

    def _opening(self, question: Question) -> tuple[Callable[[State], bool], Change]:
        who = any(spec.name == "right_party" for branch in question.hear.values() for spec in branch.effects)
        reads = "chosen" in self._view.fields and self._reads_time_back(question)
        offers = "choices" in self._view.fields and question.answer is AnswerKind.CALLBACK_CHOICE

        def opened(state: State) -> State:
            state = state._replace(right_party=None) if who else state
            return state._replace(choices=True) if offers else state

        def gone(state: State) -> bool:
            return (reads and not state.chosen) or (offers and state.choices is False)

        return gone, self._states.change(opened)

    def after(self, lines: Iterable[Line]) -> Change:
        """Return what saying lines changes."""
        told = tuple(self._book.told(line.prompt) for line in lines if line.prompt and not line.other_language)
        if told not in self._after:
            self._after[told] = self._states.change(lambda state: state.after_saying(told))
        return self._after[told]

    def _reads_time_back(self, question: Question) -> bool:
        prompts = (each for name in question.prompts for each in self._book.in_languages(name))
        return any("callback" in each.variables for each in prompts)

    def _effect(self, spec: EffectSpec) -> Change:
        return self._states.change(lambda state: state.after_effects((spec,)))

    def _own(self, step: str, question: Question, name: str, branch: Branch, topics: int) -> Reply:
        leaves = branch.go in self._script.steps and self._script.steps[branch.go].faq is not None
        taken = _same if leaves else self._states.change(lambda state: _answered(state, name, question))
        return self._reply(name, branch, self._to(step, branch), taken, topics, leaves=leaves)

    def _anywhere(self, step: str, question: Question, name: str, branch: Branch, topics: int) -> Reply:
        to = self._to(step, branch)
        if branch.go == OTHER_LANGUAGE and question.offers_language is not None:
            to = self._script.start
        leaves = branch.go not in RESERVED_TARGETS and branch.go != step
        return self._reply(name, branch, to, _same, topics, leaves=leaves)

    def _to(self, step: str, branch: Branch) -> str | None:
        if branch.go == OTHER_LANGUAGE:
            question = self._script.steps[step].question
            return self._script.start if question is not None and question.offers_language is not None else None
        if branch.go in ASK_AGAIN:
            changes = branch.effects or branch.outcome is not None or branch.reason is not None
            return step if changes else None
        return branch.go

    def _reply(
        self, name: str, branch: Branch, to: str | None, answering: Change, topics: int, *, leaves: bool = False
    ) -> Reply:
        key = (id(branch), topics)
        if key not in self._noting:
            # Who says yes to what was asked has been told already what they said yes to.
            self._noting[key] = self._states.change(lambda state: state.after_branch(branch).without_owed(topics))
        noted = tuple(_noted_as(spec) for spec in branch.effects)
        says, promises = _spoken(branch.say, "branch"), self.promises(branch.effects)
        reopens = branch.go == PREVIOUS
        return Reply(
            name, answering, noted, self._noting[key], says, self.after(branch.say), to, leaves, reopens, promises
        )


def _same(number: int) -> int:
    return number


def _spoken(lines: Iterable[Line], role: str) -> Spoken:
    return tuple((line.prompt, "offer" if line.other_language else role) for line in lines if line.prompt)


def _noted_as(spec: EffectSpec) -> str:
    """Return what an effect is proved as: refusing one class of calls binds less than refusing all."""
    return f"{spec.name}_of_class" if "scope" in spec.arguments else spec.name


def _answered(state: State, name: str, question: Question) -> State:
    if name in {"score", "keyed_0", "keyed_9"} and question.answer is AnswerKind.SCORE:
        return state._replace(scored=True)
    if name in {"chosen", "named"} and question.answer is AnswerKind.CALLBACK_CHOICE:
        return state._replace(chosen=True)
    if name == "taken" and question.answer is AnswerKind.CALLBACK_CHOICE:
        return state._replace(choices=None, chosen=False)
    if name == "wrong" and question.answer in VERIFYING:
        return state._replace(tries=state.tries + 1)
    return state
