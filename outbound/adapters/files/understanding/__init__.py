"""What decides the meaning of words, on disk: phrase books, utterances by intent, and approved answers."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from outbound.adapters.files.remembered import code_of_dialogue, hash_of, remembered
from outbound.adapters.files.understanding.answers import compared, read_answers
from outbound.adapters.files.understanding.store import kept, trainer
from outbound.adapters.files.understanding.utterances import read_utterances
from outbound.dialogue.script.document import Document, Finding, ScriptError
from outbound.dialogue.understanding.brains import Brains, Learned
from outbound.dialogue.understanding.faq import FaqBook, FaqEntry
from outbound.dialogue.understanding.nlu import OUT_OF_SCOPE
from outbound.dialogue.understanding.phrases import Intent, PhraseUnderstanding, read_books

if TYPE_CHECKING:
    from outbound.adapters.files.scripts.shelf import Shelf
    from outbound.dialogue.understanding.trained.linear import LinearModel

PHRASES, UNDERSTANDING, FAQ = "phrases", "understanding", "faq"
_ENDING = ".yaml"
_MOST_SHARED = 8
_shared: dict[str, Brains] = {}


class Material(Struct, frozen=True):
    """All that is learned from and answered with, by language, and what was found wrong with it (warnings too)."""

    utterances: Mapping[str, Mapping[str, tuple[str, ...]]]
    answers: Mapping[str, Mapping[str, FaqEntry]]
    findings: tuple[Finding, ...]


class Read(Struct, frozen=True):
    """Phrase books and material without an error, as they are remembered."""

    phrases: Mapping[str, Mapping[str, Intent]]
    material: Material


def load_understanding(root: Path, cache: Path | None = None) -> Brains:
    """Return both brains from the folder of all scripts; `ScriptError` with every finding that is no warning.

    Models are trained when they are first needed, in seconds, and kept below `cache` (nowhere without it).
    """
    from outbound.adapters.files.scripts.shelf import shelf_of_folder

    return understanding_of(shelf_of_folder(root), cache)


def understanding_findings(root: Path) -> tuple[Finding, ...]:
    """Return all that is wrong with utterances and answers, warnings included, in order of file and line."""
    from outbound.adapters.files.scripts.shelf import shelf_of_folder

    return _read(shelf_of_folder(root)).findings


def understanding_of(shelf: "Shelf", cache: Path | None = None) -> Brains:
    """Return both brains from the files of a shelf; as `load_understanding`. The same files give the same object."""
    books = shelf.matching(PHRASES, _ENDING)
    paths = (*books.values(), *_files(shelf, UNDERSTANDING), *shelf.matching(FAQ, _ENDING).values())
    version = _version({path: shelf.bytes_of(path) for path in paths})
    known = _shared.get(version)
    if known is not None:
        return known
    read = remembered(_read_before(version, cache), Read, lambda: _read_whole(shelf))
    given = read.material
    learned = {tag: _learned(intents, cache) for tag, intents in given.utterances.items()}
    answers = {tag: FaqBook(tag, entries, _finder(entries, cache)) for tag, entries in given.answers.items() if entries}
    rules = PhraseUnderstanding(read.phrases)
    brains = Brains(rules, {tag: each for tag, each in learned.items() if each}, answers, version)
    if len(_shared) >= _MOST_SHARED:
        _shared.pop(next(iter(_shared)))
    _shared[version] = brains
    return brains


def _read_before(version: str, cache: Path | None) -> Path | None:
    return (
        cache / f"read-{hash_of((version.encode(), code_of_dialogue().encode()))}.json" if cache is not None else None
    )


def _read_whole(shelf: "Shelf") -> Read:
    phrases = read_books({tag: shelf.document(path) for tag, path in shelf.matching(PHRASES, _ENDING).items()})
    material = _read(shelf)
    errors = tuple(each for each in material.findings if not each.warning)
    if errors:
        raise ScriptError(errors)
    return Read(phrases, material)


def _read(shelf: "Shelf") -> Material:
    findings: list[Finding] = []
    utterances = {}
    for tag, paths in _by_language(_files(shelf, UNDERSTANDING)).items():
        utterances[tag] = read_utterances(tuple(map(shelf.document, paths)), tag, findings)
    documents: dict[str, Document] = {}
    for tag, path in shelf.matching(FAQ, _ENDING).items():
        documents[tag] = shelf.document(path)
    answers = {tag: read_answers(document, tag, findings) for tag, document in documents.items()}
    findings.extend(compared(documents, answers))
    ordered = sorted(set(findings), key=lambda each: (each.file, each.line, each.code, each.text))
    return Material(utterances, answers, tuple(ordered))


def _files(shelf: "Shelf", folder: str) -> tuple[str, ...]:
    return tuple(path for path in shelf.below(folder) if path.endswith(_ENDING))


def _by_language(paths: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        tag = path.split("/")[1]
        found.setdefault(tag, []).append(path)
    return found


def _learned(intents: Mapping[str, tuple[str, ...]], cache: Path | None) -> Learned | None:
    rows = tuple((text, name) for name, texts in sorted(intents.items()) for text in texts)
    return Learned(frozenset(intents), _once(partial(kept, "intents", rows, OUT_OF_SCOPE, cache))) if rows else None


def _finder(entries: Mapping[str, FaqEntry], cache: Path | None) -> "Callable[[], LinearModel]":
    rows = tuple(
        (text, each.id) for _, each in sorted(entries.items()) for text in (*each.questions, each.spoken_words())
    )
    return _once(partial(kept, "answers", rows, None, cache))


def _once(make: "Callable[[], LinearModel]") -> "Callable[[], LinearModel]":
    """Return a function that makes a model when it is first called, once, whichever thread comes first."""
    from threading import Lock

    made: list[LinearModel] = []
    lock = Lock()

    def model() -> "LinearModel":
        if not made:
            with lock:
                if not made:
                    made.append(make())
        return made[0]

    return model


def _version(contents: Mapping[str, bytes]) -> str:
    """Hash everything that decides meaning, trainer included, so that any change anywhere is another version."""
    parts = (part for path, content in sorted(contents.items()) for part in (path.encode(), content))
    return hash_of((trainer().encode(), *parts))
