"""Where the rules are, when nobody says."""

import os
from pathlib import Path

from outbound.usecases.problems import InputProblemError


def rules_folder(option: str | None) -> Path:
    """Return the rules directory: the option, else config/compliance of OUTBOUND_HOME, of the project, or of here."""
    if option is not None:
        folder = Path(option)
        if not (folder / "packs").is_dir():
            raise InputProblemError(f"--rules: {option} has no packs/ in it; name a directory like config/compliance")
        return folder
    homes = [Path(__file__).resolve().parents[3], Path.cwd()]
    if os.environ.get("OUTBOUND_HOME"):
        homes.insert(0, Path(os.environ["OUTBOUND_HOME"]))
    for home in homes:
        if (home / "config" / "compliance" / "packs").is_dir():
            return home / "config" / "compliance"
    raise InputProblemError("no config/compliance was found; name the rules with --rules DIR or set OUTBOUND_HOME")
