"""The answer to "why" as a page of text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from outbound.cli.hours.place_names import place_name
from outbound.cli.hours.words import WEEKDAYS
from outbound.cli.why.events import class_of
from outbound.cli.why.reasons import once
from outbound.cli.why.told import Told
from outbound.cli.why.words import PROMISES, REASONS, word
from outbound.compliance.rules.pack import Pack


def as_text(found: Mapping[str, Any], told: Told, packs: Sequence[Pack]) -> str:
    """Return the page; `packs` give the names of places."""
    return "\n".join(_lines(found, told, packs))


def _lines(found: Mapping[str, Any], told: Told, packs: Sequence[Pack]) -> Iterator[str]:
    say = told.say
    yield say(f"聯絡人 {found['contact']}（{found['campaign']}）", f"Contact {found['contact']} ({found['campaign']})")
    yield found["answer"]
    yield say(f"以下時間為 {told.zone} 時間。", f"Times are those of {told.zone}.")
    reason = f"{found['reason_text']}" if found["reason"] else ""
    between = "：" if told.chinese else ": "
    yield say("現況", "Now") + between + found["state_text"] + (between + reason if reason else "")
    if found["deadline"] and not found["settled"]:
        yield say(f"致電期限：{found['deadline']}", f"Deadline: {found['deadline']}")
    if not found["settled"]:
        yield from _gate(found, told, packs)
    yield from dict.fromkeys(_standing(found, told, packs))
    yield say("經過：", "History:")
    if found["history_empty"]:
        yield f"  {found['history_empty']}"
    yield from dict.fromkeys(f"  {told.local(event['at'])}  {event['text']}" for event in found["history"])
    if found["hint"]:
        yield found["hint"]


def _gate(found: Mapping[str, Any], told: Told, packs: Sequence[Pack]) -> Iterator[str]:
    say, gate, at = told.say, found["gate"], told.local(told.instant)
    if gate is None:
        yield say(f"{at} 能否致電：{found['gate_silent']}", f"May a call start at {at}? {found['gate_silent']}")
        return
    verdict = say("可以", "yes") if gate["allowed"] else say("不可以", "no")
    yield say(f"{at} 能否致電：{verdict}", f"May a call start at {at}? {verdict}")
    for text in once(gate["reasons"], packs, told):
        yield f"  - {text}"
    for zone in gate["local_times"]:
        local = told.instant.astimezone(ZoneInfo(zone))
        weekday = WEEKDAYS[0 if told.chinese else 1][local.weekday()]
        yield say("  當地時間：", "  Local time: ") + f"{local:%Y-%m-%d} {weekday} {local:%H:%M} {zone}"
    if gate["allowed"]:
        return
    if gate["next_allowed"] is None:
        yield say(
            "  目前無法判定下一個可致電的時間；請先排除上述原因。",
            "  No next time can be named; the reasons have to be mended first.",
        )
    else:
        following = told.local(gate["next_allowed"])
        yield say(f"  下一個可致電的時間：{following}", f"  Next allowed: {following}")


def _standing(found: Mapping[str, Any], told: Told, packs: Sequence[Pack]) -> Iterator[str]:
    """What stands for or against a call besides the gate."""
    say = told.say
    if found["next"]:
        start, end = told.local(found["next"]["window_start"]), told.local(found["next"]["window_end"])
        yield say(f"已排定：{start} 到 {end}", f"Planned: {start} to {end}")
    for row in found["promises"]:
        start, end = told.local(row["window_start"]), told.local(row["window_end"])
        status = word(PROMISES, row["status"], chinese=told.chinese)
        yield say(f"約定回電：{start} 到 {end}（{status}）", f"Promise to call: {start} to {end} ({status})")
    for row in found["suppressions"]:
        if row["lifted_at"] is None:
            reason, since = word(REASONS, row["reason"], chinese=told.chinese), told.local(row["at"])
            what = class_of(row["call_class"], told)
            yield say(f"拒撥（{what}）：{reason}（{since} 起）", f"Suppressed ({what}): {reason} (since {since})")
    for row in found["stop_orders"]:
        yield say(
            f"停止撥打命令：{row['reason']}（{row['by']}，{told.local(row['at'])}）",
            f"Stop order: {row['reason']} ({row['by']}, {told.local(row['at'])})",
        )
    for row in found["suspended_areas"]:
        since, until = told.local(row["since"]), told.local(row["until"])
        area = place_name(row["code"], packs, chinese=told.chinese)
        yield say(
            f"{area}暫停撥打：{since} 到 {until}（{row['reason']}）",
            f"Calls to {area} are suspended: {since} to {until} ({row['reason']})",
        )
    for row in found["inbox"]:
        kind, due = word(REASONS, row["kind"], chinese=told.chinese), told.local(row["due_at"])
        yield say(f"等專人處理：{kind}（{due} 前）", f"Waits for a person: {kind} (by {due})")
    yield from found["standing"]
