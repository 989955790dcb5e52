"""Text messages from `scripts_tts/messages/TEMPLATE/LANGUAGE.txt`, checked when they are read."""

from collections.abc import Mapping
from pathlib import Path

import phonenumbers
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from outbound.domain.company import Company
from outbound.usecases.problems import InputProblemError

_FIELDS = {"company": "公司", "hotline": "+886255550100", "self_service": "https://example.com"}


class MessageTexts:
    """The templates by name and language."""

    def __init__(self, templates: Mapping[tuple[str, str], Template]) -> None:
        self._templates = templates

    def render(self, template: str, language: str, company: Company) -> str:
        """Return the text as it is sent. Raises `InputProblemError` when there is no such template or name."""
        found = self._templates.get((template, language))
        name = company.spoken_name.get(language)
        if found is None or name is None:
            what = f"messages/{template}/{language}.txt" if found is None else f"spoken_name of {company.id}"
            raise InputProblemError(f"{what} is missing: a message in {language} cannot be written")
        return found.render(company=name, hotline=_as_dialled(company), self_service=company.self_service).strip()


def load_messages(folder: Path) -> MessageTexts:
    """Read every template below `folder`. Raises `InputProblemError` naming the file and what is allowed."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    templates = {}
    for path in sorted(folder.glob("*/*.txt")):
        try:
            template = environment.from_string(path.read_text(encoding="utf-8"))
            template.render(_FIELDS)
        except (OSError, UnicodeDecodeError, TemplateError) as error:
            known = ", ".join(f"{{{{ {name} }}}}" for name in _FIELDS)
            raise InputProblemError(f"{path}: {error}; a message may use {known}") from None
        templates[path.parent.name, path.stem] = template
    return MessageTexts(templates)


def _as_dialled(company: Company) -> str:
    """Write the hotline as people of the company's country dial it."""
    number = phonenumbers.parse(company.hotline)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
