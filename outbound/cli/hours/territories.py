"""Which countries' packs can answer for a code."""

import re
from pathlib import Path

from outbound.adapters.files.rules.document import text_of


def countries_of(folder: Path, code: str) -> tuple[str, ...]:
    """Return the countries whose packs may hold a code: its own, else those that list it among their aliases.

    An alias is looked for in the text of the files: to read them all would take seconds. A file that only seems to
    have it costs a little time and changes nothing.
    """
    own, packs = code.partition("-")[0], folder / "packs"
    if (packs / f"{own}.yaml").is_file():
        return (own,)
    alias = re.compile(rf"\b{re.escape(own)}[\"']?\s*:\s*[\"']?[A-Z]{{2}}-")
    return tuple(file.stem for file in sorted(packs.glob("??.yaml")) if alias.search(text_of(file)))
