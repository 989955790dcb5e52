"""The options of `outbound hours` turned into a question to the gate; what cannot be read is named with its mend."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from outbound.cli.rules.folder import rules_folder
from outbound.compliance.facts import BlockedArea, Check, ConsentEvidence, ContactFacts, GateOptions, History
from outbound.compliance.gate import Decision, decide
from outbound.compliance.place import Place, Unplaced, resolve, zone_exists
from outbound.compliance.rules.pack import PACK_LAYERS, Layer, Line, Pack
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.compliance.situation import ELDER_AGE
from outbound.domain.call_class import CallClass
from outbound.usecases.problems import InputProblemError

_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_OLDEST = 150
_SUPPOSED_AGE = 40
_YEARS = (1971, 8999)

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as typed."""

    jurisdiction: str
    at: str
    call_class: str
    zone: str | None
    line: str | None
    caller: str | None
    prior_consent: bool
    age: str | None
    attempts: tuple[str, ...]
    blocked: tuple[str, ...]
    layers: str
    guard: bool
    assume_signed: bool
    rules: str | None
    promotional: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The gate's decision and what an answer shows besides."""

    jurisdiction: str
    instant: datetime
    decision: Decision
    zones: tuple[str, ...]
    packs: tuple[Pack, ...]
    signed: bool
    not_evaluated: tuple[str, ...]


def answer(asked: Asked) -> Answer:
    """Ask the gate; raises `InputProblemError` for what cannot be read."""
    instant = _instant("--at", asked.at)
    code = _code("--jurisdiction", asked.jurisdiction)
    years = range(instant.year - 1, instant.year + 2)
    rulebook = _load(rules_folder(asked.rules), code, years)
    facts, options = _facts(asked, code, instant.date()), _options(asked, rulebook)
    place = resolve(rulebook, facts.region, facts.stated_zone, (), whole=True)
    if isinstance(place, Unplaced):
        _refuse_unknown(place, code, asked, rulebook)
    attempts = tuple(_instant("--attempt-at", text) for text in asked.attempts)
    decision = decide(facts, _word("--call-class", asked.call_class, CallClass), instant,
                      History(attempts, attempts), rulebook, options)  # fmt: skip
    packs = place.packs if isinstance(place, Place) else ()
    return Answer(
        code,
        instant,
        decision,
        place.zones if isinstance(place, Place) else (),
        packs,
        bool(packs) and all(rulebook.signed(pack, Trust.PRODUCTION) for pack in packs),
        _not_evaluated(asked, packs),
    )


def _load(folder: Path, code: str, years: range) -> Rulebook:
    from outbound.adapters.files.rules.packs import load_rulebook

    return load_rulebook(folder, years=years, only=_countries(code))


def _countries(code: str) -> tuple[str, ...]:
    """Country of a code; a territory with a code of its own (PR) may be a part of a country (US-PR)."""
    return (code.partition("-")[0], "US") if code in {"PR", "GU", "AS", "VI", "MP"} else (code.partition("-")[0],)


def _facts(asked: Asked, code: str, today: date) -> ContactFacts:
    consents = (ConsentEvidence("automated_voice"), ConsentEvidence("marketing")) if asked.prior_consent else ()
    age = _age(asked.age)
    if asked.zone is not None and not zone_exists(asked.zone):
        raise InputProblemError(f"--zone: {asked.zone!r} is no IANA time zone; write a name such as Asia/Taipei")
    return ContactFacts(
        region=code,
        stated_zone=asked.zone,
        birth_date=None if age >= ELDER_AGE else date(today.year - age, today.month, 1),
        line=Line.UNKNOWN if asked.line is None else _line(asked.line),
        consents=consents,
    )


def _age(text: str | None) -> int:
    if text is None:
        return _SUPPOSED_AGE
    if not (text.isascii() and text.isdigit()) or int(text) > _OLDEST:
        raise InputProblemError(f"--age: {text!r} is no age; write years from 0 to {_OLDEST}")
    return int(text)


def _line(text: str) -> Line:
    if text not in {Line.MOBILE, Line.LANDLINE}:
        raise InputProblemError(f"--line: {text!r} is not known; write mobile or landline, or leave it out")
    return Line(text)


