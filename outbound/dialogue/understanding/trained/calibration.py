"""How sure a model may be: measured on rows that it had not seen."""

from typing import Any

import numpy as np
from msgspec import Struct

from outbound.dialogue.understanding.trained.linear import Band, Bands, Floats, Settings

_SHARPEST = np.geomspace(0.5, 10, 40)
_COST_OF_TOLERANCE = 0.0025
_TOLERANCES = np.arange(0.0, 1.01, 0.1)
_LOST_TO_FLOOR, _LOST_TO_FLOOR_BESIDE_A_LABEL = 0.05, 0.01
_TOO_FEW_TO_LEARN = 0.03
"""Share of rows out of scope below which their label alone finds little: then a floor is set as well."""

_ORDINARY_PRECISION, _URGENT_PRECISION = (0.9, 0.5), (0.98, 0.35)
_WRONGLY_ANSWERED = 0.025
"""Of held-back questions that have an answer, the share that may be given another one: better no answer than that."""

_LEAST_ACCEPT, _LEAST_DOUBT = 0.5, 0.2
_MOST_ACCEPT, _MOST_DOUBT = 0.95, 0.5


class HeldBack(Struct, frozen=True):
    """Scores of rows by a model that had not seen them: an array of rows x labels, and each row's label (-1: none)."""

    scores: Floats
    gold: Any


def settings_of(names: tuple[str, ...], held: HeldBack, out_of_scope: str | None) -> Settings:
    """Return how scores become probabilities, and from which ones on a decision is acted on or asked back."""
    known = held.gold >= 0
    if not known.any():
        return Settings(names, out_of_scope=out_of_scope)
    outside = names.index(out_of_scope) if out_of_scope in names else None
    tolerance = _tolerance(held, outside) if outside is not None else 0.0
    scores = held.scores.copy()
    if outside is not None:
        scores[:, outside] += tolerance
    sharpness = float(min(_SHARPEST, key=lambda each: _surprise(scores[known], held.gold[known], float(each))))
    found = _probabilities(scores, sharpness)
    best, sure = found.argmax(1), found.max(1)
    right = best == held.gold
    chosen = best != outside
    floor = _floor(sure[right & chosen], None if outside is None else float((held.gold == outside).mean()))
    bands = Bands(
        ordinary=_band(sure[chosen], right[chosen], _ORDINARY_PRECISION) if known.all() else _given(sure, right, known),
        urgent=_band(sure[chosen], right[chosen], _URGENT_PRECISION),
    )
    return Settings(
        labels=names, sharpness=sharpness, out_of_scope=out_of_scope, tolerance=tolerance, floor=floor, bands=bands,
        held_back=_figures(right[known], sure, right, bands.ordinary),
    )  # fmt: skip


def _floor(sure_and_right: Any, outside: float | None) -> float:
    """Return the confidence below which the best label counts as out of scope; `outside` is the share of such rows."""
    if not len(sure_and_right) or (outside is not None and outside > _TOO_FEW_TO_LEARN):
        return 0.0
    return float(np.quantile(sure_and_right, _LOST_TO_FLOOR if outside is None else _LOST_TO_FLOOR_BESIDE_A_LABEL))


def _figures(right_of_known: Any, sure: Any, right: Any, band: Band) -> dict[str, float]:
    acted = sure >= band.accept
    asked = (sure >= band.doubt) & ~acted
    return {
        "accuracy": float(right_of_known.mean()),
        "acted_on": float(acted.mean()),
        "right_of_acted_on": float(right[acted].mean()) if acted.any() else 0.0,
        "asked_back": float(asked.mean()),
    }


def _tolerance(held: HeldBack, outside: int) -> float:
    """Return what to add to the score of "none of these": the most that costs next to nothing of what was right."""
    inside = held.gold != outside
    if not inside.any():
        return 0.0
    spread = float(held.scores.std())
    chosen, least = 0.0, None
    for each in _TOLERANCES:
        scores = held.scores[inside].copy()
        scores[:, outside] += each * spread
        right = float((scores.argmax(1) == held.gold[inside]).mean())
        least = right - _COST_OF_TOLERANCE if least is None else least
        if right >= least:
            chosen = float(each * spread)
    return chosen


def _band(sure: Any, right: Any, precision: tuple[float, float]) -> Band:
    """Return the least confidences such that of what is acted on, and of what is asked back, so much was right."""
    accept = min(_MOST_ACCEPT, max(_LEAST_ACCEPT, _least(sure, right, precision[0])))
    below = sure < accept
    return Band(accept, min(accept, _MOST_DOUBT, max(_LEAST_DOUBT, _least(sure[below], right[below], precision[1]))))


def _given(sure: Any, right: Any, known: Any) -> Band:
    """Return the least confidence with which an answer may be given."""
    wrong = np.sort(sure[known & ~right])[::-1]
    few = int(_WRONGLY_ANSWERED * known.sum())
    accept = float(wrong[few]) if few < len(wrong) else _LEAST_ACCEPT
    accept = min(_MOST_ACCEPT, max(_LEAST_ACCEPT, accept))
    return Band(accept, min(accept, _MOST_DOUBT))


def _least(sure: Any, right: Any, precision: float) -> float:
    """Return the least confidence from which on at least this share of decisions was right."""
    order = np.argsort(-sure, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(shares >= precision)
    return float(sure[order][good[-1]]) if len(good) else 1.0


def _probabilities(scores: Floats, sharpness: float) -> Floats:
    powers = np.exp((scores - scores.max(1, keepdims=True)) * sharpness)
    found: Floats = powers / powers.sum(1, keepdims=True)
    return found


def _surprise(scores: Floats, gold: Any, sharpness: float) -> float:
    found = _probabilities(scores, sharpness)[np.arange(len(gold)), gold]
    return float(-np.log(found + 1e-9).mean())
