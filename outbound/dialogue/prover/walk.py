"""Every conversation that a script allows: the finite product of its steps and of what is remembered."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from outbound.dialogue.conditions import MOST_TRIES
from outbound.dialogue.prover.graph import come_back
from outbound.dialogue.prover.state import DEEPEST, State, View, decide, learn
from outbound.dialogue.prover.topics import Book
from outbound.dialogue.script.model import (
    BACK,
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
from outbound.domain.disposition import Disposition

_MACHINE = "machine"
_MANY = 3
_STACK, _DONE, _OWED, _TRIES = (State._fields.index(each) for each in ("stack", "done", "owed", "tries"))


class Said(NamedTuple):
    """A prompt that is spoken: in which `role` (say, ask, lead, offer, branch, deferred), and as things stand then."""

    prompt: str
    role: str
    now: State


class Noted(NamedTuple):
    """An effect that is brought about at a step: on `heard` (None: by the step itself), before it is noted."""

    name: str
    heard: str | None
    before: State


class Ended(NamedTuple):
    """An end of the call: as what, and as things stand then."""

    disposition: Disposition | None
    now: State


class Walk:
    """All states that can be reached, breadth first: the first state in which something shows has the shortest path.

    `said`, `noted`, `ended`, `asked` hold each thing that can happen once for each way in which things may stand
    then, with the state in which its step was entered. `onward` are the states that follow one in the same turn.
    """

    def __init__(self, script: Script, book: Book, view: View) -> None:
        self.script, self._book, self._view = script, book, view
        self._forgotten = [(State._fields.index(name), value) for name, value in view.forgotten().items()]
        self._counts_tries, self._keeps_owed = "tries" in view.fields, "owed" in view.fields
        self._kept_as: dict[State, State] = {}
        self.came_from: dict[State, State | None] = {}
        self.said: dict[Said, State] = {}
        self.noted: dict[Noted, State] = {}
        self.ended: dict[Ended, State] = {}
        self.asked: dict[State, State] = {}
        self.onward: dict[State, tuple[State, ...]] = {}
        self.taken: set[tuple[str, int]] = set()
        self.edges: set[tuple[str, str]] = set()
        self._remembers = come_back(script)
        self._before: dict[State, str | None] = {}
        self._waiting: deque[State] = deque()
        self._asked_about: dict[str, tuple[tuple[str, Branch, bool], ...]] = {}
        self._arrive(None, State(script.start))
        while self._waiting:
            self._visit(self._waiting.popleft())

    def path(self, state: State) -> tuple[str, ...]:
        """Return the steps of a shortest way to a state, from the greeting on."""
        steps: list[str] = []
        each: State | None = state
        while each is not None:
            if not steps or steps[-1] != each.step:
                steps.append(each.step)
            each = self.came_from[each]
        return tuple(reversed(steps))

    def reached(self) -> frozenset[str]:
        """Return the steps that some conversation comes to."""
        return frozenset(each.step for each in self.came_from)

    def _arrive(self, origin: State | None, state: State) -> None:
        if state in self._kept_as or state.step not in self.script.steps:
            return
        state = self._kept(state)
        if state not in self.came_from:
            self.came_from[state] = origin
            self._before[state] = self._question_before(origin)
            self._waiting.append(state)

    def _kept(self, state: State) -> State:
        """Return what the view remembers of a state."""
        kept = self._kept_as.get(state)
        if kept is None:
            values = list(state)
            for index, value in self._forgotten:
                values[index] = value
            if state.stack and state.step not in self._remembers:
                values[_STACK] = ()
            values[_DONE] = state.done & self._view.done
            values[_OWED] = state.owed & self._view.done if self._keeps_owed else 0
            values[_TRIES] = min(state.tries, _MANY) if self._counts_tries else 0
            kept = State._make(values)
            self._kept_as[state] = kept
        return kept

    def _visit(self, state: State) -> None:
        step = self.script.steps[state.step]
        now = state
        for spec in step.effects:
            self.noted.setdefault(Noted(_noted_as(spec), None, now), state)
            now = now.after_effects((spec,))
        if step.outcome is not None and step.outcome is not now.outcome:
            now = now._replace(outcome=step.outcome)
        now = self._say(state, now, step.say, "say")
        if step.question is not None and step.question.answer in VERIFYING and now.tries >= MOST_TRIES:
            # The engine asks nobody for a third fact: it goes on as if the answer had been wrong.
            following = self._follow(state, now, step.question.hear["wrong"].go)
            self.onward[state] = (self._kept(following),)
        elif step.question is not None:
            self._ask(state, now, step.question)
        elif step.transfer is not None:
            for name, branch in step.transfer.items():
                self._take(state, now._replace(said=0), name, branch)
        elif step.ends:
            self.ended.setdefault(Ended(now.outcome, now), state)
        else:
            self._go_on(state, now, step)

    def _go_on(self, state: State, now: State, step: Step) -> None:
        following = [self._resolved(each, target) for each, target in self._ways(state, now, step)]
        for each in following:
            self.edges.add((state.step, each.step))
            self._arrive(state, each)
        self.onward[state] = tuple(self._kept(each) for each in following)

    def _ways(self, state: State, now: State, step: Step) -> Iterator[tuple[State, str]]:
        if step.goes_on is not None:
            yield now, step.goes_on
        if step.faq is not None:
            answered = now._replace(said=1)
            yield answered, step.faq.answered
            yield now, step.faq.unanswered
            if step.faq.deferred and not now.verified:
                # What concerns their own policy waits as well, wherever it is asked.
                yield self._say(state, now, (Line(step.faq.deferred),), "deferred"), BACK
        for index, choice in enumerate(step.choose):
            holds = decide(choice.when, now, self._view)
            if holds is False:
                continue
            self.taken.add((step.name, index))
            yield (now if holds else learn(choice.when, now, holds=True)), choice.go
            if holds:
                return
            now = learn(choice.when, now, holds=False)

    def _resolved(self, state: State, target: str) -> State:
        if target != BACK:
            return State._make((target, *state[1:]))
        *rest, last = state.stack or (self.script.start,)
        return state._replace(step=last, stack=tuple(rest))

    def _ask(self, state: State, now: State, question: Question) -> None:
        heard = now._replace(said=0, human=True)
        self.asked.setdefault(now, state)
        for name in question.prompts:
            self.said.setdefault(Said(name, "ask", now), state)
        for name in self.script.leads.values():
            self.said.setdefault(Said(name, "lead", now), state)
        if question.offers_language:
            self.said.setdefault(Said(question.offers_language, "offer", now), state)
        silent = now._replace(said=0)
        for target in {question.silent, question.not_understood, self.script.too_long}:
            self._follow(state, silent, target)
        if not now.human:
            self._arrive(state, silent._replace(step=self.script.voicemail))
        self._go_back(state, heard)
        left = heard.pushed(now.step, deep=now.step in self._remembers)
        # Whatever a further digression brings about can be brought about before, with the same question open after it.
        too_deep = now.step in self._remembers and len(now.stack) >= DEEPEST
        for name, branch, universal in self._hearable(now.step, question):
            if universal:
                if branch.go in RESERVED_TARGETS and branch.go not in {OTHER_LANGUAGE, PREVIOUS, BACK}:
                    continue
                if too_deep and branch.go in self._remembers:
                    continue
                stays = branch.go == now.step or branch.go in RESERVED_TARGETS
                self._take(state, heard if stays else left, name, branch)
            else:
                asks = self._answers_questions(branch.go)
                self._take(state, left if asks else self._answered(heard, name, question), name, branch)

    def _answers_questions(self, target: str) -> bool:
        return target in self.script.steps and self.script.steps[target].faq is not None

    def _hearable(self, step: str, question: Question) -> tuple[tuple[str, Branch, bool], ...]:
        if step not in self._asked_about:
            own = [(name, branch, False) for name, branch in question.hear.items()]
            others = [(n, b, True) for n, b in self.script.universal.items() if n not in question.meanings]
            self._asked_about[step] = (*own, *(each for each in others if each[0] != _MACHINE))
        return self._asked_about[step]

    def _answered(self, state: State, name: str, question: Question) -> State:
        if name in {"score", "keyed_0", "keyed_9"} and question.answer is AnswerKind.SCORE:
            return state._replace(scored=True)
        if name in {"chosen", "named"} and question.answer is AnswerKind.CALLBACK_CHOICE:
            return state._replace(chosen=True)
        if name == "taken" and question.answer is AnswerKind.CALLBACK_CHOICE:
            return state._replace(choices=None, chosen=False)
        if name == "wrong" and question.answer in VERIFYING:
            return state._replace(tries=state.tries + 1)
        return state

    def _take(self, state: State, now: State, name: str, branch: Branch) -> None:
        for spec in branch.effects:
            self.noted.setdefault(Noted(_noted_as(spec), name, now), state)
        now = now.after_branch(branch)
        if now.owed:
            # Who says yes to what was asked has been told already what they said yes to.
            now = now.without_owed(self._asked_topics(state.step))
        now = self._say(state, now, branch.say, "branch")
        if branch.go == PREVIOUS:
            self._go_back(state, now)
        elif branch.go == OTHER_LANGUAGE:
            question = self.script.steps[state.step].question
            anew = question is not None and question.offers_language is not None
            if anew:
                self._follow(state, now, self.script.start)
        elif branch.go not in RESERVED_TARGETS or branch.go == BACK:
            self._follow(state, now, branch.go)

    def _go_back(self, state: State, now: State) -> None:
        """Open the question before again: somebody goes back, or takes back what they said."""
        name = self._before[state]
        question = self.script.steps[name].question if name else None
        if name is None or question is None or name == state.step:
            return
        who = any(spec.name == "right_party" for branch in question.hear.values() for spec in branch.effects)
        self._follow(state, now._replace(right_party=None) if who else now, name)

    def _question_before(self, origin: State | None) -> str | None:
        if origin is None:
            return None
        step = self.script.steps[origin.step]
        returns = step.question is not None and step.question.answer not in VERIFYING and not step.effects
        return origin.step if returns else self._before[origin]

    def _asked_topics(self, step: str) -> int:
        question = self.script.steps[step].question
        return self._book.told(question.prompts[0]) if question is not None else 0

    def _follow(self, state: State, now: State, target: str) -> State:
        following = self._resolved(now, target)
        self.edges.add((state.step, following.step))
        self._arrive(state, following)
        return following

    def _say(self, state: State, now: State, lines: tuple[Line, ...], role: str) -> State:
        topics: list[int] = []
        for line in lines:
            if line.prompt:
                self.said.setdefault(Said(line.prompt, "offer" if line.other_language else role, now), state)
                if not line.other_language:
                    topics.append(self._book.told(line.prompt))
        return now.after_saying(topics) if topics else now


def _noted_as(spec: EffectSpec) -> str:
    """Return what an effect is proved as: refusing one class of calls binds less than refusing all."""
    return f"{spec.name}_of_class" if "scope" in spec.arguments else spec.name
