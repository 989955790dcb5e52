"""Voice scripts on disk: a folder a script, one prompts file a language, phrase books shared by all scripts.

A script may include parts (`include:`, pieces with exits below `parts/`), or extend another script (`extends: NAME`):
steps, universal words and prompts that it does not write anew are its own as well.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from outbound.adapters.files.remembered import code_of_dialogue, hash_of, remembered
from outbound.adapters.files.scripts.assembling import GRAPH, assemble, assemble_graph
from outbound.adapters.files.scripts.shelf import Shelf, shelf_of_contents, shelf_of_folder
from outbound.adapters.files.scripts.voice_limits import load_limits
from outbound.dialogue.prover.limits import VoiceLimits
from outbound.dialogue.prover.prove import prove
from outbound.dialogue.script.document import Cursor, Document, Finding, Findings, ScriptError
from outbound.dialogue.script.model import Script
from outbound.dialogue.script.reading import class_of, read_script
from outbound.domain.call_class import CallClass

if TYPE_CHECKING:
    from outbound.dialogue.understanding.brains import Brains

_PHRASES, _PROOFS = "phrases", "proofs"


class Declared(Struct, frozen=True):
    """What a script says of itself: the class of call it is written for, and whether it promotes anything."""

    call_class: CallClass
    promotional: bool


class FileScripts:
    """Loads scripts below a folder. A script is read once, and stays the same until the process ends.

    It is proved once a version: what the proof came to is kept beside the trained `models` for every other process.
    """

    def __init__(self, root: Path, models: Path | None = None) -> None:
        self._root, self._models = root, models or models_beside(root)
        self._loaded: dict[str, tuple[Script, Mapping[str, bytes]]] = {}

    def load(self, name: str) -> Script:
        """Return script `name`; `ScriptError` with file, line and what to mend."""
        return self._found(name)[0]

    def contents(self, name: str) -> Mapping[str, bytes]:
        """Return all files of script `name`, as it is loaded, by their path relative to the folder of all scripts.

        `script_from_contents` makes the same script of them, with the same version; `ScriptError` as `load`.
        """
        return self._found(name)[1]

    def names(self) -> tuple[str, ...]:
        """Return the scripts that there are."""
        return tuple(sorted(path.parent.name for path in self._root.glob(f"*/{GRAPH}")))

    def _found(self, name: str) -> tuple[Script, Mapping[str, bytes]]:
        if name not in self._loaded:
            shelf = shelf_of_folder(self._root)
            self._loaded[name] = _script(shelf, name, self._models, self.limits), shelf.taken
        return self._loaded[name]

    @cached_property
    def limits(self) -> VoiceLimits:
        """What the scripts are proved against; `ScriptError` where it cannot be read."""
        return load_limits(self._root)


def models_beside(root: Path) -> Path:
    """Return the folder of trained models that belongs to a folder of scripts."""
    return root.parent / "var" / "understanding"


def prepare_understanding(root: Path) -> "Brains":
    """Fetch, or train, all that understands speech for the scripts below `root`: nobody on the line waits for it."""
    brains = _understanding(shelf_of_folder(root), models_beside(root))
    brains.prepare()
    return brains


def script_from_contents(name: str, contents: Mapping[str, bytes], models: Path | None = None) -> Script:
    """Return the script that was kept as `contents`; `ScriptError` if they cannot be read as one.

    `models` is the folder of trained models; without it they are trained for this process when first needed.

    It was proved when it was put to use and is not proved again: a call ends on the version with which it began, also
    where newer checks would refuse that version.
    """
    return _script(shelf_of_contents(contents), name, models, None)


def declared(folder: Path) -> Declared:
    """Read what the script in `folder` says of itself, without proving the rest; `ScriptError` names file and line."""
    findings = Findings()
    graph = assemble_graph(shelf_of_folder(folder.parent), folder.name)
    root = Cursor(graph, findings, (), graph.data)
    found = Declared(class_of(root), root.at("promotional").flag())
    findings.raise_if_any()
    return found


def check_script(
    root: Path, name: str, limits: VoiceLimits, shared: Path | None = None
) -> tuple[Script | None, tuple[Finding, ...]]:
    """Return script `name` below `root` (None if it must not be spoken), and everything that is to be mended in it.

    `shared` is another folder of scripts, whose words are understood where `root` has none of its own.
    """
    findings, shelf = Findings(), shelf_of_folder(root)
    elsewhere = shared is not None and not shelf.matching(_PHRASES, ".yaml")
    words = shelf_of_folder(shared) if shared is not None and elsewhere else shelf
    models = models_beside(shared if shared is not None and elsewhere else root)
    try:
        script = _script(shelf, name, models, limits, (findings, words))
    except ScriptError as error:
        return None, tuple(dict.fromkeys((*error.findings, *findings.found)))
    return script, tuple(findings.found)


def _script(
    shelf: Shelf,
    name: str,
    models: Path | None,
    limits: VoiceLimits | None,
    checked: tuple[Findings, Shelf] | None = None,
) -> Script:
    findings = Findings()
    material = assemble(shelf, name, findings)
    findings.raise_if_any()
    own = _version(shelf.taken)
    found, words = checked or (findings, shelf)
    understanding = _understanding(words, models)
    parts = {"script": own.encode(), "heard": understanding.version.encode()}
    shown = shelf.shown(f"{name}/{GRAPH}")

    def proving(
        script: Script, graph: Document, prompts: Mapping[str, Document], against: VoiceLimits
    ) -> tuple[Finding, ...]:
        file = models.parent / _PROOFS / f"{_proof_of(script, against, shown)}.json" if models is not None else None
        return remembered(file, tuple[Finding, ...], lambda: prove(script, graph, prompts, against))

    return read_script(material, understanding, _version(parts), limits=limits, findings=found, proving=proving)


def _proof_of(script: Script, limits: VoiceLimits, shown: str) -> str:
    """Name a proof after all that decides it; findings name files, so where these stand belongs to it."""
    return hash_of((script.version.encode(), msgspec.json.encode(limits), code_of_dialogue().encode(), shown.encode()))


def _understanding(shelf: Shelf, models: Path | None) -> "Brains":
    # Only who loads a whole script needs what understands speech, and numpy with it.
    from outbound.adapters.files.understanding import understanding_of

    return understanding_of(shelf, models)


def _version(contents: Mapping[str, bytes]) -> str:
    """Hash all files with their names, so that any change anywhere is another version."""
    return hash_of(part for path, content in sorted(contents.items()) for part in (path.encode(), content))
