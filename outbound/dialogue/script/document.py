"""Data as read from a file, with the line of everything in it, and what was found wrong."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

Path = tuple[str | int, ...]


class Finding(Struct, frozen=True):
    """Something to mend: a stable `code`, the file, the line from 1, and what to do.

    `step` and `language` are named where they matter; `path` are the steps of a shortest way that shows it, from the
    greeting on. An error keeps a script out of every campaign, a `warning` does not.
    """

    code: str
    file: str
    line: int
    text: str
    step: str | None = None
    language: str | None = None
    path: tuple[str, ...] = ()
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text} [{self.code}]"


class ScriptError(ValueError):
    """A script that must not be spoken, with every finding."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(each) for each in findings))
        self.findings = findings


class Document(Struct, frozen=True):
    """The content of one file. `lines` maps paths of keys and indexes to lines.

    Where `data` holds what other files say (a script that is extended, parts that are included), `owners` maps the
    paths of it to their documents.
    """

    file: str
    data: Any
    lines: Mapping[Path, int]
    owners: Mapping[Path, "Document"] = {}

    def line(self, path: Path) -> int:
        """Return the line of `path`, or of the nearest thing around it."""
        return self.place(path)[1]

    def place(self, path: Path) -> tuple[str, int]:
        """Return file and line of `path`, or of the nearest thing around it."""
        owner = self.owner(path)
        while path:
            if path in owner.lines:
                return owner.file, owner.lines[path]
            path = path[:-1]
        return owner.file, owner.lines.get((), 1)

    def owner(self, path: Path) -> "Document":
        """Return the document of the file that says what stands at `path`."""
        for length in range(len(path), 0, -1):
            found = self.owners.get(path[:length])
            if found is not None:
                return found.owner(path)
        return self

    def is_own(self, path: Path) -> bool:
        """Whether this document itself says what stands at `path`."""
        return self.owner(path) is self


class Findings(Struct, frozen=True):
    """Collects findings, so that one run shows everything there is to mend."""

    found: list[Finding] = field(default_factory=list)

    def add(self, code: str, document: Document, path: Path, text: str) -> None:
        """Note a finding at `path` of `document`."""
        self.found.append(Finding(code, *document.place(path), text))

    def raise_if_any(self) -> None:
        """Raise `ScriptError` if there is anything to mend."""
        if self.found:
            raise ScriptError(
                tuple(sorted(set(self.found), key=lambda each: (each.file, each.line, each.code, each.text)))
            )


class Cursor(Struct, frozen=True):
    """A place in a document, read with types: a wrong one is noted and a harmless default returned."""

    document: Document
    findings: Findings
    path: Path = ()
    value: Any = None

    def at(self, key: str | int) -> "Cursor":
        """Return the place below `key` (its value None if absent)."""
        found = None
        if isinstance(self.value, dict):
            found = self.value.get(key)
        elif isinstance(self.value, list) and isinstance(key, int):
            found = self.value[key]
        return Cursor(self.document, self.findings, (*self.path, key), found)

    def complain(self, text: str, code: str = "format") -> None:
        """Note a finding here."""
        self.findings.add(code, self.document, self.path, text)

    def only(self, *allowed: str) -> None:
        """Complain of keys that nobody reads."""
        for key in self.keys():
            if key not in allowed:
                self.at(key).complain(f"unknown key '{key}'; allowed: {', '.join(allowed)}", "unknown_key")

    def keys(self) -> tuple[str, ...]:
        """Return the keys of a mapping (none if absent)."""
        if self.value is None:
            return ()
        if not isinstance(self.value, dict):
            self.complain("expected 'name: value' lines here")
            return ()
        return tuple(str(key) for key in self.value)

    def items(self) -> Iterator["Cursor"]:
        """Yield the places of a list; one bare value counts as a list of one."""
        if isinstance(self.value, list):
            for index in range(len(self.value)):
                yield self.at(index)
        elif self.value is not None:
            yield self

    def text(self, default: str = "") -> str:
        """Return a string."""
        if self.value is None:
            return default
        if not isinstance(self.value, str):
            self.complain(f"expected words, not {self.value!r}; put quotes around it")
            return default
        return self.value

    def number(self, default: int) -> int:
        """Return a whole number above zero."""
        if self.value is None:
            return default
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 1:
            self.complain(f"expected a whole number above zero, not {self.value!r}")
            return default
        return self.value

    def flag(self, default: bool = False) -> bool:
        """Return true or false."""
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            self.complain(f"expected true or false, not {self.value!r}")
            return default
        return self.value

    def one_of(self, allowed: Mapping[str, Any], what: str, default: Any = None) -> Any:
        """Return the value that `allowed` gives to the word here."""
        word = self.text()
        if not word:
            return default
        if word not in allowed:
            self.complain(
                f"unknown {what} '{word}'; known: {', '.join(sorted(allowed))}", f"unknown_{what}".replace(" ", "_")
            )
            return default
        return allowed[word]
