"""Strict reading of a YAML or JSON document: every error names the file, the line, the place and what is allowed."""

import json
import math
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Place = tuple[str | int, ...]


class _Loader(_SafeLoader):  # type: ignore[misc]
    """Refuses a key that stands twice in a mapping: YAML would quietly keep the last one."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        known = set[str]()
        for key, _ in node.value:
            # Several mappings may be merged into one, each by a `<<` of its own.
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                continue
            if key.value in known:
                raise yaml.constructor.ConstructorError(problem=TWICE.format(key.value), problem_mark=key.start_mark)
            known.add(key.value)
        return super().construct_mapping(node, deep=deep)


TWICE = "the key {!r} stands twice in one mapping; keep one of the two"


class DocumentError(ValueError):
    """Something in a document that cannot be used. `place` leads to it from the document's root."""

    def __init__(self, message: str, place: Place = ()) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


class Node(Struct, frozen=True):
    """A value in a document and the way to it."""

    value: Any
    place: Place = ()

    def fail(self, message: str) -> DocumentError:
        """Return an error about this value."""
        return DocumentError(message, self.place)

    def child(self, key: str | int) -> "Node":
        """Return the value under a key or at an index that is known to exist."""
        return Node(self.value[key], (*self.place, key))

    def fields(self, allowed: Collection[str]) -> "dict[str, Node]":
        """Return a mapping's values by key; a key that is not allowed is an error."""
        fields = dict(self.entries())
        unknown = fields.keys() - set(allowed)
        if unknown:
            name = min(unknown)
            raise fields[name].fail(f"{name!r} is not known here; allowed are {', '.join(sorted(allowed))}")
        return fields

    def entries(self) -> "Iterator[tuple[str, Node]]":
        """Walk over a mapping; its keys are texts."""
        if not isinstance(self.value, dict):
            raise self.fail("a mapping is expected")
        for key in self.value:
            if not isinstance(key, str):
                raise self.fail(f"the key {key!r} is read as a {type(key).__name__}; put it in quotes")
            yield key, self.child(key)

    def items(self) -> "list[Node]":
        """Return a list's values."""
        if not isinstance(self.value, list):
            raise self.fail("a list is expected")
        return [self.child(index) for index in range(len(self.value))]

    def text(self) -> str:
        """Return a text; what YAML reads as something else must be put in quotes."""
        if not isinstance(self.value, str):
            raise self.fail(f"{self.value!r} is read as a {type(self.value).__name__}, not a text; put it in quotes")
        return self.value

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.fail("true or false is expected")
        return self.value

    def number(self, least: float = 0.0, most: float = math.inf) -> float:
        """Return a number within bounds."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            limit = f"of {least:g} or more" if most == math.inf else f"from {least:g} to {most:g}"
            raise self.fail(f"{value!r} is not a number {limit}")
        return float(value)

    def count(self, least: int = 0) -> int:
        """Return a whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < least:
            raise self.fail(f"{self.value!r} is not a whole number of {least} or more")
        return self.value

    def choice(self, allowed: Collection[str]) -> str:
        """Return one of the allowed texts."""
        if self.value not in allowed:
            raise self.fail(f"{self.value!r} is not known; allowed are {', '.join(sorted(allowed))}")
        return str(self.value)


def read(path: Path) -> Node:
    """Read a YAML file (JSON if it ends in .json or begins with a brace); raise `DocumentError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    try:
        # JSON is YAML too, and read ten times as fast.
        is_json = path.suffix == ".json" or text.lstrip().startswith("{")
        value = json.loads(text, object_pairs_hook=_once) if is_json else yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except json.JSONDecodeError as error:
        raise DocumentError(f"{path}: line {error.lineno}: {error.msg}") from error
    except _TwiceError as error:
        raise DocumentError(f"{path}: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        raise DocumentError(f"{path}: {line}{getattr(error, 'problem', None) or error}") from error
    if not isinstance(value, dict):
        raise DocumentError(f"{path}: line 1: a mapping is expected")
    return Node(value)


class _TwiceError(ValueError):
    """A key stands twice in a JSON object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for at, (key, _) in enumerate(pairs) if key in dict(pairs[:at]))
        raise _TwiceError(TWICE.format(twice))
    return found


def located(path: Path, error: DocumentError) -> str:
    """Return the error's text with the file, the line and the place. Reads the file again, for the line."""
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f"{'.' if at else ''}{part}" for at, part in enumerate(error.place)
    )
    line = _line(path, error.place)
    return f"{path}: {f'line {line}: ' if line else ''}{f'{place}: ' if place else ''}{error.message}"


def _line(path: Path, place: Place) -> int | None:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), _Loader)
    except (OSError, yaml.YAMLError):
        return None
    line = node.start_mark.line + 1 if node is not None else None
    for part in place:
        if isinstance(node, yaml.MappingNode):
            node, line = next(
                ((value, key.start_mark.line + 1) for key, value in node.value if key.value == part), (None, line)
            )
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
