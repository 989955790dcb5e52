"""A policy as the company's systems hand it over, normalised."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct, field


class PolicyStatus(StrEnum):
    """Standing of a policy at the company."""

    IN_FORCE = "in_force"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    DECEASED = "deceased"


class PhoneNumber(Struct, frozen=True):
    """A number in E.164 with the extension behind it; `line` is mobile, landline or unknown."""

    e164: str
    extension: str | None = None
    line: str = "unknown"


class Consent(Struct, frozen=True):
    """Agreement or refusal of the customer for one purpose, as recorded by the company."""

    purpose: str
    given_on: date | None = None


class Policyholder(Struct, frozen=True):
    """The person behind a policy. `customer_id` is unique within a company; everything here is personal data."""

    customer_id: str
    full_name: str
    birth_date: date | None
    phones: tuple[PhoneNumber, ...]
    language: str | None
    region: str
    postal_code: str | None
    time_zone: str | None
    preferred_window: str | None
    privacy_notice_on: date | None
    consents: tuple[Consent, ...]
    do_not_call: bool
    billing_region: str | None = None


class Policy(Struct, frozen=True):
    """One version of a policy; `content_hash` (hex SHA-256 of the normalised content) names the version."""

    policy_no: str
    product_code: str | None
    product_name: str | None
    issued_on: date
    delivered_on: date | None
    status: PolicyStatus
    agent_code: str | None
    channel: str | None
    fund_source: str | None
    holder: Policyholder
    content_hash: str
    attributes: Mapping[str, str] = field(default_factory=dict)


def free_look_last_day(delivered_on: date | None, days: int) -> date | None:
    """Last calendar day to cancel: `days` counted from the day after delivery; None without proof of delivery.

    Taiwan: ten days from the day after the policy was delivered. Whether a rest day moves it is asked of the calendar.
    """
    return None if delivered_on is None else delivered_on + timedelta(days=days)
