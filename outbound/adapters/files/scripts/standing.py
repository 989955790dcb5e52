"""How the scripts on disk stand: which version of each could be spoken, or what keeps it from being taken up."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from outbound.adapters.files.scripts import FileScripts
from outbound.adapters.files.scripts.catalogue import files_below
from outbound.dialogue.script.document import Finding, ScriptError


class Standing(Struct, frozen=True):
    """A script as it stands on disk: the version that new calls speak, or None and what is to be mended."""

    script: str
    version: str | None
    findings: tuple[Finding, ...] = ()


class ScriptsOnDisk:
    """Looks at scripts as often as it is asked, and reads them anew only when a file changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: frozenset[tuple[str, int, int]] = frozenset()
        self._known: dict[str, Standing] = {}

    def standing(self, names: Sequence[str]) -> Mapping[str, Standing]:
        """Return how each of these scripts stands; what cannot be read is a finding, never an error."""
        seen = files_below(self._root)
        if seen != self._seen:
            self._seen, self._known = seen, {}
        files = FileScripts(self._root)
        for name in dict.fromkeys(names):
            if name not in self._known:
                self._known[name] = self._read(files, name)
        return {name: self._known[name] for name in dict.fromkeys(names)}

    def _read(self, files: FileScripts, name: str) -> Standing:
        try:
            return Standing(name, files.load(name).version)
        except ScriptError as error:
            return Standing(name, None, tuple(each for each in error.findings if not each.warning))
        except OSError as error:
            shown = error.filename or self._root / name
            text = f"cannot be read ({error.strerror}): put it back, or let this user read it"
            return Standing(name, None, (Finding("unreadable", str(shown), 1, text),))
