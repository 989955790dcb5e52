"""The answer to "why": one document, with the sentences that people read already in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from outbound.adapters.sql.views.contact_story import ContactStory
from outbound.cli.why.events import happened
from outbound.cli.why.words import REASONS, RESULTS, STATES, word
from outbound.compliance.gate import Decision
from outbound.compliance.place import may_hold
from outbound.compliance.rules.rulebook import Rulebook
from outbound.usecases.explain_contact import Asked

_LIVE = ("reserved", "placed", "ringing", "in_progress", "unknown")


@dataclass(frozen=True, slots=True)
class Told:
    """How it is told: about which instant, on which day it is asked, in which zone and language."""

    instant: datetime
    now: datetime
    zone: str
    language: str

    @property
    def chinese(self) -> bool:
        """Whether it is told in Chinese."""
        return self.language.startswith("zh")

    @property
    def past(self) -> bool:
        """Whether the instant lies behind: then the receipts of that day answer, not the gate of today."""
        return self.instant < self.now

    def say(self, chinese: str, english: str) -> str:
        """Choose a wording."""
        return chinese if self.chinese else english

    def local(self, instant: datetime) -> str:
        """Write an instant in the zone of the business."""
        return instant.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%d %H:%M")

    def same_day(self, instant: datetime) -> bool:
        """Whether an instant falls on the day that is asked about."""
        zone = ZoneInfo(self.zone)
        return instant.astimezone(zone).date() == self.instant.astimezone(zone).date()


def answer(story: ContactStory, asked: Asked | None, told: Told, rulebook: Rulebook) -> dict[str, Any]:
    """Return everything as values that JSON knows. It names the contact by its identifier only."""
    contact = story.contact
    history = [event for event in happened(story, told) if not told.past or told.same_day(event["at"])]
    decision = None if asked is None else asked.decision
    region = _region(story, decision)
    return {
        "contact": contact.id,
        "campaign": contact.campaign_id,
        "at": told.instant,
        "answer": " ".join(_sentences(story, decision, told)),
        "state": contact.state.value,
        "state_text": word(STATES, contact.state.value, chinese=told.chinese),
        "reason": contact.reason,
        "reason_text": word(REASONS, contact.reason, chinese=told.chinese),
        "looked_at_again": contact.not_before,
        "deadline": contact.deadline,
        "gate": None if decision is None else _gate(decision, told),
        "gate_silent": _silence(asked, told),
        "next": _next(story),
        "promises": [_chosen(row, "id", "window_start", "window_end", "reason", "status") for row in story.callbacks],
        "suppressions": list(story.suppressions),
        "stop_orders": list(story.stop_orders),
        "suspended_areas": [row for row in story.areas if may_hold(rulebook, row["code"], region)],
        "inbox": list(story.inbox),
        "history": history,
        "history_empty": _emptiness(story, told) if not history else None,
    }


def _sentences(story: ContactStory, decision: Decision | None, told: Told) -> Iterator[str]:
    """The answer in a few sentences: called or not, on what authority, and what comes."""
    if told.past:
        yield from _that_day(story, told)
        return
    dials = [row for row in story.attempts if row["reserved_at"] is not None]
    if dials:
        yield _called(dials, story, told)
    else:
        yield _never(story, decision, told)
    yield from _upcoming(story, told)


def _that_day(story: ContactStory, told: Told) -> Iterator[str]:
    dials = [row for row in story.attempts if row["reserved_at"] is not None and told.same_day(row["reserved_at"])]
    refused = [row for row in story.refusals if told.same_day(row["at"])]
    day = told.local(told.instant)[:10]
    if dials:
        yield _called(dials, story, told)
    if refused:
        codes = "、".join if told.chinese else ", ".join
        said = codes(dict.fromkeys(word(REASONS, c, chinese=told.chinese) for row in refused for c in row["reasons"]))
        yield told.say(
            f"{day} 有 {len(refused)} 次不准撥打的紀錄：{said}。", f"Refused {len(refused)} times on {day}: {said}."
        )
    if not dials and not refused:
        yield told.say(f"{day} 沒有任何撥打或不准撥打的紀錄。", f"Nothing was dialled or refused on {day}.")


def _called(dials: list[Mapping[str, Any]], story: ContactStory, told: Told) -> str:
    last = dials[-1]
    result = word(REASONS, last["disposition"], chinese=told.chinese) or word(
        RESULTS, last["connect_result"] or "unknown", chinese=told.chinese
    )
    at, receipt = told.local(last["reserved_at"]), last["receipt_id"]
    if receipt in story.allowances:
        authority = told.say(f"，依據收據 {receipt}", f" on the authority of receipt {receipt}")
    else:
        authority = told.say("，但找不到准許撥打的收據", ", and no receipt that allows it is on record")
    if last["status"] in _LIVE:
        return told.say(
            f"目前有一通電話在進行（{at} 撥出{authority}）。", f"A call is under way: dialled at {at}{authority}."
        )
    return told.say(
        f"已撥打 {len(dials)} 次，最近一次在 {at}{authority}；結果：{result}。",
        f"Was called {len(dials)} {'time' if len(dials) == 1 else 'times'}, last at {at}{authority}: {result}.",
    )


def _never(story: ContactStory, decision: Decision | None, told: Told) -> str:
    reason = story.contact.reason
    if reason is not None:
        because = word(REASONS, reason, chinese=told.chinese)
    elif story.contact.state.value == "planned":
        because = told.say("排定的時間還沒到", "its time has not come yet")
    elif decision is not None and not decision.allowed:
        because = word(REASONS, decision.reasons[0].code, chinese=told.chinese)
    else:
        because = told.say("還沒有排定時間", "it is not planned yet")
    return told.say(f"從未撥打：{because}。", f"Was never called: {because}.")


def _upcoming(story: ContactStory, told: Told) -> Iterator[str]:
    planned = _next(story)
    if story.stop_orders:
        yield told.say("目前有停止撥打的命令，任何電話都不會撥出。", "A stop order is in force: nothing is dialled.")
    if planned is not None:
        start, end = told.local(planned["window_start"]), told.local(planned["window_end"])
        yield told.say(f"將在 {start} 到 {end} 之間致電。", f"Will be called between {start} and {end}.")
    elif story.contact.state.value in {"done", "withdrawn"}:
        yield told.say("不會再由系統致電。", "The robot calls no more.")
    elif story.contact.not_before is not None and story.contact.not_before > told.now:
        at = told.local(story.contact.not_before)
        yield told.say(f"最早 {at} 再安排。", f"Is looked at again from {at} on.")


def _next(story: ContactStory) -> dict[str, Any] | None:
    planned = next((row for row in story.attempts if row["status"] == "planned"), None)
    if planned is None:
        return None
    return {"attempt": planned["id"], **_chosen(planned, "origin", "window_start", "window_end")}


def _gate(decision: Decision, told: Told) -> dict[str, Any]:
    situation = decision.receipt.situation
    zones = () if situation is None else situation.place.zones
    return {
        "allowed": decision.allowed,
        "reasons": [
            {
                "code": reason.code,
                "layer": reason.layer.value,
                "jurisdiction": reason.jurisdiction,
                "text": reason.text_in(told.language),
            }
            for reason in decision.reasons
        ],
        "region": None if situation is None else situation.place.region,
        "local_times": {zone: told.instant.astimezone(ZoneInfo(zone)).isoformat() for zone in zones},
        "next_allowed": decision.next_allowed,
    }


def _silence(asked: Asked | None, told: Told) -> str | None:
    """Why the gate says nothing."""
    if told.past:
        return told.say("這個時間已過；以下是當天的收據。", "That instant is past: the receipts of the day answer.")
    if asked is None:
        return told.say("這個聯絡人的活動已不在設定裡。", "The contact's campaign is not configured any more.")
    if asked.decision is None:
        return word(REASONS, "no_usable_number", chinese=told.chinese)
    return None


def _region(story: ContactStory, decision: Decision | None) -> str:
    situation = None if decision is None else decision.receipt.situation
    return story.contact.region if situation is None else situation.place.region


def _emptiness(story: ContactStory, told: Told) -> str:
    if told.past:
        return told.say("當天沒有紀錄。", "Nothing is on record for that day.")
    at = told.local(story.created_at)
    if story.contact.reason is not None:
        because = word(REASONS, story.contact.reason, chinese=told.chinese)
        return told.say(f"{at} 收件，尚無通話紀錄：{because}。", f"Taken in at {at}; no call yet: {because}.")
    if story.contact.state.value == "planned":
        return told.say(f"{at} 收件，第一通電話已排定。", f"Taken in at {at}; the first call is planned.")
    return told.say(
        f"{at} 收件，還沒有排定；`outbound plan` 或下一次自動排程會安排。",
        f"Taken in at {at} and not planned yet; `outbound plan`, or the next run of the flow, looks at it.",
    )


def _chosen(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}
