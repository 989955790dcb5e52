"""A journal of promises that are owed, one JSON document a line: what was written survives the end of the process."""

import errno
import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from outbound.usecases.ports.owed import Owed

_Key = tuple[str, int]


class OwedJournal:
    """`path` is appended to and flushed to the disk, line by line; it is emptied when nothing is owed any more.

    Several processes may share it, and each takes up what another left when it died; a promise may be carried out twice
    then, which the database makes once. A line that was torn is passed over.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._held(os.O_RDONLY) as file:
            self._waiting = _read(file)

    def add(self, owed: Owed) -> None:
        """Append a promise and wait until the disk has it."""
        with self._lock:
            self._waiting[owed.token, owed.turn] = owed
            line = {"token": owed.token, "turn": owed.turn, "answer": "apology", "reason": owed.reason}
            self._append({**line, "at": owed.at.isoformat()})

    def waiting(self) -> tuple[Owed, ...]:
        """Return what this process owes or took up."""
        with self._lock:
            return tuple(self._waiting.values())

    def take_up(self) -> None:
        """Read what others owe as well; a living one's promise may be carried out twice then, which makes it once."""
        with self._lock:
            if self._path.exists() and self._path.stat().st_size:
                with self._held(os.O_RDONLY) as file:
                    self._waiting = {**_read(file), **self._waiting}

    def done(self, owed: Owed) -> None:
        """Append that a promise is kept; empty the file once nothing in it waits."""
        with self._lock:
            if self._waiting.pop((owed.token, owed.turn), None) is not None:
                self._append({"token": owed.token, "turn": owed.turn, "done": True})

    def _append(self, line: dict[str, Any]) -> None:
        with self._held(os.O_RDWR) as file:
            text = json.dumps(line, separators=(",", ":")) + "\n"
            # A line that another process tore off must not swallow this one.
            data = (text if _ends_whole(file) else "\n" + text).encode()
            if os.write(file, data) < len(data):  # a disk that is nearly full takes a part, and calls that no error
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if line.get("done") and not self._waiting and not _read(file):
                os.ftruncate(file, 0)
            os.fsync(file)

    @contextmanager
    def _held(self, mode: int) -> Iterator[int]:
        """Open the file, alone among processes; its name is on the disk as well when it is new."""
        is_new = not self._path.exists()
        file = os.open(self._path, mode | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_new:
                _flush_folder(self._path.parent)
            yield file
        finally:
            os.close(file)


def _read(file: int) -> dict[_Key, Owed]:
    found: dict[_Key, Owed] = {}
    for line in os.pread(file, os.fstat(file).st_size, 0).splitlines():
        try:
            data = json.loads(line)
            key = str(data["token"]), int(data["turn"])
            if data.get("done"):
                found.pop(key, None)
            else:
                found[key] = Owed(*key, str(data["reason"]), datetime.fromisoformat(data["at"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return found


def _ends_whole(file: int) -> bool:
    size = os.fstat(file).st_size
    return size == 0 or os.pread(file, 1, size - 1) == b"\n"


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
