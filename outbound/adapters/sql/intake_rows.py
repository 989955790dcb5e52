"""How intake's nouns stand in the tables."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row

from outbound.adapters.sql.database.bulk import Columns, columns_of
from outbound.domain.contact import Contact, ContactPhone, WelcomeState
from outbound.domain.intake.absorb import REPLACED
from outbound.domain.intake.dossier import Claim, Dossier, HeldAttempt
from outbound.usecases.intake.quarantine import source_name, storable
from outbound.usecases.ports.stored.intake import QuarantinedRow, RejectedRow, StoredPolicy


def dossier(contact: Contact, claims: Mapping[str, Claim | None], held: tuple[HeldAttempt, ...]) -> Dossier:
    """Make a dossier; a policy that is not known to claim any numbers claims all of the contact's."""
    numbers = tuple(phone.number_index for phone in contact.phones if phone.unusable != REPLACED)
    unknown = Claim(numbers, contact.do_not_call, None)
    return Dossier(contact, {policy_no: claim or unknown for policy_no, claim in claims.items()}, held)


def new_contacts(found: Sequence[tuple[Contact, str]], now: datetime) -> Columns:
    """Columns of new contacts, each with its customer index."""
    nouns = [contact for contact, _ in found]
    return {
        **columns_of(nouns, {"id": attrgetter("id"), "company_id": attrgetter("company_id"), **_CONTACT}),
        "customer_index": [index for _, index in found],
        "created_at": [now] * len(found),
        "updated_at": [now] * len(found),
    }


def changed_contact(contact: Contact, now: datetime) -> dict[str, Any]:
    """What a change of a contact writes."""
    return {"this_id": contact.id, **{name: get(contact) for name, get in _CONTACT.items()}, "updated_at": now}


def new_deadline(contact: Contact) -> dict[str, Any]:
    """What a change of a contact writes to its planned attempt."""
    return {"of_contact": contact.id, "new_deadline": contact.deadline}


def new_phones(found: Sequence[tuple[str, ContactPhone]]) -> Columns:
    """Columns of new numbers, each with its contact's identifier."""
    identity = {"id": attrgetter("id"), "number": attrgetter("e164"), "number_index": attrgetter("number_index")}
    return {
        **columns_of([phone for _, phone in found], {**identity, **_PHONE}),
        "contact_id": [contact_id for contact_id, _ in found],
    }


def changed_phone(phone: ContactPhone) -> dict[str, Any]:
    """What a change of a number's rank, extension or use writes."""
    return {"this_id": phone.id, **{name: get(phone) for name, get in _PHONE.items()}}


def new_policies(company_id: str, source: str, found: Sequence[StoredPolicy], now: datetime) -> Columns:
    """Columns of new policies."""
    identity = {"id": attrgetter("version.policy_id"), "policy_no": attrgetter("version.policy.policy_no")}
    return {
        **columns_of(found, {**identity, **_POLICY}),
        "welcome": [stored.welcome or WelcomeState.DUE for stored in found],
        "company_id": [company_id] * len(found),
        "source": [source] * len(found),
        "taken_in_at": [now] * len(found),
        "updated_at": [now] * len(found),
    }


def changed_policy(source: str, stored: StoredPolicy, now: datetime) -> dict[str, Any]:
    """What a new version of a policy writes."""
    content = {name: get(stored) for name, get in _POLICY.items()}
    return {
        "this_id": stored.version.policy_id, "new_welcome": stored.welcome, **content, "source": source,
        "updated_at": now,
    }  # fmt: skip


def new_versions(company_id: str, found: Sequence[tuple[str, str]], now: datetime) -> Columns:
    """Columns of versions, each a policy_no and a content hash."""
    return {
        "company_id": [company_id] * len(found),
        "policy_no": [policy_no for policy_no, _ in found],
        "content_hash": [content_hash for _, content_hash in found],
        "seen_at": [now] * len(found),
    }


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


def _person(contact: Contact) -> dict[str, Any]:
    return {
        "customer_id": contact.customer_id,
        "full_name": contact.full_name,
        "birth_date": _iso(contact.birth_date),
        "postal_code": contact.postal_code,
    }


def _consents(contact: Contact) -> dict[str, str | None]:
    return {purpose: _iso(given_on) for purpose, given_on in contact.consents.items()}


def _attributes(stored: StoredPolicy) -> dict[str, str] | None:
    found = stored.version.policy.attributes
    return {storable(name): storable(value) for name, value in found.items()} if found else None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_CONTACT: Mapping[str, Callable[[Contact], Any]] = {
    **{
        name: attrgetter(name)
        for name in (
            "campaign_id", "region", "billing_region", "time_zone", "language", "preferred_window",
            "privacy_notice_on", "do_not_call", "state", "reason", "not_before", "deadline", "round", "welcomed_at",
        )
    },
    "person": _person,
    "consents": _consents,
}  # fmt: skip
"""What a contact's row says of the contact, by column."""
_PHONE: Mapping[str, Callable[[ContactPhone], Any]] = {
    name: attrgetter(name) for name in ("rank", "extension", "line", "unusable")
}
_POLICY: Mapping[str, Callable[[StoredPolicy], Any]] = {
    **{
        name: attrgetter(f"version.policy.{name}")
        for name in (
            "content_hash", "status", "product_code", "product_name", "issued_on", "delivered_on", "agent_code",
            "channel", "fund_source",
        )
    },
    "contact_id": attrgetter("contact_id"),
    "attributes": _attributes,
    "numbers": lambda stored: list(stored.version.phones),
    "do_not_call": attrgetter("version.policy.holder.do_not_call"),
}  # fmt: skip
