"""The gate's answer as JSON or as sentences in Traditional Chinese or English."""

import json
import os
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from outbound.usecases.problems import InputProblemError

if TYPE_CHECKING:
    from outbound.cli.hours.question import Answer

_SAY = {
    "zh": {
        "yes": "可以撥打",
        "no": "不可以撥打",
        "why": "原因",
        "local": "當地時間",
        "next": "下一個可以撥打的時間",
        "none": "說不出下一個可以撥打的時間；請先排除上述原因。",
        "rules": "規則",
        "signed": "已簽署",
        "unsigned": "未經正式簽署",
        "left_out": "未評估",
    },
    "en": {
        "yes": "A call may start",
        "no": "No call may start",
        "why": "Because",
        "local": "Local time",
        "next": "Next allowed",
        "none": "No next time can be named; the reasons have to be mended first.",
        "rules": "Rules",
        "signed": "signed",
        "unsigned": "not signed for production",
        "left_out": "Not evaluated",
    },
}


def language_of(option: str | None) -> str:
    """Language of the answer: the option, else the locale, else English."""
    given = option or next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), "en")
    if given.lower().startswith("zh"):
        return "zh-TW"
    if option is not None and not option.lower().startswith("en"):
        raise InputProblemError(f"--language: {option!r} is not spoken here; write zh-TW or en")
    return "en"


def as_json(found: "Answer", language: str) -> str:
    """One JSON document with the keys of the command line's contract."""
    following = found.decision.next_allowed
    document: dict[str, Any] = {
        "allowed": found.decision.allowed,
        "reasons": [
            {
                "code": reason.code,
                "layer": reason.layer.value,
                "jurisdiction": reason.jurisdiction or found.jurisdiction,
                "text": reason.text_in(language),
            }
            for reason in found.decision.reasons
        ],
        "local_times": {zone: _local(found.instant, zone).isoformat() for zone in found.zones},
        "next_allowed": None if following is None else _local(following, _home(found)).isoformat(),
        "rules": {"version": _version(found), "signed": found.signed},
        "not_evaluated": list(found.not_evaluated),
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_text(found: "Answer", language: str, *, following: bool) -> str:
    """Return the answer for people; `following` puts the next lawful instant first."""
    say = _SAY["zh" if language.startswith("zh") else "en"]
    decision = found.decision
    verdict = f"{say['yes' if decision.allowed else 'no']}: {found.jurisdiction}, {found.instant.isoformat()}"
    upcoming = (
        say["none"]
        if decision.next_allowed is None
        else f"{say['next']}: {_local(decision.next_allowed, _home(found)).isoformat()}"
    )
    lines = [upcoming, verdict] if following else [verdict]
    lines += [f"{say['local']}: {_local(found.instant, zone):%Y-%m-%d %a %H:%M:%S} {zone}" for zone in found.zones]
    lines += [f"{say['why']}: {reason.text_in(language)}" for reason in decision.reasons]
    if not following and not decision.allowed:
        lines.append(upcoming)
    standing = say["signed" if found.signed else "unsigned"]
    lines.append(f"{say['rules']}: {_version(found) or '-'} ({standing})")
    lines.append(f"{say['left_out']}: {', '.join(found.not_evaluated)}")
    return "\n".join(lines)


def _version(found: "Answer") -> str | None:
    return ", ".join(f"{pack.code} {pack.version}" for pack in found.packs) or None


def _home(found: "Answer") -> str:
    """Zone in which the answer is shown: the first of the place's, UTC for a place that has none."""
    return found.zones[0] if found.zones else "UTC"


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))
