"""Text messages: to who was welcomed lately and has received another policy, and to who asked for one in a call."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact, ContactPhone
from outbound.domain.identifiers import Identifiers
from outbound.domain.intake.standing import message_phone
from outbound.domain.language import spoken_language
from outbound.usecases.ports.stored.intake import IntakeWrites

TEMPLATE = "second_policy"
CANCELLATION_FORM = "cancellation_form"
WISHED: Mapping[str, str] = {"link": "self_service_link", "form": CANCELLATION_FORM, "hotline": "hotline"}
"""What a callee may ask to be sent, and the template that says it."""

AFTER_THE_CALL = timedelta(minutes=20)
"""When what was asked for goes out if nobody heard of the call's end by then: no conversation lasts so long."""
_DAYS_AHEAD = 8
_QUARTER = timedelta(minutes=15)


def second_policy_message(contact: Contact, campaign: Campaign) -> Mapping[str, Any] | None:
    """Return the outbox body, or None without a number that takes text. It holds nothing about any policy."""
    phone = message_phone(contact)
    if phone is None:
        return None
    return _body(contact, phone, TEMPLATE, spoken_language(contact.language, campaign.languages))


def message_after_call(contact: Contact, phone_id: str, template: str, language: str) -> Mapping[str, Any] | None:
    """Return the outbox body of what was asked for, to the telephone that was spoken on; None if it takes no text.

    Nothing in it tells what was said, nor anything about a policy: whoever spoke may have asked for it.
    """
    spoken_on = (each for each in contact.usable_phones if each.id == phone_id and each.line == "mobile")
    phone = next(spoken_on, None)
    return None if phone is None else _body(contact, phone, template, language)


def message_id(attempt_id: str, template: str) -> str:
    """Name the message of one kind that a call may leave behind: there is no second one."""
    return hashlib.blake2b(f"{attempt_id}/{template}".encode(), digest_size=16).hexdigest()


def messages_of_call(attempt_id: str) -> list[str]:
    """Return the names of all messages that a call may leave behind."""
    return [message_id(attempt_id, template) for template in WISHED.values()]


def _body(contact: Contact, phone: ContactPhone, template: str, language: str) -> Mapping[str, Any]:
    return {
        "template": template,
        "language": language,
        "company_id": contact.company_id,
        "contact_id": contact.id,
        "phone_id": phone.id,
        "to": phone.e164,
    }


def add_message(
    writes: IntakeWrites, contact: Contact, campaign: Campaign, identifiers: Identifiers, now: datetime
) -> None:
    """Let the message to this person go out at the next lawful quarter hour, if a number takes it."""
    body = second_policy_message(contact, campaign)
    if body is not None:
        writes.messages.append((identifiers.new(), contact, body, message_at(contact, campaign, now)))


def message_at(contact: Contact, campaign: Campaign, now: datetime) -> datetime:
    """Return the first quarter hour from now within the campaign's hours where the number is: no text at night.

    Where nobody knows where it is, it is asked again after eight days: perhaps somebody knows by then.
    """
    zones = _zones_of(contact, now)
    if not zones:
        return now + timedelta(days=_DAYS_AHEAD)
    instant = now
    while instant < now + timedelta(days=_DAYS_AHEAD):
        if all(_is_open(campaign, instant.astimezone(zone)) for zone in zones):
            return instant
        instant = instant.replace(minute=0, second=0, microsecond=0) + _QUARTER * (instant.minute // 15 + 1)
    return instant


def _is_open(campaign: Campaign, local: datetime) -> bool:
    return any(
        local.isoweekday() in hours.weekdays and hours.start <= local.time() < hours.end for hours in campaign.hours
    )


def _zones_of(contact: Contact, now: datetime) -> tuple[ZoneInfo, ...]:
    """Zones of the contact: those that the customer and the policy state, else those that the number could be in."""
    said = [place.time_zone for place in contact.stated if place.until is None or now < place.until]
    stated = [zone for zone in dict.fromkeys((*said, contact.time_zone)) if zone]
    if stated:
        return tuple(ZoneInfo(zone) for zone in stated)
    import phonenumbers
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

    phone = message_phone(contact)
    number = phonenumbers.parse(phone.e164) if phone else None
    names = time_zones_for_number(number) if number else ()
    return tuple(ZoneInfo(name) for name in names if name != UNKNOWN_TIMEZONE)
