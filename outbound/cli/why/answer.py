"""The answer to "why": one document, with the sentences that people read already in it."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from outbound.adapters.sql.views.contact_story import ContactStory
from outbound.cli.why.events import happened
from outbound.cli.why.messages import shown_messages, waiting_messages
from outbound.cli.why.reasons import texts_of
from outbound.cli.why.sentences import dials_of, in_a_call, is_unwanted, sentences, settled_by
from outbound.cli.why.spoken import lock, version_hint
from outbound.cli.why.told import Told
from outbound.cli.why.words import REASONS, STATES, word
from outbound.compliance.gate import Decision
from outbound.compliance.place import may_hold
from outbound.compliance.rules.rulebook import Rulebook
from outbound.usecases.places.whereabouts import whereabouts
from outbound.usecases.scheduling.explain_contact import Asked


def answer(story: ContactStory, asked: Asked | None, told: Told, rulebook: Rulebook) -> dict[str, Any]:
    """Return everything as values that JSON knows. It names the contact by its identifier only.

    `rulebook` holds the rules of every country that the contact may be in.
    """
    contact = story.contact
    history = [event for event in happened(story, told, rulebook) if not told.past or told.same_day(event["at"])]
    decision = None if asked is None else asked.decision
    region = _region(story, decision, told, rulebook)
    return {
        "contact": contact.id,
        "campaign": contact.campaign_id,
        "at": told.instant,
        "answer": ("" if told.chinese else " ").join(sentences(story, asked, told)),
        "state": contact.state.value,
        "state_text": _state(story, asked, told),
        "reason": contact.reason,
        "reason_text": word(REASONS, contact.reason, chinese=told.chinese),
        "looked_at_again": contact.not_before,
        "deadline": contact.deadline,
        "gate": None if decision is None else _gate(decision, told),
        "gate_silent": _silence(asked, told),
        "settled": None if told.past else settled_by(story, asked, told),
        "next": _next(story),
        "promises": [_chosen(row, "id", "window_start", "window_end", "reason", "status") for row in story.callbacks],
        "suppressions": list(story.suppressions),
        "stop_orders": list(story.stop_orders),
        "suspended_areas": [row for row in story.areas if may_hold(rulebook, row["code"], region)],
        "inbox": list(story.inbox),
        "messages": shown_messages(story),
        "verification_locked_until": story.locked_until,
        "standing": [*lock(story, told), *waiting_messages(story, told)],
        "history": history,
        "history_empty": _emptiness(story, told) if not history else None,
        "hint": version_hint(story, told),
    }


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
                "text": text,
            }
            for reason, text in zip(decision.reasons, texts_of(decision, told), strict=True)
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
        return told.say("這個聯絡人所屬的專案已不在設定裡。", "The contact's campaign is not configured any more.")
    if asked.decision is None:
        return word(REASONS, "no_usable_number", chinese=told.chinese)
    return None


def _region(story: ContactStory, decision: Decision | None, told: Told, rulebook: Rulebook) -> str:
    """Where the contact is, as far as it is understood."""
    situation = None if decision is None else decision.receipt.situation
    return whereabouts(story.contact, rulebook, told.instant).region if situation is None else situation.place.region


def _state(story: ContactStory, asked: Asked | None, told: Told) -> str:
    state = story.contact.state.value
    if state == "open" and is_unwanted(story, asked):
        state = "unwanted"
    elif state == "planned" and in_a_call(story):
        state = "in_doubt" if any(row["status"] == "unknown" for row in dials_of(story)) else "in_a_call"
    return word(STATES, state, chinese=told.chinese)


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
