"""One pack file turned into a `Pack`: every hour, date and zone is checked before it can open a window."""

from collections.abc import Mapping
from pathlib import Path

from outbound.adapters.files.rules.reading.hours import window
from outbound.adapters.files.rules.reading.places import (
    CODE,
    aliases_of,
    check_aliases,
    own_zones,
    same_clock,
    subdivisions,
)
from outbound.adapters.files.rules.reading.terms import (
    attempt_limit,
    caller_rule,
    dial_guard,
    duties_of,
    register_of,
    source_of,
    voice_rule,
)
from outbound.adapters.files.rules.reading.words import Confidence
from outbound.adapters.files.rules.sections import RuleFileError, Section, read_text
from outbound.compliance.rules.pack import DialGuard, Duties, Pack


def read_pack_text(text: str, code: str) -> Pack:
    """Read a pack from its text, such as one that was kept with a receipt; the same checks as for a file.

    Raises `RuleFileError` that names CODE.yaml, line and key.
    """
    return read_pack(text, Path(f"{code}.yaml"))


def read_pack(text: str, file: Path, faults: list[RuleFileError] | None = None) -> Pack:
    """Read the text of one pack file; raises `RuleFileError` with file, line and key.

    With `faults` every fault is kept there and reading goes on; the pack is then worth nothing unless there is none.
    """
    top, content_hash = read_text(text, file, faults)
    code = top.text("code")
    if (not CODE.fullmatch(code) or code != file.stem) and top.sound("code"):
        top.refuse("code", f"{code!r} is not the code that the file is named after", f"write {file.stem!r}")
    if faults and not top.sound("code"):
        code = _code_instead(file, faults)
    country = code.partition("-")[0]
    calendar = top.text("calendar", country)
    aliases = aliases_of(top)
    zones = own_zones(top, code, aliases)
    pack = Pack(
        code=code,
        name=top.text("name"),
        version=top.text("version"),
        content_hash=content_hash,
        zones=zones,
        calendar=calendar,
        windows=tuple(window(section, calendar) for section in top.sections("windows")),
        parent=top.text("parent") if top.has("parent") else None,
        same_clock=same_clock(top, zones),
        subdivisions=subdivisions(top, code, zones),
        subdivision_required=top.flag("subdivision_required", default=False),
        zone_required=top.flag("zone_required", default=False),
        aliases=aliases,
        limits=tuple(attempt_limit(section) for section in top.sections("attempt_limits")),
        voice=tuple(voice_rule(section) for section in top.sections("automated_voice")),
        caller=caller_rule(top.section("caller_id")) if top.has("caller_id") else None,
        guard=dial_guard(top.section("dial_guard")) if top.has("dial_guard") else DialGuard(),
        duties=duties_of(top.section("duties")) if top.has("duties") else Duties(),
        register=register_of(top.section("do_not_call_register")) if top.has("do_not_call_register") else None,
        unconfirmed=top.texts("unconfirmed", ()),
        sources=tuple(source_of(section) for section in top.sections("sources")),
        confidence=top.choice("confidence", Confidence).value,
    )
    _check_family(top, pack, country)
    top.texts("notes", ())
    top.done()
    return pack


def _code_instead(file: Path, faults: list[RuleFileError]) -> str:
    """Return the code of the file's name, which all else can be checked against; without one, reading stops here."""
    if CODE.fullmatch(file.stem):
        return file.stem
    raise faults.pop()


def _check_family(top: Section, pack: Pack, country: str) -> None:
    if not pack.windows and top.sound("windows"):
        top.refuse("windows", "there is no layer of call windows", "add at least one, with its source")
    check_aliases(top, pack.aliases, pack.subdivisions)
    expected = None if pack.code == country else country
    if pack.parent != expected and top.sound("code", "parent"):
        mend = "a part names its country, a country has no parent"
        top.refuse("parent", f"must be {expected or 'absent'}", mend)
    if pack.subdivision_required and not pack.subdivisions:
        mend = "list the parts under subdivisions, or remove it"
        top.refuse("subdivision_required", "no contact could name a part", mend)


def check_parents(packs: Mapping[str, Pack], directory: Path) -> None:
    """Raise for a part whose country has no pack or does not know it."""
    for pack in packs.values():
        fault = parent_fault(packs, pack, directory)
        if fault is not None:
            raise fault


def parent_fault(packs: Mapping[str, Pack], pack: Pack, directory: Path) -> RuleFileError | None:
    """Return what is wrong between a part and its country, if anything is."""
    country = packs.get(pack.parent) if pack.parent is not None else None
    if pack.parent is None or (country is not None and pack.code in country.subdivisions):
        return None
    mend = f"list {pack.code} under subdivisions of {pack.parent}.yaml"
    return RuleFileError(directory / f"{pack.code}.yaml", 0, "parent", "its country does not know it", mend)
