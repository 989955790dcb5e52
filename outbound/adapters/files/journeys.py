"""Journeys on disk: files `*.txt` below a folder, and `facts.yaml` beside them with the person whom they call."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from outbound.dialogue.journeys.model import Journey, JourneyError, JourneyProblem
from outbound.dialogue.journeys.reading import read_journey

FACTS = "facts.yaml"
_ENDING = "*.txt"


def load_journeys(folder: Path) -> tuple[Journey, ...]:
    """Return every journey below `folder`, in order; `JourneyError` with all that is to be mended in their files."""
    if not folder.is_dir():
        raise JourneyError((JourneyProblem(str(folder), 1, "there is no such folder of journeys"),))
    shared = load_facts(folder / FACTS)
    journeys: list[Journey] = []
    problems: list[JourneyProblem] = []
    for path in sorted(folder.rglob(_ENDING)):
        try:
            journeys.append(read_journey(str(path), _text(path), shared, _change))
        except JourneyError as error:
            problems.extend(error.problems)
    if problems:
        raise JourneyError(tuple(problems))
    return tuple(journeys)


def load_facts(file: Path) -> Mapping[str, Any]:
    """Return the facts in a YAML file as plain data; `JourneyError` where they cannot be read."""
    if not file.is_file():
        text = "there are no facts here; write down the (invented) person whom the journeys call"
        raise JourneyError((JourneyProblem(str(file), 1, text),))
    try:
        data = _plain(yaml.safe_load(_text(file)))
    except yaml.YAMLError as error:
        raise JourneyError((JourneyProblem(str(file), _line(error), _why(error)),)) from None
    if not isinstance(data, dict):
        raise JourneyError((JourneyProblem(str(file), 1, "write 'name: value' lines"),))
    return data


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise JourneyError((JourneyProblem(str(path), 1, "save this file as UTF-8"),)) from None
    except OSError as error:
        raise JourneyError((JourneyProblem(str(path), 1, f"this file cannot be read: {error.strerror}"),)) from None


def _change(text: str) -> Any:
    try:
        return _plain(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ValueError(_why(error)) from None


def _plain(value: Any) -> Any:
    """Dates without quotes are texts like those with them."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _why(error: yaml.YAMLError) -> str:
    return f"not readable as YAML: {getattr(error, 'problem', None) or 'check quotes and brackets'}"


def _line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def journeys_of(journeys: tuple[Journey, ...], script: str) -> Iterator[Journey]:
    """Yield those that walk a script."""
    return (each for each in journeys if each.script == script)
