"""How long a rehearsed call lasts: what is said by the rate of speech, what is heard by what a callee needs."""

from collections.abc import Iterable

from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken
from outbound.dialogue.prover.length import spoken_seconds
from outbound.dialogue.prover.limits import Speech
from outbound.dialogue.said import Ask, Pause, Play, SaidItem, Say

_THINKING, _A_KEY, _GREETING, _RINGING = 1.5, 0.5, 8.0, 20.0


def said_seconds(said: Iterable[SaidItem], speech: Speech) -> float:
    """Return how long the robot speaks and pauses in a turn."""
    pieces = [each for item in said for each in (item.prompt if isinstance(item, Ask) else (item,))]
    total = 0.0
    for each in pieces:
        if isinstance(each, Pause):
            total += each.seconds
        elif isinstance(each, Say | Play):
            slow = isinstance(each, Say) and each.slow
            total += spoken_seconds(each.text, speech, speech.slow if slow else 1.0)
    return total


def heard_seconds(heard: Heard, before: tuple[SaidItem, ...], speech: Speech) -> float:
    """Return how long it takes until something is heard after the robot has said `before`."""
    if isinstance(heard, Silence):
        return float(next((each.timeout for each in before if isinstance(each, Ask)), 0))
    if isinstance(heard, Spoken):
        return _THINKING + spoken_seconds(heard.text, speech, 1.0)
    if isinstance(heard, Keyed):
        return _THINKING + _A_KEY * len(heard.digits)
    if isinstance(heard, MachineDetected):
        return _GREETING
    return 0.0 if isinstance(heard, HungUp) else _RINGING
