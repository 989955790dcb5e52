"""Where the files of scripts come from: a folder, or contents that were kept of one. What was read is remembered."""

from collections.abc import Callable, Mapping
from pathlib import Path

from outbound.adapters.files.scripts.yaml_documents import document
from outbound.dialogue.script.document import Document, Finding, ScriptError


class Shelf:
    """Files by their path relative to the folder of all scripts, with `/`; `taken` holds every file that was read."""

    def __init__(self, paths: tuple[str, ...], read: Callable[[str], bytes], shown: Callable[[str], str]) -> None:
        self._paths, self._read, self._shown = frozenset(paths), read, shown
        self.taken: dict[str, bytes] = {}

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def shown(self, path: str) -> str:
        """Return a path as findings name it."""
        return self._shown(path)

    def bytes_of(self, path: str) -> bytes:
        """Return a file's content."""
        if path not in self.taken:
            try:
                self.taken[path] = self._read(path)
            except OSError as error:
                finding = Finding("unreadable", self.shown(path), 1, f"this file cannot be read: {error.strerror}")
                raise ScriptError((finding,)) from None
        return self.taken[path]

    def document(self, path: str) -> Document:
        """Return a YAML file as a document."""
        return document(self.shown(path), self.bytes_of(path))

    def directly_in(self, folder: str) -> tuple[str, ...]:
        """Return the paths of the files in a folder, not of those in folders of it, in order."""
        return tuple(sorted(path for path in self._paths if path.rpartition("/")[0] == folder))

    def matching(self, folder: str, ending: str) -> dict[str, str]:
        """Return the paths `folder/NAME ending` by NAME, in order."""
        found = (path for path in self.directly_in(folder) if path.endswith(ending))
        return {path[len(folder) + 1 : -len(ending)]: path for path in found}

    def below(self, folder: str) -> tuple[str, ...]:
        """Return the paths of all files below a folder, in order."""
        return tuple(path for path in sorted(self._paths) if path.startswith(f"{folder}/"))

    def folders(self, below: str, file: str) -> tuple[str, ...]:
        """Return the names of the folders directly below one that hold `file`."""
        holders = (path.rpartition("/")[0] for path in self._paths if path.rpartition("/")[2] == file)
        return tuple(sorted(each.rpartition("/")[2] for each in holders if each and each.rpartition("/")[0] == below))


def shelf_of_folder(root: Path) -> Shelf:
    """Return the files below a folder as they stand there now; a link that leads out of it is not read."""
    home = root.resolve()
    paths = tuple(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return Shelf(paths, lambda path: _inside(root / path, home).read_bytes(), lambda path: str(root / path))


def _inside(path: Path, home: Path) -> Path:
    """Return a path; `ScriptError` where it is a link to something outside, which nobody reviewed with the scripts."""
    if not path.resolve().is_relative_to(home):
        text = "this is a link that leads out of the folder of scripts; put the file itself here"
        raise ScriptError((Finding("link", str(path), 1, text),))
    return path


def shelf_of_contents(contents: Mapping[str, bytes]) -> Shelf:
    """Return the files of kept contents."""
    return Shelf(tuple(contents), contents.__getitem__, str)
