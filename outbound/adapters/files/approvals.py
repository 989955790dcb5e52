"""What customers may hear or are measured by, and who approved it: answers, and the limits of scripts."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

APPROVED_BY, APPROVED_ON = "approved_by", "approved_on"


class NotApproved(Struct, frozen=True):
    """A file with something that nobody approved: `missing` of `of` parts, the first of them by name."""

    file: str
    of: int
    missing: int
    first: tuple[str, ...] = ()


def not_approved(scripts: Path) -> tuple[NotApproved, ...]:
    """Return the files below `scripts` that hold something without `approved_by` and `approved_on`.

    A file that cannot be read is left out: whoever reads it says what is wrong with it.
    """
    found = (_limits(scripts / "limits.yaml"), *map(_answers, sorted((scripts / "faq").glob("*.yaml"))))
    return tuple(each for each in found if each is not None and each.missing)


def approval_fault(by: Any, on: Any) -> str | None:
    """Say what is wrong with an approval, or None: nobody has to give one, but half of one is none."""
    if by is None and on is None:
        return None
    if not isinstance(by, str) or not by.strip():
        return f"{APPROVED_ON} without {APPROVED_BY}: say who approved it, or take both out"
    try:
        date.fromisoformat(str(on))
    except ValueError:
        return f'{APPROVED_BY} without a day: write {APPROVED_ON} as "2026-11-23", or take both out'
    return None


def _answers(file: Path) -> NotApproved | None:
    data = _read(file)
    entries = [each for each in data.get("entries") or () if isinstance(each, dict)] if data else []
    missing = [str(each.get("id")) for each in entries if not _is_approved(each)]
    return NotApproved(f"{file.parent.name}/{file.name}", len(entries), len(missing), tuple(missing[:3]))


def _limits(file: Path) -> NotApproved | None:
    data = _read(file)
    return None if data is None else NotApproved(file.name, 1, int(not _is_approved(data)))


def _is_approved(data: dict[str, Any]) -> bool:
    return data.get(APPROVED_BY) is not None and approval_fault(data[APPROVED_BY], data.get(APPROVED_ON)) is None


def _read(file: Path) -> dict[str, Any] | None:
    try:
        data = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError):
        return None
    return data if isinstance(data, dict) else None


def told(found: tuple[NotApproved, ...]) -> Iterator[str]:
    """Yield a line for people: first that something is not approved, then which file lacks how much."""
    if found:
        yield "NOT APPROVED: customers hear, or calls are measured by, what nobody has put their name to:"
    for each in found:
        which = f" ({', '.join(each.first)}{', …' if each.missing > len(each.first) else ''})" if each.first else ""
        what = f"{each.missing} of {each.of} answers{which}" if each.first else "the limits"
        verb = "lacks" if each.first and each.missing == 1 else "lack"
        yield f"  scripts_tts/{each.file}: {what} {verb} {APPROVED_BY} and {APPROVED_ON}"
