"""Every conversation that a script allows: the finite product of its steps and of what is remembered.

A place is a step with the state in which it is entered; each is looked at once. What only decides where a way leads
back to is no part of the state: the questions that were left for a digression, and those before the open one, are
carried along as sets of bits until no place gets more of them. That makes returns exact for digressions within
digressions, however deep: a bit stands for a question *with the state in which it was left* wherever more than one
question may be open there, and who comes back takes up what had been carried to it (the summary of a procedure, as in
the reachability of pushdown systems). Of the questions before the open one every one may be gone back to: more than
the engine allows at once, and what it allows one after another.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from outbound.dialogue.conditions import MOST_TRIES
from outbound.dialogue.prover.carrying import Carrying, Kind, Place, Way
from outbound.dialogue.prover.graph import come_back, still_asking
from outbound.dialogue.prover.hearing import Hearing, Reply
from outbound.dialogue.prover.paths import Paths
from outbound.dialogue.prover.state import State, States, View, decide, learn
from outbound.dialogue.prover.topics import Book
from outbound.dialogue.script.model import BACK, PREVIOUS, VERIFYING, Line, Question, Script, Step
from outbound.domain.outcome.disposition import Disposition

_ALL = -1
_EARLIER, _LEFT = PREVIOUS, BACK
"""What are no steps: from there it goes on to each question that was asked before, or that was left, in this state."""

_NO_STEPS = frozenset({_EARLIER, _LEFT})


class Said(NamedTuple):
    """A prompt that is spoken at a step: in which `role` (say, ask, lead, offer, branch, deferred), as things stand."""

    step: str
    prompt: str
    role: str
    now: State


class Noted(NamedTuple):
    """An effect that is brought about at a step: on `heard` (None: by the step itself), before it is noted."""

    step: str
    name: str
    heard: str | None
    before: State


class Ended(NamedTuple):
    """An end of the call: as what, and as things stand then."""

    disposition: Disposition | None
    now: State


class Asked(NamedTuple):
    """A question that is asked, as things stand then."""

    step: str
    now: State


class Walk:
    """All places that can be reached, breadth first.

    `said`, `noted`, `ended`, `asked` hold each thing that can happen once for each way in which things may stand then,
    with the place at which it happens. `onward` are the places that follow one in the same turn. `TooManyWaysError`.
    """

    def __init__(self, script: Script, book: Book, view: View) -> None:
        self.script, self._view, self._states = script, view, States(view)
        self.onward: dict[Place, tuple[Place, ...]] = {}
        self.taken: set[tuple[str, int]] = set()
        self._said: dict[tuple[str, str, str, int], Place] = {}
        self._noted: dict[tuple[str, str, str | None, int], Place] = {}
        self._asked: dict[tuple[str, int], Place] = {}
        self._ended: dict[int, dict[str, Place]] = {}
        self._hearing = Hearing(script, book, self._states, view)
        self._remembers, self._asking = come_back(script), still_asking(script)
        self._bits = {name: 1 << index for index, name in enumerate(script.steps) if script.steps[name].question}
        self._questions = tuple(script.steps)
        self._before = (1 << len(script.steps)) - 1
        self._contexts: list[tuple[str, Place | None]] = []
        self._context_bits: dict[tuple[str, Place | None], int] = {}
        self._same: dict[str, int] = {}
        self._nothing_left = self._context(script.start, None)
        self._origins: dict[Place, list[Place]] | None = None
        counting = {name: self._counting(name) for name in script.steps}
        self._graph = Carrying({**counting, **dict.fromkeys(_NO_STEPS, _ALL)})
        self._start = Place(script.start, self._states.number(State()))
        self._paths = Paths(self._graph, self._start)
        self._go()

    @cached_property
    def came_from(self) -> Mapping[Place, Place | None]:
        """Every place, with the one from which it was reached first."""
        found = self._graph.came_from
        return {
            place: found[origin] if origin is not None and origin.step in _NO_STEPS else origin
            for place, origin in found.items()
            if place.step not in _NO_STEPS
        }

    @property
    def said(self) -> Iterator[tuple[Said, Place]]:
        """Yield all that is said."""
        for (step, prompt, role, now), place in self._said.items():
            yield Said(step, prompt, role, self._states[now]), place

    @property
    def noted(self) -> Iterator[tuple[Noted, Place]]:
        """Yield all that is noted."""
        for (step, name, heard, now), place in self._noted.items():
            yield Noted(step, name, heard, self._states[now]), place

    @property
    def asked(self) -> Iterator[tuple[Asked, Place]]:
        """Yield all that is asked."""
        for (step, now), place in self._asked.items():
            yield Asked(step, self._states[now]), place

    @property
    def ended(self) -> Iterator[tuple[Ended, Place]]:
        """Yield all ends."""
        for now, places in self._ended.items():
            state = self._states[now]
            yield from ((Ended(state.outcome, state), place) for place in places.values())

    def path(self, place: Place) -> tuple[str, ...]:
        """Return the steps of a shortest way to a place, from the greeting on."""
        return self._paths.to(place)

    def asked_last(self, place: Place) -> frozenset[str]:
        """Return the questions that may have been the last one on the way to a place, or that it is itself."""
        if self._origins is None:
            self._origins = {}
            for origin, ways in self._graph.ways.items():
                for way in ways:
                    self._origins.setdefault(way.to, []).append(origin)
        found, seen, waiting = set[str](), {place}, [place]
        while waiting:
            each = waiting.pop()
            if each.step in self._bits:
                found.add(each.step)
                continue
            fresh = [origin for origin in self._origins.get(each, ()) if origin not in seen]
            seen.update(fresh)
            waiting += fresh
        return frozenset(found)

    def reached(self) -> frozenset[str]:
        """Return the steps that some conversation comes to."""
        return frozenset(each.step for each in self._graph.came_from) - _NO_STEPS

    def _go(self) -> None:
        self._graph.arrive(None, self._start, self._nothing_left)
        seen: set[Place] = set()
        for place, bits in self._graph.arrivals():
            fresh = bits
            if place.step in self._bits:
                fresh |= self._left_open(place, bits)
            if place in seen:
                self._graph.spread(place, fresh)
            elif place.step not in _NO_STEPS:
                self._visit(place)
            seen.add(place)
            self._turn_back(place, fresh)
        for place, following in self.onward.items():
            ways = (way.to for each in following for way in self._graph.ways[each] if each.step == _LEFT)
            self.onward[place] = (*(each for each in following if each.step != _LEFT), *ways)

    def _counting(self, name: str) -> int:
        """Return the bits that count at a step: what was left, or asked before, where something leads back to it."""
        gone = name not in self._asking or self._hearing.promises(self.script.steps[name].effects)
        before = 0 if gone else self._before
        return before | (~self._before if name in self._remembers else 0)

    def _context(self, name: str, place: Place | None) -> int:
        """Return the bit for a question that was left, with the place where that decides what was left before."""
        key = (name, place)
        if key not in self._context_bits:
            self._context_bits[key] = bit = 1 << (len(self.script.steps) + len(self._contexts))
            self._contexts.append(key)
            if place is not None:
                self._same[name] = self._same.get(name, 0) | bit
        return self._context_bits[key]

    def _left_open(self, place: Place, fresh: int) -> int:
        """Return what is carried on from a question itself: with nothing left, `back` asks what is open again."""
        if place.step not in self._remembers:
            bit = self._context(place.step, None)
        elif fresh & self._nothing_left:
            bit = self._context(place.step, place)
        else:
            return 0
        self._graph.carried[place] |= bit
        return bit

    def _turn_back(self, place: Place, fresh: int) -> None:
        if place.step == _LEFT:
            self._return(place, fresh)
        elif place.step == _EARLIER:
            self._reopen(place, fresh)
        again = fresh & self._same.get(place.step, 0)
        for way in self._graph.ways[place] if again else ():
            if way.kind is Kind.LEAVES:
                # What was left twice in a row is left once.
                self._graph.arrive(place, way.to, again)

    def _return(self, place: Place, fresh: int) -> None:
        for name, left in self._left(fresh):
            to = Place(name, place.state)
            self._graph.connect(place, Way(to, Kind.RETURNS, self._before))
            if left is not None:
                # The engine remembers four: whoever is deeper in comes back to what is open.
                self._graph.connect(left, Way(to, Kind.COMES_OF_IT, ~self._before, self._nothing_left))

    def _reopen(self, place: Place, fresh: int) -> None:
        for name in self._names(fresh):
            opened = self._hearing.reopened(name, place.state)
            if opened is not None:
                self._graph.connect(place, Way(Place(name, opened), Kind.PREVIOUS, _ALL))

    def _names(self, bits: int) -> Iterator[str]:
        bits &= self._before
        while bits:
            lowest = bits & -bits
            yield self._questions[lowest.bit_length() - 1]
            bits ^= lowest

    def _left(self, bits: int) -> Iterator[tuple[str, Place | None]]:
        bits >>= len(self.script.steps)
        while bits:
            lowest = bits & -bits
            yield self._contexts[lowest.bit_length() - 1]
            bits ^= lowest

    def _visit(self, place: Place) -> None:
        step, now = self.script.steps[place.step], place.state
        entering = self._hearing.entering(step)
        for name, change in entering.noted:
            if name:
                self._noted.setdefault((place.step, name, None, now), place)
            now = change(now)
        self._record(place, entering.says, now)
        now = entering.saying(now)
        question = step.question
        if question is not None and question.answer in VERIFYING and self._states[now].tries >= MOST_TRIES:
            # The engine asks nobody for a third fact: it goes on as if the answer had been wrong.
            self._on(place, now, question.hear["wrong"].go, same_turn=True)
        elif question is not None:
            self._ask(place, now, question)
        elif step.transfer is not None:
            for reply in self._hearing.connecting(step):
                self._take(place, now, reply)
        elif step.ends:
            self._ended.setdefault(now, {}).setdefault(place.step, place)
        else:
            for state, target in self._ways(place, now, step):
                self._on(place, state, target, same_turn=True)

    def _ways(self, place: Place, now: int, step: Step) -> Iterator[tuple[int, str]]:
        if step.goes_on is not None:
            yield now, step.goes_on
        if step.faq is not None:
            yield self._hearing.answered(now), step.faq.answered
            yield now, step.faq.unanswered
            if step.faq.deferred and not self._states[now].verified:
                # What concerns their own policy waits as well, wherever it is asked.
                self._record(place, ((step.faq.deferred, "deferred"),), now)
                yield self._hearing.after((Line(step.faq.deferred),))(now), BACK
        state = self._states[now]
        for index, choice in enumerate(step.choose):
            holds = decide(choice.when, state, self._view)
            if holds is False:
                continue
            self.taken.add((step.name, index))
            yield self._states.number(state if holds else learn(choice.when, state, holds=True)), choice.go
            if holds:
                return
            state = learn(choice.when, state, holds=False)

    def _ask(self, place: Place, now: int, question: Question) -> None:
        self._asked.setdefault((place.step, now), place)
        self._record(place, self._hearing.asks(question), now)
        quiet = self._hearing.quiet(now)
        own = self._own_bit(place.step, question)
        for target in {question.silent: 0, question.not_understood: 0, self.script.too_long: 0}:
            self._on(place, quiet, target, adds=own)
        if not self._states[now].human:
            self._on(place, quiet, self.script.voicemail, adds=own)
        heard = self._hearing.heard(now)
        self._go_back(place, heard)
        for reply in self._hearing.replies(place.step, question):
            self._take(place, heard, reply, own)

    def _go_back(self, place: Place, state: int) -> None:
        """Open a question before again: somebody goes back, or takes back what they said."""
        self._graph.connect(place, Way(Place(_EARLIER, state), Kind.ON, ~self._bits.get(place.step, 0)))

    def _own_bit(self, name: str, question: Question) -> int:
        returns = question.answer not in VERIFYING and not self.script.steps[name].effects
        return self._bits[name] if returns else 0

    def _take(self, place: Place, state: int, reply: Reply, own: int = 0) -> None:
        now = reply.answering(state)
        for name in reply.noted:
            self._noted.setdefault((place.step, name, reply.name, now), place)
        now = reply.noting(now)
        if reply.says:
            self._record(place, reply.says, now)
            now = reply.saying(now)
        if reply.to is None:
            return
        if reply.reopens:
            if now != state:
                self._go_back(place, now)
        else:
            kept = ~self._before if reply.promises else _ALL
            self._on(place, now, reply.to, kept, 0 if reply.promises else own, leaves=reply.leaves)

    def _on(
        self, place: Place, state: int, target: str, keeps: int = _ALL, adds: int = 0,
        *, leaves: bool = False, same_turn: bool = False,
    ) -> None:  # fmt: skip
        if target not in self.script.steps and target != BACK:
            return
        to = Place(target, state)
        if leaves:
            context = self._context(place.step, place if place.step in self._remembers else None)
            way = Way(to, Kind.LEAVES, keeps & self._before, adds | context)
        else:
            way = Way(to, Kind.ON, keeps, adds)
        self._graph.connect(place, way)
        if same_turn:
            self.onward[place] = (*self.onward.get(place, ()), to)

    def _record(self, place: Place, says: tuple[tuple[str, str], ...], now: int) -> None:
        for prompt, role in says:
            self._said.setdefault((place.step, prompt, role, now), place)
