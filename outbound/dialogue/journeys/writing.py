"""A call that was had as a journey: it can be read, edited, and played again."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from outbound.dialogue.effects import Disposed, QuestionAnswered
from outbound.dialogue.facts import Facts
from outbound.dialogue.journeys.model import DEFAULT_SCRIPT
from outbound.dialogue.journeys.reading import POSSIBLE
from outbound.dialogue.rehearsal.call import Call, Turn, Window
from outbound.dialogue.rehearsal.telling import effect_text, heard_line
from outbound.dialogue.said import spoken_texts

_SENTENCE = re.compile(r"[^。？！?!.]+[。？！?!.]?")
_LONGEST = 40
_USUAL: Mapping[str, Any] = {
    each.name: msgspec.to_builtins(each.default)
    for each in msgspec.structs.fields(Facts)
    if each.default is not msgspec.NODEFAULT
}
"""Facts that need not be written down where they are so."""

_A_WHILE = timedelta(minutes=2)


def journey_text(call: Call, shared: Mapping[str, Any], possible: tuple[Window, ...], title: str) -> str:
    """Return a call as the text of a journey's file. `shared` are the facts beside it: what differs is written down."""
    first = call.turns[0]
    facts = first.sprint.session.facts
    return "\n".join([*_scene(call, facts_data(facts, possible), shared, title), "", *_dialogue(call), ""])


def facts_data(facts: Facts, possible: tuple[Window, ...]) -> dict[str, Any]:
    """Return facts, and the windows besides their choices, as plain data."""
    data: dict[str, Any] = msgspec.to_builtins(facts)
    return {**data, POSSIBLE: msgspec.to_builtins(possible)} if possible else data


def _scene(call: Call, data: Mapping[str, Any], shared: Mapping[str, Any], title: str) -> Iterator[str]:
    session = call.turns[0].sprint.session
    yield f"title: {' '.join(title.split()) or 'A call'}"
    if call.script.name != DEFAULT_SCRIPT:
        yield f"script: {call.script.name}"
    if session.language != shared.get("language", session.facts.language):
        yield f"begins in: {session.language}"
    if session.began_at is not None:
        yield f"now: {session.began_at.isoformat()}"

    for name, value in data.items():
        if shared.get(name, _USUAL.get(name)) != value:
            yield f"facts: {json.dumps({name: value}, ensure_ascii=False)}"


def _dialogue(call: Call) -> Iterator[str]:
    before = None
    for turn in call.turns:
        if turn.heard is not None:
            yield from _passing(turn, before)
            yield heard_line(turn.heard)
            yield from _understood(turn)
        yield from _robot(turn)
        before = turn.now


def _passing(turn: Turn, before: datetime | None) -> Iterator[str]:
    """Yield how much time passed where it was so much that it may matter."""
    if turn.now is not None and before is not None and turn.now - before > _A_WHILE:
        yield f"time passes: {round((turn.now - before).total_seconds())} s"


def _understood(turn: Turn) -> Iterator[str]:
    if turn.sprint.heard_as is not None:
        yield f"understood: {turn.sprint.heard_as}"
    for effect in turn.sprint.effects:
        if isinstance(effect, Disposed):
            yield f"ends as: {effect.disposition}"
        elif isinstance(effect, QuestionAnswered):
            yield f"answers: {effect.faq_id}"
        else:
            yield f"effect: {effect_text(effect)}"


def _robot(turn: Turn) -> Iterator[str]:
    texts = spoken_texts(turn.sprint.said)
    sentences = [each.strip() for each in _SENTENCE.findall(texts[-1])] if texts else []
    kept = [each for each in sentences if each]
    if kept:
        yield f"robot: {kept[-1][:_LONGEST].strip()}"
