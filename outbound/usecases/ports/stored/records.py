"""The outbox, and where what it holds is delivered."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct


class OutboxItem(Struct, frozen=True):
    """Something that leaves the house. `id` is the idempotency key at the receiver; `tries` counts this one."""

    id: str
    kind: str
    company_id: str
    contact_id: str | None
    attempt_id: str | None
    body: Mapping[str, Any]
    created_at: datetime
    tries: int


class NewMessage(Struct, frozen=True):
    """A text message that was asked for in the call of `attempt_id`; not sent before `not_before`."""

    id: str
    company_id: str
    contact_id: str
    attempt_id: str
    body: Mapping[str, Any]
    at: datetime
    not_before: datetime


class Delivered(Struct, frozen=True):
    """The receiver has it."""


class Undelivered(Struct, frozen=True):
    """The receiver does not have it, as far as we know; `final` when trying again cannot help."""

    problem: str
    final: bool = False


class RecordSink(Protocol):
    """A receiver of service records and events outside this database."""

    def deliver(self, record_id: str, body: Mapping[str, Any]) -> Delivered | Undelivered:
        """Hand over one record or event; the same `record_id` again must not file it twice."""
        ...


class RecordStore(Protocol):
    """The outbox, inside one transaction."""

    def file_in_table(self, now: datetime, limit: int) -> int:
        """Move up to `limit` pending records into `service_records` of this database; return how many."""
        ...

    def file_events_in_table(self, now: datetime, limit: int) -> int:
        """Move up to `limit` pending events into `company_events` of this database; return how many."""
        ...

    def queue_message(self, message: NewMessage) -> bool:
        """Put a text message into the outbox; False when the one of this id is there."""
        ...

    def release_messages(self, ids: Sequence[str], now: datetime) -> None:
        """Let pending messages of these ids, as far as there are any, go out from now on."""
        ...

    def drop_messages(self, contact_id: str) -> None:
        """Let no message to a contact go out that has not yet."""
        ...

    def forget_answers(self, attempt_id: str, names: Collection[str]) -> Collection[str]:
        """Take answers of these names out of the call's record, here and as far as it was not delivered elsewhere.

        Return the identifiers of records that held some.
        """
        ...

    def claim(self, kind: str, now: datetime, lease_until: datetime, limit: int) -> Sequence[OutboxItem]:
        """Take due items; nobody else gets them before `lease_until`."""
        ...

    def delivered(self, item_id: str, now: datetime, sid: str | None = None) -> None:
        """Note that the receiver has it; a carrier's receiver knows it by `sid`."""
        ...

    def undelivered(self, item_id: str, status: str, problem: str, next_try_at: datetime) -> None:
        """Note why not; `status` is pending, dead or unknown."""
        ...

    def revive(self, item_id: str | None, now: datetime) -> int:
        """Let a dead record or event (None: every one) be delivered again; return how many. Messages stay dead."""
        ...

    def waiting(self) -> tuple[int, datetime | None]:
        """How many are pending, and when the first of them is due."""
        ...
