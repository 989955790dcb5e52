"""The rules directory (packs, calendars, signatures) turned into a rulebook."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from outbound.adapters.files.rules.calendars import read_calendars
from outbound.adapters.files.rules.document import RuleFileError, text_of
from outbound.adapters.files.rules.reader import check_parents, read_pack, read_pack_text
from outbound.adapters.files.rules.signatures import read_signatures
from outbound.adapters.memory import without_collection
from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import Rulebook

__all__ = ["RuleFileError", "load_packs", "load_rulebook", "pack_files", "read_pack_text", "read_signatures"]


def load_rulebook(
    directory: Path, *, years: Iterable[int] = (), only: Iterable[str] | None = None, today: date | None = None
) -> Rulebook:
    """Read `packs/`, `calendars/` and `signatures.yaml` of a rules directory.

    `years` are years that will be asked about; a calendar that lists them itself needs no library. `only` reads just
    the packs of these countries (ISO 3166-1), with their parts, and the calendars that they name; a territory without
    a pack of its own may belong to any country, so that all are read. With `today` (`latest_date` of a clock),
    signatures of a later date count for nothing. Raises `RuleFileError` with file, line, key and
    mend.
    """
    with without_collection():
        rules = load_packs(directory, only=only, today=today)
        named = {rule.calendar for pack in rules.packs.values() for rule in pack.windows}
        named.update(pack.calendar for pack in rules.packs.values())
        calendars = read_calendars(directory / "calendars", years, only=None if only is None else named)
    return Rulebook(rules.packs, calendars, rules.signatures, rules.contents)


def load_packs(directory: Path, *, only: Iterable[str] | None = None, today: date | None = None) -> Rulebook:
    """Read packs and signatures as `load_rulebook` does, and no calendar: for questions about the packs themselves."""
    packs: dict[str, Pack] = {}
    contents: dict[str, str] = {}
    for file in pack_files(directory, only):
        text = text_of(file)
        pack = read_pack(text, file)
        packs[pack.code], contents[pack.content_hash] = pack, text
    check_parents(packs, directory / "packs")
    return Rulebook(packs, {}, read_signatures(directory, today=today), contents)


def pack_files(directory: Path, only: Iterable[str] | None = None) -> list[Path]:
    """Return the pack files of a rules directory, those of some countries if asked. Raises when there is none."""
    files = sorted((directory / "packs").glob("*.yaml"), key=lambda file: file.stem)
    if not files:
        raise RuleFileError(directory, 0, "", "holds no packs/*.yaml", "name the directory of the rules (--rules DIR)")
    countries = None if only is None else {code.partition("-")[0] for code in only}
    if countries is None or not countries <= {file.stem for file in files}:
        return files
    return [file for file in files if file.stem.partition("-")[0] in countries]
