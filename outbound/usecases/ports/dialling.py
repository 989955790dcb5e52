"""Reservations, placements and what the carrier said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """A dial that rang, may have rung or may be ringing (`live`); `at` is when it was reserved."""

    id: str
    contact_id: str
    number_index: str
    at: datetime
    live: bool
    round: int
    attempt_number: int
    origin: str
    callback_id: str | None


@dataclass(frozen=True, slots=True)
class StoredSuppression:
    """A suppression in force, of a contact or of a number; `call_class` None means every class."""

    contact_id: str | None
    number_index: str | None
    call_class: str | None


class DiallingStore(Protocol):
    """Reservations, placements and what the carrier said, inside one transaction."""

    def past_attempts(self, contact_ids: Collection[str], number_indexes: Collection[str]) -> list[PastAttempt]:
        """Attempts of these contacts or on these numbers that rang or may have, oldest first."""
        ...

    def suppressions(self, contact_ids: Collection[str], number_indexes: Collection[str]) -> list[StoredSuppression]:
        """Suppressions in force of these contacts or numbers."""
        ...
