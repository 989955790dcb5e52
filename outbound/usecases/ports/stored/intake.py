"""Policies, contacts and quarantine, as intake needs them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from outbound.domain.contact import Contact, ContactPhone, WelcomeState
from outbound.domain.intake.dossier import Claim, Dossier, Version
from outbound.domain.outcome.interview import Interview
from outbound.usecases.ports.stored.desk import NewItem


class IntakeConflictError(Exception):
    """Another run wrote the same rows at the same time: begin the transaction anew."""


class RejectedRow(Protocol):
    """A row that could not be read. Only `original` is personal data; everything else may be shown."""

    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def field(self) -> str: ...  # noqa: D102
    @property
    def masked_value(self) -> str: ...  # noqa: D102
    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102
    @property
    def mend(self) -> str: ...  # noqa: D102
    @property
    def original(self) -> Mapping[str, str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row as it waits in quarantine."""

    id: str
    source: str
    line: int
    field: str
    masked_value: str
    code: str
    reason: str
    mend: str
    at: datetime
    original: Mapping[str, str] = part(repr=False)


class OwnedPolicy(Struct, frozen=True):
    """Which contact holds a policy, and when its newest version came."""

    contact_id: str
    updated_at: datetime


class StoredPolicy(Struct, frozen=True):
    """A policy to be written: its version, who holds it and how it is welcomed (None: as it was)."""

    contact_id: str
    version: Version
    welcome: WelcomeState | None


@dataclass(slots=True)
class IntakeWrites:
    """Everything that one batch writes; the order within each list is the order of the rows."""

    new_contacts: list[tuple[Contact, str]] = part(default_factory=list)
    changed_contacts: list[Contact] = part(default_factory=list)
    new_phones: list[tuple[str, ContactPhone]] = part(default_factory=list)
    changed_phones: list[ContactPhone] = part(default_factory=list)
    gone_phones: list[str] = part(default_factory=list)
    new_policies: list[StoredPolicy] = part(default_factory=list)
    changed_policies: list[StoredPolicy] = part(default_factory=list)
    changed_claims: list[tuple[str, Claim]] = part(default_factory=list)
    new_welcomes: list[tuple[str, WelcomeState]] = part(default_factory=list)
    versions: list[tuple[str, str]] = part(default_factory=list)
    rejected: list[tuple[str, str, RejectedRow]] = part(default_factory=list)
    messages: list[tuple[str, Contact, Mapping[str, Any], datetime]] = part(default_factory=list)
    withdrawn: list[str] = part(default_factory=list)
    new_interviews: list[Interview] = part(default_factory=list)
    changed_interviews: list[Interview] = part(default_factory=list)
    items: list[NewItem] = part(default_factory=list)


class IntakeStore(Protocol):
    """Policies, contacts and quarantine of one company, inside one transaction.

    Every method may raise `IntakeConflictError`.
    """

    def seen_versions(self, company_id: str, policy_nos: Collection[str]) -> set[tuple[str, str]]:
        """Return every (policy_no, content_hash) that was ever taken in for these policies."""
        ...

    def current_versions(self, company_id: str, policy_nos: Collection[str]) -> Mapping[str, str]:
        """The content_hash that each of these policies has now, by policy_no."""
        ...

    def owners(self, company_id: str, policy_nos: Collection[str]) -> Mapping[str, OwnedPolicy]:
        """Return who holds these policies, by policy_no."""
        ...

    def dossiers(
        self, company_id: str, customer_indexes: Collection[str], contact_ids: Collection[str]
    ) -> Mapping[str, Dossier]:
        """Lock and return the contacts of these customers and those with these identifiers, by customer index."""
        ...

    def cancel_planned(self, causes: Mapping[str, str], now: datetime) -> set[str]:
        """Cancel planned attempts (identifier to cause); return those that were still planned."""
        ...

    def quarantined(self, company_id: str, row_indexes: Collection[str]) -> set[str]:
        """Return those of the row indexes that already stand in quarantine."""
        ...

    def interviews(self, policy_ids: Collection[str]) -> Mapping[str, Interview]:
        """Return the interviews of these policies, open or closed, by policy."""
        ...

    def write(self, company_id: str, source: str, writes: IntakeWrites, now: datetime) -> None:
        """Write a batch."""
        ...

    def waiting(self, company_id: str | None, limit: int | None = None) -> Sequence[QuarantinedRow]:
        """Return the rows that wait in quarantine, in the order in which they came; None means every company."""
        ...

    def mend(self, row_ids: Collection[str]) -> None:
        """Note that these rows need no mending any more."""
        ...

    def watermark(self, source: str) -> str | None:
        """Return where the next reading of a source begins, or None."""
        ...

    def set_watermark(self, source: str, value: str, now: datetime) -> None:
        """Remember where the next reading of a source begins."""
        ...
