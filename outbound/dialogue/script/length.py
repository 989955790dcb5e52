"""How long a conversation lasts that goes straight through: the room that a call needs before closing time."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from outbound.dialogue.conditions import holds_in
from outbound.dialogue.prompts import sample_text
from outbound.dialogue.script.model import AnswerKind, Branch, Line, Question, Script, Step

CHARACTERS_A_SECOND, WORDS_A_SECOND = 180 / 60, 150 / 60
"""The slow ends of what is usual in prompts (180 to 210 Chinese characters, 150 to 180 English words a minute)."""

SLOW = 0.85
"""Of that rate for people of 65 and older, and for whoever asks for it: the longest conversation is one of theirs."""

_OWN_WORDS_SECONDS = 10
"""For a question in the callee's own words. Other answers are given in half the time after which silence is noted."""

_MOST_EXACT = 10
"""Steps in one loop of which every order is tried; a larger one counts with all its steps, which is never too short."""

_CHARACTER = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]")
_WORD = re.compile(r"[A-Za-z]+(?:['’\-][A-Za-z]+)*|\d")
_STUCK = -math.inf

Edge = tuple[float, str]


def longest_seconds(script: Script) -> int:
    """Return the seconds of the longest conversation from greeting to goodbye, in the language where it is longest.

    Every step at most once and in the slow voice; every question is understood when it is first asked, but for one that
    meets silence and is asked again. Not counted: further repeats, and digressions on words that are heard everywhere;
    who asks for all of that, or answers at length, talks longer. Placeholders are taken as long as the sample facts
    with which every prompt is tried: a name of three characters, one policy, three times to call back.
    """
    walks = [_Walk(script, language) for language in script.languages]
    return math.ceil(max(walk.longest() + walk.asked_again() for walk in walks))


def spoken_seconds(text: str) -> float:
    """Return how long a sentence takes in the slow voice; a digit counts as a word."""
    seconds = len(_CHARACTER.findall(text)) / CHARACTERS_A_SECOND + len(_WORD.findall(text)) / WORDS_A_SECOND
    return seconds / SLOW


class _Walk:
    """The script's graph in one language: a step's own seconds, and the seconds on the way to the next one."""

    def __init__(self, script: Script, language: str) -> None:
        self._script, self._language = script, language
        self._edges = {name: tuple(self._ways_on(step)) for name, step in script.steps.items()}
        self._own = {name: self._step_seconds(step) for name, step in script.steps.items()}
        self._loops = _loops({name: [to for _, to in edges] for name, edges in self._edges.items()})

    def longest(self) -> float:
        """Seconds of the longest path to an end on which no step stands twice."""

        @cache
        def from_here(name: str, seen: frozenset[str]) -> float:
            loop, edges = self._loops[name], self._edges[name]
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
        lead = self._prompt(self._script.leads.get("silence", ""), self._language)
        return max(
            (each.timeout + lead + self._prompt(each.prompts[1], self._language) + _answer(each) for each in questions),
            default=0.0,
        )

    def _whole(self, loop: frozenset[str], beyond: Callable[[str], float]) -> float:
        """Every step of a loop with its longest way on, and then the longest way out of it."""
        inside = sum(self._own[name] + max((s for s, _ in self._edges[name]), default=0.0) for name in loop)
        return inside + max((beyond(to) for name in loop for _, to in self._edges[name] if to not in loop), default=0.0)

    def _ways_on(self, step: Step) -> Iterator[Edge]:
        """Where a step leads; what goes back to a question that was asked already leads nowhere new."""
        targets: list[Edge] = [(self._said(branch.say), branch.go) for branch in _heard(step)]
        targets += [(0.0, each.go) for each in step.choose if holds_in(self._language, each.when) is not False]
        targets += [(0.0, step.goes_on)] if step.goes_on else []
        yield from (edge for edge in targets if edge[1] in self._script.steps)

    def _step_seconds(self, step: Step) -> float:
        question = step.question
        asked = 0.0 if question is None else self._prompt(question.prompts[0], self._language) + _answer(question)
        return self._said(step.say) + asked

    def _said(self, lines: Iterable[Line]) -> float:
        return sum(self._line(line) for line in lines)

    def _line(self, line: Line) -> float:
        if line.prompt is None:
            return float(line.pause)
        others = [each for each in self._script.languages if each != self._language]
        languages = others if line.other_language else [self._language]
        return max((self._prompt(line.prompt, each) for each in languages), default=0.0)

    def _prompt(self, name: str, language: str) -> float:
        prompt = self._script.prompts.get(name, language)
        return 0.0 if prompt is None else spoken_seconds(sample_text(prompt))


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
