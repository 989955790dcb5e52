"""The limits that scripts are proved against, from `limits.yaml` beside them."""

import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from outbound.dialogue.prover.limits import VoiceLimits, Words
from outbound.dialogue.script.document import Finding, ScriptError

LIMITS = "limits.yaml"

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_limits(root: Path) -> VoiceLimits:
    """Return the limits of the scripts below `root`; `ScriptError` with file, line and what to mend."""
    file = root / LIMITS
    if not file.is_file():
        text = f"there is no {LIMITS}, which says how long, and in which words, scripts may speak; put one here"
        raise _error(file, 1, text)
    try:
        content = file.read_text(encoding="utf-8")
        data: Any = yaml.load(content, Loader=_LOADER)  # noqa: S506 - a safe loader
        limits = msgspec.convert(_plain(data), VoiceLimits)
    except UnicodeDecodeError:
        raise _error(file, 1, "save this file as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise _error(file, line, f"not readable as YAML: {getattr(error, 'problem', None) or 'check quotes'}") from None
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at ")
        raise _error(file, _line_of(content, where), f"{text} at {where.strip('`') or 'the top'}") from None
    _check_patterns(limits, file, content)
    return limits


def _plain(data: Any) -> Any:
    """Dates become texts, as everything that is only shown."""
    if isinstance(data, dict) and "reviewed_on" in data:
        return {**data, "reviewed_on": str(data["reviewed_on"])}
    return data


def _check_patterns(limits: VoiceLimits, file: Path, content: str) -> None:
    for tag, words in limits.words.items():
        for kind in Words.__struct_fields__:
            for pattern in getattr(words, kind):
                try:
                    re.compile(pattern)
                except re.error as error:
                    text = f"'{pattern}' under {tag}, {kind} is no pattern: {error}"
                    raise _error(file, _line_of(content, f"`$.{kind}`"), text) from None


def _line_of(content: str, where: str) -> int:
    """Return the line of the innermost key that a complaint names, or 1."""
    names = re.findall(r"\.([a-z_]+)", where)
    for name in reversed(names):
        for number, line in enumerate(content.splitlines(), start=1):
            if re.search(rf"(^|[\s{{,]){re.escape(name)}:", line):
                return number
    return 1


def _error(file: Path, line: int, text: str) -> ScriptError:
    return ScriptError((Finding("limits_file", str(file), line, text),))
