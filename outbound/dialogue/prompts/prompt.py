"""Prompts as they are spoken: by a voice, or from recordings where no voice speaks the language."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template
from msgspec import Struct

from outbound.dialogue.prompts.fields import OF_COMPANY, SAMPLE
from outbound.dialogue.said import Play, Say


class Recording(Struct, frozen=True):
    """A piece of a prompt that was recorded: the file below the folder of all scripts, and what it says."""

    audio: str
    text: str


class Prompt(Struct, frozen=True):
    """One prompt in one language. `variables` are its fields, those of everything that it includes among them.

    `fixed` holds the text of a prompt without fields; a plain sentence has nothing else, and no `template`. In a
    recorded language `pieces` are what is played and what a voice says in between, in order; the template is then the
    whole sentence.
    """

    template: Template | None
    variables: frozenset[str]
    fixed: str | None
    pieces: "tuple[Recording | Prompt, ...]" = ()

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the sentence to speak; jinja2.TemplateError when a variable is missing."""
        if self.fixed is not None or self.template is None:
            return self.fixed or ""
        if self.variables <= OF_COMPANY and self.variables <= context.keys():
            return _in_every_call(self.template, tuple([(name, context[name]) for name in sorted(self.variables)]))
        return tidy(self.template.render(context))


class Prompts:
    """All prompts of a script by language and name. `voices` are by recorded language the one that says its facts."""

    def __init__(
        self, by_language: Mapping[str, Mapping[str, Prompt]], voices: Mapping[str, str] | None = None
    ) -> None:
        self._by_language = by_language
        self._voices = voices or {}

    @property
    def recorded(self) -> frozenset[str]:
        """Languages that are played from recordings."""
        return frozenset(self._voices)

    def voice_of(self, language: str) -> str:
        """Return the language in which facts are said: another one only where sentences are recorded."""
        return self._voices.get(language, language)

    def render(self, name: str, language: str, context: Mapping[str, Any]) -> str:
        """Return prompt `name` in `language`."""
        return self._by_language[language][name].render(context)

    def get(self, name: str, language: str) -> Prompt | None:
        """Return a prompt, or None if there is none of that name."""
        return self._by_language.get(language, {}).get(name)

    def spoken(
        self, name: str, context: Mapping[str, Any], language: str, *, slow: bool = False, loud: bool = False
    ) -> tuple[Say | Play, ...]:
        """Return prompt `name` as it is spoken or played; KeyError if there is none, jinja2.TemplateError as `render`.

        Recordings are neither slower nor louder than they are.
        """
        prompt, voice = self._by_language[language][name], self.voice_of(language)
        if not prompt.pieces:
            return (Say(prompt.render(context), voice, slow, loud),)
        return tuple(
            Play(each.audio, each.text, language)
            if isinstance(each, Recording)
            else Say(each.render(context), voice, slow, loud)
            for each in prompt.pieces
        )


def sample_text(prompt: Prompt) -> str:
    """Return the prompt as spoken with sample facts, to measure its length."""
    return prompt.render(SAMPLE)


def tidy(text: str) -> str:
    """Return text without breaks and double spaces."""
    return " ".join(text.split())


@lru_cache(maxsize=1024)
def _in_every_call(template: Template, values: tuple[tuple[str, str], ...]) -> str:
    return tidy(template.render(values))
