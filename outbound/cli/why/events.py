"""The history of a contact in order of time, each event as a sentence."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from outbound.adapters.sql.views.contact_story import ContactStory
from outbound.cli.why.words import CLASSES, PROMISES, REASONS, RESULTS, STAGES, word
from outbound.compliance.reason import TEXTS, Reason
from outbound.compliance.rules.pack import Layer

if TYPE_CHECKING:
    from outbound.cli.why.answer import Told


def happened(story: ContactStory, told: "Told") -> list[dict[str, Any]]:
    """Return what happened, oldest first: {at, kind, text, ...}; what is only planned is not among it."""
    events = [
        *_calls(story, told),
        *_refusals(story, told),
        *_promises(story, told),
        *_suppressions(story, told),
    ]
    return sorted(events, key=lambda event: (event["at"], event["kind"]))


def _calls(story: ContactStory, told: "Told") -> Iterator[dict[str, Any]]:
    for row in story.attempts:
        if row["reserved_at"] is not None:
            yield {
                "at": row["reserved_at"],
                "kind": "call",
                "attempt": row["id"],
                "receipt": row["receipt_id"],
                "status": row["status"],
                "connect_result": row["connect_result"],
                "disposition": row["disposition"],
                "cause": row["cause"],
                "text": _call(row, told),
            }
        elif row["status"] != "planned":
            start, cause = told.local(row["window_start"]), word(REASONS, row["cause"], chinese=told.chinese)
            yield {
                "at": row["updated_at"],
                "kind": "not_dialled",
                "attempt": row["id"],
                "cause": row["cause"],
                "text": told.say(
                    f"原定 {start} 的電話取消：{cause}", f"The call planned for {start} was dropped: {cause}"
                ),
            }


def _call(row: Mapping[str, Any], told: "Told") -> str:
    said = [
        word(RESULTS, row["connect_result"], chinese=told.chinese),
        word(REASONS, row["disposition"], chinese=told.chinese),
    ]
    if row["cause"] in REASONS and row["cause"] != row["disposition"]:
        said.append(word(REASONS, row["cause"], chinese=told.chinese))
    result = "，".join if told.chinese else ", ".join
    number, receipt = row["attempt_number"] or 1, row["receipt_id"] or "-"
    outcome = result(dict.fromkeys(each for each in said if each)) or told.say("進行中", "under way")
    return told.say(
        f"第 {number} 次撥打：{outcome}（收據 {receipt}）", f"Call no. {number}: {outcome} (receipt {receipt})"
    )


def _refusals(story: ContactStory, told: "Told") -> Iterator[dict[str, Any]]:
    for row in story.refusals:
        reasons = [_reason(each, told) for each in row["body"].get("reasons", ())]
        stage = word(STAGES, row["stage"], chinese=told.chinese)
        because = " ".join(reasons)
        yield {
            "at": row["at"],
            "kind": "refusal",
            "attempt": row["attempt_id"],
            "receipt": row["id"],
            "stage": row["stage"],
            "reasons": list(row["reasons"]),
            "text": told.say(
                f"{stage}不准撥打：{because}（收據 {row['id']}）", f"Refused {stage}: {because} (receipt {row['id']})"
            ),
        }


def _reason(kept: Mapping[str, Any], told: "Told") -> str:
    """Say a reason of a receipt; one of an older version may lack a detail that today's wording has."""
    if kept["code"] in TEXTS:
        details = tuple((name, str(value)) for name, value in kept["details"].items())
        try:
            return Reason(kept["code"], Layer(kept["layer"]), kept["jurisdiction"], details).text_in(told.language)
        except KeyError:
            pass
    return word(REASONS, kept["code"], chinese=told.chinese)


def _promises(story: ContactStory, told: "Told") -> Iterator[dict[str, Any]]:
    for row in story.callbacks:
        start, end = told.local(row["window_start"]), told.local(row["window_end"])
        status = word(PROMISES, row["status"], chinese=told.chinese)
        yield {
            "at": row["asked_at"],
            "kind": "promise",
            "callback": row["id"],
            "status": row["status"],
            "text": told.say(
                f"客戶約定在 {start} 到 {end} 回電：{status}", f"Asked to be called between {start} and {end}: {status}"
            ),
        }


def _suppressions(story: ContactStory, told: "Told") -> Iterator[dict[str, Any]]:
    for row in story.suppressions:
        what = (
            word(CLASSES, row["call_class"], chinese=told.chinese)
            if row["call_class"]
            else told.say("一切來電", "every call")
        )
        reason = word(REASONS, row["reason"], chinese=told.chinese)
        yield {
            "at": row["at"],
            "kind": "suppressed",
            "suppression": row["id"],
            "text": told.say(
                f"列入拒撥名單（{what}）：{reason}，由 {row['by']} 登錄",
                f"Suppressed ({what}): {reason}, entered by {row['by']}",
            ),
        }
        if row["lifted_at"] is not None:
            yield {
                "at": row["lifted_at"],
                "kind": "suppression_lifted",
                "suppression": row["id"],
                "text": told.say(f"解除拒撥（{what}）", f"The suppression was lifted ({what})"),
            }
