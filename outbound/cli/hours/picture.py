"""A drawn week as an SVG picture: hatching besides colour, light and dark, readable to a screen reader."""

from itertools import groupby
from xml.etree import ElementTree as ET

from outbound.cli.hours.captions import Captions
from outbound.cli.hours.folding import folded, is_wide
from outbound.cli.hours.week import CELLS, Row, Shade

_LEFT, _CELL, _RIGHT, _MARGIN = 116, 15, 300, 24
_STRIP = CELLS * _CELL
_WIDTH = _LEFT + _STRIP + _RIGHT + _MARGIN
_LINE, _ROW = 17, 30
_SMALL, _PLAIN, _LARGE = 12, 14, 20
_NARROW, _WIDE = 0.56, 1.0
"""Width of a letter in ems: Latin letters, and those of Chinese."""

_STYLE = """
svg { --ink: #1b2330; --soft: #5b6675; --page: #ffffff; --line: #d5dbe3; --open: #1f8a4c; --law: #c0392b;
  --code: #8e44ad; --courtesy: #c98a0b; --void: #8a94a3; --tint: 0.16; --warn: #a32014; }
@media (prefers-color-scheme: dark) { svg { --ink: #eceff4; --soft: #a9b4c2; --page: #14181f; --line: #39424f;
  --open: #43c07a; --law: #ff7a6b; --code: #cf9bea; --courtesy: #f0bd4f; --void: #7d8896; --tint: 0.22;
  --warn: #ff9083; } }
text { font-family: system-ui, -apple-system, "Segoe UI", "PingFang TC", "Microsoft JhengHei", "Noto Sans TC",
  "Noto Sans CJK TC", sans-serif; fill: var(--ink); font-size: 14px; }
.page { fill: var(--page); } .title { font-size: 20px; font-weight: 600; } .soft { fill: var(--soft); }
.small { font-size: 12px; } .warn { fill: var(--warn); font-weight: 600; }
.grid { stroke: var(--line); stroke-width: 1; } .edge { fill: none; stroke: var(--line); }
.open { fill: var(--open); } .partly { fill: url(#partly); }
.legal { fill: url(#legal); } .industry_code { fill: url(#industry_code); } .courtesy { fill: url(#courtesy); }
.unknown { fill: url(#unknown); } .skipped { fill: var(--line); }
"""
_HATCHES = {
    # name: (colour, path within a square of 8)
    Shade.PARTLY: ("--open", "M0 6H8"),
    Shade.LEGAL: ("--law", "M-2 2L2 -2M0 8L8 0M6 10L10 6M0 0L8 8M-2 6L2 10M6 -2L10 2"),
    Shade.INDUSTRY_CODE: ("--code", "M-2 2L2 -2M0 8L8 0M6 10L10 6"),
    Shade.COURTESY: ("--courtesy", "M2 2H2.1M6 6H6.1"),
    Shade.UNKNOWN: ("--void", "M4 0V8M0 4H8"),
}
_THICK = {Shade.PARTLY: 4, Shade.COURTESY: 2.2}


def as_svg(said: Captions) -> str:
    """Return the picture as the text of an SVG file."""
    return _Picture(said).text()


