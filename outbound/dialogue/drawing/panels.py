"""The steps of one group laid out as a panel: boxes, labels and lines with their places."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from outbound.dialogue.drawing.content import Arrow, Box, Drawing
from outbound.dialogue.drawing.layered import Edge, Point, Size, lay_out
from outbound.dialogue.drawing.packing import pack
from outbound.dialogue.drawing.text import fold, width_of

BOX, PAD = 236.0, 12.0
NAME, SAYS, SMALL = 13.0, 13.0, 11.0
NAME_LINE, SAYS_LINE, SMALL_LINE, PILL = 20.0, 18.0, 15.0, 24.0
HEAD = 40.0
_INNER = BOX - 2 * PAD
_SAYS_LINES, _NOTE_LINES, _LABEL, _LABEL_LINES = 3, 2, 150.0, 5
_MOST_FROM = 3
_BOLD = 1.15
_WIDEST, _GAP = 1500.0, 34.0


class Shown(Struct, frozen=True):
    """A box with its text folded, and its height."""

    box: Box
    says: tuple[str, ...]
    small: tuple[str, ...]
    pill: str | None
    height: float


class Stub(Struct, frozen=True):
    """A step of another group to which lines of this one lead."""

    target: str
    size: Size


class Wire(Struct, frozen=True):
    """The line of an arrow, and its label's lines around a centre."""

    arrow: Arrow
    points: tuple[Point, ...]
    label: Point | None
    lines: tuple[str, ...]
    label_size: Size | None


class Panel(Struct, frozen=True):
    """A group: centres of its boxes and stubs, and its lines, from its upper left corner on."""

    group: str
    boxes: tuple[tuple[Shown, Point], ...]
    stubs: tuple[tuple[Stub, Point], ...]
    wires: tuple[Wire, ...]
    size: Size


def panel_of(drawing: Drawing, group: str, words: Mapping[str, str]) -> Panel:
    """Return the panel of one group; what is not connected in it stands side by side."""
    shown = {name: _shown(box, words) for name, box in drawing.boxes.items() if box.group == group}
    arrows = [each for each in drawing.arrows if each.source in shown]
    pieces = [_piece(group, shown, each, arrows) for each in _components(shown, arrows)]
    corners = pack([each.size for each in pieces], _WIDEST, _GAP)
    moved = [_moved(piece, left + PAD, top + HEAD) for piece, (left, top) in zip(pieces, corners, strict=True)]
    name = width_of(group, 16) + 4 * PAD
    width = max(name, *(left + each.size[0] for each, (left, _) in zip(pieces, corners, strict=True)))
    height = max(top + each.size[1] for each, (_, top) in zip(pieces, corners, strict=True))
    return Panel(
        group,
        tuple(box for each in moved for box in each.boxes),
        tuple(stub for each in moved for stub in each.stubs),
        tuple(wire for each in moved for wire in each.wires),
        (width + 2 * PAD, height + HEAD + PAD),
    )


def _shown(box: Box, words: Mapping[str, str]) -> Shown:
    says = fold(box.says, SAYS, _INNER, _SAYS_LINES)
    small = [] if kind_fits(box, words) else [words[box.kind]]
    small += [line for note in box.notes for line in fold(note, SMALL, _INNER, _NOTE_LINES)]
    if box.comes_from:
        more = len(box.comes_from) - _MOST_FROM
        names = ", ".join(box.comes_from[:_MOST_FROM]) + (f" +{more}" if more > 0 else "")
        small += fold(f"{words['from']} {names}", SMALL, _INNER, _NOTE_LINES)
    outcome = box.outcome or (words["as_decided"] if box.kind == "ends" else None)
    pill = f"{words['ends_as']} {outcome}" if outcome is not None else None
    height = PAD + NAME_LINE + SAYS_LINE * len(says) + SMALL_LINE * len(small) + (PILL if pill else 0.0) + PAD / 2
    return Shown(box, says, tuple(small), pill, height)


def kind_fits(box: Box, words: Mapping[str, str]) -> bool:
    """Whether a box has room for its kind beside its name, which is written in bold letters."""
    return width_of(box.name, NAME) * _BOLD + width_of(words[box.kind], SMALL) + PAD <= _INNER


def _components(shown: Mapping[str, Shown], arrows: Sequence[Arrow]) -> list[list[str]]:
    """Return what hangs together within a group, in the script's order."""
    group = {name: name for name in shown}

    def root(name: str) -> str:
        while group[name] != name:
            name = group[name]
        return name

    for arrow in arrows:
        if arrow.target in shown:
            group[root(arrow.target)] = root(arrow.source)
    found: dict[str, list[str]] = {}
    for name in shown:
        found.setdefault(root(name), []).append(name)
    return list(found.values())


def _piece(group: str, shown: Mapping[str, Shown], names: list[str], arrows: Sequence[Arrow]) -> Panel:
    mine = [each for each in arrows if each.source in names]
    targets = dict.fromkeys(each.target for each in mine if each.target not in shown)
    stubs = {f"→{name}": Stub(name, (width_of(f"→ {name}", SMALL + 1) + 22, 24.0)) for name in targets}
    sizes: dict[str, Size] = {name: (BOX, shown[name].height) for name in names}
    sizes |= {key: stub.size for key, stub in stubs.items()}
    labels = [_label(each) for each in mine]
    edges = [
        Edge(each.source, each.target if each.target in shown else f"→{each.target}", size)
        for each, (_, size) in zip(mine, labels, strict=True)
    ]
    laid = lay_out(sizes, edges)
    wires = tuple(
        Wire(each, route.points, route.label, lines, size)
        for each, route, (lines, size) in zip(mine, laid.routes, labels, strict=True)
    )
    boxes = tuple((shown[name], laid.centres[name]) for name in names)
    return Panel(group, boxes, tuple((stub, laid.centres[key]) for key, stub in stubs.items()), wires, laid.size)


def _label(arrow: Arrow) -> tuple[tuple[str, ...], Size | None]:
    lines = [line for label in arrow.labels for line in fold(label, SMALL, _LABEL, 2)]
    if len(lines) > _LABEL_LINES:
        lines = [*lines[: _LABEL_LINES - 1], "…"]
    if not lines:
        return (), None
    return tuple(lines), (max(width_of(each, SMALL) for each in lines) + 8, SMALL_LINE * len(lines) + 2)


def _moved(panel: Panel, x: float, y: float) -> Panel:
    def move(point: Point) -> Point:
        return point[0] + x, point[1] + y

    return Panel(
        panel.group,
        tuple((shown, move(at)) for shown, at in panel.boxes),
        tuple((stub, move(at)) for stub, at in panel.stubs),
        tuple(
            Wire(
                each.arrow,
                tuple(move(point) for point in each.points),
                move(each.label) if each.label is not None else None,
                each.lines,
                each.label_size,
            )
            for each in panel.wires
        ),
        panel.size,
    )
