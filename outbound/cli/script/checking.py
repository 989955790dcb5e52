"""`outbound script check`: a script proved over all of its paths."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from outbound.dialogue.prover.length import Lengths
    from outbound.dialogue.prover.limits import VoiceLimits
    from outbound.dialogue.script.document import Finding

_GRAPH = "script.yaml"


def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the script.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Prove a script: what would go wrong in a call, where it stands, a shortest way to it, and how to mend it.

    Exit code 0 when it may be spoken, 1 when a finding is an error.

    Example: outbound script check scripts_tts/welcome_call
    """
    from outbound.adapters.files.scripts import check_script
    from outbound.cli.script.shown import show
    from outbound.dialogue.prover.length import lengths

    root, name, shared = _located(folder)
    limits = _limits(root, shared)
    script, findings = check_script(root, name, limits, shared)
    lasting = lengths(script, limits.speech) if script is not None else ()
    if as_json:
        _print_json(findings, lasting)
    else:
        show(name, findings, lasting)
    sys.exit(1 if any(not each.warning for each in findings) else 0)


def _located(folder: Path) -> tuple[Path, str, Path]:
    """Return the folder of all scripts, the name of this one, and where words and limits are taken from else."""
    from outbound.settings import home
    from outbound.usecases.problems import InputProblemError

    folder = folder.resolve()
    if not (folder / _GRAPH).is_file():
        beside = sorted(path.parent.name for path in folder.glob(f"*/{_GRAPH}"))
        known = f"; did you mean one of {', '.join(beside)} in it?" if beside else ""
        raise InputProblemError(f"{folder}: there is no {_GRAPH} here; give the folder of a script{known}")
    return folder.parent, folder.name, home() / "scripts_tts"


def _limits(root: Path, shared: Path) -> "VoiceLimits":
    from outbound.adapters.files.scripts.voice_limits import LIMITS, load_limits

    return load_limits(root if (root / LIMITS).is_file() else shared)


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
