"""Turns contacts into what a planner is given."""

import re
from collections.abc import Hashable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from outbound.domain.campaign import Campaign, OpenHours
from outbound.domain.contact import Contact
from outbound.domain.deadline import contact_deadline
from outbound.domain.outcome.callback import Callback, CallbackStatus
from outbound.domain.policy import free_look_last_day
from outbound.planning.again import Dial, dials_since_callback
from outbound.planning.allocation import Candidate

PASSING_REASONS = (
    "outside_hours",
    "day_closed",
    "public_holiday",
    "closing_soon",
    "attempt_limit",
    "after_refusal",
    "number_live",
    "quiet_days",
    "area_blocked",
)
"""Codes of the gate that time alone lifts: who was turned down for one at the dial is planned ahead for later."""

_EVERY_DAY = frozenset(range(1, 8))
_WINDOW = re.compile(r"(\d{2}:\d{2})-(\d{2}:\d{2})")
_MIDNIGHT = time()


def candidate_of(
    contact: Contact,
    *,
    campaign: Campaign,
    zones: tuple[str, ...],
    now: datetime,
    chosen: Callback | None,
    number_key: str,
    gate_key: Hashable,
) -> Candidate:
    """Make a candidate of a contact with policies due. Days end at midnight in the first of its `zones`."""
    zone: tzinfo = ZoneInfo(zones[0]) if zones else UTC
    promised = chosen is not None and chosen.status is CallbackStatus.OPEN
    not_before = now if contact.not_before is None or promised else max(now, contact.not_before)
    first = min(policy.issued_on for policy in contact.due_policies)
    return Candidate(
        id=contact.id,
        zones=zones,
        waiting_since=datetime.combine(first, _MIDNIGHT, UTC),
        not_before=not_before,
        free_look_until=_free_look_until(contact, campaign, now.astimezone(zone).date(), zone),
        give_up_at=None if chosen is not None else _after(give_up_day(contact, campaign), zone),
        chosen=None if chosen is None else (chosen.window_start, chosen.window_end),
        preferred=preferred_hours(contact.preferred_window),
        number_key=number_key,
        gate_key=gate_key,
    )


def give_up_day(contact: Contact, campaign: Campaign) -> date:
    """Return the last day on which any of the due policies is still worth a call."""
    return max(policy.issued_on for policy in contact.due_policies) + timedelta(days=campaign.give_up_days)


def deadline_of(contact: Contact, campaign: Campaign, today: date) -> date:
    """Return the day by which the contact should be reached: the earliest free look still ahead, else the last day."""
    return contact_deadline(contact.due_policies, contact.region, campaign.free_look_days, campaign.give_up_days, today)


def standing_callback(
    contact: Contact, callback: Callback | None, dials: Sequence[Dial], now: datetime
) -> Callback | None:
    """Return the callback if the next dial is for it: the promise itself, or its one redial in the same window."""
    if callback is None or callback.window_end <= now:
        return None
    if callback.status is CallbackStatus.OPEN:
        return callback
    in_time = contact.not_before is None or contact.not_before < callback.window_end
    redial = dials_since_callback(dials) == 1 and dials[-1].callback_id == callback.id
    return callback if callback.status is CallbackStatus.KEPT and redial and in_time else None


def preferred_hours(text: str | None) -> OpenHours | None:
    """Read `HH:MM-HH:MM` as hours of every day; None when nothing (or nothing readable) is preferred."""
    match = _WINDOW.fullmatch(text or "")
    if match is None:
        return None
    try:
        start, end = time.fromisoformat(match[1]), time.fromisoformat(match[2])
    except ValueError:
        return None
    return OpenHours(_EVERY_DAY, start, end) if start < end else None


def _free_look_until(contact: Contact, campaign: Campaign, today: date, zone: tzinfo) -> datetime | None:
    region = contact.region
    days = campaign.free_look_days.get(region, campaign.free_look_days.get(region.partition("-")[0]))
    if days is None:
        return None
    last_days = [free_look_last_day(policy.delivered_on, days) for policy in contact.due_policies]
    ahead = [day for day in last_days if day is not None and day >= today]
    return _after(min(ahead), zone) if ahead else None


def _after(day: date, zone: tzinfo) -> datetime:
    """First instant after a local day."""
    return datetime.combine(day + timedelta(days=1), _MIDNIGHT, zone).astimezone(UTC)
