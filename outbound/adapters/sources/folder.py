"""Policies out of a folder into which files are dropped; no file is lost, none is taken by two runs at once."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from outbound.adapters.sources.contract import RawRow, SourceError
from outbound.adapters.sources.files import read_rows
from outbound.usecases.ports.sources import Delivery

_TAKING, _DONE, _FAILED = "taking", "done", "failed"
_UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload")
_HIDDEN = (".", "~$")


@dataclass(slots=True)
class FileInFolder:
    """A file that this run holds: it lies in `taking/`, locked, until it is accepted, refused or released."""

    name: str
    folder: Path
    path: Path
    mapping: Mapping[str, str] | None
    lock: BinaryIO = field(repr=False)
    seen: tuple[int, int] = (0, 0)
    watermark: str | None = None

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows; raises SourceError."""
        return read_rows(self.path, self.mapping, self.name)

    def accept(self) -> None:
        """Move the file to `done/`, or back into the folder if its writer went on meanwhile."""
        self._move(self.folder / _DONE if _state(self.path) == self.seen else self.folder)

    def refuse(self, reason: str) -> None:
        """Move the file to `failed/`, with the reason beside it in a file that ends in `.reason.txt`."""
        target = self._move(self.folder / _FAILED)
        target.with_name(f"{target.name}.reason.txt").write_text(f"{reason}\n", encoding="utf-8")

    def release(self) -> None:
        """Let go of a file that was neither accepted nor refused; the next run takes it again."""
        self.lock.close()

    def _move(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        target = _reserve(folder, Path(self.name))
        self.path.replace(target)
        self.path.parent.rmdir()
        self.lock.close()
        return target


class FolderSource(Struct, frozen=True):
    """A folder of dropped files. A file is complete when it has not changed for `quiet`; `.part` and alike are left.

    A run renames a file into a folder of its own under `taking/`, which only one run can do, and locks it. The lock
    dies with its process, so that a file left in `taking/` by a crash is taken up by the next run at once.
    """

    name: str
    folder: Path
    clock: Callable[[], datetime]
    mapping: Mapping[str, str] | None = None
    quiet: timedelta = timedelta(seconds=10)

    def deliveries(self, watermark: str | None = None) -> Iterator[Delivery]:
        """Yield one delivery a file, those left over first, then by name; a watermark has no meaning here."""
        del watermark
        if not self.folder.is_dir():
            raise SourceError("the folder does not exist", str(self.folder), "Create it or correct the configuration.")
        for path in self._candidates():
            held = self._hold(path)
            if held is None:
                continue
            try:
                yield held
            finally:
                held.release()

    def _candidates(self) -> Iterator[Path]:
        left_over = os.walk(self.folder / _TAKING)  # passes over what another run removes meanwhile, as glob does not
        yield from sorted(Path(place) / name for place, _, names in left_over for name in names)
        for path in sorted(self.folder.iterdir()):
            if self._is_complete(path) and (taken := self._take(path)):
                yield taken

    def _is_complete(self, path: Path) -> bool:
        if path.name.startswith(_HIDDEN) or path.name.lower().endswith(_UNFINISHED) or path.is_symlink():
            return False
        try:
            changed = path.stat().st_mtime
        except FileNotFoundError:
            return False
        return path.is_file() and self.clock().timestamp() - changed >= self.quiet.total_seconds()

    def _take(self, path: Path) -> Path | None:
        (self.folder / _TAKING).mkdir(exist_ok=True)
        own = Path(tempfile.mkdtemp(dir=self.folder / _TAKING))
        try:
            return path.rename(own / path.name)
        except FileNotFoundError:
            own.rmdir()
            return None

    def _hold(self, path: Path) -> FileInFolder | None:
        """Return the file locked, or None if another run holds it or has moved it on."""
        try:
            lock = path.open("rb")
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            state = _state(path)
        except (BlockingIOError, FileNotFoundError):
            lock.close()
            return None
        return FileInFolder(path.name, self.folder, path, self.mapping, lock, state)


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _reserve(folder: Path, name: Path) -> Path:
    """Return a path in `folder` that nobody else has, made by an empty file: nothing there is ever overwritten."""
    for number in count(1):
        target = folder / (name.name if number == 1 else f"{name.stem}.{number}{name.suffix}")
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        return target
    raise AssertionError
