"""`outbound rules`: which packs are in force, what they say, whether they are sound, and who signed them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from outbound.compliance.rules.pack import Pack
    from outbound.compliance.rules.rulebook import Rulebook, Signature

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[str | None, typer.Option("--rules", help="Rules directory; config/compliance if omitted.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="Jurisdiction, such as TW.")]


@app.command("list")
def list_packs(*, rules: Folder = None, json: Json = False) -> None:
    """Show which rule packs there are, and who signed them.

    Example: outbound rules list
    """
    from outbound.cli.rules.folder import rules_folder
    from outbound.cli.show import print_json, print_table

    rulebook = _load(rules_folder(rules))
    rows = [_summary(rulebook, pack) for pack in rulebook.packs.values()]
    if json:
        print_json(rows)
        return
    print_table(
        "Rule packs",
        ("code", "name", "version", "standing", "signed by", "confidence"),
        [(r["code"], r["name"], r["version"], r["standing"], ", ".join(r["signed_by"]), r["confidence"]) for r in rows],
        empty="There is no pack, so nobody is called.",
    )


@app.command()
def show(code: Code, *, rules: Folder = None, json: Json = False) -> None:
    """Show one pack: hours, limits, consents, duties, sources.

    Example: outbound rules show TW
    """
    from outbound.cli.rules.folder import rules_folder
    from outbound.cli.rules.page import as_page, details
    from outbound.cli.show import print_json

    rulebook = _load(rules_folder(rules))
    pack = _pack(rulebook, code)
    found = _summary(rulebook, pack) | details(pack)
    if json:
        print_json(found)
    else:
        typer.echo(as_page(found))


@app.command()
def validate(*, rules: Folder = None, json: Json = False) -> None:
    """Check every pack, calendar and signature; exit code 1 when something has to be mended.

    Example: outbound rules validate --rules config/compliance
    """
    from outbound.adapters.files.rules.packs import validate_rules
    from outbound.cli.rules.folder import rules_folder
    from outbound.cli.show import print_json

    faults, sound = validate_rules(rules_folder(rules))
    if json:
        findings = [
            {"file": str(f.file), "line": f.line, "key": f.key, "problem": f.problem, "mend": f.mend} for f in faults
        ]
        print_json({"packs": sound, "findings": findings})
    else:
        for fault in faults:
            typer.echo(str(fault))
        typer.echo(f"{sound} packs can be read; {len(faults)} things to mend.")
    raise typer.Exit(1 if faults else 0)


@app.command()
def sign(
    code: Code,
    *,
    by: Annotated[str, typer.Option("--by", help="Who signs: a person, by name.")],
    kind: Annotated[str, typer.Option("--kind", help="production, or demo.")] = "production",
    rules: Folder = None,
    json: Json = False,
) -> None:
    """Sign the present content of a pack. Production needs two different people.

    Example: outbound rules sign TW --by "王小明"
    """
    from outbound.adapters.clock import SystemClock
    from outbound.adapters.files.rules.packs import add_signature
    from outbound.cli.rules.folder import rules_folder
    from outbound.cli.show import print_json
    from outbound.compliance.rules.rulebook import Signature, SignatureKind
    from outbound.usecases.problems import InputProblemError

    if kind not in set(SignatureKind):
        raise InputProblemError(f"--kind: {kind!r} is not known; write production or demo")
    if not by.strip():
        raise InputProblemError("--by: a signature without a name is none; write who signs")
    folder = rules_folder(rules)
    rulebook = _load(folder)
    pack = _pack(rulebook, code)
    today = SystemClock().now().astimezone().date()
    signature = Signature(pack.code, pack.content_hash, by.strip(), today, SignatureKind(kind))
    _check_signature(rulebook, pack, signature)
    add_signature(folder, signature)
    rulebook = _load(folder)
    found = _summary(rulebook, _pack(rulebook, code))
    if json:
        print_json(found)
    else:
        typer.echo(f"{pack.code} {pack.version} is signed by {by.strip()} ({kind}). {_standing_told(found)}")


def _check_signature(rulebook: "Rulebook", pack: "Pack", signature: "Signature") -> None:
    """Refuse what would look like a second pair of eyes and is none."""
    from outbound.compliance.rules.rulebook import SignatureKind
    from outbound.usecases.problems import InputProblemError

    if signature.kind is SignatureKind.PRODUCTION and signature.signer == SignatureKind.DEMO:
        raise InputProblemError(
            f"--by: {signature.by!r} is nobody's name, and production needs two people: "
            "sign with your own name, or say --kind demo"
        )
    same = (signature.signer, signature.kind)
    earlier = next((s for s in rulebook.signatures_of(pack) if (s.signer, s.kind) == same), None)
    if earlier is not None:
        missing = rulebook.missing_signers(pack)
        raise InputProblemError(
            f"--by: {earlier.by} has already signed {pack.code} {pack.version} ({earlier.kind}, {earlier.on}); "
            + (f"for production {_more_people(missing)}" if missing else "nothing more is needed")
        )


def _standing_told(found: dict[str, Any]) -> str:
    standing, missing = found["standing"], found["missing_signatures"]
    used = {"production": "calls may be placed", "demo": "demo and simulate only", "unsigned": "nobody is called"}
    told = f"Standing: {standing} ({used[standing]})."
    return told if standing == "production" else f"{told} For production {_more_people(missing)}."


def _more_people(missing: int) -> str:
    return "one more person has to sign" if missing == 1 else f"{missing} different people have to sign"


def _load(folder: Path) -> "Rulebook":
    from outbound.adapters.files.rules.packs import load_rulebook

    return load_rulebook(folder)


def _pack(rulebook: "Rulebook", code: str) -> "Pack":
    from outbound.usecases.problems import InputProblemError

    pack = rulebook.packs.get(code.strip().upper())
    if pack is None:
        raise InputProblemError(f"there is no rule pack {code!r}; there are {', '.join(rulebook.packs)}")
    return pack


def _summary(rulebook: "Rulebook", pack: "Pack") -> dict[str, Any]:
    from outbound.compliance.rules.rulebook import Trust

    standing = next(
        (trust.value for trust in (Trust.PRODUCTION, Trust.DEMO) if rulebook.signed(pack, trust)), "unsigned"
    )
    return {
        "code": pack.code,
        "name": pack.name,
        "version": pack.version,
        "sha256": pack.content_hash,
        "standing": standing,
        "signed_by": [f"{s.by} ({s.kind}, {s.on})" for s in rulebook.signatures_of(pack)],
        "missing_signatures": rulebook.missing_signers(pack),
        "confidence": pack.confidence,
    }
