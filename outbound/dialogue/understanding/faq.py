"""The FAQ brain: approved questions with approved answers, in one language."""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from outbound.dialogue.prompts import compile_prompt
from outbound.dialogue.understanding.base import FaqAnswer, FaqHit
from outbound.dialogue.understanding.parts import parts_of
from outbound.dialogue.understanding.trained.linear import LinearModel

_FILLED_IN = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
OFFERS = ("link", "form", "hotline", "person")


class FaqEntry(Struct, frozen=True):
    """An approved answer (source of a prompt), and how people ask for it."""

    id: str
    questions: tuple[str, ...]
    answer: str
    about_policy: bool = False
    offer: str | None = None

    def spoken_words(self) -> str:
        """Return the answer without what is filled in: its words tell a question as well."""
        return _FILLED_IN.sub(" ", self.answer)


class FaqBook:
    """The answers of one language. `model` gives the trained model when it is first needed."""

    def __init__(self, language: str, entries: Mapping[str, FaqEntry], model: Callable[[], LinearModel]) -> None:
        self._language, self._entries, self._model = language, entries, model

    def prepare(self) -> None:
        """Fetch the model now."""
        self._model()

    def find(self, text: str) -> FaqHit | None:
        """Return the nearest answer to an utterance, or to the part of it that comes nearest to any question."""
        if not any(each.isalnum() for each in text):
            return None
        model = self._model()
        parts = parts_of(text, self._language)
        said = (text, *parts) if len(parts) > 1 else (text,)
        found = [(float(likely.max()), int(likely.argmax())) for likely in map(model.probabilities, said)]
        score, at = max(found)
        return FaqHit(model.labels[at], score, score >= model.settings.bands.ordinary.accept)

    def answer(self, faq_id: str) -> FaqAnswer | None:
        """Return an approved answer, or None."""
        entry = self._entries.get(faq_id)
        if entry is None:
            return None
        return FaqAnswer(compile_prompt(entry.answer, self._language), entry.about_policy, entry.offer)
