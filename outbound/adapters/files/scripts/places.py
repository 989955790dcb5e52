"""What a writer looks at besides the proof: where steps are written, and a script in spite of what is wrong with it."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from outbound.adapters.files.scripts import models_beside, script_from_contents
from outbound.adapters.files.scripts.assembling import GRAPH, PARTS, assemble
from outbound.adapters.files.scripts.shelf import shelf_of_folder
from outbound.dialogue.script.document import Findings, ScriptError
from outbound.dialogue.script.model import Script

_WORDS = ("phrases", "understanding", "faq")


def parts_of(root: Path, name: str) -> Mapping[str, str]:
    """Return by step the name of the part, or the script, that writes it; `ScriptError` as for loading."""
    graph = assemble(shelf_of_folder(root), name, Findings()).graph
    return {step: PurePath(graph.place(("steps", step))[0]).parent.name for step in graph.data["steps"]}


def unproved_script(root: Path, name: str, shared: Path) -> Script | None:
    """Return script `name` below `root` in spite of what the proof finds; None where it cannot be read at all.

    `shared` is another folder of scripts, whose words are understood where `root` has none of its own. Nobody is called
    with such a script.
    """
    words = root if (root / _WORDS[0]).is_dir() else shared
    scripts = (path.parent for path in root.glob(f"*/{GRAPH}"))
    folders = [(root, each) for each in (*scripts, root / PARTS)] + [(words, words / each) for each in _WORDS]
    contents = {path.relative_to(base).as_posix(): path.read_bytes() for base, path in _files(folders)}
    try:
        return script_from_contents(name, contents, models_beside(words))
    except ScriptError:
        return None


def _files(folders: list[tuple[Path, Path]]) -> Iterator[tuple[Path, Path]]:
    for base, folder in folders:
        yield from ((base, path) for path in sorted(folder.rglob("*")) if path.is_file())
