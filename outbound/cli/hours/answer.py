"""The gate's answer as JSON or as sentences in Traditional Chinese or English."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from outbound.cli.hours.words import WEEKDAYS, each_once, language_of, not_evaluated_name, reason_text, whose

if TYPE_CHECKING:
    from outbound.cli.hours.question import Answer

__all__ = ["as_json", "as_text", "language_of"]

_SAY = {
    "zh": {
        "yes": "可以撥打",
        "no": "不可以撥打",
        "why": "原因",
        "local": "當地時間",
        "next": "下一個可以撥打的時間",
        "none": "目前無法判定下一個可以撥打的時間；請先排除上述原因。",
        "no_calendar": "目前無法判定下一個可以撥打的時間：缺少 {years} 年的假日曆。",
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
        "no_calendar": "No next time can be named: there is no calendar for {years}.",
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
                "text": reason_text(reason, language, found.packs, _home(found)),
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
    chinese = language.startswith("zh")
    say, colon = _SAY["zh" if chinese else "en"], "：" if chinese else ": "
    decision, comma = found.decision, "，" if chinese else ", "
    verdict = f"{say['yes' if decision.allowed else 'no']}{colon}{found.jurisdiction}{comma}{found.instant.isoformat()}"
    upcoming = _upcoming(found, say, colon, "、" if chinese else ", ")
    lines = [upcoming, verdict] if following else [verdict]
    lines += [
        f"{say['local']}{colon}{_told(_local(found.instant, zone), chinese=chinese)} {zone}" for zone in found.zones
    ]
    lines += [f"{say['why']}{colon}{sentence}" for sentence in _reasons(found, language)]
    if not following and not decision.allowed:
        lines.append(upcoming)
    standing = say["signed" if found.signed else "unsigned"]
    standing = f"（{standing}）" if chinese else f" ({standing})"
    lines.append(f"{say['rules']}{colon}{_version(found) or '-'}{standing}")
    left_out = (not_evaluated_name(name, chinese=chinese) for name in found.not_evaluated)
    lines.append(f"{say['left_out']}{colon}{('、' if chinese else ', ').join(left_out)}")
    return "\n".join(lines)


def _upcoming(found: "Answer", say: Mapping[str, str], colon: str, comma: str) -> str:
    following = found.decision.next_allowed
    if following is not None:
        return f"{say['next']}{colon}{_local(following, _home(found)).isoformat()}"
    if found.missing_years:
        return say["no_calendar"].format(years=comma.join(str(year) for year in found.missing_years))
    return say["none"]


def _told(local: datetime, *, chinese: bool) -> str:
    return f"{local:%Y-%m-%d} {WEEKDAYS[0 if chinese else 1][local.weekday()]} {local:%H:%M:%S}"


def _reasons(found: "Answer", language: str) -> Iterator[str]:
    """Yield each sentence once, with everyone who says so."""
    chinese = language.startswith("zh")
    return each_once(
        (
            (
                reason_text(reason, language, found.packs, _home(found)),
                whose(reason.layer, reason.jurisdiction, found.packs, chinese=chinese),
            )
            for reason in found.decision.reasons
        ),
        chinese=chinese,
    )


def _version(found: "Answer") -> str | None:
    return ", ".join(f"{pack.code} {pack.version}" for pack in found.packs) or None


def _home(found: "Answer") -> str:
    """Zone in which the answer is shown: the first of the place's, UTC for a place that has none."""
    return found.zones[0] if found.zones else "UTC"


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))
