"""The recordings of a script: files that one of its manifests names, and nothing else."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from outbound.usecases.ports.scripts import Recording

_MANIFEST = "manifest.yaml"
_TYPES = {".wav": "audio/wav", ".mp3": "audio/mpeg"}


def recordings_of(files: Mapping[str, bytes]) -> dict[str, Recording]:
    """Return what may be played, by path, of the files of a version."""
    found: dict[str, Recording] = {}
    for path in files:
        if PurePosixPath(path).name == _MANIFEST:
            folder = path.rpartition("/")[0]
            for name in _named(yaml.safe_load(files[path])):
                file, kind = f"{folder}/{name}", _TYPES.get(PurePosixPath(name).suffix)
                if kind is not None and file in files:
                    found[file] = Recording(files[file], kind)
    return found


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "play" and isinstance(each, str):
                yield each
            else:
                yield from _named(each)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each)
