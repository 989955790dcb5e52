"""A person to be called, with the numbers and policies that belong to the call."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from outbound.domain.policy import PolicyStatus


class ContactState(StrEnum):
    """Where a contact stands with the planner."""

    OPEN = "open"
    PLANNED = "planned"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class WelcomeState(StrEnum):
    """What has been done about one policy."""

    DUE = "due"
    CLOSED = "closed"
    MESSAGED = "messaged"
    MERGED = "merged"


class ContactPhone(Struct, frozen=True):
    """One of a contact's numbers, best first by `rank`; `unusable` is a reason code once it is known to be wrong."""

    id: str
    rank: int
    e164: str
    number_index: str
    extension: str | None
    line: str
    unusable: str | None


class ContactPolicy(Struct, frozen=True):
    """What a call needs to know of a policy."""

    id: str
    policy_no: str
    product_code: str | None
    product_name: str | None
    issued_on: date
    delivered_on: date | None
    status: PolicyStatus
    welcome: WelcomeState


class StatedPlace(Struct, frozen=True):
    """Where a customer said to be, at `at`: ISO 3166, perhaps an IANA zone; `until` None for until further notice."""

    region: str
    time_zone: str | None
    until: datetime | None
    at: datetime


class Contact(Struct, frozen=True):
    """A person of a company. `consents` maps a purpose to the date on which it was given, if that is known.

    `region`, `time_zone` and `postal_code` are those of the policy's address, `billing_region` is where bills go;
    `stated` holds what the customer said and nobody took back. Who asks for hours asks `whereabouts` which counts.
    """

    id: str
    company_id: str
    campaign_id: str
    customer_id: str
    full_name: str
    birth_date: date | None
    postal_code: str | None
    region: str
    time_zone: str | None
    language: str | None
    preferred_window: str | None
    privacy_notice_on: date | None
    consents: Mapping[str, date | None]
    do_not_call: bool
    state: ContactState
    reason: str | None
    not_before: datetime | None
    deadline: date | None
    round: int
    welcomed_at: datetime | None
    phones: tuple[ContactPhone, ...]
    policies: tuple[ContactPolicy, ...]
    billing_region: str | None = None
    stated: tuple[StatedPlace, ...] = ()

    @property
    def due_policies(self) -> tuple[ContactPolicy, ...]:
        """Policies in force that were not welcomed yet: what the call is about."""
        return tuple(
            policy
            for policy in self.policies
            if policy.status is PolicyStatus.IN_FORCE and policy.welcome is WelcomeState.DUE
        )

    @property
    def usable_phones(self) -> tuple[ContactPhone, ...]:
        """Numbers that may still lead to this person, best first."""
        return tuple(phone for phone in self.phones if phone.unusable is None)
