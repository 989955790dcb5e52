"""How well callees are understood, on the held-back sets that nobody may train or tune on (see their README)."""

import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from outbound.adapters.files.scripts import FileScripts, prepare_understanding
from outbound.dialogue.script.model import Script
from outbound.dialogue.understanding.base import Expected, Understood
from outbound.dialogue.understanding.brains import Brains
from outbound.dialogue.understanding.nlu import OUT_OF_SCOPE
from outbound.dialogue.understanding.parts import parts_of
from tests.bench.figures import Aimed, Figures, share, times

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts_tts"
HELD_BACK = ROOT / "tests" / "dialogue" / "understanding" / "held_back"
LANGUAGES = ("zh-TW", "en-US")

_URGENT = ("opt_out", "complaint", "deceased")
_USUAL_MS, _MOST_MS = 1.0, 10.0
_INTENTS_AIM, _ANSWERS_AIM = {"zh-TW": 95.0}, {"zh-TW": 90.0}
_TOP = 3

Found = TypeVar("Found")

_PREPARE = """
import sys, time
from pathlib import Path
began = time.perf_counter()
from outbound.adapters.files.understanding import load_understanding
load_understanding(Path(sys.argv[1]), Path(sys.argv[2])).prepare()
print(time.perf_counter() - began)
"""


class Asked(Struct, frozen=True):
    """A row with what was expected when it was said, and what it was understood as."""

    text: str
    label: str
    noise: bool
    found: Understood


def measure_understanding() -> Figures:
    """Understand every held-back utterance with all intents open, and again at each question that hears its intent."""
    figures: dict[str, dict[str, float | Aimed]] = {}
    for language in LANGUAGES:
        rows = _rows(f"intents-{language}.csv")
        everything = _everything(language, {row["label"] for row in rows})
        asked, seconds = _understood(rows, everything)
        inside, outside = _split(asked)
        at_questions = [each for expected in _expectations(language) for each in _heard_at(rows, expected)]
        fitting, strange = _split(at_questions)
        figures[f"{language} all intents open"] = {
            "rows": len(inside),
            **_intent_figures(inside, language),
            **_speed(seconds),
        }
        figures[f"{language} without noise"] = _intent_figures([each for each in inside if not each.noise])
        figures[f"{language} with noise"] = _intent_figures([each for each in inside if each.noise])
        figures[f"{language} at its questions"] = {"pairs": len(fitting), **_intent_figures(fitting, language)}
        figures[f"{language} out of scope"] = {"rows": len(outside), **_outside(outside)}
        figures[f"{language} out of scope at questions"] = {"pairs": len(strange), **_outside(strange)}
    return figures


def measure_answers() -> Figures:
    """Ask every held-back question, and those that no approved answer answers."""
    return {language: _answer_figures(language) for language in LANGUAGES}


def _answer_figures(language: str) -> dict[str, float | Aimed]:
    brains, rows = _brains(), _rows(f"faq-{language}.csv")
    hits, seconds = _timed([row["question"] for row in rows], lambda text: brains.find_answer(text, language))
    first = [hit is not None and hit.id == row["id"] for hit, row in zip(hits, rows, strict=True)]
    given = [hit is not None and hit.sure for hit in hits]
    among = [row["id"] in _nearest(brains, row["question"], language) for row in rows]
    strangers = [row["question"] for row in _rows(f"faq-unanswerable-{language}.csv")]
    declined = [(hit := brains.find_answer(text, language)) is None or not hit.sure for text in strangers]
    return {
        "rows": len(rows),
        "top-1 %": _aimed(share(first), _ANSWERS_AIM.get(language)),
        "top-3 %": share(among),
        "with noise: top-1 %": share([right for right, row in zip(first, rows, strict=True) if _noisy(row)]),
        "given and right %": share([right and sure for right, sure in zip(first, given, strict=True)]),
        "given and wrong %": share([sure and not right for right, sure in zip(first, given, strict=True)]),
        f"declined of {len(strangers)} unanswerable %": share(declined),
        **_speed(seconds),
    }


