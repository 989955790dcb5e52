"""What is spoken, by name and by version: as read once, or looked at again while a process runs."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from outbound.adapters.files.scripts import FileScripts, models_beside, prepare_understanding, script_from_contents
from outbound.adapters.files.scripts.packing import pack, unpack
from outbound.adapters.files.scripts.recordings import recordings_of
from outbound.dialogue.prover.length import longest_seconds
from outbound.dialogue.script.document import ScriptError
from outbound.dialogue.script.model import Script
from outbound.usecases.ports.scripts import KeptVersion, Recording

LOOK_AGAIN_SECONDS = 60.0
_HELD = 24
"""Versions in memory: those that are spoken, and those on which calls that run may still end."""

_APART = frozenset({"messages", "schema", "themes"})
"""Folders beside the scripts that no script is made of."""

_log = logging.getLogger(__name__)

Files = Mapping[str, bytes]


class FixedScripts:
    """The scripts that it is given, as they are: for runs that must come out the same, and where nothing is watched."""

    def __init__(self, scripts: Mapping[str, Script], files: Mapping[str, Files] | None = None) -> None:
        """`files` are those of each script by its name; a version without them is not kept."""
        self._lock = threading.Lock()
        self._current: Mapping[str, Script] = dict(scripts)
        self._held: OrderedDict[str, tuple[Script, Files]] = OrderedDict()
        self._packed: dict[str, KeptVersion] = {}
        for name, script in scripts.items():
            self._hold(script, (files or {}).get(name, {}))

    def current(self, name: str) -> Script:
        """Return the version with which a new call begins."""
        return self._current[name]

    def names(self) -> tuple[str, ...]:
        """Return the scripts that are spoken."""
        return tuple(sorted(self._current))

    def version(self, version: str) -> Script | None:
        """Return a version that is held."""
        held = self._held.get(version)
        return held[0] if held is not None else None

    def as_kept(self, version: str) -> KeptVersion | None:
        """Return a version that is held, packed once."""
        held = self._held.get(version)
        if held is None or not held[1]:
            return None
        if version not in self._packed:
            script, files = held
            understood_by = getattr(script.understanding, "version", "")
            self._packed[version] = KeptVersion(version, script.name, understood_by, pack(files))
        return self._packed[version]

    def restored(self, kept: KeptVersion) -> Script | None:
        """Read a version that was kept, without proving it again."""
        try:
            files = unpack(kept.content)
            script = script_from_contents(kept.name, files, self._models())
        except (ScriptError, ValueError) as fault:
            _log.error("version %.12s of %s is kept and cannot be read: %s", kept.version, kept.name, fault)
            return None
        if script.version != kept.version:
            _log.error("version %.12s of %s is kept as files of another version", kept.version, kept.name)
            return None
        self._hold(script, files)
        return script

    def recording(self, version: str, path: str) -> Recording | None:
        """Return a recording that a manifest of a version names."""
        held = self._held.get(version)
        return recordings_of(held[1]).get(path) if held is not None else None

    def _models(self) -> Path | None:
        return None

    def _hold(self, script: Script, files: Files) -> None:
        with self._lock:
            self._held[script.version] = script, files
            self._held.move_to_end(script.version)
            spoken = {each.version for each in self._current.values()}
            for version in [each for each in self._held if each not in spoken][: max(0, len(self._held) - _HELD)]:
                del self._held[version]
                self._packed.pop(version, None)


class WatchedScripts(FixedScripts):
    """The scripts of a folder as their files are now, looked at again each minute. Raises `ScriptError` when made.

    What changed is read, proved and made ready in the background, then new calls begin with it. A script with an error
    is not taken up: the version before goes on, and `problem` says where the error stands. Calls end on the version
    with which they began.
    """

    def __init__(
        self,
        root: Path,
        names: Iterable[str],
        *,
        monotonic: Callable[[], float],
        in_background: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self._root, self._monotonic = root, monotonic
        self._in_background = in_background or _in_a_thread
        self._seen, self._looked_at = files_below(root), monotonic()
        self._looking = threading.Lock()
        self._problem: str | None = None
        files = FileScripts(root)
        scripts = {name: files.load(name) for name in sorted(set(names))}
        super().__init__(scripts, {name: files.contents(name) for name in scripts})
        self._seconds = _lengths(files, scripts)

    def current(self, name: str) -> Script:
        """Return the version with which a new call begins; the files are looked at when a minute has passed."""
        self._look()
        return super().current(name)

    def seconds(self) -> Mapping[str, int]:
        """Return the longest conversation of each script; the same object while no script changed."""
        self._look()
        return self._seconds

    def problem(self) -> str | None:
        """Why files that changed were not taken up, with file and line; None when what stands there is spoken."""
        self._look()
        return self._problem

    def _look(self) -> None:
        now = self._monotonic()
        if now - self._looked_at < LOOK_AGAIN_SECONDS or not self._looking.acquire(blocking=False):
            return
        self._looked_at = now
        # Taken before the files are read: whatever changes meanwhile is seen at the next look.
        seen = files_below(self._root)
        if seen == self._seen:
            self._looking.release()
            return
        self._seen = seen
        try:
            self._in_background(self._read_again)
        except RuntimeError:
            # No thread to be had: the next look tries again.
            self._seen = frozenset()
            self._looking.release()

    def _read_again(self) -> None:
        try:
            self._take_up()
        finally:
            self._looking.release()

    def _take_up(self) -> None:
        files, faults = FileScripts(self._root), list[str]()
        taken: dict[str, Script] = {}
        with suppress(ScriptError, OSError):
            # Nobody on the line waits for it; what cannot be read is told below, for each script.
            prepare_understanding(self._root)
        for name, before in self._current.items():
            try:
                script = files.load(name)
            except (ScriptError, OSError) as fault:
                faults.append(f"{name} is spoken as it was before: {fault}")
                continue
            if script.version != before.version:
                self._hold(script, files.contents(name))
                self.as_kept(script.version)
                taken[name] = script
                _log.warning("new calls begin with version %.12s of %s", script.version, name)
        if taken:
            self._seconds = MappingProxyType({**self._seconds, **_lengths(files, taken)})
            self._current = {**self._current, **taken}
        self._problem = "\n".join(faults) or None
        if faults:
            _log.error("scripts changed and cannot be spoken: %s", self._problem)

    def _models(self) -> Path | None:
        return models_beside(self._root)


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="scripts", daemon=True).start()


def _lengths(files: FileScripts, scripts: Mapping[str, Script]) -> Mapping[str, int]:
    speech = files.limits.speech
    return MappingProxyType({name: longest_seconds(script, speech) for name, script in scripts.items()})


def files_below(root: Path) -> frozenset[tuple[str, int, int]]:
    """Every file that scripts may be made of, with what changes when it is written."""
    found = set()
    for path in root.rglob("*"):
        if path.relative_to(root).parts[0] in _APART or path.name.startswith("."):
            continue
        try:
            stat = path.stat()
        except OSError:
            continue
        found.add((str(path), stat.st_mtime_ns, stat.st_size))
    return frozenset(found)
