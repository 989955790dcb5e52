"""How long a script lasts: one way straight through, the longest one, and the median, by language."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from heapq import heappop, heappush
from typing import Any

import numpy as np
from msgspec import Struct

from outbound.dialogue.conditions import holds_in
from outbound.dialogue.prompts import sample_text
from outbound.dialogue.prover.limits import Speech
from outbound.dialogue.script.model import AnswerKind, Branch, Line, Question, Script, Step
from outbound.domain.outcome.disposition import Disposition

_OWN_WORDS_SECONDS = 10
"""For a question in the callee's own words. Other answers are given in half the time after which silence is noted."""

_MOST_EXACT = 10
"""Steps in one loop of which every order is tried; a larger one counts with all its steps, which is never too short."""

_LEAST_MASS = 0.001
_CHARACTER = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]")
_WORD = re.compile(r"[A-Za-z]+(?:['’\-][A-Za-z]+)*|\d")
_STUCK = -math.inf

Edge = tuple[float, str]
Masses = np.ndarray[Any, np.dtype[np.float64]]


class Lengths(Struct, frozen=True):
    """Seconds of a script in one language.

    `straight` is the robot's speech alone where everything goes well and there is everything to be said (every fact is
    there, every question is answered as it leads on); `median` and `longest` are whole calls with their answers, and
    `slow` is the longest one in the slow voice. Median over calls in which every answer is as likely as the others.
    """

    language: str
    straight: int
    median: int
    longest: int
    slow: int


def longest_seconds(script: Script, speech: Speech) -> int:
    """Return the seconds of the longest conversation from greeting to goodbye, in the language where it is longest.

    Every step at most once and in the slow voice; every question is understood when it is first asked, but for one that
    meets silence and is asked again. Not counted: further repeats, and digressions on words that are heard everywhere;
    who asks for all of that, or answers at length, talks longer. Placeholders are taken as long as the sample facts
    with which every prompt is tried: a name of three characters, one policy, three times to call back.
    """
    walks = [Lasting(script, language, speech, speech.slow) for language in script.languages]
    return math.ceil(max(walk.longest() + walk.asked_again() for walk in walks))


def lengths(script: Script, speech: Speech) -> tuple[Lengths, ...]:
    """Return how long the script lasts in each of its languages."""
    found: list[Lengths] = []
    for language in script.languages:
        usual, slow = Lasting(script, language, speech, 1.0), Lasting(script, language, speech, speech.slow)
        numbers = (
            usual.straight(), usual.median(), usual.longest() + usual.asked_again(), slow.longest() + slow.asked_again()
        )  # fmt: skip
        found.append(Lengths(language, *(math.ceil(max(each, 0.0)) for each in numbers)))
    return tuple(found)


def count(text: str) -> tuple[int, int]:
    """Return the Chinese characters, and the words and digits, of a text."""
    return len(_CHARACTER.findall(text)), len(_WORD.findall(text))


def spoken_seconds(text: str, speech: Speech, rate: float) -> float:
    """Return how long a sentence takes at `rate` of the usual speed; a digit counts as a word."""
    characters, words = count(text)
    return 60 * (characters / speech.characters_a_minute + words / speech.words_a_minute) / rate


