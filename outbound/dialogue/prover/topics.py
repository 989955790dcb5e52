"""What a prompt speaks of in a language: its fields, and the words that a proof listens for."""

import re
from enum import IntFlag, auto
from functools import lru_cache

from jinja2 import TemplateError
from msgspec import Struct

from outbound.dialogue.facts import Label
from outbound.dialogue.prompts import FIELDS, Prompt, sample_text
from outbound.dialogue.prover.limits import VoiceLimits, Words
from outbound.dialogue.script.model import Script


class Topic(IntFlag):
    """Subjects of a prompt, as bits."""

    COMPANY = auto()
    AUTOMATED = auto()
    PURPOSE = auto()
    RECORDING = auto()
    PERSON = auto()
    ROUTE = auto()
    GOODBYE = auto()
    FREE_LOOK = auto()
    OPT_OUT = auto()
    POLICY_WORDS = auto()
    PERSUASION = auto()
    PROMISED_PERSON = auto()
    PROMISED_MESSAGE = auto()
    PROMISED_FILING = auto()
    PROMISED_SILENCE = auto()
    TIME_NAMED = auto()


DISCLOSURES = Topic.COMPANY | Topic.AUTOMATED | Topic.PURPOSE | Topic.RECORDING | Topic.PERSON | Topic.ROUTE
"""What is remembered of what was said in a call."""

_BY_WORDS = {
    Topic.AUTOMATED: "automated",
    Topic.PURPOSE: "purpose",
    Topic.RECORDING: "recording",
    Topic.PERSON: "a_person",
    Topic.ROUTE: "complaint_route",
    Topic.GOODBYE: "goodbye",
    Topic.FREE_LOOK: "free_look",
    Topic.OPT_OUT: "opt_out",
    Topic.POLICY_WORDS: "policy",
    Topic.PERSUASION: "persuasion",
}
_PROMISES = {
    Topic.PROMISED_PERSON: "promised_person",
    Topic.PROMISED_MESSAGE: "promised_message",
    Topic.PROMISED_FILING: "promised_filing",
    Topic.PROMISED_SILENCE: "promised_silence",
}
_BY_FIELD = {
    "company": Topic.COMPANY,
    "hotline": Topic.ROUTE,
    "free_looks": Topic.FREE_LOOK,
    "callback": Topic.TIME_NAMED,
}
_SENTENCE = re.compile(r"(?<=[。！？；!?;])|(?<=\.)\s")


class Spoken(Struct, frozen=True):
    """A prompt in a language as a proof sees it: `text` with sample facts, in `sentences`."""

    name: str
    language: str
    text: str
    sentences: tuple[str, ...]
    variables: frozenset[str]
    labels: frozenset[Label]
    topics: int


class Book:
    """All prompts of a script as a proof sees them; one of a language without words to listen for is absent."""

    def __init__(self, script: Script, limits: VoiceLimits) -> None:
        self._script, self._limits = script, limits
        self._seen: dict[tuple[str, str], Spoken | None] = {}
        self._told: dict[str, int] = {}
        self._all: dict[str, tuple[Spoken, ...]] = {}

    def get(self, name: str, language: str) -> Spoken | None:
        """Return a prompt."""
        key = (name, language)
        if key not in self._seen:
            prompt, words = self._script.prompts.get(name, language), self._limits.words_for(language)
            read = None if prompt is None or words is None else _read(name, language, prompt, words)
            self._seen[key] = read
        return self._seen[key]

    def told(self, name: str) -> int:
        """Return the topics that a prompt speaks of in every language."""
        if name not in self._told:
            known = self.in_languages(name)
            topics = ~0 if known else 0
            for each in known:
                topics &= each.topics
            self._told[name] = topics
        return self._told[name]

    def in_languages(self, name: str) -> tuple[Spoken, ...]:
        """Return a prompt in every language in which it is written."""
        if name not in self._all:
            found = (self.get(name, tag) for tag in self._script.languages)
            self._all[name] = tuple(each for each in found if each is not None)
        return self._all[name]


def found(patterns: tuple[str, ...], text: str) -> str | None:
    """Return the first words of the text that any pattern means."""
    match = _any_of(patterns).search(text)
    return match.group() if match else None


def keys_told(words: Words, text: str) -> frozenset[str]:
    """Return the keys that a text says to press."""
    return frozenset(each for pattern in words.press for each in _any_of((pattern,)).findall(text))


def claims(words: Words, spoken: Spoken, patterns: tuple[str, ...]) -> str | None:
    """Return what a plain statement of the prompt claims: no offer, no question, no denial of it."""
    for sentence in spoken.sentences:
        claim = found(patterns, sentence)
        if claim and not found(words.offered, sentence):
            return claim
    return None


@lru_cache(maxsize=512)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _read(name: str, language: str, prompt: Prompt, words: Words) -> Spoken | None:
    try:
        text = sample_text(prompt)
    except TemplateError:
        return None
    sentences = tuple(each.strip() for each in _SENTENCE.split(text) if each.strip())
    labels = frozenset(FIELDS[each] for each in prompt.variables if each in FIELDS)
    spoken = Spoken(name, language, text, sentences, prompt.variables, labels, 0)
    topics = 0
    for field, topic in _BY_FIELD.items():
        topics |= topic if field in prompt.variables else 0
    for topic, kind in _BY_WORDS.items():
        topics |= topic if found(getattr(words, kind), text) else 0
    for topic, kind in _PROMISES.items():
        topics |= topic if claims(words, spoken, getattr(words, kind)) else 0
    return Spoken(name, language, text, sentences, prompt.variables, labels, int(topics))
