"""A drawn script as an SVG picture: a panel a part, readable in light and dark, the same bytes for the same script."""

from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

from outbound.dialogue.drawing.captions import captions
from outbound.dialogue.drawing.content import Drawing
from outbound.dialogue.drawing.layered import Edge, Point, lay_out
from outbound.dialogue.drawing.packing import pack
from outbound.dialogue.drawing.panels import (
    BOX,
    HEAD,
    NAME_LINE,
    PAD,
    PILL,
    SAYS_LINE,
    SMALL,
    SMALL_LINE,
    Panel,
    Shown,
    Stub,
    Wire,
    kind_fits,
    panel_of,
)  # fmt: skip
from outbound.dialogue.drawing.style import HUES, STYLE
from outbound.dialogue.drawing.text import fold, width_of

_MARGIN, _GAP, _TITLE = 36.0, 28.0, 92.0
_LEAST_WIDE, _SHAPE = 1500.0, 1.35
_WORDS_WIDE, _WORD_LINE = 420.0, 21.0
_PART_HIGH, _CHIP_HIGH = 34.0, 18.0


def as_svg(drawing: Drawing) -> str:
    """Return the picture as the text of an SVG file."""
    return _Picture(drawing).text()


class _Picture:
    """Draws panel by panel; all coordinates are of the page."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing, self._words = drawing, captions(drawing.language)
        frame = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-labelledby": "title desc"}
        self._svg = ET.Element("svg", {**frame, "lang": drawing.language})

    def text(self) -> str:
        drawing = self._drawing
        panels = [panel_of(drawing, group, self._words) for group in drawing.groups]
        sizes = [self._overview_size(), self._words_size(), *(each.size for each in panels)]
        area = sum((wide + _GAP) * (high + _GAP) for wide, high in sizes)
        across = max(_LEAST_WIDE, (area * _SHAPE) ** 0.5, *(wide for wide, _ in sizes))
        corners = pack(sizes, across, _GAP)
        places = [(left + _MARGIN, top + _MARGIN + _TITLE) for left, top in corners]
        width = max(left + wide for (left, _), (wide, _) in zip(places, sizes, strict=True)) + _MARGIN
        height = max(top + high for (_, top), (_, high) in zip(places, sizes, strict=True)) + _MARGIN
        self._head(width, height)
        self._overview(*places[0])
        self._everywhere(*places[1])
        for number, (panel, place) in enumerate(zip(panels, places[2:], strict=True)):
            self._panel(panel, place, number)
        ET.indent(self._svg)
        return ET.tostring(self._svg, encoding="unicode") + "\n"

    def _head(self, width: float, height: float) -> None:
        drawing, words = self._drawing, self._words
        for name, value in (("viewBox", f"0 0 {width:.0f} {height:.0f}"), ("width", f"{width:.0f}")):
            self._svg.set(name, value)
        self._svg.set("height", f"{height:.0f}")
        ET.SubElement(self._svg, "title", {"id": "title"}).text = f"{drawing.name} ({drawing.language})"
        told = "; ".join(f"{each.source} → {each.target}: {', '.join(each.labels)}" for each in drawing.arrows)
        ET.SubElement(self._svg, "desc", {"id": "desc"}).text = told
        ET.SubElement(self._svg, "style").text = STYLE
        defs = ET.SubElement(self._svg, "defs")
        size = {"viewBox": "0 0 10 10", "refX": "9", "refY": "5", "markerWidth": "8", "markerHeight": "8"}
        marker = ET.SubElement(defs, "marker", {"id": "tip", "orient": "auto-start-reverse", **size})
        ET.SubElement(marker, "path", {"d": "M0 1L10 5L0 9Z", "class": "tip"})
        self._rect(0, 0, width, height, "page", 0)
        self._write(drawing.name, _MARGIN, _MARGIN + 24, "title")
        counted = f"{drawing.language} · {len(drawing.boxes)} {words['steps']} · {drawing.branches} {words['branches']}"
        self._write(counted, _MARGIN, _MARGIN + 48, "soft")
        self._keys(_MARGIN, _MARGIN + 60)

    def _keys(self, x: float, y: float) -> None:
        """What the colours mean."""
        kinds = [("box", "anyone"), ("box verified", "verified"), ("stub", "elsewhere")]
        if any(each.walked is not None for each in self._drawing.boxes.values()):
            kinds.append(("box unwalked", "unwalked"))
        for style, name in kinds:
            self._rect(x, y, 26, 16, style, 8 if style == "stub" else 4)
            self._write(self._words[name], x + 34, y + 13, "small")
            x += 34 + width_of(self._words[name], SMALL + 1) + 28

    def _panel(self, panel: Panel, place: Point, number: int) -> None:
        x, y = place
        wide, high = panel.size
        self._rect(x, y, wide, high, "panel", 14)
        hue = HUES[number % len(HUES)]
        self._rect(x, y, wide, HEAD - 10, "strip", 14, fill=f"fill: {hue}")
        self._write(panel.group, x + PAD + 2, y + 21, "group")
        for wire in panel.wires:
            self._wire(wire, place)
        for wire in panel.wires:
            self._label(wire, place)
        for stub, (left, top) in panel.stubs:
            self._stub(stub, x + left, y + top)
        for shown, (left, top) in panel.boxes:
            self._box(shown, x + left - BOX / 2, y + top - shown.height / 2, hue)

    def _box(self, shown: Shown, x: float, y: float, hue: str) -> None:
        box = shown.box
        styles = ["box", *(name for name, is_so in (("verified", box.verified), ("ends", box.kind == "ends")) if is_so)]
        styles += ["unwalked"] if box.walked is False else []
        self._rect(x, y, BOX, shown.height, " ".join(styles), 9).set("id", f"step-{box.name}")
        self._rect(x, y + 8, 4, shown.height - 16, "mark", 2, fill=f"fill: {hue}")
        kind = self._words[box.kind] if kind_fits(box, self._words) else ""
        start = f"▶ {self._words['start']} · " if box.name == self._drawing.start else ""
        self._write(box.name, x + PAD, y + 21, "name")
        self._write(start + kind, x + BOX - PAD, y + 21, "kind", anchor="end")
        y += PAD + NAME_LINE
        for line in shown.says:
            self._write(line, x + PAD, y + 11, "says")
            y += SAYS_LINE
        for line in shown.small:
            self._write(line, x + PAD, y + 9, "note")
            y += SMALL_LINE
        if shown.pill is not None:
            self._rect(x + PAD, y + 1, width_of(shown.pill, SMALL) + 16, _CHIP_HIGH, "pill", 9)
            self._write(shown.pill, x + PAD + 8, y + PILL / 2 + 2, "pilltext")

    def _stub(self, stub: Stub, x: float, y: float) -> None:
        wide, high = stub.size
        link = ET.SubElement(self._svg, "a", {"href": f"#step-{stub.target}"})
        self._rect(x - wide / 2, y - high / 2, wide, high, "stub", high / 2, parent=link)
        self._write(f"→ {stub.target}", x, y + 4, "stubtext", anchor="middle", parent=link)

    def _wire(self, wire: Wire, place: Point) -> None:
        points = [(x + place[0], y + place[1]) for x, y in wire.points]
        style = "wire unwalked" if wire.arrow.walked is False else "wire"
        ET.SubElement(self._svg, "path", {"class": style, "d": _path(points), "marker-end": "url(#tip)"})

    def _label(self, wire: Wire, place: Point) -> None:
        if wire.label is None or wire.label_size is None:
            return
        x, y = wire.label[0] + place[0], wire.label[1] + place[1]
        wide, high = wire.label_size
        self._rect(x - wide / 2, y - high / 2, wide, high, "behind", 4)
        for number, line in enumerate(wire.lines):
            self._write(line, x, y - high / 2 + 12 + number * SMALL_LINE, "label", anchor="middle")

    def _overview_parts(self) -> tuple[dict[str, tuple[float, float]], list[Edge]]:
        drawing = self._drawing
        sizes = {each: (width_of(each, 13) + 36, _PART_HIGH) for each in drawing.groups}
        pairs: dict[tuple[str, str], None] = {}
        for arrow in drawing.arrows:
            target = drawing.boxes.get(arrow.target)
            source = drawing.boxes[arrow.source].group
            if target is not None and target.group != source:
                pairs[source, target.group] = None
        return sizes, [Edge(source, target) for source, target in pairs]

    def _overview_size(self) -> tuple[float, float]:
        wide, high = lay_out(*self._overview_parts()).size
        return max(wide, width_of(self._words["overview"], 15)) + 2 * PAD + 12, high + HEAD + 2 * PAD

    def _overview(self, x: float, y: float) -> None:
        sizes, edges = self._overview_parts()
        laid = lay_out(sizes, edges)
        self._rect(x, y, *self._overview_size(), "panel", 14)
        self._write(self._words["overview"], x + PAD + 2, y + 24, "head")
        left, top = x + PAD + 6, y + HEAD
        for route in laid.routes:
            points = [(a + left, b + top) for a, b in route.points]
            ET.SubElement(self._svg, "path", {"class": "wire", "d": _path(points), "marker-end": "url(#tip)"})
        for number, (name, (wide, high)) in enumerate(sizes.items()):
            a, b = laid.centres[name]
            hue = f"fill: {HUES[number % len(HUES)]}"
            self._rect(a + left - wide / 2, b + top - high / 2, wide, high, "strip", 10, fill=hue)
            self._write(name, a + left, b + top + 5, "group", anchor="middle")

    def _word_rows(self) -> list[tuple[str, str, str]]:
        drawing, words = self._drawing, self._words
        rows = [
            (each.key or "", each.name + (" !" if each.urgent else ""), f"→ {each.target}") for each in drawing.words
        ]
        failures = [("", f"{words['three']} {words[name]}", f"→ {target}") for name, target in drawing.failures]
        return [
            *rows,
            *failures,
            ("", words["machine"], f"→ {drawing.voicemail}"),
            ("", words["too_long"], f"→ {drawing.too_long}"),
        ]

    def _words_size(self) -> tuple[float, float]:
        return _WORDS_WIDE, HEAD + _WORD_LINE * (len(self._word_rows()) + 1) + 2 * PAD

    def _everywhere(self, x: float, y: float) -> None:
        """The legend of what is heard at every question, instead of a hundred arrows."""
        self._rect(x, y, *self._words_size(), "panel", 14)
        self._write(self._words["everywhere"], x + PAD + 2, y + 24, "head")
        y += HEAD
        for key, name, target in self._word_rows():
            if key:
                self._rect(x + PAD, y, 20, 17, "key", 4)
                self._write(key, x + PAD + 10, y + 13, "keytext", anchor="middle")
            self._write(name, x + PAD + 30, y + 13, "word")
            self._write(fold(target, 12, _WORDS_WIDE / 2 - PAD, 1)[0], x + _WORDS_WIDE / 2, y + 13, "small")
            y += _WORD_LINE
        self._write(f"! {self._words['urgent']}", x + PAD + 30, y + 15, "note")

    def _rect(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        style: str,
        radius: float = 0,
        *,
        fill: str = "",
        parent: ET.Element | None = None,
    ) -> ET.Element:
        sides = {"x": _number(x), "y": _number(y), "width": _number(wide), "height": _number(high)}
        more = {"style": fill} if fill else {}
        top = self._svg if parent is None else parent
        return ET.SubElement(top, "rect", {"class": style, "rx": _number(radius), **sides, **more})

    def _write(
        self, text: str, x: float, y: float, style: str, *, anchor: str = "start", parent: ET.Element | None = None
    ) -> None:
        where = {"x": _number(x), "y": _number(y), "class": style}
        if anchor != "start":
            where["text-anchor"] = anchor
        ET.SubElement(self._svg if parent is None else parent, "text", where).text = text


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _path(points: Sequence[Point]) -> str:
    """Return a line through points that bends only between layers."""
    pieces = [f"M{_number(points[0][0])} {_number(points[0][1])}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        if (x, y) == (to_x, to_y):
            continue
        if abs(x - to_x) < 1:
            pieces.append(f"L{_number(to_x)} {_number(to_y)}")
        else:
            middle = _number((y + to_y) / 2)
            pieces.append(f"C{_number(x)} {middle} {_number(to_x)} {middle} {_number(to_x)} {_number(to_y)}")
    return "".join(pieces)
