"""A drawn week in the terminal: characters tell everything, colours help."""

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from outbound.cli.hours.captions import MARKS, Captions
from outbound.cli.hours.folding import folded
from outbound.cli.hours.week import CELLS, Row, Shade

_NARROWEST = 80
_BESIDE = 62
"""Columns that the label, the strip and the gaps take."""
_EVERY = 6
"""Half hours between two figures of the scale."""

_STYLES = {
    Shade.OPEN: "green",
    Shade.PARTLY: "green",
    Shade.LEGAL: "red",
    Shade.INDUSTRY_CODE: "magenta",
    Shade.COURTESY: "yellow",
    Shade.UNKNOWN: "reverse",
    Shade.SKIPPED: "dim",
}


def print_week(said: Captions, console: Console | None = None) -> None:
    """Print the week; colours only where there is a terminal."""
    console = console or _console()
    console.print(Text(said.title(), style="bold"))
    if said.banner():
        console.print(Text(f"! {said.banner()}", style="bold red"))
    console.print()
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, width=CELLS)
    table.add_column(overflow="fold")
    table.add_row("", _scale(), "")
    for row in said.week.rows:
        table.add_row(said.label(row.day), _strip(row), _beside(said, row, console.width - _BESIDE))
    console.print(table)
    console.print()
    for shade, meaning in said.legend():
        console.print(Text.assemble((MARKS[shade], _STYLES[shade]), f" {meaning}"))
    console.print()
    for remark in said.remarks():
        console.print(Text("\n".join(_folded(remark, console.width))))


def _console() -> Console:
    """A console at least as wide as the picture: folded strips could not be read."""
    console = Console(highlight=False)
    return console if console.width >= _NARROWEST else Console(highlight=False, width=_NARROWEST)


def _scale() -> Text:
    return Text("".join(f"{cell // 2:02d}".ljust(_EVERY) for cell in range(0, CELLS, _EVERY)), style="dim")


def _strip(row: Row) -> Text:
    return Text.assemble(*((MARKS[shade], _STYLES[shade]) for shade in row.cells))


def _beside(said: Captions, row: Row, width: int) -> Text:
    text = Text("\n".join(_folded(said.hours(row), width)))
    for note in said.notes(row):
        text.append("\n" + "\n".join(_folded(f"* {note}", width)), style="italic")
    return text


def _folded(text: str, width: int) -> list[str]:
    return folded(text, lambda line: cell_len(line) <= width)
