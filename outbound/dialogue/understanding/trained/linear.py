"""A trained linear model as it is used in a call: numpy alone, a fraction of a millisecond an utterance."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from outbound.dialogue.understanding.trained.words import pieces, plain, word_grams

Floats = np.ndarray[Any, np.dtype[np.float32]]

_REMEMBERED = 20_000
_FORMAT = 1


class Band(Struct, frozen=True):
    """From `accept` on a meaning is acted on, from `doubt` on it is asked back, below it is not understood."""

    accept: float
    doubt: float


class Bands(Struct, frozen=True):
    """Least confidences, measured on held-back folds: of ordinary intents, and of those that must not be overheard."""

    ordinary: Band = Band(0.6, 0.4)
    urgent: Band = Band(0.8, 0.3)


class Settings(Struct, frozen=True):
    """What is stored with the weights and may be read by anybody.

    `sharpness` calibrates: probabilities are the softmax of scores times it. `out_of_scope` is the label that means
    "none of these", None if there is none; `tolerance` is added to its score, and below `floor` the best label counts
    as out of scope. `held_back` are shares that were measured on held-back folds.
    """

    labels: tuple[str, ...]
    sharpness: float = 1.0
    out_of_scope: str | None = None
    tolerance: float = 0.0
    floor: float = 0.0
    bands: Bands = Bands()
    held_back: Mapping[str, float] = {}


class View(Struct, frozen=True):
    """One way to see an utterance: what occurs in it, each with its row of weights and how telling it is."""

    rows: Mapping[str, int]
    idf: Floats


class LinearModel:
    """Weights over words and pieces of words. Pure: the same words, the same probabilities."""

    def __init__(self, settings: Settings, views: tuple[View, View], weights: Floats, bias: Floats) -> None:
        self.settings = settings
        self._views, self._weights, self._bias = views, weights, bias
        pieces(next(iter(views[0].rows), ""))  # what tells sounds is loaded now, not while somebody waits
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._probabilities)

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in the order of their probabilities."""
        return self.settings.labels

    def probabilities(self, text: str) -> Floats:
        """Return calibrated probabilities by label; do not change them."""
        return self._remembered(plain(text))

    def forget(self) -> None:
        """Forget what was worked out for utterances so far (to measure how long one takes)."""
        self._remembered.cache_clear()

    def predict(self, text: str) -> str:
        """Return the label of an utterance among all labels, `out_of_scope` included."""
        settings = self.settings
        found = self.probabilities(text)
        best = int(found.argmax())
        if settings.out_of_scope is not None and found[best] < settings.floor:
            return settings.out_of_scope
        return settings.labels[best]

    def to_arrays(self) -> dict[str, Any]:
        """Return everything as plain arrays, to be stored without pickle."""
        words, parts = self._views
        return {
            "format": np.array([_FORMAT]),
            "settings": _bytes(msgspec.json.encode(self.settings)),
            "words": _bytes(json.dumps(list(words.rows), ensure_ascii=False).encode()),
            "pieces": _bytes(json.dumps(list(parts.rows), ensure_ascii=False).encode()),
            "words_idf": words.idf,
            "pieces_idf": parts.idf,
            "weights": self._weights,
            "bias": self._bias,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> "LinearModel":
        """Rebuild a model from `to_arrays`; ValueError, KeyError or msgspec.MsgspecError if it is none."""
        if arrays["format"].tolist() != [_FORMAT]:
            raise ValueError("a model of another format")
        settings = msgspec.json.decode(arrays["settings"].tobytes(), type=Settings)
        words, parts = (_rows(arrays[name]) for name in ("words", "pieces"))
        weights, bias = arrays["weights"], arrays["bias"]
        whole = weights.shape == (len(words) + len(parts), len(settings.labels)) and bias.shape == weights.shape[1:]
        if not whole or arrays["words_idf"].shape != (len(words),) or arrays["pieces_idf"].shape != (len(parts),):
            raise ValueError("parts of a model that do not belong together")
        shifted = {gram: at + len(words) for gram, at in parts.items()}
        views = View(words, arrays["words_idf"]), View(shifted, arrays["pieces_idf"])
        return cls(settings, views, weights, bias)

    def _probabilities(self, text: str) -> Floats:
        scores = self._scores(text) * np.float32(self.settings.sharpness)
        powers = np.exp(scores - scores.max())
        found: Floats = powers / powers.sum()
        return found

    def _scores(self, text: str) -> Floats:
        rows: list[int] = []
        values: list[Floats] = []
        said = (word_grams(text), pieces(text))
        for view, grams, start in zip(self._views, said, (0, len(self._views[0].rows)), strict=True):
            at, seen, unknown = _counted(view.rows, grams)
            if at:
                tf_idf = seen * view.idf[np.array(at) - start]
                length = float(tf_idf @ tf_idf) + unknown * float(view.idf.max()) ** 2
                values.append(tf_idf / np.float32(np.sqrt(length)))
                rows.extend(at)
        if not rows:
            return np.zeros_like(self._bias)
        told: Floats = np.concatenate(values) / np.float32(np.sqrt(len(values)))
        scores: Floats = self._bias + told @ self._weights[rows]
        if self.settings.tolerance and self.settings.out_of_scope in self.settings.labels:
            scores = scores.copy()
            scores[self.settings.labels.index(self.settings.out_of_scope)] += np.float32(self.settings.tolerance)
        return scores


def _counted(rows: Mapping[str, int], grams: Sequence[str]) -> tuple[list[int], Floats, int]:
    """Return the rows that occur, one plus the logarithm of how often, and how many grams were never learned.

    What was never learned makes an utterance longer, and the rest of it less certain.
    """
    counts: dict[int, int] = {}
    unknown = 0
    for gram in grams:
        at = rows.get(gram)
        if at is None:
            unknown += 1
        else:
            counts[at] = counts.get(at, 0) + 1
    return list(counts), np.array([1 + log(count) for count in counts.values()], dtype=np.float32), unknown


def _bytes(content: bytes) -> Any:
    return np.frombuffer(content, dtype=np.uint8)


def _rows(stored: Any) -> dict[str, int]:
    grams = json.loads(stored.tobytes())
    return {gram: at for at, gram in enumerate(grams)}
