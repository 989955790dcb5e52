"""Mappings of a rule file, in which every complaint names file, line and key and YAML's own surprises are refused."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from outbound.adapters.files.rules.document import RuleFileError, compose, content_hash, text_of

__all__ = ["RuleFileError", "Section", "read", "read_text"]

_TAG = "tag:yaml.org,2002:"
_REQUIRED = object()
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")


class Section:
    """A mapping of a file. Each key is asked for once; `done` refuses what nobody asked for.

    Without `faults` the first fault is raised. With it, faults are kept there, and reading goes on with harmless
    values: what was read is then no rule if the list is not empty.
    """

    def __init__(self, file: Path, path: str, node: yaml.Node, faults: list[RuleFileError] | None = None) -> None:
        self.file, self.path, self.line, self._faults = file, path, node.start_mark.line + 1, faults
        self._items: dict[str, tuple[yaml.ScalarNode, yaml.Node]] = {}
        self._asked: set[str] = set()
        self._refused: set[str] = set()
        if not isinstance(node, yaml.MappingNode):
            problem = "a mapping is expected here"
            self._report(RuleFileError(file, self.line, path, problem, "write `key: value` lines"))
            # Its keys would all be missing; that it is no mapping says everything.
            self._faults = []
            return
        for key, value in node.value:
            self._take(key, value)

    def _take(self, key: yaml.Node, value: yaml.Node) -> None:
        if not isinstance(key, yaml.ScalarNode):
            line = key.start_mark.line + 1
            self._report(RuleFileError(self.file, line, self.path, "a key must be plain text", "name the key"))
        elif key.value in self._items:
            self._report(self._error(key, key.value, "the key stands here twice", "keep one of the two"))
        else:
            self._items[key.value] = (key, value)

    def _error(self, node: yaml.Node, key: str, problem: str, mend: str) -> RuleFileError:
        return RuleFileError(self.file, node.start_mark.line + 1, self._under(key), problem, mend)

    def _under(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _report(self, fault: RuleFileError) -> None:
        if self._faults is None:
            raise fault
        self._faults.append(fault)

    def _going_on(self, key: str, reading: Callable[[], Value], instead: Value) -> Value:
        try:
            return reading()
        except RuleFileError as fault:
            self._refused.add(key)
            self._report(fault)
            return instead

    def fail(self, key: str, problem: str, mend: str) -> RuleFileError:
        """Return an error about one key of this section, to be raised by who found it."""
        line = self._items[key][1].start_mark.line + 1 if key in self._items else self.line
        return RuleFileError(self.file, line, self._under(key), problem, mend)

    def refuse(self, key: str, problem: str, mend: str) -> None:
        """Raise an error about one key, or keep it where all faults are asked for."""
        self._refused.add(key)
        self._report(self.fail(key, problem, mend))

    def sound(self, *keys: str) -> bool:
        """Whether none of these keys was refused: a check that compares keys is not owed to a broken one."""
        return self._refused.isdisjoint(keys)

    def has(self, key: str) -> bool:
        """Whether the key is there and not null."""
        found = self._items.get(key)
        if found is None or found[1].tag == f"{_TAG}null":
            self._asked.add(key)
            return False
        return True

    def keys(self) -> tuple[str, ...]:
        """Keys of a section whose names are data; a bare NO or ON is refused as such a name."""
        for key, _ in self._items.values():
            if key.tag == f"{_TAG}bool":
                problem = f"YAML reads a bare {key.value} as true or false"
                self._refused.add(key.value)
                self._report(self._error(key, key.value, problem, "put it in quotes"))
        self._asked.update(self._items)
        return tuple(key for key in self._items if key not in self._refused)

    def _node(self, key: str) -> yaml.Node:
        self._asked.add(key)
        if key not in self._items:
            raise RuleFileError(self.file, self.line, self._under(key), "is missing", "add it")
        return self._items[key][1]

    def _scalar(self, key: str, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._error(node, key, "one value is expected", "write a single value")
        if node.tag == f"{_TAG}bool":
            raise self._error(node, key, f"YAML reads {node.value} as true or false", "put it in quotes")
        if node.tag in {f"{_TAG}int", f"{_TAG}float"}:
            mend = 'put it in quotes; a window is "09:00-21:00"' if ":" in node.value else "put it in quotes"
            raise self._error(node, key, f"YAML reads {node.value} as a number", mend)
        if node.tag == f"{_TAG}null" or not str(node.value).strip():
            raise self._error(node, key, "is empty", "give it a value")
        return str(node.value)

    def text(self, key: str, default: Any = _REQUIRED) -> str:
        """Text of a key; numbers and yes/no words must be quoted. A default makes the key optional."""
        if default is not _REQUIRED and not self.has(key):
            return str(default)
        return self._going_on(key, lambda: self._scalar(key, self._node(key)), "")

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """List of texts."""
        if default is not None and not self.has(key):
            return default
        found = (
            self._going_on(key, lambda item=item: self._scalar(key, item), "")  # type: ignore[misc]
            for item in self._list(key, "write [first, second]")
        )
        return tuple(text for text in found if text)

    def unlike(self, key: str) -> tuple[str, ...]:
        """List of texts, each once."""
        found = self.texts(key)
        twin = next((text for text in found if found.count(text) > 1), None)
        if twin is not None:
            self.refuse(key, f"{twin} stands here twice", "keep one of the two")
        return tuple(dict.fromkeys(found))

    def _list(self, key: str, mend: str) -> list[yaml.Node]:
        def nodes() -> list[yaml.Node]:
            node = self._node(key)
            if not isinstance(node, yaml.SequenceNode):
                raise self._error(node, key, "a list is expected", mend)
            return list(node.value)

        return self._going_on(key, nodes, [])

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Return true or false."""
        if default is not None and not self.has(key):
            return default

        def reading() -> bool:
            node = self._node(key)
            if not isinstance(node, yaml.ScalarNode) or node.value not in {"true", "false"}:
                raise self._error(node, key, "true or false is expected", "write true or false")
            return bool(node.value == "true")

        return self._going_on(key, reading, instead=False)

    def number(self, key: str) -> int:
        """Whole number from 0 on."""

        def reading() -> int:
            node = self._node(key)
            if not isinstance(node, yaml.ScalarNode) or not node.value.isascii() or not node.value.isdigit():
                raise self._error(node, key, "a whole number is expected", "write a number from 0 on")
            return int(node.value)

        return self._going_on(key, reading, 0)

    def day(self, key: str) -> date:
        """Calendar date, YYYY-MM-DD."""

        def reading() -> date:
            node = self._node(key)
            return self._as_day(key, str(node.value) if isinstance(node, yaml.ScalarNode) else "", node)

        return self._going_on(key, reading, date.min)

    def as_day(self, key: str, text: str, node: yaml.Node | None = None) -> date:
        """Read a date that stands somewhere under the key."""
        return self._going_on(key, lambda: self._as_day(key, text, node or self._items[key][1]), date.min)

    def _as_day(self, key: str, text: str, node: yaml.Node) -> date:
        try:
            if _DATE.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise self._error(node, key, f"{text!r} is no date", "write YYYY-MM-DD") from None

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """One word of an enumeration."""
        return self._going_on(
            key, lambda: self._choose(key, self._scalar(key, self._node(key)), kind), next(iter(kind))
        )

    def choices(self, key: str, kind: type[Choice], default: frozenset[Choice] | None = None) -> frozenset[Choice]:
        """List of words of an enumeration, not empty."""
        if default is not None and not self.has(key):
            return default
        words = self.unlike(key)
        if not words and self.sound(key):
            self.refuse(key, "is empty", f"name at least one of {', '.join(kind)}")
        return frozenset(
            self._going_on(key, lambda word=word: self._choose(key, word, kind), next(iter(kind)))  # type: ignore[misc]
            for word in words
        )

    def _choose(self, key: str, word: str, kind: type[Choice]) -> Choice:
        try:
            return kind(word)
        except ValueError:
            raise self.fail(key, f"{word!r} is not known", f"write one of {', '.join(kind)}") from None

    def is_mapping(self, key: str) -> bool:
        """Whether the key holds a mapping rather than a single value."""
        return key in self._items and isinstance(self._items[key][1], yaml.MappingNode)

    def section(self, key: str) -> "Section":
        """Return the mapping under a key."""
        try:
            node = self._node(key)
        except RuleFileError as fault:
            self._refused.add(key)
            self._report(fault)
            return _nothing(self.file)
        return Section(self.file, self._under(key), node, self._faults)

    def sections(self, key: str) -> Iterator["Section"]:
        """Yield the mappings of the list under a key; nothing when the key is absent."""
        if not self.has(key):
            return
        for number, item in enumerate(self._list(key, "begin each entry with a dash"), start=1):
            yield Section(self.file, f"{self._under(key)}[{number}]", item, self._faults)

    def done(self) -> None:
        """Refuse keys that nobody asked for: a misspelt rule must not be a rule that is missing."""
        for name, (key, _) in self._items.items():
            if name not in self._asked:
                known = f"keys are {', '.join(sorted(self._asked))}"
                self._report(self._error(key, name, "is not known here", known))


def _nothing(file: Path) -> Section:
    """Return a section without keys, whose complaints nobody hears: that it is missing has been said."""
    mark = yaml.Mark("", 0, 0, 0, None, 0)
    return Section(file, "", yaml.MappingNode(f"{_TAG}map", [], mark, mark), [])


def read(file: Path, faults: list[RuleFileError] | None = None) -> tuple[Section, str]:
    """Read a file into its top section and the SHA-256 of its content (comments and layout do not count).

    Raises `RuleFileError`; with `faults`, only for what is no YAML at all.
    """
    return read_text(text_of(file), file, faults)


def read_text(text: str, file: Path, faults: list[RuleFileError] | None = None) -> tuple[Section, str]:
    """Read the text of a rule file as `read` does; `file` is named in complaints."""
    node = compose(text, file)
    return Section(file, "", node, faults), content_hash(node, file)
