"""`outbound rules calendar`: add the next year to a country's calendar, once a year."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from outbound.adapters.files.rules.calendar_update import CalendarUpdate

_YEARS_AT_ONCE = 30


def calendar(
    country: Annotated[str, typer.Argument(metavar="COUNTRY", help="Country, such as JP (ISO 3166-1).")],
    *,
    years: Annotated[str, typer.Option("--years", help="A year, or a span such as 2024-2028.")],
    write: Annotated[bool, typer.Option("--write", help="Write the file; otherwise it is only printed.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the library's days for years that are listed already, too.")
    ] = False,
    rules: Annotated[str | None, typer.Option("--rules", help="Rules directory; config/compliance if omitted.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Print the calendar file of a country with these years from the holidays library, or write it.

    What people wrote stays: comments, names, source, what is not covered, and the years that are listed. The table of
    changes goes to standard error, so that the file can be piped. Compare the days with the government's own calendar.

    Example: outbound rules calendar JP --years 2028 --write
    """
    from outbound.adapters.clock import SystemClock
    from outbound.adapters.files.rules.calendar_update import plan_update, write_update
    from outbound.cli.rules.folder import rules_folder
    from outbound.cli.show import print_json

    directory = rules_folder(rules) / "calendars"
    today = SystemClock().now().astimezone().date()
    update = plan_update(directory, country.strip().upper(), _years(years), today, replace_listed=replace)
    if write and update.changes:
        write_update(update)
    if json:
        print_json(_document(update, written=write and bool(update.changes)))
        return
    _tell(update, write=write)
    if not write:
        typer.echo(update.text, nl=False)


def _years(text: str) -> range:
    """Read `2028` or `2024-2028`."""
    from outbound.usecases.problems import InputProblemError

    first, dash, last = text.strip().partition("-")
    numbers = [first, last] if dash else [first]
    if not all(number.isascii() and number.isdigit() and len(number) == 4 for number in numbers):  # noqa: PLR2004
        raise InputProblemError(f"--years: {text!r} is no year; write 2028 or 2024-2028")
    span = range(int(first), int(numbers[-1]) + 1)
    if not 0 < len(span) <= _YEARS_AT_ONCE:
        raise InputProblemError(f"--years: {text!r} is no span of 1 to {_YEARS_AT_ONCE} years; write 2024-2028")
    return span


def _document(update: "CalendarUpdate", *, written: bool) -> dict[str, object]:
    return {
        "file": str(update.file),
        "written": written,
        "changes": [
            {"day": each.day, "change": each.kind, "name": each.name, "parts": each.parts} for each in update.changes
        ],
        "differing_years": update.differing_years,
        "unknown_years": update.unknown_years,
    }


def _tell(update: "CalendarUpdate", *, write: bool) -> None:
    """Show changes and what was left alone, on standard error."""
    import sys
    from contextlib import redirect_stdout

    from outbound.cli.show import print_table

    rows = [(each.day.isoformat(), each.kind, each.name, ", ".join(each.parts)) for each in update.changes]
    with redirect_stdout(sys.stderr):
        print_table(
            f"Changes of {update.file.name}",
            ("day", "change", "name", "parts"),
            rows,
            empty="Nothing changes: these years are listed as the file has them.",
        )
    for year in update.differing_years:
        typer.echo(f"{year} is listed and stays as written; the library says otherwise (--replace takes it).", err=True)
    for year in update.unknown_years:
        typer.echo(f"{year}: the library does not reach it; write the year by hand.", err=True)
    if rows:
        done = f"Written to {update.file}." if write else "Nothing was written; add --write."
        typer.echo(f"{done} Compare the days with the government's own calendar.", err=True)
