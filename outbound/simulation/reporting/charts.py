"""Charts as SVG text: bars, stacked bars by day, and a week as a heat map. Colours follow the page's scheme."""

from collections.abc import Mapping, Sequence
from html import escape

from outbound.review.figures import Nps

_ROW, _LABEL, _WIDTH = 28, 190, 640
_STRONG = 0.55
"""Share from which on a cell is dark enough for light figures."""
_DAYS = ("一 Mon", "二 Tue", "三 Wed", "四 Thu", "五 Fri", "六 Sat", "日 Sun")
RESULTS = ("human", "machine", "no_answer", "busy", "failed", "canceled", "unknown")
"""Connect results in the order in which a day's bar stacks them; the page colours them by class."""


def bars(rows: Sequence[tuple[str, int, str]], title: str) -> str:
    """Horizontal bars of (label, number, note)."""
    top = max((number for _, number, _ in rows), default=0) or 1
    parts = []
    for index, (label, number, note) in enumerate(rows):
        y, width = index * _ROW, (_WIDTH - _LABEL - 130) * number / top
        parts.append(
            f'<text class="label" x="{_LABEL - 8}" y="{y + 18}" text-anchor="end">{escape(label)}</text>'
            f'<rect class="bar" x="{_LABEL}" y="{y + 5}" width="{width:.1f}" height="18" rx="3"/>'
            f'<text x="{_LABEL + width + 8:.1f}" y="{y + 18}">{number:,} '
            f'<tspan class="note">{escape(note)}</tspan></text>'
        )
    return _svg(_WIDTH, len(rows) * _ROW, "".join(parts), title)


def days(counts: Mapping[str, Mapping[str, int]], title: str) -> str:
    """One stacked column a day, by connect result."""
    height, base = 190, 160
    top = max((sum(day.values()) for day in counts.values()), default=0) or 1
    step = _WIDTH / max(len(counts), 1)
    parts = []
    for index, (day, results) in enumerate(counts.items()):
        x, y = index * step + step * 0.15, float(base)
        for name in RESULTS:
            size = (base - 16) * results.get(name, 0) / top
            y -= size
            if size:
                tip = f"{day} {name}: {results[name]}"
                parts.append(
                    f'<rect class="r-{name}" x="{x:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}" height="{size:.1f}">'
                    f"<title>{escape(tip)}</title></rect>"
                )
        middle = x + step * 0.35
        parts.append(
            f'<text class="small" x="{middle:.1f}" y="{y - 4:.1f}" text-anchor="middle">{sum(results.values())}</text>'
            f'<text class="small" x="{middle:.1f}" y="{base + 16}" text-anchor="middle">{escape(day[5:])}</text>'
        )
    return _svg(_WIDTH, height, "".join(parts), title)


def week(rates: Mapping[tuple[int, int], tuple[int, int]], title: str) -> str:
    """Answer rate by weekday and hour; the number in a cell is percent, empty cells were not called."""
    if not rates:
        return ""
    first, last = min(hour for _, hour in rates), max(hour for _, hour in rates)
    wide, high = (_WIDTH - 70) / (last - first + 1), 26
    parts = [
        f'<text class="small" x="{70 + (hour - first + 0.5) * wide:.1f}" y="12" text-anchor="middle">{hour}</text>'
        for hour in range(first, last + 1)
    ]
    for day in range(1, 8):
        y = 18 + (day - 1) * high
        parts.append(f'<text class="small" x="0" y="{y + 17}">{_DAYS[day - 1]}</text>')
        for hour in range(first, last + 1):
            answered, rung = rates.get((day, hour), (0, 0))
            if rung:
                share, x = answered / rung, 70 + (hour - first) * wide
                parts.append(
                    f'<rect class="heat" style="fill-opacity:{0.08 + 0.92 * share:.2f}" x="{x + 1:.1f}" y="{y}" '
                    f'width="{wide - 2:.1f}" height="{high - 2}" rx="3"><title>{answered}/{rung}</title></rect>'
                    f'<text class="small{" strong" if share > _STRONG else ""}" x="{x + wide / 2:.1f}" y="{y + 16}" '
                    f'text-anchor="middle">{share:.0%}</text>'
                )
    return _svg(_WIDTH, 18 + 7 * high, "".join(parts), title)


def nps_scale(nps: Nps, title: str) -> str:
    """The score with its interval on a scale from -100 to 100."""
    if nps.score is None or nps.low is None or nps.high is None:
        return ""

    def place(points: float) -> float:
        return 20 + (points + 100) / 200 * (_WIDTH - 40)

    low, high, score = place(nps.low), place(nps.high), place(nps.score)
    ticks = "".join(
        f'<text class="small" x="{place(points):.1f}" y="52" text-anchor="middle">{points}</text>'
        for points in range(-100, 101, 50)
    )
    return _svg(
        _WIDTH,
        60,
        f'<line class="axis" x1="{place(-100)}" x2="{place(100)}" y1="30" y2="30"/>{ticks}'
        f'<rect class="heat" style="fill-opacity:.35" x="{low:.1f}" y="22" '
        f'width="{high - low:.1f}" height="16" rx="8"/>'
        f'<circle class="bar" cx="{score:.1f}" cy="30" r="6"/>'
        f'<text x="{score:.1f}" y="14" text-anchor="middle">{nps.score:+.0f}</text>',
        title,
    )


def _svg(width: int, height: int, body: str, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{body}</svg>'
    )
