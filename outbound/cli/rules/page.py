"""A rule pack written out for people."""

from collections.abc import Mapping
from typing import Any

from outbound.compliance.passing import hours_text
from outbound.compliance.rules.pack import Hours, InForce, Pack, Week, WindowRule

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def details(pack: Pack) -> dict[str, Any]:
    """Return what a pack says, as values that JSON knows."""
    return {
        "zones": pack.zones,
        "subdivisions": {code: {"zones": p.zones, "own_pack": p.own_pack} for code, p in pack.subdivisions.items()},
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
        "sources": pack.sources,
    }


def _window(rule: WindowRule) -> dict[str, Any]:
    return {
        "layer": rule.layer,
        "binds": sorted(rule.binds),
        "hours": None if rule.hours is None else _hours(rule.hours),
        "segments": {segment.value: _week(week) for segment, week in rule.segments.items()},
        "customer_chosen": None if rule.customer_chosen is None else _hours(rule.customer_chosen),
        **_force(rule.in_force),
        "confidence": rule.confidence,
        "note": rule.note,
    }


def _force(in_force: InForce) -> dict[str, Any]:
    return {"effective_from": in_force.since, "effective_to": in_force.until}


def _hours(hours: Hours) -> dict[str, Any]:
    return {**_week(hours.week), "public_holiday": hours.holiday}


def _week(week: Week) -> dict[str, str]:
    return {name: hours_text(day) for name, day in zip(_DAYS, week, strict=True)}


def as_page(found: Mapping[str, Any]) -> str:
    """Return the pack as a page of text."""
    lines = [
        f"{found['code']}  {found['name']}  {found['version']}",
        f"sha256 {found['sha256']}",
        f"Standing: {found['standing']}; signed by {', '.join(found['signed_by']) or 'nobody'}",
        f"Confidence: {found['confidence']}",
        f"Zones: {', '.join(found['zones'])}",
    ]
    for window in found["windows"]:
        lines += ["", f"[{window['layer']}] {', '.join(window['binds'])} ({window['confidence']})"]
        lines += [f"  {line}" for line in _hours_lines(window)]
    lines.append("")
    for limit in found["attempt_limits"]:
        free = f", unless there is consent ({limit['unless_consent']})" if limit["unless_consent"] else ""
        who = f"{', '.join(limit['binds'])} per {limit['per']}"
        lines.append(f"[{limit['layer']}] at most {limit['count']} attempts per {limit['period']}: {who}{free}")
    for rule in found["automated_voice"]:
        what = f"{', '.join(rule['binds'])} to {', '.join(rule['lines'])}"
        lines.append(f"[{rule['layer']}] a robot's voice needs {', '.join(rule['consents'])}: {what}")
    lines += ["", "Sources:", *(f"  {s.citation}: {s.paraphrase} <{s.url}>" for s in found["sources"])]
    return "\n".join(lines)


def _hours_lines(window: Mapping[str, Any]) -> list[str]:
    if window["hours"] is None:
        return ["no hours are known; the other layers govern", window["note"]]
    lines = [_line("", window["hours"])]
    lines += [_line(f"{name}: ", week) for name, week in window["segments"].items()]
    if window["customer_chosen"]:
        lines.append(_line("a time that the customer chose: ", window["customer_chosen"]))
    return [*lines, window["note"]] if window["note"] else lines


def _line(head: str, week: Mapping[str, Any]) -> str:
    return head + "; ".join(f"{day} {hours}" for day, hours in week.items())
