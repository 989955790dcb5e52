"""`outbound audit`: the chain of evidence, verified and handed over."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from outbound.bootstrap import House
    from outbound.compliance.evidence.archive import Archive
    from outbound.compliance.evidence.signers import SignatureRegister
    from outbound.usecases.records.verify_receipts import Finding, VerifyReport

app = typer.Typer(no_args_is_help=True)
Item = TypeVar("Item")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Rules = Annotated[str | None, typer.Option("--rules", help="Rules directory; config/compliance if omitted.")]
_SHOWN = 20


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="A file of `audit export`; this database if omitted.")] = None,
    *,
    rules: Rules = None,
    json: Json = False,
) -> None:
    """Prove every receipt again: unchanged since, and the same decision by the rules of its day.

    A file is verified offline: no database, no network, no keys. Exit code 0 all proved, 1 findings, 2 wrong input.

    Example: outbound audit verify receipts.jsonl
    """
    from outbound.cli.show import print_json

    report = _verify_database(rules) if file is None else _verify_file(file, rules)
    if json:
        print_json(_document(report))
    else:
        _print(report)
    raise typer.Exit(0 if report.proved else 1)


@app.command()
def export(
    *,
    out: Annotated[Path, typer.Option("--out", help="File to write, JSON lines.")],
    since: Annotated[str | None, typer.Option("--since", help="Only receipts from this date on, YYYY-MM-DD.")] = None,
    contact: Annotated[str | None, typer.Option("--contact", help="Only this contact: its identifier.")] = None,
    rules: Rules = None,
) -> None:
    """Write receipts and the rules that they name to a file that proves itself. It holds nothing personal.

    Example: outbound audit export --out receipts.jsonl --since 2026-11-01
    """
    from outbound.bootstrap import open_house
    from outbound.cli.audit.exporting import Selection, export_receipts

    house = open_house()
    with house.store.reading() as connection:
        chosen = Selection.of(connection, since, contact, house.settings.business_zone)
        with _progress("Exporting", chosen.count) as advance:
            done = export_receipts(connection, out, chosen, _on_disk(rules), advance)
    print(f"{out}: {done.receipts} receipts, {done.rules} rules.")
    if done.lacking:
        print(f"{len(done.lacking)} rules that receipts name are kept nowhere; these receipts cannot be proved.")


def _verify_database(rules: str | None) -> "VerifyReport":
    from outbound.adapters.sql.views.evidence_gaps import findings_between
    from outbound.adapters.sql.views.receipts import count_receipts, stored_receipts
    from outbound.bootstrap import open_house
    from outbound.usecases.records.verify_receipts import verify_receipts

    house = open_house()
    with house.store.reading() as connection:
        archive = _archive_of(house, rules)
        with _progress("Verifying", count_receipts(connection)) as advance:
            receipts = _counted(stored_receipts(connection), advance)
            return verify_receipts(receipts, archive, _signatures(rules), findings_between(connection))


def _archive_of(house: "House", rules: str | None) -> "Archive":
    from outbound.adapters.files.rules.reader import read_pack_text
    from outbound.adapters.sql.views.receipts import kept_text
    from outbound.compliance.evidence.archive import Archive

    on_disk = _on_disk(rules)

    def text_of(code: str, content_hash: str) -> str | None:
        # a connection of its own: the one that streams receipts is busy
        with house.store.reading() as connection:
            return kept_text(connection, content_hash) or on_disk(code, content_hash)

    return Archive(text_of, read_pack_text)


def _verify_file(file: Path, rules: str | None) -> "VerifyReport":
    from outbound.adapters.files.rules.reader import read_pack_text
    from outbound.cli.audit.exported import Exported
    from outbound.compliance.evidence.archive import Archive
    from outbound.usecases.records.verify_receipts import Finding, FindingKind, verify_receipts

    on_disk = _on_disk(rules)
    exported = Exported(file)
    archive = Archive(
        lambda code, content_hash: exported.texts.get(content_hash) or on_disk(code, content_hash), read_pack_text
    )
    gaps = () if exported.broken is None else (Finding(FindingKind.MISSING, None, "-", None, exported.broken),)
    with _progress("Verifying", exported.size) as advance:
        return verify_receipts(exported.receipts(advance), archive, _signatures(rules), gaps)


def _on_disk(rules: str | None) -> Any:
    """Return what finds a pack's text among the present packs and those of the history, by code and hash."""
    from outbound.cli.audit.rules_on_disk import RulesOnDisk
    from outbound.cli.rules.folder import rules_folder
    from outbound.usecases.problems import InputProblemError

    try:
        return RulesOnDisk(rules_folder(rules))
    except InputProblemError:
        if rules is not None:
            raise
        return lambda _code, _hash: None


def _signatures(rules: str | None) -> "SignatureRegister | None":
    """Return who signed what, earlier contents included; None where no file says so."""
    from outbound.adapters.clock import SystemClock
    from outbound.adapters.files.rules.signatures import latest_date, read_signatures
    from outbound.cli.rules.folder import rules_folder
    from outbound.compliance.evidence.signers import SignatureRegister
    from outbound.usecases.problems import InputProblemError

    try:
        folder = rules_folder(rules)
    except InputProblemError:
        if rules is not None:
            raise
        return None
    if not (folder / "signatures.yaml").exists():
        return None
    return SignatureRegister(read_signatures(folder, today=latest_date(SystemClock().now())))


def _document(report: "VerifyReport") -> dict[str, Any]:
    from outbound.cli.show import plain

    counts = ("verified", "demo", "differing", "unprovable", "unsigned", "missing", "moved", "orphaned")
    return {name: plain(getattr(report, name)) for name in (*counts, "findings", "findings_left_out")}


def _print(report: "VerifyReport") -> None:
    print(
        f"Receipts proved: {report.verified}, of these under a demo signature: {report.demo}; "
        f"differing: {report.differing}; unprovable: {report.unprovable}; unsigned: {report.unsigned}; "
        f"of attempts that are gone: {report.orphaned}.\n"
        f"Attempts without their receipt: {report.missing}; at other times than their receipt: {report.moved}."
    )
    for finding in report.findings[:_SHOWN]:
        print(f"{finding.kind.value}: {_subject(finding)}: {finding.why}")
        for each in finding.differences:
            print(f"  {each.key}: the receipt says {each.kept}, evaluated again it is {each.found}")
    more = len(report.findings) + report.findings_left_out - _SHOWN
    if more > 0:
        print(f"{more} more; `--json` lists the first {len(report.findings)} with their particulars.")


def _subject(finding: "Finding") -> str:
    if finding.receipt_id is None and finding.attempt_id is None:
        return "this file"
    what = f"receipt {finding.receipt_id}" if finding.receipt_id else f"attempt {finding.attempt_id}"
    return f"{what} (contact {finding.contact_id})"


def _counted(items: Iterable[Item], advance: Any) -> Iterator[Item]:
    for item in items:
        yield item
        advance(1)


@contextmanager
def _progress(what: str, total: int) -> Iterator[Any]:
    """Show a bar on a terminal once two seconds have passed; what is quicker needs none."""
    import time

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True)
    if not console.is_terminal:
        yield lambda _by: None
        return
    task, begun, shown = bar.add_task(what, total=total), time.monotonic(), False

    def advance(by: int) -> None:
        nonlocal shown
        if not shown and time.monotonic() - begun > 2:  # noqa: PLR2004  seconds
            shown = True
            bar.start()
        bar.advance(task, by)

    try:
        yield advance
    finally:
        bar.stop()
