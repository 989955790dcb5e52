"""Words by which reasons for a score are sorted, from `scripts_tts/themes/LANGUAGE.yaml`, checked when read."""

from datetime import date
from pathlib import Path

import yaml
from pydantic import Field, ValidationError, field_validator

from outbound.adapters.files.hours import FileForm
from outbound.usecases.conversation.kept.themes import OTHER, THEMES, Themes
from outbound.usecases.problems import InputProblemError

_NAMED = THEMES[:-1]


class _ThemesForm(FileForm):
    owner: str = Field(min_length=1)
    reviewed_on: date
    themes: dict[str, tuple[str, ...]] = Field(min_length=1)

    @field_validator("themes")
    @classmethod
    def _are_known(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, words in value.items():
            if name not in _NAMED:
                raise ValueError(f"{name} is no theme; known are {', '.join(_NAMED)} (what is left is {OTHER})")
            if not words or not all(word.strip() for word in words):
                raise ValueError(f"{name} needs at least one word, and none that is empty")
        return value


def load_themes(folder: Path) -> Themes:
    """Read the words of every language below `folder`. Raises `InputProblemError` naming the file and how to mend it.

    Without any file reasons are kept unsorted.
    """
    return Themes({path.stem: _read(path).themes for path in sorted(folder.glob("*.yaml"))})


def _read(path: Path) -> _ThemesForm:
    try:
        return _ThemesForm.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise InputProblemError(f"{path}{where}: this is not YAML in UTF-8; look at the indentation there") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputProblemError(f"{path}: {key}: {first['msg'].removeprefix('Value error, ')}") from None
