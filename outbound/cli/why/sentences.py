"""The answer to "why" in a few sentences: called or not, on what authority, and what comes."""

from collections.abc import Iterator, Mapping
from typing import Any

from outbound.adapters.sql.views.contact_story import ContactStory
from outbound.cli.why.in_doubt import in_doubt
from outbound.cli.why.reasons import because
from outbound.cli.why.told import Told
from outbound.cli.why.words import REASONS, RESULTS, word
from outbound.compliance.gate import Decision
from outbound.domain.attempt import INBOUND, ConnectResult
from outbound.domain.outcome.disposition import Disposition
from outbound.planning.again import is_taken_back
from outbound.usecases.scheduling.explain_contact import Asked

Row = Mapping[str, Any]

_LIVE = ("reserved", "placed", "ringing", "in_progress", "unknown")
_BARRED = frozenset({"do_not_call", "suppressed"})
_ASKED_NOT = frozenset({"do_not_call", "opted_out", "refused", "customer request", "customer_request"})
"""Reasons of contacts and of suppressions by which the customers themselves wish no call."""


def sentences(story: ContactStory, asked: Asked | None, told: Told) -> Iterator[str]:
    """Yield the answer."""
    if told.past:
        yield from _that_day(story, told)
        return
    dials = dials_of(story)
    settled = settled_by(story, asked, told)
    if dials:
        yield _called(dials, story, told)
        yield from _rang_back(story, told)
    elif (settled is not None and is_unwanted(story, asked)) or _is_held(asked):
        yield told.say("從未撥打。", "Was never called.")
    else:
        yield _never(story, asked, told)
    yield from _upcoming(story, asked, told)
    if settled is not None:
        yield settled


def dials_of(story: ContactStory) -> list[Row]:
    """Calls that were begun; what was taken back before it rang is none."""
    return [row for row in story.attempts if row["reserved_at"] is not None and not was_taken_back(row)]


def was_taken_back(row: Row) -> bool:
    """Whether a call left the carrier's queue before it rang."""
    result, disposition = row["connect_result"], row["disposition"]
    if result is None or disposition is None:
        return False
    return is_taken_back(ConnectResult(result), Disposition(disposition))


def in_a_call(story: ContactStory) -> bool:
    """Whether a call to the contact may be under way."""
    return any(row["status"] in _LIVE for row in (*dials_of(story), *_returned(story)))


def _returned(story: ContactStory) -> list[Row]:
    return [row for row in story.attempts if row["origin"] == INBOUND]


def _rang_back(story: ContactStory, told: Told) -> Iterator[str]:
    """Say when the customer rang us last, and what came of it."""
    calls = _returned(story)
    if not calls:
        return
    at, last = told.local(calls[-1]["planned_at"]), calls[-1]
    if last["status"] in _LIVE:
        yield told.say(f"客戶在 {at} 回電，正在通話。", f"Rang us back at {at}, and is on the line.")
        return
    result = word(REASONS, last["disposition"], chinese=told.chinese)
    yield told.say(f"客戶在 {at} 回電；結果：{result}。", f"Rang us back at {at}: {result}.")


def is_unwanted(story: ContactStory, asked: Asked | None) -> bool:
    """Whether no call is made because of a wish or an entry in the list of suppressions."""
    decision = None if asked is None else asked.decision
    codes = {reason.code for reason in decision.reasons} if decision is not None else set()
    contact = story.contact
    return bool(codes & _BARRED) or contact.do_not_call or (_closed(story) and contact.reason in _ASKED_NOT)


def settled_by(story: ContactStory, asked: Asked | None, told: Told) -> str | None:
    """Say that the robot calls no more, and whether anything is left to do; None while a call may come."""
    unwanted = is_unwanted(story, asked)
    if not unwanted and not _closed(story):
        return None
    waiting = len(story.inbox)
    if waiting:
        rest = told.say(f"；另有 {waiting} 件待專人處理。", f"; {_things(waiting)} for a person.")
    elif unwanted or story.contact.reason == "welcomed" or story.contact.state.value == "withdrawn":
        rest = told.say("，無須處理。", "; nothing to mend." if unwanted else "; nothing more is due.")
    else:
        rest = told.say("。", ".")
    if not unwanted:
        return told.say("系統不再致電", "The robot calls no more") + rest
    if _by_wish(story):
        return told.say("依客戶要求不再致電", "We do not call, as asked") + rest
    return told.say("已列入拒撥名單，不再致電", "We do not call: it is on the list of suppressions") + rest


def _things(count: int) -> str:
    return "one thing waits" if count == 1 else f"{count} things wait"


def _by_wish(story: ContactStory) -> bool:
    in_force = {row["reason"] for row in story.suppressions if row["lifted_at"] is None}
    return story.contact.do_not_call or story.contact.reason in _ASKED_NOT or bool(in_force & _ASKED_NOT)


def _closed(story: ContactStory) -> bool:
    return story.contact.state.value in {"done", "withdrawn"}


