"""A script as the text of a Mermaid flowchart, which many editors and wikis draw."""

from collections.abc import Iterator

from outbound.dialogue.drawing.content import Box, Drawing
from outbound.dialogue.drawing.text import fold

_LINE, _MOST = 210.0, 3
_SHAPES = {
    "asks": ("([", "])"),
    "chooses": ("{{", "}}"),
    "transfers": ("[/", "/]"),
    "answers": ("[(", ")]"),
    "ends": ("[[", "]]"),
    "says": ("[", "]"),
}
_CLASSES = """  classDef verified fill:#e3f4e8,stroke:#1f8a4c,color:#12361f
  classDef ends fill:#eef1f6,stroke:#5b6675,color:#1b2330
  classDef unwalked stroke:#c0392b,stroke-width:2px,stroke-dasharray:5 4"""


def as_mermaid(drawing: Drawing) -> str:
    """Return the text of a flowchart: a subgraph a part, and what is heard at every question as a note beside it."""
    return "\n".join(_lines(drawing)) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    ids = {name: f"s{number}" for number, name in enumerate(drawing.boxes)}
    yield "---"
    yield f"title: {drawing.name} ({drawing.language})"
    yield "---"
    yield "flowchart TD"
    for number, group in enumerate(drawing.groups):
        yield f'  subgraph g{number}["{_escaped(group)}"]'
        yield from (f"    {_box(ids[name], box)}" for name, box in drawing.boxes.items() if box.group == group)
        yield "  end"
    for arrow in drawing.arrows:
        label = f'|"{"<br/>".join(_escaped(each) for each in arrow.labels)}"|' if arrow.labels else ""
        line = "-.->" if arrow.walked is False else "-->"
        if arrow.target in ids:
            yield f"  {ids[arrow.source]} {line}{label} {ids[arrow.target]}"
    yield f'  everywhere["{_everywhere(drawing)}"]'
    yield _CLASSES
    for name, box in drawing.boxes.items():
        classes = [kind for kind, is_so in _kinds(box) if is_so]
        if classes:
            yield f"  class {ids[name]} {classes[0]}"
            yield from (f"  class {ids[name]} {each}" for each in classes[1:])


def _kinds(box: Box) -> tuple[tuple[str, bool], ...]:
    return ("verified", box.verified), ("ends", box.kind == "ends"), ("unwalked", box.walked is False)


def _box(identifier: str, box: Box) -> str:
    opening, closing = _SHAPES[box.kind]
    says = "<br/>".join(_escaped(each) for each in fold(box.says, 13, _LINE, _MOST))
    more = [*(_escaped(each) for each in box.notes), *([f"ends as {box.outcome}"] if box.outcome else [])]
    rest = "".join(f"<br/><i>{each}</i>" for each in more)
    return f'{identifier}{opening}"<b>{_escaped(box.name)}</b>{"<br/>" if says else ""}{says}{rest}"{closing}'


def _everywhere(drawing: Drawing) -> str:
    words = (
        f"{f'[{each.key}] ' if each.key else ''}{each.name} → {each.target}{' (urgent)' if each.urgent else ''}"
        for each in drawing.words
    )
    failures = (f"3 × {name} → {target}" for name, target in drawing.failures)
    return "<br/>".join(["<b>at every question</b>", *(_escaped(each) for each in (*words, *failures))])


def _escaped(text: str) -> str:
    for letter, entity in (("#", "#35;"), ("&", "#38;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(letter, entity)
    return text
