"""Prompts: sandboxed Jinja2 templates that know a fixed set of fields, compiled once, checked before any call."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from outbound.dialogue.choices import choices_of
from outbound.dialogue.facts import Facts, Label, PolicyFacts, label_of
from outbound.dialogue.free_look import FreeLooks, free_looks_of
from outbound.dialogue.session import Session
from outbound.dialogue.spoken import filters_for

FIELDS: Mapping[str, Label] = {
    "company": label_of(Facts, "company_name"),
    "hotline": label_of(Facts, "hotline_spoken"),
    "self_service": label_of(Facts, "self_service_spoken"),
    "callback_choices": label_of(Facts, "callback_choices"),
    "callback": label_of(Facts, "callback_choices"),
    "score": Label.PUBLIC,
    "full_name": label_of(Facts, "full_name"),
    "free_looks": label_of(PolicyFacts, "free_look_last_day"),
}
"""Every variable that a prompt may use, and who may hear it."""

_OF_COMPANY = frozenset({"company", "hotline", "self_service"})
"""Variables that are the same in every call of a company."""


def context_of(session: Session) -> dict[str, Any]:
    """Return the variables that a prompt may use now.

    Policy fields are absent before verification, so that a script which would speak them fails instead.
    """
    facts, language = session.facts, session.language
    context: dict[str, Any] = {
        "company": facts.company_name[language],
        "hotline": facts.hotline_spoken[language],
        "self_service": facts.self_service_spoken[language],
        "callback_choices": choices_of(session),
    }
    if session.right_party is not False:
        context["full_name"] = facts.full_name
    if session.callback is not None:
        context["callback"] = choices_of(session)[session.callback]
    if session.score is not None:
        context["score"] = session.score
    looks = free_looks_of(facts.policies) if session.verified else None
    if looks is not None:
        context["free_looks"] = looks
    return context


class Prompt(Struct, frozen=True):
    """One prompt in one language; `fixed` holds the text of a prompt without variables."""

    template: Template
    variables: frozenset[str]
    fixed: str | None

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the sentence to speak; jinja2.TemplateError when a variable is missing."""
        if self.fixed is not None:
            return self.fixed
        if self.variables <= _OF_COMPANY and self.variables <= context.keys():
            return _in_every_call(self.template, tuple([(name, context[name]) for name in sorted(self.variables)]))
        return _tidy(self.template.render(context))


class Prompts:
    """All prompts of a script by language and name."""

    def __init__(self, by_language: Mapping[str, Mapping[str, Prompt]]) -> None:
        self._by_language = by_language

    def render(self, name: str, language: str, context: Mapping[str, Any]) -> str:
        """Return prompt `name` in `language`."""
        return self._by_language[language][name].render(context)

    def get(self, name: str, language: str) -> Prompt | None:
        """Return a prompt, or None if there is none of that name."""
        return self._by_language.get(language, {}).get(name)


@lru_cache(maxsize=1024)
def _in_every_call(template: Template, values: tuple[tuple[str, str], ...]) -> str:
    return _tidy(template.render(values))


class PromptError(ValueError):
    """A prompt that cannot be used; `line` counts within the prompt from 1."""

    def __init__(self, text: str, line: int = 1) -> None:
        super().__init__(text)
        self.line = line


@lru_cache(maxsize=4096)
def compile_prompt(source: str, language: str) -> Prompt:
    """Compile and try one prompt; `PromptError` with what to mend."""
    environment = _environment(language)
    try:
        tree = environment.parse(source)
        variables = frozenset(meta.find_undeclared_variables(tree))
        for fault in _faults(tree, variables):
            raise fault
        template = environment.from_string(tree)
        sample = _tidy(template.render(_SAMPLE))
    except TemplateError as error:
        raise PromptError(f"{error}", getattr(error, "lineno", None) or 1) from None
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise PromptError(f"it fails when it is tried with sample facts: {error}") from None
    if not sample:
        raise PromptError("it says nothing; write a sentence or remove it")
    return Prompt(template, variables, None if variables else sample)


def sample_text(prompt: Prompt) -> str:
    """Return the prompt as spoken with sample facts, to measure its length."""
    return prompt.render(_SAMPLE)


def _faults(tree: nodes.Template, variables: frozenset[str]) -> Iterator[PromptError]:
    for name in sorted(variables - FIELDS.keys()):
        line = next((each.lineno for each in tree.find_all(nodes.Name) if each.name == name), 1)
        yield PromptError(f"unknown variable '{name}'; a prompt may use {', '.join(sorted(FIELDS))}", line)
    for kind in (
        nodes.Getattr,
        nodes.Getitem,
        nodes.Call,
        nodes.Include,
        nodes.Import,
        nodes.FromImport,
        nodes.Extends,
    ):
        for node in tree.find_all(kind):
            if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "loop":
                continue
            yield PromptError(
                "only variables and filters may be used here: no attributes, calls or includes", node.lineno
            )


def _tidy(text: str) -> str:
    return " ".join(text.split())


_environments: dict[str, ImmutableSandboxedEnvironment] = {}


def _environment(language: str) -> ImmutableSandboxedEnvironment:
    if language not in _environments:
        made = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
        )
        made.globals.clear()
        made.filters = {**{name: made.filters[name] for name in ("length", "first", "last")}, **filters_for(language)}
        _environments[language] = made
    return _environments[language]


_ZONE = timezone(timedelta(hours=8))
_SAMPLE: Mapping[str, Any] = {
    "company": "安心人壽",
    "hotline": "零八零零，零零零，一二三",
    "self_service": "安心人壽的網站",
    "callback_choices": tuple(
        (datetime(2026, 11, day, 14, tzinfo=_ZONE), datetime(2026, 11, day, 16, tzinfo=_ZONE)) for day in (23, 24, 25)
    ),
    "callback": (datetime(2026, 11, 23, 14, tzinfo=_ZONE), datetime(2026, 11, 23, 16, tzinfo=_ZONE)),
    "score": 9,
    "full_name": "王小明",
    "free_looks": FreeLooks(((date(2026, 12, 2), ("安心終身壽險",)),), policies=1),
}
