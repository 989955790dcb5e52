"""A turn in words: effects as journeys name them, what was heard, and what the robot says with how it says it."""

from datetime import datetime

from msgspec.structs import asdict

from outbound.dialogue.effects import Effect
from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken
from outbound.dialogue.said import Ask, HangUp, Pause, Play, SaidItem, Say, Transfer

UNCLEAR = 0.2
"""How sure a recogniser is of words that it hardly heard."""


def effect_text(effect: Effect) -> str:
    """Return an effect as a journey names it: `SatisfactionGiven score=10`."""
    fields = ", ".join(f"{name}={_value(value)}" for name, value in asdict(effect).items())
    return f"{type(effect).__name__} {fields}".strip()


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.2f}"
    return repr(str(value) if isinstance(value, str) else value)


def heard_line(heard: Heard) -> str:
    """Return what was heard as the line of a journey."""
    if isinstance(heard, Spoken):
        unclear = heard.confidence is not None and heard.confidence <= UNCLEAR
        return f"{'says unclearly' if unclear else 'says'}: {heard.text}"
    if isinstance(heard, Keyed):
        return f"keys: {heard.digits}"
    if isinstance(heard, Silence):
        return "silence"
    if isinstance(heard, MachineDetected):
        return "machine"
    if isinstance(heard, HungUp):
        return "hangs up"
    return f"transfer: {'answered' if heard.ok else 'not answered'}"


def said_lines(said: tuple[SaidItem, ...]) -> tuple[str, ...]:
    """Return what the robot says and does, a line each, as one would describe it to somebody who does not hear it."""
    lines: list[str] = []
    for item in said:
        if isinstance(item, Ask):
            lines.extend(_spoken(each) for each in item.prompt)
            how = "words or keys" if item.speech else "keys"
            lines.append(f"(listens for {how}, {item.timeout} s)")
        elif isinstance(item, Transfer):
            lines.append(f"(connects with {item.number})")
            lines.extend(f"(whispers to whoever takes it: {each.text})" for each in item.whisper)
        elif isinstance(item, HangUp):
            lines.append("(hangs up)")
        else:
            lines.append(_spoken(item))
    return tuple(lines)


def _spoken(item: Say | Play | Pause) -> str:
    if isinstance(item, Pause):
        return f"(pause of {item.seconds} s)"
    if isinstance(item, Play):
        return f"{item.text} [recording {item.audio}]"
    how = [word for word, is_so in (("slow", item.slow), ("loud", item.loud)) if is_so]
    return f"{item.text} [{', '.join(how)}]" if how else item.text
