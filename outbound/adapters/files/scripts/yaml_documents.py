"""From the bytes of a YAML file to a document that knows the line of everything in it."""

from typing import Any

import yaml

from outbound.dialogue.script.document import Document, Finding, Path, ScriptError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"

_MOST_BYTES, _DEEPEST, _MOST_VALUES = 1_000_000, 20, 50_000
"""Far more than anybody writes by hand, and little enough to be read within a second."""

_Lines = dict[Path, int]


def document(file: str, content: bytes) -> Document:
    """Read a document; `ScriptError` names `file` and line where it is no YAML, no UTF-8, nothing, or far too much."""
    if len(content) > _MOST_BYTES:
        raise _error("too_large", file, 1, f"{len(content)} bytes; nobody reads more than {_MOST_BYTES} in one file")
    try:
        text = content.decode("utf-8")
        _look_through(file, text)
        node = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError:
        raise _error("encoding", file, 1, "save this file as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        mend = f"not readable as YAML: {getattr(error, 'problem', None) or 'check indentation and quotes'}"
        raise _error("yaml", file, mark.line + 1 if mark else 1, mend) from None
    if node is None:
        raise _error("empty", file, 1, "this file is empty")
    lines: _Lines = {}
    return Document(file, _value(node, (), lines, file), lines)


def _look_through(file: str, text: str) -> None:
    """Refuse what would be endless once it is unfolded, before anything is unfolded."""
    deep = values = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise _error("alias", file, line, f"'*{event.anchor}' repeats what stands elsewhere; write it out here")
        values += isinstance(event, yaml.NodeEvent)
        deep += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if deep > _DEEPEST:
            raise _error("too_deep", file, line, f"more than {_DEEPEST} levels in each other; write it more plainly")
        if values > _MOST_VALUES:
            raise _error("too_large", file, line, f"more than {_MOST_VALUES} values; split it into parts")


def _error(code: str, file: str, line: int, text: str) -> ScriptError:
    return ScriptError((Finding(code, file, line, text),))


def _value(node: yaml.Node, path: Path, lines: _Lines, file: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, file)
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*path, index), lines, file) for index, each in enumerate(node.value)]
    if node.tag == _TEXT:
        return node.value
    try:
        return yaml.SafeLoader("").construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError):
        text = "this value cannot be read; put quotes around it"
        raise _error("yaml", file, node.start_mark.line + 1, text) from None


def _mapping(node: yaml.MappingNode, path: Path, lines: _Lines, file: str) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise _error("yaml", file, line, "a name before ':' is one word, no list; put quotes around it")
        if key in mapping:
            raise _error("twice", file, line, f"'{key}' stands here twice; keep one")
        block = isinstance(value_node, yaml.ScalarNode) and value_node.style in {"|", ">"}
        lines[(*path, key)] = line + 1 if block else line
        mapping[key] = _value(value_node, (*path, key), lines, file)
    return mapping
