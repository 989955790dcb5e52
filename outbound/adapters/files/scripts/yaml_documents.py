"""From the bytes of a YAML file to a document that knows the line of everything in it."""

from typing import Any

import yaml

from outbound.dialogue.script.document import Document, Finding, Path, ScriptError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"

_Lines = dict[Path, int]


def document(file: str, content: bytes) -> Document:
    """Read a document; `ScriptError` names `file` and line where it is no YAML, no UTF-8, or nothing."""
    try:
        node = yaml.compose(content.decode("utf-8"), Loader=_LOADER)
    except UnicodeDecodeError:
        raise ScriptError((Finding("encoding", file, 1, "save this file as UTF-8"),)) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        text = f"not readable as YAML: {getattr(error, 'problem', None) or 'check indentation and quotes'}"
        raise ScriptError((Finding("yaml", file, mark.line + 1 if mark else 1, text),)) from None
    if node is None:
        raise ScriptError((Finding("empty", file, 1, "this file is empty"),))
    lines: _Lines = {}
    return Document(file, _value(node, (), lines, file), lines)


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
        raise ScriptError((Finding("yaml", file, node.start_mark.line + 1, text),)) from None


def _mapping(node: yaml.MappingNode, path: Path, lines: _Lines, file: str) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in mapping:
            raise ScriptError((Finding("twice", file, line, f"'{key}' stands here twice; keep one"),))
        block = isinstance(value_node, yaml.ScalarNode) and value_node.style in {"|", ">"}
        lines[(*path, key)] = line + 1 if block else line
        mapping[key] = _value(value_node, (*path, key), lines, file)
    return mapping
