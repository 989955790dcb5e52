"""Parts: pieces of a conversation with exits, that any script includes and leads on from where they end."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from outbound.dialogue.prompts import PHRASES
from outbound.dialogue.script.document import Cursor, Document, Findings, Path
from outbound.dialogue.script.joining import BY_NAME, Material, with_others
from outbound.dialogue.script.model import RESERVED_TARGETS
from outbound.dialogue.script.steps import required

EXIT = "exit."
PART_KEYS = ("part", "exits", "include", "steps", "universal", "leads", "failed", "unsure", "voicemail", "too_long")
"""What the file of a part may say."""

_OWN_BUSINESS = frozenset({"part", "exits", "include"})
_TARGETS = frozenset({"go", "next", "silence", "not_understood", "answered", "unanswered"})
_ENTRIES = ("voicemail", "too_long")
_INCLUDED = re.compile(r"\binclude\s+[\"'](\w+)[\"']")

FindPart = Callable[[str], Material | None]


class Includer:
    """Puts the parts that are included into a script, and finds what does not fit. `known` are the parts there are."""

    def __init__(self, find: FindPart, known: tuple[str, ...], findings: Findings) -> None:
        self._find, self._known, self._findings = find, known, findings

    def whole(self, own: Material, circle: tuple[str, ...] = ()) -> Material:
        """Return the script or part with everything that it includes; findings tell what is wrong."""
        include = Cursor(own.graph, self._findings, (), own.graph.data).at("include")
        parts: dict[str, Material] = {}
        for name in include.keys():  # noqa: SIM118 - a cursor is no mapping
            part = self._part(include.at(name), name, circle)
            if part is not None:
                self._speaks(own, part, include.at(name))
                parts[name] = part
        self._clashes(own, parts)
        whole = with_others(own, parts.values(), BY_NAME, _OWN_BUSINESS) if parts else own
        self._leads_somewhere(include, own.graph.data, whole.graph.data)
        return whole

    def _leads_somewhere(self, include: Cursor, own: Any, whole: Any) -> None:
        """Find exits of included parts that lead to no step; what an extended script has shows later."""
        if not isinstance(own, dict) or "extends" in own:
            return
        allowed = {*_keys(whole, "steps"), *RESERVED_TARGETS, *(f"{EXIT}{each}" for each in _keys(own, "exits"))}
        for place in (include.at(part).at(each) for part in include.keys() for each in _keys(include.value, part)):  # noqa: SIM118
            if isinstance(place.value, str) and place.value not in allowed:
                place.complain(f"exit '{place.path[-1]}' leads to unknown step '{place.value}'", "unknown_step")

    def _speaks(self, own: Material, part: Material, place: Cursor) -> None:
        """Find languages of one's own that the part lacks."""
        spoken, others = {*own.prompts, *own.manifests}, {*part.prompts, *part.manifests}
        for tag in sorted(spoken - others if others else ()):
            file = f"audio/{tag}/manifest.yaml" if tag in own.manifests else f"prompts/{tag}.yaml"
            text = f"part '{place.path[-1]}' does not speak '{tag}'; add {part.folder}/{file}"
            place.complain(text, "missing_language")

    def _part(self, place: Cursor, name: str, circle: tuple[str, ...]) -> Material | None:
        if name in circle:
            way = " > ".join((*circle[circle.index(name) :], name))
            place.complain(f"parts include each other in a circle: {way}; take one 'include' out", "include_circle")
            return None
        own = self._find(name)
        if own is None:
            known = ", ".join(self._known) or "none"
            place.complain(f"there is no part '{name}'; parts found: {known}", "unknown_part")
            return None
        root = Cursor(own.graph, self._findings, (), own.graph.data)
        if root.at("part").value is not True:
            root.complain("this is included as a part; write 'part: true' at its head", "no_part")
            return None
        root.only(*PART_KEYS)
        whole = self.whole(own, (*circle, name))
        self._exits_in(own.graph, whole.graph)
        self._unused(own)
        exits = self._exits_of(place, root.at("exits"), name)
        led_on = Document(whole.graph.file, _led_on(whole.graph.data, exits), whole.graph.lines, whole.graph.owners)
        return replace(whole, graph=led_on)

    def _exits_in(self, own: Document, whole: Document) -> None:
        """Find targets of a part that are neither its own steps nor its exits, and exits that nothing leads to."""
        root = Cursor(own, self._findings, (), own.data)
        declared, steps = root.at("exits"), Cursor(whole, self._findings, (), whole.data).at("steps")
        allowed = {*(f"{EXIT}{each}" for each in declared.keys()), *steps.keys(), *RESERVED_TARGETS}  # noqa: SIM118
        used = {*(target for _, target in targets_in(own.data)), *_words_in(root.at("include").value)}
        for path, target in targets_in(own.data):
            if target not in allowed:
                text = f"'{target}' is no step of this part and none of its exits; leave it by 'exit.NAME'"
                self._findings.add("unknown_exit", own, path, text)
        for name in declared.keys():  # noqa: SIM118
            if not declared.at(name).text():
                declared.at(name).complain(f"say what exit '{name}' means")
            if f"{EXIT}{name}" not in used:
                declared.at(name).complain(f"nothing leads to exit '{name}'; remove it or lead there", "unused_exit")

    def _unused(self, own: Material) -> None:
        """Find sentences of a part that nothing in it speaks: a script that extends it would not know of them."""
        named = frozenset(_words_in(own.graph.data))
        for tag, document in own.prompts.items():
            texts = "".join(_words_in([document.data, *(each.data for each in own.macros.get(tag, ()))]))
            self._never_spoken(document, (), _keys({"": document.data}, ""), named | set(_INCLUDED.findall(texts)))
        for document in own.manifests.values():
            self._never_spoken(document, ("prompts",), _keys(document.data, "prompts"), named)

    def _never_spoken(self, document: Document, below: Path, names: tuple[str, ...], spoken: Collection[str]) -> None:
        for name in names:
            if name not in spoken and not name.startswith(PHRASES):
                text = f"prompt '{name}' is never spoken in this part; remove it"
                self._findings.add("unused_prompt", document, (*below, name), text)

    def _exits_of(self, place: Cursor, declared: Cursor, name: str) -> Mapping[str, str]:
        given, known = place.keys(), declared.keys()
        missing = [each for each in known if each not in given]
        if missing:
            place.complain(f"part '{name}' also ends by {', '.join(missing)}; say where that leads", "missing_exit")
        for each in given:
            if each not in known:
                text = f"part '{name}' has no exit '{each}'; it has: {', '.join(known) or 'none'}"
                place.at(each).complain(text, "unknown_exit")
        return {f"{EXIT}{each}": required(place.at(each)) for each in given}

    def _clashes(self, own: Material, parts: Mapping[str, Material]) -> None:
        for what, mine, theirs in _said_by(own, parts):
            written = {path for path, _ in _named(mine)}
            first: dict[Path, tuple[str, Any]] = {}
            for part, document in theirs.items():
                for path, value in _named(document):
                    said = document.place(path), value
                    other, before = first.setdefault(path, (part, said))
                    if before != said and path not in written:
                        text = f"'{path[-1]}' stands in the {what} of the parts '{other}' and '{part}'"
                        place = ("include", part)
                        self._findings.add("clash", own.graph, place, f"{text}; write it here anew, or rename one")


