"""YAML in which every complaint names file, line and key, and in which YAML's own surprises are refused."""

import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import yaml

from outbound.usecases.problems import InputProblemError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_DEEPEST = 20
_REQUIRED = object()

Choice = TypeVar("Choice", bound=StrEnum)


class RuleFileError(InputProblemError):
    """A rule file that cannot be used: where (file, line, key), what is wrong, and how to mend it."""

    def __init__(self, file: Path, line: int, key: str, problem: str, mend: str) -> None:
        self.file, self.line, self.key, self.problem, self.mend = file, line, key, problem, mend
        where = f"{file}:{line}" if line else str(file)
        super().__init__(f"{where}: {key}: {problem}; {mend}" if key else f"{where}: {problem}; {mend}")


class Section:
    """A mapping of a file. Each key is asked for once; `done` refuses what nobody asked for."""

    def __init__(self, file: Path, path: str, node: yaml.Node) -> None:
        self.file, self.path, self.line = file, path, node.start_mark.line + 1
        self._items: dict[str, tuple[yaml.ScalarNode, yaml.Node]] = {}
        self._asked: set[str] = set()
        if not isinstance(node, yaml.MappingNode):
            raise RuleFileError(file, self.line, path, "a mapping is expected here", "write `key: value` lines")
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise RuleFileError(file, key.start_mark.line + 1, path, "a key must be plain text", "name the key")
            if key.value in self._items:
                raise self._error(key, key.value, "the key stands here twice", "keep one of the two")
            self._items[key.value] = (key, value)

    def _error(self, node: yaml.Node, key: str, problem: str, mend: str) -> RuleFileError:
        return RuleFileError(self.file, node.start_mark.line + 1, self._under(key), problem, mend)

    def _under(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fail(self, key: str, problem: str, mend: str) -> RuleFileError:
        """Return an error about one key of this section, to be raised by who found it."""
        line = self._items[key][1].start_mark.line + 1 if key in self._items else self.line
        return RuleFileError(self.file, line, self._under(key), problem, mend)

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
                raise self._error(key, key.value, f"YAML reads a bare {key.value} as true or false", "put it in quotes")
        self._asked.update(self._items)
        return tuple(self._items)

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
            raise self._error(node, key, f"YAML reads {node.value} as a number", "put it in quotes")
        if node.tag == f"{_TAG}null" or not str(node.value).strip():
            raise self._error(node, key, "is empty", "give it a value")
        return str(node.value)

    def text(self, key: str, default: Any = _REQUIRED) -> str:
        """Text of a key; numbers and yes/no words must be quoted. A default makes the key optional."""
        if default is not _REQUIRED and not self.has(key):
            return str(default)
        return self._scalar(key, self._node(key))

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """List of texts."""
        if default is not None and not self.has(key):
            return default
        node = self._node(key)
        if not isinstance(node, yaml.SequenceNode):
            raise self._error(node, key, "a list is expected", "write [first, second]")
        return tuple(self._scalar(key, item) for item in node.value)

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Return true or false."""
        if default is not None and not self.has(key):
            return default
        node = self._node(key)
        if not isinstance(node, yaml.ScalarNode) or node.value not in {"true", "false"}:
            raise self._error(node, key, "true or false is expected", "write true or false")
        return bool(node.value == "true")

    def number(self, key: str) -> int:
        """Whole number from 0 on."""
        node = self._node(key)
        if not isinstance(node, yaml.ScalarNode) or not node.value.isascii() or not node.value.isdigit():
            raise self._error(node, key, "a whole number is expected", "write a number from 0 on")
        return int(node.value)

    def day(self, key: str) -> date:
        """Calendar date, YYYY-MM-DD."""
        node = self._node(key)
        return self.as_day(key, str(node.value) if isinstance(node, yaml.ScalarNode) else "", node)

    def as_day(self, key: str, text: str, node: yaml.Node | None = None) -> date:
        """Read a date that stands somewhere under the key."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            problem = f"{text!r} is no date"
            raise self._error(node or self._items[key][1], key, problem, "write YYYY-MM-DD") from None

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """One word of an enumeration."""
        return self._choose(key, self._scalar(key, self._node(key)), kind)

    def choices(self, key: str, kind: type[Choice]) -> frozenset[Choice]:
        """List of words of an enumeration, not empty."""
        words = self.texts(key)
        if not words:
            raise self.fail(key, "is empty", f"name at least one of {', '.join(kind)}")
        return frozenset(self._choose(key, word, kind) for word in words)

    def _choose(self, key: str, word: str, kind: type[Choice]) -> Choice:
        try:
            return kind(word)
        except ValueError:
            raise self.fail(key, f"{word!r} is not known", f"write one of {', '.join(kind)}") from None

    def is_mapping(self, key: str) -> bool:
        """Whether the key holds a mapping rather than a single value."""
        return isinstance(self._node(key), yaml.MappingNode)

    def section(self, key: str) -> "Section":
        """Return the mapping under a key."""
        return Section(self.file, self._under(key), self._node(key))

    def sections(self, key: str) -> Iterator["Section"]:
        """Yield the mappings of the list under a key; nothing when the key is absent."""
        if not self.has(key):
            return
        node = self._node(key)
        if not isinstance(node, yaml.SequenceNode):
            raise self._error(node, key, "a list is expected", "begin each entry with a dash")
        for number, item in enumerate(node.value, start=1):
            yield Section(self.file, f"{self._under(key)}[{number}]", item)

    def done(self) -> None:
        """Refuse keys that nobody asked for: a misspelt rule must not be a rule that is missing."""
        for name, (key, _) in self._items.items():
            if name not in self._asked:
                raise self._error(key, name, "is not known here", f"keys are {', '.join(sorted(self._asked))}")


def read(file: Path) -> tuple[Section, str]:
    """Read a file into its top section and the SHA-256 of its content (comments and layout do not count)."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError:
        raise RuleFileError(file, 0, "", "there is no such file", "check the name and the rules directory") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RuleFileError(file, 0, "", f"cannot be read ({type(error).__name__})", "save it as UTF-8 text") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RuleFileError(file, line, "", f"is not YAML: {error.problem}", "mend the syntax at this line") from None
    except yaml.YAMLError:
        raise RuleFileError(file, 0, "", "holds characters that YAML forbids", "remove control characters") from None
    if node is None:
        raise RuleFileError(file, 1, "", "is empty", "fill it or remove it")
    canonical = json.dumps(_plain(file, node, 0), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Section(file, "", node), sha256(canonical.encode()).hexdigest()


def _plain(file: Path, node: yaml.Node, depth: int) -> Any:
    if depth > _DEEPEST:
        raise RuleFileError(file, node.start_mark.line + 1, "", "is nested too deeply", "remove the alias")
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(file, value, depth + 1) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(file, item, depth + 1) for item in node.value]
    return node.value
