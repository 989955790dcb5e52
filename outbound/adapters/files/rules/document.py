"""Rule files as YAML nodes, the hash of their content, and the complaint that names file, line and key."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from outbound.usecases.problems import InputProblemError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 20
_MOST_NODES = 100_000


class RuleFileError(InputProblemError):
    """A rule file that cannot be used: where (file, line, key), what is wrong, and how to mend it."""

    def __init__(self, file: Path, line: int, key: str, problem: str, mend: str) -> None:
        self.file, self.line, self.key, self.problem, self.mend = file, line, key, problem, mend
        where = f"{file}:{line}" if line else str(file)
        super().__init__(f"{where}: {key}: {problem}; {mend}" if key else f"{where}: {problem}; {mend}")

    @property
    def place(self) -> tuple[str, int, str]:
        """File, line and key: the order in which faults are listed."""
        return str(self.file), self.line, self.key


def text_of(file: Path) -> str:
    """Return the text of a file; raises `RuleFileError` when it is not there or no UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RuleFileError(file, 0, "", "there is no such file", "check the name and the rules directory") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RuleFileError(file, 0, "", f"cannot be read ({type(error).__name__})", "save it as UTF-8 text") from None


def compose(text: str, file: Path) -> yaml.Node:
    """Return the node tree of a text; `file` is named in complaints. Raises `RuleFileError`."""
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RuleFileError(file, line, "", f"is not YAML: {error.problem}", "mend the syntax at this line") from None
    except yaml.YAMLError:
        raise RuleFileError(file, 0, "", "holds characters that YAML forbids", "remove control characters") from None
    if node is None:
        raise RuleFileError(file, 1, "", "is empty", "fill it or remove it")
    return node


def content_hash(node: yaml.Node, file: Path) -> str:
    """Return the hex SHA-256 of a document's content; comments, layout and the order of keys do not count."""
    plain = _Plain(file).value(node, 0)
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


class _Plain:
    """Nodes as lists, mappings and texts, as far as aliases do not make a small file endless."""

    def __init__(self, file: Path) -> None:
        self._file, self._nodes = file, 0

    def value(self, node: yaml.Node, depth: int) -> Any:
        self._nodes += 1
        if depth > _DEEPEST or self._nodes > _MOST_NODES:
            raise RuleFileError(self._file, node.start_mark.line + 1, "", "is nested too deeply", "remove the alias")
        if isinstance(node, yaml.MappingNode):
            return {str(key.value): self.value(item, depth + 1) for key, item in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, depth + 1) for item in node.value]
        return node.value
