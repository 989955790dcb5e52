"""What commands that measure a brain share: a bar while they train, unknown labels, and figures."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

Row = tuple[str, str]


@contextmanager
def stages(what: str) -> Iterator[Callable[[str], None]]:
    """Show on standard error what is being done when somebody watches; it goes away in the end."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(pulse_style="cyan"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda stage: bar.update(task, description=f"{what}: {stage}")


def tell_unknown(what: str, file: Path, wanted: set[str], known: set[str], learned_from: Path) -> bool:
    """Say on standard error which labels were never learned, if any; whether there are some."""
    unknown = sorted(wanted - known)
    if unknown:
        shown = ", ".join(unknown[:10]) + (f" and {len(unknown) - 10} more" if len(unknown) > 10 else "")  # noqa: PLR2004
        text = f"{file}: {what} {shown}: not in {learned_from}, so such rows count as wrong; add rows or mend the name"
        print(text, file=sys.stderr)
    return bool(unknown)


def show_figures(figures: Struct, names: dict[str, str], *, json: bool) -> None:
    """Print figures as one JSON document, or one a line in words."""
    from outbound.cli.show import plain, print_json

    values = plain(figures)
    if json:
        print_json(values)
        return
    for key, name in names.items():
        value = values[key]
        shown = "-" if value is None else f"{value:.2f} ms" if key.startswith("ms_") else f"{value * 100:.1f} %"
        print(f"{name:<34}{shown:>10}")
