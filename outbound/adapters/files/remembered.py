"""What took long to work out, kept on disk under the hash of all that it was worked out from."""

import fcntl
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TypeVar

import msgspec

import outbound

T = TypeVar("T")

_ROOT = Path(str(outbound.__file__)).parent
_ROOMS = ("adapters/files/scripts", "adapters/files/understanding", "dialogue", "domain")


def remembered(file: Path | None, shape: type[T], make: Callable[[], T], worth: Callable[[T], bool] | None = None) -> T:
    """Return what `file` holds, else what `make` returns, which is kept there if it is `worth` it.

    What cannot be read there is made again; where nothing can be written, or without a file, it is made every time.
    """
    if file is not None:
        try:
            return msgspec.json.decode(file.read_bytes(), type=shape)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            pass
    made = make()
    if file is not None and (worth is None or worth(made)):
        content = msgspec.json.encode(made)
        write_whole(file, lambda opened: opened.write(content))
    return made


def write_whole(file: Path, write: Callable[[IO[bytes]], object], most: int = 200) -> None:
    """Write aside and rename, so that other processes see a whole file or none; on a full or closed disk, nothing.

    Of files of the same kind (ending) the newest `most` stay in the folder.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, prefix=".", suffix=file.suffix, delete=False) as aside:
            try:
                write(aside)
            except OSError:
                Path(aside.name).unlink(missing_ok=True)
                raise
        written = Path(aside.name)
        written.chmod(0o644)
        try:
            written.replace(file)
        except OSError:
            written.unlink(missing_ok=True)
            raise
        _keep_newest(file, most)
    except OSError:
        return


@contextmanager
def one_at_a_time(folder: Path, what: str) -> Iterator[None]:
    """Let one process at a time do `what` for a folder; where no lock can be had, all of them at once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / f".{what}.lock").open("a")
    except OSError:
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def hash_of(parts: Iterable[bytes]) -> str:
    """Return one hash of parts in their order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def code_of_dialogue() -> str:
    """Return the hash of all code that reads, proves and understands: other code may come to something else."""
    files = (file for room in _ROOMS for file in sorted((_ROOT / room).rglob("*.py")))
    return hash_of(part for file in files for part in (file.name.encode(), file.read_bytes()))


def _keep_newest(file: Path, most: int) -> None:
    found = sorted(file.parent.glob(f"[!.]*{file.suffix}"), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in found[most:]:
        old.unlink(missing_ok=True)
