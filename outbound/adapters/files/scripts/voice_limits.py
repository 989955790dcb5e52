"""The limits that scripts are proved against, from `limits.yaml` beside them."""

import re
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from outbound.adapters.files.approvals import APPROVED_BY, APPROVED_ON, approval_fault
from outbound.adapters.files.scripts.yaml_documents import document
from outbound.dialogue.prover.limits import VoiceLimits, Words
from outbound.dialogue.script.document import Finding, ScriptError

LIMITS = "limits.yaml"
_CODE = "limits_file"


def load_limits(root: Path) -> VoiceLimits:
    """Return the limits of the scripts below `root`; `ScriptError` with file, line and what to mend."""
    file = root / LIMITS
    if not file.is_file():
        text = f"there is no {LIMITS}, which says how long, and in which words, scripts may speak; put one here"
        raise _error(file, 1, text)
    try:
        raw = file.read_bytes()
        data = document(str(file), raw).data
        content = raw.decode("utf-8")
        limits = msgspec.convert(_plain(data), VoiceLimits)
    except OSError as error:
        raise _error(file, 1, f"this file cannot be read: {error.strerror}") from None
    except ScriptError as error:
        raise ScriptError(tuple(replace(each, code=_CODE) for each in error.findings)) from None
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at ")
        raise _error(file, _line_of(content, where), f"{text} at {where.strip('`') or 'the top'}") from None
    fault = approval_fault(limits.approved_by, limits.approved_on)
    if fault is not None:
        raise _error(file, _line_of(content, f".{APPROVED_BY if limits.approved_by else APPROVED_ON}"), fault)
    _check_patterns(limits, file, content)
    return limits


def _plain(data: Any) -> Any:
    """Dates become texts, as everything that is only shown."""
    if not isinstance(data, dict):
        return data
    return data | {name: str(data[name]) for name in ("reviewed_on", APPROVED_ON) if data.get(name) is not None}


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
    return ScriptError((Finding(_CODE, str(file), line, text),))
