"""The gate's answer as JSON or as sentences in Traditional Chinese or English."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from outbound.cli.hours.words import WEEKDAYS, language_of, layer_name, not_evaluated_name, pack_name

if TYPE_CHECKING:
    from outbound.cli.hours.question import Answer
    from outbound.compliance.reason import Reason

__all__ = ["as_json", "as_text", "language_of"]

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
    chinese = language.startswith("zh")
    lines = [upcoming, verdict] if following else [verdict]
    lines += [f"{say['local']}: {_told(_local(found.instant, zone), chinese=chinese)} {zone}" for zone in found.zones]
    lines += [f"{say['why']}: {sentence}" for sentence in _reasons(found, language)]
    if not following and not decision.allowed:
        lines.append(upcoming)
    standing = say["signed" if found.signed else "unsigned"]
    lines.append(f"{say['rules']}: {_version(found) or '-'} ({standing})")
    left_out = (not_evaluated_name(name, chinese=chinese) for name in found.not_evaluated)
    lines.append(f"{say['left_out']}: {('、' if chinese else ', ').join(left_out)}")
    return "\n".join(lines)


def _told(local: datetime, *, chinese: bool) -> str:
    return f"{local:%Y-%m-%d} {WEEKDAYS[0 if chinese else 1][local.weekday()]} {local:%H:%M:%S}"


def _reasons(found: "Answer", language: str) -> Iterator[str]:
    """Yield each sentence once, with everyone who says so."""
    chinese = language.startswith("zh")
    said: dict[str, dict[str, None]] = {}
    for reason in found.decision.reasons:
        said.setdefault(reason.text_in(language), {})[_whose(found, reason, chinese=chinese)] = None
    for sentence, whose in said.items():
        yield f"{sentence}（{'；'.join(whose)}）" if chinese else f"{sentence} ({'; '.join(whose)})"


def _whose(found: "Answer", reason: "Reason", *, chinese: bool) -> str:
    """Name the layer and the jurisdiction that a reason comes from."""
    layer = layer_name(reason.layer, chinese=chinese)
    pack = next((pack for pack in found.packs if pack.code == reason.jurisdiction), None)
    where = reason.jurisdiction if pack is None else pack_name(pack, chinese=chinese)
    between = "，" if chinese else ", "
    return f"{layer}{between}{where}" if where else layer


def _version(found: "Answer") -> str | None:
    return ", ".join(f"{pack.code} {pack.version}" for pack in found.packs) or None


def _home(found: "Answer") -> str:
    """Zone in which the answer is shown: the first of the place's, UTC for a place that has none."""
    return found.zones[0] if found.zones else "UTC"


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))