def targets_in(data: Any) -> Iterator[tuple[Path, str]]:
    """Yield every target that a graph names, with its path."""
    if not isinstance(data, dict):
        return
    for key in _ENTRIES:
        if isinstance(data.get(key), str):
            yield (key,), data[key]
    for key in ("steps", "universal", "failed"):
        yield from _targets_below(data.get(key), (key,))


def _targets_below(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, list):
        for index, each in enumerate(data):
            yield from _targets_below(each, (*path, index))
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in _TARGETS and isinstance(value, str):
                yield (*path, key), value
            else:
                yield from _targets_below(value, (*path, key))


def _keys(data: Any, key: str) -> tuple[str, ...]:
    """Return the keys of the mapping under `key`, none if there is no mapping."""
    below = data.get(key) if isinstance(data, dict) else None
    return tuple(below) if isinstance(below, dict) else ()


def _words_in(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list | dict):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _words_in(each)


def _led_on(data: Any, exits: Mapping[str, str], *, below: bool = False) -> Any:
    """Return the data of a part, its exits replaced by the steps to which they lead."""
    if isinstance(data, list):
        return [_led_on(each, exits, below=below) for each in data]
    if not isinstance(data, dict):
        return data
    return {
        key: exits.get(value, value)
        if isinstance(value, str) and key in (_TARGETS if below else _ENTRIES)
        else _led_on(value, exits, below=True)
        for key, value in data.items()
    }


def _said_by(own: Material, parts: Mapping[str, Material]) -> Iterator[tuple[str, Document, Mapping[str, Document]]]:
    """Yield the graph, then the prompts of each language: of one's own, and of each part."""
    yield "graph", own.graph, {name: part.graph for name, part in parts.items()}
    for tag in sorted({tag for part in parts.values() for tag in part.prompts}):
        mine = own.prompts.get(tag) or Document("", {}, {})
        yield f"{tag} prompts", mine, {n: part.prompts[tag] for n, part in parts.items() if tag in part.prompts}


def _named(document: Document) -> Iterator[tuple[Path, Any]]:
    for key, value in document.data.items() if isinstance(document.data, dict) else ():
        if key in _OWN_BUSINESS:
            continue
        if key in BY_NAME and isinstance(value, dict):
            yield from (((key, name), each) for name, each in value.items())
        else:
            yield (key,), value
