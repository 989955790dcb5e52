"""The options of `outbound hours` read one by one; what cannot be read is named with its mend."""

import re
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TypeVar

from outbound.compliance.place import Place, Unplaced, resolve, zone_exists
from outbound.compliance.rules.pack import PACK_LAYERS, Layer, Line
from outbound.compliance.rules.rulebook import Rulebook
from outbound.usecases.problems import InputProblemError

_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_E164 = re.compile(r"\+[1-9][0-9]{5,14}")
_TAIWAN = "+886"
HIDDEN = frozenset({"", "hidden", "anonymous"})
"""How a number that is not shown is written."""
_OLDEST = 150
_SUPPOSED_AGE = 40
_YEARS = (1971, 8999)

Word = TypeVar("Word", bound=StrEnum)


def code_of(option: str, text: str) -> str:
    """Return a region's code in capitals; its country must be one of ISO 3166-1."""
    code = text.strip().upper()
    if not _CODE.fullmatch(code) or code.partition("-")[0] not in _assigned():
        meant = "; the United Kingdom is GB" if code.partition("-")[0] == "UK" else ""
        raise InputProblemError(f"{option}: {text!r} is no ISO 3166 code; write one such as TW, TW-TPE or US-CA{meant}")
    return code


@cache
def _assigned() -> frozenset[str]:
    """ISO 3166-1 codes, from the table that the time zone data brings."""
    from importlib.resources import files

    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line[:2] for line in table.splitlines() if line and not line.startswith("#"))


def zone_of(text: str | None) -> str | None:
    """Return the zone as typed; it must be one that the time zone data knows."""
    if text is not None and not zone_exists(text):
        raise InputProblemError(f"--zone: {text!r} is no IANA time zone; write a name such as Asia/Taipei")
    return text


def age_of(text: str | None) -> int:
    """Return the age in years; without one, an age under 65."""
    if text is None:
        return _SUPPOSED_AGE
    if not (text.isascii() and text.isdigit()) or int(text) > _OLDEST:
        raise InputProblemError(f"--age: {text!r} is no age; write years from 0 to {_OLDEST}")
    return int(text)


def line_of(text: str | None) -> Line:
    """Return the kind of line; without one, unknown."""
    if text is None:
        return Line.UNKNOWN
    if text not in {Line.MOBILE, Line.LANDLINE}:
        raise InputProblemError(f"--line: {text!r} is not known; write mobile or landline, or leave it out")
    return Line(text)


def caller_of(text: str | None) -> str | None:
    """Return the number that is shown; None for one that is withheld, as for no option at all."""
    if text is None or text.strip().lower() in HIDDEN:
        return None
    if _E164.fullmatch(text):
        return text
    digits = re.sub(r"[\s()./-]", "", text)
    for found in (digits, _TAIWAN + digits.removeprefix("0")):
        if _E164.fullmatch(found):
            raise InputProblemError(f"--caller: {text!r} is no E.164 number; write {found}")
    raise InputProblemError(f"--caller: {text!r} is no E.164 number; write one such as +886223456789, or hidden")


def layers_of(text: str) -> frozenset[Layer]:
    """Return the layers that are named, at least one."""
    chosen = frozenset(word_of("--layers", part.strip(), Layer) for part in text.split(",") if part.strip())
    if not chosen or not chosen <= PACK_LAYERS:
        raise InputProblemError("--layers: write one or more of legal, industry_code, courtesy, separated by commas")
    return chosen


def word_of(option: str, text: str, kind: type[Word]) -> Word:
    """Return one of a fixed set of words."""
    try:
        return kind(text)
    except ValueError:
        raise InputProblemError(f"{option}: {text!r} is not known; write one of {', '.join(kind)}") from None


def instant_of(option: str, text: str) -> datetime:
    """Return an aware instant within the years that can be judged."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None:
        raise InputProblemError(f"{option}: {text!r} is no instant; write it like 2026-11-23T10:00+08:00")
    if instant.tzinfo is None:
        raise InputProblemError(f"{option}: {text!r} has no offset; write it like 2026-11-23T10:00+08:00")
    _within_years(option, text, instant.year)
    return instant


def date_of(option: str, text: str) -> date:
    """Return a date within the years that can be judged."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputProblemError(f"{option}: {text!r} is no date; write it like 2026-11-23") from None
    _within_years(option, text, day.year)
    return day


def _within_years(option: str, text: str, year: int) -> None:
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise InputProblemError(f"{option}: {text!r} lies outside the years {_YEARS[0]} to {_YEARS[1]}")


def refuse_slips(place: Unplaced, option: str, code: str, zone: str | None, rulebook: Rulebook) -> None:
    """A slip of the pen is wrong input; a place whose pack is missing is an answer: no."""
    for reason in place.reasons:
        if reason.code == "jurisdiction_unknown":
            raise InputProblemError(f"{option}: {code} is no part of its country; write its ISO 3166-2 code")
        if reason.code == "zone_outside":
            plain = resolve(rulebook, code, None, (), whole=True)
            zones = ", ".join(plain.zones) if isinstance(plain, Place) else ""
            raise InputProblemError(f"--zone: {zone} is not in {code}; its zones are {zones}")