def _that_day(story: ContactStory, told: Told) -> Iterator[str]:
    dials = [row for row in dials_of(story) if told.same_day(row["reserved_at"])]
    refused = [row for row in story.refusals if told.same_day(row["at"])]
    day = told.local(told.instant)[:10]
    if dials:
        yield _called(dials, story, told, day)
    if refused:
        codes = "、".join if told.chinese else ", ".join
        said = codes(dict.fromkeys(word(REASONS, c, chinese=told.chinese) for row in refused for c in row["reasons"]))
        yield told.say(
            f"{day} 有 {len(refused)} 次不准撥打的紀錄：{said}。", f"Refused {_times(len(refused))} on {day}: {said}."
        )
    if not dials and not refused:
        yield told.say(f"{day} 沒有任何撥打或不准撥打的紀錄。", f"Nothing was dialled or refused on {day}.")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _called(dials: list[Row], story: ContactStory, told: Told, day: str | None = None) -> str:
    """Say how often, when last, on what authority and with what result; of one day, which calls they were."""
    last, made = dials[-1], len(dials)
    at, authority = told.local(last["reserved_at"]), _authority(last, story, told)
    if last["status"] == "unknown":
        return in_doubt(last, authority, told)
    if last["status"] in _LIVE:
        return told.say(
            f"目前有一通電話在進行（{at} 撥出{authority}）。", f"A call is under way: dialled at {at}{authority}."
        )
    result = word(REASONS, last["disposition"], chinese=told.chinese) or word(
        RESULTS, last["connect_result"] or "unknown", chinese=told.chinese
    )
    if day is None:
        return told.say(
            f"已撥打 {made} 次，最近一次在 {at}{authority}；結果：{result}。",
            f"Was called {_times(made)}, last at {at}{authority}: {result}.",
        )
    numbers = [str(row["attempt_number"] or 1) for row in dials]
    return told.say(
        f"{day} 當天撥打 {made} 次（第 {'、'.join(numbers)} 次），最近一次在 {at}{authority}；結果：{result}。",
        f"Was called {_times(made)} on {day} (call no. {', '.join(numbers)}), last at {at}{authority}: {result}.",
    )


def _authority(row: Row, story: ContactStory, told: Told) -> str:
    receipt = row["receipt_id"]
    if receipt in story.allowances:
        return told.say(f"，依據收據 {receipt}", f" on the authority of receipt {receipt}")
    return told.say("，但找不到准許撥打的收據", ", and no receipt that allows it is on record")


def _is_held(asked: Asked | None) -> bool:
    """Whether the planned call will not be made: the sentence on it says why."""
    return asked is not None and asked.at_start is not None and not asked.at_start.allowed


def _never(story: ContactStory, asked: Asked | None, told: Told) -> str:
    reason, decision = story.contact.reason, None if asked is None else asked.decision
    if reason is not None:
        why = word(REASONS, reason, chinese=told.chinese)
    elif story.contact.state.value == "planned":
        why = told.say("排定的時間還沒到", "its time has not come yet")
    elif decision is not None and not decision.allowed:
        why = word(REASONS, decision.reasons[0].code, chinese=told.chinese)
    else:
        why = told.say("還沒有排定時間", "it is not planned yet")
    return told.say(f"從未撥打：{why}。", f"Was never called: {why}.")


def _upcoming(story: ContactStory, asked: Asked | None, told: Told) -> Iterator[str]:
    if story.stop_orders:
        yield told.say("目前有停止撥打的命令，任何電話都不會撥出。", "A stop order is in force: nothing is dialled.")
    planned = next((row for row in story.attempts if row["status"] == "planned"), None)
    later = story.contact.not_before
    if planned is not None:
        yield _planned(planned, story, asked, told)
    elif settled_by(story, asked, told) is None and later is not None and later > told.now:
        yield told.say(f"最早 {told.local(later)} 再安排。", f"Is looked at again from {told.local(later)} on.")


def _planned(row: Row, story: ContactStory, asked: Asked | None, told: Told) -> str:
    """Say of a planned call whether it will be made, as the gate answers for its start."""
    span = told.span(row["window_start"], row["window_end"])
    if row["window_end"] <= told.now:
        return told.say(
            f"原定 {span} 的電話沒有撥出，將重新安排。", f"The call of {span} was not made; it is planned anew."
        )
    decision = None if asked is None else asked.at_start
    if decision is None:
        code = "campaign_unknown" if asked is None else "no_usable_number"
        why = word(REASONS, code, chinese=told.chinese)
        return told.say(
            f"原定 {span} 的電話屆時不會撥出：{why}。", f"The call planned for {span} will not be made: {why}."
        )
    if not decision.allowed:
        return _refused_then(span, decision, story, told)
    if story.stop_orders:
        return told.say(
            f"原定 {span} 的電話，停止撥打的命令解除前不會撥出。",
            f"The call planned for {span} is not made before that order is lifted.",
        )
    when = told.between(row["window_start"], row["window_end"])
    return told.say(f"將在 {when}致電。", f"Will be called {when}.")


def _refused_then(span: str, decision: Decision, story: ContactStory, told: Told) -> str:
    why = because(decision, story.areas, told)
    said = told.say(f"原定 {span} 的電話屆時不會撥出：{why}", f"The call planned for {span} will not be made: {why}")
    if {reason.code for reason in decision.reasons} & _BARRED:
        return said + told.say("。", ".")
    if decision.next_allowed is None:
        return said + told.say("；目前無法判定下一個可致電的時間。", "; no next time can be named.")
    following = told.local(decision.next_allowed)
    return said + told.say(f"；最早可再安排：{following}。", f"; earliest it can be planned again: {following}.")
