"""From the text of a journey's file to a journey, with everything that is to be mended in it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from difflib import get_close_matches
from typing import Any

import msgspec

from outbound.dialogue.facts import Facts
from outbound.dialogue.journeys.model import DEFAULT_SCRIPT, Journey, JourneyError, JourneyProblem, Line
from outbound.dialogue.journeys.words import SCENE, WORDS
from outbound.dialogue.rehearsal.call import Window

BEGINS = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
"""When a call begins where the journey does not say."""

POSSIBLE = "possible_times"
"""The line of the facts that is no fact: windows in which calls may be made besides the choices."""

_FACTS = frozenset(Facts.__struct_fields__) | {POSSIBLE}


def read_journey(file: str, text: str, facts: Mapping[str, Any], load: Callable[[str], Any]) -> Journey:
    """Return the journey in `text`; `JourneyError` with every line that cannot be read.

    `facts` are those that journeys share; `load` reads a change to them (ValueError says why it cannot).
    """
    problems: list[JourneyProblem] = []

    def wrong(line: int, mend: str) -> None:
        problems.append(JourneyProblem(file, line, mend))

    lines = tuple(_lines(text, wrong))
    scene = {line.word: line.rest for line in lines if line.word in SCENE}
    changed = _facts(facts, lines, load, wrong)
    made = _made(changed, next((line.number for line in lines if line.word == "facts"), 1), wrong)
    if problems or made is None:
        raise JourneyError(tuple(problems))
    return Journey(
        file=file,
        title=scene.get("title", ""),
        script=scene.get("script", DEFAULT_SCRIPT),
        language=scene.get("begins in"),
        facts=made[0],
        possible=made[1],
        now=datetime.fromisoformat(scene["now"]) if "now" in scene else BEGINS,
        lines=tuple(line for line in lines if line.word not in SCENE),
    )


def _lines(text: str, wrong: Callable[[int, str], None]) -> Iterator[Line]:
    seen: set[str] = set()
    for number, content in enumerate(text.splitlines(), start=1):
        stripped = content.strip()
        if not stripped or stripped.startswith("#"):
            continue
        word, _, rest = (
            stripped.replace("：", ":", 1).partition(":") if ":" not in stripped else stripped.partition(":")
        )
        word, rest = word.strip(), rest.strip()
        known = WORDS.get(word)
        mend = _unknown(word) if known is None else known.wrong(rest)
        if known is not None and known.once and word in seen:
            mend = f"'{word}' stands here twice; keep one"
        if mend is not None:
            wrong(number, mend if known is None else f"'{word}': {mend}")
            continue
        seen.add(word)
        yield Line(number, word, rest)


def _unknown(word: str) -> str:
    near = get_close_matches(word.lower(), WORDS, n=1)
    meant = f"; did you mean '{near[0]}'?" if near else "."
    return f"a line cannot begin with '{word}'{meant} Allowed: {', '.join(WORDS)}; notes begin with #"


def _facts(
    shared: Mapping[str, Any], lines: tuple[Line, ...], load: Callable[[str], Any], wrong: Callable[[int, str], None]
) -> dict[str, Any]:
    data = dict(shared)
    for line in lines:
        if line.word != "facts":
            continue
        try:
            change = load(line.rest)
        except ValueError as error:
            wrong(line.number, f"'facts': {error}")
            continue
        if not isinstance(change, dict):
            wrong(line.number, "'facts': write 'name: value', such as 'transfer_available: true'")
            continue
        for name in change.keys() - _FACTS:
            wrong(line.number, f"'facts': there is no fact '{name}'; known: {', '.join(sorted(_FACTS))}")
        data |= change
    return data


def facts_of(data: Mapping[str, Any]) -> tuple[Facts, tuple[Window, ...]]:
    """Return facts, and windows in which calls may be made besides their choices; ValueError says what is wrong."""
    unknown = sorted(data.keys() - _FACTS)
    if unknown:
        raise ValueError(f"there is no fact '{unknown[0]}'; known: {', '.join(sorted(_FACTS))}")
    try:
        facts = msgspec.convert({name: value for name, value in data.items() if name != POSSIBLE}, Facts)
        possible = msgspec.convert(data.get(POSSIBLE, ()), tuple[Window, ...])
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    if any(each.tzinfo is None for window in possible for each in window):
        raise ValueError(f"{POSSIBLE}: an instant without a zone; give it with its offset")
    return facts, possible


def _made(
    data: Mapping[str, Any], line: int, wrong: Callable[[int, str], None]
) -> tuple[Facts, tuple[Window, ...]] | None:
    try:
        return facts_of({name: value for name, value in data.items() if name in _FACTS})
    except ValueError as error:
        wrong(line, f"'facts': {error}")
        return None
