"""The rules directory (packs, calendars, signatures) turned into a rulebook."""

import json
from collections.abc import Iterable
from pathlib import Path

from outbound.adapters.files.rules.calendars import read_calendars
from outbound.adapters.files.rules.document import RuleFileError, text_of
from outbound.adapters.files.rules.reader import check_parents, read_pack, read_pack_text
from outbound.adapters.files.rules.sections import read
from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import Rulebook, Signature, SignatureKind

__all__ = ["RuleFileError", "add_signature", "load_rulebook", "read_pack_text", "read_signatures", "validate_rules"]

_HASH_DIGITS = 64


def load_rulebook(directory: Path, *, years: Iterable[int] = (), only: Iterable[str] | None = None) -> Rulebook:
    """Read `packs/`, `calendars/` and `signatures.yaml` of a rules directory.

    `years` are years that will be asked about; a calendar that lists them itself needs no library. `only` reads just
    the packs of these countries (ISO 3166-1) with their parts. Raises `RuleFileError` with file, line, key and mend.
    """
    files = _pack_files(directory)
    if only is not None:
        countries = {code.partition("-")[0] for code in only}
        files = [file for file in files if file.stem.partition("-")[0] in countries]
    packs: dict[str, Pack] = {}
    for file in files:
        pack = read_pack(text_of(file), file)
        packs[pack.code] = pack
    check_parents(packs, directory / "packs")
    return Rulebook(packs, read_calendars(directory / "calendars", years), read_signatures(directory))


def _pack_files(directory: Path) -> list[Path]:
    files = sorted((directory / "packs").glob("*.yaml"))
    if not files:
        raise RuleFileError(directory, 0, "", "holds no packs/*.yaml", "name the directory of the rules (--rules DIR)")
    return files


def read_signatures(directory: Path) -> tuple[Signature, ...]:
    """Read `signatures.yaml`; without the file nothing is signed."""
    file = directory / "signatures.yaml"
    if not file.exists():
        return ()
    top, _ = read(file)
    signatures = []
    for section in top.sections("signatures"):
        digest = section.text("sha256")
        if len(digest) != _HASH_DIGITS:
            raise section.fail("sha256", "is no SHA-256", "copy the hash from `outbound rules show`")
        signatures.append(
            Signature(
                section.text("jurisdiction"),
                digest,
                section.text("by"),
                section.day("on"),
                section.choice("kind", SignatureKind),
            )
        )
        section.done()
    top.done()
    return tuple(signatures)


def add_signature(directory: Path, signature: Signature) -> None:
    """Write a signature behind those that are there; comments and earlier signatures stay as they are.

    Raises `RuleFileError` when the file cannot be read or written; it is then as it was.
    """
    file = directory / "signatures.yaml"
    present = read_signatures(directory)
    before = file.read_text(encoding="utf-8").rstrip("\n") + "\n" if present else "signatures:\n"
    entry = {
        "jurisdiction": signature.jurisdiction,
        "sha256": signature.content_hash,
        "by": signature.by,
        "on": signature.on.isoformat(),
        "kind": signature.kind.value,
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    text = before + "  - " + "\n    ".join(lines) + "\n"
    fresh = file.with_suffix(".new")
    try:
        fresh.write_text(text, encoding="utf-8")
        # A file that was cut short would unsign every pack: it is replaced whole or not at all.
        fresh.replace(file)
    except OSError as error:
        mend = "sign where you may write"
        raise RuleFileError(file, 0, "", f"cannot be written ({type(error).__name__})", mend) from None


def validate_rules(directory: Path) -> tuple[list[RuleFileError], int]:
    """Read every file and return (what is wrong, number of packs): the first fault of each file."""
    faults: list[RuleFileError] = []
    packs: dict[str, Pack] = {}
    for file in _pack_files(directory):
        found: list[RuleFileError] = []
        try:
            pack = read_pack(text_of(file), file, found)
        except RuleFileError as fault:
            found.append(fault)
        if found:
            faults += found
        else:
            packs[file.stem] = pack
    for check in (
        lambda: check_parents(packs, directory / "packs"),
        lambda: read_calendars(directory / "calendars"),
        lambda: read_signatures(directory),
    ):
        try:
            check()
        except RuleFileError as fault:
            faults.append(fault)
    return faults, len(packs)
