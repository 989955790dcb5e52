"""The words from which understanding is trained, and the precise rules beside them, do not contradict each other."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from outbound.adapters.files.scripts.yaml_documents import document
from outbound.dialogue.script.document import Document
from outbound.dialogue.understanding.base import Expected
from outbound.dialogue.understanding.phrases import normalise, read_phrases

SHIPPED = Path(__file__).resolve().parents[2] / "scripts_tts"
LANGUAGES = sorted(each.name for each in (SHIPPED / "understanding").iterdir() if each.is_dir())
OUT_OF_SCOPE = "out_of_scope"
FEWEST, FEWEST_OUT_OF_SCOPE = 60, 120


def _read(path: Path) -> Document:
    return document(path.name, path.read_bytes())


@cache
def _utterances(language: str) -> tuple[tuple[str, str], ...]:
    """Every pair of intent and utterance of a language, file by file."""
    files = sorted((SHIPPED / "understanding" / language).glob("*.yaml"))
    pairs = (intents for path in files for intents in _read(path).data["intents"].items())
    return tuple((intent, words) for intent, utterances in pairs for words in utterances)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_enough_utterances(language: str) -> None:
    """Each intent is trained from at least sixty utterances, and what is out of scope from more."""
    counts = Counter(intent for intent, _ in _utterances(language))
    few = {
        intent: count
        for intent, count in counts.items()
        if count < (FEWEST_OUT_OF_SCOPE if intent == OUT_OF_SCOPE else FEWEST)
    }
    assert not few


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_utterance_stands_twice(language: str) -> None:
    """No words mean two things, and none are counted twice."""
    seen = Counter(normalise(words, language) for _, words in _utterances(language))
    assert not [words for words, count in seen.items() if count > 1 or not words]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_rule_speaks_for_another_intent(language: str) -> None:
    """A rule fires on no utterance of another intent: what is not certain is left to training."""
    book = read_phrases({language: _read(SHIPPED / "phrases" / f"{language}.yaml")})
    names = sorted(book.intents(language))
    wrong = []
    for intent, words in _utterances(language):
        others = tuple(each for each in names if each != intent)
        understood = book.understand(words, Expected(language, (), others, ())).intent
        if understood is not None:
            wrong.append(f"{understood} fires on {intent}: {words}")
    assert not wrong
