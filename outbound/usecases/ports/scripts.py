"""Scripts as they are spoken now, and the versions with which calls began."""

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    # An order to stop waits for nothing that reads scripts.
    from outbound.dialogue.script.model import Script


class KeptVersion(Struct, frozen=True):
    """A version of a script as it is kept for good. `content` are all its files, packed; nothing else is needed."""

    version: str
    name: str
    understanding_version: str
    content: bytes


class Recording(Struct, frozen=True):
    """A file that is played to the callee."""

    content: bytes
    content_type: str


class ScriptCatalogue(Protocol):
    """What is spoken, by name and by version. Safe for many threads; asking costs no I/O but a look at the files."""

    def current(self, name: str) -> "Script":
        """Return the version with which a new call begins; KeyError for a name that no campaign uses."""
        ...

    def version(self, version: str) -> "Script | None":
        """Return a version that this process holds, or None."""
        ...

    def as_kept(self, version: str) -> KeptVersion | None:
        """Return a version that this process holds, as it is to be kept; None without its files."""
        ...

    def restored(self, kept: KeptVersion) -> "Script | None":
        """Read a version that was kept and hold it from now on; None, and a line in the log, if it cannot be read."""
        ...

    def recording(self, version: str, path: str) -> Recording | None:
        """Return a recording that a version which this process holds names, by its path below the folder of scripts."""
        ...


class ScriptVersionStore(Protocol):
    """The versions that were ever spoken."""

    def has(self, version: str) -> bool:
        """Whether a version is kept."""
        ...

    def keep(self, kept: KeptVersion, now: datetime) -> None:
        """Keep a version; one that is kept stays as it is."""
        ...

    def find(self, version: str) -> KeptVersion | None:
        """Return a kept version."""
        ...