class Lasting:
    """The script's graph in one language: a step's own seconds, and the seconds on the way to the next one."""

    def __init__(self, script: Script, language: str, speech: Speech, rate: float) -> None:
        self._script, self._language, self._speech, self._rate = script, language, speech, rate
        self._seconds: dict[tuple[str, str], float] = {}
        self._edges = {name: tuple(self._ways_on(step)) for name, step in script.steps.items()}
        self._own = {name: self._step_seconds(step) for name, step in script.steps.items()}

    def longest(self) -> float:
        """Seconds of the longest path to an end on which no step stands twice."""
        loops = _loops({name: [to for _, to in edges] for name, edges in self._edges.items()})

        @cache
        def from_here(name: str, seen: frozenset[str]) -> float:
            loop, edges = loops[name], self._edges[name]
            if len(loop) > _MOST_EXACT:
                return self._whole(loop, lambda to: from_here(to, frozenset((to,))))
            if not edges:
                return self._own[name]
            ways = (
                seconds + from_here(to, (seen | {to}) if to in loop else frozenset((to,)))
                for seconds, to in edges
                if to not in seen
            )
            return self._own[name] + max(ways, default=_STUCK)

        return from_here(self._script.start, frozenset((self._script.start,)))

    def asked_again(self) -> float:
        """Seconds that silence costs at the question where it costs most: the wait, the other wording, the answer."""
        questions = [step.question for step in self._script.steps.values() if step.question is not None]
        lead = self.prompt(self._script.leads.get("silence", ""), self._language)
        return max(
            (e.timeout + lead + self.prompt(e.prompts[1], self._language) + _answer(e) for e in questions), default=0.0
        )

    def straight(self) -> float:
        """Seconds that the robot speaks on the straight path; 0 where there is none."""
        best: dict[str, float] = {}
        waiting: list[tuple[float, str]] = [(0.0, self._script.start)]
        ends: list[tuple[bool, float]] = []
        while waiting:
            spent, name = heappop(waiting)
            if name in best:
                continue
            best[name] = spent
            step = self._script.steps[name]
            spent += self.said(step.say, pauses=False)
            if step.question is not None:
                spent += self.prompt(step.question.prompts[0], self._language)
            if step.ends:
                ends.append((step.outcome is not Disposition.WELCOMED, spent))
            for seconds, to in self._straight_on(step):
                if to in self._script.steps:
                    heappush(waiting, (spent + seconds, to))
        return min(ends, default=(True, 0.0))[1]

    def median(self) -> float:
        """Seconds within which half of all calls end, if all answers, and both sides of a guard, are equally likely."""
        most = self._script.limits.seconds
        arriving: dict[str, Masses] = {self._script.start: np.eye(1, most + 1)[0]}
        ended = np.zeros(most + 1 + math.ceil(max(self._own.values())))
        while sum(float(each.sum()) for each in arriving.values()) > _LEAST_MASS:
            following: dict[str, Masses] = {}
            for name, masses in arriving.items():
                edges, own = self._edges[name], self._own[name]
                for seconds, to in edges:
                    into = following.setdefault(to, np.zeros(most + 1))
                    _add_later(into, masses / len(edges), round(own + seconds))
                if not edges:
                    _add_later(ended, masses, round(own))
            arriving = following
        return _middle({second: float(mass) for second, mass in enumerate(ended) if mass})

    def turn(self, lines: Iterable[Line]) -> float:
        """Seconds that lines take, pauses among them."""
        return self.said(lines)

    def prompt(self, name: str, language: str) -> float:
        """Seconds that a prompt takes."""
        key = (name, language)
        if key not in self._seconds:
            prompt = self._script.prompts.get(name, language)
            text = "" if prompt is None else sample_text(prompt)
            self._seconds[key] = spoken_seconds(text, self._speech, self._rate)
        return self._seconds[key]

    def said(self, lines: Iterable[Line], *, pauses: bool = True) -> float:
        """Seconds that lines take; without their pauses if so wished."""
        return sum(self._line(line) for line in lines if pauses or line.prompt is not None)

    def _straight_on(self, step: Step) -> Iterator[Edge]:
        """Where a step leads when every fact is there: guards hold, negated ones do not."""
        yield from ((self.said(branch.say, pauses=False), branch.go) for branch in _heard(step))
        if step.goes_on:
            yield 0.0, step.goes_on
        for choice in step.choose:
            certain = holds_in(self._language, choice.when)
            holds = not choice.when.startswith("not ") if certain is None and choice.when else certain
            if holds and choice.when not in _DIGRESSIONS:
                yield 0.0, choice.go
                return

    def _whole(self, loop: frozenset[str], beyond: Callable[[str], float]) -> float:
        """Every step of a loop with its longest way on, and then the longest way out of it."""
        inside = sum(self._own[name] + max((s for s, _ in self._edges[name]), default=0.0) for name in loop)
        return inside + max((beyond(to) for name in loop for _, to in self._edges[name] if to not in loop), default=0.0)

    def _ways_on(self, step: Step) -> Iterator[Edge]:
        """Where a step leads; what goes back to a question that was asked already leads nowhere new."""
        targets: list[Edge] = [(self.said(branch.say), branch.go) for branch in _heard(step)]
        targets += [(0.0, each.go) for each in step.choose if holds_in(self._language, each.when) is not False]
        targets += [(0.0, step.goes_on)] if step.goes_on else []
        if step.faq is not None:
            targets += [(0.0, step.faq.answered), (0.0, step.faq.unanswered)]
        yield from (edge for edge in targets if edge[1] in self._script.steps)

    def _step_seconds(self, step: Step) -> float:
        question = step.question
        asked = 0.0 if question is None else self.prompt(question.prompts[0], self._language) + _answer(question)
        return self.said(step.say) + asked

    def _line(self, line: Line) -> float:
        if line.prompt is None:
            return float(line.pause)
        others = [each for each in self._script.languages if each != self._language]
        languages = others if line.other_language else [self._language]
        return max((self.prompt(line.prompt, each) for each in languages), default=0.0)


_DIGRESSIONS = frozenset({"person_requested", "callback_wished", "message_wished", "question_asked"})
"""Guards that hold where something was wished for: on the straight path nothing was."""


def _add_later(into: Masses, masses: Masses, by: int) -> None:
    """Add masses by second, `by` seconds later; what would come behind the last second counts there."""
    last = len(into) - 1
    kept = masses[: max(0, last - by)]
    into[by : by + len(kept)] += kept
    into[last] += masses[len(kept) :].sum()


def _middle(masses: Mapping[int, float]) -> float:
    half, seen = sum(masses.values()) / 2, 0.0
    for second, mass in sorted(masses.items()):
        seen += mass
        if seen >= half:
            return float(second)
    return 0.0


def _heard(step: Step) -> Iterable[Branch]:
    yield from step.question.hear.values() if step.question is not None else ()
    yield from step.transfer.values() if step.transfer is not None else ()


def _answer(question: Question) -> float:
    return _OWN_WORDS_SECONDS if question.answer is AnswerKind.WORDS else question.timeout / 2


def _loops(graph: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return for each step those from which one can come back to it, itself among them."""
    reached = {name: _reached(graph, name) for name in graph}
    return {name: frozenset({name, *(to for to in reached[name] if name in reached[to])}) for name in graph}


def _reached(graph: Mapping[str, Iterable[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(graph[name])
    return found
