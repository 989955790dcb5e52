"""Policies in: a file, what of it was not taken in and why, and another try."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from outbound.bootstrap import House
    from outbound.domain.campaign import Campaign
    from outbound.domain.company import Company
    from outbound.usecases.intake.report import IntakeReport

app = typer.Typer(no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
CompanyId = Annotated[
    str | None, typer.Option("--company", help="Company of the group; the configured one by default.")
]
CampaignId = Annotated[str | None, typer.Option("--campaign", help="Campaign; the company's only one by default.")]

_OLDER = (
    "Older among the duplicates: {:,}. A newer row has replaced their content, and the policies stay as it says.\n"
    "If an old file came again, all is well. If its content is to hold again, change something in the rows\n"
    "(a column such as revision) and import them; to forbid calls at once: outbound suppress add"
)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8 or Big5), .xlsx or .parquet, with a header.")],
    *,
    source: Annotated[str | None, typer.Option("--source", help="Name of the source; the file's by default.")] = None,
    company: CompanyId = None,
    campaign: CampaignId = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="YAML: columns: {their name: our name}.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    json: Json = False,
) -> None:
    """Take the policies of a file in. Exit code 1 when rows went to quarantine.

    Example: outbound policies import policies.csv --mapping columns.yaml --dry-run
    """
    from outbound.adapters.memory import without_collection
    from outbound.adapters.sources.columns import load_mapping, note_attributes
    from outbound.adapters.sources.files import read_rows
    from outbound.adapters.sources.identity import identity_column, with_identity_column
    from outbound.adapters.sources.normalise import normalise_rows
    from outbound.bootstrap import open_house
    from outbound.usecases.intake.take_in_policies import take_in_policies

    columns = load_mapping(mapping) if mapping else None
    house = open_house()
    whose, what_for = _whose(house, company, campaign)
    now = house.clock.now()
    attributes: dict[str, None] = {}
    identity = identity_column(whose, what_for)
    raw = note_attributes(with_identity_column(read_rows(file, columns), identity), attributes)
    with _progress(file) as advance, without_collection():
        report = take_in_policies(
            house.store,
            rows=normalise_rows(raw, today=_today(now), company_region=whose.region, identity=identity),
            source=source or file.name,
            company=whose,
            campaign=what_for,
            identifiers=house.identifiers,
            now=now,
            interviews=house.interview_rules(whose),
            dry_run=dry_run,
            progress=advance,
        )
    _show(report, tuple(attributes), json=json, dry_run=dry_run)


@app.command("quarantine")
def list_quarantine(*, company: CompanyId = None, json: Json = False) -> None:
    """Rows that were not taken in: where they stand, why, and how to mend them. Exit code 1 when there are any.

    Example: outbound policies quarantine --json
    """
    from outbound.bootstrap import open_house
    from outbound.cli.show import print_json, print_table

    house = open_house()
    with house.store.begin() as work:
        rows = work.intake.waiting(company)
    if json:
        print_json([
            {
                "id": row.id, "source": row.source, "line": row.line, "field": row.field, "value": row.masked_value,
                "code": row.code, "reason": row.reason, "mend": row.mend, "at": row.at,
            }
            for row in rows
        ])  # fmt: skip
    else:
        print_table(
            "Not taken in",
            ("file", "line", "field", "value", "why", "how to mend it"),
            [(row.source, row.line, row.field, row.masked_value, row.reason, row.mend) for row in rows],
            empty="Every row was taken in. Rows that cannot be read come here; the rest of their file goes on.",
        )
    raise typer.Exit(1 if rows else 0)


@app.command("retry")
def retry(*, company: CompanyId = None, campaign: CampaignId = None, json: Json = False) -> None:
    """Read the rows in quarantine again, after a setting or the program changed. Exit code 1 when some still wait.

    Example: outbound policies retry
    """
    from outbound.adapters.sources.contract import RawRow
    from outbound.adapters.sources.identity import identity_column
    from outbound.adapters.sources.normalise import normalise
    from outbound.bootstrap import open_house
    from outbound.cli.show import print_json
    from outbound.usecases.intake.retry_quarantine import retry_quarantine

    house = open_house()
    whose, what_for = _whose(house, company, campaign)
    now = house.clock.now()
    report = retry_quarantine(
        house.store,
        read=lambda source, line, values: normalise(
            RawRow(source, line, values),
            today=_today(now),
            company_region=whose.region,
            identity=identity_column(whose, what_for),
        ),
        company=whose,
        campaign=what_for,
        identifiers=house.identifiers,
        now=now,
        interviews=house.interview_rules(whose),
    )
    left = report.waiting - report.mended
    if json:
        print_json(report)
    else:
        print(f"{report.waiting} rows waited: {report.mended} can be read now, {left} still wait.")
        if report.overtaken:
            print(f"{report.overtaken} of them were not needed: a newer version of the policy had come already.")
        if left:
            print("See why with: outbound policies quarantine")
    raise typer.Exit(1 if left else 0)


def _whose(house: "House", company: str | None, campaign: str | None) -> "tuple[Company, Campaign]":
    """Find company and campaign; a campaign alone says whose it is. `InputProblemError` names the known."""
    from outbound.usecases.problems import InputProblemError

    known = house.campaigns
    if campaign is not None and campaign not in known:
        raise InputProblemError(f"--campaign: there is no {campaign}; known are {', '.join(sorted(known))}")
    name = company or (known[campaign].company_id if campaign else house.settings.source_company)
    if name is None and len(house.companies) == 1:
        name = next(iter(house.companies))
    if name is None or name not in house.companies:
        raise InputProblemError(f"--company: {name or 'which one'}? known are {', '.join(sorted(house.companies))}")
    if campaign is not None:
        return house.companies[name], known[campaign]
    fitting = sorted(each.id for each in known.values() if each.company_id == name)
    if len(fitting) != 1:
        which = f"choose one of {', '.join(fitting)}" if fitting else "it has none; add one in config/campaigns"
        raise InputProblemError(f"--campaign: {name} has {len(fitting)} campaigns: {which}")
    return house.companies[name], known[fitting[0]]


def _today(now: datetime) -> date:
    from zoneinfo import ZoneInfo

    return now.astimezone(ZoneInfo("Asia/Taipei")).date()


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None] | None]:
    """Count rows on standard error when somebody watches; it goes away in the end."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description}: {task.completed:,} rows")
    with Progress(SpinnerColumn(), text, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(file.name, total=None)
        yield lambda rows: bar.update(task, completed=rows)


def _show(report: "IntakeReport", attributes: tuple[str, ...], *, json: bool, dry_run: bool) -> None:
    import sys

    from outbound.cli.show import plain, print_json

    if attributes:
        print(f"Columns that are not known, kept as attributes: {', '.join(attributes)}.", file=sys.stderr)
    if json:
        print_json({**plain(report), "attributes": attributes, "dry_run": dry_run})
    else:
        print(
            f"{report.read:,} rows read: {report.taken_in:,} taken in, {report.updated:,} updated, "
            f"{report.duplicates:,} duplicates, {report.quarantined:,} quarantined."
        )
        print(f"{report.contacts_new:,} new contacts, {report.contacts_changed:,} changed.", end=" ")
        print(f"{report.plans_cancelled:,} planned calls cancelled, {report.messages:,} messages written.")
        if report.interviews:
            print(f"{report.interviews:,} interviews opened, due before acceptance: outbound interviews list")
        if report.older:
            print(_OLDER.format(report.older))
        if dry_run:
            print("Nothing was written: this was a dry run.")
        elif report.quarantined:
            print("See what was not taken in, and why, with: outbound policies quarantine")
    raise typer.Exit(1 if report.quarantined else 0)
