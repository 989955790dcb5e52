"""How intake's nouns stand in the tables."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from outbound.domain.contact import Contact, ContactPhone, WelcomeState
from outbound.domain.intake.absorb import REPLACED
from outbound.domain.intake.dossier import Claim, Dossier, HeldAttempt
from outbound.usecases.intake.quarantine import source_name, storable
from outbound.usecases.ports.intake import QuarantinedRow, RejectedRow, StoredPolicy


def dossier(contact: Contact, claims: Mapping[str, Claim | None], held: tuple[HeldAttempt, ...]) -> Dossier:
    """Make a dossier; a policy that is not known to claim any numbers claims all of the contact's."""
    numbers = tuple(phone.number_index for phone in contact.phones if phone.unusable != REPLACED)
    unknown = Claim(numbers, contact.do_not_call, None)
    return Dossier(contact, {policy_no: claim or unknown for policy_no, claim in claims.items()}, held)


def new_contact(contact: Contact, customer_index: str, now: datetime) -> dict[str, Any]:
    """Row of a new contact."""
    identity = {"id": contact.id, "company_id": contact.company_id, "customer_index": customer_index}
    return {**identity, **_contact(contact), "created_at": now, "updated_at": now}


def changed_contact(contact: Contact, now: datetime) -> dict[str, Any]:
    """What a change of a contact writes."""
    return {"this_id": contact.id, **_contact(contact), "updated_at": now}


def new_deadline(contact: Contact) -> dict[str, Any]:
    """What a change of a contact writes to its planned attempt."""
    return {"of_contact": contact.id, "new_deadline": contact.deadline}


def new_phone(contact_id: str, phone: ContactPhone) -> dict[str, Any]:
    """Row of a new number."""
    return {
        "id": phone.id,
        "contact_id": contact_id,
        "rank": phone.rank,
        "number": phone.e164,
        "number_index": phone.number_index,
        "extension": phone.extension,
        "line": phone.line,
        "unusable": phone.unusable,
    }


def changed_phone(phone: ContactPhone) -> dict[str, Any]:
    """What a change of a number's rank, extension or use writes."""
    return {
        "this_id": phone.id,
        "rank": phone.rank,
        "extension": phone.extension,
        "line": phone.line,
        "unusable": phone.unusable,
    }


def new_policy(company_id: str, source: str, stored: StoredPolicy, now: datetime) -> dict[str, Any]:
    """Row of a new policy."""
    return {
        "id": stored.version.policy_id,
        "company_id": company_id,
        "policy_no": stored.version.policy.policy_no,
        "welcome": stored.welcome or WelcomeState.DUE,
        "taken_in_at": now,
        **_policy(source, stored, now),
    }


def changed_policy(source: str, stored: StoredPolicy, now: datetime) -> dict[str, Any]:
    """What a new version of a policy writes."""
    return {"this_id": stored.version.policy_id, "new_welcome": stored.welcome, **_policy(source, stored, now)}


def changed_claim(policy_id: str, claim: Claim) -> dict[str, Any]:
    """What a number that was replaced by way of another policy writes."""
    return {"this_id": policy_id, "numbers": list(claim.numbers)}


def new_quarantine(company_id: str, row_id: str, row_index: str, row: RejectedRow, now: datetime) -> dict[str, Any]:
    """Row of quarantine."""
    return {
        "id": row_id,
        "company_id": company_id,
        "source": source_name(row.source),
        "line": row.line,
        "field": storable(row.field)[:60],
        "code": row.code[:60],
        "masked_value": storable(row.masked_value)[:120],
        "reason": row.reason[:400],
        "mend": row.mend[:400],
        "row": {storable(name): storable(value) for name, value in row.original.items()},
        "row_index": row_index,
        "at": now,
        "status": "waiting",
    }


def new_message(
    message_id: str, contact: Contact, body: Mapping[str, Any], at: datetime, now: datetime
) -> dict[str, Any]:
    """Row of the outbox."""
    return {
        "id": message_id,
        "kind": "message",
        "company_id": contact.company_id,
        "contact_id": contact.id,
        "body": dict(body),
        "created_at": now,
        "status": "pending",
        "next_try_at": at,
    }


def quarantined(row: Row[Any]) -> QuarantinedRow:
    """Read a row of quarantine."""
    return QuarantinedRow(
        id=row.id,
        source=row.source,
        line=row.line,
        field=row.field,
        masked_value=row.masked_value,
        code=row.code,
        reason=row.reason,
        mend=row.mend,
        at=row.at,
        original=row.row,
    )


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "campaign_id": contact.campaign_id,
        "person": {
            "customer_id": contact.customer_id,
            "full_name": contact.full_name,
            "birth_date": _iso(contact.birth_date),
            "postal_code": contact.postal_code,
        },
        "region": contact.region,
        "time_zone": contact.time_zone,
        "language": contact.language,
        "preferred_window": contact.preferred_window,
        "privacy_notice_on": contact.privacy_notice_on,
        "consents": {purpose: _iso(given_on) for purpose, given_on in contact.consents.items()},
        "do_not_call": contact.do_not_call,
        "state": contact.state.value,
        "reason": contact.reason,
        "not_before": contact.not_before,
        "deadline": contact.deadline,
        "round": contact.round,
        "welcomed_at": contact.welcomed_at,
    }


def _policy(source: str, stored: StoredPolicy, now: datetime) -> dict[str, Any]:
    policy = stored.version.policy
    return {
        "contact_id": stored.contact_id,
        "content_hash": policy.content_hash,
        "status": policy.status.value,
        "product_code": policy.product_code,
        "product_name": policy.product_name,
        "issued_on": policy.issued_on,
        "delivered_on": policy.delivered_on,
        "agent_code": policy.agent_code,
        "channel": policy.channel,
        "fund_source": policy.fund_source,
        "attributes": {storable(name): storable(value) for name, value in policy.attributes.items()} or None,
        "numbers": list(stored.version.phones),
        "do_not_call": policy.holder.do_not_call,
        "source": source,
        "updated_at": now,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
