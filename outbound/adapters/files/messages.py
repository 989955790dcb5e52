"""Wordings of text messages in `scripts_tts/messages/`: one file a template, one text a language."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from outbound.domain.company import Company
from outbound.usecases.problems import InputProblemError

_FIELDS = {"company": "", "hotline": "", "self_service": ""}


class FileMessages:
    """Reads every template at once, so that a mistake is found at the start and not when somebody is written to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        self._templates = {
            (path.stem, language): environment.from_string(text)
            for path in sorted(folder.glob("*.yaml"))
            for language, text in _read(path).items()
        }
        for (name, language), template in self._templates.items():
            try:
                template.render(_FIELDS)
            except TemplateError as error:
                raise InputProblemError(
                    f"{folder / name}.yaml: {language}: {error}; the fields are {', '.join(_FIELDS)}"
                ) from None

    def text(self, template: str, language: str, company: Company) -> str:
        """Fill a template with what a company publishes about itself."""
        found = self._templates.get((template, language))
        if found is None:
            raise InputProblemError(f"{self._folder / template}.yaml: there is no text for {language}; write one")
        name = company.spoken_name.get(language) or next(iter(company.spoken_name.values()))
        return found.render(company=name, hotline=company.hotline, self_service=company.self_service)


def _read(path: Path) -> Mapping[str, str]:
    try:
        texts = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InputProblemError(f"{path}: this is not YAML in UTF-8; look at the indentation there") from None
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise InputProblemError(f"{path}: expected `language: text` lines")
    return texts
