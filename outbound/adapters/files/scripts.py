"""Voice scripts on disk: a folder a script, one prompts file a language, phrase books shared by all scripts.

A script may extend another one (`extends: NAME`): steps, universal words and prompts of that script that it does not
write anew are its own as well.
"""

import hashlib
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from outbound.dialogue.script.document import Cursor, Document, Finding, Findings, ScriptError, extended
from outbound.dialogue.script.model import Script
from outbound.dialogue.script.reading import class_of, read_script
from outbound.dialogue.understanding.phrases import PhraseUnderstanding, read_phrases
from outbound.domain.call_class import CallClass

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"
_GRAPH = "script.yaml"
_PROMPTS = "prompts"
_PHRASES = "phrases"
_JOINED = ("steps", "universal")


class Declared(Struct, frozen=True):
    """What a script says of itself: the class of call it is written for, and whether it promotes anything."""

    call_class: CallClass
    promotional: bool


class FileScripts:
    """Loads scripts below a folder. A script is read and proved once; it stays the same until the process ends."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._loaded: dict[str, Script] = {}

    def load(self, name: str) -> Script:
        """Return script `name`; `ScriptError` with file, line and what to mend."""
        if name not in self._loaded:
            self._loaded[name] = load_script(self._root / name, self._root / _PHRASES)
        return self._loaded[name]

    def names(self) -> tuple[str, ...]:
        """Return the scripts that there are."""
        return tuple(sorted(path.parent.name for path in self._root.glob(f"*/{_GRAPH}")))


def load_script(folder: Path, phrases: Path) -> Script:
    """Read and prove the script in `folder`; `ScriptError` if it must not be spoken."""
    graph_file = folder / _GRAPH
    if not graph_file.is_file():
        raise _no_script(folder, graph_file, 1)
    phrase_files = sorted(phrases.glob("*.yaml"))
    contents = {path: path.read_bytes() for path in (*_files_of(folder), *phrase_files)}
    documents = {path: _document(path, content) for path, content in contents.items()}
    base = _base(folder, documents[graph_file])
    graph, prompts = _own(folder, documents)
    if base is not None:
        inherited = {path: path.read_bytes() for path in _files_of(base)}
        contents |= inherited
        graph, prompts = _joined(graph, prompts, *_own(base, {p: _document(p, c) for p, c in inherited.items()}))
    understanding = _phrases({path: documents[path] for path in phrase_files})
    return read_script(graph, prompts, understanding, _version(contents, folder.parent))


def _files_of(folder: Path) -> tuple[Path, ...]:
    return folder / _GRAPH, *sorted((folder / _PROMPTS).glob("*.yaml"))


def _own(folder: Path, documents: dict[Path, Document]) -> tuple[Document, dict[str, Document]]:
    """Return graph and prompts by language of one folder."""
    graph = folder / _GRAPH
    return documents[graph], {path.stem: each for path, each in documents.items() if path.parent == folder / _PROMPTS}


def _base(folder: Path, graph: Document) -> Path | None:
    """Return the folder of the script that is extended, if there is one; a script in between is not allowed."""
    name = graph.data.get("extends") if isinstance(graph.data, dict) else None
    if name is None:
        return None
    file, line = graph.place(("extends",))
    base = folder.parent / str(name)
    if not (base / _GRAPH).is_file() or base == folder:
        raise _no_script(base, Path(file), line)
    further = _document(base / _GRAPH, (base / _GRAPH).read_bytes()).data
    if isinstance(further, dict) and "extends" in further:
        text = f"'{name}' extends a script itself; extend '{further['extends']}', or write the steps here"
        raise ScriptError((Finding("extends", file, line, text),))
    return base


def _joined(
    graph: Document, prompts: dict[str, Document], base_graph: Document, base_prompts: dict[str, Document]
) -> tuple[Document, dict[str, Document]]:
    both = {tag: extended(prompts[tag], base_prompts[tag], ()) for tag in prompts.keys() & base_prompts.keys()}
    return extended(graph, base_graph, _JOINED), {**base_prompts, **prompts, **both}


def _no_script(folder: Path, file: Path, line: int) -> ScriptError:
    known = ", ".join(sorted(path.parent.name for path in folder.parent.glob(f"*/{_GRAPH}"))) or "none"
    text = f"there is no script '{folder.name}'; scripts found beside it: {known}"
    return ScriptError((Finding("unknown_script", str(file), line, text),))


def declared(folder: Path) -> Declared:
    """Read what the script in `folder` says of itself, without proving the rest; `ScriptError` names file and line."""
    file = folder / _GRAPH
    findings = Findings()
    document = _document(file, file.read_bytes())
    base = _base(folder, document)
    if base is not None:
        document = extended(document, _document(base / _GRAPH, (base / _GRAPH).read_bytes()), _JOINED)
    root = Cursor(document, findings, (), document.data)
    found = Declared(class_of(root), root.at("promotional").flag())
    findings.raise_if_any()
    return found


def _phrases(documents: dict[Path, Document]) -> PhraseUnderstanding:
    return read_phrases({path.stem: document for path, document in documents.items()})


def _version(contents: dict[Path, bytes], root: Path) -> str:
    """Hash all files with their names, so that any change anywhere is another version."""
    digest = hashlib.sha256()
    for path, content in sorted(contents.items()):
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        for part in (name.encode(), content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _document(path: Path, content: bytes) -> Document:
    try:
        node = yaml.compose(content.decode("utf-8"), Loader=_LOADER)
    except UnicodeDecodeError:
        raise ScriptError((Finding("encoding", str(path), 1, "save this file as UTF-8"),)) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        text = f"not readable as YAML: {getattr(error, 'problem', None) or 'check indentation and quotes'}"
        raise ScriptError((Finding("yaml", str(path), mark.line + 1 if mark else 1, text),)) from None
    lines: dict[tuple[str | int, ...], int] = {}
    if node is None:
        raise ScriptError((Finding("empty", str(path), 1, "this file is empty"),))
    return Document(str(path), _value(node, (), lines, str(path)), lines)


def _value(node: yaml.Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], file: str) -> Any:
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


def _mapping(
    node: yaml.MappingNode, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], file: str
) -> dict[str, Any]:
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
