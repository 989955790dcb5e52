"""How wide text is, and how it is folded, without a font at hand."""

import re
import unicodedata

_WIDE, _NARROW = 1.0, 0.56
_PIECE = re.compile(r"[A-Za-z0-9_'’\-+×%$.:()\[\]/“”]+ *|.", re.DOTALL)
_NOT_FIRST = frozenset("，。、；：？！」』）》,.;:?!)")


def width_of(text: str, size: float) -> float:
    """Return the width of a line in letters of `size`."""
    return sum(_WIDE if unicodedata.east_asian_width(each) in "WF" else _NARROW for each in text) * size


def fold(text: str, size: float, width: float, most: int) -> tuple[str, ...]:
    """Return text as lines no wider than `width`, at most `most` of them; what is too much becomes an ellipsis."""
    lines, line = [], ""
    for piece in _pieces(text, size, width):
        if line and width_of((line + piece).rstrip(), size) > width and piece not in _NOT_FIRST:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    if line.strip():
        lines.append(line.rstrip())
    if len(lines) <= most:
        return tuple(lines)
    kept = lines[:most]
    last = kept[-1]
    while last and width_of(last + "…", size) > width:
        last = last[:-1]
    return (*kept[:-1], last.rstrip("，。、 ") + "…")


def _pieces(text: str, size: float, width: float) -> list[str]:
    """Return what is kept together: words, and single characters; a word wider than the line is broken."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        pieces.extend(piece if width_of(piece.rstrip(), size) > width else [piece])
    return pieces
