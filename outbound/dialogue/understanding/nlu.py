"""The NLU brain: decides an intent among those that can be used now, and says honestly when it is not sure."""

from collections.abc import Collection

import numpy as np
from msgspec import Struct

from outbound.dialogue.understanding.base import Expected
from outbound.dialogue.understanding.trained.linear import LinearModel

OUT_OF_SCOPE = "out_of_scope"

_ELSEWHERE = 0.5
"""How much of what is likely, but cannot be used now, counts against the best that can."""


class Guess(Struct, frozen=True):
    """The likeliest usable intent: `sure` to be acted on, otherwise asked back. `confidence` from 0 to 1."""

    intent: str
    confidence: float
    sure: bool


def guess(model: LinearModel, text: str, expected: Expected, denied: Collection[str] = ()) -> Guess | None:
    """Return the likeliest intent among `expected`, or None: not understood.

    What means something that cannot be used now is at most asked back. Intents that words speak against (`denied`:
    "I don't want to complain") are not even asked about.
    """
    usable = (*expected.urgent, *expected.intents, *expected.universal)
    number = {label: at for at, label in enumerate(model.labels)}
    rows = [number[name] for name in dict.fromkeys(usable) if name in number and name != OUT_OF_SCOPE]
    if not rows:
        return None
    found = model.probabilities(text)
    best = max(rows, key=lambda row: float(found[row]))
    intent = model.labels[best]
    outside = float(found[number[OUT_OF_SCOPE]]) if OUT_OF_SCOPE in number else 0.0
    if outside > float(found[best]) or intent in denied:
        return None
    inside = float(found[rows].sum())
    confidence = float(found[best]) / (inside + outside + _ELSEWHERE * max(0.0, 1.0 - inside - outside))
    band = model.settings.bands.urgent if intent in expected.urgent else model.settings.bands.ordinary
    if confidence < band.doubt:
        return None
    likeliest = int(np.argmax(found)) == best
    return Guess(intent, min(1.0, confidence), likeliest and confidence >= band.accept)
