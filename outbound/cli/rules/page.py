"""A rule pack written out for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from outbound.cli.rules.standing import standing_shown, standing_told
from outbound.compliance.passing import hours_text
from outbound.compliance.rules.pack import HolidayScope, HolidayTreatment, Hours, InForce, Pack, Week, WindowRule
from outbound.domain.call_class import CallClass

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def details(pack: Pack) -> dict[str, Any]:
    """Return what a pack says, as values that JSON knows."""
    return {
        "parent": pack.parent,
        "calendar": pack.calendar,
        "zones": pack.zones,
        "subdivisions": {code: {"zones": p.zones, "own_pack": p.own_pack} for code, p in pack.subdivisions.items()},
        "subdivision_required": pack.subdivision_required,
        "zone_required": pack.zone_required,
        "aliases": pack.aliases,
        "windows": [_window(rule) for rule in pack.windows],
        "attempt_limits": [
            {
                "layer": limit.layer,
                "binds": sorted(limit.binds),
                "count": limit.count,
                "period": limit.period.name,
                "per": limit.per,
                "unless_consent": limit.unless_consent,
                **_force(limit.in_force),
            }
            for limit in pack.limits
        ],
        "automated_voice": [
            {
                "layer": rule.layer,
                "binds": sorted(rule.binds),
                "lines": sorted(rule.lines),
                "consents": rule.consents,
            }
            for rule in pack.voice
        ],
        "caller_id": pack.caller,
        "dial_guard": pack.guard,
        "duties": pack.duties,
        "do_not_call_register": pack.register,
        "unconfirmed": pack.unconfirmed,
        "sources": pack.sources,
    }


def _window(rule: WindowRule) -> dict[str, Any]:
    return {
        "layer": rule.layer,
        "binds": sorted(rule.binds),
        "hours": None if rule.hours is None else _hours(rule.hours),
        "holidays": rule.holidays,
        "fixed_zone": rule.fixed_zone,
        "segments": {segment.value: _week(week) for segment, week in rule.segments.items()},
        "consent_override": rule.consent_override,
        "customer_chosen": None if rule.customer_chosen is None else _hours(rule.customer_chosen),
        **_force(rule.in_force),
        "confidence": rule.confidence,
        "note": rule.note,
    }


def _force(in_force: InForce) -> dict[str, Any]:
    return {"effective_from": in_force.since, "effective_to": in_force.until}


def _hours(hours: Hours) -> dict[str, Any]:
    own = hours_text(hours.holiday_windows) if hours.holiday is HolidayTreatment.OWN_WINDOW else None
    eve = None if hours.eve_windows is None else hours_text(hours.eve_windows)
    return {**_week(hours.week), "public_holiday": hours.holiday, "holiday_hours": own, "holiday_eve": eve}


def _week(week: Week) -> dict[str, str]:
    return {name: hours_text(day) for name, day in zip(_DAYS, week, strict=True)}


def as_page(found: Mapping[str, Any]) -> str:
    """Return the pack as a page of text."""
    lines = [
        f"{found['code']}  {found['name']}  {found['version']}",
        f"sha256 {found['sha256']}",
        f"{standing_shown(found)}: signed by {', '.join(found['signed_by']) or 'nobody'}",
        standing_told(found),
        f"Confidence: {found['confidence']}",
        f"Zones: {', '.join(found['zones'])}",
    ]
    for window in found["windows"]:
        lines += ["", f"[{window['layer']}] {', '.join(window['binds'])} ({window['confidence']}{_dates(window)})"]
        lines += [f"  {line}" for line in _hours_lines(window)]
    lines += ["", *_limit_lines(found), *_caller_lines(found["caller_id"]), *_duty_lines(found)]
    if found["unconfirmed"]:
        lines += ["", "To be confirmed before it is signed:", *(f"  {point}" for point in found["unconfirmed"])]
    lines += ["", "Sources:", *(f"  {s.citation}: {s.paraphrase} <{s.url}>" for s in found["sources"])]
    return "\n".join(lines)


def _dates(rule: Mapping[str, Any]) -> str:
    since, until = rule["effective_from"], rule["effective_to"]
    return (f", from {since}" if since else "") + (f", until {until}" if until else "")


def _limit_lines(found: Mapping[str, Any]) -> Iterator[str]:
    for limit in found["attempt_limits"]:
        free = f", unless there is consent ({limit['unless_consent']})" if limit["unless_consent"] else ""
        who = f"{', '.join(limit['binds'])} per {limit['per']}"
        often = f"at most {limit['count']} attempts per {limit['period']}" if limit["count"] else _refused(limit)
        yield f"[{limit['layer']}] {often}: {who}{free}{_dates(limit)}"
    for rule in found["automated_voice"]:
        what = f"{', '.join(rule['binds'])} to {', '.join(rule['lines'])}"
        yield f"[{rule['layer']}] a robot's voice needs {', '.join(rule['consents'])}: {what}"


def _refused(limit: Mapping[str, Any]) -> str:
    days = limit["period"].partition("_days_")[0]
    return "no attempt after a refusal" + (f" for {days} days" if days.isdigit() else "")


def _caller_lines(caller: Any) -> Iterator[str]:
    if caller is None:
        return
    rules = ["must be shown"] if caller.must_show else []
    rules += [f"begins with {' or '.join(caller.prefixes)}"] if caller.prefixes else []
    rules += [f"never with {', '.join(caller.forbidden)}"] if caller.forbidden else []
    who = "" if caller.binds == frozenset(CallClass) else f" for {', '.join(sorted(caller.binds))}"
    yield f"[{caller.layer}] the caller's number{who}: {'; '.join(rules) or 'free'}"


def _duty_lines(found: Mapping[str, Any]) -> Iterator[str]:
    duties, register = found["duties"], found["do_not_call_register"]
    named = {
        "To be said": ", ".join(duties.disclosures),
        "When": duties.disclosure_timing,
        "Way out": duties.opt_out,
        "Refusals hold within": duties.honour_opt_out_within,
        "Abandoned calls": duties.abandoned_calls,
        "Recording": duties.recording,
        "Artificial voice": duties.ai_disclosure,
        "After the sale": duties.post_sale_call,
        "Do-not-call register": register.name if register else "",
    }
    yield ""
    yield from (f"{name}: {text}" for name, text in named.items() if text)


def _hours_lines(window: Mapping[str, Any]) -> list[str]:
    if window["hours"] is None:
        return ["no hours are known; the other layers govern", window["note"]]
    lines = [_line("", window["hours"])]
    lines += [_line(f"{name}: ", week) for name, week in window["segments"].items()]
    if window["customer_chosen"]:
        lines.append(_line("a time that the customer chose: ", window["customer_chosen"]))
    if window["holidays"] is HolidayScope.NATIONAL:
        lines.append("holidays of the whole country only")
    if window["fixed_zone"]:
        lines.append(f"also read in {window['fixed_zone']}, which the rule names")
    return [*lines, window["note"]] if window["note"] else lines


def _line(head: str, week: Mapping[str, Any]) -> str:
    return head + "; ".join(f"{day} {hours}" for day, hours in week.items() if hours is not None)