class _Picture:
    """Lays the week out from top to bottom; `_y` is the height used so far."""

    def __init__(self, said: Captions) -> None:
        self._said, self._y = said, _MARGIN
        self._svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
        self._svg.set("aria-labelledby", "title desc")
        self._svg.set("lang", said.language)

    def text(self) -> str:
        self._told()
        self._hatches()
        page = ET.SubElement(self._svg, "rect", {"class": "page", "width": str(_WIDTH)})
        self._head()
        self._scale()
        for row in self._said.week.rows:
            self._row(row)
        self._legend()
        for remark in self._said.remarks():
            self._paragraph(remark, "soft small", _SMALL, _WIDTH - 2 * _MARGIN)
        height = str(round(self._y + _MARGIN))
        page.set("height", height)
        self._svg.set("viewBox", f"0 0 {_WIDTH} {height}")
        self._svg.set("width", str(_WIDTH))
        self._svg.set("height", height)
        ET.indent(self._svg)
        return ET.tostring(self._svg, encoding="unicode") + "\n"

    def _told(self) -> None:
        """Write what a screen reader says: the title, the banner, and every day in words."""
        said = self._said
        ET.SubElement(self._svg, "title", {"id": "title"}).text = said.title()
        stop = "。" if said.chinese else ". "
        days = [", ".join([said.label(r.day), said.hours(r), *said.notes(r)]) for r in said.week.rows]
        ET.SubElement(self._svg, "desc", {"id": "desc"}).text = stop.join([said.banner(), *days]).strip(stop)
        ET.SubElement(self._svg, "style").text = _STYLE

    def _hatches(self) -> None:
        defs = ET.SubElement(self._svg, "defs")
        for shade, (colour, path) in _HATCHES.items():
            frame = {"id": shade.value, "width": "8", "height": "8", "patternUnits": "userSpaceOnUse"}
            hatch = ET.SubElement(defs, "pattern", frame)
            tint = f"fill: var({colour}); opacity: var(--tint)"
            ET.SubElement(hatch, "rect", {"width": "8", "height": "8", "style": tint})
            stroke = f"stroke: var({colour}); stroke-width: {_THICK.get(shade, 1.4)}; stroke-linecap: round"
            ET.SubElement(hatch, "path", {"d": path, "style": stroke})

    def _head(self) -> None:
        self._paragraph(self._said.title(), "title", _LARGE, _WIDTH - 2 * _MARGIN)
        if self._said.banner():
            self._paragraph(self._said.banner(), "warn", _PLAIN, _WIDTH - 2 * _MARGIN)
        self._y += 14

    def _scale(self) -> None:
        self._y += _LINE
        for hour in range(0, CELLS // 2 + 1, 3):
            self._write(f"{hour:02d}", _LEFT + hour * 2 * _CELL, self._y, "soft small", anchor="middle")
        self._y += 6

    def _row(self, row: Row) -> None:
        said = self._said
        notes = [line for note in said.notes(row) for line in _folded(note, _SMALL, _RIGHT - 14)]
        hours = _folded(said.hours(row), _PLAIN, _RIGHT - 14)
        height = max(_ROW, 8 + _LINE * (len(hours) + len(notes)))
        self._write(said.label(row.day), _MARGIN, self._y + 20, "")
        self._strip(row)
        for index, line in enumerate(hours):
            self._write(line, _LEFT + _STRIP + 14, self._y + 20 + index * _LINE, "")
        for index, line in enumerate(notes, len(hours)):
            self._write(line, _LEFT + _STRIP + 14, self._y + 19 + index * _LINE, "soft small")
        self._y += height

    def _strip(self, row: Row) -> None:
        first, height = 0, _ROW - 4
        for shade, cells in groupby(row.cells):
            count = len(list(cells))
            self._box(_LEFT + first * _CELL, count * _CELL, height, shade)
            first += count
        for hour in range(3, CELLS // 2, 3):
            x = str(_LEFT + hour * 2 * _CELL)
            ends = {"x1": x, "x2": x, "y1": str(self._y), "y2": str(self._y + height)}
            ET.SubElement(self._svg, "line", {"class": "grid", **ends})

    def _box(self, x: float, width: float, height: float, shade: Shade) -> None:
        sides = {"x": str(x), "y": str(self._y), "width": str(width), "height": str(height)}
        box = ET.SubElement(self._svg, "rect", {"class": shade.value, **sides})
        ET.SubElement(box, "title").text = self._said.shade(shade)
        ET.SubElement(self._svg, "rect", {"class": "edge", **sides})

    def _legend(self) -> None:
        self._y += 12
        x: float = _MARGIN
        for shade, meaning in self._said.legend():
            needed = 28 + _measure(meaning, _PLAIN) + 24
            if x + needed > _WIDTH - _MARGIN and x > _MARGIN:
                x, self._y = _MARGIN, self._y + 26
            self._box(x, 20, 16, shade)
            self._write(meaning, x + 28, self._y + 13, "")
            x += needed
        self._y += 34

    def _paragraph(self, text: str, style: str, size: int, width: float) -> None:
        for line in _folded(text, size, width):
            self._y += round(size * 1.4)
            self._write(line, _MARGIN, self._y, style)

    def _write(self, text: str, x: float, y: float, style: str, anchor: str = "start") -> None:
        where = {"x": f"{x:g}", "y": f"{y:g}"}
        if style:
            where["class"] = style
        if anchor != "start":
            where["text-anchor"] = anchor
        ET.SubElement(self._svg, "text", where).text = text


def _folded(text: str, size: int, width: float) -> list[str]:
    return folded(text, lambda line: _measure(line, size) <= width)


def _measure(text: str, size: int) -> float:
    return sum(_WIDE if is_wide(letter) else _NARROW for letter in text) * size
