"""Everything that is wrong with a rules directory, file by file and then between files."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from outbound.adapters.files.rules.calendars import read_calendars
from outbound.adapters.files.rules.document import RuleFileError, text_of
from outbound.adapters.files.rules.packs import pack_files
from outbound.adapters.files.rules.reader import parent_fault, read_pack
from outbound.adapters.files.rules.sections import read
from outbound.adapters.files.rules.signatures import archived, is_kept, signature_entries
from outbound.compliance.rules.calendar import Calendar
from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import Signature

Value = TypeVar("Value")


class Validation(Struct, frozen=True):
    """What `validate_rules` found, sorted by file, line and key; warnings are worth a look and stop nothing."""

    faults: tuple[RuleFileError, ...]
    warnings: tuple[RuleFileError, ...]
    packs: int


def validate_rules(directory: Path, *, today: date | None = None) -> Validation:
    """Read every file of a rules directory and compare them; with `today`, signatures of a later date are faults.

    Raises `RuleFileError` only where there is no pack.
    """
    faults: list[RuleFileError] = []
    packs, broken = _packs(directory, faults)
    calendars = _calendars(directory / "calendars", faults)
    for pack in packs.values():
        faults += _family_faults(packs, broken, pack, directory)
        faults += _calendar_faults(pack, calendars, directory)
    for calendar in calendars.values():
        if calendar is not None:
            faults += _part_faults(calendar, packs.get(calendar.code), directory)
    faults += _alias_faults(packs, directory)
    # First the warnings: looking for them finds what is wrong with the signatures.
    entries = _kept(partial(signature_entries, directory, faults, today=today), faults) or ()
    warnings = _listed(
        [
            *_stale_signatures(packs, broken, entries, directory, faults),
            *_standing_warnings(packs, {(each.jurisdiction, each.content_hash) for each, _ in entries}, directory),
        ]
    )
    return Validation(_listed(faults), warnings, len(packs))


def _listed(found: Iterable[RuleFileError]) -> tuple[RuleFileError, ...]:
    unlike = {(fault.place, fault.problem): fault for fault in found}
    return tuple(sorted(unlike.values(), key=lambda fault: fault.place))


def _kept(reading: Callable[[], Value], faults: list[RuleFileError]) -> Value | None:
    try:
        return reading()
    except RuleFileError as fault:
        faults.append(fault)
        return None


def _packs(directory: Path, faults: list[RuleFileError]) -> tuple[dict[str, Pack], set[str]]:
    """Return the sound packs, and the codes of the files that are broken."""
    packs: dict[str, Pack] = {}
    broken: set[str] = set()
    for file in pack_files(directory):
        found: list[RuleFileError] = []
        pack = _kept(partial(_read_pack, file, found), found)
        faults += found
        if pack is None or found:
            broken.add(file.stem)
        else:
            packs[pack.code] = pack
    return packs, broken


def _read_pack(file: Path, faults: list[RuleFileError]) -> Pack:
    return read_pack(text_of(file), file, faults)


def _calendars(directory: Path, faults: list[RuleFileError]) -> dict[str, Calendar | None]:
    """Return the calendars by the name of their file, None for those that are broken."""
    calendars: dict[str, Calendar | None] = {}
    for file in sorted(directory.glob("*.yaml")):
        read_one = _kept(partial(read_calendars, directory, only={file.stem}), faults)
        calendars[file.stem] = None if read_one is None else read_one.get(file.stem)
    return calendars


def _fault(file: Path, keys: Sequence[str], problem: str, mend: str) -> RuleFileError:
    """Return a fault at the line of a key (under other keys) in a file that could be read."""
    section, _ = read(file)
    for key in keys[:-1]:
        section = section.section(key)
    return section.fail(keys[-1], problem, mend)


def _family_faults(
    packs: Mapping[str, Pack], broken: Collection[str], pack: Pack, directory: Path
) -> Iterator[RuleFileError]:
    if pack.parent is None or pack.parent in broken:
        return
    orphaned = parent_fault(packs, pack, directory / "packs")
    if orphaned is not None:
        yield orphaned
        return
    country = packs[pack.parent]
    listed = country.subdivisions[pack.code]
    if not listed.own_pack:
        # Without the mark, the country's hours alone would hold if the part's file were lost.
        problem = f"{pack.code} has a pack, and its country does not count on it"
        keys = ("subdivisions", pack.code, "own_pack")
        yield _fault(directory / "packs" / f"{country.code}.yaml", keys, problem, "write own_pack: true")
    strange = [zone for zone in pack.zones if zone not in listed.zones]
    if strange:
        problem = f"{', '.join(strange)} is none of its zones in {country.code}.yaml"
        mend = f"use {', '.join(listed.zones)}, or add the zone there"
        yield _fault(directory / "packs" / f"{pack.code}.yaml", ("zones",), problem, mend)


def _calendar_faults(pack: Pack, calendars: Mapping[str, Calendar | None], directory: Path) -> Iterator[RuleFileError]:
    file = directory / "packs" / f"{pack.code}.yaml"
    for code in sorted({pack.calendar, *(rule.calendar for rule in pack.windows)} - set(calendars)):
        problem = f"there is no calendar {code}, so that every day is closed"
        yield _fault(file, ("calendar",), problem, f"write calendars/{code}.yaml, or name one that is there")


def _part_faults(calendar: Calendar, pack: Pack | None, directory: Path) -> Iterator[RuleFileError]:
    file = directory / "calendars" / f"{calendar.code}.yaml"
    if not calendar.years:
        yield _fault(file, ("years",), "has no year, so that every day is closed", "list the days of a year")
    if pack is None or not pack.subdivisions:
        return
    # Parts within parts may be finer than the places that the pack tells apart.
    unlisted = sorted(set(read(file)[0].texts("parts", ())) - set(pack.subdivisions))
    if unlisted:
        problem = f"{', '.join(unlisted)}: the pack of {calendar.code} does not list it"
        yield _fault(file, ("parts",), problem, f"list it under subdivisions of packs/{calendar.code}.yaml")


def _alias_faults(packs: Mapping[str, Pack], directory: Path) -> Iterator[RuleFileError]:
    owners = {code: code for code in packs}
    for pack in packs.values():
        for alias in pack.aliases:
            owner = owners.setdefault(alias, pack.code)
            if owner != pack.code:
                problem = f"{alias} belongs to the pack of {owner} already"
                file = directory / "packs" / f"{pack.code}.yaml"
                yield _fault(file, ("aliases", alias), problem, "keep one of the two")


def _stale_signatures(
    packs: Mapping[str, Pack],
    broken: Collection[str],
    entries: Iterable[tuple[Signature, RuleFileError]],
    directory: Path,
    faults: list[RuleFileError],
) -> Iterator[RuleFileError]:
    """Yield the signatures under contents that are neither in force nor in the history."""
    for signature, stale in entries:
        code, digest = signature.jurisdiction, signature.content_hash
        if code in broken or (code in packs and packs[code].content_hash == digest):
            continue
        if _kept(partial(archived, directory, code, digest), faults) is None:
            yield stale


def _standing_warnings(
    packs: Mapping[str, Pack], signed: Collection[tuple[str, str]], directory: Path
) -> Iterator[RuleFileError]:
    """Yield the packs whose present content nobody signed, and those that are signed and not kept."""
    for pack in packs.values():
        file = directory / "packs" / f"{pack.code}.yaml"
        if (pack.code, pack.content_hash) not in signed:
            problem = "its content has no signature: nobody is dialled"
            yield RuleFileError(file, 0, "", problem, f"have it checked and sign it: outbound rules sign {pack.code}")
        elif not is_kept(directory, pack.code, pack.content_hash):
            problem = "is signed, and its text is not kept in history/: what rests on it could not be proved later"
            yield RuleFileError(file, 0, "", problem, f"sign it again, which keeps it: outbound rules sign {pack.code}")
