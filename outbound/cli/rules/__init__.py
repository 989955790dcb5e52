"""`outbound rules`: which packs are in force, what they say, whether they are sound, and who signed them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from outbound.cli.rules.calendar import calendar

if TYPE_CHECKING:
    from datetime import date

    from outbound.adapters.files.rules.document import RuleFileError

app = typer.Typer(no_args_is_help=True)
app.command()(calendar)

Folder = Annotated[str | None, typer.Option("--rules", help="Rules directory; config/compliance if omitted.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="Jurisdiction, such as TW.")]
Codes = Annotated[list[str] | None, typer.Argument(metavar="[CODE]...", help="Jurisdictions, such as TW US US-FL.")]


@app.command("list")
def list_packs(*, rules: Folder = None, json: Json = False) -> None:
    """Show which rule packs there are, and who signed them.

    Example: outbound rules list
    """
    from outbound.adapters.files.rules.packs import load_packs
    from outbound.cli.rules.folder import rules_folder
    from outbound.cli.rules.standing import counted, known, signers, standing_shown, summary
    from outbound.cli.show import print_json, print_table

    rulebook = load_packs(rules_folder(rules), today=_latest_date())
    rows = [summary(rulebook, pack) for pack in rulebook.packs.values()]
    if json:
        print_json(rows)
        return
    print_table(
        "Rule packs",
        ("code", "name", "version", "standing", "signed by", "known"),
        [(r["code"], r["name"], r["version"], standing_shown(r), signers(r), known(r)) for r in rows],
        empty="There is no pack, so nobody is called.",
    )
    typer.echo(counted(rows))


@app.command()
def show(code: Code, *, rules: Folder = None, json: Json = False) -> None:
    """Show one pack: hours, limits, consents, duties, sources.

    Example: outbound rules show TW
    """
    from outbound.adapters.files.rules.packs import load_packs
    from outbound.cli.rules.folder import rules_folder
    from outbound.cli.rules.page import as_page, details
    from outbound.cli.rules.signing import packs_of
    from outbound.cli.rules.standing import summary
    from outbound.cli.show import print_json

    folder = rules_folder(rules)
    rulebook = load_packs(folder, only=[code.strip().upper()], today=_latest_date())
    pack = packs_of(rulebook, folder, [code])[0]
    found = summary(rulebook, pack) | details(pack)
    if json:
        print_json(found)
    else:
        typer.echo(as_page(found))


@app.command()
def validate(*, rules: Folder = None, json: Json = False) -> None:
    """Check every pack, calendar and signature; exit code 1 when something has to be mended.

    Example: outbound rules validate --rules config/compliance
    """
    from outbound.adapters.files.rules.validation import validate_rules
    from outbound.cli.rules.folder import rules_folder
    from outbound.cli.show import print_json

    found = validate_rules(rules_folder(rules), today=_latest_date())
    if json:
        print_json(
            {
                "packs": found.packs,
                "findings": [_finding(fault) for fault in found.faults],
                "warnings": [_finding(warning) for warning in found.warnings],
            }
        )
    else:
        for fault in found.faults:
            typer.echo(str(fault))
        for warning in found.warnings:
            typer.echo(f"warning: {warning}")
        warned = f", {len(found.warnings)} warnings" if found.warnings else ""
        typer.echo(f"{found.packs} packs can be read; {len(found.faults)} things to mend{warned}.")
    raise typer.Exit(1 if found.faults else 0)


def _latest_date() -> "date":
    from outbound.adapters.clock import SystemClock
    from outbound.adapters.files.rules.signatures import latest_date

    return latest_date(SystemClock().now())


def _finding(fault: "RuleFileError") -> dict[str, Any]:
    return {
        "file": str(fault.file),
        "line": fault.line,
        "key": fault.key,
        "problem": fault.problem,
        "mend": fault.mend,
    }


@app.command()
def sign(
    codes: Codes = None,
    *,
    by: Annotated[str, typer.Option("--by", help="Who signs: a person, by name.")],
    kind: Annotated[str, typer.Option("--kind", help="production, or demo.")] = "production",
    every: Annotated[bool, typer.Option("--all", help="Sign every pack that does not bear this signature.")] = False,
    rules: Folder = None,
    json: Json = False,
) -> None:
    """Sign the present content of packs and keep its text. Production needs two different people.

    Example: outbound rules sign TW --by "王小明"
    """
    from outbound.adapters.clock import SystemClock
    from outbound.cli.rules.folder import rules_folder
    from outbound.cli.rules.signing import kind_of, sign_packs
    from outbound.cli.rules.standing import standing_told, summary
    from outbound.cli.show import print_json
    from outbound.usecases.problems import InputProblemError

    if bool(codes) == every:
        raise InputProblemError("say which packs to sign: codes such as TW US, or --all, and not both")
    wanted = kind_of(kind)
    today = SystemClock().now().astimezone().date()
    signed = sign_packs(rules_folder(rules), None if every else codes, by, wanted, today)
    rows = [summary(signed.rulebook, pack) for pack in signed.packs]
    if json:
        print_json(rows)
        return
    before = {pack.code for pack in signed.already}
    for row in rows:
        was = "was signed before" if row["code"] in before else "is signed"
        typer.echo(f"{row['code']} {row['version']} {was} by {by.strip()} ({wanted}). {standing_told(row)}")
