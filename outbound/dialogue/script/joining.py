"""What a script says together with what it extends or includes, every place still known by its own file and line."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from outbound.dialogue.script.document import Document, Path

BY_NAME = ("steps", "universal", "leads", "failed")
"""Mappings of a graph that are joined name by name."""

Documents = Mapping[str, Document]


class Audio(Struct, frozen=True):
    """A recording: its path below the folder of all scripts, and its content."""

    path: str
    content: bytes


class Material(Struct, frozen=True):
    """What a script or a part is made of: the graph, and by language its prompts and its manifests of recordings.

    `macros` are by language the documents that hold some, the most general ones first. `audio` are the recordings
    beside the manifests, by file as findings name it.
    """

    graph: Document
    prompts: Documents
    manifests: Documents = {}
    macros: Mapping[str, tuple[Document, ...]] = {}
    audio: Mapping[str, Audio] = {}

    @property
    def folder(self) -> str:
        """The folder of the graph, as findings name it."""
        return self.graph.file.rpartition("/")[0]


def with_others(
    own: Material, others: Iterable[Material], by_name: tuple[str, ...], without: frozenset[str] = frozenset()
) -> Material:
    """Return what `own` says and what the others say besides, of the graph without the keys `without`."""
    others = tuple(others)
    tags = {tag for each in others for tag in each.macros} | own.macros.keys()
    return Material(
        joined(own.graph, [each.graph for each in others], by_name, without),
        _by_language(own.prompts, [each.prompts for each in others], f"{own.folder}/prompts/{{}}.yaml", ()),
        _by_language(
            own.manifests, [each.manifests for each in others], f"{own.folder}/audio/{{}}/manifest.yaml", ("prompts",)
        ),
        {tag: _once(each for of in (*others, own) for each in of.macros.get(tag, ())) for tag in tags},
        {file: audio for each in (*others, own) for file, audio in each.audio.items()},
    )


def _once(documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple({each.file: each for each in documents}.values())


def joined(
    own: Document, others: Iterable[Document], by_name: tuple[str, ...], without: frozenset[str] = frozenset()
) -> Document:
    """Return what `own` says, and what the others say besides; mappings under `by_name` are joined name by name."""
    data: dict[str, Any] = {}
    owners: dict[Path, Document] = {}
    for document in (*others, own):
        for key, value in document.data.items() if isinstance(document.data, dict) else ():
            if document is not own and key in without:
                continue
            if key in by_name and isinstance(value, dict):
                before = data.get(key)
                data[key] = {**(before if isinstance(before, dict) else {}), **value}
                owners.update({(key, name): document for name in value})
            else:
                data[key] = value
                owners[(key,)] = document
    foreign = {path: owner for path, owner in owners.items() if owner is not own}
    return Document(own.file, data, own.lines, {**own.owners, **foreign})


def _by_language(own: Documents, others: list[Documents], file: str, by_name: tuple[str, ...]) -> Documents:
    """Join documents language by language; a language that only others speak is still no file of one's own."""
    found: dict[str, Document] = {}
    for tag in sorted({*own, *(each for mapping in others for each in mapping)}):
        mine = own.get(tag) or Document(file.format(tag), {}, {})
        found[tag] = joined(mine, [each[tag] for each in others if tag in each], by_name)
    return found
