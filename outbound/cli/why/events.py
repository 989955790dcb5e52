"""The history of a contact in order of time, each event as a sentence."""

from collections.abc import Iterator, Mapping
from typing import Any

from outbound.adapters.sql.views.contact_story import ContactStory
from outbound.cli.hours.place_names import place_name
from outbound.cli.why.messages import message_events
from outbound.cli.why.reasons import kept_texts
from outbound.cli.why.sentences import was_taken_back
from outbound.cli.why.spoken import spoken, spoken_fields
from outbound.cli.why.told import Told
from outbound.cli.why.words import CLASSES, PROMISES, REASONS, RESULTS, STAGES, WHO, word
from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.attempt import INBOUND


def happened(story: ContactStory, told: Told, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return what happened, oldest first: {at, kind, text, ...}; what is only planned is not among it."""
    events = [
        *_calls(story, told),
        *_refusals(story, told, rulebook),
        *_promises(story, told),
        *_suppressions(story, told),
        *_stays(story, told, rulebook),
        *message_events(story, told),
        *_withdrawals(story, told),
    ]
    return sorted(events, key=lambda event: (event["at"], event["kind"]))


def _calls(story: ContactStory, told: Told) -> Iterator[dict[str, Any]]:
    for row in story.attempts:
        if row["origin"] == INBOUND:
            yield _rang_back(row, told)
        elif row["reserved_at"] is not None:
            yield {
                "at": row["reserved_at"],
                "kind": "taken_back" if was_taken_back(row) else "call",
                "attempt": row["id"],
                "receipt": row["receipt_id"],
                "status": row["status"],
                "connect_result": row["connect_result"],
                "disposition": row["disposition"],
                "cause": row["cause"],
                **spoken_fields(row),
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


def _rang_back(row: Mapping[str, Any], told: Told) -> dict[str, Any]:
    came_of_it = word(REASONS, row["disposition"], chinese=told.chinese) or told.say("進行中", "under way")
    return {
        "at": row["planned_at"],
        "kind": "rang_back",
        "attempt": row["id"],
        "status": row["status"],
        "connect_result": row["connect_result"],
        "disposition": row["disposition"],
        **spoken_fields(row),
        "text": told.say(f"客戶回電：{came_of_it}", f"Rang us back: {came_of_it}") + spoken(row, told),
    }


def _call(row: Mapping[str, Any], told: Told) -> str:
    if was_taken_back(row):
        because = word(REASONS, row["cause"] or "taken_back", chinese=told.chinese)
        return told.say(
            f"響鈴前撤回的電話，不計入撥打次數：{because}（收據 {row['receipt_id'] or '-'}）",
            f"Taken back before it rang; does not count: {because} (receipt {row['receipt_id'] or '-'})",
        )
    said = [
        word(RESULTS, row["connect_result"], chinese=told.chinese),
        word(REASONS, row["disposition"], chinese=told.chinese),
    ]
    if row["status"] == "unknown":
        said.append(word(REASONS, "unknown", chinese=told.chinese))
    if row["cause"] in REASONS and row["cause"] != row["disposition"]:
        said.append(word(REASONS, row["cause"], chinese=told.chinese))
    result = "，".join if told.chinese else ", ".join
    number, receipt = row["attempt_number"] or 1, row["receipt_id"] or "-"
    outcome = result(dict.fromkeys(each for each in said if each)) or told.say("進行中", "under way")
    return told.say(
        f"第 {number} 次撥打：{outcome}（收據 {receipt}{spoken(row, told)}）",
        f"Call no. {number}: {outcome} (receipt {receipt}{spoken(row, told)})",
    )


def _refusals(story: ContactStory, told: Told, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    for row in story.refusals:
        reasons = kept_texts(row["body"], rulebook.packs.values(), told)
        stage = word(STAGES, row["stage"], chinese=told.chinese)
        because = ("" if told.chinese else " ").join(reasons)
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


def _promises(story: ContactStory, told: Told) -> Iterator[dict[str, Any]]:
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


def _suppressions(story: ContactStory, told: Told) -> Iterator[dict[str, Any]]:
    for row in story.suppressions:
        what = class_of(row["call_class"], told)
        reason, by = word(REASONS, row["reason"], chinese=told.chinese), _by(row["by"], told)
        yield {
            "at": row["at"],
            "kind": "suppressed",
            "suppression": row["id"],
            "text": told.say(f"列入拒撥名單（{what}）：{reason}（{by}）", f"Suppressed ({what}): {reason}, {by}"),
        }
        if row["lifted_at"] is not None:
            yield {
                "at": row["lifted_at"],
                "kind": "suppression_lifted",
                "suppression": row["id"],
                "text": told.say(f"解除拒撥（{what}）", f"The suppression was lifted ({what})"),
            }


def class_of(call_class: str | None, told: Told) -> str:
    """Name which calls a suppression forbids."""
    return word(CLASSES, call_class, chinese=told.chinese) if call_class else told.say("一切來電", "every call")


def _by(name: str, told: Told) -> str:
    return word(WHO, name, chinese=told.chinese) if name in WHO else told.say(f"由 {name} 登錄", f"entered by {name}")


def _stays(story: ContactStory, told: Told, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    for row in story.places:
        where = place_name(row["region"], rulebook.packs.values(), chinese=told.chinese)
        zone = f"{told.say('，', ', ')}{row['time_zone']}" if row["time_zone"] else ""
        until = told.say("，直到另行告知", ", until further notice")
        if row["until"] is not None:
            until = told.say(f"，到 {told.local(row['until'])} 為止", f", until {told.local(row['until'])}")
        by = _by(row["by"], told)
        yield {
            "at": row["at"],
            "kind": "place_stated",
            "region": row["region"],
            "until": row["until"],
            "text": told.say(f"客戶表示人在{where}{zone}{until}（{by}）", f"Said to be in {where}{zone}{until} ({by})"),
        }
        if row["ended_at"] is not None:
            yield {
                "at": row["ended_at"],
                "kind": "place_ended",
                "region": row["region"],
                "text": told.say(f"不再以{where}為所在地", f"{where} is no longer the place that counts"),
            }


def _withdrawals(story: ContactStory, told: Told) -> Iterator[dict[str, Any]]:
    for row in story.withdrawals:
        of = told.say("至今通話的", "all calls so far")
        if row["attempt_id"] is not None:
            of = told.say("一通電話的", "one call")
        by = _by(row["by"], told)
        yield {
            "at": row["at"],
            "kind": "consent_withdrawn",
            "withdrawal": row["id"],
            "attempt": row["attempt_id"],
            "text": told.say(
                f"客戶撤回同意，{of}原話已刪除（{by}）",
                f"Took back consent to keep words: those of {of} are forgotten ({by})",
            ),
        }