def _options(asked: Asked, rulebook: Rulebook) -> GateOptions:
    skip = {Check.SUBDIVISION, Check.PRIVACY_NOTICE, Check.SUPPRESSION}
    if not asked.promotional:
        skip.add(Check.MARKETING_CONSENT)
    if asked.line is None:
        skip |= {Check.AUTOMATED_VOICE_CONSENT, Check.RESIDENTIAL_LINE_LIMIT}
    if asked.caller is None:
        skip.add(Check.CALLER_ID)
    if not asked.guard:
        skip.add(Check.GUARD)
    return GateOptions(
        trust=Trust.ASSUMED if asked.assume_signed else Trust.PRODUCTION,
        promotional=asked.promotional,
        caller_number=asked.caller,
        blocked_areas=tuple(BlockedArea(_area(text, rulebook)) for text in asked.blocked),
        layers=_layers(asked.layers),
        skip=frozenset(skip),
    )


def _area(text: str, rulebook: Rulebook) -> str:
    code = _code("--blocked-area", text)
    country = rulebook.packs.get(code.partition("-")[0])
    if country is not None and code != country.code and code not in country.subdivisions:
        raise InputProblemError(
            f"--blocked-area: {code} is no part of {country.code}; `outbound rules show` lists them"
        )
    return code


def _layers(text: str) -> frozenset[Layer]:
    chosen = frozenset(_word("--layers", part.strip(), Layer) for part in text.split(",") if part.strip())
    if not chosen or not chosen <= PACK_LAYERS:
        raise InputProblemError("--layers: write one or more of legal, industry_code, courtesy, separated by commas")
    return chosen


def _word(option: str, text: str, kind: type[Word]) -> Word:
    try:
        return kind(text)
    except ValueError:
        raise InputProblemError(f"{option}: {text!r} is not known; write one of {', '.join(kind)}") from None


def _instant(option: str, text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None:
        raise InputProblemError(f"{option}: {text!r} is no instant; write it like 2026-11-23T10:00+08:00")
    if instant.tzinfo is None:
        raise InputProblemError(f"{option}: {text!r} has no offset; write it like 2026-11-23T10:00+08:00")
    if not _YEARS[0] <= instant.year <= _YEARS[1]:
        raise InputProblemError(f"{option}: {text!r} lies outside the years {_YEARS[0]} to {_YEARS[1]}")
    return instant


def _code(option: str, text: str) -> str:
    code = text.strip().upper()
    if not _CODE.fullmatch(code) or code.partition("-")[0] not in _assigned():
        raise InputProblemError(f"{option}: {text!r} is no ISO 3166 code; write one such as TW, TW-TPE or US-CA")
    return code


@cache
def _assigned() -> frozenset[str]:
    """ISO 3166-1 codes, from the table that the time zone data brings."""
    from importlib.resources import files

    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line[:2] for line in table.splitlines() if line and not line.startswith("#"))


def _refuse_unknown(place: Unplaced, code: str, asked: Asked, rulebook: Rulebook) -> None:
    """A slip of the pen is wrong input; a place whose pack is missing is an answer: no."""
    for reason in place.reasons:
        if reason.code == "jurisdiction_unknown":
            raise InputProblemError(f"--jurisdiction: {code} is no part of its country; write its ISO 3166-2 code")
        if reason.code == "zone_outside":
            plain = resolve(rulebook, code, None, (), whole=True)
            zones = ", ".join(plain.zones) if isinstance(plain, Place) else ""
            raise InputProblemError(f"--zone: {asked.zone} is not in {code}; its zones are {zones}")


def _not_evaluated(asked: Asked, packs: tuple[Pack, ...]) -> tuple[str, ...]:
    names = ["notice", "suppression"]
    if asked.line is None:
        names.append("line")
    if asked.caller is None:
        names.append("caller")
    if not asked.guard:
        names.append("guard")
    if asked.assume_signed:
        names.append("signature")
    if asked.call_class == CallClass.TELEMARKETING and not asked.promotional:
        names.append("marketing_consent")
    names.extend(sorted(layer.value for layer in PACK_LAYERS - _layers(asked.layers)))
    if any(pack.subdivision_required and asked.jurisdiction.strip().upper() == pack.code for pack in packs):
        names.append("subdivision")
    return tuple(names)
