"""Where the steps of a script are written: in its own folder, or in a part or script that it takes them from."""

from collections.abc import Mapping
from pathlib import Path, PurePath

from outbound.adapters.files.scripts.assembling import assemble
from outbound.adapters.files.scripts.shelf import shelf_of_folder
from outbound.dialogue.script.document import Findings


def parts_of(root: Path, name: str) -> Mapping[str, str]:
    """Return by step the name of the part, or the script, that writes it; `ScriptError` as for loading."""
    graph = assemble(shelf_of_folder(root), name, Findings()).graph
    return {step: PurePath(graph.place(("steps", step))[0]).parent.name for step in graph.data["steps"]}
