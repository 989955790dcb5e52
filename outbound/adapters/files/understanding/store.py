"""Trained models on disk: plain arrays under the hash of what they were trained on, never anything that runs."""

import hashlib
import zipfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from outbound.adapters.files.remembered import one_at_a_time, write_whole
from outbound.dialogue.understanding import trained

if TYPE_CHECKING:
    from outbound.dialogue.understanding.trained.linear import LinearModel

Rows = tuple[tuple[str, str], ...]

_MOST_KEPT = 24


def kept(kind: str, rows: Rows, out_of_scope: str | None, folder: Path | None) -> "LinearModel":
    """Return the model of `kind` (intents, answers) for these rows: the one kept in `folder`, or trained anew and kept.

    What is not readable there is trained again, by one of the processes that wait for it. Where nothing can be written,
    the model serves this process.
    """
    if folder is None:
        return _trained(kind, rows, out_of_scope)
    file = folder / f"{kind}-{_key(kind, rows, out_of_scope)}.npz"
    found = _load(file)
    if found is not None:
        return found
    # The last digit of the key: few locks, and models of one installation rarely share one.
    with one_at_a_time(folder, f"training-{file.stem[-1]}"):
        found = _load(file)
        if found is None:
            found = _trained(kind, rows, out_of_scope)
            _save(found, file)
    return found


def _trained(kind: str, rows: Rows, out_of_scope: str | None) -> "LinearModel":
    from outbound.dialogue.understanding.trained.training import train, train_answers

    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    return train_answers(texts, labels) if kind == "answers" else train(texts, labels, out_of_scope)


@lru_cache(maxsize=1)
def trainer() -> str:
    """Return the hash of all that features, weights and bands are made by: another trainer makes other models."""
    digest = hashlib.sha256()
    for file in sorted(Path(str(trained.__file__)).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _key(kind: str, rows: Rows, out_of_scope: str | None) -> str:
    # Other versions of the libraries may weigh a little differently.
    made_with = (trainer(), version("scikit-learn"), version("numpy"))
    return hashlib.sha256(msgspec.json.encode((kind, made_with, out_of_scope, rows))).hexdigest()[:32]


def _load(file: Path) -> "LinearModel | None":
    if not file.is_file():
        return None
    import numpy as np

    from outbound.dialogue.understanding.trained.linear import LinearModel

    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            return LinearModel.from_arrays({name: arrays[name] for name in arrays.files})
    except (OSError, ValueError, KeyError, EOFError, AttributeError, zipfile.BadZipFile, msgspec.MsgspecError):
        return None


def _save(model: "LinearModel", file: Path) -> None:
    import numpy as np

    arrays = model.to_arrays()
    write_whole(file, lambda opened: np.savez(opened, **arrays), _MOST_KEPT)
