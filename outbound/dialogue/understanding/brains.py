"""Both brains behind one interface: rules first, for they are precise; then what was learned; and approved answers."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from outbound.dialogue.understanding.base import NOT_UNDERSTOOD, Expected, FaqAnswer, FaqHit, Slot, Understood
from outbound.dialogue.understanding.digits import units
from outbound.dialogue.understanding.faq import FaqBook
from outbound.dialogue.understanding.misheard import heard_otherwise
from outbound.dialogue.understanding.nlu import OUT_OF_SCOPE, Guess, guess
from outbound.dialogue.understanding.parts import parts_of, taken_back
from outbound.dialogue.understanding.phrases import PhraseUnderstanding
from outbound.dialogue.understanding.trained.linear import LinearModel
from outbound.dialogue.understanding.trained.words import LONGEST

_REMEMBERED = 2_000
_COMMONPLACE = 16
"""Characters of what many people say alike. What is longer, names a number or a time, is one person's, and is neither
said twice nor to be kept in mind when their call is over."""
_OPPOSITES = frozenset({"yes", "no"})
_REFUSING = frozenset({"no", "not_satisfied", "refuse", "not_clear"})
"""What a denied wish ("I don't want to cancel") sounds like, though nobody asked for it."""


class Learned(Struct, frozen=True):
    """What one language learned: its intents, and the model, given when it is first needed."""

    intents: frozenset[str]
    model: Callable[[], LinearModel]


class Brains:
    """Implements `Understanding`. A language without learned intents has its rules, one without answers has none."""

    def __init__(
        self,
        rules: PhraseUnderstanding,
        learned: Mapping[str, Learned],
        answers: Mapping[str, FaqBook],
        version: str,
    ) -> None:
        self.version = version
        self._rules, self._learned, self._answers = rules, learned, answers
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._meaning)

    def prepare(self) -> None:
        """Fetch every model now, trained if need be, so that nobody on the line waits for it."""
        for learned in self._learned.values():
            learned.model()
        for book in self._answers.values():
            book.prepare()

    def intents(self, language: str) -> frozenset[str]:
        """Return the intents that can be told apart in a language."""
        learned = self._learned.get(language)
        return self._rules.intents(language) | (learned.intents - {OUT_OF_SCOPE} if learned else frozenset())

    def hints(self, language: str, intents: tuple[str, ...]) -> tuple[str, ...]:
        """Return words to listen for, at most 100."""
        return self._rules.hints(language, intents)

    def find_answer(self, text: str, language: str) -> FaqHit | None:
        """Return the nearest approved answer to a question, or None when there are none in that language."""
        book = self._answers.get(language)
        return book.find(text[:LONGEST]) if book is not None else None

    def answer(self, faq_id: str, language: str) -> FaqAnswer | None:
        """Return an approved answer, or None."""
        book = self._answers.get(language)
        return book.answer(faq_id) if book is not None else None

    def understand(self, text: str, expected: Expected, now: datetime | None = None) -> Understood:
        """Return what the words mean among what is expected, or `NOT_UNDERSTOOD`."""
        said = text[:LONGEST]
        if expected.slot is Slot.TIME or len(said) > _COMMONPLACE or units(said):
            return self._meaning(said, expected, now)
        return self._remembered(said, expected, None)

    def _meaning(self, said: str, expected: Expected, now: datetime | None) -> Understood:
        found = self._said(said, expected, now)
        otherwise = heard_otherwise(said, expected.language)
        if otherwise is None:
            return found
        return _either(found, self._said(otherwise, expected, now))

    def _said(self, said: str, expected: Expected, now: datetime | None) -> Understood:
        meant = taken_back(said, expected.language)
        if meant is None:
            return self._all_of(said, expected, now)
        found = self._all_of(meant, expected, now)
        if found == NOT_UNDERSTOOD or found.doubtful:
            whole = self._all_of(said, expected, now)
            found = found if whole == NOT_UNDERSTOOD else whole
        return replace(found, corrects=True)

    def _all_of(self, text: str, expected: Expected, now: datetime | None) -> Understood:
        whole = self._one(text, expected, now)
        parts = parts_of(text, expected.language)
        if len(parts) == 1:
            return whole
        return _joined(whole, [self._one(part, expected, now) for part in parts], expected)

    def _one(self, text: str, expected: Expected, now: datetime | None) -> Understood:
        found = self._ruled_or_guessed(text, expected, now)
        if found.intent in _REFUSING and self._rules.only_denied(text, expected.language, expected.urgent):
            return replace(found, doubtful=True)
        return found

    def _ruled_or_guessed(self, text: str, expected: Expected, now: datetime | None) -> Understood:
        ruled = self._rules.understand(text, expected, now)
        if ruled.intent in expected.urgent:
            return ruled
        guessed = self._guess(text, expected)
        if ruled == NOT_UNDERSTOOD:
            return Understood(guessed.intent, None, guessed.confidence, not guessed.sure) if guessed else ruled
        if guessed is not None and guessed.sure and guessed.intent in expected.urgent:
            # A rule may have caught a small word of a sentence that says something serious.
            also = (ruled.intent,) if ruled.intent is not None else ()
            return replace(ruled, intent=guessed.intent, confidence=guessed.confidence, also=also)
        if guessed is None or not guessed.sure or ruled.intent is None or ruled.value is not None:
            return ruled
        passing = self._rules.in_passing(text, expected.language, ruled.intent)
        return replace(ruled, intent=guessed.intent, confidence=guessed.confidence) if passing else ruled

    def _guess(self, text: str, expected: Expected) -> Guess | None:
        learned = self._learned.get(expected.language)
        if learned is None or not any(each.isalnum() for each in text):
            return None
        found = guess(learned.model(), text, expected)
        if found is None or not self._rules.denied(text, expected.language, (found.intent,)):
            return found
        # What must not be asked of somebody who has just denied it; anything else may have been meant all the same.
        return None if found.intent in expected.urgent else replace(found, sure=False)


def _either(written: Understood, negated: Understood) -> Understood:
    """Return what holds whether or not a negation was misheard; where the two differ, what is asked back."""
    if (written.intent, written.value) == (negated.intent, negated.value):
        return negated if negated.doubtful else written
    if negated == NOT_UNDERSTOOD or negated.intent is None:
        return NOT_UNDERSTOOD if written.value is not None else replace(written, doubtful=True, also=())
    return replace(negated, doubtful=True, also=())


def _joined(whole: Understood, parts: list[Understood], expected: Expected) -> Understood:
    """Return one meaning of what was said in several parts: urgent first, then the answer, then what else was said."""
    everything = [*parts, whole]
    doubted = [each for each in everything if each.doubtful]
    sure = [each for each in everything if not each.doubtful]
    value = next((each.value for each in (whole, *parts) if each.value is not None), None)
    intents = tuple(dict.fromkeys(name for each in sure for name in (each.intent, *each.also) if name is not None))
    intents = _agreed(intents, whole)
    alarm = next((each for each in doubted if each.intent in expected.urgent), None)
    if alarm is not None and not any(name in expected.urgent for name in intents):
        return replace(alarm, value=value, also=intents)
    if not intents and value is None:
        return max(doubted, key=lambda each: each.confidence, default=NOT_UNDERSTOOD)
    main = (
        _first(intents, expected, whole) if value is None else next((n for n in intents if n in expected.urgent), None)
    )
    confidence = max((each.confidence for each in sure if each.intent == main or main is None), default=1.0)
    return Understood(main, value, confidence, also=tuple(name for name in intents if name != main))


def _first(intents: tuple[str, ...], expected: Expected, whole: Understood) -> str:
    """Return the intent that leads: urgent, else what the whole says, else an answer, else what was said first."""
    said_by_all = (whole.intent,) if whole.intent in intents else ()
    for names in (expected.urgent, said_by_all, expected.intents):
        found = next((name for name in intents if name in names), None)
        if found is not None:
            return found
    return intents[0]


def _agreed(intents: Iterable[str], whole: Understood) -> tuple[str, ...]:
    """Return intents without the yes of a "well, no": of two opposites the one that the whole says, else the last."""
    names = tuple(intents)
    opposites = [name for name in names if name in _OPPOSITES]
    if len(opposites) < len(_OPPOSITES):
        return names
    kept = whole.intent if whole.intent in _OPPOSITES and not whole.doubtful else opposites[-1]
    return tuple(name for name in names if name not in _OPPOSITES or name == kept)
