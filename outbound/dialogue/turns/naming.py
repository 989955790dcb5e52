"""A time for the return call that the callee names: looked up elsewhere, then read back, or declined with others."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from outbound.dialogue.choices import choices_of, is_for_a_person
from outbound.dialogue.facts import MOST_CALLBACK_CHOICES, Facts
from outbound.dialogue.script.model import AnswerKind, Question, Script
from outbound.dialogue.session import Session
from outbound.dialogue.turns.asking import ask
from outbound.dialogue.turns.recognition import NAMED, NOT_POSSIBLE
from outbound.dialogue.turns.walking import Turn
from outbound.dialogue.wanted_time import WantedTime

Window = tuple[datetime, datetime]

_MOST_UNMET = 3
"""Named times at which no call may be made; after so many, the list alone is left."""


def in_zone(facts: Facts, now: datetime | None) -> datetime | None:
    """Return `now` in the zone in which the callee names times, the first that the facts know."""
    if now is None or not facts.zones:
        return now
    try:
        return now.astimezone(ZoneInfo(facts.zones[0]))
    except (LookupError, ValueError):
        return now


def wish(turn: Turn, question: Question, wanted: WantedTime) -> None:
    """Hand a named time to the caller. What is said meanwhile is the open question, should nobody look it up."""
    turn.session = replace(turn.session, wanted=wanted, doubt=None)
    turn.wants = wanted
    ask(turn, question)


def take_windows(turn: Turn, windows: tuple[Window, ...]) -> None:
    """Read the first of `windows` back, or say that none is possible and offer the list again."""
    name, question = _where(turn.script, turn.session)
    if turn.session.step != name:
        turn.left = name
        previous = turn.session.previous
        kept = previous[: previous.index(name)] if name in previous else previous
        turn.session = replace(turn.session, step=name, previous=kept)
    if windows:
        turn.heard_as = NAMED
        both, most = (*windows, *choices_of(turn.session)), turn.script.limits.choices
        turn.session = with_choices(turn.session, both, windows[0], most)
        turn.take(question.hear[NAMED], None, question)
        return
    turn.heard_as = NOT_POSSIBLE
    turn.session = replace(turn.session, callback=None, unmet=turn.session.unmet + 1)
    is_enough = NOT_POSSIBLE not in question.hear or turn.session.unmet > _MOST_UNMET
    turn.take(question.hear["none_of_them" if is_enough else NOT_POSSIBLE], None, question)


def at_most(facts: Facts, most: int) -> Facts:
    """Return facts that offer `most` times of each kind at once, the earliest."""
    if len(facts.callback_choices) <= most and len(facts.person_choices) <= most:
        return facts
    return replace(facts, callback_choices=facts.callback_choices[:most], person_choices=facts.person_choices[:most])


def with_choices(
    session: Session, windows: tuple[Window, ...], chosen: Window | None, most: int = MOST_CALLBACK_CHOICES
) -> Session:
    """Return the session with the first `most` of `windows`, soonest first, as its choices, and one of them chosen."""
    kept = sorted(tuple(dict.fromkeys(windows))[:most])
    choices = tuple(kept)
    by_person = is_for_a_person(session)
    facts = session.facts
    facts = replace(facts, person_choices=choices) if by_person else replace(facts, callback_choices=choices)
    return replace(session, facts=facts, callback=choices.index(chosen) if chosen is not None else None)


def _where(script: Script, session: Session) -> tuple[str, Question]:
    """Return the question at which times are named: the open one, else the last before it, else the script's."""
    for name in (session.step, *reversed(session.previous), *script.steps):
        question = script.steps[name].question
        if question is not None and question.answer is AnswerKind.CALLBACK_CHOICE and NAMED in question.hear:
            return name, question
    raise LookupError("no question takes a named time")
