"""Understanding by phrase patterns that people write and read: the plain brain of the first hour."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache, lru_cache

from msgspec import Struct

from outbound.dialogue.script.document import Cursor, Document, Findings
from outbound.dialogue.understanding.base import NOT_UNDERSTOOD, Expected, FaqAnswer, FaqHit, Understood
from outbound.dialogue.understanding.slots import slot_value

_MOST_HINTS = 100
_LONGEST = 400
_LONG_ZH, _LONG_OTHERWISE = 8, 10
"""Characters of Chinese, or words, from which on some words of an utterance need not be what it says."""

_NOISE = re.compile(r"[^\w\s]|_")


class Intent(Struct, frozen=True):
    """How one intent is said: whole utterances, patterns anywhere in one, and what must not stand beside them.

    `pattern` and `unless` are regular expressions, made ready when they are first looked for.
    """

    phrases: frozenset[str]
    pattern: str | None
    unless: str | None
    hints: tuple[str, ...]

    def matches(self, text: str) -> bool:
        """Whether a normalised utterance has this meaning."""
        if text in self.phrases:
            return True
        return self.is_named(text) and not self.denied(text)

    def is_named(self, text: str) -> bool:
        """Whether a normalised utterance has words of this meaning, be it only to deny it."""
        return self.pattern is not None and _ready(self.pattern).search(text) is not None

    def denied(self, text: str) -> bool:
        """Whether words of a normalised utterance speak against this meaning."""
        return self.unless is not None and _ready(self.unless).search(text) is not None


class PhraseUnderstanding:
    """Implements `Understanding` with one phrase book a language."""

    def __init__(self, books: Mapping[str, Mapping[str, Intent]]) -> None:
        self._books = books
        self._cached_hints = lru_cache(maxsize=512)(self._hints)

    def intents(self, language: str) -> frozenset[str]:
        """Return the intents that a language has phrases for."""
        return frozenset(self._books.get(language, {}))

    def understand(self, text: str, expected: Expected, now: datetime | None = None) -> Understood:
        """Return the first meaning in order of precedence that the words have."""
        words = normalise(text, expected.language)
        book = self._books.get(expected.language, {})
        found = _first(book, expected.urgent, words)
        if found is None and expected.slot is not None:
            value = slot_value(expected.slot, text, words, expected.language, now)
            if value is not None:
                return Understood(value=value)
        found = found or _first(book, expected.intents, words) or _first(book, expected.universal, words)
        return Understood(found) if found else NOT_UNDERSTOOD

    def in_passing(self, text: str, language: str, intent: str) -> bool:
        """Whether an utterance is long, and has a meaning only by some words within it."""
        words = normalise(text, language)
        if language.startswith("zh"):
            return len(words) >= _LONG_ZH and words not in self._books[language][intent].phrases
        return len(words.split()) >= _LONG_OTHERWISE and words not in self._books[language][intent].phrases

    def denied(self, text: str, language: str, among: Iterable[str] | None = None) -> frozenset[str]:
        """Return the intents (`among` these) that words of an utterance speak against ("I don't want to complain")."""
        words = normalise(text, language)
        book = self._books.get(language, {})
        return frozenset(
            name for name in (book if among is None else among) if name in book and book[name].denied(words)
        )

    def only_denied(self, text: str, language: str, among: Iterable[str]) -> frozenset[str]:
        """Return the intents `among` these that an utterance names only to speak against them."""
        words = normalise(text, language)
        book = self._books.get(language, {})
        return frozenset(name for name in self.denied(text, language, among) if book[name].is_named(words))

    def find_answer(self, text: str, language: str) -> FaqHit | None:  # noqa: ARG002
        """Return None: a phrase book holds no answers."""
        return None

    def answer(self, faq_id: str, language: str) -> FaqAnswer | None:  # noqa: ARG002
        """Return None: a phrase book holds no answers."""
        return None

    def hints(self, language: str, intents: tuple[str, ...]) -> tuple[str, ...]:
        """Return words to listen for, at most 100."""
        return self._cached_hints(language, intents)

    def _hints(self, language: str, intents: tuple[str, ...]) -> tuple[str, ...]:
        book = self._books.get(language, {})
        return tuple(dict.fromkeys(hint for name in intents if name in book for hint in book[name].hints))[:_MOST_HINTS]


@lru_cache(maxsize=4096)
def normalise(text: str, language: str) -> str:
    """Return words without case, width, punctuation and (in Chinese) spaces; cut at 400 characters."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).lower().replace("'", "").replace("’", "")
    plain = _NOISE.sub(" ", plain)
    return "".join(plain.split()) if language.startswith("zh") else " ".join(plain.split())


def read_phrases(documents: Mapping[str, Document]) -> PhraseUnderstanding:
    """Return the understanding of the phrase books by language; `ScriptError` with every finding."""
    return PhraseUnderstanding(read_books(documents))


def read_books(documents: Mapping[str, Document]) -> dict[str, dict[str, Intent]]:
    """Return the phrase books by language; `ScriptError` with every finding."""
    findings = Findings()
    books: dict[str, dict[str, Intent]] = {}
    for language, document in documents.items():
        root = Cursor(document, findings, (), document.data)
        books[language] = {name: _intent(root.at(name), language) for name in root.keys()}  # noqa: SIM118
    findings.raise_if_any()
    return books


def _intent(cursor: Cursor, language: str) -> Intent:
    cursor.only("phrases", "patterns", "unless", "hints")
    phrases = tuple(each.text() for each in cursor.at("phrases").items())
    hints = tuple(each.text() for each in cursor.at("hints").items())
    return Intent(
        phrases=frozenset(normalise(each, language) for each in phrases),
        pattern=_pattern(cursor.at("patterns")),
        unless=_pattern(cursor.at("unless")),
        hints=hints,
    )


def _pattern(cursor: Cursor) -> str | None:
    parts: list[str] = []
    for each in cursor.items():
        try:
            re.compile(each.text())
        except re.error as error:
            each.complain(f"this is no pattern: {error}", "pattern")
            continue
        parts.append(f"(?:{each.text()})")
    return "|".join(parts) if parts else None


@cache
def _ready(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _first(book: Mapping[str, Intent], names: tuple[str, ...], words: str) -> str | None:
    if not words:
        return None
    return next((name for name in names if name in book and book[name].matches(words)), None)
