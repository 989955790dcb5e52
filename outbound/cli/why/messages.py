"""Text messages that a contact was promised or sent: which, when, and what came of each; never the words."""

from collections.abc import Iterator, Mapping
from typing import Any

from outbound.adapters.sql.views.contact_story import ContactStory
from outbound.cli.why.told import Told
from outbound.cli.why.words import REASONS, Words, word

_TEMPLATES: Words = {
    "self_service_link": ("自助服務連結", "the link to the self-service pages"),
    "cancellation_form": ("契約撤銷申請書", "the form to cancel with"),
    "hotline": ("客服專線號碼", "the number of the hotline"),
    "second_policy": ("另一張保單的通知", "a note on a further policy"),
}

_PROBLEMS: Words = {
    "outside_hours": ("不在可發送時段", "outside the hours for messages"),
    "not_to_be_written_to": (
        "客戶不願被聯絡、已撤回或已無此號碼",
        "not to be contacted, withdrawn, or without that number",
    ),
    "suppressed": ("之後列入拒撥名單", "a refusal came in between"),
    "withdrawn": ("在發送前已撤回", "withdrawn before it was sent"),
    "being_sent": ("發送時程序中斷", "the process ended while it was being sent"),
    "configuration": ("電信業者認為設定有誤", "the carrier holds that the order is wrong"),
    "authentication": ("電信業者不認得本帳號", "the carrier does not know the account"),
    "rate": ("發送太快，稍後再送", "too fast for the carrier"),
    "not_now": ("電信業者忙碌", "the carrier is full for the moment"),
    "unreachable": ("連不上電信業者", "the carrier could not be reached"),
    "timeout": ("電信業者沒有及時回覆", "the carrier gave no answer in time"),
    "reset": ("與電信業者的連線中斷", "the connection broke off"),
    "server_error": ("電信業者回覆錯誤", "the carrier answered with an error of its own"),
    "malformed": ("電信業者的回覆無法辨識", "the carrier's answer cannot be read"),
}


def shown_messages(story: ContactStory) -> list[dict[str, Any]]:
    """Return each message as values: `due` only while it waits, `sid` once the carrier has it."""
    return [
        {
            "id": row["id"],
            "attempt": row["attempt_id"],
            "template": row["template"],
            "language": row["language"],
            "asked_at": row["created_at"],
            "due": row["next_try_at"] if row["status"] == "pending" else None,
            "status": row["status"],
            "problem": row["last_problem"],
            "tries": row["tries"],
            "sent_at": row["delivered_at"],
            "sid": row["sid"],
        }
        for row in story.messages
    ]


def message_events(story: ContactStory, told: Told) -> Iterator[dict[str, Any]]:
    """Yield what stands in the history of each: that it was asked for, and that it went out."""
    for row in story.messages:
        what = _what(row, told)
        asked = row["attempt_id"] is not None
        text = told.say(
            f"{'客戶在通話中要求' if asked else '安排'}簡訊：{what}",
            f"{'Asked in the call for' if asked else 'Queued'} a text message: {what}",
        )
        now = "" if row["status"] == "delivered" else told.say("；", "; ") + state_of(row, told)
        common = {"message": row["id"], "template": row["template"], "language": row["language"]}
        yield {"at": row["created_at"], "kind": "message", **common, "status": row["status"], "text": text + now}
        if row["delivered_at"] is not None:
            yield {
                "at": row["delivered_at"],
                "kind": "message_sent",
                **common,
                "sid": row["sid"],
                "text": told.say(
                    f"簡訊已交電信業者：{what}（{row['sid'] or '-'}）",
                    f"Text message handed to the carrier: {what} ({row['sid'] or '-'})",
                ),
            }


def waiting_messages(story: ContactStory, told: Told) -> Iterator[str]:
    """Yield what has not gone out and stands open, for the part of the page that says how things stand."""
    for row in story.messages:
        if row["status"] in {"pending", "unknown"}:
            yield told.say("簡訊：", "Text message: ") + _what(row, told) + told.say("；", "; ") + state_of(row, told)


def state_of(row: Mapping[str, Any], told: Told) -> str:
    """Say how a message stands that was not handed over, and why."""
    why = _why(row, told)
    if row["status"] == "pending":
        due = told.local(row["next_try_at"])
        return told.say(f"{due} 後發送{why}", f"goes out from {due}{why}")
    if row["status"] == "unknown":
        return told.say(f"不確定是否已送出，不會重送{why}", f"may or may not have gone out, is not sent again{why}")
    return told.say(f"沒有發送{why}", f"was not sent{why}")


def _what(row: Mapping[str, Any], told: Told) -> str:
    name = word(_TEMPLATES, row["template"], chinese=told.chinese)
    return told.say(f"{name}（{row['language']}）", f"{name} ({row['language']})")


def _why(row: Mapping[str, Any], told: Told) -> str:
    problem = row["last_problem"]
    if not problem:
        return ""
    words = _PROBLEMS if problem in _PROBLEMS else REASONS
    return told.say("：", ": ") + word(words, problem, chinese=told.chinese)