def measure_loading() -> Figures:
    """Seconds until both brains of both languages are ready in a new process: trained from nothing, and kept before."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _PREPARE, str(SCRIPTS), folder]
        first, second = (
            float(subprocess.run(command, capture_output=True, check=True, text=True).stdout) for _ in range(2)
        )
    return {"seconds from nothing": first, "seconds from what was kept": second}


def _intent_figures(asked: list[Asked], language: str | None = None) -> dict[str, float | Aimed]:
    right = [each.found.intent == each.label for each in asked]
    sure = [not each.found.doubtful and each.found.intent is not None for each in asked]
    return {
        "right %": _aimed(share(right), _INTENTS_AIM.get(language) if language else None),
        "right at once %": share([each and certain for each, certain in zip(right, sure, strict=True)]),
        "sure but wrong %": share([certain and not each for each, certain in zip(right, sure, strict=True)]),
        "not understood %": share([each.found.intent is None for each in asked]),
    }


def _outside(asked: list[Asked]) -> dict[str, float]:
    return {
        "not understood %": share([each.found.intent is None for each in asked]),
        "not acted on %": share([each.found.intent is None or each.found.doubtful for each in asked]),
    }


def _everything(language: str, labels: set[str]) -> Expected:
    others = tuple(sorted(labels - {OUT_OF_SCOPE, *_URGENT}))
    return Expected(language, _URGENT, others, ())


def _expectations(language: str) -> Iterator[Expected]:
    """Yield what the questions of the welcome call expect, each set once; values (scores, dates) are left out."""
    script: Script = FileScripts(SCRIPTS).load("welcome_call")
    found = {
        replace(step.question.expects[language], slot=None)
        for step in script.steps.values()
        if step.question is not None and step.question.expects[language].intents
    }
    yield from sorted(found, key=lambda each: each.intents)


def _heard_at(rows: list[dict[str, str]], expected: Expected) -> list[Asked]:
    usable = {*expected.urgent, *expected.intents, *expected.universal, OUT_OF_SCOPE}
    return _understood([row for row in rows if row["label"] in usable], expected)[0]


def _understood(rows: list[dict[str, str]], expected: Expected) -> tuple[list[Asked], list[float]]:
    brains = _brains()
    found, seconds = _timed([row["text"] for row in rows], lambda text: brains.understand(text, expected))
    pairs = zip(rows, found, strict=True)
    return [Asked(row["text"], row["label"], _noisy(row), each) for row, each in pairs], seconds


def _timed(texts: list[str], ask: Callable[[str], Found]) -> tuple[list[Found], list[float]]:
    ask("warm up")
    found, seconds = [], []
    for text in texts:
        began = time.perf_counter()
        found.append(ask(text))
        seconds.append(time.perf_counter() - began)
    return found, seconds


def _split(asked: list[Asked]) -> tuple[list[Asked], list[Asked]]:
    inside = [each for each in asked if each.label != OUT_OF_SCOPE]
    return inside, [each for each in asked if each.label == OUT_OF_SCOPE]


def _nearest(brains: Brains, text: str, language: str) -> list[str]:
    """Return the three nearest answers, as `find_answer` looks for them."""
    model = brains._answers[language]._model()
    likely = np.max([model.probabilities(said) for said in {text, *parts_of(text, language)}], axis=0)
    return [model.labels[at] for at in np.argsort(-likely)[:_TOP]]


def _speed(seconds: list[float]) -> dict[str, Aimed]:
    spent = times(seconds)
    return {"ms p50": Aimed(spent["ms p50"], most=_USUAL_MS), "ms p99": Aimed(spent["ms p99"], most=_MOST_MS)}


def _aimed(value: float, least: float | None) -> float | Aimed:
    return value if least is None else Aimed(value, least=least)


def _noisy(row: dict[str, str]) -> bool:
    return row["noise"] == "yes"


def _rows(name: str) -> list[dict[str, str]]:
    with (HELD_BACK / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _brains() -> Brains:
    return prepare_understanding(SCRIPTS)
