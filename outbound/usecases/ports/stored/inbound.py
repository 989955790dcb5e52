"""Calls that come to the number that we show."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from outbound.domain.contact import ContactState


class Met(StrEnum):
    """How a call was met.

    `not_known`: by a caller whom nobody had called. `not_answered`: our answer never reached the carrier.
    """

    CONVERSATION = "conversation"
    BUSY_WITH_US = "busy_with_us"
    NOTHING_OPEN = "nothing_open"
    NOT_KNOWN = "not_known"
    NOT_ANSWERED = "not_answered"


class InboundCall(Struct, frozen=True):
    """One call that came in; `answer` is what its first webhook was answered with, empty where it never came."""

    id: str
    sid: str
    company_id: str
    number_index: str | None
    contact_id: str | None
    attempt_id: str | None
    at: datetime
    met: Met
    answer: bytes
    ended_at: datetime | None = None


class Rung(Struct, frozen=True):
    """Whom our last call to a number was for, and where they stand with the planner."""

    contact_id: str
    campaign_id: str
    phone_id: str
    language: str | None
    state: ContactState
    reason: str | None
    not_before: datetime | None


class Plan(Struct, frozen=True):
    """What the robot meant to do next about a contact: the window of the planned call, the promise that is open."""

    window_start: datetime | None
    window_end: datetime | None
    callback_id: str | None


class NewConversation(Struct, frozen=True):
    """The attempt that a call which came in begins: in conversation at once, and no dial.

    The window is when the robot would have rung next: it does not ring sooner because somebody rang back. `given_up`
    says why it would not have rung at all.
    """

    id: str
    token: str
    contact_id: str
    company_id: str
    campaign_id: str
    phone_id: str
    number_index: str
    callback_id: str | None
    sid: str
    window_start: datetime
    window_end: datetime
    given_up: str | None
    at: datetime


class InboundStore(Protocol):
    """Calls that came in, inside one transaction."""

    def call_of(self, sid: str) -> InboundCall | None:
        """Read a call that came in before, and keep others from changing it."""
        ...

    def rung_last(self, company_id: str, number_index: str, since: datetime) -> Rung | None:
        """Find whom our latest call to a number was for, since an instant; hold the contact.

        Of several contacts with the number those whom we have still to call come first.
        """
        ...

    def is_live(self, contact_id: str, number_index: str) -> bool:
        """Whether a call to the number or the contact is in the air, or may be."""
        ...

    def plan_of(self, contact_id: str) -> Plan:
        """Read what the robot meant to do next about a contact."""
        ...

    def reopen(self, contact_id: str, now: datetime) -> None:
        """Make policies due again that were given up without a welcome."""
        ...

    def begin(self, conversation: NewConversation) -> None:
        """Begin an attempt, and note that its contact is in a call.

        Raises `TryAgainError` when another call took number or contact at the same moment.
        """
        ...

    def save(self, call: InboundCall) -> None:
        """Keep how a call was met. Raises `TryAgainError` when the same call was kept at the same moment."""
        ...

    def end(self, sid: str, ended_at: datetime, record_id: str | None) -> None:
        """Note when a call ended."""
        ...

    def token_of(self, attempt_id: str) -> str | None:
        """Return the token of an attempt."""
        ...

    def campaign_of(self, contact_id: str) -> str | None:
        """Return the campaign of a contact."""
        ...

    def close_follow_ups(self, contact_id: str, but_of: str, note: str, now: datetime) -> None:
        """Close what waits for a person to follow up, but for what the attempt `but_of` brought about."""
        ...

    def person_waits(self, contact_id: str) -> bool:
        """Whether it waits for a person already to ring this contact."""
        ...

    def rang_in_vain(self, contact_id: str, since: datetime) -> bool:
        """Whether a contact rang us since an instant while a call of ours was under way, and was promised a person."""
        ...

    def ended(self, sids: Collection[str]) -> frozenset[str]:
        """Return those of the calls that are known to be over."""
        ...

    def oldest_open(self, company_id: str) -> datetime | None:
        """When the oldest call to a company came in of which no end is known."""
        ...

    def looked_since(self) -> Mapping[str, datetime]:
        """Return by company from where on, by the carrier's clock, calls that came in are to be looked at again."""
        ...

    def note_looked(self, since: Mapping[str, datetime]) -> None:
        """Move these instants on; one that was moved further already stays."""
        ...

    def queue_record(self, record_id: str, call: InboundCall, body: Mapping[str, Any], now: datetime) -> None:
        """Put the record of a call without conversation into the outbox."""
        ...
