"""One pack file turned into a `Pack`: every hour, date and zone is checked before it can open a window."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from outbound.adapters.files.rules.hours import chosen_hours, hours_of, in_force, segments
from outbound.adapters.files.rules.sections import RuleFileError, Section, read
from outbound.compliance.place import zone_exists
from outbound.compliance.rules.pack import (
    AttemptLimit,
    CallerRule,
    CountedPer,
    DialGuard,
    Duties,
    Layer,
    Line,
    Pack,
    Period,
    PeriodKind,
    Source,
    Subdivision,
    VoiceRule,
    WindowRule,
)
from outbound.domain.call_class import CallClass

_ROLLING = re.compile(r"rolling_([1-9]\d{0,2})_(days|hours)")
_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def read_pack(file: Path) -> Pack:
    """Read one pack; raises `RuleFileError` with file, line and key."""
    top, content_hash = read(file)
    code = top.text("code")
    if not _CODE.fullmatch(code) or code != file.stem:
        raise top.fail("code", f"{code!r} is not the code that the file is named after", f"write {file.stem!r}")
    zones = _zones(top, "zones")
    calendar = top.text("calendar", code)
    pack = Pack(
        code=code,
        name=top.text("name"),
        version=top.text("version"),
        content_hash=content_hash,
        zones=zones,
        calendar=calendar,
        windows=tuple(_window(section, calendar) for section in top.sections("windows")),
        parent=top.text("parent") if top.has("parent") else None,
        same_clock=_same_clock(top, zones),
        subdivisions=_subdivisions(top, code, zones),
        subdivision_required=top.flag("subdivision_required", default=False),
        aliases=_aliases(top),
        limits=tuple(_limit(section) for section in top.sections("attempt_limits")),
        voice=tuple(_voice(section) for section in top.sections("automated_voice")),
        caller=_caller(top.section("caller_id")) if top.has("caller_id") else None,
        guard=_guard(top.section("dial_guard")) if top.has("dial_guard") else DialGuard(),
        duties=_duties(top.section("duties")) if top.has("duties") else Duties(),
        sources=tuple(_source(section) for section in top.sections("sources")),
        confidence=top.text("confidence"),
    )
    _check_family(top, pack)
    top.texts("notes", ())
    top.done()
    return pack


def _check_family(top: Section, pack: Pack) -> None:
    if not pack.windows:
        raise top.fail("windows", "there is no layer of call windows", "add at least one, with its source")
    country = pack.code.partition("-")[0]
    expected = None if pack.code == country else country
    if pack.parent != expected:
        raise top.fail("parent", f"must be {expected or 'absent'}", "a part names its country, a country has no parent")


def _zones(top: Section, key: str, *, single: bool = False) -> tuple[str, ...]:
    zones = (top.text(key),) if single else top.texts(key)
    for zone in zones:
        if not zone_exists(zone):
            raise top.fail(key, f"{zone} is no IANA time zone", "write a name such as Asia/Taipei")
    if not zones:
        raise top.fail(key, "is empty", "name every zone of the jurisdiction")
    return zones


def _same_clock(top: Section, zones: tuple[str, ...]) -> Mapping[str, str]:
    same: dict[str, str] = {}
    if not top.has("same_clock"):
        return same
    section = top.section("same_clock")
    for zone in section.keys():  # noqa: SIM118  a section is no mapping: asking marks the keys as known
        if zone not in zones:
            raise section.fail(zone, "is not one of the pack's zones", f"write one of {', '.join(zones)}")
        same.update(dict.fromkeys(_zones(section, zone), zone))
    return same


def _subdivisions(top: Section, code: str, zones: tuple[str, ...]) -> Mapping[str, Subdivision]:
    parts: dict[str, Subdivision] = {}
    if not top.has("subdivisions"):
        return parts
    section = top.section("subdivisions")
    for name in section.keys():  # noqa: SIM118
        if not _CODE.fullmatch(name) or not name.startswith(f"{code}-"):
            raise section.fail(name, f"is no part of {code}", f"write an ISO 3166-2 code such as {code}-XXX")
        part = section.section(name)
        part.text("name")
        own = _zones(part, "zones") if part.has("zones") else zones
        if not set(own) <= set(zones):
            raise part.fail("zones", "a zone is not one of the pack's zones", f"use {', '.join(zones)}")
        parts[name] = Subdivision(own, part.flag("own_pack", default=False))
        part.done()
    return parts


def _aliases(top: Section) -> Mapping[str, str]:
    if not top.has("aliases"):
        return {}
    section = top.section("aliases")
    return {name: section.text(name) for name in section.keys()}  # noqa: SIM118


def _window(section: Section, calendar: str) -> WindowRule:
    layer = section.choice("layer", Layer)
    override = section.flag("consent_override", default=False)
    chosen = chosen_hours(section.section("customer_chosen")) if section.has("customer_chosen") else None
    if layer is Layer.HOUSE:
        raise section.fail("layer", "house is the product's own", "write legal, industry_code or courtesy")
    if chosen is not None and not (override and layer is Layer.COURTESY):
        raise section.fail("customer_chosen", "needs a courtesy layer with consent_override: true", "remove it")
    rule = WindowRule(
        layer=layer,
        binds=section.choices("binds", CallClass),
        hours=hours_of(section) if section.has("hours") else None,
        calendar=section.text("calendar", calendar),
        segments=segments(section),
        customer_chosen=chosen,
        in_force=in_force(section),
        consent_override=override,
        confidence=section.text("confidence"),
        note=section.text("note", ""),
    )
    section.done()
    return rule


def _period(section: Section) -> Period:
    name = section.text("period")
    rolling = _ROLLING.fullmatch(name)
    if rolling:
        amount = int(rolling[1])
        return Period(PeriodKind.ROLLING, timedelta(**{rolling[2]: amount}), name)
    if name in set(PeriodKind) - {PeriodKind.ROLLING}:
        return Period(PeriodKind(name), name=name)
    known = "day, calendar_week, calendar_month, rolling_14_days, rolling_24_hours"
    raise section.fail("period", f"{name!r} is not known", f"write a period such as {known}")


def _limit(section: Section) -> AttemptLimit:
    limit = AttemptLimit(
        layer=section.choice("layer", Layer),
        binds=section.choices("binds", CallClass),
        count=section.number("count"),
        period=_period(section),
        per=section.choice("per", CountedPer),
        unless_consent=section.text("unless_consent") if section.has("unless_consent") else None,
        in_force=in_force(section),
    )
    _remarks(section)
    return limit


def _voice(section: Section) -> VoiceRule:
    rule = VoiceRule(
        layer=section.choice("layer", Layer),
        binds=section.choices("binds", CallClass),
        lines=section.choices("lines", Line),
        consents=section.texts("consents"),
    )
    _remarks(section)
    return rule


def _caller(section: Section) -> CallerRule:
    prefixes = section.texts("prefixes", ())
    for prefix in prefixes:
        if not re.fullmatch(r"\+[1-9]\d{0,14}", prefix):
            raise section.fail("prefixes", f"{prefix!r} begins no number", 'write digits with a plus, such as "+886"')
    rule = CallerRule(section.choice("layer", Layer), section.flag("must_show"), prefixes)
    _remarks(section)
    return rule


def _guard(section: Section) -> DialGuard:
    guard = DialGuard(
        section.number("minimum_minutes") * 60, section.number("ring_seconds"), section.number("script_seconds")
    )
    section.done()
    return guard


def _duties(section: Section) -> Duties:
    duties = Duties(
        section.texts("disclosures", ()),
        section.text("disclosure_timing", ""),
        section.text("opt_out", ""),
        section.text("honour_opt_out_within", ""),
    )
    section.done()
    return duties


def _source(section: Section) -> Source:
    source = Source(
        section.text("citation"),
        section.text("url"),
        section.text("kind"),
        section.flag("seen"),
        section.text("paraphrase"),
    )
    section.done()
    return source


def _remarks(section: Section) -> None:
    """Confidence and note of a rule are for its readers."""
    section.text("confidence")
    section.text("note", "")
    section.done()


def check_parents(packs: Mapping[str, Pack], directory: Path) -> None:
    """Refuse a part whose country has no pack or does not know it."""
    for pack in packs.values():
        if pack.parent is None:
            continue
        country = packs.get(pack.parent)
        if country is None or pack.code not in country.subdivisions:
            mend = f"list {pack.code} under subdivisions of {pack.parent}.yaml"
            raise RuleFileError(directory / f"{pack.code}.yaml", 0, "parent", "its country does not know it", mend)
