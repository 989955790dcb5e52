"""The folder of a script as it is named on the command line, and the script in it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outbound.dialogue.prover.limits import VoiceLimits
    from outbound.dialogue.script.document import Finding
    from outbound.dialogue.script.model import Script

_GRAPH = "script.yaml"


def located(folder: Path) -> tuple[Path, str, Path]:
    """Return the folder of all scripts, the name of this one, and where words and limits are taken from else."""
    from outbound.settings import home
    from outbound.usecases.problems import InputProblemError

    folder = folder.resolve()
    if not (folder / _GRAPH).is_file():
        beside = sorted(path.parent.name for path in folder.glob(f"*/{_GRAPH}"))
        known = f"; did you mean one of {', '.join(beside)} in it?" if beside else ""
        raise InputProblemError(f"{folder}: there is no {_GRAPH} here; give the folder of a script{known}")
    return folder.parent, folder.name, home() / "scripts_tts"


def limits_of(root: Path, shared: Path) -> "VoiceLimits":
    """Return what scripts below `root` are proved against: their own limits, else those of this installation."""
    from outbound.adapters.files.scripts.voice_limits import LIMITS, load_limits

    return load_limits(root if (root / LIMITS).is_file() else shared)


def proved(folder: Path) -> "tuple[Script | None, tuple[Finding, ...], VoiceLimits]":
    """Return the script in a folder (None where it cannot be read), its findings, and what it was proved against."""
    from outbound.adapters.files.scripts import check_script

    root, name, shared = located(folder)
    limits = limits_of(root, shared)
    script, findings = check_script(root, name, limits, shared)
    return script, findings, limits


def spoken_script(folder: Path, *, anyway: bool = False) -> "tuple[Script, VoiceLimits]":
    """Return the script in a folder; its findings go to standard error, and errors end the command with exit code 1.

    `anyway` goes on in spite of errors, where the script can be read at all.
    """
    from outbound.adapters.files.scripts.places import unproved_script

    script, findings, limits = proved(folder)
    errors = [each for each in findings if not each.warning]
    for each in findings:
        severity = "warning" if each.warning else "ERROR"
        print(f"{severity} {each}", file=sys.stderr)
    if script is None and anyway:
        script = unproved_script(*located(folder))
    if script is None or (errors and not anyway):
        mend = "it cannot be read" if anyway else "--anyway goes on in spite of that, where it can be read"
        print(f"outbound: {folder.resolve().name} must not be spoken before this is mended; {mend}", file=sys.stderr)
        sys.exit(1)
    return script, limits
