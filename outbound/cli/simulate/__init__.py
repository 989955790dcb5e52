"""The demo and the simulation."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import datetime


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def demo(
    *,
    contacts: Annotated[int | None, typer.Option(min=1, max=100_000, help="Invent so many people.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed, other people.")] = 1,
    days: Annotated[int, typer.Option(min=1, max=60, help="Virtual days.")] = 10,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Do not serve the report afterwards.")] = False,
    json: Json = False,
) -> None:
    """The whole product in virtual time: takes a sample file in, plans, calls invented people, files records.

    Example: outbound demo --contacts 1000 --no-serve
    """
    from outbound.cli.show import print_json
    from outbound.cli.simulate.table import print_run, serve_report
    from outbound.simulation.demo import DemoOptions, run_demo

    with _virtual_days() as progress:
        result = run_demo(DemoOptions(contacts, seed, days), tell=_tell, progress=progress)
    if json:
        print_json(result.as_dict())
        return
    print_run(result)
    if not no_serve and sys.stdout.isatty():
        serve_report(result.files["report"])


def simulate(  # noqa: PLR0913 - as many as the command has options
    *,
    policies: Annotated[str, typer.Option(help="A policies file.")],
    start: Annotated[str, typer.Option(help="First instant, with its offset, such as 2026-11-23T00:00:00+08:00.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="Virtual days.")] = 10,
    seed: Annotated[int, typer.Option(help="Equal seed and input give equal bytes.")] = 1,
    campaign: Annotated[str | None, typer.Option(help="A campaign file; welcome-tw as configured by default.")] = None,
    population: Annotated[
        str | None, typer.Option(help="Who can be called; invented from the policies if left out.")
    ] = None,
    faults: Annotated[str | None, typer.Option(help="What goes wrong, and how often.")] = None,
    exchange_log: Annotated[str | None, typer.Option(help="Where to write the exchange's log.")] = None,
    records: Annotated[str | None, typer.Option(help="Where to write the records as filed.")] = None,
    database: Annotated[str | None, typer.Option(help="An empty database; a temporary one by default.")] = None,
    json: Json = False,
) -> None:
    """Run your own policies through the product in virtual time. Nobody real is rung.

    Example: outbound simulate --policies policies.csv --start 2026-11-23T00:00:00+08:00 --days 10 --seed 7 --json
    """
    from outbound.cli.show import print_json
    from outbound.cli.simulate.input import SimulateOptions, run_simulation
    from outbound.cli.simulate.table import print_run

    options = SimulateOptions(
        policies, start, days, seed, campaign, population, faults, exchange_log, records, database
    )
    if faults:
        # Accidents by intent are told of in the table; a warning for each of thousands would bury it.
        logging.getLogger("outbound").addHandler(logging.NullHandler())
    with _virtual_days() as progress:
        result = run_simulation(options, progress)
    if json:
        print_json(result.as_dict())
    else:
        print_run(result)


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


@contextmanager
def _virtual_days() -> "Iterator[Callable[[datetime, datetime], None]]":
    """Show how far virtual time has come: a bar at a terminal, a line a day elsewhere; all on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("Virtual time", total=None)
        first: list[datetime] = []
        shown: set[str] = set()

        def progress(now: "datetime", end: "datetime") -> None:
            if not first:
                first.append(now)
            local = now.astimezone(end.tzinfo)
            total, done = (end - first[0]).total_seconds(), (now - first[0]).total_seconds()
            bar.update(task, total=max(total, 1), completed=done, description=f"{local:%a %m-%d %H:%M}")
            day = f"{local:%Y-%m-%d}"
            if not console.is_terminal and day not in shown:
                shown.add(day)
                print(f"virtual day {day}", file=sys.stderr)

        yield progress
