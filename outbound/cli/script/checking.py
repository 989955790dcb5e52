"""`outbound script check`: a script proved over all of its paths."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from outbound.dialogue.prover.length import Lengths
    from outbound.dialogue.script.document import Finding


def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the script.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Prove a script: what would go wrong in a call, where it stands, a shortest way to it, and how to mend it.

    Exit code 0 when it may be spoken, 1 when a finding is an error.

    Example: outbound script check scripts_tts/welcome_call
    """
    from outbound.cli.script.located import proved
    from outbound.cli.script.shown import show
    from outbound.dialogue.prover.length import lengths

    script, findings, limits = proved(folder)
    lasting = lengths(script, limits.speech) if script is not None else ()
    if as_json:
        _print_json(findings, lasting)
    else:
        show(folder.resolve().name, findings, lasting)
    sys.exit(1 if any(not each.warning for each in findings) else 0)


def _print_json(findings: "tuple[Finding, ...]", lasting: "tuple[Lengths, ...]") -> None:
    from outbound.cli.show import print_json

    print_json(
        {
            "findings": [
                {
                    "code": each.code,
                    "step": each.step,
                    "language": each.language,
                    "path": each.path,
                    "text": each.text,
                    "file": each.file,
                    "line": each.line,
                    "severity": "warning" if each.warning else "error",
                }
                for each in findings
            ],
            "lengths": lasting,
        }
    )
