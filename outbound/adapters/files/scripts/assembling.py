"""All documents of a script: its own, those of the script that it extends, and of the parts that it includes."""

import re
from typing import Any

from outbound.adapters.files.scripts.shelf import Shelf
from outbound.dialogue.prompts import MACROS
from outbound.dialogue.prompts.audio import NAME
from outbound.dialogue.script.document import Document, Finding, Findings, ScriptError
from outbound.dialogue.script.joining import Audio, Material, with_others
from outbound.dialogue.script.parts import Includer

GRAPH = "script.yaml"
PARTS = "parts"
MANIFEST = "manifest.yaml"
_BY_NAME_OF_BASE = ("steps", "universal")
_SCRIPT_NAME = re.compile(r"[a-z][a-z0-9_]*")


def assemble(shelf: Shelf, name: str, findings: Findings) -> Material:
    """Return everything that script `name` is made of; `ScriptError` where a file cannot be read at all."""
    if f"{name}/{GRAPH}" not in shelf or not _SCRIPT_NAME.fullmatch(name):
        raise no_script(shelf, name, shelf.shown(f"{name}/{GRAPH}"), 1)
    includer = Includer(lambda part: _part(shelf, part), shelf.folders(PARTS, GRAPH), findings)
    own = _material(shelf, name)
    whole = includer.whole(own)
    base = base_of(shelf, name, own.graph)
    if base is None:
        return whole
    return with_others(whole, [includer.whole(_material(shelf, base))], _BY_NAME_OF_BASE, frozenset({"include"}))


def assemble_graph(shelf: Shelf, name: str) -> Document:
    """Return the graph of a script alone, with what it extends, without its parts and prompts."""
    graph = shelf.document(f"{name}/{GRAPH}")
    base = base_of(shelf, name, graph)
    if base is None:
        return graph
    own, other = Material(graph, {}), Material(shelf.document(f"{base}/{GRAPH}"), {})
    return with_others(own, [other], _BY_NAME_OF_BASE).graph


def base_of(shelf: Shelf, name: str, graph: Document) -> str | None:
    """Return the script that is extended, if there is one; a script in between is not allowed."""
    base = graph.data.get("extends") if isinstance(graph.data, dict) else None
    if base is None:
        return None
    file, line = graph.place(("extends",))
    if f"{base}/{GRAPH}" not in shelf or not _SCRIPT_NAME.fullmatch(str(base)) or base == name:
        raise no_script(shelf, str(base), file, line)
    further = shelf.document(f"{base}/{GRAPH}").data
    if isinstance(further, dict) and "extends" in further:
        text = f"'{base}' extends a script itself; extend '{further['extends']}', or write the steps here"
        raise ScriptError((Finding("extends", file, line, text),))
    return str(base)


def no_script(shelf: Shelf, name: str, file: str, line: int) -> ScriptError:
    """Return the error for a script that is not there."""
    known = ", ".join(shelf.folders("", GRAPH)) or "none"
    text = f"there is no script '{name}'; scripts found beside it: {known}"
    return ScriptError((Finding("unknown_script", file, line, text),))


def _part(shelf: Shelf, name: str) -> Material | None:
    folder = f"{PARTS}/{name}"
    return _material(shelf, folder) if f"{folder}/{GRAPH}" in shelf and _SCRIPT_NAME.fullmatch(name) else None


def _material(shelf: Shelf, folder: str) -> Material:
    read = {tag: shelf.document(path) for tag, path in shelf.matching(f"{folder}/prompts", ".yaml").items()}
    prompts = {tag: Document(each.file, _without_macros(each.data), each.lines) for tag, each in read.items()}
    macros = {tag: (each,) for tag, each in read.items() if prompts[tag].data is not each.data}
    recorded = shelf.folders(f"{folder}/audio", MANIFEST)
    manifests = {tag: shelf.document(f"{folder}/audio/{tag}/{MANIFEST}") for tag in recorded}
    files = [
        path
        for tag in recorded
        for path in shelf.directly_in(f"{folder}/audio/{tag}")
        if NAME.fullmatch(path.rpartition("/")[2])
    ]
    audio = {shelf.shown(path): Audio(path, shelf.bytes_of(path)) for path in files}
    return Material(shelf.document(f"{folder}/{GRAPH}"), prompts, manifests, macros, audio)


def _without_macros(data: Any) -> Any:
    if not isinstance(data, dict) or MACROS not in data:
        return data
    return {name: text for name, text in data.items() if name != MACROS}
